// The engine beside a model that keeps every event in a list: random changes, with limits so small
// that heads close, blocks are sealed and segments flushed all the time, and reopenings between.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "base/rng.h"
#include "base/temp_folder.h"
#include "logs/engine.h"
#include "logs/testing.h"

namespace seatrial::logs {
namespace {

constexpr Engine::Limits kSmallChunks{
    .wal_bytes = 8u << 10, .block_bytes = 1u << 10, .unsealed_bytes = 1u << 20};
constexpr int kTimes = 500;  // event times are 0 to this

struct Kept {
  std::string group, stream, message;
  std::int64_t timestamp_ms = 0, ingestion_ms = 0, order = 0;
};

class Model {
 public:
  void add(Kept event) {
    event.order = ++order_;
    events_.push_back(std::move(event));
  }
  template <class F>
  void erase(F&& gone) {
    std::erase_if(events_, gone);
  }
  std::vector<Kept> in_order(const std::string& group) const {
    std::vector<Kept> out;
    for (const Kept& event : events_) {
      if (event.group == group) out.push_back(event);
    }
    std::sort(out.begin(), out.end(), [](const Kept& a, const Kept& b) {
      return std::pair(a.timestamp_ms, a.order) < std::pair(b.timestamp_ms, b.order);
    });
    return out;
  }

 private:
  std::vector<Kept> events_;
  std::int64_t order_ = 0;
};

class LogsEngineProperty : public testing::TestWithParam<int> {
 protected:
  LogsEngineProperty() : rng_(static_cast<std::uint64_t>(GetParam())) { open(); }
  void open() {
    engine_.reset();
    auto opened = Engine::open(folder_ / "logs", kSmallChunks);
    ASSERT_TRUE(opened) << opened.error();
    engine_ = std::move(*opened);
  }
  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(rng_.below(static_cast<std::uint64_t>(bound)));
  }
  std::string group() { return "r/" + std::to_string(below(3)); }
  std::string stream() { return "s" + std::to_string(below(4)); }

