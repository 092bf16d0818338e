// Events in memory, as tests, benches and the oracle have them.
#pragma once
#include <algorithm>

#include "logs/scan.h"

namespace seatrial::logs::run {

class MemorySource final : public EventSource {
 public:
  struct Event {
    std::int64_t timestamp_ms = 0;
    std::string message;
    std::string group = "us-east-1/app";
    std::string stream = "a";
    std::int64_t ingestion_ms = 0;
  };
  void add(Event event) { events_.push_back(std::move(event)); }

  ScanStatistics scan(const ScanRequest& request, const Take& take) override {
    ScanStatistics out;
    out.groups_scanned = static_cast<std::int64_t>(request.groups.size());
    std::vector<EventView> batch;
    for (std::size_t i = 0; i < events_.size(); ++i) {
      const auto& event = events_[i];
      if (!wanted(request, event)) continue;
      ++out.events_scanned;
      out.bytes_scanned += static_cast<std::int64_t>(event.message.size());
      batch.push_back({event.timestamp_ms, event.ingestion_ms, static_cast<std::int64_t>(i) + 1,
                       event.group, event.stream, event.message});
    }
    const auto key = [](const EventView& e) { return std::pair(e.timestamp_ms, e.sequence); };
    if (request.order == ScanRequest::Order::kNewestFirst)
      std::ranges::sort(batch, std::greater(), key);
    if (request.order == ScanRequest::Order::kOldestFirst)
      std::ranges::sort(batch, std::less(), key);
    for (std::size_t at = 0; at < batch.size(); at += kBatch)
      if (!take(std::span(batch).subspan(at, std::min(kBatch, batch.size() - at)))) break;
    return out;
  }

 private:
  static constexpr std::size_t kBatch = 4'096;
  static bool wanted(const ScanRequest& request, const Event& event) {
    return event.timestamp_ms >= request.start_ms && event.timestamp_ms <= request.end_ms &&
           std::ranges::find(request.groups, event.group) != request.groups.end() &&
           (request.streams.empty() ||
            std::ranges::find(request.streams, event.stream) != request.streams.end()) &&
           std::ranges::all_of(request.needles, [&](const std::string& needle) {
             return event.message.find(needle) != std::string::npos;
           });
  }
  std::vector<Event> events_;
};

}  // namespace seatrial::logs::run
