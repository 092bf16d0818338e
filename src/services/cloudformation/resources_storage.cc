// AWS::S3::Bucket, BucketPolicy; AWS::CloudTrail::Trail. Source: the types' pages in the
// CloudFormation resource reference.
//
// A bucket's settings are operations of their own: a table says which property each puts, and what
// takes it back when the property goes. guess: versioning without its property is suspended.
#include <algorithm>

#include "services/cloudformation/resource_type.h"

namespace seatrial::services::cloudformation {
namespace {

Attempt<void> stored(Attempt<Value> reply) {
  if (!reply) return std::unexpected(std::move(reply.error()));
  return {};
}

// ---- bucket

// {"Key": ..., "Value": ...} of each tag, as S3 has them.
Value tag_set(const Value& properties) {
  Array tags;
  for (const auto& [key, value] : tags_of(properties))
    tags.push_back(Object{{"Key", key}, {"Value", value}});
  return Object{{"TagSet", std::move(tags)}};
}

Value encryption_rules(const Value& property) {
  Array rules;
  for (const Value& rule : list_of(property, "ServerSideEncryptionConfiguration")) {
    Object out;
    for (const auto& member : rule.get_object()) {
      const bool by_default = member.key() == "ServerSideEncryptionByDefault";
      out[by_default ? "ApplyServerSideEncryptionByDefault" : member.key()] = member.value();
    }
    rules.push_back(std::move(out));
  }
  return Object{{"Rules", std::move(rules)}};
}

// What a rule selects: one thing, or an And of several.
Value lifecycle_filter(const Value& rule) {
  Object parts;
  for (const char* name : {"Prefix", "ObjectSizeGreaterThan", "ObjectSizeLessThan"})
    if (const auto* value = find_member(rule, name)) parts[name] = *value;
  const Array tags = list_of(rule, "TagFilters");
  if (parts.size() + tags.size() <= 1) {
    if (!tags.empty()) parts["Tag"] = tags.front();
    if (parts.empty()) parts["Prefix"] = "";
    return parts;
  }
  if (!tags.empty()) parts["Tags"] = tags;
  return Object{{"And", std::move(parts)}};
}

// The template writes some members flat that the API has in structures. What is none of them goes
// on as it is, for the API to take or to refuse.
Value lifecycle_rule(const Value& rule) {
  Object out{{"Filter", lifecycle_filter(rule)}};
  Object expiration;
  for (const auto& member : rule.get_object()) {
    const std::string name(member.key());
    if (name == "ExpirationInDays") {
      expiration["Days"] = member.value();
    } else if (name == "ExpirationDate") {
      expiration["Date"] = member.value();
    } else if (name == "ExpiredObjectDeleteMarker") {
      expiration[name] = member.value();
    } else if (name == "NoncurrentVersionExpirationInDays") {
      out["NoncurrentVersionExpiration"] = Object{{"NoncurrentDays", member.value()}};
    } else if (name == "Id") {
      out["ID"] = member.value();
    } else if (name != "Prefix" && name != "TagFilters" && name != "ObjectSizeGreaterThan" &&
               name != "ObjectSizeLessThan") {
      out[name] = member.value();
    }
  }
  if (!expiration.empty()) out["Expiration"] = std::move(expiration);
  return out;
}

Value lifecycle_rules(const Value& property) {
  Array rules;
  for (const Value& rule : list_of(property, "Rules")) rules.push_back(lifecycle_rule(rule));
  return Object{{"Rules", std::move(rules)}};
}

Value as_it_is(const Value& property) { return property; }

struct Setting {
  std::string_view property, put, member, remove;
  Value (*value)(const Value& property);
};
constexpr Setting kSettings[] = {
    {"VersioningConfiguration", "PutBucketVersioning", "VersioningConfiguration", "", as_it_is},
    {"PublicAccessBlockConfiguration", "PutPublicAccessBlock", "PublicAccessBlockConfiguration",
     "DeletePublicAccessBlock", as_it_is},
    {"BucketEncryption", "PutBucketEncryption", "ServerSideEncryptionConfiguration",
     "DeleteBucketEncryption", encryption_rules},
    {"OwnershipControls", "PutBucketOwnershipControls", "OwnershipControls",
     "DeleteBucketOwnershipControls", as_it_is},
    {"LifecycleConfiguration", "PutBucketLifecycleConfiguration", "LifecycleConfiguration",
     "DeleteBucketLifecycle", lifecycle_rules},
};

Attempt<void> put_setting(ApiCaller& api, const std::string& bucket, const Setting& setting,
                          const Value& property) {
  if (!property.is_object())
    return refuse("InvalidRequest", fmt::format("{} must be an object", setting.property));
  Object wanted{{"Bucket", bucket}};
  wanted[setting.member] = setting.value(property);
  auto input = map_properties({"s3", setting.put, {}, {}}, wanted);
  if (!input) return std::unexpected(input.error());
  return stored(api.call("s3", setting.put, std::move(*input)));
}

Attempt<void> change_setting(ApiCaller& api, const std::string& bucket, const Setting& setting,
                             const Value& before, const Value& after) {
  if (!differs(before, after, setting.property)) return {};
  if (const auto* property = find_member(after, setting.property))
    return put_setting(api, bucket, setting, *property);
  if (setting.remove.empty())
    return put_setting(api, bucket, setting, Object{{"Status", "Suspended"}});
  return api.erase("s3", setting.remove, Object{{"Bucket", bucket}});
}

Physical bucket_physical(ApiCaller& api, const std::string& name) {
  const std::string region = api.as().region;
  return {name,
          Object{{"Arn", "arn:aws:s3:::" + name},
                 {"DomainName", name + ".s3.amazonaws.com"},
                 {"RegionalDomainName", name + ".s3." + region + ".amazonaws.com"},
                 {"DualStackDomainName", name + ".s3.dualstack." + region + ".amazonaws.com"}}};
}

Attempt<std::optional<Physical>> find_bucket(ApiCaller& api, const Request& r) {
  const std::string name = text_of(r.properties, "BucketName");
  auto reply = api.call("s3", "HeadBucket", Object{{"Bucket", name}});
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  return bucket_physical(api, name);
}

Attempt<Physical> create_bucket(ApiCaller& api, const Request& r) {
  const std::string name = text_of(r.properties, "BucketName");
  const std::string acl = text_of(r.properties, "AccessControl");
  if (!acl.empty() && acl != "Private")
    return refuse("InvalidRequest",
                  "Bucket cannot have ACLs set with ObjectOwnership's "
                  "BucketOwnerEnforced setting");
  Object input{{"Bucket", name}};
  if (api.as().region != "us-east-1")
    input["CreateBucketConfiguration"] = Object{{"LocationConstraint", api.as().region}};
  if (auto made = stored(api.call("s3", "CreateBucket", std::move(input))); !made)
    return std::unexpected(made.error());
  return bucket_physical(api, name);
}

Attempt<void> configure_bucket(ApiCaller& api, const Physical& p, const Value& properties) {
  for (const Setting& setting : kSettings)
    if (auto ok = change_setting(api, p.id, setting, Object{}, properties); !ok) return ok;
  if (tags_of(properties).empty()) return {};
  return stored(api.call("s3", "PutBucketTagging",
                         Object{{"Bucket", p.id}, {"Tagging", tag_set(properties)}}));
}

Attempt<void> update_bucket(ApiCaller& api, const Physical& p, const Value& before,
                            const Value& after) {
  if (auto ok = cannot_change("AWS::S3::Bucket", before, after, {"AccessControl"}); !ok) return ok;
  for (const Setting& setting : kSettings)
    if (auto ok = change_setting(api, p.id, setting, before, after); !ok) return ok;
  if (tags_of(before) == tags_of(after)) return {};
  if (tags_of(after).empty())
    return api.erase("s3", "DeleteBucketTagging", Object{{"Bucket", p.id}});
  return stored(
      api.call("s3", "PutBucketTagging", Object{{"Bucket", p.id}, {"Tagging", tag_set(after)}}));
}

Attempt<void> remove_bucket(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase("s3", "DeleteBucket", Object{{"Bucket", p.id}});
}

// ---- bucket policy

Attempt<void> put_bucket_policy(ApiCaller& api, const Value& properties) {
  const Value& document = member_of(properties, "PolicyDocument");
  return stored(
      api.call("s3", "PutBucketPolicy",
               Object{{"Bucket", text_of(properties, "Bucket")},
                      {"Policy", document.is_object() ? to_json(document)
                                                      : text_of(properties, "PolicyDocument")}}));
}

Attempt<std::optional<Physical>> find_policy(ApiCaller& api, const Request& r) {
  const std::string bucket = text_of(r.properties, "Bucket");
  auto reply = api.call("s3", "GetBucketPolicy", Object{{"Bucket", bucket}});
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  return Physical{bucket, {}};
}

Attempt<Physical> create_bucket_policy(ApiCaller& api, const Request& r) {
  if (auto put = put_bucket_policy(api, r.properties); !put) return std::unexpected(put.error());
  return Physical{text_of(r.properties, "Bucket"), {}};
}

Attempt<void> update_bucket_policy(ApiCaller& api, const Physical&, const Value&, const Value& after) {
  return put_bucket_policy(api, after);
}

Attempt<void> remove_bucket_policy(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase("s3", "DeleteBucketPolicy", Object{{"Bucket", p.id}});
}

// ---- trail

Mapping trail_mapping(std::string_view operation) {
  return {"cloudtrail", operation, {{"TrailName", "Name"}, {"Tags", "TagsList"}}, {"IsLogging"}};
}

Physical trail_physical(ApiCaller& api, const std::string& name) {
  return {name, Object{{"Arn", api.as().arn("cloudtrail", "trail/" + name).text()}}};
}

Attempt<void> set_logging(ApiCaller& api, const std::string& name, const Value& properties) {
  const bool on = text_of(properties, "IsLogging") == "true";
  return stored(
      api.call("cloudtrail", on ? "StartLogging" : "StopLogging", Object{{"Name", name}}));
}

Attempt<std::optional<Physical>> find_trail(ApiCaller& api, const Request& r) {
  const std::string name = text_of(r.properties, "TrailName");
  auto reply = api.call("cloudtrail", "GetTrail", Object{{"Name", name}});
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  return trail_physical(api, name);
}

Attempt<Physical> create_trail(ApiCaller& api, const Request& r) {
  auto input = map_properties(trail_mapping("CreateTrail"), r.properties);
  if (!input) return std::unexpected(input.error());
  if (auto made = stored(api.call("cloudtrail", "CreateTrail", std::move(*input))); !made)
    return std::unexpected(made.error());
  return trail_physical(api, text_of(r.properties, "TrailName"));
}

Attempt<void> configure_trail(ApiCaller& api, const Physical& p, const Value& properties) {
  return set_logging(api, p.id, properties);
}

Attempt<void> update_trail(ApiCaller& api, const Physical& p, const Value& before,
                           const Value& after) {
  if (auto ok = cannot_change("AWS::CloudTrail::Trail", before, after, {"Tags"}); !ok) return ok;
  Value wanted = after;
  wanted.get_object().erase("Tags");
  auto input = map_properties(trail_mapping("UpdateTrail"), wanted);
  if (!input) return std::unexpected(input.error());
  if (auto changed = stored(api.call("cloudtrail", "UpdateTrail", std::move(*input))); !changed)
    return changed;
  return differs(before, after, "IsLogging") ? set_logging(api, p.id, after) : Attempt<void>{};
}

Attempt<void> remove_trail(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase("cloudtrail", "DeleteTrail", Object{{"Name", p.id}});
}

}  // namespace

std::vector<ResourceType> storage_types() {
  ResourceType bucket{
      .name = "AWS::S3::Bucket",
      .properties = {"AccessControl", "BucketEncryption", "BucketName", "LifecycleConfiguration",
                     "OwnershipControls", "PublicAccessBlockConfiguration", "Tags",
                     "VersioningConfiguration"},
      .name_property = "BucketName",
      .name_limit = 63,
      .name_is_lower = true,
      .tags = ResourceType::Tags::kList,
      .find = find_bucket,
      .create = create_bucket,
      .configure = configure_bucket,
      .update = update_bucket,
      .remove = remove_bucket};
  ResourceType policy{.name = "AWS::S3::BucketPolicy",
                      .properties = {"Bucket", "PolicyDocument"},
                      .required = {"Bucket", "PolicyDocument"},
                      .find = find_policy,
                      .create = create_bucket_policy,
                      .update = update_bucket_policy,
                      .remove = remove_bucket_policy};
  ResourceType trail{
      .name = "AWS::CloudTrail::Trail",
      .properties = {"CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn",
                     "EnableLogFileValidation", "IncludeGlobalServiceEvents", "IsLogging",
                     "IsMultiRegionTrail", "IsOrganizationTrail", "KMSKeyId", "S3BucketName",
                     "S3KeyPrefix", "SnsTopicName", "Tags", "TrailName"},
      .required = {"IsLogging", "S3BucketName"},
      .name_property = "TrailName",
      .name_limit = 128,
      .tags = ResourceType::Tags::kList,
      .find = find_trail,
      .create = create_trail,
      .configure = configure_trail,
      .update = update_trail,
      .remove = remove_trail};
  return {bucket, policy, trail};
}

}  // namespace seatrial::services::cloudformation
