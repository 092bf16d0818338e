// See store.h.
#include "services/cloudformation/store.h"

namespace seatrial::services::cloudformation {
namespace {

constexpr std::string_view kParameterPurpose = "cloudformation/parameters";

std::string bag_purpose(const StackRecord& stack, const ResourceRecord& resource) {
  return "cloudformation/" + stack.uuid + "/" + resource.logical_id;
}

}  // namespace

bool in_progress(std::string_view status) {
  return status.ends_with("_IN_PROGRESS") && status != "REVIEW_IN_PROGRESS";
}

StackStore::StackStore(room::Env& env)
    : stacks(env.store, "cloudformation.stack"),
      resources(env.store, "cloudformation.resource"),
      garbage(env.store, "cloudformation.garbage"),
      events(env.store, "cloudformation.event"),
      change_sets(env.store, "cloudformation.change_set"),
      env_(env) {}

const StackRecord* StackStore::find(std::string_view region, std::string_view name_or_id) const {
  const bool by_id = name_or_id.starts_with("arn:");
  std::string name(name_or_id);
  if (by_id) {
    const auto from = name_or_id.find(":stack/");
    if (from == std::string_view::npos) return nullptr;
    const std::string_view rest = name_or_id.substr(from + 7);
    name = rest.substr(0, rest.find('/'));
  }
  for (const auto& [key, stack] : stacks.with_prefix(fmt::format("{}/{}/", region, name))) {
    if (by_id ? stack.id == name_or_id : stack.shape.StackStatus != "DELETE_COMPLETE")
      return &stack;
  }
  return nullptr;
}

std::string StackStore::resource_key(const StackRecord& stack, std::string_view logical_id) const {
  return stack.uuid + "/" + std::string(logical_id);
}

const ResourceRecord* StackStore::find_resource(const StackRecord& stack,
                                                std::string_view logical_id) const {
  return resources.find(resource_key(stack, logical_id));
}

std::vector<ResourceRecord> StackStore::resources_of(const StackRecord& stack) const {
  std::vector<ResourceRecord> out;
  for (const auto& [key, resource] : resources.with_prefix(stack.uuid + "/"))
    out.push_back(resource);
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.order < b.order; });
  return out;
}

void StackStore::put(const StackRecord& stack, const ResourceRecord& resource) {
  resources.put(resource_key(stack, resource.logical_id), resource);
}

void StackStore::erase(const StackRecord& stack, const ResourceRecord& resource) {
  resources.erase(resource_key(stack, resource.logical_id));
}

void StackStore::put_garbage(StackRecord& stack, const ResourceRecord& resource) {
  garbage.put(fmt::format("{}/{:08}", stack.uuid, stack.next_garbage++), resource);
}

std::vector<std::pair<std::string, ResourceRecord>> StackStore::garbage_of(
    const StackRecord& stack) const {
  std::vector<std::pair<std::string, ResourceRecord>> out;
  for (const auto& [key, resource] : garbage.with_prefix(stack.uuid + "/"))
    out.emplace_back(key, resource);
  return out;
}

std::size_t StackStore::live_stacks(const std::string& region) const {
  std::size_t count = 0;
  for (const auto& [key, stack] : stacks.with_prefix(region + "/"))
    if (stack.shape.StackStatus != "DELETE_COMPLETE") ++count;
  return count;
}

void StackStore::forget_deleted(const std::string& region) {
  std::vector<std::pair<Time, std::string>> deleted;
  for (const auto& [key, stack] : stacks.with_prefix(region + "/"))
    if (stack.shape.StackStatus == "DELETE_COMPLETE")
      deleted.emplace_back(stack.shape.DeletionTime.value_or(Time{}), key);
  std::sort(deleted.rbegin(), deleted.rend());
  for (std::size_t i = kMaxDeletedStacks; i < deleted.size(); ++i) {
    const std::string prefix = stacks.find(deleted[i].second)->uuid + "/";
    const auto erase_all = [&](auto& table) {
      std::vector<std::string> keys;
      for (const auto& [key, row] : table.with_prefix(prefix)) keys.push_back(key);
      for (const std::string& key : keys) table.erase(key);
    };
    erase_all(resources);
    erase_all(garbage);
    erase_all(events);
    stacks.erase(deleted[i].second);
  }
}

