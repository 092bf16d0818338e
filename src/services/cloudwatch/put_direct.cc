#include "services/cloudwatch/put_direct.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "services/cloudwatch/limits.h"

namespace seatrial::services::cloudwatch {
namespace {

constexpr std::size_t kMaxDirectBytes = 4u << 20;  // inflated; the parser keeps several times that

namespace dom = simdjson::dom;  // which picks the instructions this machine has at run time
using metrics::Sample;

bool is_text(std::string_view text, std::size_t longest) {
  if (text.empty() || text.size() > longest || text[0] == ':' || text[0] == ' ') return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// The names of one datum, in the order a registry key has them.
struct Names {
  std::string_view metric, unit = "None";
  std::array<std::pair<std::string_view, std::string_view>, kMaxDimensions> dimensions;
  std::size_t count = 0;
};

struct Datum {
  Names names;
  std::vector<double> values, counts;
  std::optional<double> value, timestamp_s;
  std::optional<std::array<double, 4>> set;  // count, sum, minimum, maximum
  std::int64_t resolution = 60;

  void clear() {
    names.metric = {};
    names.unit = "None";
    names.count = 0;
    values.clear();
    counts.clear();
    value.reset();
    timestamp_s.reset();
    set.reset();
    resolution = 60;
  }
};

// Each reads one thing; false: not as usual.
class Reader {
 public:
  Reader(std::string_view region, Time now) : now_(now) { prefix_ = region; }

  bool request(dom::object object, std::string& keys, std::vector<std::size_t>& ends,
               std::vector<Sample>& samples, std::vector<std::size_t>& sample_ends);

 private:
  bool data(dom::array array);
  bool datum(dom::object object);
  bool member(std::string_view key, dom::element value);
  bool dimensions(dom::array array);
  bool statistic_set(dom::object object);
  static bool numbers(dom::array array, std::vector<double>& to);
  bool finish_datum();
  bool add_samples(Time at);
  void add_key();

  Time now_;
  std::string prefix_;  // region, then namespace
  Datum datum_;
  std::string* keys_ = nullptr;
  std::vector<std::size_t>* ends_ = nullptr;
  std::vector<Sample>* samples_ = nullptr;
  std::vector<std::size_t>* sample_ends_ = nullptr;
};

bool text_of(dom::element value, std::string_view& to) {
  return value.get_string().get(to) == simdjson::SUCCESS;
}
bool number_of(dom::element value, double& to) {
  return value.get_double().get(to) == simdjson::SUCCESS && is_magnitude(to);
}

bool Reader::numbers(dom::array array, std::vector<double>& to) {
  for (const dom::element item : array) {
    double number = 0;
    if (!number_of(item, number) || to.size() == kMaxValues) return false;
    to.push_back(number);
  }
  return true;
}

bool Reader::dimensions(dom::array array) {
  auto& names = datum_.names;
  for (const dom::element item : array) {
    dom::object object;
    if (item.get_object().get(object) != simdjson::SUCCESS) return false;
    std::string_view name, value;
    for (const auto [key, text] : object) {
      auto& to = key == "Name" ? name : value;
      if ((key != "Name" && key != "Value") || !to.empty() || !text_of(text, to)) return false;
    }
    if (!is_text(name, 255) || !is_text(value, 1024) || names.count == kMaxDimensions) return false;
    names.dimensions[names.count++] = {name, value};
  }
  const auto end = names.dimensions.begin() + static_cast<std::ptrdiff_t>(names.count);
  std::sort(names.dimensions.begin(), end);
  return std::adjacent_find(names.dimensions.begin(), end,
                            [](const auto& a, const auto& b) { return a.first == b.first; }) == end;
}

bool Reader::statistic_set(dom::object object) {
  static constexpr std::array<std::string_view, 4> kNames{"SampleCount", "Sum", "Minimum",
                                                          "Maximum"};
  std::array<std::optional<double>, 4> found;
  for (const auto [key, value] : object) {
    double number = 0;
    if (!number_of(value, number)) return false;
    const auto place = std::find(kNames.begin(), kNames.end(), key);
    if (place == kNames.end()) return false;
    found[static_cast<std::size_t>(place - kNames.begin())] = number;
  }
  if (!found[0] || !found[1] || !found[2] || !found[3]) return false;
  datum_.set = {*found[0], *found[1], *found[2], *found[3]};
  return *found[0] > 0 && *found[2] <= *found[3];
}

bool Reader::member(std::string_view key, dom::element value) {
  double number = 0;
  dom::array array;
  if (key == "MetricName") return text_of(value, datum_.names.metric);
  if (key == "Unit") return text_of(value, datum_.names.unit) && is_unit(datum_.names.unit);
  if (key == "Value") return number_of(value, number) && (datum_.value = number, true);
  if (key == "Timestamp") {
    return value.get_double().get(number) == simdjson::SUCCESS &&
           (datum_.timestamp_s = number, true);
  }
  if (key == "StorageResolution") {
    return value.get_int64().get(datum_.resolution) == simdjson::SUCCESS;
  }
  if (key == "StatisticValues") {
    dom::object object;
    return value.get_object().get(object) == simdjson::SUCCESS && statistic_set(object);
  }
  if (value.get_array().get(array) != simdjson::SUCCESS) return false;
  if (key == "Dimensions") return datum_.names.count == 0 && dimensions(array);
  if (key == "Values" && datum_.values.empty()) return numbers(array, datum_.values);
  return key == "Counts" && datum_.counts.empty() && numbers(array, datum_.counts);
}

bool Reader::datum(dom::object object) {
  datum_.clear();
  for (const auto [key, value] : object) {
    if (!member(key, value)) return false;
  }
  return finish_datum();
}

bool Reader::finish_datum() {
  if (!is_text(datum_.names.metric, 255)) return false;
  if (datum_.resolution != 1 && datum_.resolution != 60) return false;
  Time at = now_;
  if (datum_.timestamp_s) {
    if (!(std::abs(*datum_.timestamp_s) < 1e11)) return false;
    at = from_ms(static_cast<std::int64_t>(std::floor(*datum_.timestamp_s * 1000)));
    if (at < now_ - kOldest || at > now_ + kNewest) return false;
  }
  add_key();
  const bool taken = add_samples(at);
  sample_ends_->push_back(samples_->size());
  return taken;
}

bool Reader::add_samples(Time at) {
  const int resolution = static_cast<int>(datum_.resolution);
  const int given = (datum_.value ? 1 : 0) + (datum_.set ? 1 : 0) + (datum_.values.empty() ? 0 : 1);
  if (given != 1 || (!datum_.counts.empty() && datum_.counts.size() != datum_.values.size())) {
    return false;
  }
  if (datum_.value) {
    samples_->push_back({1, *datum_.value, *datum_.value, *datum_.value, at, resolution});
  }
  if (datum_.set) {
    const auto& [count, sum, least, greatest] = *datum_.set;
    samples_->push_back({count, sum, least, greatest, at, resolution});
  }
  for (std::size_t i = 0; i < datum_.values.size(); ++i) {
    const double value = datum_.values[i], count = datum_.counts.empty() ? 1 : datum_.counts[i];
    if (!(count > 0)) return false;
    samples_->push_back({count, value * count, value, value, at, resolution});
  }
  return true;
}

void Reader::add_key() {
  metrics::Registry::begin_key(*keys_, prefix_, datum_.names.metric);
  for (std::size_t i = 0; i < datum_.names.count; ++i) {
    const auto& [name, value] = datum_.names.dimensions[i];
    metrics::Registry::add_dimension(*keys_, name, value);
  }
  *keys_ += datum_.names.unit;
  ends_->push_back(keys_->size());
}

bool Reader::data(dom::array array) {
  for (const dom::element item : array) {
    dom::object object;
    if (item.get_object().get(object) != simdjson::SUCCESS || !datum(object)) return false;
    if (ends_->size() > kMaxDatums) return false;
  }
  return !ends_->empty();
}

// The namespace has to come before the data, as every SDK writes it.
bool Reader::request(dom::object object, std::string& keys, std::vector<std::size_t>& ends,
                     std::vector<Sample>& samples, std::vector<std::size_t>& sample_ends) {
  keys_ = &keys;
  ends_ = &ends;
  samples_ = &samples;
  sample_ends_ = &sample_ends;
  std::string_view name_space;
  for (const auto [key, value] : object) {
    if (key == "Namespace" && name_space.empty()) {
      if (!text_of(value, name_space)) return false;
      if (!is_text(name_space, 255) || name_space.starts_with("AWS/")) return false;
      metrics::Registry::begin_prefix(prefix_, name_space);
    } else if (key == "MetricData" && !name_space.empty() && ends.empty()) {
      dom::array array;
      if (value.get_array().get(array) != simdjson::SUCCESS || !data(array)) return false;
    } else {
      return false;
    }
  }
  return !ends.empty();
}

}  // namespace

std::optional<std::vector<metrics::HotSample>> read_put(metrics::Engine& engine,
                                                        const std::string& region,
                                                        std::string_view json, Time now) {
  thread_local dom::parser parser;
  thread_local std::string padded, keys;
  thread_local std::vector<std::size_t> ends, sample_ends;
  thread_local std::vector<Sample> samples;
  if (json.size() > kMaxDirectBytes || engine.is_full()) return std::nullopt;
  padded.assign(json);
  padded.resize(json.size() + simdjson::SIMDJSON_PADDING, ' ');
  keys.clear();
  ends.clear();
  sample_ends.clear();
  samples.clear();
  dom::object object;
  if (parser.parse(padded.data(), json.size(), false).get_object().get(object) !=
      simdjson::SUCCESS) {
    return std::nullopt;
  }
  if (!Reader(region, now).request(object, keys, ends, samples, sample_ends)) return std::nullopt;
  return engine.number(keys, ends, samples, sample_ends);
}

}  // namespace seatrial::services::cloudwatch
