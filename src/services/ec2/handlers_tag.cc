// Tags of all resources, in one table by "region/id".
#include <algorithm>
#include <set>

#include "services/ec2/errors.h"
#include "services/ec2/layout.h"
#include "services/ec2/service.h"

namespace seatrial::services::ec2 {
namespace {

constexpr std::string_view kTagFilters[] = {"key",  "resource-id", "resource-type",
                                            "tag:", "tag-key",     "value"};

model::Outcome<void> check_tags(const std::vector<api::Tag>& tags) {
  std::set<std::string> seen;
  for (const auto& tag : tags) {
    if (tag.Key.value_or("").empty()) return invalid_parameter("Tag key cannot be empty");
    if (tag.Key->starts_with("aws:")) {
      return invalid_parameter("Tag keys starting with 'aws:' are reserved for internal use");
    }
    if (tag.Key->size() > kTagKeyLength || tag.Value.value_or("").size() > kTagValueLength) {
      return invalid_parameter("Tag key or value exceeds the maximum length of " +
                               std::to_string(kTagKeyLength) + " and " +
                               std::to_string(kTagValueLength) + " characters");
    }
    if (!seen.insert(*tag.Key).second) {
      return invalid_parameter("Duplicate tag key '" + *tag.Key + "' specified.");
    }
  }
  return {};
}

// Why a resource that is not there cannot be tagged.
std::unexpected<model::AwsError> invalid_id(const std::string& id) {
  if (id.starts_with("vpc-")) return vpc_not_found(id);
  if (id.starts_with("subnet-")) return subnet_not_found(id);
  if (id.starts_with("sg-")) return group_not_found(id);
  if (id.starts_with("sgr-")) return rule_not_found(id);
  if (id.starts_with("vpce-")) return endpoint_not_found(id);
  return model::fail("InvalidID", "The ID '" + id + "' is not valid");
}

}  // namespace

std::string Ec2::type_of(const std::string& region, const std::string& id) const {
  if (id == kDefaultVpc) return "vpc";
  if (tables_.endpoints.contains(region + "/" + id)) return "vpc-endpoint";
  for (const auto& subnet : subnet_shapes(region, env_.account)) {
    if (subnet.SubnetId == id) return "subnet";
  }
  for (const auto& group : groups(region)) {
    if (group.shape.GroupId == id) return "security-group";
    for (const auto& rule : group.rules) {
      if (rule.SecurityGroupRuleId == id) return "security-group-rule";
    }
  }
  return "";
}

std::vector<api::Tag> Ec2::tags_of(const std::string& region, const std::string& id) const {
  const TagsRecord* record = tables_.tags.find(region + "/" + id);
  return record == nullptr ? std::vector<api::Tag>{} : record->tags;
}

room::Outcome<void> Ec2::add_tags(const std::string& region, const std::string& id,
                                  const std::vector<api::Tag>& tags) {
  if (tags.empty()) return {};
  TagsRecord record{tags_of(region, id)};
  for (const auto& tag : tags) {
    std::erase_if(record.tags, [&](const api::Tag& old) { return old.Key == tag.Key; });
    record.tags.push_back({tag.Key, tag.Value.value_or("")});
  }
  if (record.tags.size() > kTagsPerResource) {
    return model::fail("TagLimitExceeded",
                       "The maximum number of Tags for a resource has been reached.");
  }
  tables_.tags.put(region + "/" + id, std::move(record));
  return {};
}

room::Outcome<std::vector<api::Tag>> Ec2::tags_for(const TagSpecs& specs,
                                                   std::string_view type) const {
  std::vector<api::Tag> tags;
  for (const auto& spec : specs) {
    if (spec.ResourceType != type) {
      return invalid_parameter("'" + spec.ResourceType.value_or("") +
                               "' is not a valid taggable resource type for this operation.");
    }
    tags.insert(tags.end(), spec.Tags.begin(), spec.Tags.end());
  }
  if (auto ok = check_tags(tags); !ok) return std::unexpected(ok.error());
  return tags;
}

room::Outcome<model::Empty> Ec2::create_tags(Context& context,
                                             const api::CreateTagsRequest& request) {
  if (request.Resources.empty()) return missing_parameter("resourceIdSet");
  if (request.Tags.empty()) return missing_parameter("tagSet");
  if (auto ok = check_tags(request.Tags); !ok) return std::unexpected(ok.error());
  for (const auto& id : request.Resources) {
    if (type_of(context.region, id).empty()) return invalid_id(id);
    if (auto ok = add_tags(context.region, id, request.Tags); !ok) {
      return std::unexpected(ok.error());
    }
  }
  return Empty{};
}

room::Outcome<model::Empty> Ec2::delete_tags(Context& context,
                                             const api::DeleteTagsRequest& request) {
  if (request.Resources.empty()) return missing_parameter("resourceIdSet");
  for (const auto& id : request.Resources) {
    if (type_of(context.region, id).empty()) return invalid_id(id);
    TagsRecord record{tags_of(context.region, id)};
    // No tags named: all. A tag without a value: whatever its value.
    if (request.Tags.empty()) record.tags.clear();
    for (const auto& tag : request.Tags) {
      std::erase_if(record.tags, [&](const api::Tag& old) {
        return old.Key == tag.Key && (!tag.Value || old.Value == tag.Value);
      });
    }
    if (record.tags.empty()) {
      tables_.tags.erase(context.key(id));
    } else {
      tables_.tags.put(context.key(id), std::move(record));
    }
  }
  return Empty{};
}

room::Outcome<api::DescribeTagsResult> Ec2::describe_tags(Context& context,
                                                          const api::DescribeTagsRequest& request) {
  if (auto ok = check_filters(request.Filters, kTagFilters); !ok)
    return std::unexpected(ok.error());
  std::vector<api::TagDescription> found;
  const std::string prefix = context.region + "/";
  for (const auto& [key, record] : tables_.tags.with_prefix(prefix)) {
    const std::string id = key.substr(prefix.size());
    const std::string type = type_of(context.region, id);
    for (const auto& tag : record.tags) {
      const auto values = [&](std::string_view filter) -> Values {
        if (filter == "key") return {*tag.Key};
        if (filter == "value") return {*tag.Value};
        return {filter == "resource-id" ? id : type};
      };
      if (matches(request.Filters, {tag}, values)) {
        found.push_back({tag.Key, id, type, tag.Value});
      }
    }
  }
  const auto id_of = [](const api::TagDescription& tag) {
    return *tag.ResourceId + " " + *tag.Key;
  };
  std::ranges::sort(found, {}, id_of);
  using Result = api::DescribeTagsResult;
  return page(request, Result{}, &Result::Tags, std::move(found), id_of);
}

}  // namespace seatrial::services::ec2
