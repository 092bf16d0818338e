#include "services/ecs/usage_sampler.h"

#include "services/ecs/container_insights.h"
#include "services/ecs/container_plan.h"

namespace seatrial::services::ecs {

void UsageSampler::start() {
  next_publish_ = std::chrono::ceil<std::chrono::minutes>(env_.clock.now() + Millis{1});
  wakes_.post_after(kSampleEvery, [this] { sample(); });
}

std::vector<UsageSampler::Reading> UsageSampler::wanted() const {
  std::vector<Reading> readings;
  for (const auto& [key, task] : state_.tasks) {
    if (!is_running(task)) continue;
    if (task.service.empty() && !has_insights(state_, task.region, task.cluster)) continue;
    Reading reading{.task_key = key};
    for (const auto& container : task.task.containers) {
      if (container.lastStatus != status::kRunning) continue;
      reading.containers.push_back(container_id(task.id, *container.name));
    }
    readings.push_back(std::move(reading));
  }
  return readings;
}

void UsageSampler::sample() {
  wakes_.post_after(kSampleEvery, [this] { sample(); });
  const auto readings = std::make_shared<std::vector<Reading>>(wanted());
  const Time at = env_.clock.now();
  auto then = wakes_.guarded([this, readings, at] { take(*readings, at); });
  background_.post([readings, then, driver = &parts_.containers, control = &env_.control] {
    for (Reading& reading : *readings) {
      for (const auto& id : reading.containers) {
        const auto usage = driver->usage(id);
        reading.complete &= usage.has_value();
        reading.sum.cpu_ns += usage.value_or(drivers::ContainerUsage{}).cpu_ns;
        reading.sum.memory_bytes += usage.value_or(drivers::ContainerUsage{}).memory_bytes;
      }
    }
    control->post(then);
  });
}

void UsageSampler::take(const std::vector<Reading>& readings, Time at) {
  std::map<std::string, Track> kept;
  for (const Reading& reading : readings) {
    const auto track = tracks_.find(reading.task_key);
    kept[reading.task_key] = track == tracks_.end() ? Track{} : track->second;
  }
  tracks_ = std::move(kept);
  for (const Reading& reading : readings) {
    const TaskRecord* task = state_.tasks.find(reading.task_key);
    if (task != nullptr && reading.complete) take(reading, *task, at);
  }
  if (at < next_publish_) return;
  publish(at);
  next_publish_ = std::chrono::ceil<std::chrono::minutes>(at + Millis{1});
}

// CPU time is real time, also in a world that runs faster: it is held against the wall's.
void UsageSampler::take(const Reading& reading, const TaskRecord& task, Time at) {
  Track& track = tracks_[reading.task_key];
  const double bytes = std::stod(*task.task.memory) * 1024 * 1024;
  track.memory_percent += 100.0 * static_cast<double>(reading.sum.memory_bytes) / bytes;
  track.memory_mb += static_cast<double>(reading.sum.memory_bytes) / (1024 * 1024);
  track.memory_samples += 1;
  const auto cpu_ns = reading.sum.cpu_ns - track.last_cpu_ns;
  if (track.last_at != Time{} && at > track.last_at && cpu_ns >= 0) {
    const double wall_ns = static_cast<double>(env_.clock.wall(at - track.last_at).count());
    const double cpus = std::stod(*task.task.cpu) / 1024;
    track.cpu_percent += 100.0 * static_cast<double>(cpu_ns) / (wall_ns * cpus);
    track.cpu_units += 1024.0 * static_cast<double>(cpu_ns) / wall_ns;
    track.cpu_samples += 1;
  }
  track.last_cpu_ns = reading.sum.cpu_ns;
  track.last_at = at;
}

void UsageSampler::publish(Time at) {
  const Time minute = std::chrono::floor<std::chrono::minutes>(at - kPublishEvery);
  for (auto& [key, track] : tracks_) {
    const TaskRecord& task = *state_.tasks.find(key);
    if (!task.service.empty()) publish_utilization(task, track, minute);
    if (has_insights(state_, task.region, task.cluster)) publish_insights(task, track, minute);
    track = {.last_cpu_ns = track.last_cpu_ns, .last_at = track.last_at};
  }
  add_counts(state_, minute, data_);
  flush();
}

void UsageSampler::publish_utilization(const TaskRecord& task, const Track& track, Time minute) {
  const auto put = [&](const char* name, double sum, int samples) {
    if (samples == 0) return;
    cloudwatch::Datum datum{.name_space = "AWS/ECS",
                            .name = name,
                            .dimensions = {{"ClusterName", task.cluster}},
                            .value = sum / samples,
                            .unit = "Percent",
                            .at = minute};
    data_[task.region].push_back(datum);
    datum.dimensions.emplace_back("ServiceName", task.service);
    data_[task.region].push_back(std::move(datum));
  };
  put("CPUUtilization", track.cpu_percent, track.cpu_samples);
  put("MemoryUtilization", track.memory_percent, track.memory_samples);
}

void UsageSampler::publish_insights(const TaskRecord& task, const Track& track, Time minute) {
  auto& data = data_[task.region];
  const auto reserved_cpu = std::stod(*task.task.cpu), reserved_mb = std::stod(*task.task.memory);
  add_task_metric(task, "CpuReserved", reserved_cpu, "None", minute, data);
  add_task_metric(task, "MemoryReserved", reserved_mb, "Megabytes", minute, data);
  if (track.cpu_samples > 0)
    add_task_metric(task, "CpuUtilized", track.cpu_units / track.cpu_samples, "None", minute, data);
  if (track.memory_samples > 0)
    add_task_metric(task, "MemoryUtilized", track.memory_mb / track.memory_samples, "Megabytes",
                    minute, data);
}

void UsageSampler::flush() {
  for (auto& [region, data] : data_) parts_.metrics.put(region, std::move(data));
  data_.clear();
  env_.store.commit(nullptr);
}

}  // namespace seatrial::services::ecs
