// PutMetricData in CBOR, read in place: what put_direct.h says, for the protocol that current SDKs
// prefer. Strings stay views of the body; whatever is not as SDKs write it (strings in pieces, keys
// that are no text, unknown members) is left to the ordinary reader.
#include <bit>
#include <cmath>

#include "services/cloudwatch/put_datum.h"
#include "services/cloudwatch/put_direct.h"

namespace seatrial::services::cloudwatch {
namespace {

enum Major : std::uint8_t { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag, kSimple };
constexpr std::uint8_t kIndefinite = 31, kSingle = 26, kDouble = 27;
constexpr char kBreak = '\xFF';

struct Head {
  std::uint8_t major = 0, info = 0;
  std::uint64_t argument = 0;
};

class CborPut : public PutTaker {
 public:
  CborPut(std::string_view region, Time now, PutBuffers& to, std::string_view body)
      : PutTaker(region, now, to), rest_(body) {}

  bool request();

 private:
  bool head(Head& to);
  bool text(std::string_view& to);
  bool number(double& to);
  bool magnitude(double& to) { return number(to) && is_magnitude(to); }
  bool numbers(std::vector<double>& to);
  bool dimension();
  bool datum();
  bool member(std::string_view key);
  bool timestamp();
  bool statistic_set();
  bool resolution();

  // Calls `item` for each of a container's items; of a map, at its key.
  template <class Item>
  bool each(Major major, const Item& item) {
    Head of;
    if (!head(of) || of.major != major) return false;
    if (of.info != kIndefinite) {
      for (std::uint64_t i = 0; i < of.argument; ++i)
        if (!item()) return false;
      return true;
    }
    while (!rest_.starts_with(kBreak))
      if (!item()) return false;
    rest_.remove_prefix(1);
    return true;
  }
  template <class Member>
  bool members(const Member& member) {
    return each(kMap, [&] {
      std::string_view key;
      return text(key) && member(key);
    });
  }

  std::string_view rest_;
};

bool CborPut::head(Head& to) {
  if (rest_.empty()) return false;
  const auto first = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  to = {static_cast<std::uint8_t>(first >> 5), static_cast<std::uint8_t>(first & 31), 0};
  to.argument = to.info;
  if (to.info < 24) return true;
  if (to.info == kIndefinite) return to.major == kArray || to.major == kMap;
  const std::size_t width = std::size_t{1} << (to.info - 24);
  if (to.info > 27 || rest_.size() < width) return false;
  to.argument = 0;
  for (std::size_t i = 0; i < width; ++i)
    to.argument = to.argument << 8 | static_cast<std::uint8_t>(rest_[i]);
  rest_.remove_prefix(width);
  return true;
}

bool CborPut::text(std::string_view& to) {
  Head of;
  if (!head(of) || of.major != kText || of.argument > rest_.size()) return false;
  to = rest_.substr(0, of.argument);
  rest_.remove_prefix(of.argument);
  return true;
}

bool CborPut::number(double& to) {
  Head of;
  if (!head(of)) return false;
  if (of.major == kUnsigned) return to = static_cast<double>(of.argument), true;
  if (of.major == kNegative) return to = -1.0 - static_cast<double>(of.argument), true;
  if (of.major != kSimple) return false;
  if (of.info == kDouble) return to = std::bit_cast<double>(of.argument), true;
  if (of.info != kSingle) return false;
  to = static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(of.argument)));
  return true;
}

bool CborPut::numbers(std::vector<double>& to) {
  if (!to.empty()) return false;
  return each(kArray, [&] {
    double number = 0;
    if (!magnitude(number) || to.size() == kMaxValues) return false;
    to.push_back(number);
    return true;
  });
}

bool CborPut::dimension() {
  std::string_view name, value;
  return members([&](std::string_view key) {
           auto& to = key == "Name" ? name : value;
           return (key == "Name" || key == "Value") && to.empty() && text(to);
         }) &&
         add_dimension(name, value);
}

bool CborPut::timestamp() {
  Head tag;
  double seconds = 0;
  if (!head(tag) || tag.major != kTag || tag.argument != 1 || !number(seconds)) return false;
  datum_.timestamp_s = seconds;
  return true;
}

bool CborPut::statistic_set() {
  StatisticSet found;
  return members([&](std::string_view key) {
           double number = 0;
           return magnitude(number) && found.take(key, number);
         }) &&
         take_set(found);
}

bool CborPut::resolution() {
  Head of;
  if (!head(of) || of.major != kUnsigned || of.argument > 60) return false;
  datum_.resolution = static_cast<std::int64_t>(of.argument);
  return true;
}

bool CborPut::member(std::string_view key) {
  if (key == "MetricName") return text(datum_.names.metric);
  if (key == "Unit") return text(datum_.names.unit) && is_unit(datum_.names.unit);
  if (key == "Timestamp") return timestamp();
  if (key == "StorageResolution") return resolution();
  if (key == "StatisticValues") return statistic_set();
  if (key == "Values") return numbers(datum_.values);
  if (key == "Counts") return numbers(datum_.counts);
  if (key == "Dimensions") {
    return datum_.names.count == 0 && each(kArray, [&] { return dimension(); }) &&
           sort_dimensions();
  }
  double value = 0;
  return key == "Value" && magnitude(value) && (datum_.value = value, true);
}

bool CborPut::datum() {
  datum_.clear();
  return members([&](std::string_view key) { return member(key); }) && finish_datum() &&
         datums() <= kMaxDatums;
}

// The namespace has to come before the data, as every SDK writes it.
bool CborPut::request() {
  const bool read = members([&](std::string_view key) {
    std::string_view name_space;
    if (key == "Namespace") return text(name_space) && begin(name_space);
    return key == "MetricData" && has_begun() && datums() == 0 &&
           each(kArray, [&] { return datum(); });
  });
  return read && rest_.empty() && datums() > 0;
}

}  // namespace

std::optional<std::vector<metrics::HotSample>> read_put_cbor(metrics::Engine& engine,
                                                             const std::string& region,
                                                             std::string_view body, Time now) {
  thread_local PutBuffers buffers;
  if (body.size() > kMaxDirectBytes || engine.is_full()) return std::nullopt;
  if (!CborPut(region, now, buffers, body).request()) return std::nullopt;
  return buffers.number(engine);
}

}  // namespace seatrial::services::cloudwatch
