// Task definitions: register, deregister, describe, list. Rules: task_definition_rules.h.
#include "services/ecs/paging.h"
#include "services/ecs/service.h"
#include "services/ecs/task_definition_rules.h"

namespace seatrial::services::ecs {
namespace {

constexpr int kMaxDefinitionTags = 50;

// The record that a caller's "family", "family:revision" or ARN means; null when there is none.
const TaskDefinitionRecord* latest_active(const State& state, const std::string& region,
                                          const std::string& family) {
  const TaskDefinitionRecord* latest = nullptr;
  for (const auto& [key, record] : state.definitions.with_prefix(region + "/" + family + "/")) {
    if (record.definition.status == status::kActive) latest = &record;
  }
  return latest;
}

const TaskDefinitionRecord* find_definition(const State& state, const std::string& region,
                                            const DefinitionName& name) {
  if (!name.region.empty() && name.region != region) return nullptr;
  if (name.revision == 0) return latest_active(state, region, name.family);
  return state.definitions.find(definition_key(region, name.family, name.revision));
}

Error invalid_revision(const DefinitionName& name) {
  return client_error("Invalid revision number. Number: " + name.revision_text);
}

// "ACTIVE", "INACTIVE"; families have "ALL" too.
bool matches_status(const TaskDefinitionRecord& record, const std::string& wanted) {
  return wanted == "ALL" || record.definition.status == wanted;
}

// Sorts as AWS does: by family, then by revision as a number.
std::string sort_name(const shape::TaskDefinition& definition) {
  return fmt::format("{}:{:08}", *definition.family, *definition.revision);
}

}  // namespace

Outcome<const TaskDefinitionRecord*> Ecs::definition_for_use(const room::Context& context,
                                                             const std::string& text) const {
  const DefinitionName name = parse_definition_name(text);
  if (name.revision < 0) return invalid_revision(name);
  const auto* record = find_definition(state_, context.region, name);
  if (record == nullptr) return client_error("TaskDefinition not found.");
  if (record->definition.status != status::kActive)
    return client_error("TaskDefinition is inactive");
  return record;
}

Outcome<shape::RegisterTaskDefinitionResponse> Ecs::register_task_definition(
    room::Context& context, const shape::RegisterTaskDefinitionRequest& request) {
  if (request.tags.size() > kMaxDefinitionTags) return invalid_parameter("Too many tags.");
  auto definition = checked_definition(request);
  if (!definition) return std::unexpected(std::move(definition.error()));
  const std::string family_key = context.region + "/" + request.family;
  FamilyRecord family;
  if (const auto* known = state_.families.find(family_key)) family = *known;
  const int revision = ++family.last_revision;
  state_.families.put(family_key, family);

  definition->revision = revision;
  definition->taskDefinitionArn =
      context.arn("ecs", fmt::format("task-definition/{}:{}", request.family, revision)).text();
  definition->registeredAt = context.now;
  definition->registeredBy = context.identity.arn;
  TaskDefinitionRecord record{std::move(*definition), {request.tags.begin(), request.tags.end()}};
  const auto& stored =
      state_.definitions.put(definition_key(context.region, request.family, revision), record);
  return shape::RegisterTaskDefinitionResponse{.taskDefinition = stored.definition,
                                               .tags = request.tags};
}

Outcome<shape::DeregisterTaskDefinitionResponse> Ecs::deregister_task_definition(
    room::Context& context, const shape::DeregisterTaskDefinitionRequest& request) {
  const DefinitionName name = parse_definition_name(request.taskDefinition);
  if (name.revision == 0) return client_error("Revision is missing.");
  if (name.revision < 0) return invalid_revision(name);
  const auto* record = find_definition(state_, context.region, name);
  if (record == nullptr) return client_error("Unable to describe task definition.");
  if (record->definition.status != status::kActive) {
    return invalid_parameter("The specified task definition is inactive.");
  }
  TaskDefinitionRecord changed = *record;
  changed.definition.status = status::kInactive;
  changed.definition.deregisteredAt = context.now;
  const auto key = definition_key(context.region, name.family, name.revision);
  return shape::DeregisterTaskDefinitionResponse{
      .taskDefinition = state_.definitions.put(key, std::move(changed)).definition};
}

Outcome<shape::DescribeTaskDefinitionResponse> Ecs::describe_task_definition(
    room::Context& context, const shape::DescribeTaskDefinitionRequest& request) {
  const DefinitionName name = parse_definition_name(request.taskDefinition);
  if (name.revision < 0) return invalid_revision(name);
  const auto* record = find_definition(state_, context.region, name);
  if (record == nullptr) return client_error("Unable to describe task definition.");
  shape::DescribeTaskDefinitionResponse response;
  response.taskDefinition = record->definition;
  if (std::ranges::find(request.include, "TAGS") != request.include.end()) {
    response.tags = record->tags;
  }
  return response;
}

Outcome<shape::ListTaskDefinitionsResponse> Ecs::list_task_definitions(
    room::Context& context, const shape::ListTaskDefinitionsRequest& request) {
  std::map<std::string, std::string> arn_of;  // by sort name
  const std::string wanted = request.status.value_or("ACTIVE");
  for (const auto& [key, record] : state_.definitions.with_prefix(context.region + "/")) {
    if (request.familyPrefix && *record.definition.family != *request.familyPrefix) continue;
    if (!matches_status(record, wanted)) continue;
    arn_of[sort_name(record.definition)] = *record.definition.taskDefinitionArn;
  }
  std::vector<std::string> names;
  for (const auto& [name, arn] : arn_of) names.push_back(name);
  auto page = page_of(std::move(names), request.nextToken, request.maxResults, kMaxPage,
                      request.sort.value_or("ASC") == "DESC");
  if (!page) return std::unexpected(std::move(page.error()));
  shape::ListTaskDefinitionsResponse response;
  response.taskDefinitionArns.given = true;
  for (const auto& name : page->items) response.taskDefinitionArns.push_back(arn_of[name]);
  response.nextToken = page->next_token;
  return response;
}

Outcome<shape::ListTaskDefinitionFamiliesResponse> Ecs::list_task_definition_families(
    room::Context& context, const shape::ListTaskDefinitionFamiliesRequest& request) {
  const std::string wanted = request.status.value_or("ALL");
  std::map<std::string, bool> active;  // every family: whether it has an active revision
  for (const auto& [key, record] : state_.definitions.with_prefix(context.region + "/")) {
    if (!record.definition.family->starts_with(request.familyPrefix.value_or(""))) continue;
    active[*record.definition.family] |= record.definition.status == status::kActive;
  }
  std::vector<std::string> names;
  for (const auto& [family, is_active] : active) {
    if (wanted == "ALL" || (wanted == "ACTIVE") == is_active) names.push_back(family);
  }
  auto page = page_of(std::move(names), request.nextToken, request.maxResults);
  if (!page) return std::unexpected(std::move(page.error()));
  shape::ListTaskDefinitionFamiliesResponse response;
  response.families = page->items;
  response.nextToken = page->next_token;
  return response;
}

}  // namespace seatrial::services::ecs
