#include "services/ecs/usage_sampler.h"

#include "services/ecs/container_plan.h"

namespace seatrial::services::ecs {
namespace {

constexpr double kMegabyte = 1024 * 1024;

template <class T>
void add(std::optional<T>& sum, const std::optional<T>& value) {
  if (value) sum = sum.value_or(T{}) + *value;
}

}  // namespace

void UsageSampler::start() {
  next_publish_ = std::chrono::ceil<std::chrono::minutes>(env_.clock.now() + Millis{1});
  wakes_.post_after(kSampleEvery, [this] { sample(); });
}

std::vector<UsageSampler::Reading> UsageSampler::wanted() const {
  std::vector<Reading> readings;
  for (const auto& [key, task] : state_.tasks) {
    if (!is_running(task)) continue;
    if (task.service.empty() && !has_insights(state_, task.region, task.cluster)) continue;
    Reading reading{.task_key = key, .task_id = task.id};
    for (const auto& container : task.task.containers) {
      if (container.lastStatus != status::kRunning) continue;
      reading.containers.push_back({*container.name, container_id(task.id, *container.name)});
    }
    readings.push_back(std::move(reading));
  }
  return readings;
}

void UsageSampler::read(std::vector<Reading>& readings, Parts& parts, bool storage) {
  const auto traffic = parts.network.usage();
  for (Reading& reading : readings) {
    for (auto& container : reading.containers) {
      container.usage = parts.containers.usage(container.id);
      if (storage) container.storage_bytes = parts.containers.storage_bytes(container.id);
    }
    if (const auto found = traffic.find(reading.task_id); found != traffic.end())
      reading.network = found->second;
  }
}

void UsageSampler::sample() {
  wakes_.post_after(kSampleEvery, [this] { sample(); });
  const auto readings = std::make_shared<std::vector<Reading>>(wanted());
  const Time at = env_.clock.now();
  const bool storage = at >= next_publish_;
  auto then = wakes_.guarded([this, readings, at] { take(*readings, at); });
  background_.post([readings, then, storage, parts = &parts_, control = &env_.control] {
    read(*readings, *parts, storage);
    control->post(then);
  });
}

void UsageSampler::take(const std::vector<Reading>& readings, Time at) {
  std::map<std::string, TaskTrack> kept;
  for (const Reading& reading : readings) {
    if (const auto track = tracks_.find(reading.task_key); track != tracks_.end())
      kept[reading.task_key] = std::move(track->second);
  }
  tracks_ = std::move(kept);
  for (const Reading& reading : readings) {
    if (state_.tasks.contains(reading.task_key)) take(reading, at);
  }
  if (at < next_publish_) return;
  publish(at);
  next_publish_ = std::chrono::ceil<std::chrono::minutes>(at + Millis{1});
}

void UsageSampler::take(const Reading& reading, Time at) {
  TaskTrack& task = tracks_[reading.task_key];
  for (const auto& container : reading.containers) {
    task.complete &= container.usage.has_value();
    if (container.usage) take(container, task.containers[container.name], at);
  }
  std::erase_if(task.containers, [&](const auto& known) {
    return std::ranges::find(reading.containers, known.first, &Container::name) ==
           reading.containers.end();
  });
  if (!reading.network) return;
  if (!task.first) task.first = reading.network, task.first_at = at;
  task.last = reading.network;
  task.last_at = at;
}

void UsageSampler::take(const Container& container, Track& track, Time at) {
  const auto& usage = *container.usage;
  track.memory_mb += static_cast<double>(usage.memory_bytes) / kMegabyte;
  track.memory_samples += 1;
  const auto cpu_ns = usage.cpu_ns - track.last_cpu_ns;
  if (track.last_at != Time{} && at > track.last_at && cpu_ns >= 0) {
    const auto wall_ns = static_cast<double>(env_.clock.wall(at - track.last_at).count());
    track.cpu_units += 1024.0 * static_cast<double>(cpu_ns) / wall_ns;
    track.cpu_samples += 1;
  }
  track.last_cpu_ns = usage.cpu_ns;
  track.last_at = at;
  track.read_bytes = usage.read_bytes;
  track.written_bytes = usage.written_bytes;
  if (container.storage_bytes) track.storage_bytes = container.storage_bytes;
}

TaskMinute UsageSampler::minute_of(const TaskTrack& track) const {
  TaskMinute minute;
  for (const auto& [name, container] : track.containers) {
    Measured& used = minute.containers[name];
    if (container.cpu_samples > 0) used.cpu_units = container.cpu_units / container.cpu_samples;
    if (container.memory_samples > 0)
      used.memory_mb = container.memory_mb / container.memory_samples;
    used.read_bytes = container.read_bytes;
    used.written_bytes = container.written_bytes;
    add(minute.ephemeral_bytes, container.storage_bytes);
    if (!track.complete) continue;
    add(minute.sum.cpu_units, used.cpu_units);
    add(minute.sum.memory_mb, used.memory_mb);
    add(minute.sum.read_bytes, used.read_bytes);
    add(minute.sum.written_bytes, used.written_bytes);
  }
  minute.network = track.last;
  if (!track.first || track.last_at <= track.first_at) return minute;
  const auto seconds =
      static_cast<double>(env_.clock.wall(track.last_at - track.first_at).count()) / 1e9;
  minute.rx_per_second =
      static_cast<double>(track.last->rx_bytes - track.first->rx_bytes) / seconds;
  minute.tx_per_second =
      static_cast<double>(track.last->tx_bytes - track.first->tx_bytes) / seconds;
  return minute;
}

void UsageSampler::publish(Time at) {
  const Time minute = std::chrono::floor<std::chrono::minutes>(at - kPublishEvery);
  auto records = count_records(state_, minute);
  for (auto& [key, track] : tracks_) {
    const TaskRecord* task = state_.tasks.find(key);
    const auto used = minute_of(track);
    if (task != nullptr && !task->service.empty()) publish_utilization(*task, used.sum, minute);
    if (task != nullptr && has_insights(state_, task->region, task->cluster))
      std::ranges::move(task_records(*task, used, minute), std::back_inserter(records));
    for (auto& [name, container] : track.containers)
      container = {.last_cpu_ns = container.last_cpu_ns, .last_at = container.last_at};
    track.first = track.last;
    track.first_at = track.last_at;
    track.complete = true;
  }
  publish_insights(std::move(records), minute);
  for (auto& [region, data] : data_) parts_.metrics.put(region, std::move(data));
  data_.clear();
  env_.store.commit(nullptr);
}

void UsageSampler::publish_utilization(const TaskRecord& task, const Measured& used, Time minute) {
  const auto put = [&](const char* name, const std::optional<double>& value, double reserved) {
    if (!value) return;
    cloudwatch::Datum datum{.name_space = "AWS/ECS",
                            .name = name,
                            .dimensions = {{"ClusterName", task.cluster}},
                            .value = 100 * *value / reserved,
                            .unit = "Percent",
                            .at = minute};
    data_[task.region].push_back(datum);
    datum.dimensions.emplace_back("ServiceName", task.service);
    data_[task.region].push_back(std::move(datum));
  };
  put("CPUUtilization", used.cpu_units, std::stod(*task.task.cpu));
  put("MemoryUtilization", used.memory_mb, std::stod(*task.task.memory));
}

// The metrics are kept, whatever becomes of the lines.
void UsageSampler::publish_insights(std::vector<InsightsRecord> records, Time minute) {
  using Place = std::tuple<std::string, std::string, std::string>;  // region, cluster, stream
  std::map<Place, std::vector<logs::LogLine>> lines;
  for (const auto& record : records) {
    std::ranges::move(data_of(record), std::back_inserter(data_[record.region]));
    lines[{record.region, record.cluster, record.stream}].push_back(
        {minute, to_json(record.members)});
  }
  for (auto& [place, of_stream] : lines) {
    const auto& [region, cluster, stream] = place;
    const auto group = performance_log_group(cluster);
    parts_.logs.ensure_group(region, group, kPerformanceLogDays);
    if (!parts_.logs.ensure_stream(region, group, stream, true)) continue;
    parts_.logs.append(region, group, stream, std::move(of_stream), [] {});
  }
}

}  // namespace seatrial::services::ecs
