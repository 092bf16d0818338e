// A template with its parameters: which resources exist, what each waits for, in what order they
// are made. Untaken branches of Fn::If are cut first, so that they neither make a dependency nor
// need their references to exist.
#include <queue>

#include "decide/template/references.h"
#include "decide/template/template.h"

namespace seatrial::decide {
namespace {

// The value with each Fn::If replaced by the branch its condition picks; conditions are checked by
// load_template, so an unknown one is left for evaluate() to report.
Value cut_branches(const Value& v, const std::map<std::string, bool>& conditions) {
  if (const auto call = function_call(v); call && call->name == "Fn::If") {
    const auto* parts = call->argument->if_array();
    if (parts == nullptr || parts->size() != 3 || !(*parts)[0].is_string()) return v;
    const auto held = conditions.find(std::string(as_view((*parts)[0].get_string())));
    if (held == conditions.end()) return v;
    return cut_branches((*parts)[held->second ? 1 : 2], conditions);
  }
  if (const auto* array = v.if_array()) {
    Array out;
    for (const Value& element : *array) out.push_back(cut_branches(element, conditions));
    return out;
  }
  const auto* object = v.if_object();
  if (object == nullptr) return v;
  Object out;
  for (const auto& member : *object) out[member.key()] = cut_branches(member.value(), conditions);
  return out;
}

bool holds(const std::string& condition, const Scope& scope) {
  if (condition.empty()) return true;
  const auto found = scope.conditions.find(condition);
  return found != scope.conditions.end() && found->second;
}

std::unexpected<model::AwsError> unresolved(std::set<std::string> names, std::string_view block) {
  return invalid(
      fmt::format("Template format error: Unresolved resource dependencies [{}] in the {} block "
                  "of the template",
                  fmt::join(names, ", "), block));
}

// Fills depends_on of each active resource, or names the references to resources that are not.
Outcome<void> link(const Template& t, std::vector<ActiveResource>& active) {
  std::set<std::string> names, missing;
  for (const ActiveResource& r : active) names.insert(r.declared->logical_id);
  for (ActiveResource& r : active) {
    std::set<std::string> needs;
    for (const std::string& name : r.declared->depends_on)
      if (names.contains(name)) needs.insert(name);
    for (const Reference& reference : collect_references(r.properties)) {
      if (t.find_resource(reference.name) == nullptr) continue;
      (names.contains(reference.name) ? needs : missing).insert(reference.name);
    }
    r.depends_on.assign(needs.begin(), needs.end());
  }
  if (!missing.empty()) return unresolved(std::move(missing), "Resources");
  return {};
}

// Kahn's algorithm; among the ready, template order.
Outcome<std::vector<ActiveResource>> order(std::vector<ActiveResource> active) {
  std::map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < active.size(); ++i) index[active[i].declared->logical_id] = i;
  std::vector<std::size_t> waiting(active.size());
  std::vector<std::vector<std::size_t>> dependents(active.size());
  for (std::size_t i = 0; i < active.size(); ++i) {
    waiting[i] = active[i].depends_on.size();
    for (const std::string& name : active[i].depends_on) dependents[index.at(name)].push_back(i);
  }
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t i = 0; i < active.size(); ++i)
    if (waiting[i] == 0) ready.push(i);
  std::vector<ActiveResource> out;
  while (!ready.empty()) {
    const std::size_t next = ready.top();
    ready.pop();
    for (std::size_t dependent : dependents[next])
      if (--waiting[dependent] == 0) ready.push(dependent);
    out.push_back(std::move(active[next]));
  }
  if (out.size() == active.size()) return out;
  // Those still waiting are on a cycle or behind one: peel off the ones nothing waits for.
  std::set<std::string> cycle;
  for (std::size_t i = 0; i < active.size(); ++i)
    if (waiting[i] > 0) cycle.insert(active[i].declared->logical_id);
  for (bool peeled = true; peeled;) {
    peeled = false;
    for (const auto& [name, i] : index) {
      if (!cycle.contains(name)) continue;
      const bool needed =
          std::any_of(dependents[i].begin(), dependents[i].end(), [&](std::size_t d) {
            return waiting[d] > 0 && cycle.contains(active[d].declared->logical_id);
          });
      if (!needed) peeled = cycle.erase(name) > 0;
    }
  }
  return invalid(
      fmt::format("Circular dependency between resources: [{}]", fmt::join(cycle, ", ")));
}

Outcome<void> check_outputs(const Template& t, const Instance& instance, const Scope& scope) {
  std::set<std::string> missing;
  for (const Output& o : t.outputs) {
    if (!holds(o.condition, scope)) continue;
    for (const Reference& reference : collect_references(cut_branches(o.value, scope.conditions)))
      if (t.find_resource(reference.name) != nullptr && instance.find(reference.name) == nullptr)
        missing.insert(reference.name);
  }
  if (!missing.empty()) return unresolved(std::move(missing), "Outputs");
  return {};
}

Outcome<std::string> output_text(const Output& o, const Value& v, const Scope& scope) {
  auto evaluated = evaluate(v, scope);
  if (!evaluated) return std::unexpected(evaluated.error());
  if (*evaluated) {
    const Value& found = **evaluated;
    if (found.is_string()) return std::string(as_view(found.get_string()));
    if (found.is_bool()) return found.get_bool() ? "true" : "false";
    if (found.is_int64()) return std::to_string(found.get_int64());
    if (found.is_double()) return fmt::format("{}", found.get_double());
  }
  return invalid(fmt::format(
      "Template format error: The Value field of every Outputs member must evaluate to a "
      "String ({}).",
      o.name));
}

}  // namespace

const ActiveResource* Instance::find(std::string_view logical_id) const {
  for (const ActiveResource& r : resources)
    if (r.declared->logical_id == logical_id) return &r;
  return nullptr;
}

Outcome<Instance> instantiate(const Template& t, Scope& scope) {
  scope.declared = &t;
  scope.conditions.clear();
  if (auto r = evaluate_conditions(scope); !r) return std::unexpected(r.error());
  std::vector<ActiveResource> active;
  for (const Resource& r : t.resources)
    if (holds(r.condition, scope))
      active.push_back({&r, cut_branches(r.properties, scope.conditions), {}});
  if (auto r = link(t, active); !r) return std::unexpected(r.error());
  auto ordered = order(std::move(active));
  if (!ordered) return std::unexpected(ordered.error());
  Instance instance{std::move(*ordered)};
  if (auto r = check_outputs(t, instance, scope); !r) return std::unexpected(r.error());
  return instance;
}

Outcome<std::vector<OutputValue>> evaluate_outputs(const Template& t, const Scope& scope) {
  std::vector<OutputValue> out;
  for (const Output& o : t.outputs) {
    if (!holds(o.condition, scope)) continue;
    OutputValue one{o.name, o.description, "", ""};
    auto value = output_text(o, o.value, scope);
    if (!value) return std::unexpected(value.error());
    one.value = *value;
    if (!o.export_name.is_null()) {
      auto name = output_text(o, o.export_name, scope);
      if (!name) return std::unexpected(name.error());
      one.export_name = *name;
    }
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace seatrial::decide
