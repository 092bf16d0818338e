// AWS::CloudWatch::Dashboard. A dashboard that is put again is replaced whole, so creation and
// update are the same call. Source: the type's page in the CloudFormation resource reference.
#include "services/cloudformation/resource_type.h"

namespace seatrial::services::cloudformation {
namespace {

Attempt<std::optional<Physical>> find_dashboard(ApiCaller& api, const Request& r) {
  const std::string name = text_of(r.properties, "DashboardName");
  auto reply = api.call("cloudwatch", "GetDashboard", Object{{"DashboardName", name}});
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  return Physical{name, {}};
}

Attempt<Physical> put_dashboard(ApiCaller& api, const Value& properties) {
  auto input = map_properties({"cloudwatch", "PutDashboard", {}, {}}, properties);
  if (!input) return std::unexpected(input.error());
  if (auto reply = api.call("cloudwatch", "PutDashboard", std::move(*input)); !reply)
    return std::unexpected(reply.error());
  return Physical{text_of(properties, "DashboardName"), {}};
}

Attempt<Physical> create_dashboard(ApiCaller& api, const Request& r) {
  return put_dashboard(api, r.properties);
}

Attempt<void> update_dashboard(ApiCaller& api, const Physical&, const Value&, const Value& after) {
  if (auto put = put_dashboard(api, after); !put) return std::unexpected(put.error());
  return {};
}

Attempt<void> remove_dashboard(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase("cloudwatch", "DeleteDashboards", Object{{"DashboardNames", Array{p.id}}});
}

}  // namespace

std::vector<ResourceType> dashboard_types() {
  ResourceType dashboard{.name = "AWS::CloudWatch::Dashboard",
                         .properties = {"DashboardBody", "DashboardName"},
                         .required = {"DashboardBody"},
                         .name_property = "DashboardName",
                         .find = find_dashboard,
                         .create = create_dashboard,
                         .update = update_dashboard,
                         .remove = remove_dashboard};
  return {dashboard};
}

}  // namespace seatrial::services::cloudformation
