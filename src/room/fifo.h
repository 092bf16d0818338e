// What FIFO topics and FIFO queues have in common: a message is taken once in five minutes, and has
// a number.
// docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/clock.h"
#include "store/table.h"

namespace seatrial::room {

struct DuplicateRecord {
  std::string id, sequence;  // what the message was answered with
  Time at{};
  template <class F>
  static void fields(F&& f) {
    f("id", &DuplicateRecord::id);
    f("sequence", &DuplicateRecord::sequence);
    f("at", &DuplicateRecord::at);
  }
};

// By "ARN|[GROUP|]ID": within the topic or queue, or within the message's group.
class Duplicates {
 public:
  Duplicates(store::Store& store, const char* table) : rows_(store, table) {}

  static std::string key(const std::string& arn, const std::string& group, bool by_group,
                         const std::string& id) {
    return arn + "|" + (by_group ? group + "|" : "") + id;
  }
  const DuplicateRecord* find(const std::string& key, Time now) const {
    const auto* seen = rows_.find(key);
    return seen == nullptr || seen->at + kLife <= now ? nullptr : seen;
  }
  void put(const std::string& key, DuplicateRecord record) { rows_.put(key, std::move(record)); }
  // Those nobody finds any more; looks through them once in five minutes.
  void forget_old(Time now) {
    if (forgot_ + kLife > now) return;
    forgot_ = now;
    erase_if(rows_, [&](const DuplicateRecord& record) { return record.at + kLife <= now; });
  }
  void forget(const std::string& arn) {
    erase_if(rows_.with_prefix(arn + "|"), [](const DuplicateRecord&) { return true; });
  }

 private:
  static constexpr Millis kLife{5 * 60'000};

  template <class Rows, class F>
  void erase_if(const Rows& rows, F&& gone) {
    std::vector<std::string> keys;
    for (const auto& [key, record] : rows)
      if (gone(record)) keys.push_back(key);
    for (const auto& key : keys) rows_.erase(key);
  }

  store::Table<DuplicateRecord> rows_;
  Time forgot_{};
};

// Ever growing, across restarts: the world's clock never goes back.
class SequenceNumbers {
 public:
  std::string next(Time now) {
    constexpr std::uint64_t kPerMilli = 1'000'000;
    last_ = std::max(last_ + 1, static_cast<std::uint64_t>(to_ms(now)) * kPerMilli);
    return fmt::format("{:020d}", last_);
  }

 private:
  std::uint64_t last_ = 0;
};

}  // namespace seatrial::room
