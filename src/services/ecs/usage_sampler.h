// AWS/ECS CPUUtilization and MemoryUtilization, measured from what the containers really use, and
// for clusters with Container Insights the records of container_insights.h.
//
// Every task of a service (of a cluster with Container Insights: every task) is sampled each ten
// seconds of world time; once a minute each task gives one datum, the mean of its samples in
// percent of its reservation, so that minimum, average and maximum over the service's tasks mean
// what they do in AWS. Reading usage walks process trees and files, so it happens on the background
// thread. Rates are by the machine's seconds, also in a world that runs faster: so is what is
// measured.
#pragma once
#include "services/ecs/container_insights.h"
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
  struct Container {
    std::string name, id;
    std::optional<drivers::ContainerUsage> usage;
    std::optional<std::int64_t> storage_bytes;
  };
  struct Reading {
    std::string task_key, task_id;
    std::vector<Container> containers;
    std::optional<drivers::NetworkUsage> network;
  };
  struct Track {  // of one container
    std::int64_t last_cpu_ns = 0;
    Time last_at{};
    double cpu_units = 0, memory_mb = 0;  // sums; a CPU has 1024 units
    int cpu_samples = 0, memory_samples = 0;
    std::optional<std::int64_t> read_bytes, written_bytes, storage_bytes;  // the newest
  };
  struct TaskTrack {
    std::map<std::string, Track> containers;
    bool complete = true;  // every container answered each time
    std::optional<drivers::NetworkUsage> first, last;
    Time first_at{}, last_at{};
  };

  void sample();
  std::vector<Reading> wanted() const;
  static void read(std::vector<Reading>& readings, Parts& parts, bool storage);
  void take(const std::vector<Reading>& readings, Time at);
  void take(const Reading& reading, Time at);
  void take(const Container& container, Track& track, Time at);
  void publish(Time at);
  TaskMinute minute_of(const TaskTrack& track) const;
  void publish_utilization(const TaskRecord& task, const Measured& used, Time minute);
  void publish_insights(std::vector<InsightsRecord> records, Time minute);

  room::Env& env_;
  const State& state_;
  Parts& parts_;
  Wakes& wakes_;
  Executor& background_;
  std::map<std::string, TaskTrack> tracks_;  // by task key
  Time next_publish_{};
  std::map<std::string, std::vector<cloudwatch::Datum>> data_;  // by region, of this publication
};

}  // namespace seatrial::services::ecs
