// AWS::Logs::MetricFilter. A filter that is put again is replaced whole, so creation and update are
// the same call. Source: the type's page in the CloudFormation resource reference.
#include "services/cloudformation/resource_type.h"

namespace seatrial::services::cloudformation {
namespace {

Attempt<std::optional<Physical>> find_metric_filter(ApiCaller& api, const Request& r) {
  const std::string name = text_of(r.properties, "FilterName");
  auto reply = api.call(
      "logs", "DescribeMetricFilters",
      Object{{"logGroupName", text_of(r.properties, "LogGroupName")}, {"filterNamePrefix", name}});
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  for (const Value& filter : list_of(*reply, "metricFilters"))
    if (text_member(filter, "filterName") == name) return Physical{name, {}};
  return std::nullopt;
}

// The template lists dimensions as {Key, Value}; the API takes a map.
Value with_dimension_maps(Value properties) {
  Value* transformations = properties.as_object().if_contains("MetricTransformations");
  if (transformations == nullptr || !transformations->is_array()) return properties;
  for (Value& one : transformations->as_array()) {
    Value* dimensions = one.is_object() ? one.as_object().if_contains("Dimensions") : nullptr;
    if (dimensions == nullptr || !dimensions->is_array()) continue;
    Object map;
    for (const Value& dimension : dimensions->as_array())
      map[text_of(dimension, "Key")] = text_of(dimension, "Value");
    *dimensions = std::move(map);
  }
  return properties;
}

Attempt<Physical> put_metric_filter(ApiCaller& api, const Value& properties) {
  auto input = map_properties({"logs", "PutMetricFilter", {}, {}}, with_dimension_maps(properties));
  if (!input) return std::unexpected(input.error());
  if (auto reply = api.call("logs", "PutMetricFilter", std::move(*input)); !reply)
    return std::unexpected(reply.error());
  return Physical{text_of(properties, "FilterName"), {}};
}

Attempt<Physical> create_metric_filter(ApiCaller& api, const Request& r) {
  return put_metric_filter(api, r.properties);
}

Attempt<void> update_metric_filter(ApiCaller& api, const Physical&, const Value&,
                                   const Value& after) {
  if (auto put = put_metric_filter(api, after); !put) return std::unexpected(put.error());
  return {};
}

Attempt<void> remove_metric_filter(ApiCaller& api, const Physical& p, const Value& properties) {
  return api.erase(
      "logs", "DeleteMetricFilter",
      Object{{"logGroupName", text_of(properties, "LogGroupName")}, {"filterName", p.id}});
}

}  // namespace

std::vector<ResourceType> logs_types() {
  ResourceType filter{.name = "AWS::Logs::MetricFilter",
                      .properties = {"ApplyOnTransformedLogs", "EmitSystemFieldDimensions",
                                     "FieldSelectionCriteria", "FilterName", "FilterPattern",
                                     "LogGroupName", "MetricTransformations"},
                      .required = {"FilterPattern", "LogGroupName", "MetricTransformations"},
                      .name_property = "FilterName",
                      .name_limit = 512,
                      .find = find_metric_filter,
                      .create = create_metric_filter,
                      .update = update_metric_filter,
                      .remove = remove_metric_filter};
  return {filter};
}

}  // namespace seatrial::services::cloudformation
