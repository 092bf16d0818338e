// What metric streams ask the engine: which minutes are new, and what they hold.
#include "base/log.h"
#include "metrics/engine.h"

namespace seatrial::metrics {
namespace {

constexpr std::uint32_t kMinute_s = 60;

std::uint32_t second_at(Time t) {
  return static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count());
}

}  // namespace

void Engine::keep_changes(bool wanted) {
  const std::lock_guard lock(mutex_);
  if (changes_.is_kept() != wanted) changes_.keep(wanted);
}

bool Engine::keeps_changes() const {
  const std::lock_guard lock(mutex_);
  return changes_.is_kept();
}

std::vector<ChangedMinute> Engine::take_changes(Time before) {
  Changes::Taken taken;
  {
    const std::lock_guard lock(mutex_);
    taken = changes_.take(second_at(before) / kMinute_s);
  }
  if (taken.lost > 0)
    log::warning("{} samples are not streamed: more than {} minutes changed at once", taken.lost,
                 kMaxChangedMinutes);
  std::vector<ChangedMinute> out;
  for (const auto& [minute, series] : taken.minutes)
    add_minutes(series, minute * kMinute_s, (minute + 1) * kMinute_s, out);
  return out;
}

std::vector<ChangedMinute> Engine::minutes_of(const std::string& region, Time start, Time end) {
  std::vector<SeriesNumber> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto number : registry_.find_space(region, ""))
      if (registry_.at(number).last_at >= second_at(start)) all.push_back(number);
  }
  std::vector<ChangedMinute> out;
  for (const auto series : all) add_minutes(series, second_at(start), second_at(end), out);
  return out;
}

void Engine::add_minutes(SeriesNumber series, std::uint32_t from, std::uint32_t to,
                         std::vector<ChangedMinute>& out) {
  SeriesId id;
  {
    const std::lock_guard lock(mutex_);
    id = registry_.at(series).id;
  }
  TotalsGatherer gatherer(from, kMinute_s);
  gather(series, from, to, kMinute_s, gatherer);
  for (const auto& totals : gatherer.take()) out.push_back({id, totals});
}

}  // namespace seatrial::metrics
