// The table of all resource types, and what the families share. See resource_type.h.
#include "services/cloudformation/resource_type.h"

namespace seatrial::services::cloudformation {
namespace {

const std::map<std::string_view, ResourceType>& all_types() {
  static const auto kTypes = [] {
    std::map<std::string_view, ResourceType> types;
    for (auto family :
         {ecs_types(), elbv2_types(), iam_types(), ec2_types(), misc_types(), dashboard_types(),
          alarm_types(), logs_types(), storage_types(), messaging_types(), lambda_types(),
          autoscaling_types(), pipeline_types(), metric_stream_types(), delivery_types()})
      for (ResourceType& type : family) types.emplace(type.name, std::move(type));
    return types;
  }();
  return kTypes;
}

}  // namespace

const ResourceType* find_resource_type(std::string_view name) {
  const auto found = all_types().find(name);
  return found == all_types().end() ? nullptr : &found->second;
}

const std::set<std::string>& resource_type_names() {
  static const auto kNames = [] {
    std::set<std::string> names;
    for (const auto& [name, type] : all_types()) names.emplace(name);
    return names;
  }();
  return kNames;
}

Attempt<void> check_properties(const ResourceType& type, const Value& properties) {
  for (const auto& member : properties.get_object()) {
    const std::string_view name{member.key().data(), member.key().size()};
    if (!type.properties.contains(name))
      return refuse(
          "InvalidRequest",
          fmt::format(
              "Properties validation failed for resource of type {} with message: #: extraneous "
              "key [{}] is not permitted (not a property this implementation carries out)",
              type.name, name));
  }
  for (std::string_view name : type.required)
    if (!properties.get_object().contains(name))
      return refuse("InvalidRequest",
                    fmt::format("Properties validation failed for resource of type {} with "
                                "message: #: required key [{}] not found",
                                type.name, name));
  return {};
}

std::string text_of(const Value& properties, std::string_view name) {
  const Value& v = member_of(properties, name);
  if (v.is_string()) return std::string(as_view(v.get_string()));
  if (v.is_bool()) return v.get_bool() ? "true" : "false";
  if (v.is_int64()) return std::to_string(v.get_int64());
  return "";
}

const Value& member_of(const Value& v, std::string_view name) {
  static const Value kNull;
  const Value* found = find_member(v, name);
  return found == nullptr ? kNull : *found;
}

Array list_of(const Value& v, std::string_view name) {
  const Value& found = member_of(v, name);
  return found.is_array() ? found.get_array() : Array{};
}

bool differs(const Value& before, const Value& after, std::string_view name) {
  return member_of(before, name) != member_of(after, name);
}

Attempt<void> cannot_change(std::string_view type, const Value& before, const Value& after,
                            std::initializer_list<std::string_view> names) {
  for (std::string_view name : names)
    if (differs(before, after, name))
      return refuse("NotUpdatable",
                    fmt::format("Update of the property {} of {} is not supported by this "
                                "implementation",
                                name, type));
  return {};
}

Value pick(const Value& v, std::initializer_list<std::string_view> names) {
  Object out;
  for (std::string_view name : names)
    if (const Value* found = find_member(v, name)) out[name] = *found;
  return out;
}

Array minus(const Array& a, const Array& b) {
  Array out;
  for (const Value& v : a)
    if (std::find(b.begin(), b.end(), v) == b.end()) out.push_back(v);
  return out;
}

std::map<std::string, std::string> tags_of(const Value& properties) {
  std::map<std::string, std::string> out;
  const Value& tags = member_of(properties, "Tags");
  if (const auto* list = tags.if_array())
    for (const Value& tag : *list) out[text_of(tag, "Key")] = text_of(tag, "Value");
  if (const auto* map = tags.if_object())
    for (const auto& member : *map)
      out[std::string(member.key())] =
          text_of(tags, std::string_view(member.key().data(), member.key().size()));
  return out;
}

TagChange tag_change(const Value& before, const Value& after, std::string_view key_name,
                     std::string_view value_name) {
  const auto old_tags = tags_of(before), new_tags = tags_of(after);
  TagChange out;
  for (const auto& [key, value] : new_tags) {
    const auto old = old_tags.find(key);
    if (old == old_tags.end() || old->second != value)
      out.set.push_back(Object{{key_name, key}, {value_name, value}});
  }
  for (const auto& [key, value] : old_tags)
    if (!new_tags.contains(key)) out.removed.emplace_back(key);
  return out;
}

}  // namespace seatrial::services::cloudformation
