#include "services/ecs/secrets.h"

namespace seatrial::services::ecs {
namespace {

constexpr std::string_view kFailed =
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
    "retrieval failed: ";

room::Outcome<std::string> value_of(Parts& parts, const std::string& region,
                                    const SecretReference& from) {
  const std::string& in = from.region.empty() ? region : from.region;
  if (!from.in_secrets_manager) return parts.parameters.value(in, from.id);
  return parts.secrets.value(in, from.id, from.json_key, from.version_stage, from.version_id);
}

std::string failure(const SecretReference& from, const model::AwsError& error) {
  const auto* text = from.in_secrets_manager
                         ? "{}unable to retrieve secret from asm: service call has been retried 1 "
                           "time(s): failed to fetch secret {} from secrets manager: {}: {}"
                         : "{}unable to retrieve secrets from ssm: service call has been retried 1 "
                           "time(s): invalid ssm parameters: {}: {}: {}";
  return fmt::format(fmt::runtime(text), kFailed, from.id, error.code, error.message);
}

}  // namespace

SecretReference parse_secret_reference(const std::string& value_from) {
  SecretReference reference{.id = value_from};
  const auto arn = parse_arn(value_from);
  if (!arn) return reference;
  reference.region = arn->region;
  if (arn->service != "secretsmanager") return reference;
  reference.in_secrets_manager = true;
  // resource: "secret:<name>[:<json key>[:<version stage>[:<version id>]]]"
  std::vector<std::string> parts(1);
  for (const char c : arn->resource) {
    if (c == ':')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  parts.resize(5);
  reference.id =
      Arn{arn->partition, arn->service, arn->region, arn->account, parts[0] + ":" + parts[1]}
          .text();
  reference.json_key = parts[2];
  reference.version_stage = parts[3];
  reference.version_id = parts[4];
  return reference;
}

std::expected<std::map<std::string, std::string>, std::string> resolve_secrets(
    Parts& parts, const std::string& region, const shape::ContainerDefinition& container) {
  std::map<std::string, std::string> resolved;
  for (const auto& secret : container.secrets) {
    const SecretReference reference = parse_secret_reference(secret.valueFrom);
    auto value = value_of(parts, region, reference);
    if (!value) return std::unexpected(failure(reference, value.error()));
    resolved[secret.name] = std::move(*value);
  }
  return resolved;
}

}  // namespace seatrial::services::ecs
