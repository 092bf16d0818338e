#include "services/ssm/service.h"

#include <algorithm>

#include "services/ssm/errors.h"

namespace seatrial::services::ssm {

Ssm::Ssm(room::Env& env) : Room(env, "ssm"), parameters_(env.store, "ssm.parameter") {
  serve<api::PutParameterOp>(&Ssm::put_parameter);
  serve<api::DeleteParameterOp>(&Ssm::delete_parameter);
  serve<api::DeleteParametersOp>(&Ssm::delete_parameters);
  serve<api::GetParameterOp>(&Ssm::get_parameter);
  serve<api::GetParametersOp>(&Ssm::get_parameters);
  serve<api::GetParametersByPathOp>(&Ssm::get_parameters_by_path);
  serve<api::GetParameterHistoryOp>(&Ssm::get_parameter_history);
  serve<api::DescribeParametersOp>(&Ssm::describe_parameters);
  serve<api::AddTagsToResourceOp>(&Ssm::add_tags_to_resource);
  serve<api::RemoveTagsFromResourceOp>(&Ssm::remove_tags_from_resource);
  serve<api::ListTagsForResourceOp>(&Ssm::list_tags_for_resource);
}

room::Outcome<std::string> Ssm::value(const std::string& region, const std::string& name_or_arn) {
  const Reference reference = parse_reference(name_or_arn);
  const std::string where = reference.region.empty() ? region : reference.region;
  auto found = read(where, name_or_arn, true);
  if (!found) return std::unexpected(found.error());
  return *found->Value;
}

room::Outcome<Ssm::Found> Ssm::find(const std::string& region, const Reference& reference) const {
  const bool elsewhere = (!reference.region.empty() && reference.region != region) ||
                         (!reference.account.empty() && reference.account != env_.account);
  if (elsewhere) return not_found(reference.name);
  std::string key = region + "/" + reference.name;
  const ParameterRecord* record = parameters_.find(key);
  if (record == nullptr && !reference.region.empty()) {
    key = region + "//" + reference.name;  // "parameter/db" may mean "/db" as well
    record = parameters_.find(key);
  }
  if (record == nullptr) return not_found(reference.name);
  if (reference.selector.empty()) return Found{key, record, &record->current()};
  for (const auto& version : record->versions) {
    if (std::to_string(version.Version.value_or(0)) == reference.selector) {
      return Found{key, record, &version};
    }
  }
  return version_not_found(reference.name, reference.selector);
}

room::Outcome<api::Parameter> Ssm::read(const std::string& region, const std::string& text,
                                        bool decrypt) const {
  const Reference reference = parse_reference(text);
  const auto found = find(region, reference);
  if (!found) return std::unexpected(found.error());
  api::Parameter parameter = shown(region, *found->version, decrypt);
  if (!reference.selector.empty()) parameter.Selector = ":" + reference.selector;
  return parameter;
}

api::Parameter Ssm::shown(const std::string& region, const api::ParameterHistory& version,
                          bool decrypt) const {
  api::Parameter parameter;
  parameter.Name = version.Name;
  parameter.Type = version.Type;
  parameter.Value = decrypt ? plain(region, version) : version.Value;
  parameter.Version = version.Version;
  parameter.LastModifiedDate = version.LastModifiedDate;
  parameter.ARN = arn_of(region, env_.account, *version.Name);
  parameter.DataType = version.DataType;
  return parameter;
}

std::string Ssm::plain(const std::string& region, const api::ParameterHistory& version) const {
  if (version.Type != api::ParameterType::SecureString) return *version.Value;
  return env_.vault.open_sealed(*version.Value, "ssm/" + region + "/" + *version.Name);
}

}  // namespace seatrial::services::ssm
