#include "services/cloudwatch/put_datum.h"

#include <algorithm>
#include <cmath>

namespace seatrial::services::cloudwatch {
namespace {

using metrics::Sample;

bool is_plain_text(std::string_view text, std::size_t longest) {
  if (text.empty() || text.size() > longest || text[0] == ':' || text[0] == ' ') return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

void PutBuffers::clear() {
  keys.clear();
  ends.clear();
  sample_ends.clear();
  samples.clear();
}

bool StatisticSet::take(std::string_view name, double number) {
  static constexpr std::array<std::string_view, 4> kNames{"SampleCount", "Sum", "Minimum",
                                                          "Maximum"};
  const auto place = std::find(kNames.begin(), kNames.end(), name);
  if (place == kNames.end()) return false;
  found[static_cast<std::size_t>(place - kNames.begin())] = number;
  return true;
}

bool PutTaker::begin(std::string_view name_space) {
  if (begun_ || !is_plain_text(name_space, 255) || name_space.starts_with("AWS/")) return false;
  metrics::Registry::begin_prefix(prefix_, name_space);
  return begun_ = true;
}

bool PutTaker::add_dimension(std::string_view name, std::string_view value) {
  auto& names = datum_.names;
  if (!is_plain_text(name, 255) || !is_plain_text(value, 1024) || names.count == kMaxDimensions)
    return false;
  names.dimensions[names.count++] = {name, value};
  return true;
}

bool PutTaker::sort_dimensions() {
  auto& names = datum_.names;
  const auto end = names.dimensions.begin() + static_cast<std::ptrdiff_t>(names.count);
  std::sort(names.dimensions.begin(), end);
  return std::adjacent_find(names.dimensions.begin(), end,
                            [](const auto& a, const auto& b) { return a.first == b.first; }) == end;
}

bool PutTaker::take_set(const StatisticSet& set) {
  const auto& found = set.found;
  if (!found[0] || !found[1] || !found[2] || !found[3]) return false;
  datum_.set = {*found[0], *found[1], *found[2], *found[3]};
  return *found[0] > 0 && *found[2] <= *found[3];
}

bool PutTaker::finish_datum() {
  if (!is_plain_text(datum_.names.metric, 255)) return false;
  if (datum_.resolution != 1 && datum_.resolution != 60) return false;
  Time at = now_;
  if (datum_.timestamp_s) {
    if (!(std::abs(*datum_.timestamp_s) < 1e11)) return false;
    at = from_ms(std::llround(*datum_.timestamp_s * 1000));
    if (at < now_ - kOldest || at > now_ + kNewest) return false;
  }
  add_key();
  const bool taken = add_samples(at);
  to_.sample_ends.push_back(to_.samples.size());
  return taken;
}

bool PutTaker::add_samples(Time at) {
  const int resolution = static_cast<int>(datum_.resolution);
  const int given = (datum_.value ? 1 : 0) + (datum_.set ? 1 : 0) + (datum_.values.empty() ? 0 : 1);
  if (given != 1 || (!datum_.counts.empty() && datum_.counts.size() != datum_.values.size())) {
    return false;
  }
  if (datum_.value) {
    to_.samples.push_back({1, *datum_.value, *datum_.value, *datum_.value, at, resolution});
  }
  if (datum_.set) {
    const auto& [count, sum, least, greatest] = *datum_.set;
    to_.samples.push_back({count, sum, least, greatest, at, resolution});
  }
  for (std::size_t i = 0; i < datum_.values.size(); ++i) {
    const double value = datum_.values[i], count = datum_.counts.empty() ? 1 : datum_.counts[i];
    if (!(count > 0)) return false;
    to_.samples.push_back({count, value * count, value, value, at, resolution});
  }
  return true;
}

void PutTaker::add_key() {
  metrics::Registry::begin_key(to_.keys, prefix_, datum_.names.metric);
  for (std::size_t i = 0; i < datum_.names.count; ++i) {
    const auto& [name, value] = datum_.names.dimensions[i];
    metrics::Registry::add_dimension(to_.keys, name, value);
  }
  to_.keys += datum_.names.unit;
  to_.ends.push_back(to_.keys.size());
}

}  // namespace seatrial::services::cloudwatch
