// The control loop: one thing at a time, whoever's thread carries it out.
#include "base/loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

namespace seatrial {
namespace {

class LoopTest : public ::testing::Test {
 protected:
  // Waits until all that was posted before has run.
  void settle() {
    std::promise<void> done;
    loop_.post([&] { done.set_value(); });
    done.get_future().get();
  }

  WallClock clock_;
  Loop loop_{clock_};
};

TEST_F(LoopTest, LendsAnIdleLoopToTheCaller) {
  loop_.start();
  std::atomic<bool> lent = false;
  // What settle() posted may still be on its way out: then the work is posted instead.
  for (int i = 0; i < 100'000 && !lent; ++i) {
    settle();
    std::this_thread::yield();
    loop_.run_or_post([&, caller = std::this_thread::get_id()] {
      lent = lent || std::this_thread::get_id() == caller;
    });
  }
  settle();
  EXPECT_TRUE(lent);
}

TEST_F(LoopTest, PostsBehindWhatWaits) {
  std::vector<int> order;
  loop_.post([&] { order.push_back(1); });
  loop_.run_or_post([&] { order.push_back(2); });  // not started: nothing may run yet
  EXPECT_TRUE(order.empty());
  loop_.start();
  settle();
  EXPECT_EQ(order, (std::vector{1, 2}));
}

// Unguarded on purpose: two at a time would lose counts (and fail under ThreadSanitizer).
TEST_F(LoopTest, OneAtATimeFromManyThreads) {
  constexpr int kThreads = 4, kEach = 20'000;
  loop_.start();
  int count = 0, timers = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        if ((i + t) % 3 == 0)
          loop_.post([&] { ++count; });
        else
          loop_.run_or_post([&] { ++count; });
        if (i % 1000 == 0) loop_.post_after(Millis{1}, [&] { ++timers; });
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::promise<void> last;
  loop_.post_after(Millis{5}, [&] { last.set_value(); });  // behind every timer above
  last.get_future().get();
  settle();
  EXPECT_EQ(count, kThreads * kEach);
  EXPECT_EQ(timers, kThreads * kEach / 1000);
}

TEST_F(LoopTest, ATimerComesWhileTheLoopIsLent) {
  loop_.start();
  std::promise<void> fired;
  std::atomic<bool> ran = false;
  std::promise<void> inside, release;
  std::thread borrower([&] {
    while (!ran)
      loop_.run_or_post([&, caller = std::this_thread::get_id()] {
        if (std::this_thread::get_id() != caller || ran) return;
        ran = true;
        inside.set_value();
        release.get_future().wait();
      });
  });
  inside.get_future().wait();
  loop_.post_after(Millis{0}, [&] { fired.set_value(); });
  release.set_value();
  borrower.join();
  EXPECT_EQ(fired.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
}

TEST_F(LoopTest, StopWaitsForTheBorrower) {
  loop_.start();
  std::atomic<bool> ran = false, ended = false;
  std::promise<void> inside, release;
  std::thread borrower([&] {
    while (!ran)
      loop_.run_or_post([&, caller = std::this_thread::get_id()] {
        if (std::this_thread::get_id() != caller || ran) return;
        ran = true;
        inside.set_value();
        release.get_future().wait();
        ended = true;
      });
  });
  inside.get_future().wait();
  std::thread releaser([&] { release.set_value(); });
  loop_.stop();
  EXPECT_TRUE(ended);
  releaser.join();
  borrower.join();
  loop_.run_or_post([] { FAIL() << "stopped"; });
}

}  // namespace
}  // namespace seatrial
