// logs engine: order, paging both ways, filters, removal, and survival of a reopening.
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/temp_folder.h"
#include "logs/crc32c.h"
#include "logs/engine.h"

namespace seatrial::logs {
namespace {

class LogsEngineTest : public testing::Test {
 protected:
  LogsEngineTest() { open(); }
  void open() {
    engine_.reset();
    auto opened = Engine::open(folder_ / "logs");
    ASSERT_TRUE(opened) << opened.error();
    engine_ = std::move(*opened);
  }
  void put(const std::string& stream, std::vector<std::pair<int, std::string>> events) {
    std::vector<NewEvent> list;
    for (auto& [at, text] : events) list.push_back({from_ms(at), text});
    engine_->append("r/g", stream, std::move(list), from_ms(1000));
    ASSERT_TRUE(engine_->commit());
  }
  std::string read(Query query) {
    query.group = "r/g";
    std::string out;
    for (const auto& event : engine_->read(query).events) out += event.message + " ";
    return out;
  }

  TempFolder folder_{"logs"};
  std::unique_ptr<Engine> engine_;
};

TEST_F(LogsEngineTest, ReadsInTimeOrderAcrossStreamsAndReopening) {
  put("a", {{10, "a10"}, {30, "a30"}});
  put("b", {{20, "b20"}, {30, "b30"}});
  open();
  EXPECT_EQ(read({}), "a10 b20 a30 b30 ");
  EXPECT_EQ(read({.streams = {"b"}}), "b20 b30 ");
  EXPECT_EQ(read({.start_ms = 20, .end_ms = 29}), "b20 ");
  EXPECT_EQ(read({.backward = true, .limit = 2}), "b30 a30 ");
  EXPECT_EQ(engine_->stream_times("r/g", "a").last_event, from_ms(30));
  EXPECT_EQ(engine_->stored_bytes("r/g"), 4 * (3 + 26));
}

TEST_F(LogsEngineTest, PagesMeetWithoutGapOrRepeat) {
  std::vector<std::pair<int, std::string>> events;
  for (int i = 0; i < 100; ++i) events.emplace_back(i / 10, std::to_string(i));
  put("a", events);
  for (const bool backward : {false, true}) {
    std::vector<std::string> seen;
    Query query{.group = "r/g", .backward = backward, .limit = 7};
    query.matches = [](const EventView& e) { return e.message.back() != '3'; };
    while (true) {
      const Page page = engine_->read(query);
      for (const auto& event : page.events) seen.push_back(event.message);
      if (!page.next) break;
      query.from = page.next;
    }
    EXPECT_EQ(seen.size(), 90u);
    EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 90u);
  }
}

TEST_F(LogsEngineTest, ReadsInTheOrderOfArrivalWhateverTheTimes) {
  put("a", {{50, "1"}, {60, "2"}});
  const auto start = engine_->next_sequence();
  put("b", {{10, "3"}, {70, "4"}});
  put("a", {{20, "5"}});
  const auto arrivals = [&](ArrivalQuery query) {
    query.group = "r/g";
    std::string out;
    Arrivals page;
    do {
      page = engine_->read_arrivals(query);
      for (const auto& event : page.events) out += event.message;
      out += "|";
      query.from_sequence = page.next_sequence;
    } while (page.more);
    return out;
  };
  EXPECT_EQ(arrivals({}), "12345|");
  open();
  EXPECT_EQ(arrivals({.from_sequence = start}), "345|");
  EXPECT_EQ(arrivals({.from_sequence = start, .limit = 2}), "34|5|");
  EXPECT_EQ(arrivals({.scan_limit = 4}), "1234|5|");
  EXPECT_EQ(arrivals({.byte_limit = 2}), "12|34|5|");
  EXPECT_EQ(arrivals({.streams = {"b"}}), "34|");
  EXPECT_EQ(arrivals({.stream_prefixes = {"x", "a"}}), "125|");
  EXPECT_EQ(arrivals({.from_sequence = engine_->next_sequence()}), "|");
}

TEST_F(LogsEngineTest, CountsStoredBytesThroughEveryRemoval) {
  put("a", {{10, "\xC3\xA9\xC3\xA9"}, {50, "x"}});
  put("b", {{20, "b20"}});
  EXPECT_EQ(engine_->stored_bytes("r/g"), (4 + 26) + (1 + 26) + (3 + 26));
  engine_->drop_before("r/g", from_ms(15));
  ASSERT_TRUE(engine_->commit());
  EXPECT_EQ(engine_->stored_bytes("r/g"), (1 + 26) + (3 + 26));
  engine_->remove_stream("r/g", "a");
  ASSERT_TRUE(engine_->commit());
  EXPECT_EQ(engine_->stored_bytes("r/g"), 3 + 26);
  engine_->remove_group("r/g");
  ASSERT_TRUE(engine_->commit());
  EXPECT_EQ(engine_->stored_bytes("r/g"), 0);
}

TEST_F(LogsEngineTest, RemovesStreamsGroupsAndOldEvents) {
  put("a", {{10, "a10"}});
  put("b", {{20, "b20"}});
  engine_->remove_stream("r/g", "a");
  ASSERT_TRUE(engine_->commit());
  EXPECT_EQ(read({}), "b20 ");
  put("b", {{40, "b40"}});
  engine_->drop_before("r/g", from_ms(30));
  ASSERT_TRUE(engine_->commit());
  EXPECT_EQ(read({}), "b40 ");
  engine_->remove_group("r/g");
  ASSERT_TRUE(engine_->commit());
  EXPECT_EQ(read({}), "");
}

TEST_F(LogsEngineTest, AScanSeesWhatIsInRangeInTheOrderAskedFor) {
  put("a", {{10, "a10"}, {30, "a30"}});
  put("b", {{20, "b20"}, {30, "b30"}});
  engine_->append("r/h", "c", {{from_ms(20), "c20"}}, from_ms(1000));
  ASSERT_TRUE(engine_->commit());
  const auto scan = [&](ScanRequest request) {
    std::string out;
    engine_->scan(request, [&](std::span<const EventView> events) {
      for (const auto& event : events) out += std::string(event.message) + " ";
      return true;
    });
    return out;
  };
  using Order = ScanRequest::Order;
  EXPECT_EQ(scan({.groups = {"r/g", "r/h"}, .order = Order::kOldestFirst}), "a10 b20 c20 a30 b30 ");
  EXPECT_EQ(scan({.groups = {"r/g", "r/h"}, .order = Order::kNewestFirst}), "b30 a30 c20 b20 a10 ");
  EXPECT_EQ(scan({.groups = {"r/g"}, .streams = {"b"}, .end_ms = 29}), "b20 ");
  EXPECT_EQ(scan({.groups = {"r/none"}}), "");
  std::size_t events = 0;
  engine_->scan_blocks({.groups = {"r/g", "r/h"}}, [&](Block& block) {
    EXPECT_TRUE(std::ranges::is_sorted(block.timestamps_ms()));
    for (const auto& row : block.rows()) EXPECT_EQ(row.group, block.group());
    events += block.size();
    return true;
  });
  EXPECT_EQ(events, 5u);
}

// Long runs are summed in three lanes; short ones, put one behind the other, are not.
TEST(Crc32c, IsTheSameInOneGoAndInPieces) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283u);
  std::string bytes;
  for (std::size_t i = 0; i < 10'007; ++i) bytes += static_cast<char>(i * i % 251);
  for (const std::size_t size : {3'071u, 3'072u, 3'073u, 6'144u, 10'007u}) {
    std::uint32_t pieces = 0;
    for (std::size_t at = 0; at < size; at += 100)
      pieces =
          crc32c(std::string_view(bytes).substr(at, std::min<std::size_t>(100, size - at)), pieces);
    EXPECT_EQ(crc32c(std::string_view(bytes).substr(0, size)), pieces) << size;
  }
}

}  // namespace
}  // namespace seatrial::logs
