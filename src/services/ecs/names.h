// Names of ECS: status words, keys of records, ids and ARNs, and how callers may write them.
#pragma once
#include <string>
#include <string_view>

#include "room/room.h"

namespace seatrial::services::ecs {

// lastStatus of a task, in the order it passes them.
namespace status {
inline constexpr std::string_view kProvisioning = "PROVISIONING";
inline constexpr std::string_view kPending = "PENDING";
inline constexpr std::string_view kActivating = "ACTIVATING";
inline constexpr std::string_view kRunning = "RUNNING";
inline constexpr std::string_view kDeactivating = "DEACTIVATING";
inline constexpr std::string_view kStopping = "STOPPING";
inline constexpr std::string_view kDeprovisioning = "DEPROVISIONING";
inline constexpr std::string_view kStopped = "STOPPED";
inline constexpr std::string_view kActive = "ACTIVE";  // clusters, services, task definitions
inline constexpr std::string_view kInactive = "INACTIVE";
inline constexpr std::string_view kDraining = "DRAINING";
inline constexpr std::string_view kPrimary = "PRIMARY";  // deployments; ACTIVE otherwise
}  // namespace status

namespace stop_code {
inline constexpr std::string_view kFailedToStart = "TaskFailedToStart";
inline constexpr std::string_view kEssentialExited = "EssentialContainerExited";
inline constexpr std::string_view kUser = "UserInitiated";
inline constexpr std::string_view kScheduler = "ServiceSchedulerInitiated";
}  // namespace stop_code

inline constexpr std::string_view kPlatformVersion = "1.4.0";

// Keys of records: "region/...", so that a region's, cluster's or service's share a prefix.
std::string cluster_prefix(std::string_view region, std::string_view cluster);  // ends in '/'
std::string service_key(std::string_view region, std::string_view cluster, std::string_view name);
std::string definition_key(std::string_view region, std::string_view family, int revision);
std::string region_of_key(std::string_view key);

// "cluster/web", "arn:aws:ecs:...:cluster/web" and "web" are all "web"; likewise "service/c/s" and
// "task/c/id": the last part counts.
std::string short_name(std::string_view name_or_arn);

// Ids as AWS makes them.
std::string new_task_id(Rng& rng);                // 32 hex digits
std::string new_deployment_id(Rng& rng);          // ecs-svc/<19 digits>
std::string new_service_deployment_id(Rng& rng);  // 21 characters

// A container's id in the drivers; task ids have a fixed length, so it splits again.
std::string container_id(std::string_view task_id, std::string_view container);
inline constexpr std::size_t kTaskIdLength = 32;

}  // namespace seatrial::services::ecs
