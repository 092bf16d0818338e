// Lifecycle configurations. Source: API_PutBucketLifecycleConfiguration, "Lifecycle configuration
// elements". Transitions between storage classes are refused: they would change a price that nobody
// pays here, or move objects to an archive that there is not.
#include <set>

#include "services/s3/errors.h"
#include "services/s3/service.h"

namespace seatrial::services::s3 {
namespace {

using decide::LifecycleRule;
using room::Outcome;

constexpr std::size_t kMaxRuleId = 255;

Outcome<void> read_filter(const api::LifecycleRule& rule, LifecycleRule& out) {
  if (rule.Filter && rule.Prefix) return malformed_xml();
  if (!rule.Filter && !rule.Prefix) return malformed_xml();
  if (rule.Prefix) {
    out.filter.prefix = *rule.Prefix;
    return {};
  }
  const auto& filter = *rule.Filter;
  const int given = filter.Prefix.has_value() + filter.Tag.has_value() +
                    filter.ObjectSizeGreaterThan.has_value() +
                    filter.ObjectSizeLessThan.has_value() + filter.And.has_value();
  if (given > 1) return malformed_xml();
  out.filter.prefix = filter.Prefix.value_or("");
  out.filter.larger_than = filter.ObjectSizeGreaterThan;
  out.filter.smaller_than = filter.ObjectSizeLessThan;
  if (filter.Tag) out.filter.tags[filter.Tag->Key] = filter.Tag->Value;
  if (!filter.And) return {};
  out.filter.prefix = filter.And->Prefix.value_or("");
  out.filter.larger_than = filter.And->ObjectSizeGreaterThan;
  out.filter.smaller_than = filter.And->ObjectSizeLessThan;
  for (const auto& tag : filter.And->Tags) out.filter.tags[tag.Key] = tag.Value;
  return {};
}

Outcome<void> check_days(std::optional<int> days, std::string_view what) {
  if (!days || *days > 0) return {};
  return refused("InvalidArgument", fmt::format("'{}' must be a positive integer", what), 400,
                 {{"ArgumentName", what}, {"ArgumentValue", std::to_string(*days)}});
}

Outcome<void> read_expiration(const api::LifecycleExpiration& expiration, LifecycleRule& out) {
  const int given = expiration.Days.has_value() + expiration.Date.has_value() +
                    expiration.ExpiredObjectDeleteMarker.has_value();
  if (given != 1) return malformed_xml();
  if (auto ok = check_days(expiration.Days, "Days' for Expiration action"); !ok) return ok;
  if (expiration.Date &&
      std::chrono::floor<std::chrono::days>(*expiration.Date) != *expiration.Date)
    return refused("InvalidArgument", "'Date' must be at midnight GMT", 400);
  out.expire_days = expiration.Days;
  out.expire_date = expiration.Date;
  out.expire_lone_delete_markers = expiration.ExpiredObjectDeleteMarker.value_or(false);
  return {};
}

Outcome<void> read_actions(const api::LifecycleRule& rule, LifecycleRule& out) {
  if (!rule.Transitions.empty() || !rule.NoncurrentVersionTransitions.empty())
    return not_implemented("Transition", "storage classes do not change by themselves here.");
  if (rule.Expiration) {
    if (auto ok = read_expiration(*rule.Expiration, out); !ok) return ok;
  }
  if (rule.NoncurrentVersionExpiration) {
    const auto& expiration = *rule.NoncurrentVersionExpiration;
    if (auto ok = check_days(expiration.NoncurrentDays, "NoncurrentDays"); !ok) return ok;
    if (!expiration.NoncurrentDays) return malformed_xml();
    out.noncurrent_days = expiration.NoncurrentDays;
    out.newer_noncurrent_kept = expiration.NewerNoncurrentVersions.value_or(0);
  }
  if (rule.AbortIncompleteMultipartUpload) {
    out.abort_upload_days = rule.AbortIncompleteMultipartUpload->DaysAfterInitiation;
    if (auto ok = check_days(out.abort_upload_days, "DaysAfterInitiation"); !ok) return ok;
    if (!out.filter.tags.empty() || out.filter.larger_than || out.filter.smaller_than)
      return invalid_request(
          "AbortIncompleteMultipartUpload cannot be specified with Tags or object sizes.");
  }
  if (out.expire_lone_delete_markers && !out.filter.tags.empty())
    return invalid_request("ExpiredObjectDeleteMarker cannot be specified with Tags.");
  if (!rule.Expiration && !out.noncurrent_days && !out.abort_upload_days)
    return invalid_request("At least one action needs to be specified in a rule");
  return {};
}

}  // namespace

Outcome<std::vector<LifecycleRule>> lifecycle_rules(const model::List<api::LifecycleRule>& rules) {
  std::vector<LifecycleRule> out;
  std::set<std::string> ids;
  for (const auto& rule : rules) {
    LifecycleRule& made = out.emplace_back();
    made.id = rule.ID.value_or("");
    made.enabled = rule.Status == "Enabled";
    if (made.id.size() > kMaxRuleId)
      return invalid_argument("ID length should not exceed allowed limit of 255", "ID", made.id);
    if (!made.id.empty() && !ids.insert(made.id).second)
      return invalid_argument("Rule ID must be unique. Found same ID for more than one rule", "ID",
                              made.id);
    if (auto ok = read_filter(rule, made); !ok) return std::unexpected(ok.error());
    if (auto ok = read_actions(rule, made); !ok) return std::unexpected(ok.error());
  }
  return out;
}

Outcome<api::PutBucketLifecycleConfigurationOutput> S3::put_lifecycle(
    Context& context, const api::PutBucketLifecycleConfigurationRequest& request) {
  if (const auto bucket = open(context, request); !bucket) return std::unexpected(bucket.error());
  if (!request.LifecycleConfiguration) return malformed_xml();
  auto rules = request.LifecycleConfiguration->Rules;
  if (rules.empty() || rules.size() > kMaxLifecycleRules) return malformed_xml();
  for (auto& rule : rules) {
    if (!rule.ID) rule.ID = base62(48);
  }
  if (auto ok = lifecycle_rules(rules); !ok) return std::unexpected(ok.error());
  api::PutBucketLifecycleConfigurationOutput out;
  out.TransitionDefaultMinimumObjectSize =
      request.TransitionDefaultMinimumObjectSize.value_or("all_storage_classes_128K");
  api::GetBucketLifecycleConfigurationOutput stored;
  stored.Rules = std::move(rules);
  stored.TransitionDefaultMinimumObjectSize = out.TransitionDefaultMinimumObjectSize;
  buckets_.update(request.Bucket, [&](BucketRecord& b) { b.lifecycle = to_value(stored); });
  return out;
}

Outcome<api::GetBucketLifecycleConfigurationOutput> S3::get_lifecycle(
    Context& context, const api::GetBucketLifecycleConfigurationRequest& request) {
  const auto bucket = open(context, request);
  if (!bucket) return std::unexpected(bucket.error());
  if (!(*bucket)->lifecycle) {
    return refused("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist",
                   404, {{"BucketName", request.Bucket}});
  }
  api::GetBucketLifecycleConfigurationOutput out;
  from_value(*(*bucket)->lifecycle, out);
  return out;
}

Outcome<model::Empty> S3::delete_lifecycle(Context& context,
                                           const api::DeleteBucketLifecycleRequest& request) {
  if (const auto bucket = open(context, request); !bucket) return std::unexpected(bucket.error());
  buckets_.update(request.Bucket, [](BucketRecord& b) { b.lifecycle.reset(); });
  return {};
}

}  // namespace seatrial::services::s3