  std::string message() {
    const auto n = below(1000);
    if (below(20) == 0) return "plain text " + std::to_string(n);
    std::string text = R"({"level":")" + std::string(n % 3 == 0 ? "ERROR" : "INFO") + R"(","ms":)" +
                       std::to_string(n) + (n % 10 == 0 ? "" : "." + std::to_string(n % 10));
    if (n % 7 == 0) text += R"(,"user":"u)" + std::to_string(n) + "\"";
    return text + "}";
  }
  void append() {
    const std::string where = group(), in = stream();
    std::vector<NewEvent> events;
    const std::int64_t ingestion = below(100'000);
    for (auto left = below(12); left >= 0; --left) {
      events.push_back({from_ms(below(kTimes)), message()});
      model_.add({where, in, events.back().message, to_ms(events.back().timestamp), ingestion});
    }
    engine_->append(where, in, events, from_ms(ingestion));
  }
  void change() {
    const auto what = below(100);
    const std::string where = group(), in = stream();
    const std::int64_t before = below(kTimes / 4);
    if (what < 90) return append();
    if (what < 94) {
      engine_->drop_before(where, from_ms(before));
      model_.erase([&](const Kept& e) { return e.group == where && e.timestamp_ms < before; });
    } else if (what < 97) {
      engine_->remove_stream(where, in);
      model_.erase([&](const Kept& e) { return e.group == where && e.stream == in; });
    } else if (what < 98) {
      engine_->remove_group(where);
      model_.erase([&](const Kept& e) { return e.group == where; });
    } else {
      ASSERT_TRUE(engine_->commit());
      open();
    }
  }

  void expect_same(const std::vector<Kept>& expected, const std::vector<Event>& seen) {
    ASSERT_EQ(expected.size(), seen.size());
    for (std::size_t i = 0; i < seen.size(); ++i) {
      ASSERT_EQ(expected[i].message, seen[i].message) << i;
      ASSERT_EQ(expected[i].stream, seen[i].stream) << i;
      ASSERT_EQ(expected[i].timestamp_ms, to_ms(seen[i].timestamp)) << i;
      ASSERT_EQ(expected[i].ingestion_ms, to_ms(seen[i].ingestion)) << i;
    }
  }
  std::vector<Event> read_all(Query query) {
    std::vector<Event> all;
    query.limit = static_cast<std::size_t>(1 + below(50));
    while (true) {
      Page page = engine_->read(query);
      std::move(page.events.begin(), page.events.end(), std::back_inserter(all));
      if (!page.next) return all;
      query.from = page.next;
    }
  }

  void check_pages(const std::string& where) {
    Query query{.group = where};
    auto expected = model_.in_order(where);
    expect_same(expected, read_all(query));
    query.backward = true;
    std::reverse(expected.begin(), expected.end());
    expect_same(expected, read_all(query));
    query = {.group = where, .streams = {stream()}, .start_ms = below(kTimes)};
    query.end_ms = query.start_ms + below(kTimes);
    expected = model_.in_order(where);
    std::erase_if(expected, [&](const Kept& e) {
      return e.stream != query.streams[0] || e.timestamp_ms < query.start_ms ||
             e.timestamp_ms > query.end_ms;
    });
    expect_same(expected, read_all(query));
  }
  void check_facts(const std::string& where) {
    const auto expected = model_.in_order(where);
    std::int64_t bytes = 0;
    for (const Kept& event : expected)
      bytes += static_cast<std::int64_t>(event.message.size()) + 26;
    EXPECT_EQ(engine_->stored_bytes(where), bytes);
    for (const char* name : {"s0", "s1", "s2", "s3"}) {
      std::optional<std::int64_t> first, last, ingestion;
      for (const Kept& event : expected) {
        if (event.stream != name) continue;
        if (!first) first = event.timestamp_ms;
        last = event.timestamp_ms;
        ingestion = event.ingestion_ms;
      }
      const auto ms = [](std::optional<Time> t) {
        return t ? std::optional(to_ms(*t)) : std::nullopt;
      };
      const StreamTimes times = engine_->stream_times(where, name);
      EXPECT_EQ(ms(times.first_event), first);
      EXPECT_EQ(ms(times.last_event), last);
      EXPECT_EQ(ms(times.last_ingestion), ingestion);
    }
  }
  void check_scans(const std::string& where) {
    std::multiset<std::string> expected, with_needle, seen;
    const std::string needle = "u" + std::to_string(7 * below(140)) + "\"";
    for (const Kept& event : model_.in_order(where)) {
      expected.insert(event.message);
      if (event.message.find(needle) != std::string::npos) with_needle.insert(event.message);
    }
    engine_->scan({.groups = {where}}, [&](std::span<const EventView> events) {
      for (const auto& event : events) seen.emplace(event.message);
      return true;
    });
    EXPECT_EQ(seen, expected);
    seen.clear();
    engine_->scan({.groups = {where}, .needles = {needle}}, [&](std::span<const EventView> events) {
      for (const auto& event : events) {
        if (event.message.find(needle) != std::string::npos) seen.emplace(event.message);
      }
      return true;
    });
    EXPECT_EQ(seen, with_needle);
    std::size_t events = 0;
    engine_->scan_blocks({.groups = {where}}, [&](Block& block) {
      events += block.size();
      check_columns(block);
      return true;
    });
    EXPECT_EQ(events, expected.size());
  }
  // In order, between two times, with a text that no filter or some filters know.
  void check_ordered_scans(const std::string& where) {
    const auto user = std::to_string(7 * below(140)) + "\"";
    for (const auto& needle : {user, "\"user\":\"u" + user, std::string("\"ms\"")}) {
      ScanRequest request{.groups = {where}, .needles = {needle, "u"}};
      request.start_ms = below(kTimes);
      request.end_ms = request.start_ms + below(kTimes);
      auto expected = model_.in_order(where);
      std::erase_if(expected, [&](const Kept& e) {
        return e.timestamp_ms < request.start_ms || e.timestamp_ms > request.end_ms ||
               e.message.find(needle) == std::string::npos ||
               e.message.find('u') == std::string::npos;
      });
      for (const auto order :
           {ScanRequest::Order::kOldestFirst, ScanRequest::Order::kNewestFirst}) {
        request.order = order;
        std::vector<std::string> wanted, seen;
        for (const Kept& event : expected) wanted.push_back(event.message);
        if (order == ScanRequest::Order::kNewestFirst) std::ranges::reverse(wanted);
        engine_->scan(request, [&](std::span<const EventView> events) {
          for (const auto& event : events) seen.emplace_back(event.message);
          return true;
        });
        EXPECT_EQ(seen, wanted) << needle;
      }
    }
  }
  // What a column says is what the messages say.
  void check_columns(Block& block) {
    const auto rows = block.rows();
    ASSERT_EQ(rows.size(), block.size());
    ASSERT_EQ(block.timestamps_ms().size(), block.size());
    for (const std::string name : {"level", "ms", "user", "none"}) {
      const auto column = block.column(name);
      if (!column) continue;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        std::string said;
        if (column->kind == Column::Kind::kTokens && column->codes[i] > 0) {
          said = column->tokens[column->codes[i] - 1u];
        }
        if (column->kind == Column::Kind::kNumbers && !std::isnan(column->numbers[i])) {
          said = fmt::format("{}", column->numbers[i]);
        }
        ASSERT_EQ(said, member(rows[i].message, name)) << name << " of " << rows[i].message;
      }
    }
  }
  static std::string member(std::string_view message, const std::string& name) {
    const auto at = message.find("\"" + name + "\":");
    if (at == std::string_view::npos) return "";
    const auto value = message.substr(at + name.size() + 3);
    return std::string(value.substr(0, value.find_first_of(",}")));
  }

  SeededRng rng_;
  TempFolder folder_{"logs", scratch()};
  std::unique_ptr<Engine> engine_;
  Model model_;
};

TEST_P(LogsEngineProperty, HoldsWhatTheModelHolds) {
  for (int round = 0; round < 12; ++round) {
    for (auto left = below(80); left >= 0; --left) {
      change();
      if (below(3) > 0) continue;
      ASSERT_TRUE(engine_->commit());
    }
    ASSERT_TRUE(engine_->commit());
    if (below(2) == 0) engine_->settle();
    for (const char* where : {"r/0", "r/1", "r/2"}) {
      check_pages(where);
      check_facts(where);
      check_scans(where);
      check_ordered_scans(where);
      if (HasFatalFailure()) return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, LogsEngineProperty, testing::Range(1, 7));

}  // namespace
}  // namespace seatrial::logs
