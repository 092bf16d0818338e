// Trails, by "region/name". How far each has delivered is part of its record, written after what
// was delivered is durable: a crash repeats events at worst, as CloudTrail may.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "base/record.h"
#include "base/time.h"

namespace seatrial::services::cloudtrail {

struct TrailRecord {
  std::string name, region, bucket, prefix;
  bool multi_region = false, global_events = true;
  std::string log_group_arn, log_role_arn;
  std::map<std::string, std::string> tags;
  bool logging = false;
  std::optional<Time> started, stopped;
  std::int64_t to_logs = 0, to_bucket = 0;  // sequence of the last event delivered
  std::optional<Time> logs_delivered, bucket_delivered, bucket_attempted;
  std::string logs_error, bucket_error;

  template <class F>
  static void fields(F&& f) {
    f("name", &TrailRecord::name);
    f("region", &TrailRecord::region);
    f("bucket", &TrailRecord::bucket);
    f("prefix", &TrailRecord::prefix);
    f("multi_region", &TrailRecord::multi_region);
    f("global_events", &TrailRecord::global_events);
    f("log_group_arn", &TrailRecord::log_group_arn);
    f("log_role_arn", &TrailRecord::log_role_arn);
    f("tags", &TrailRecord::tags);
    f("logging", &TrailRecord::logging);
    f("started", &TrailRecord::started);
    f("stopped", &TrailRecord::stopped);
    f("to_logs", &TrailRecord::to_logs);
    f("to_bucket", &TrailRecord::to_bucket);
    f("logs_delivered", &TrailRecord::logs_delivered);
    f("bucket_delivered", &TrailRecord::bucket_delivered);
    f("bucket_attempted", &TrailRecord::bucket_attempted);
    f("logs_error", &TrailRecord::logs_error);
    f("bucket_error", &TrailRecord::bucket_error);
  }
};

}  // namespace seatrial::services::cloudtrail
