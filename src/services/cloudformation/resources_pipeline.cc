// AWS::Logs::SubscriptionFilter, AWS::Logs::QueryDefinition, AWS::KinesisFirehose::DeliveryStream.
// Source: the types' pages in the CloudFormation resource reference.
#include "services/cloudformation/resource_type.h"

namespace seatrial::services::cloudformation {
namespace {

// ---- subscription filter: one that is put again is replaced, so creation and update are one call

Attempt<std::optional<Physical>> find_subscription_filter(ApiCaller& api, const Request& r) {
  const std::string name = text_of(r.properties, "FilterName");
  auto reply = api.call(
      "logs", "DescribeSubscriptionFilters",
      Object{{"logGroupName", text_of(r.properties, "LogGroupName")}, {"filterNamePrefix", name}});
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  for (const Value& filter : list_of(*reply, "subscriptionFilters"))
    if (text_member(filter, "filterName") == name) return Physical{name, {}};
  return std::nullopt;
}

Attempt<Physical> put_subscription_filter(ApiCaller& api, const Value& properties) {
  auto input = map_properties({"logs", "PutSubscriptionFilter", {}, {}}, properties);
  if (!input) return std::unexpected(input.error());
  if (auto reply = api.call("logs", "PutSubscriptionFilter", std::move(*input)); !reply)
    return std::unexpected(reply.error());
  return Physical{text_of(properties, "FilterName"), {}};
}

Attempt<Physical> create_subscription_filter(ApiCaller& api, const Request& r) {
  return put_subscription_filter(api, r.properties);
}

Attempt<void> update_subscription_filter(ApiCaller& api, const Physical&, const Value&,
                                         const Value& after) {
  if (auto put = put_subscription_filter(api, after); !put) return std::unexpected(put.error());
  return {};
}

Attempt<void> remove_subscription_filter(ApiCaller& api, const Physical& p,
                                         const Value& properties) {
  return api.erase(
      "logs", "DeleteSubscriptionFilter",
      Object{{"logGroupName", text_of(properties, "LogGroupName")}, {"filterName", p.id}});
}

// ---- query definition

Attempt<Value> put_query_definition(ApiCaller& api, const Value& properties,
                                    const std::string& id) {
  auto input = map_properties({"logs", "PutQueryDefinition", {}, {}}, properties);
  if (!input) return std::unexpected(input.error());
  if (!id.empty()) input->as_object()["queryDefinitionId"] = id;
  return api.call("logs", "PutQueryDefinition", std::move(*input));
}

Attempt<Physical> create_query_definition(ApiCaller& api, const Request& r) {
  auto reply = put_query_definition(api, r.properties, "");
  if (!reply) return std::unexpected(reply.error());
  const std::string id = text_of(*reply, "queryDefinitionId");
  return Physical{id, Object{{"QueryDefinitionId", id}}};
}

Attempt<void> update_query_definition(ApiCaller& api, const Physical& p, const Value&,
                                      const Value& after) {
  if (auto put = put_query_definition(api, after, p.id); !put) return std::unexpected(put.error());
  return {};
}

Attempt<void> remove_query_definition(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase("logs", "DeleteQueryDefinition", Object{{"queryDefinitionId", p.id}});
}

// ---- delivery stream

Attempt<std::optional<Physical>> find_delivery_stream(ApiCaller& api, const Request& r) {
  const std::string name = text_of(r.properties, "DeliveryStreamName");
  auto reply = api.call("firehose", "DescribeDeliveryStream", Object{{"DeliveryStreamName", name}});
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  return Physical{name, Object{{"Arn", text_of(member_of(*reply, "DeliveryStreamDescription"),
                                               "DeliveryStreamARN")}}};
}

Attempt<Physical> create_delivery_stream(ApiCaller& api, const Request& r) {
  auto input = map_properties({"firehose", "CreateDeliveryStream", {}, {}}, r.properties);
  if (!input) return std::unexpected(input.error());
  auto reply = api.call("firehose", "CreateDeliveryStream", std::move(*input));
  if (!reply) return std::unexpected(reply.error());
  return Physical{text_of(r.properties, "DeliveryStreamName"),
                  Object{{"Arn", text_of(*reply, "DeliveryStreamARN")}}};
}

// Destinations change by UpdateDestination, which is not served.
Attempt<void> update_delivery_stream(ApiCaller& api, const Physical& p, const Value& before,
                                     const Value& after) {
  if (auto ok = cannot_change(
          "AWS::KinesisFirehose::DeliveryStream", before, after,
          {"AmazonopensearchserviceDestinationConfiguration", "DirectPutSourceConfiguration",
           "ExtendedS3DestinationConfiguration", "S3DestinationConfiguration"});
      !ok)
    return ok;
  const TagChange change = tag_change(before, after, "Key", "Value");
  if (!change.set.empty())
    if (auto set = api.call("firehose", "TagDeliveryStream",
                            Object{{"DeliveryStreamName", p.id}, {"Tags", change.set}});
        !set)
      return std::unexpected(set.error());
  if (change.removed.empty()) return {};
  auto removed = api.call("firehose", "UntagDeliveryStream",
                          Object{{"DeliveryStreamName", p.id}, {"TagKeys", change.removed}});
  if (!removed) return std::unexpected(removed.error());
  return {};
}

Attempt<void> remove_delivery_stream(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase("firehose", "DeleteDeliveryStream", Object{{"DeliveryStreamName", p.id}});
}

}  // namespace

std::vector<ResourceType> pipeline_types() {
  ResourceType filter{.name = "AWS::Logs::SubscriptionFilter",
                      .properties = {"ApplyOnTransformedLogs", "DestinationArn", "Distribution",
                                     "EmitSystemFields", "FieldSelectionCriteria", "FilterName",
                                     "FilterPattern", "LogGroupName", "RoleArn"},
                      .required = {"DestinationArn", "FilterPattern", "LogGroupName"},
                      .name_property = "FilterName",
                      .name_limit = 512,
                      .find = find_subscription_filter,
                      .create = create_subscription_filter,
                      .update = update_subscription_filter,
                      .remove = remove_subscription_filter};
  ResourceType query{.name = "AWS::Logs::QueryDefinition",
                     .properties = {"LogGroupNames", "Name", "QueryLanguage", "QueryString"},
                     .required = {"Name", "QueryString"},
                     .create = create_query_definition,
                     .update = update_query_definition,
                     .remove = remove_query_definition};
  ResourceType stream{
      .name = "AWS::KinesisFirehose::DeliveryStream",
      .properties = {"AmazonopensearchserviceDestinationConfiguration", "DeliveryStreamName",
                     "DeliveryStreamType", "DirectPutSourceConfiguration",
                     "ExtendedS3DestinationConfiguration", "S3DestinationConfiguration", "Tags"},
      .required = {},
      .name_property = "DeliveryStreamName",
      .name_limit = 64,
      .tags = ResourceType::Tags::kList,
      .find = find_delivery_stream,
      .create = create_delivery_stream,
      .update = update_delivery_stream,
      .remove = remove_delivery_stream};
  return {filter, query, stream};
}

}  // namespace seatrial::services::cloudformation
