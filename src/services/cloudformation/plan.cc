// See plan.h.
#include "services/cloudformation/plan.h"

#include "services/cloudformation/errors.h"

namespace seatrial::services::cloudformation {
namespace {

using decide::EvaluatedResource;
using model::Outcome;

// guess: the three zones of the ec2 room's default VPC; every region of a world has them.
std::vector<std::string> zones_of(const std::string& region) {
  return {region + "a", region + "b", region + "c"};
}

Outcome<Value> attribute_of(const StackStore& store, const StackRecord& stack,
                            const std::string& logical_id, const std::string& attribute) {
  const ResourceRecord* resource = store.find_resource(stack, logical_id);
  if (resource == nullptr || resource->physical_id.empty())
    return Value(decide::unknown_value(logical_id, attribute));
  const Bag bag = store.open(stack, *resource);
  if (const Value* found = bag.attributes.if_contains(attribute)) return *found;
  return validation_error(
      fmt::format("Template error: resource {} does not support attribute type {} in Fn::GetAtt",
                  logical_id, attribute));
}

Outcome<Value> physical_of(const StackStore& store, const StackRecord& stack,
                           const std::string& logical_id) {
  const ResourceRecord* resource = store.find_resource(stack, logical_id);
  if (resource == nullptr || resource->physical_id.empty())
    return Value(decide::unknown_value(logical_id, ""));
  return Value(resource->physical_id);
}

Outcome<Value> imported(const StackStore& store, const std::string& region, const std::string& name,
                        Loaded& loaded) {
  std::string value;
  if (store.exporter(region, name, &value) == nullptr)
    return validation_error(fmt::format("No export named {} found.", name));
  if (std::find(loaded.imports.begin(), loaded.imports.end(), name) == loaded.imports.end())
    loaded.imports.push_back(name);
  return Value(value);
}

void fill_scope(const StackStore& store, const std::string& stack_key, Loaded& loaded,
                const StackRecord& stack) {
  decide::Scope& scope = loaded.scope;
  scope.declared = &loaded.declared;
  scope.pseudo.region = stack.region;
  scope.pseudo.account_id = stack.account;
  scope.pseudo.stack_name = stack.name;
  scope.pseudo.stack_id = stack.id;
  scope.zones = zones_of;
  scope.ref = [&store, stack_key](const std::string& id) {
    return physical_of(store, *store.stacks.find(stack_key), id);
  };
  scope.get_att = [&store, stack_key](const std::string& id, const std::string& attribute) {
    return attribute_of(store, *store.stacks.find(stack_key), id, attribute);
  };
  scope.import_value = [&store, region = stack.region, &loaded](const std::string& name) {
    return imported(store, region, name, loaded);
  };
}

void add_tags(Value& properties, ResourceType::Tags form, const Value& tags) {
  if (form == ResourceType::Tags::kNone || !tags.is_array() || tags.get_array().empty()) return;
  const auto own = tags_of(properties);
  Value& target = properties.get_object()["Tags"];
  if (target.is_null())
    target = form == ResourceType::Tags::kMap ? Value(Object{}) : Value(Array{});
  for (const Value& tag : tags.get_array()) {
    const std::string key = text_of(tag, "Key");
    if (own.contains(key)) continue;
    if (target.is_object()) target.get_object()[key] = text_of(tag, "Value");
    if (target.is_array()) target.get_array().push_back(tag);
  }
}

std::vector<EvaluatedResource> existing(const StackStore& store, const StackRecord& stack) {
  std::vector<EvaluatedResource> out;
  for (const ResourceRecord& r : store.resources_of(stack))
    out.push_back({r.logical_id, r.type, store.open(stack, r).properties});
  return out;
}

}  // namespace

Outcome<decide::Template> read_template(const std::string& text) {
  auto raw = decide::parse_text(text);
  if (!raw) return std::unexpected(raw.error());
  return decide::load_template(*raw, resource_type_names());
}

Outcome<std::unique_ptr<Loaded>> load(const StackStore& store, const StackRecord& stack,
                                      const Wanted& wanted, const decide::SsmLookup& ssm) {
  auto loaded = std::make_unique<Loaded>();
  auto declared = read_template(wanted.template_text);
  if (!declared) return std::unexpected(declared.error());
  loaded->declared = std::move(*declared);
  loaded->tags = wanted.tags;
  auto values = decide::resolve_parameters(loaded->declared, store.open_parameters(wanted), ssm);
  if (!values) return std::unexpected(values.error());
  loaded->scope.parameters = std::move(*values);
  loaded->scope.pseudo.notification_arns = wanted.notification_arns;
  fill_scope(store, stack.key(), *loaded, stack);
  auto instance = decide::instantiate(loaded->declared, loaded->scope);
  if (!instance) return std::unexpected(instance.error());
  loaded->instance = std::move(*instance);
  return loaded;
}

Outcome<Value> evaluated_properties(const Loaded& loaded, const decide::ActiveResource& resource) {
  auto v = decide::evaluate(resource.properties, loaded.scope);
  if (!v) return std::unexpected(v.error());
  Value properties = *v ? std::move(**v) : Value(Object{});
  if (!properties.is_object())
    return validation_error(
        fmt::format("Template format error: the Properties of {} must be an object",
                    resource.declared->logical_id));
  add_tags(properties, find_resource_type(resource.declared->type)->tags, loaded.tags);
  return properties;
}

Outcome<std::vector<decide::ResourceChange>> plan_changes(const StackStore& store,
                                                          const StackRecord& stack,
                                                          Loaded& loaded) {
  std::vector<EvaluatedResource> before = existing(store, stack), after;
  std::set<std::string> replaced;
  decide::Scope original = loaded.scope;
  loaded.scope.ref = [&](const std::string& id) -> Outcome<Value> {
    if (replaced.contains(id)) return Value(decide::unknown_value(id, ""));
    return original.ref(id);
  };
  loaded.scope.get_att = [&](const std::string& id,
                             const std::string& attribute) -> Outcome<Value> {
    if (replaced.contains(id)) return Value(decide::unknown_value(id, attribute));
    return original.get_att(id, attribute);
  };
  Outcome<void> fine;
  for (const decide::ActiveResource& resource : loaded.instance.resources) {
    auto properties = evaluated_properties(loaded, resource);
    if (!properties) {
      fine = std::unexpected(properties.error());
      break;
    }
    const std::string& id = resource.declared->logical_id;
    for (const EvaluatedResource& old : before)
      if (old.logical_id == id)
        for (const auto& change : decide::diff_properties(old.type, old.properties, *properties))
          if (change.requires_recreation == decide::Replacement::kTrue) replaced.insert(id);
    after.push_back({id, resource.declared->type, std::move(*properties)});
  }
  loaded.scope.ref = original.ref;
  loaded.scope.get_att = original.get_att;
  if (!fine) return std::unexpected(fine.error());
  return decide::diff(before, after);
}

bool same_outputs(const decide::Template& a, const decide::Template& b) {
  return std::equal(a.outputs.begin(), a.outputs.end(), b.outputs.begin(), b.outputs.end(),
                    [](const auto& x, const auto& y) {
                      return x.name == y.name && x.value == y.value &&
                             x.export_name == y.export_name && x.condition == y.condition &&
                             x.description == y.description;
                    });
}

model::List<api::Parameter> shown_parameters(const decide::ParameterValues& values) {
  model::List<api::Parameter> out;
  for (const auto& [name, value] : values) {
    api::Parameter shown;
    shown.ParameterKey = name;
    shown.ParameterValue = value.no_echo ? "****" : value.text;
    if (value.from_ssm && value.value.is_string() && !value.no_echo &&
        !decide::is_unknown(value.value))
      shown.ResolvedValue = std::string(as_view(value.value.get_string()));
    out.push_back(std::move(shown));
  }
  return out;
}

}  // namespace seatrial::services::cloudformation
