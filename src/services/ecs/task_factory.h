// A new task as AWS first shows it, for RunTask and for services alike.
#pragma once
#include "services/ec2/api.h"
#include "services/ecs/store.h"

namespace seatrial::services::ecs {

struct NewTask {
  std::string region, account, cluster;
  const TaskDefinitionRecord& definition;
  ec2::Subnet subnet;
  std::string service, deployment;  // empty for RunTask
  std::optional<std::string> started_by;
  std::string group;
  std::optional<std::string> launch_type;  // one of these two
  std::optional<std::string> capacity_provider;
  shape::TaskOverride overrides;
  std::vector<shape::Tag> tags;
  std::string client_token;
  std::vector<TargetRecord> targets;
};

TaskRecord make_task(NewTask wanted, Rng& rng, Time now);

// Among `subnets` the one that fewest of the given tasks are in, in the order given.
std::string least_used_subnet(const std::vector<std::string>& subnets,
                              const std::vector<const TaskRecord*>& tasks);
std::string_view attachment_detail(const TaskRecord& task, std::string_view name);
void set_attachment_detail(TaskRecord& task, std::string_view name, std::string value);

}  // namespace seatrial::services::ecs
