#include "services/ecs/names.h"

namespace seatrial::services::ecs {

std::string cluster_prefix(std::string_view region, std::string_view cluster) {
  return fmt::format("{}/{}/", region, cluster);
}

std::string service_key(std::string_view region, std::string_view cluster, std::string_view name) {
  return fmt::format("{}/{}/{}", region, cluster, name);
}

std::string definition_key(std::string_view region, std::string_view family, int revision) {
  return fmt::format("{}/{}/{:08}", region, family, revision);
}

std::string region_of_key(std::string_view key) {
  return std::string(key.substr(0, key.find('/')));
}

std::string short_name(std::string_view name_or_arn) {
  const auto cut = name_or_arn.rfind('/');
  return std::string(cut == std::string_view::npos ? name_or_arn : name_or_arn.substr(cut + 1));
}

std::string new_task_id(Rng& rng) { return rng.hex(kTaskIdLength); }

std::string new_deployment_id(Rng& rng) {
  constexpr std::uint64_t kLeast = 1'000'000'000'000'000'000;  // 19 digits
  return fmt::format("ecs-svc/{}", kLeast + rng.below(8 * kLeast));
}

std::string new_service_deployment_id(Rng& rng) { return rng.alphanumeric(21); }

std::string container_id(std::string_view task_id, std::string_view container) {
  return fmt::format("{}-{}", task_id, container);
}

}  // namespace seatrial::services::ecs
