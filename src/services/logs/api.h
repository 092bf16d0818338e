// What other rooms may ask of CloudWatch Logs: a place for the output of what runs.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "room/room.h"

namespace seatrial::services::logs {

struct LogLine {
  Time at{};
  std::string message;
};

class LogGroups {  // control thread
 public:
  virtual ~LogGroups() = default;
  virtual bool has_group(const std::string& region, const std::string& group) const = 0;
};

// Control thread.
class LogSink {
 public:
  virtual ~LogSink() = default;
  // Makes the stream if it is not there; the group too when create_group, else its absence is
  // ResourceNotFoundException.
  virtual room::Outcome<void> ensure_stream(const std::string& region, const std::string& group,
                                            const std::string& stream, bool create_group) = 0;
  // Makes the group if it is not there, with this retention in days.
  virtual void ensure_group(const std::string& region, const std::string& group, int days) {
    (void)region, (void)group, (void)days;  // doubles have no groups
  }
  // `durable` runs once the lines are safe, on some thread; never when they were refused by the
  // disk. A stream deleted meanwhile is made again; lines for a deleted group are dropped, and
  // `durable` runs all the same, for no later attempt could keep them. All calls end the open
  // transaction: never from inside a handler.
  virtual void append(const std::string& region, const std::string& group,
                      const std::string& stream, std::vector<LogLine> lines,
                      std::function<void()> durable) = 0;
};

// A delivery of vended logs (CreateDelivery), as whoever makes the lines has to know it.
struct VendedDelivery {
  std::string id, region, log_type;
  std::string group;           // where it ends: this log group,
  std::string bucket, prefix;  // or this bucket
  bool json = false;
  std::vector<std::string> fields;  // in order; empty: all
  std::string delimiter;
};

class VendedLogs {  // control thread
 public:
  virtual ~VendedLogs() = default;
  // Of a resource, by its ARN.
  virtual std::vector<VendedDelivery> deliveries_of(const std::string& resource) const = 0;
};

// A room whose resources write vended logs; it makes the lines and appends them.
class LogVendor {  // control thread
 public:
  virtual ~LogVendor() = default;
  // Whether the resource is there and writes such logs; the error is PutDeliverySource's.
  virtual room::Outcome<void> check_source(const std::string& region, const std::string& resource,
                                           const std::string& log_type) const = 0;
  // What a line of the type may have, in its usual order.
  virtual std::vector<std::string> record_fields(const std::string& log_type) const = 0;
  virtual void deliveries_changed() = 0;
};

}  // namespace seatrial::services::logs
