#include "services/lambda/settings.h"

#include <algorithm>
#include <set>

namespace seatrial::services::lambda {
namespace {

using room::Outcome;

constexpr int kMaxTimeout = 900, kMaxMemory = 10'240, kOnlyStorage = 512;

// docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
const std::set<std::string, std::less<>> kReserved = {"_HANDLER",
                                                      "_X_AMZN_TRACE_ID",
                                                      "AWS_DEFAULT_REGION",
                                                      "AWS_REGION",
                                                      "AWS_EXECUTION_ENV",
                                                      "AWS_LAMBDA_FUNCTION_NAME",
                                                      "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                                                      "AWS_LAMBDA_FUNCTION_VERSION",
                                                      "AWS_LAMBDA_INITIALIZATION_TYPE",
                                                      "AWS_LAMBDA_LOG_GROUP_NAME",
                                                      "AWS_LAMBDA_LOG_STREAM_NAME",
                                                      "AWS_ACCESS_KEY",
                                                      "AWS_ACCESS_KEY_ID",
                                                      "AWS_SECRET_ACCESS_KEY",
                                                      "AWS_SESSION_TOKEN",
                                                      "AWS_LAMBDA_RUNTIME_API",
                                                      "LAMBDA_TASK_ROOT",
                                                      "LAMBDA_RUNTIME_DIR"};

template <class Request>
std::string unserved_member(const Request& request) {
  const auto filled = [](const std::optional<std::string>& text) { return text && !text->empty(); };
  if (request.VpcConfig &&
      (!request.VpcConfig->SubnetIds.empty() || !request.VpcConfig->SecurityGroupIds.empty()))
    return "VpcConfig";
  if (request.DeadLetterConfig && filled(request.DeadLetterConfig->TargetArn))
    return "DeadLetterConfig";
  if (filled(request.KMSKeyArn)) return "KMSKeyArn";
  if (request.TracingConfig && request.TracingConfig->Mode.value_or("PassThrough") != "PassThrough")
    return "TracingConfig Mode Active";
  if (!request.Layers.empty()) return "Layers";
  if (!request.FileSystemConfigs.empty()) return "FileSystemConfigs";
  if (request.ImageConfig) return "ImageConfig";
  if (request.EphemeralStorage && request.EphemeralStorage->Size != kOnlyStorage)
    return "EphemeralStorage of another size than 512";
  if (request.SnapStart && request.SnapStart->ApplyOn.value_or("None") != "None")
    return "SnapStart";
  if (request.CapacityProviderConfig) return "CapacityProviderConfig";
  if (request.DurableConfig) return "DurableConfig";
  return {};
}

Outcome<void> refuse_if(const std::string& member) {
  if (!member.empty()) return not_served(member);
  return {};
}

std::unexpected<model::AwsError> too_much(int value, std::string_view member, int most) {
  return user_error("ValidationException",
                    fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy "
                                "constraint: Member must have value less than or equal to {}",
                                value, member, most),
                    400);
}

}  // namespace

Outcome<void> check_unserved(const shape::CreateFunctionRequest& request) {
  if (request.PackageType.value_or("Zip") != "Zip" || request.Code.ImageUri)
    return not_served("container images (PackageType Image)");
  if (request.PublishTo) return not_served("PublishTo");
  if (request.CodeSigningConfigArn) return not_served("CodeSigningConfigArn");
  if (request.Code.SourceKMSKeyArn) return not_served("SourceKMSKeyArn");
  if (request.TenancyConfig) return not_served("TenancyConfig");
  return refuse_if(unserved_member(request));
}

Outcome<void> check_unserved(const shape::UpdateFunctionConfigurationRequest& request) {
  return refuse_if(unserved_member(request));
}

Outcome<void> check_runtime(const std::string& runtime) {
  const bool python3 = runtime.starts_with("python3.");
  if (python3 || runtime == "provided.al2" || runtime == "provided.al2023") return {};
  return not_served("the runtime " + runtime +
                    " (it has python3.x, provided.al2 and provided.al2023)");
}

Outcome<void> check_numbers(const std::optional<int>& timeout, const std::optional<int>& memory) {
  if (timeout && *timeout > kMaxTimeout) return too_much(*timeout, "timeout", kMaxTimeout);
  if (memory && *memory > kMaxMemory) return too_much(*memory, "memorySize", kMaxMemory);
  return {};
}

Outcome<void> check_variables(const StringMap& variables) {
  std::size_t bytes = 0;
  std::string reserved;
  for (const auto& [name, value] : variables) {
    bytes += name.size() + value.size();
    if (kReserved.contains(name)) reserved += (reserved.empty() ? "" : ", ") + name;
  }
  if (!reserved.empty())
    return invalid_parameter(
        "Lambda was unable to configure your environment variables because the environment "
        "variables you have provided contains reserved keys that are currently not supported for "
        "modification. Reserved keys used in this request: " +
        reserved);
  if (bytes > kMaxEnvironmentBytes)
    return invalid_parameter(
        "Lambda was unable to configure your environment variables because the environment "
        "variables you have provided exceeded the 4KB limit. String measured: " +
        to_json(to_value(variables)));
  return {};
}

std::string machine_architecture() {
#if defined(__aarch64__)
  return "arm64";
#else
  return "x86_64";
#endif
}

Outcome<void> check_architectures(const std::vector<std::string>& given) {
  if (given.empty() || (given.size() == 1 && given[0] == machine_architecture())) return {};
  return not_served(
      fmt::format("the architecture {}: this machine is {}", given[0], machine_architecture()));
}

Outcome<shape::LoggingConfig> logging_of(const std::optional<shape::LoggingConfig>& given,
                                         const std::string& function) {
  shape::LoggingConfig out;
  out.LogFormat = "Text";
  out.LogGroup = "/aws/lambda/" + function;
  if (!given) return out;
  if (given->LogFormat.value_or("Text") != "Text") return not_served("LogFormat JSON");
  if (given->ApplicationLogLevel || given->SystemLogLevel)
    return invalid_parameter(
        "Log level configuration is not supported when LogFormat is set to Text.");
  if (given->LogGroup) out.LogGroup = given->LogGroup;
  return out;
}

std::string last_modified(Time now) {
  std::string text = format_iso8601(now);
  text.pop_back();
  return text + "+0000";
}

}  // namespace seatrial::services::lambda
