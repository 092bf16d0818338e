#include "services/lambda/service.h"

#include "services/lambda/errors.h"

namespace seatrial::services::lambda {

Lambda::Lambda(room::Env& env, Parts parts)
    : Room(env, "lambda"),
      tables_(env.store),
      parts_(std::move(parts)),
      code_(env.world / "lambda", env.rng),
      environments_(env, tables_, code_, parts_),
      queue_(env, tables_, environments_),
      sources_(env, tables_, environments_, [this](const std::string& arn) {
        const auto parsed = parse_function_arn(env_.account, arn);
        const auto found = parsed ? resolve(*parsed) : std::nullopt;
        return found ? chosen(*found) : "";
      }) {
  serve<shape::CreateFunctionOp>(&Lambda::create_function);
  serve<shape::UpdateFunctionCodeOp>(&Lambda::update_code);
  serve<shape::UpdateFunctionConfigurationOp>(&Lambda::update_configuration);
  serve<shape::GetFunctionOp>(&Lambda::get_function);
  serve<shape::GetFunctionConfigurationOp>(&Lambda::get_configuration);
  serve<shape::ListFunctionsOp>(&Lambda::list_functions);
  serve<shape::DeleteFunctionOp>(&Lambda::delete_function);
  serve<shape::PublishVersionOp>(&Lambda::publish_version);
  serve<shape::ListVersionsByFunctionOp>(&Lambda::list_versions);
  serve<shape::CreateAliasOp>(&Lambda::create_alias);
  serve<shape::UpdateAliasOp>(&Lambda::update_alias);
  serve<shape::GetAliasOp>(&Lambda::get_alias);
  serve<shape::DeleteAliasOp>(&Lambda::delete_alias);
  serve<shape::ListAliasesOp>(&Lambda::list_aliases);
  serve<shape::CreateEventSourceMappingOp>(&Lambda::create_mapping);
  serve<shape::GetEventSourceMappingOp>(&Lambda::get_mapping);
  serve<shape::UpdateEventSourceMappingOp>(&Lambda::update_mapping);
  serve<shape::DeleteEventSourceMappingOp>(&Lambda::delete_mapping);
  serve<shape::ListEventSourceMappingsOp>(&Lambda::list_mappings);
  serve_payload<shape::InvokeOp>(&Lambda::invoke);
  serve<shape::AddPermissionOp>(&Lambda::add_permission);
  serve<shape::RemovePermissionOp>(&Lambda::remove_permission);
  serve<shape::GetPolicyOp>(&Lambda::get_policy);
  serve<shape::ListTagsOp>(&Lambda::list_tags);
  serve<shape::TagResourceOp>(&Lambda::tag_resource);
  serve<shape::UntagResourceOp>(&Lambda::untag_resource);
}

void Lambda::start() {
  std::set<std::string> named;
  for (const auto* table : {&tables_.functions, &tables_.versions})
    for (const auto& [key, record] : *table) named.insert(record.code);
  code_.sweep(named);
  environments_.start();
  queue_.start();
  sources_.start();
}

void Lambda::stop() {
  sources_.stop();
  queue_.stop();
  environments_.stop();
}

room::Outcome<const FunctionRecord*> Lambda::function(
    const Context& context, const std::string& name,
    const std::optional<std::string>& qualifier) const {
  const auto parsed = parse_function_name(context, name, qualifier);
  if (!parsed) return std::unexpected(parsed.error());
  const auto* found = tables_.functions.find(parsed->key());
  const auto arn = function_arn(parsed->region, context.account, parsed->name);
  if (!parsed->qualifier.empty()) return function_not_found(arn + ":" + parsed->qualifier);
  if (found == nullptr) return function_not_found(arn);
  return found;
}

std::optional<Lambda::Resolved> Lambda::resolve(const FunctionName& name) const {
  const auto* function = tables_.functions.find(name.key());
  if (function == nullptr) return std::nullopt;
  if (name.qualifier.empty()) return Resolved{function, nullptr, function->arn()};
  const std::string key = name.key() + ":" + name.qualifier;
  if (const auto* version = tables_.versions.find(key))
    return Resolved{version, nullptr, version->arn()};
  const auto* alias = tables_.aliases.find(key);
  if (alias == nullptr) return std::nullopt;
  const auto& number = *alias->alias.FunctionVersion;
  const auto* version =
      number == "$LATEST" ? function : tables_.versions.find(name.key() + ":" + number);
  if (version == nullptr) return std::nullopt;
  return Resolved{version, alias, *alias->alias.AliasArn};
}

room::Outcome<Lambda::Resolved> Lambda::qualified(
    const Context& context, const std::string& name,
    const std::optional<std::string>& qualifier) const {
  const auto parsed = parse_function_name(context, name, qualifier);
  if (!parsed) return std::unexpected(parsed.error());
  if (auto found = resolve(*parsed)) return *found;
  const auto arn = function_arn(parsed->region, context.account, parsed->name);
  return function_not_found(arn + (parsed->qualifier.empty() ? "" : ":" + parsed->qualifier));
}

std::string Lambda::chosen(const Resolved& function) {
  if (function.alias == nullptr) return function.record->key();
  const std::string version = pick_version(*function.alias);
  const std::string& key = function.alias->function_key;
  return version == "$LATEST" ? key : key + ":" + version;
}

bool Lambda::has_function(const std::string& arn) const {
  const auto parsed = parse_function_arn(env_.account, arn);
  return parsed && resolve(*parsed).has_value();
}

room::Outcome<void> Lambda::may_invoke(const std::string& arn, const Invoker& invoker) const {
  const auto parsed = parse_function_arn(env_.account, arn);
  const auto found = parsed ? resolve(*parsed) : std::nullopt;
  if (!found) return function_not_found(arn);
  return check_invoker(*found, invoker);
}

room::Outcome<std::string> Lambda::invoke_async(const std::string& arn, std::string payload,
                                                const Invoker& invoker) {
  const auto parsed = parse_function_arn(env_.account, arn);
  const auto found = parsed ? resolve(*parsed) : std::nullopt;
  if (!found) return function_not_found(arn);
  if (auto allowed = check_invoker(*found, invoker); !allowed)
    return std::unexpected(allowed.error());
  if (payload.size() > kMaxAsyncPayload)
    return user_error("RequestTooLargeException",
                      fmt::format("Request must be smaller than {} bytes for the InvokeFunction "
                                  "operation",
                                  kMaxAsyncPayload),
                      413);
  if (!parse_json(payload))
    return user_error("InvalidRequestContentException", "Could not parse request body into json",
                      400);
  if (queue_.full()) return throttled();
  return queue_.add(*tables_.runnable(chosen(*found)), std::move(payload));
}

}  // namespace seatrial::services::lambda
