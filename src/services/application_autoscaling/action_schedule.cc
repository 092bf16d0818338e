#include "services/application_autoscaling/action_schedule.h"

#include <date/tz.h>

namespace seatrial::services::application_autoscaling {
namespace {

constexpr std::size_t kAtLength = std::string_view("2026-12-24T18:00:00").size();
constexpr int kMostAmbiguous = 200;  // local minutes that a clock put back shows again

Time local_of(const date::time_zone& zone, Time at) {
  return Time{zone.to_local(at).time_since_epoch()};
}

Time moment_of(const date::time_zone& zone, Time local) {
  return zone.to_sys(date::local_time<Millis>{local.time_since_epoch()}, date::choose::earliest);
}

const date::time_zone& zone_named(const std::string& name) {
  return *date::locate_zone(name.empty() ? "Etc/UTC" : name);
}

}  // namespace

std::expected<ActionSchedule, std::string> parse_action_schedule(const std::string& text) {
  if (text.starts_with("at(") && text.ends_with(")")) {
    const std::string inner = text.substr(3, text.size() - 4);
    const auto at = inner.size() == kAtLength ? parse_time(inner + "Z") : std::nullopt;
    if (!at) return std::unexpected("at() takes a time as yyyy-mm-ddThh:mm:ss");
    return At{*at};
  }
  auto schedule = decide::parse_schedule(text);
  if (!schedule) return std::unexpected(std::move(schedule.error()));
  return *schedule;
}

bool is_time_zone(const std::string& name) {
  try {
    return !name.empty() && date::locate_zone(name) != nullptr;
  } catch (const std::runtime_error&) {  // it knows no other way of saying no
    return false;
  }
}

std::optional<Time> next_due(const ActionSchedule& schedule, const std::string& zone_name,
                             Time after, Time anchor) {
  const auto& zone = zone_named(zone_name);
  if (const auto* at = std::get_if<At>(&schedule)) {
    const Time moment = moment_of(zone, at->local);
    return moment > after ? std::optional(moment) : std::nullopt;
  }
  const auto& repeated = std::get<decide::Schedule>(schedule);
  if (std::holds_alternative<decide::Rate>(repeated))
    return decide::next_time(repeated, after, anchor);
  Time local = local_of(zone, after);
  for (int i = 0; i < kMostAmbiguous; ++i) {
    const auto next = decide::next_time(repeated, local, anchor);
    if (!next) return std::nullopt;
    if (const Time moment = moment_of(zone, *next); moment > after) return moment;
    local = *next;
  }
  return std::nullopt;
}

}  // namespace seatrial::services::application_autoscaling
