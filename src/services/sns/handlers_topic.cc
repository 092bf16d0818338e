// Topics, their attributes and tags.
#include <algorithm>

#include "room/page_token.h"
#include "services/sns/attributes.h"
#include "services/sns/service.h"

namespace seatrial::services::sns {
namespace {

constexpr std::size_t kMaxName = 256, kMaxTags = 50;
constexpr std::size_t kTopicPage = 100;
constexpr std::string_view kFifo = ".fifo";

Outcome<void> check_name(const std::string& name) {
  std::string_view stem = name;
  if (stem.ends_with(kFifo)) stem.remove_suffix(kFifo.size());
  const bool characters = std::ranges::all_of(
      stem, [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
  if (stem.empty() || name.size() > kMaxName || !characters) return invalid("Topic Name");
  return {};
}

bool is_of_fifo(std::string_view attribute) {
  return attribute == "ContentBasedDeduplication" || attribute == "FifoThroughputScope";
}

// A FIFO topic says so twice: by its name and by its attribute.
Outcome<void> check_fifo(const std::string& name, const StringMap& attributes) {
  const bool fifo = attribute_of(attributes, "FifoTopic") == "true";
  if (fifo && !name.ends_with(kFifo))
    return invalid(
        "Fifo Topic names must end with .fifo and must be made up of only uppercase and lowercase "
        "ASCII letters, numbers, underscores, and hyphens, and must be between 1 and 256 "
        "characters long.");
  if (!fifo && name.ends_with(kFifo)) return invalid("Topic Name");
  for (const auto& [attribute, value] : attributes)
    if (!fifo && is_of_fifo(attribute))  // guess: the words
      return invalid("Attributes Reason: " + attribute + " is for FIFO topics only");
  return {};
}

Outcome<StringMap> tag_map(const model::List<api::Tag>& tags) {
  StringMap out;
  for (const auto& tag : tags)
    if (!out.emplace(tag.Key, tag.Value).second) return invalid("Duplicated keys are not allowed.");
  if (out.size() > kMaxTags)
    return fail("TagLimitExceeded",
                "Could not complete request: tag quota of per resource exceeded");
  return out;
}

}  // namespace

Outcome<api::CreateTopicResponse> Sns::create_topic(Context& context,
                                                    const api::CreateTopicInput& input) {
  if (auto good = check_name(input.Name); !good) return std::unexpected(good.error());
  if (input.DataProtectionPolicy) return not_served("DataProtectionPolicy");
  for (const auto& [name, value] : input.Attributes)
    if (auto good = check_topic_attribute(name, value); !good) {
      good.error().message.replace(0, std::string_view("Invalid parameter: ").size(),
                                   "Invalid parameter: Attributes Reason: ");
      return std::unexpected(good.error());
    }
  StringMap attributes(input.Attributes.begin(), input.Attributes.end());
  if (auto good = check_fifo(input.Name, attributes); !good) return std::unexpected(good.error());
  auto tags = tag_map(input.Tags);
  if (!tags) return std::unexpected(tags.error());
  const std::string arn = context.arn("sns", input.Name).text();
  if (const auto* old = tables_.topics.find(arn)) {
    for (const auto& [name, value] : input.Attributes)
      if (attribute_of(old->attributes, name) != value &&
          !(name == "FifoTopic" && value == "false"))
        return invalid("Attributes Reason: Topic already exists with different attributes");
    if (input.Tags.given && old->tags != *tags)
      return invalid("Tags Reason: Topic already exists with different tags");
    return api::CreateTopicResponse{arn};
  }
  if (tables_.topics.size() >= kMaxTopics)
    return fail("TopicLimitExceeded", "The customer already owns the maximum of topics.", 403);
  if (attribute_of(attributes, "FifoTopic") == "false") attributes.erase("FifoTopic");
  tables_.topics.put(arn, {arn, std::move(attributes), std::move(*tags)});
  return api::CreateTopicResponse{arn};
}

// Also of a topic that is not there; its subscriptions and what is on its way go with it.
Outcome<model::Empty> Sns::delete_topic(Context& context, const api::DeleteTopicInput& input) {
  const auto found = topic(context, input.TopicArn);
  if (!found && found.error().code == "NotFound") return model::Empty{};
  if (!found) return std::unexpected(found.error());
  std::vector<std::string> keys;
  for (const auto& [arn, record] : tables_.of_topic(input.TopicArn)) keys.push_back(arn);
  for (const auto& key : keys) tables_.subscriptions.erase(key);
  keys.clear();
  for (const auto& [key, delivery] : tables_.deliveries)
    if (delivery.topic == input.TopicArn) keys.push_back(key);
  for (const auto& key : keys) tables_.deliveries.erase(key);
  tables_.topics.erase(input.TopicArn);
  return model::Empty{};
}

Outcome<api::ListTopicsResponse> Sns::list_topics(Context& context,
                                                  const api::ListTopicsInput& input) {
  std::string after;
  if (input.NextToken) {
    const auto key = room::page_token_key(*input.NextToken);
    if (!key) return invalid("NextToken");
    after = *key;
  }
  api::ListTopicsResponse reply;
  reply.Topics.given = true;
  const std::string prefix = context.arn("sns", "").text();
  for (const auto& [arn, record] : tables_.topics.with_prefix(prefix)) {
    if (arn <= after) continue;
    if (reply.Topics.size() == kTopicPage) {
      reply.NextToken = room::page_token(*reply.Topics.back().TopicArn);
      break;
    }
    reply.Topics.push_back({arn});
  }
  return reply;
}

Outcome<api::GetTopicAttributesResponse> Sns::get_topic_attributes(
    Context& context, const api::GetTopicAttributesInput& input) {
  const auto found = topic(context, input.TopicArn);
  if (!found) return std::unexpected(found.error());
  const TopicRecord& record = **found;
  int confirmed = 0, pending = 0;
  for (const auto& [arn, subscription] : tables_.of_topic(record.arn))
    ++(subscription.confirmed ? confirmed : pending);
  api::GetTopicAttributesResponse reply;
  auto& out = reply.Attributes;
  out.given = true;
  out["TopicArn"] = record.arn;
  out["Owner"] = context.account;
  out["DisplayName"] = "";
  out["Policy"] = default_topic_policy(record.arn, context.account);
  out["SubscriptionsConfirmed"] = std::to_string(confirmed);
  out["SubscriptionsPending"] = std::to_string(pending);
  out["SubscriptionsDeleted"] = "0";
  out["EffectiveDeliveryPolicy"] = effective_topic_delivery_policy(record);
  if (record.fifo()) out["ContentBasedDeduplication"] = "false";
  for (const auto& [name, value] : record.attributes)
    if (!value.empty() || name == "DisplayName") out[name] = value;
  return reply;
}

Outcome<model::Empty> Sns::set_topic_attributes(Context& context,
                                                const api::SetTopicAttributesInput& input) {
  const auto found = topic(context, input.TopicArn);
  if (!found) return std::unexpected(found.error());
  const std::string value = input.AttributeValue.value_or("");
  if (input.AttributeName == "FifoTopic" || (is_of_fifo(input.AttributeName) && !(*found)->fifo()))
    return invalid("AttributeName");
  if (auto good = check_topic_attribute(input.AttributeName, value); !good)
    return std::unexpected(good.error());
  tables_.topics.update(input.TopicArn, [&](TopicRecord& record) {
    if (value.empty()) {
      record.attributes.erase(input.AttributeName);
    } else {
      record.attributes[input.AttributeName] = value;
    }
  });
  return model::Empty{};
}

Outcome<api::TagResourceResponse> Sns::tag_resource(Context&,
                                                    const api::TagResourceRequest& input) {
  const auto* found = tables_.topics.find(input.ResourceArn);
  if (found == nullptr) return resource_not_found();
  const auto added = tag_map(input.Tags);
  if (!added) return std::unexpected(added.error());
  StringMap tags = found->tags;
  for (const auto& [key, value] : *added) tags[key] = value;
  if (tags.size() > kMaxTags)
    return fail("TagLimitExceeded",
                "Could not complete request: tag quota of per resource exceeded");
  tables_.topics.update(input.ResourceArn, [&](TopicRecord& record) { record.tags = tags; });
  return api::TagResourceResponse{};
}

Outcome<api::UntagResourceResponse> Sns::untag_resource(Context&,
                                                        const api::UntagResourceRequest& input) {
  if (!tables_.topics.contains(input.ResourceArn)) return resource_not_found();
  tables_.topics.update(input.ResourceArn, [&](TopicRecord& record) {
    for (const auto& key : input.TagKeys) record.tags.erase(key);
  });
  return api::UntagResourceResponse{};
}

Outcome<api::ListTagsForResourceResponse> Sns::list_tags_for_resource(
    Context&, const api::ListTagsForResourceRequest& input) {
  const auto* found = tables_.topics.find(input.ResourceArn);
  if (found == nullptr) return resource_not_found();
  api::ListTagsForResourceResponse reply;
  reply.Tags.given = true;
  for (const auto& [key, value] : found->tags) reply.Tags.push_back({key, value});
  return reply;
}

}  // namespace seatrial::services::sns
