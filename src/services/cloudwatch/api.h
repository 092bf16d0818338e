// What other rooms may ask of CloudWatch: to take the metrics of what runs (the AWS/ namespaces),
// and to have alarms act on them.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "room/room.h"

namespace seatrial::services::cloudwatch {

struct Datum {
  std::string name_space, name;
  std::vector<std::pair<std::string, std::string>> dimensions;
  double value = 0;
  std::string unit;  // "Percent", "Count", "Seconds", ...
  Time at{};
  // A statistic set when count is not 1: `value` is then the sum.
  double count = 1, min = 0, max = 0;
};

// One action of an alarm, to be carried out now.
struct AlarmActionRequest {
  std::string region, action;  // the action's ARN as the alarm has it
  std::string alarm_name, alarm_arn;
  std::string state;  // "OK", "ALARM", "INSUFFICIENT_DATA": what it came to
  std::string reason, reason_data;
  std::string subject, message;  // as an SNS topic gets them: the message is JSON
  Value payload;                 // as a Lambda function gets it
};

// A kind of alarm action: the service in its ARN ("sns", "lambda", "autoscaling", "automate",
// "ssm", "ssm-incidents"). An alarm may name only actions of kinds that were registered.
class AlarmActionKind {
 public:
  virtual ~AlarmActionKind() = default;
  // Control thread, part of the transaction that records it. The error's message goes into the
  // alarm's history.
  virtual room::Outcome<void> execute(const AlarmActionRequest& request) = 0;
  // Carried out again every minute while the alarm stays in the state: Auto Scaling.
  virtual bool repeats() const { return false; }
};

// Where events about alarms go: EventBridge's default bus.
class AlarmEvents {
 public:
  virtual ~AlarmEvents() = default;
  virtual void put(const std::string& region, const std::string& detail_type,
                   const std::string& alarm_arn, Value detail) = 0;
};

// Control thread, before rooms start.
class AlarmConnections {
 public:
  virtual ~AlarmConnections() = default;
  virtual void add_alarm_action(const std::string& service, AlarmActionKind& kind) = 0;
  virtual void send_alarm_events(AlarmEvents& events) = 0;
};

// What an alarm reads now.
struct AlarmReading {
  double threshold = 0;
  std::optional<double> value;  // of the newest whole period in its range; nothing: there is none
  bool in_alarm = false;
};

// Alarms that another service keeps, and what it may know of others.
class ManagedAlarms {  // control thread
 public:
  virtual ~ManagedAlarms() = default;
  // As PutMetricAlarm and DeleteAlarms of a client, within the caller's open transaction. Names
  // that are no alarm's are passed over.
  virtual room::Outcome<void> put_alarm(room::Context& as, const Value& input) = 0;
  virtual void delete_alarms(room::Context& as, const std::vector<std::string>& names) = 0;
  // Names of the region's alarms with this action, whatever the state.
  virtual std::vector<std::string> alarms_acting(const std::string& region,
                                                 const std::string& action) const = 0;
  // Nothing when there is no such metric alarm.
  virtual std::optional<AlarmReading> reading(const std::string& region,
                                              const std::string& alarm) = 0;
};

// Where metric streams send: Firehose's delivery streams, as a role of IAM lets them.
class MetricStreamTarget {  // control thread
 public:
  virtual ~MetricStreamTarget() = default;
  virtual bool has_stream(const std::string& arn) const = 0;
  // Whether the role is there and trusts metric streams.
  virtual bool may_assume(const std::string& role_arn) const = 0;
  // In the caller's open transaction.
  virtual room::Outcome<void> put_record(const std::string& arn, std::string data) = 0;
};

// Resources of one kind, as AWS/Usage ResourceCount has them.
struct CountedResource {
  std::string service, resource;  // "Firehose", "DeliveryStreams": the metric's dimensions
  std::string resource_class = "None";
  std::optional<double> quota;  // how many there may be; nothing: nobody here says
  std::map<std::string, double> by_region;
};

// A room that counts its resources.
class ResourceCounter {  // control thread
 public:
  virtual ~ResourceCounter() = default;
  // Every kind, also one there is nothing of.
  virtual std::vector<CountedResource> count_resources() const = 0;
};

class MetricSink {  // control thread
 public:
  virtual ~MetricSink() = default;
  virtual void put(const std::string& region, std::vector<Datum> data) = 0;
};

// The same from within a handler: the data become durable with its transaction.
class MetricWriter {  // control thread
 public:
  virtual ~MetricWriter() = default;
  virtual void add(const std::string& region, std::vector<Datum> data) = 0;
};

}  // namespace seatrial::services::cloudwatch
