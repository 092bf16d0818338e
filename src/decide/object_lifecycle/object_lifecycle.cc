#include "decide/object_lifecycle/object_lifecycle.h"

#include <algorithm>

namespace seatrial::decide {
namespace {

bool has_tags(const LifecycleFilter& filter, const StoredObject& object) {
  if (filter.tags.empty()) return true;
  if (object.tags == nullptr) return false;
  return std::all_of(filter.tags.begin(), filter.tags.end(), [&](const auto& wanted) {
    const auto found = object.tags->find(wanted.first);
    return found != object.tags->end() && found->second == wanted.second;
  });
}

bool applies(const LifecycleRule& rule, const StoredObject& object) {
  const LifecycleFilter& filter = rule.filter;
  return rule.enabled && object.key.starts_with(filter.prefix) &&
         (!filter.larger_than || object.size > *filter.larger_than) &&
         (!filter.smaller_than || object.size < *filter.smaller_than) && has_tags(filter, object);
}

}  // namespace

Time midnight_after(Time from, int days) {
  return std::chrono::ceil<std::chrono::days>(from + std::chrono::days{days});
}

std::optional<Expiry> expiry_of_current(const std::vector<LifecycleRule>& rules,
                                        const StoredObject& object) {
  std::optional<Expiry> earliest;
  for (const LifecycleRule& rule : rules) {
    if (!applies(rule, object) || (!rule.expire_days && !rule.expire_date)) continue;
    const Time at =
        rule.expire_days ? midnight_after(object.modified, *rule.expire_days) : *rule.expire_date;
    if (!earliest || at < earliest->at) earliest = Expiry{at, rule.id};
  }
  return earliest;
}

bool noncurrent_expired(const std::vector<LifecycleRule>& rules, const StoredObject& object,
                        Time noncurrent_since, int newer, Time now) {
  return std::any_of(rules.begin(), rules.end(), [&](const LifecycleRule& rule) {
    return rule.noncurrent_days && applies(rule, object) && newer >= rule.newer_noncurrent_kept &&
           midnight_after(noncurrent_since, *rule.noncurrent_days) <= now;
  });
}

// A rule with days removes lone markers, too, once they are as old.
bool lone_marker_expired(const std::vector<LifecycleRule>& rules, const StoredObject& marker,
                         Time now) {
  return std::any_of(rules.begin(), rules.end(), [&](const LifecycleRule& rule) {
    if (!applies(rule, marker)) return false;
    if (rule.expire_lone_delete_markers) return true;
    return rule.expire_days && midnight_after(marker.modified, *rule.expire_days) <= now;
  });
}

bool upload_expired(const std::vector<LifecycleRule>& rules, std::string_view key, Time initiated,
                    Time now) {
  return std::any_of(rules.begin(), rules.end(), [&](const LifecycleRule& rule) {
    return rule.enabled && rule.abort_upload_days && key.starts_with(rule.filter.prefix) &&
           midnight_after(initiated, *rule.abort_upload_days) <= now;
  });
}

}  // namespace seatrial::decide
