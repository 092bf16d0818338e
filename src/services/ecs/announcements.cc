#include "services/ecs/announcements.h"

namespace seatrial::services::ecs {
namespace {

constexpr const char* kSource = "aws.ecs";

void announce_action(events::Bus& bus, const ServiceRecord& service, std::string_view type,
                     std::string_view name, Time now, std::optional<Array> providers = {}) {
  Object detail{{"eventType", type},
                {"eventName", name},
                {"clusterArn", service.service.clusterArn.value_or("")}};
  if (providers) detail["capacityProviderArns"] = std::move(*providers);
  detail["createdAt"] = format_iso8601(now);
  const auto& arn = *service.service.serviceArn;
  bus.put(parse_arn(arn)->region, kSource, "ECS Service Action", {arn}, std::move(detail));
}

}  // namespace

void announce_task(events::Bus* bus, const TaskRecord& task, Time now) {
  if (bus == nullptr || !task.task.taskArn) return;
  Value value = to_value(task.task);
  Object& detail = value.get_object();
  for (auto& member : detail) {
    if (member.key().ends_with("At") && member.value().is_int64())
      member.value() = format_iso8601(from_ms(member.value().get_int64()));
  }
  if (auto* attachments = detail.if_contains("attachments")) {
    for (Value& attachment : attachments->as_array()) attachment.as_object()["type"] = "eni";
  }
  detail["updatedAt"] = format_iso8601(now);
  bus->put(task.region, kSource, "ECS Task State Change", {*task.task.taskArn}, std::move(value));
}

void announce_steady_state(events::Bus* bus, const ServiceRecord& service, Time now) {
  if (bus == nullptr) return;
  announce_action(*bus, service, "INFO", "SERVICE_STEADY_STATE", now);
  Array providers;
  const auto arn = parse_arn(*service.service.serviceArn);
  for (const auto& item : service.service.capacityProviderStrategy) {
    providers.emplace_back(Arn{arn->partition, "ecs", arn->region, arn->account,
                               "capacity-provider/" + item.capacityProvider}
                               .text());
  }
  if (!providers.empty())
    announce_action(*bus, service, "INFO", "CAPACITY_PROVIDER_STEADY_STATE", now, providers);
}

void announce_start_impaired(events::Bus* bus, const ServiceRecord& service, Time now) {
  if (bus != nullptr) announce_action(*bus, service, "WARN", "SERVICE_TASK_START_IMPAIRED", now);
}

void announce_deployment(events::Bus* bus, const ServiceRecord& service,
                         const shape::Deployment& deployment, std::string_view state, Time now) {
  if (bus == nullptr) return;
  Object detail{{"eventType", "INFO"},
                {"eventName", fmt::format("SERVICE_DEPLOYMENT_{}", state)},
                {"clusterArn", service.service.clusterArn.value_or("")},
                {"deploymentId", deployment.id.value_or("")},
                {"updatedAt", format_iso8601_seconds(now)},
                {"reason", deployment.rolloutStateReason.value_or("")}};
  const auto& arn = *service.service.serviceArn;
  bus->put(parse_arn(arn)->region, kSource, "ECS Deployment State Change", {arn},
           std::move(detail));
}

}  // namespace seatrial::services::ecs
