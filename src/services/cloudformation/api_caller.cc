// See api_caller.h. The codes that mean "gone", "exists" and "in use" are those of the services'
// models; they are told apart by their words because every service spells its own.
#include "services/cloudformation/api_caller.h"

#include <array>

namespace seatrial::services::cloudformation {
namespace {

bool contains_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  });
}

std::string_view display_name(std::string_view service) {
  static const std::map<std::string_view, std::string_view> kNames = {
      {"ecs", "Ecs"},
      {"elbv2", "ElasticLoadBalancingV2"},
      {"logs", "CloudWatchLogs"},
      {"iam", "Iam"},
      {"ssm", "Ssm"},
      {"secretsmanager", "SecretsManager"},
      {"ec2", "Ec2"}};
  const auto found = kNames.find(service);
  return found == kNames.end() ? service : found->second;
}

std::string_view handler_error_code(const Failure& f) {
  if (f.not_found()) return "NotFound";
  if (f.already_exists()) return "AlreadyExists";
  if (contains_any(f.code, {"AccessDenied"})) return "AccessDenied";
  if (contains_any(f.code, {"Throttl"})) return "Throttling";
  if (contains_any(f.code, {"LimitExceeded"})) return "ServiceLimitExceeded";
  if (contains_any(f.code, {"NotStabilized"})) return "NotStabilized";
  if (f.status >= 500) return "ServiceInternalError";
  if (contains_any(f.code, {"Invalid", "Validation", "Malformed", "ClientException"}))
    return "InvalidRequest";
  return "GeneralServiceException";
}

}  // namespace

bool Failure::not_found() const {
  return contains_any(code, {"NotFound", "NoSuchEntity", "NoSuchBucket", "ServiceNotActive", "DoesNotExist"}) ||
         (code == "ClientException" &&
          contains_any(message, {"in the process of being deleted", "does not exist"}));
}

bool Failure::already_exists() const {
  return contains_any(code, {"AlreadyExist", "AlreadyOwned", "Duplicate", "ResourceExists", "QueueNameExists"});
}

bool Failure::worth_retrying() const {
  return status >= 500 || contains_any(code, {"DependencyViolation", "ResourceInUse",
                                              "ClusterContains", "DeleteConflict", "Throttl",
                                              "ConcurrentModification", "OperationAborted"});
}

std::string Failure::reason(std::string_view token) const {
  if (service.empty()) return message;
  return fmt::format(
      "Resource handler returned message: \"{} (Service: {}, Status Code: {}, Request ID: {})\" "
      "(RequestToken: {}, HandlerErrorCode: {})",
      message, service, status, request_id, token, handler_error_code(*this));
}

std::unexpected<Failure> refuse(std::string code, std::string message) {
  return std::unexpected(Failure{"", std::move(code), std::move(message), 400, ""});
}

Attempt<Value> ApiCaller::call(std::string_view service, std::string_view operation, Value input) {
  room::Context context = as_;
  context.request_id = env_.rng.uuid();
  context.now = env_.clock.now();
  auto reply = env_.api.call(context, service, operation, std::move(input));
  if (reply) return std::move(*reply);
  return std::unexpected(Failure{std::string(display_name(service)), reply.error().code,
                                 reply.error().message, reply.error().status, context.request_id});
}

Attempt<void> ApiCaller::erase(std::string_view service, std::string_view operation, Value input) {
  auto reply = call(service, operation, std::move(input));
  if (!reply && !reply.error().not_found()) return std::unexpected(std::move(reply.error()));
  return {};
}

}  // namespace seatrial::services::cloudformation