void StackStore::add_event(StackRecord& stack, api::StackEvent event) {
  event.StackId = stack.id;
  event.StackName = stack.name;
  event.EventId = env_.rng.uuid();
  event.Timestamp = env_.clock.now();
  if (!stack.client_token.empty()) event.ClientRequestToken = stack.client_token;
  const std::int64_t number = stack.next_event++;
  events.put(fmt::format("{}/{:012}", stack.uuid, number), EventRecord{std::move(event)});
  if (number >= kMaxEventsPerStack)
    events.erase(fmt::format("{}/{:012}", stack.uuid, number - kMaxEventsPerStack));
}

void StackStore::stack_event(StackRecord& stack, std::string_view status, std::string_view reason) {
  stack.shape.StackStatus = status;
  stack.shape.StackStatusReason.reset();
  if (!reason.empty()) stack.shape.StackStatusReason = std::string(reason);
  api::StackEvent event;
  event.LogicalResourceId = stack.name;
  event.PhysicalResourceId = stack.id;
  event.ResourceType = "AWS::CloudFormation::Stack";
  event.ResourceStatus = std::string(status);
  if (!reason.empty()) event.ResourceStatusReason = std::string(reason);
  add_event(stack, std::move(event));
}

void StackStore::resource_event(StackRecord& stack, const ResourceRecord& resource,
                                std::string_view status, std::string_view reason) {
  api::StackEvent event;
  event.LogicalResourceId = resource.logical_id;
  event.PhysicalResourceId = resource.physical_id;
  event.ResourceType = resource.type;
  event.ResourceStatus = std::string(status);
  if (!reason.empty()) event.ResourceStatusReason = std::string(reason);
  add_event(stack, std::move(event));
}

Bag StackStore::open(const StackRecord& stack, const ResourceRecord& resource) const {
  Bag bag;
  if (resource.sealed.empty()) return bag;
  const auto v = parse_json(env_.vault.open_sealed(resource.sealed, bag_purpose(stack, resource)));
  if (!v)
    fail_corrupt("cloudformation.resource/" + resource.logical_id, "its sealed part is not JSON");
  if (const Value* found = find_member(*v, "properties")) bag.properties = *found;
  if (const Value* found = find_member(*v, "target")) bag.target = *found;
  if (const Value* found = find_member(*v, "attributes")) bag.attributes = found->get_object();
  if (const Value* found = find_member(*v, "previous")) bag.previous = *found;
  return bag;
}

void StackStore::seal(const StackRecord& stack, ResourceRecord& resource, const Bag& bag) {
  const Value v = Object{{"properties", bag.properties},
                         {"target", bag.target},
                         {"attributes", bag.attributes},
                         {"previous", bag.previous}};
  resource.sealed = env_.vault.seal(to_json(v), bag_purpose(stack, resource));
}

std::string StackStore::seal_parameters(const std::map<std::string, std::string>& parameters) {
  return env_.vault.seal(to_json(to_value(parameters)), kParameterPurpose);
}

std::map<std::string, std::string> StackStore::open_parameters(const Wanted& wanted) const {
  std::map<std::string, std::string> out;
  if (wanted.sealed_parameters.empty()) return out;
  const auto v = parse_json(env_.vault.open_sealed(wanted.sealed_parameters, kParameterPurpose));
  if (!v) fail_corrupt("cloudformation.stack", "its sealed parameters are not JSON");
  from_value(*v, out);
  return out;
}

const StackRecord* StackStore::exporter(std::string_view region, std::string_view export_name,
                                        std::string* value) const {
  for (const auto& [key, stack] : stacks.with_prefix(std::string(region) + "/")) {
    if (stack.shape.StackStatus == "DELETE_COMPLETE") continue;
    for (const api::Output& output : stack.shape.Outputs)
      if (output.ExportName && *output.ExportName == export_name) {
        if (value != nullptr) *value = output.OutputValue.value_or("");
        return &stack;
      }
  }
  return nullptr;
}

}  // namespace seatrial::services::cloudformation
