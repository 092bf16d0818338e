// AWS::CloudWatch::MetricStream. A stream that is put again is replaced whole but for its tags and
// state. Source: the type's page in the CloudFormation resource reference.
#include "base/time.h"
#include "services/cloudformation/resource_type.h"

namespace seatrial::services::cloudformation {
namespace {

// A timestamp of the API as an attribute has it.
std::string date_of(const Value& reply, std::string_view name) {
  const auto* at = find_member(reply, name);
  return at != nullptr && at->is_int64() ? format_iso8601(from_ms(at->get_int64())) : "";
}

Attempt<std::optional<Physical>> find_metric_stream(ApiCaller& api, const Request& r) {
  const std::string name = text_of(r.properties, "Name");
  auto reply = api.call("cloudwatch", "GetMetricStream", Object{{"Name", name}});
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  return Physical{name, Object{{"Arn", text_of(*reply, "Arn")},
                               {"CreationDate", date_of(*reply, "CreationDate")},
                               {"LastUpdateDate", date_of(*reply, "LastUpdateDate")},
                               {"State", text_of(*reply, "State")}}};
}

Attempt<void> put_metric_stream(ApiCaller& api, const Value& properties,
                                std::set<std::string_view> besides) {
  auto input =
      map_properties({"cloudwatch", "PutMetricStream", {}, std::move(besides)}, properties);
  if (!input) return std::unexpected(input.error());
  if (auto reply = api.call("cloudwatch", "PutMetricStream", std::move(*input)); !reply)
    return std::unexpected(reply.error());
  return {};
}

Attempt<Physical> create_metric_stream(ApiCaller& api, const Request& r) {
  if (auto put = put_metric_stream(api, r.properties, {}); !put)
    return std::unexpected(put.error());
  auto found = find_metric_stream(api, r);
  if (!found) return std::unexpected(found.error());
  return found->value_or(Physical{text_of(r.properties, "Name"), {}});
}

Attempt<void> update_metric_stream(ApiCaller& api, const Physical& p, const Value& before,
                                   const Value& after) {
  if (auto put = put_metric_stream(api, after, {"Tags"}); !put) return put;
  const std::string arn = text_of(Value(p.attributes), "Arn");
  const TagChange change = tag_change(before, after, "Key", "Value");
  if (!change.set.empty()) {
    auto set =
        api.call("cloudwatch", "TagResource", Object{{"ResourceARN", arn}, {"Tags", change.set}});
    if (!set) return std::unexpected(set.error());
  }
  if (change.removed.empty()) return {};
  auto removed = api.call("cloudwatch", "UntagResource",
                          Object{{"ResourceARN", arn}, {"TagKeys", change.removed}});
  if (!removed) return std::unexpected(removed.error());
  return {};
}

Attempt<void> remove_metric_stream(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase("cloudwatch", "DeleteMetricStream", Object{{"Name", p.id}});
}

}  // namespace

std::vector<ResourceType> metric_stream_types() {
  return {ResourceType{.name = "AWS::CloudWatch::MetricStream",
                       .properties = {"ExcludeFilters", "FirehoseArn", "IncludeFilters",
                                      "IncludeLinkedAccountsMetrics", "Name", "OutputFormat",
                                      "RoleArn", "StatisticsConfigurations", "Tags"},
                       .required = {"FirehoseArn", "OutputFormat", "RoleArn"},
                       .name_property = "Name",
                       .tags = ResourceType::Tags::kList,
                       .find = find_metric_stream,
                       .create = create_metric_stream,
                       .update = update_metric_stream,
                       .remove = remove_metric_stream}};
}

}  // namespace seatrial::services::cloudformation
