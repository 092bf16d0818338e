// What AWS shows of clusters and services: the stored shapes with the counts that follow from
// tasks.
#pragma once
#include "services/ecs/store.h"

namespace seatrial::services::ecs {

// The service's tasks, stopped ones too, by key.
std::vector<const TaskRecord*> tasks_of(const State& state, const ServiceRecord& service,
                                        std::string_view key);
std::string task_key(const TaskRecord& task);

bool is_pending(const TaskRecord& task);  // on its way to RUNNING
bool is_running(const TaskRecord& task);

shape::Service visible(const State& state, const std::string& key, const ServiceRecord& service,
                       bool with_tags);
shape::Cluster visible(const State& state, const std::string& region, const shape::Cluster& cluster,
                       const std::vector<std::string>& include);

}  // namespace seatrial::services::ecs
