// Resource policies: who may invoke a function. Sources: API_AddPermission, API_GetPolicy.
#include <algorithm>

#include "decide/resource_policy/resource_policy.h"
#include "services/lambda/errors.h"
#include "services/lambda/service.h"

namespace seatrial::services::lambda {

using room::Outcome;

namespace {

std::string policy_text(const FunctionRecord& record) {
  Array statements(record.statements.begin(), record.statements.end());
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

Outcome<shape::AddPermissionResponse> Lambda::add_permission(
    Context& context, const shape::AddPermissionRequest& request) {
  const auto found = function(context, request.FunctionName, request.Qualifier);
  if (!found) return std::unexpected(found.error());
  if (request.EventSourceToken) return not_served("EventSourceToken");
  if (request.PrincipalOrgID) return not_served("PrincipalOrgID");
  if (request.FunctionUrlAuthType || request.InvokedViaFunctionUrl)
    return not_served("permissions of function URLs");
  FunctionRecord changed = **found;
  if (request.RevisionId && *request.RevisionId != changed.policy_revision)
    return revision_mismatch();
  if (std::ranges::any_of(changed.statements, with_sid(request.StatementId)))
    return conflict(fmt::format(
        "The statement id ({}) provided already exists. Please provide a new statement id, or "
        "remove the existing statement.",
        request.StatementId));
  const Value statement = statement_of(request, changed.arn());
  changed.statements.push_back(statement);
  if (policy_text(changed).size() > kMaxPolicyBytes)
    return user_error(
        "PolicyLengthExceededException",
        fmt::format("The final policy size is bigger than the limit ({}).", kMaxPolicyBytes), 400);
  changed.policy_revision = env_.rng.uuid();
  const std::string key = changed.key();
  tables_.functions.put(key, std::move(changed));
  shape::AddPermissionResponse reply;
  reply.Statement = to_json(statement);
  return reply;
}

Outcome<model::Empty> Lambda::remove_permission(Context& context,
                                                const shape::RemovePermissionRequest& request) {
  const auto found = function(context, request.FunctionName, request.Qualifier);
  if (!found) return std::unexpected(found.error());
  FunctionRecord changed = **found;
  if (request.RevisionId && *request.RevisionId != changed.policy_revision)
    return revision_mismatch();
  if (std::erase_if(changed.statements, with_sid(request.StatementId)) == 0)
    return not_found(
        fmt::format("Statement {} is not found in resource policy.", request.StatementId));
  changed.policy_revision = changed.statements.empty() ? "" : env_.rng.uuid();
  const std::string key = changed.key();
  tables_.functions.put(key, std::move(changed));
  return model::Empty{};
}

Outcome<shape::GetPolicyResponse> Lambda::get_policy(Context& context,
                                                     const shape::GetPolicyRequest& request) {
  const auto found = function(context, request.FunctionName, request.Qualifier);
  if (!found) return std::unexpected(found.error());
  if ((*found)->statements.empty()) return not_found("The resource you requested does not exist.");
  shape::GetPolicyResponse reply;
  reply.Policy = policy_text(**found);
  reply.RevisionId = (*found)->policy_revision;
  return reply;
}

// A service may be allowed under its regional name, too: "logs.eu-west-1.amazonaws.com".
Outcome<void> Lambda::check_invoker(const FunctionRecord& record, const Invoker& invoker) const {
  if (invoker.principal.empty()) return {};
  const Value policy =
      Object{{"Statement", Array(record.statements.begin(), record.statements.end())}};
  decide::PolicyQuestion question{
      invoker.principal,
      "lambda:InvokeFunction",
      record.arn(),
      {{"aws:sourcearn", invoker.source_arn}, {"aws:sourceaccount", env_.account}}};
  if (decide::evaluate_policy(policy, question) == decide::PolicyVerdict::kAllow) return {};
  const auto dot = invoker.principal.find('.');
  question.service = invoker.principal.substr(0, dot) + "." + record.region +
                     (dot == std::string::npos ? "" : invoker.principal.substr(dot));
  if (decide::evaluate_policy(policy, question) == decide::PolicyVerdict::kAllow) return {};
  return user_error("AccessDeniedException",
                    fmt::format("User: {} is not authorized to perform: lambda:InvokeFunction on "
                                "resource: {} because no resource-based policy allows the "
                                "lambda:InvokeFunction action",
                                invoker.principal, record.arn()),
                    403);
}

}  // namespace seatrial::services::lambda
