// Resource policies: who may invoke a function. Sources: API_AddPermission, API_GetPolicy.
#include <algorithm>

#include "decide/resource_policy/resource_policy.h"
#include "services/lambda/errors.h"
#include "services/lambda/service.h"

namespace seatrial::services::lambda {

using room::Outcome;

namespace {

std::string policy_text(const std::vector<Value>& all) {
  Array statements(all.begin(), all.end());
  return to_json(
      Object{{"Version", "2012-10-17"}, {"Id", "default"}, {"Statement", std::move(statements)}});
}

Value principal_of(const std::string& text) {
  if (text == "*") return Value(text);
  if (text.starts_with("arn:")) return Object{{"AWS", text}};
  const bool account = text.size() == 12 && text.find_first_not_of("0123456789") == text.npos;
  if (account) return Object{{"AWS", "arn:aws:iam::" + text + ":root"}};
  return Object{{"Service", text}};
}

Object statement_of(const shape::AddPermissionRequest& request, const std::string& resource) {
  Object statement{{"Sid", request.StatementId},
                   {"Effect", "Allow"},
                   {"Principal", principal_of(request.Principal)},
                   {"Action", request.Action},
                   {"Resource", resource}};
  Object condition;
  if (request.SourceAccount)
    condition["StringEquals"] = Object{{"AWS:SourceAccount", *request.SourceAccount}};
  if (request.SourceArn) condition["ArnLike"] = Object{{"AWS:SourceArn", *request.SourceArn}};
  if (!condition.empty()) statement["Condition"] = std::move(condition);
  return statement;
}

auto with_sid(const std::string& sid) {
  return [&sid](const Value& statement) { return text_member(statement, "Sid") == sid; };
}

}  // namespace

// `change` gets the statements, the revision and the ARN of the function, version or alias.
template <class F>
Outcome<void> Lambda::change_policy(const Context& context, const std::string& name,
                                    const std::optional<std::string>& qualifier, F change) {
  const auto found = qualified(context, name, qualifier);
  if (!found) return std::unexpected(found.error());
  const auto changed = [&](auto& table, auto record) -> Outcome<void> {
    auto done = change(record.statements, record.policy_revision, found->arn);
    if (!done) return done;
    record.policy_revision = record.statements.empty() ? "" : env_.rng.uuid();
    const std::string key = record.key();
    table.put(key, std::move(record));
    return {};
  };
  if (found->alias != nullptr) return changed(tables_.aliases, AliasRecord(*found->alias));
  return changed(found->record->is_version() ? tables_.versions : tables_.functions,
                 FunctionRecord(*found->record));
}

Outcome<shape::AddPermissionResponse> Lambda::add_permission(
    Context& context, const shape::AddPermissionRequest& request) {
  shape::AddPermissionResponse reply;
  const auto add = [&](std::vector<Value>& statements, const std::string& revision,
                       const std::string& arn) -> Outcome<void> {
    if (request.EventSourceToken) return not_served("EventSourceToken");
    if (request.PrincipalOrgID) return not_served("PrincipalOrgID");
    if (request.FunctionUrlAuthType || request.InvokedViaFunctionUrl)
      return not_served("permissions of function URLs");
    if (request.RevisionId && *request.RevisionId != revision) return revision_mismatch();
    if (std::ranges::any_of(statements, with_sid(request.StatementId)))
      return conflict(fmt::format(
          "The statement id ({}) provided already exists. Please provide a new statement id, or "
          "remove the existing statement.",
          request.StatementId));
    const Value statement = statement_of(request, arn);
    statements.push_back(statement);
    if (policy_text(statements).size() > kMaxPolicyBytes)
      return user_error(
          "PolicyLengthExceededException",
          fmt::format("The final policy size is bigger than the limit ({}).", kMaxPolicyBytes),
          400);
    reply.Statement = to_json(statement);
    return {};
  };
  if (auto ok = change_policy(context, request.FunctionName, request.Qualifier, add); !ok)
    return std::unexpected(ok.error());
  return reply;
}

Outcome<model::Empty> Lambda::remove_permission(Context& context,
                                                const shape::RemovePermissionRequest& request) {
  const auto remove = [&](std::vector<Value>& statements, const std::string& revision,
                          const std::string&) -> Outcome<void> {
    if (request.RevisionId && *request.RevisionId != revision) return revision_mismatch();
    if (std::erase_if(statements, with_sid(request.StatementId)) == 0)
      return not_found(
          fmt::format("Statement {} is not found in resource policy.", request.StatementId));
    return {};
  };
  if (auto ok = change_policy(context, request.FunctionName, request.Qualifier, remove); !ok)
    return std::unexpected(ok.error());
  return model::Empty{};
}

Outcome<shape::GetPolicyResponse> Lambda::get_policy(Context& context,
                                                     const shape::GetPolicyRequest& request) {
  const auto found = qualified(context, request.FunctionName, request.Qualifier);
  if (!found) return std::unexpected(found.error());
  if (found->statements().empty()) return not_found("The resource you requested does not exist.");
  shape::GetPolicyResponse reply;
  reply.Policy = policy_text(found->statements());
  reply.RevisionId = found->policy_revision();
  return reply;
}

// A service may be allowed under its regional name, too: "logs.eu-west-1.amazonaws.com".
Outcome<void> Lambda::check_invoker(const Resolved& function, const Invoker& invoker) const {
  if (invoker.principal.empty()) return {};
  const Value policy =
      Object{{"Statement", Array(function.statements().begin(), function.statements().end())}};
  decide::PolicyQuestion question{
      invoker.principal,
      "lambda:InvokeFunction",
      function.arn,
      {{"aws:sourcearn", invoker.source_arn}, {"aws:sourceaccount", env_.account}}};
  if (decide::evaluate_policy(policy, question) == decide::PolicyVerdict::kAllow) return {};
  const auto dot = invoker.principal.find('.');
  question.service = invoker.principal.substr(0, dot) + "." + function.record->region +
                     (dot == std::string::npos ? "" : invoker.principal.substr(dot));
  if (decide::evaluate_policy(policy, question) == decide::PolicyVerdict::kAllow) return {};
  return user_error("AccessDeniedException",
                    fmt::format("User: {} is not authorized to perform: lambda:InvokeFunction on "
                                "resource: {} because no resource-based policy allows the "
                                "lambda:InvokeFunction action",
                                invoker.principal, function.arn),
                    403);
}

}  // namespace seatrial::services::lambda
