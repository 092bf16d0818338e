// What a resource type is to the controller: a few functions over the API of its service.
//
// Each function is one short step that is safe to repeat; the controller decides when, records what
// came of it and polls settled() and gone(). Types are tables of such functions, one file per
// family: resources_ecs.cc, resources_elbv2.cc, resources_iam.cc, resources_ec2.cc,
// resources_misc.cc, resources_dashboard.cc, resources_alarm.cc, resources_logs.cc,
// resources_messaging.cc, resources_storage.cc, resources_lambda.cc,
// resources_autoscaling.cc, resources_metric_stream.cc,
// resources_pipeline.cc, resources_deliveries.cc.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/cloudformation/property_map.h"

namespace seatrial::services::cloudformation {

// A resource that exists, as a handler sees it.
struct Physical {
  std::string id;     // what Ref gives
  Object attributes;  // what Fn::GetAtt gives
};

struct Request {
  std::string logical_id;
  std::string token;  // unique to this creation, the same when it is tried again
  Value properties;   // dynamic references and generated name filled in
};

struct ResourceType {
  std::string_view name;
  std::set<std::string_view> properties;  // all that are supported
  std::vector<std::string_view> required;

  // The property that names the resource, if CloudFormation makes a name where it is absent.
  std::string_view name_property = "";
  std::size_t name_limit = 255;
  bool name_is_lower = false;  // a name that is made has no capital letters
  bool name_is_unique = true;  // a second resource of the same name cannot exist beside the first

  enum class Tags { kNone, kList, kMap };
  Tags tags = Tags::kNone;  // how the property Tags is written: stack tags are added to it

  // The resource these properties name, if it is there. Empty function: it has no name to find.
  Attempt<std::optional<Physical>> (*find)(ApiCaller&, const Request&) = nullptr;
  Attempt<Physical> (*create)(ApiCaller&, const Request&) = nullptr;
  // Further calls that complete a created resource.
  Attempt<void> (*configure)(ApiCaller&, const Physical&, const Value& properties) = nullptr;
  // Whether it works; may add attributes. Empty: at once.
  Attempt<bool> (*settled)(ApiCaller&, Physical&, const Value& properties) = nullptr;
  // Changes in place, only for properties whose update does not replace. Empty: none can change.
  Attempt<void> (*update)(ApiCaller&, const Physical&, const Value& before,
                          const Value& after) = nullptr;
  Attempt<void> (*remove)(ApiCaller&, const Physical&, const Value& properties) = nullptr;
  Attempt<bool> (*gone)(ApiCaller&, const Physical&, const Value& properties) = nullptr;
};

const ResourceType* find_resource_type(std::string_view name);
const std::set<std::string>& resource_type_names();

std::vector<ResourceType> ecs_types();
std::vector<ResourceType> elbv2_types();
std::vector<ResourceType> iam_types();
std::vector<ResourceType> ec2_types();
std::vector<ResourceType> misc_types();
std::vector<ResourceType> messaging_types();
std::vector<ResourceType> dashboard_types();
std::vector<ResourceType> alarm_types();
std::vector<ResourceType> logs_types();
std::vector<ResourceType> storage_types();
std::vector<ResourceType> lambda_types();
std::vector<ResourceType> autoscaling_types();
std::vector<ResourceType> pipeline_types();
std::vector<ResourceType> metric_stream_types();
std::vector<ResourceType> delivery_types();

// Unknown and missing top-level properties, in CloudFormation's words.
Attempt<void> check_properties(const ResourceType& type, const Value& properties);

// ---- for the families

std::string text_of(const Value& properties, std::string_view name);  // scalars as text; else empty
const Value& member_of(const Value& v, std::string_view name);        // null when absent
Array list_of(const Value& v, std::string_view name);                 // empty when absent
bool differs(const Value& before, const Value& after, std::string_view name);
// Refuses when any of these properties differs: an update that no served operation can make.
Attempt<void> cannot_change(std::string_view type, const Value& before, const Value& after,
                            std::initializer_list<std::string_view> names);
// Only these members of an object.
Value pick(const Value& v, std::initializer_list<std::string_view> names);
// Elements of `a` that are not in `b`.
Array minus(const Array& a, const Array& b);
// Tags as key -> value from either form.
std::map<std::string, std::string> tags_of(const Value& properties);
struct TagChange {
  Array set;      // {key_name: k, value_name: v}
  Array removed;  // keys
};
TagChange tag_change(const Value& before, const Value& after, std::string_view key_name,
                     std::string_view value_name);

}  // namespace seatrial::services::cloudformation
