#include "services/secretsmanager/versions.h"

#include <algorithm>

#include "base/check.h"

namespace seatrial::services::secretsmanager {
namespace {

template <class Secret>
auto* version_by_id(Secret& secret, std::string_view id) {
  const auto found = std::ranges::find(secret.versions, id, &Version::id);
  return found == secret.versions.end() ? nullptr : &*found;
}

template <class Secret>
auto* version_by_stage(Secret& secret, std::string_view stage) {
  const auto found = std::ranges::find_if(secret.versions, [&](const Version& version) {
    return std::ranges::find(version.stages, stage) != version.stages.end();
  });
  return found == secret.versions.end() ? nullptr : &*found;
}

}  // namespace

Version* find_version(SecretRecord& secret, std::string_view id) {
  return version_by_id(secret, id);
}
Version* find_stage(SecretRecord& secret, std::string_view stage) {
  return version_by_stage(secret, stage);
}
const Version* find_version(const SecretRecord& secret, std::string_view id) {
  return version_by_id(secret, id);
}
const Version* find_stage(const SecretRecord& secret, std::string_view stage) {
  return version_by_stage(secret, stage);
}

void remove_stage(SecretRecord& secret, std::string_view stage) {
  for (auto& version : secret.versions) std::erase(version.stages, stage);
}

void move_stage(SecretRecord& secret, const std::string& stage, const std::string& to_id) {
  const Version* from = find_stage(secret, stage);
  if (from != nullptr && from->id == to_id) return;
  const std::string former = from == nullptr ? "" : from->id;
  remove_stage(secret, stage);
  Version* to = find_version(secret, to_id);
  ST_CHECK(to != nullptr, "a stage is moved to a version that is not there");
  to->stages.push_back(stage);
  if (stage != kCurrent || former.empty()) return;
  remove_stage(secret, kPrevious);
  find_version(secret, former)->stages.emplace_back(kPrevious);
}

model::Outcome<void> make_room(SecretRecord& secret) {
  if (secret.versions.size() <= kVersionsKept) return {};
  const auto oldest = std::ranges::find_if(
      secret.versions, [](const Version& version) { return version.stages.empty(); });
  if (oldest == secret.versions.end()) {
    return model::fail("LimitExceededException", "A secret can have at most " +
                                                     std::to_string(kVersionsKept) +
                                                     " versions with staging labels.");
  }
  secret.versions.erase(oldest);
  return {};
}

model::Map<model::List<std::string>> ids_to_stages(const SecretRecord& secret) {
  model::Map<model::List<std::string>> map;
  for (const auto& version : secret.versions) {
    if (!version.stages.empty()) map[version.id] = model::List<std::string>(version.stages);
  }
  return map;
}

}  // namespace seatrial::services::secretsmanager
