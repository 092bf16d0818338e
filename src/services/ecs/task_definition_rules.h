// What may be registered: AWS's own rules for FARGATE, and a refusal of everything that a task
// could not be given here (a definition that registers must run as written).
#pragma once
#include "services/ecs/errors.h"
#include "services/ecs/store.h"

namespace seatrial::services::ecs {

// The definition as it will be stored, defaults filled in; without ARN, revision and dates.
Outcome<shape::TaskDefinition> checked_definition(
    const shape::RegisterTaskDefinitionRequest& request);

// "1 vCPU", ".5 vCPU", "512" to CPU units; "2 GB", "2048" to MiB. Empty when it is neither.
std::optional<int> cpu_units(std::string_view text);
std::optional<int> memory_mib(std::string_view text);
bool fargate_combination(int cpu, int memory);

}  // namespace seatrial::services::ecs
