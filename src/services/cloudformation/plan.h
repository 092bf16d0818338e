// From a stack's wanted state to something the controller and the change sets can work with: the
// loaded template, its parameters' values, and the scope in which functions see what exists.
#pragma once
#include <memory>

#include "services/cloudformation/resource_type.h"
#include "services/cloudformation/store.h"

namespace seatrial::services::cloudformation {

inline constexpr std::size_t kMaxTemplateBodyBytes = 51'200;

// A wanted state, loaded. The scope's callbacks point into it: it does not move.
struct Loaded {
  decide::Template declared;
  decide::Scope scope;
  decide::Instance instance;
  Value tags = Array{};
  std::vector<std::string> imports;  // gathered as functions are evaluated
  Loaded() = default;
  Loaded(const Loaded&) = delete;
};

// Text to a checked template: size, syntax, types, references.
model::Outcome<decide::Template> read_template(const std::string& text);

// `ssm` fetches parameters of SSM types.
model::Outcome<std::unique_ptr<Loaded>> load(const StackStore& store, const StackRecord& stack,
                                             const Wanted& wanted, const decide::SsmLookup& ssm);

// The properties of a resource with functions carried out and the stack's tags added.
model::Outcome<Value> evaluated_properties(const Loaded& loaded,
                                           const decide::ActiveResource& resource);

// What an update to `loaded` would change. Values of resources to come are marked unknown.
model::Outcome<std::vector<decide::ResourceChange>> plan_changes(const StackStore& store,
                                                                 const StackRecord& stack,
                                                                 Loaded& loaded);

bool same_outputs(const decide::Template& a, const decide::Template& b);

// As DescribeStacks shows parameters: NoEcho as asterisks.
model::List<api::Parameter> shown_parameters(const decide::ParameterValues& values);

}  // namespace seatrial::services::cloudformation
