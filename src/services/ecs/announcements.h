// What ECS tells EventBridge: "ECS Task State Change", "ECS Service Action" and "ECS Deployment
// State Change". Each is part of the transaction that makes it true; without a bus nothing is told.
//
// Source: Amazon ECS developer guide, "Automate responses to Amazon ECS errors using EventBridge"
// (ecs_cwe_events.html) and its pages on the three kinds; clusterArn in a deployment's event as in
// public samples of 2025. Of the service actions those are told that can happen here. The others
// are of task sets, daemons, service discovery, Lattice, API throttling and placement: a task
// always has a place, and what fails later is the task's failure. SERVICE_DESIRED_COUNT_UPDATED
// tells of counts that the scheduler computes (daemons, task sets); who sets desiredCount is not
// told of it.
#pragma once
#include "services/ecs/store.h"
#include "services/events/api.h"

namespace seatrial::services::ecs {

// The task as DescribeTasks shows it, with times as text.
void announce_task(events::Bus* bus, const TaskRecord& task, Time now);

// SERVICE_STEADY_STATE; of a service with a capacity provider also CAPACITY_PROVIDER_STEADY_STATE.
void announce_steady_state(events::Bus* bus, const ServiceRecord& service, Time now);
// SERVICE_TASK_START_IMPAIRED
void announce_start_impaired(events::Bus* bus, const ServiceRecord& service, Time now);

// `state` is IN_PROGRESS or COMPLETED; the reason is the deployment's rolloutStateReason.
void announce_deployment(events::Bus* bus, const ServiceRecord& service,
                         const shape::Deployment& deployment, std::string_view state, Time now);

}  // namespace seatrial::services::ecs
