// AWS/ECS CPUUtilization and MemoryUtilization, measured from what the containers really use, and
// with Container Insights the same in units of CPU and megabytes.
//
// Every task of a service (of a cluster with Container Insights: every task) is sampled each ten
// seconds of world time; once a minute each task gives one datum, the mean of its samples in
// percent of its reservation, so that minimum, average and maximum over the service's tasks mean
// what they do in AWS. Reading usage walks process trees, so it happens on the background thread.
#pragma once
#include "services/ecs/parts.h"
#include "services/ecs/view.h"
#include "services/ecs/wakes.h"

namespace seatrial::services::ecs {

inline constexpr Millis kSampleEvery{10'000};
inline constexpr Millis kPublishEvery{60'000};

// Control thread.
class UsageSampler {
 public:
  UsageSampler(room::Env& env, const State& state, Parts& parts, Wakes& wakes, Executor& background)
      : env_(env), state_(state), parts_(parts), wakes_(wakes), background_(background) {}
  void start();

 private:
  struct Reading {
    std::string task_key;
    std::vector<std::string> containers;
    drivers::ContainerUsage sum;
    bool complete = true;  // every container answered
  };
  struct Track {  // of one task
    std::int64_t last_cpu_ns = 0;
    Time last_at{};
    double cpu_percent = 0, memory_percent = 0;  // sums
    double cpu_units = 0, memory_mb = 0;         // sums; a CPU has 1024 units
    int cpu_samples = 0, memory_samples = 0;
  };

  void sample();
  std::vector<Reading> wanted() const;
  void take(const std::vector<Reading>& readings, Time at);
  void take(const Reading& reading, const TaskRecord& task, Time at);
  void publish(Time at);
  void publish_utilization(const TaskRecord& task, const Track& track, Time minute);
  void publish_insights(const TaskRecord& task, const Track& track, Time minute);
  void flush();

  room::Env& env_;
  const State& state_;
  Parts& parts_;
  Wakes& wakes_;
  Executor& background_;
  std::map<std::string, Track> tracks_;  // by task key
  Time next_publish_{};
  std::map<std::string, std::vector<cloudwatch::Datum>> data_;  // by region, of this publication
};

}  // namespace seatrial::services::ecs
