// AWS::Logs::DeliverySource, AWS::Logs::DeliveryDestination, AWS::Logs::Delivery.
// Source: the types' pages in the CloudFormation resource reference.
#include "services/cloudformation/resource_type.h"

namespace seatrial::services::cloudformation {
namespace {

// The API takes tags as a map.
Value with_tag_map(Value properties) {
  Value* tags = properties.as_object().if_contains("Tags");
  if (tags == nullptr || !tags->is_array()) return properties;
  Object map;
  for (const Value& tag : tags->as_array()) map[text_of(tag, "Key")] = text_of(tag, "Value");
  *tags = std::move(map);
  return properties;
}

Attempt<Value> put_vended(ApiCaller& api, const char* operation, const Value& properties) {
  auto input = map_properties({"logs", operation, {}, {}}, with_tag_map(properties));
  if (!input) return std::unexpected(input.error());
  return api.call("logs", operation, std::move(*input));
}

// ---- source

// What there is under the template's name, if anything.
Attempt<std::optional<Physical>> find_vended(ApiCaller& api, const Request& r,
                                             const char* operation, const char* member,
                                             Physical (*physical)(const Value&)) {
  auto reply = api.call("logs", operation, Object{{"name", text_of(r.properties, "Name")}});
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  return physical(member_of(*reply, member));
}

Physical source_physical(const Value& source) {
  return {text_of(source, "name"), Object{{"Arn", text_of(source, "arn")},
                                          {"ResourceArns", list_of(source, "resourceArns")},
                                          {"Service", text_of(source, "service")}}};
}

Attempt<std::optional<Physical>> find_source(ApiCaller& api, const Request& r) {
  return find_vended(api, r, "GetDeliverySource", "deliverySource", source_physical);
}

Attempt<Physical> create_source(ApiCaller& api, const Request& r) {
  auto reply = put_vended(api, "PutDeliverySource", r.properties);
  if (!reply) return std::unexpected(reply.error());
  return source_physical(member_of(*reply, "deliverySource"));
}

Attempt<void> update_source(ApiCaller& api, const Physical&, const Value&, const Value& after) {
  if (auto done = put_vended(api, "PutDeliverySource", after); !done)
    return std::unexpected(done.error());
  return {};
}

Attempt<void> remove_source(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase("logs", "DeleteDeliverySource", Object{{"name", p.id}});
}

// ---- destination: the ARN stands by itself in the template, in a structure in the API

Attempt<Value> put_destination(ApiCaller& api, const Value& properties) {
  Value shaped = properties;
  auto& object = shaped.as_object();
  if (const auto* arn = object.if_contains("DestinationResourceArn")) {
    Object configuration{{"destinationResourceArn", *arn}};
    object.erase("DestinationResourceArn");
    auto input = map_properties({"logs", "PutDeliveryDestination", {}, {}}, with_tag_map(shaped));
    if (!input) return std::unexpected(input.error());
    input->as_object()["deliveryDestinationConfiguration"] = std::move(configuration);
    return api.call("logs", "PutDeliveryDestination", std::move(*input));
  }
  return put_vended(api, "PutDeliveryDestination", shaped);
}

Physical destination_physical(const Value& destination) {
  return {text_of(destination, "name"), Object{{"Arn", text_of(destination, "arn")}}};
}

Attempt<std::optional<Physical>> find_destination(ApiCaller& api, const Request& r) {
  return find_vended(api, r, "GetDeliveryDestination", "deliveryDestination", destination_physical);
}

Attempt<Physical> create_destination(ApiCaller& api, const Request& r) {
  auto reply = put_destination(api, r.properties);
  if (!reply) return std::unexpected(reply.error());
  return destination_physical(member_of(*reply, "deliveryDestination"));
}

Attempt<void> update_destination(ApiCaller& api, const Physical&, const Value&,
                                 const Value& after) {
  if (auto done = put_destination(api, after); !done) return std::unexpected(done.error());
  return {};
}

Attempt<void> remove_destination(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase("logs", "DeleteDeliveryDestination", Object{{"name", p.id}});
}

// ---- delivery

Attempt<Physical> create_delivery(ApiCaller& api, const Request& r) {
  auto reply = put_vended(api, "CreateDelivery", r.properties);
  if (!reply) return std::unexpected(reply.error());
  const Value& made = member_of(*reply, "delivery");
  const auto id = text_of(made, "id");
  return Physical{id,
                  Object{{"DeliveryId", id},
                         {"Arn", text_of(made, "arn")},
                         {"DeliveryDestinationType", text_of(made, "deliveryDestinationType")}}};
}

// Of a delivery nothing changes here but by replacing it: UpdateDeliveryConfiguration is not
// served.
Attempt<void> update_delivery(ApiCaller&, const Physical&, const Value& before,
                              const Value& after) {
  return cannot_change(
      "AWS::Logs::Delivery", before, after,
      {"FieldDelimiter", "RecordFields", "S3EnableHiveCompatiblePath", "S3SuffixPath", "Tags"});
}

Attempt<void> remove_delivery(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase("logs", "DeleteDelivery", Object{{"id", p.id}});
}

}  // namespace

std::vector<ResourceType> delivery_types() {
  ResourceType source{.name = "AWS::Logs::DeliverySource",
                      .properties = {"LogType", "Name", "ResourceArn", "Tags"},
                      .required = {"Name"},
                      .tags = ResourceType::Tags::kList,
                      .find = find_source,
                      .create = create_source,
                      .update = update_source,
                      .remove = remove_source};
  ResourceType destination{.name = "AWS::Logs::DeliveryDestination",
                           .properties = {"DeliveryDestinationType", "DestinationResourceArn",
                                          "Name", "OutputFormat", "Tags"},
                           .required = {"Name"},
                           .tags = ResourceType::Tags::kList,
                           .find = find_destination,
                           .create = create_destination,
                           .update = update_destination,
                           .remove = remove_destination};
  ResourceType delivery{.name = "AWS::Logs::Delivery",
                        .properties = {"DeliveryDestinationArn", "DeliverySourceName",
                                       "FieldDelimiter", "RecordFields", "Tags"},
                        .required = {"DeliveryDestinationArn", "DeliverySourceName"},
                        .tags = ResourceType::Tags::kList,
                        .create = create_delivery,
                        .update = update_delivery,
                        .remove = remove_delivery};
  return {source, destination, delivery};
}

}  // namespace seatrial::services::cloudformation
