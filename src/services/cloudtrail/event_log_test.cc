#include "services/cloudtrail/event_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "room/testing.h"
#include "services/cloudtrail/event_block.h"

namespace seatrial::services::cloudtrail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Time kBegin = ManualClock().now() - std::chrono::hours(1);

StoredEvent numbered(int number) {
  StoredEvent event;
  event.at = kBegin + Millis(number);
  event.id = "id-" + std::to_string(number);
  event.region = "us-east-1";
  event.name = number % 2 == 0 ? "ListClusters" : "CreateCluster";
  event.source = "ecs.amazonaws.com";
  event.read_only = number % 2 == 0;
  event.resources = "[]";
  event.body = R"({"arn":"a"})";
  return event;
}

std::string bytes_of(int number) {
  std::string out;
  append_event(numbered(number), out);
  return out;
}

TEST(EventBlock, ReadsWhatWasWrittenAndStopsAtDamage) {
  std::string bytes = bytes_of(1) + bytes_of(2);
  EventReader reader(bytes);
  const auto first = reader.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->event(7).id, "id-1");
  EXPECT_EQ(first->event(7).sequence, 7);
  EXPECT_EQ(first->event(7).at, numbered(1).at);
  EXPECT_TRUE(reader.next());
  EXPECT_FALSE(reader.next());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EventReader cut(std::string_view(bytes).substr(0, size));
    int whole = 0;
    while (cut.next()) ++whole;
    EXPECT_LT(whole, 2);
  }
}

class EventLogTest : public testing::Test {
 protected:
  std::unique_ptr<EventLog> open() {
    auto opened = EventLog::open(world.folder / "trail.db", world.rng, world.clock);
    EXPECT_TRUE(opened);
    return std::move(*opened);
  }
  std::unique_ptr<PendingEvents> pending() {
    return std::move(*PendingEvents::open(world.folder / "trail.pending"));
  }
  static std::vector<std::int64_t> all(EventLog& log) {
    std::promise<std::vector<std::int64_t>> answer;
    log.after(0, 1000, [&](const std::vector<StoredEvent>& events) {
      std::vector<std::int64_t> out;
      for (const auto& event : events) out.push_back(event.sequence);
      answer.set_value(out);
    });
    return answer.get_future().get();
  }
  static std::vector<std::string> found(EventLog& log, Lookup lookup) {
    std::promise<std::vector<std::string>> answer;
    lookup.region = "us-east-1";
    log.look_up(lookup, [&](const std::vector<StoredEvent>& events) {
      std::vector<std::string> out;
      for (const auto& event : events) out.push_back(event.id);
      answer.set_value(out);
    });
    return answer.get_future().get();
  }
  // A process that recorded these and was killed.
  void killed_after(int first, int last) {
    auto left = pending();
    left->begin(first);
    for (int number = first; number <= last; ++number) ASSERT_TRUE(left->append(bytes_of(number)));
  }

  room::TestWorld world;
};

TEST_F(EventLogTest, WhatAKilledProcessRecordedIsThere) {
  killed_after(1, 3);
  auto log = open();
  EXPECT_THAT(all(*log), ElementsAre(1, 2, 3));
  EXPECT_THAT(found(*log, {}), ElementsAre("id-3", "id-2", "id-1"));
}

TEST_F(EventLogTest, WhatWasMadeABlockJustBeforeTheKillIsThereOnce) {
  killed_after(1, 3);
  open().reset();
  killed_after(1, 3);  // as it is when the half was not yet cleared
  auto log = open();
  EXPECT_THAT(all(*log), ElementsAre(1, 2, 3));
}

TEST_F(EventLogTest, BothHalvesAreTakenOldestFirst) {
  {
    auto left = pending();
    left->begin(1);
    ASSERT_TRUE(left->append(bytes_of(1)));
    EXPECT_EQ(left->swap().count, 1);
    ASSERT_TRUE(left->append(bytes_of(2)));
    left->clear_taken();
    EXPECT_EQ(left->swap().first, 2);
    ASSERT_TRUE(left->append(bytes_of(3)));  // the first half holds the newer events
  }
  auto log = open();
  EXPECT_THAT(all(*log), ElementsAre(2, 3));
  EXPECT_THAT(found(*log, {}), ElementsAre("id-3", "id-2"));
}

TEST_F(EventLogTest, FindsAcrossBlocksThatOverlapInTime) {
  killed_after(1, 4);
  open().reset();
  {
    auto left = pending();
    left->begin(5);
    for (const int number : {3, 6, 2}) ASSERT_TRUE(left->append(bytes_of(number)));
  }
  auto log = open();
  EXPECT_THAT(found(*log, {.limit = 4}), ElementsAre("id-6", "id-4", "id-3", "id-3"));
  EXPECT_THAT(found(*log, {.attribute = "ReadOnly", .value = "false"}),
              ElementsAre("id-3", "id-3", "id-1"));
  const std::int64_t three = to_ms(numbered(3).at);
  EXPECT_THAT(found(*log, {.before = std::pair{three, std::int64_t{5}}, .limit = 2}),
              ElementsAre("id-3", "id-2"));
}

TEST_F(EventLogTest, AHalfTakesNoMoreThanItHolds) {
  auto left = pending();
  left->begin(1);
  int events = 0;
  while (left->append(bytes_of(1))) ++events;
  EXPECT_GT(events, 1000);
  EXPECT_EQ(left->swap().count, events);
  EXPECT_TRUE(left->append(bytes_of(1)));
}

TEST_F(EventLogTest, RecordsFromManyThreadsMoreThanAHalfHolds) {
  auto log = open();
  const auto operation = model::find_service("ecs")->find_operation("ListClusters");
  const room::Identity alice{"AKIATEST", "arn:aws:iam::123456789012:user/alice", "AIDA1"};
  const Value input = Object{{"nextToken", std::string(2000, 'x')}};
  constexpr int kThreads = 4, kCalls = 500;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&] {
      for (int call = 0; call < kCalls; ++call)
        log->record({.operation = *operation,
                     .identity = alice,
                     .region = "us-east-1",
                     .request_id = "r",
                     .at = world.clock.now(),
                     .input = input});
    });
  for (auto& thread : threads) thread.join();
  std::promise<std::int64_t> last;
  log->last([&](std::int64_t sequence) { last.set_value(sequence); });
  EXPECT_EQ(last.get_future().get(), kThreads * kCalls);
  EXPECT_THAT(found(*log, {.attribute = "EventName", .value = "ListClusters", .limit = 5000}),
              SizeIs(kThreads * kCalls));
  EXPECT_THAT(found(*log, {.attribute = "EventName", .value = "Other"}), IsEmpty());
}

}  // namespace
}  // namespace seatrial::services::cloudtrail
