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

}  // namespace seatrial::services::logs
