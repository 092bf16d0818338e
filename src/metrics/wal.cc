#include "metrics/wal.h"

#include <cstring>

namespace seatrial::metrics {
namespace {

constexpr char kFine = 1, kHidden = 2, kPlain = 4;

template <class T>
void put(char*& to, T value) {
  std::memcpy(to, &value, sizeof value);
  to += sizeof value;
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  template <class T>
  bool take(T& value) {
    if (bytes_.size() < sizeof value) return false;
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return true;
  }
  bool at_end() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
};

constexpr std::size_t kLongest = 4 + 4 + 1 + 4 * 8;

}  // namespace

std::string wal_record(const std::vector<HotSample>& samples) {
  std::string record(samples.size() * kLongest, '\0');
  char* to = record.data();
  for (const auto& sample : samples) {
    const bool plain = sample.is_plain();
    put(to, sample.series);
    put(to, sample.at);
    put(to, static_cast<char>((sample.fine ? kFine : 0) | (sample.hidden ? kHidden : 0) |
                              (plain ? kPlain : 0)));
    put(to, sample.min);
    if (plain) continue;
    put(to, sample.max);
    put(to, sample.sum);
    put(to, sample.n);
  }
  record.resize(static_cast<std::size_t>(to - record.data()));
  return record;
}

std::optional<std::vector<HotSample>> read_wal_record(std::string_view bytes) {
  std::vector<HotSample> samples;
  for (Reader reader(bytes); !reader.at_end();) {
    HotSample sample;
    char flags = 0;
    if (!reader.take(sample.series) || !reader.take(sample.at) || !reader.take(flags) ||
        !reader.take(sample.min)) {
      return std::nullopt;
    }
    sample.fine = flags & kFine;
    sample.hidden = flags & kHidden;
    sample.max = sample.sum = sample.min;
    if (!(flags & kPlain) &&
        !(reader.take(sample.max) && reader.take(sample.sum) && reader.take(sample.n))) {
      return std::nullopt;
    }
    samples.push_back(sample);
  }
  return samples;
}

}  // namespace seatrial::metrics
