// AWS::SNS::Topic, Subscription, TopicPolicy; AWS::SQS::Queue, QueuePolicy; AWS::Events::Rule.
//
// A policy is an attribute of each topic or queue it names; taking it away leaves the default. Both
// rooms evaluate it for what AWS services do there.
#include "services/cloudformation/resource_type.h"

namespace seatrial::services::cloudformation {
namespace {

Attempt<void> made(Attempt<Value> reply) {
  if (!reply) return std::unexpected(std::move(reply.error()));
  return {};
}

// Policies and patterns are written as objects in templates and as texts in the API.
std::string json_text(const Value& properties, std::string_view name) {
  const Value& v = member_of(properties, name);
  return v.is_object() || v.is_array() ? to_json(v) : text_of(properties, name);
}

Array tag_list(const Value& properties) {
  Array tags;
  for (const auto& [key, value] : tags_of(properties))
    tags.push_back(Object{{"Key", key}, {"Value", value}});
  return tags;
}

// ---- topic

constexpr std::string_view kTopicAttributes[] = {"DisplayName",        "KmsMasterKeyId",
                                                 "SignatureVersion",   "TracingConfig",
                                                 "FifoTopic",          "ContentBasedDeduplication",
                                                 "FifoThroughputScope"};

std::string topic_name(const Value& properties) {
  const std::string name = text_of(properties, "TopicName");
  const bool fifo = text_of(properties, "FifoTopic") == "true";
  return fifo && !name.ends_with(".fifo") ? name + ".fifo" : name;
}

Physical topic_physical(ApiCaller& api, const std::string& name) {
  const std::string arn = api.as().arn("sns", name).text();
  return {arn, Object{{"TopicArn", arn}, {"TopicName", name}}};
}

// Attribute -> value, those of DeliveryStatusLogging under their own names.
Attempt<Object> topic_attributes(const Value& properties) {
  Object out;
  for (const auto name : kTopicAttributes)
    if (find_member(properties, name) != nullptr) out[name] = text_of(properties, name);
  for (const Value& entry : list_of(properties, "DeliveryStatusLogging")) {
    const std::string protocol = text_of(entry, "Protocol");
    const std::string prefix = protocol == "http/s"        ? "HTTP"
                               : protocol == "sqs"         ? "SQS"
                               : protocol == "lambda"      ? "Lambda"
                               : protocol == "firehose"    ? "Firehose"
                               : protocol == "application" ? "Application"
                                                           : "";
    if (prefix.empty())
      return refuse("InvalidRequest", "DeliveryStatusLogging has no protocol " + protocol);
    for (const char* name :
         {"SuccessFeedbackRoleArn", "FailureFeedbackRoleArn", "SuccessFeedbackSampleRate"})
      if (find_member(entry, name) != nullptr) out[prefix + name] = text_of(entry, name);
  }
  return out;
}

Attempt<std::optional<Physical>> find_topic(ApiCaller& api, const Request& r) {
  const Physical p = topic_physical(api, topic_name(r.properties));
  auto reply = api.call("sns", "GetTopicAttributes", Object{{"TopicArn", p.id}});
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  return p;
}

Attempt<Physical> create_topic(ApiCaller& api, const Request& r) {
  auto attributes = topic_attributes(r.properties);
  if (!attributes) return std::unexpected(attributes.error());
  const std::string name = topic_name(r.properties);
  Object input{{"Name", name}, {"Attributes", *attributes}};
  if (Array tags = tag_list(r.properties); !tags.empty()) input["Tags"] = std::move(tags);
  if (auto reply = api.call("sns", "CreateTopic", std::move(input)); !reply)
    return std::unexpected(reply.error());
  return topic_physical(api, name);
}

Attempt<void> subscribe_all(ApiCaller& api, const std::string& topic, const Array& subscriptions) {
  for (const Value& one : subscriptions)
    if (auto r = made(api.call("sns", "Subscribe",
                               Object{{"TopicArn", topic},
                                      {"Protocol", text_of(one, "Protocol")},
                                      {"Endpoint", text_of(one, "Endpoint")}}));
        !r)
      return r;
  return {};
}

Attempt<void> configure_topic(ApiCaller& api, const Physical& p, const Value& properties) {
  return subscribe_all(api, p.id, list_of(properties, "Subscription"));
}

// The ARN of a topic's subscription, empty when there is none or it is unconfirmed.
Attempt<std::string> subscription_arn(ApiCaller& api, const std::string& topic,
                                      const Value& wanted) {
  std::string token;
  while (true) {
    Object input{{"TopicArn", topic}};
    if (!token.empty()) input["NextToken"] = token;
    auto reply = api.call("sns", "ListSubscriptionsByTopic", std::move(input));
    if (!reply && reply.error().not_found()) return std::string();
    if (!reply) return std::unexpected(reply.error());
    for (const Value& one : list_of(*reply, "Subscriptions"))
      if (text_member(one, "Protocol") == text_member(wanted, "Protocol") &&
          text_member(one, "Endpoint") == text_member(wanted, "Endpoint"))
        return text_member(one, "SubscriptionArn").starts_with("arn:")
                   ? text_of(one, "SubscriptionArn")
                   : std::string();
    token = text_of(*reply, "NextToken");
    if (token.empty()) return std::string();
  }
}

Attempt<void> change_topic_tags(ApiCaller& api, const std::string& arn, const Value& before,
                                const Value& after) {
  const TagChange change = tag_change(before, after, "Key", "Value");
  if (!change.set.empty())
    if (auto r = made(
            api.call("sns", "TagResource", Object{{"ResourceArn", arn}, {"Tags", change.set}}));
        !r)
      return r;
  if (change.removed.empty()) return {};
  return made(
      api.call("sns", "UntagResource", Object{{"ResourceArn", arn}, {"TagKeys", change.removed}}));
}

Attempt<void> update_topic(ApiCaller& api, const Physical& p, const Value& before,
                           const Value& after) {
  auto old_ones = topic_attributes(before), new_ones = topic_attributes(after);
  if (!old_ones) return std::unexpected(old_ones.error());
  if (!new_ones) return std::unexpected(new_ones.error());
  for (const auto& member : *old_ones)
    if (!new_ones->contains(member.key())) (*new_ones)[member.key()] = "";
  for (const auto& member : *new_ones) {
    const Value* old = old_ones->if_contains(member.key());
    if (old != nullptr && *old == member.value()) continue;
    if (auto r = made(api.call("sns", "SetTopicAttributes",
                               Object{{"TopicArn", p.id},
                                      {"AttributeName", member.key()},
                                      {"AttributeValue", member.value()}}));
        !r)
      return r;
  }
  const Array old_list = list_of(before, "Subscription"), new_list = list_of(after, "Subscription");
  if (auto r = subscribe_all(api, p.id, minus(new_list, old_list)); !r) return r;
  for (const Value& gone : minus(old_list, new_list)) {
    auto arn = subscription_arn(api, p.id, gone);
    if (!arn) return std::unexpected(arn.error());
    if (arn->empty()) continue;  // nobody has confirmed it: it ends by itself
    if (auto r = made(api.call("sns", "Unsubscribe", Object{{"SubscriptionArn", *arn}})); !r)
      return r;
  }
  return change_topic_tags(api, p.id, before, after);
}

Attempt<void> remove_topic(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase("sns", "DeleteTopic", Object{{"TopicArn", p.id}});
}

// ---- subscription

constexpr std::string_view kSubscriptionAttributes[] = {
    "DeliveryPolicy", "FilterPolicyScope", "FilterPolicy", "RawMessageDelivery", "RedrivePolicy"};

Object subscription_attributes(const Value& properties) {
  Object out;
  for (const auto name : kSubscriptionAttributes)
    if (find_member(properties, name) != nullptr) out[name] = json_text(properties, name);
  return out;
}

Attempt<Physical> create_subscription(ApiCaller& api, const Request& r) {
  auto reply = api.call("sns", "Subscribe",
                        Object{{"TopicArn", text_of(r.properties, "TopicArn")},
                               {"Protocol", text_of(r.properties, "Protocol")},
                               {"Endpoint", text_of(r.properties, "Endpoint")},
                               {"Attributes", subscription_attributes(r.properties)},
                               {"ReturnSubscriptionArn", true}});
  if (!reply) return std::unexpected(reply.error());
  const std::string arn = text_of(*reply, "SubscriptionArn");
  return Physical{arn, Object{{"Arn", arn}}};
}

Attempt<void> update_subscription(ApiCaller& api, const Physical& p, const Value& before,
                                  const Value& after) {
  const Object old_ones = subscription_attributes(before);
  Object new_ones = subscription_attributes(after);
  for (const auto& member : old_ones)
    if (!new_ones.contains(member.key()))
      new_ones[member.key()] = member.key() == "RawMessageDelivery"  ? "false"
                               : member.key() == "FilterPolicyScope" ? "MessageAttributes"
                                                                     : "";
  for (const auto& member : new_ones) {
    const Value* old = old_ones.if_contains(member.key());
    if (old != nullptr && *old == member.value()) continue;
    if (auto r = made(api.call("sns", "SetSubscriptionAttributes",
                               Object{{"SubscriptionArn", p.id},
                                      {"AttributeName", member.key()},
                                      {"AttributeValue", member.value()}}));
        !r)
      return r;
  }
  return {};
}

Attempt<void> remove_subscription(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase("sns", "Unsubscribe", Object{{"SubscriptionArn", p.id}});
}

// ---- policies of topics and of queues

std::vector<std::string> names_of(const Value& properties, std::string_view name) {
  std::vector<std::string> out;
  for (const Value& v : list_of(properties, name))
    if (v.is_string()) out.emplace_back(as_view(v.get_string()));
  return out;
}

Attempt<void> set_topic_policy(ApiCaller& api, const std::string& topic,
                               const std::string& policy) {
  auto reply = api.call(
      "sns", "SetTopicAttributes",
      Object{{"TopicArn", topic}, {"AttributeName", "Policy"}, {"AttributeValue", policy}});
  if (!reply && policy.empty() && reply.error().not_found()) return {};
  return made(std::move(reply));
}

Attempt<void> set_queue_policy(ApiCaller& api, const std::string& queue,
                               const std::string& policy) {
  auto reply = api.call("sqs", "SetQueueAttributes",
                        Object{{"QueueUrl", queue}, {"Attributes", Object{{"Policy", policy}}}});
  if (!reply && policy.empty() && reply.error().not_found()) return {};
  return made(std::move(reply));
}

template <auto Set>
Attempt<void> set_policies(ApiCaller& api, const std::vector<std::string>& names,
                           const std::string& policy) {
  for (const auto& name : names)
    if (auto r = Set(api, name, policy); !r) return r;
  return {};
}

// `List` is the property that names what has the policy.
template <auto Set, const char* List>
struct PolicyType {
  static Attempt<Physical> create(ApiCaller& api, const Request& r) {
    const auto set = set_policies<Set>(api, names_of(r.properties, List),
                                       json_text(r.properties, "PolicyDocument"));
    if (!set) return std::unexpected(set.error());
    const std::string id = r.logical_id + "-" + r.token.substr(0, 12);
    return Physical{id, Object{{"Id", id}}};
  }
  static Attempt<void> update(ApiCaller& api, const Physical&, const Value& before,
                              const Value& after) {
    const Array gone = minus(list_of(before, List), list_of(after, List));
    if (auto r = set_policies<Set>(api, names_of(Object{{List, gone}}, List), ""); !r) return r;
    return set_policies<Set>(api, names_of(after, List), json_text(after, "PolicyDocument"));
  }
  static Attempt<void> remove(ApiCaller& api, const Physical&, const Value& properties) {
    return set_policies<Set>(api, names_of(properties, List), "");
  }
};

constexpr char kTopics[] = "Topics", kQueues[] = "Queues";
using TopicPolicy = PolicyType<set_topic_policy, kTopics>;
using QueuePolicy = PolicyType<set_queue_policy, kQueues>;

// ---- queue

constexpr std::string_view kQueueAttributes[] = {"ContentBasedDeduplication",
                                                 "DeduplicationScope",
                                                 "DelaySeconds",
                                                 "FifoQueue",
                                                 "FifoThroughputLimit",
                                                 "KmsDataKeyReusePeriodSeconds",
                                                 "KmsMasterKeyId",
                                                 "MaximumMessageSize",
                                                 "MessageRetentionPeriod",
                                                 "ReceiveMessageWaitTimeSeconds",
                                                 "RedriveAllowPolicy",
                                                 "RedrivePolicy",
                                                 "SqsManagedSseEnabled",
                                                 "VisibilityTimeout"};

Object queue_attributes(const Value& properties) {
  Object out;
  for (const auto name : kQueueAttributes)
    if (find_member(properties, name) != nullptr) out[name] = json_text(properties, name);
  if (out.contains("FifoQueue") && out["FifoQueue"] == Value("false")) out.erase("FifoQueue");
  return out;
}

Physical queue_physical(ApiCaller& api, const std::string& name, const std::string& url) {
  return {
      url,
      Object{{"Arn", api.as().arn("sqs", name).text()}, {"QueueName", name}, {"QueueUrl", url}}};
}

std::string queue_name(const Value& properties) {
  const std::string name = text_of(properties, "QueueName");
  const bool fifo = text_of(properties, "FifoQueue") == "true";
  return fifo && !name.ends_with(".fifo") ? name + ".fifo" : name;
}

Attempt<std::optional<Physical>> find_queue(ApiCaller& api, const Request& r) {
  const std::string name = queue_name(r.properties);
  auto reply = api.call("sqs", "GetQueueUrl", Object{{"QueueName", name}});
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  return queue_physical(api, name, text_of(*reply, "QueueUrl"));
}

Attempt<Physical> create_queue(ApiCaller& api, const Request& r) {
  const std::string name = queue_name(r.properties);
  Object tags;
  for (const auto& [key, value] : tags_of(r.properties)) tags[key] = value;
  Object input{{"QueueName", name}, {"Attributes", queue_attributes(r.properties)}};
  if (!tags.empty()) input["tags"] = std::move(tags);
  auto reply = api.call("sqs", "CreateQueue", std::move(input));
  if (!reply) return std::unexpected(reply.error());
  return queue_physical(api, name, text_of(*reply, "QueueUrl"));
}

Attempt<void> update_queue(ApiCaller& api, const Physical& p, const Value& before,
                           const Value& after) {
  static const std::map<std::string, std::string> kDefaults = {
      {"DelaySeconds", "0"},
      {"MaximumMessageSize", "1048576"},
      {"VisibilityTimeout", "30"},
      {"MessageRetentionPeriod", "345600"},
      {"SqsManagedSseEnabled", "true"},
      {"ReceiveMessageWaitTimeSeconds", "0"},
      {"KmsDataKeyReusePeriodSeconds", "300"},
      {"ContentBasedDeduplication", "false"},
      {"DeduplicationScope", "queue"},
      {"FifoThroughputLimit", "perQueue"}};
  const Object old_ones = queue_attributes(before);
  Object changed = queue_attributes(after);
  for (const auto& member : old_ones) {
    const std::string name(member.key());
    if (changed.contains(name)) continue;
    const auto otherwise = kDefaults.find(name);
    changed[name] = otherwise == kDefaults.end() ? "" : otherwise->second;
  }
  for (const auto& member : old_ones)
    if (changed.contains(member.key()) && changed[member.key()] == member.value())
      changed.erase(member.key());
  if (!changed.empty())
    if (auto r = made(api.call("sqs", "SetQueueAttributes",
                               Object{{"QueueUrl", p.id}, {"Attributes", changed}}));
        !r)
      return r;
  const TagChange change = tag_change(before, after, "Key", "Value");
  Object tags;
  for (const Value& tag : change.set) tags[text_of(tag, "Key")] = text_of(tag, "Value");
  if (!tags.empty())
    if (auto r = made(api.call("sqs", "TagQueue", Object{{"QueueUrl", p.id}, {"Tags", tags}})); !r)
      return r;
  if (change.removed.empty()) return {};
  return made(
      api.call("sqs", "UntagQueue", Object{{"QueueUrl", p.id}, {"TagKeys", change.removed}}));
}

Attempt<void> remove_queue(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase("sqs", "DeleteQueue", Object{{"QueueUrl", p.id}});
}

// ---- rule

Object on_bus(const Value& properties, Object input) {
  if (find_member(properties, "EventBusName") != nullptr)
    input["EventBusName"] = text_of(properties, "EventBusName");
  return input;
}

Attempt<std::string> put_rule(ApiCaller& api, const Value& properties, bool with_tags) {
  auto input =
      map_properties({"events", "PutRule", {}, {"Targets", "EventPattern", "Tags"}}, properties);
  if (!input) return std::unexpected(input.error());
  if (find_member(properties, "EventPattern") != nullptr)
    input->get_object()["EventPattern"] = json_text(properties, "EventPattern");
  if (Array tags = tag_list(properties); with_tags && !tags.empty())
    input->get_object()["Tags"] = std::move(tags);
  auto reply = api.call("events", "PutRule", std::move(*input));
  if (!reply) return std::unexpected(reply.error());
  return text_of(*reply, "RuleArn");
}

Attempt<std::optional<Physical>> find_event_rule(ApiCaller& api, const Request& r) {
  const std::string name = text_of(r.properties, "Name");
  auto reply = api.call("events", "DescribeRule", on_bus(r.properties, Object{{"Name", name}}));
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  return Physical{name, Object{{"Arn", text_of(*reply, "Arn")}}};
}

Attempt<Physical> create_event_rule(ApiCaller& api, const Request& r) {
  auto arn = put_rule(api, r.properties, true);
  if (!arn) return std::unexpected(arn.error());
  return Physical{text_of(r.properties, "Name"), Object{{"Arn", *arn}}};
}

Attempt<void> put_targets(ApiCaller& api, const std::string& rule, const Value& properties) {
  auto targets = map_properties({"events", "PutTargets", {}, {}}, pick(properties, {"Targets"}));
  if (!targets) return std::unexpected(targets.error());
  if (list_of(*targets, "Targets").empty()) return {};
  Object input =
      on_bus(properties, Object{{"Rule", rule}, {"Targets", list_of(*targets, "Targets")}});
  auto reply = api.call("events", "PutTargets", std::move(input));
  if (!reply) return std::unexpected(reply.error());
  if (text_of(*reply, "FailedEntryCount") == "0" || list_of(*reply, "FailedEntries").empty())
    return {};
  return refuse("GeneralServiceException", to_json(member_of(*reply, "FailedEntries")));
}

Attempt<void> remove_targets(ApiCaller& api, const std::string& rule, const Value& properties,
                             const Array& targets) {
  Array ids;
  for (const Value& target : targets) ids.push_back(Value(text_of(target, "Id")));
  if (ids.empty()) return {};
  return api.erase("events", "RemoveTargets",
                   on_bus(properties, Object{{"Rule", rule}, {"Ids", std::move(ids)}}));
}

Attempt<void> configure_rule(ApiCaller& api, const Physical& p, const Value& properties) {
  return put_targets(api, p.id, properties);
}

Attempt<void> update_event_rule(ApiCaller& api, const Physical& p, const Value& before,
                                const Value& after) {
  Value named = after;
  named.get_object()["Name"] = p.id;
  if (auto arn = put_rule(api, named, false); !arn) return std::unexpected(arn.error());
  std::set<std::string> kept;
  for (const Value& target : list_of(after, "Targets")) kept.insert(text_of(target, "Id"));
  Array gone;
  for (const Value& target : list_of(before, "Targets"))
    if (!kept.contains(text_of(target, "Id"))) gone.push_back(target);
  if (auto r = remove_targets(api, p.id, before, gone); !r) return r;
  if (auto r = put_targets(api, p.id, after); !r) return r;
  const TagChange change = tag_change(before, after, "Key", "Value");
  const std::string arn = text_of(Value(p.attributes), "Arn");
  if (!change.set.empty())
    if (auto r = made(
            api.call("events", "TagResource", Object{{"ResourceARN", arn}, {"Tags", change.set}}));
        !r)
      return r;
  if (change.removed.empty()) return {};
  return made(api.call("events", "UntagResource",
                       Object{{"ResourceARN", arn}, {"TagKeys", change.removed}}));
}

Attempt<void> remove_event_rule(ApiCaller& api, const Physical& p, const Value& properties) {
  if (auto r = remove_targets(api, p.id, properties, list_of(properties, "Targets")); !r) return r;
  return api.erase("events", "DeleteRule", on_bus(properties, Object{{"Name", p.id}}));
}

std::vector<ResourceType> sns_types() {
  ResourceType topic{
      .name = "AWS::SNS::Topic",
      .properties = {"ContentBasedDeduplication", "DeliveryStatusLogging", "DisplayName",
                     "FifoThroughputScope", "FifoTopic", "KmsMasterKeyId", "SignatureVersion",
                     "Subscription", "Tags", "TopicName", "TracingConfig"},
      .name_property = "TopicName",
      .name_limit = 256,
      .tags = ResourceType::Tags::kList,
      .find = find_topic,
      .create = create_topic,
      .configure = configure_topic,
      .update = update_topic,
      .remove = remove_topic};
  ResourceType subscription{
      .name = "AWS::SNS::Subscription",
      .properties = {"DeliveryPolicy", "Endpoint", "FilterPolicy", "FilterPolicyScope", "Protocol",
                     "RawMessageDelivery", "RedrivePolicy", "TopicArn"},
      .required = {"Protocol", "TopicArn"},
      .create = create_subscription,
      .update = update_subscription,
      .remove = remove_subscription};
  ResourceType policy{.name = "AWS::SNS::TopicPolicy",
                      .properties = {"PolicyDocument", "Topics"},
                      .required = {"PolicyDocument", "Topics"},
                      .create = TopicPolicy::create,
                      .update = TopicPolicy::update,
                      .remove = TopicPolicy::remove};
  return {topic, subscription, policy};
}

}  // namespace

std::vector<ResourceType> messaging_types() {
  ResourceType queue{.name = "AWS::SQS::Queue",
                     .properties = {"QueueName", "Tags"},
                     .name_property = "QueueName",
                     .name_limit = 75,
                     .tags = ResourceType::Tags::kList,
                     .find = find_queue,
                     .create = create_queue,
                     .update = update_queue,
                     .remove = remove_queue};
  queue.properties.insert(std::begin(kQueueAttributes), std::end(kQueueAttributes));
  ResourceType policy{.name = "AWS::SQS::QueuePolicy",
                      .properties = {"PolicyDocument", "Queues"},
                      .required = {"PolicyDocument", "Queues"},
                      .create = QueuePolicy::create,
                      .update = QueuePolicy::update,
                      .remove = QueuePolicy::remove};
  ResourceType rule{.name = "AWS::Events::Rule",
                    .properties = {"Description", "EventBusName", "EventPattern", "Name", "RoleArn",
                                   "ScheduleExpression", "State", "Tags", "Targets"},
                    .name_property = "Name",
                    .name_limit = 64,
                    .tags = ResourceType::Tags::kList,
                    .find = find_event_rule,
                    .create = create_event_rule,
                    .configure = configure_rule,
                    .update = update_event_rule,
                    .remove = remove_event_rule};
  std::vector<ResourceType> types = sns_types();
  types.insert(types.end(), {queue, policy, rule});
  return types;
}

}  // namespace seatrial::services::cloudformation
