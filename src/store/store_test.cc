// store: durability, rollback, and what happens when the disk refuses.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <future>

#include "base/clock.h"
#include "base/loop.h"
#include "base/temp_folder.h"
#include "store/table.h"

namespace seatrial::store {
namespace {

struct Item {
  std::string name;
  int count = 0;
  template <class F>
  static void fields(F&& f) {
    f("name", &Item::name);
    f("count", &Item::count);
  }
};

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    loop_.start();
    open();
  }
  ~StoreTest() override {
    store_.reset();
    loop_.stop();
  }
  void open() {
    auto opened = Store::open(folder_ / "state.db", loop_);
    ASSERT_TRUE(opened) << opened.error();
    store_ = std::move(*opened);
  }
  std::string commit() {
    std::promise<std::string> done;
    store_->commit([&](const std::string& error) { done.set_value(error); });
    return done.get_future().get();
  }

  SystemClock clock_;
  Loop loop_{clock_};
  TempFolder folder_{"store"};
  std::unique_ptr<Store> store_;
};

// Nobody can pull the plug here; that the process may go is what the file shows at once.
TEST_F(StoreTest, RelaxedRowsAreInTheFileWhenTheyAreReported) {
  Table<Item> items(*store_, "t.item");
  items.put("a/1", {"one", 1});
  store_->relax();
  EXPECT_EQ(commit(), "");
  auto other = Store::open(folder_ / "state.db", loop_);
  ASSERT_TRUE(other) << other.error();
  EXPECT_EQ((*other)->load("t.item").size(), 1u);
  items.put("a/2", {"two", 2});  // the next one is as usual again
  EXPECT_EQ(commit(), "");
  EXPECT_EQ((*other)->load("t.item").size(), 2u);
}

TEST_F(StoreTest, CommittedRowsAreThereAfterReopening) {
  {
    Table<Item> items(*store_, "t.item");
    items.put("a/1", {"one", 1});
    items.put("a/2", {"two", 2});
    items.put("b/1", {"three", 3});
    EXPECT_EQ(commit(), "");
    items.erase("a/2");
    items.update("a/1", [](Item& item) { item.count = 9; });
    EXPECT_EQ(commit(), "");
  }
  store_.reset();
  open();
  Table<Item> items(*store_, "t.item");
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items.find("a/1")->count, 9);
  EXPECT_EQ(items.find("a/2"), nullptr);
  int in_a = 0;
  for (const auto& row : items.with_prefix("a/")) in_a += row.second.count;
  EXPECT_EQ(in_a, 9);
}

TEST_F(StoreTest, RollbackRestoresMemory) {
  Table<Item> items(*store_, "t.item");
  items.put("a", {"a", 1});
  EXPECT_EQ(commit(), "");
  items.put("a", {"a", 2});
  items.put("b", {"b", 1});
  items.erase("a");
  store_->rollback();
  EXPECT_EQ(items.find("a")->count, 1);
  EXPECT_FALSE(items.contains("b"));
  EXPECT_FALSE(store_->changed());
}

TEST_F(StoreTest, AFullDiskFailsTheCommitAndUndoesIt) {
  Table<Item> items(*store_, "t.item");
  items.put("a", {"a", 1});
  EXPECT_EQ(commit(), "");
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit tight{64 * 1024, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &tight);
  items.put("a", {std::string(1'000'000, 'x'), 2});
  const std::string error = commit();
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_NE(error, "");
  EXPECT_EQ(items.find("a")->count, 1);
  items.put("c", {"c", 1});
  EXPECT_EQ(commit(), "");
}

TEST_F(StoreTest, ANewerWorldIsRefused) {
  store_.reset();
  sqlite3* db = nullptr;
  sqlite3_open((folder_ / "state.db").c_str(), &db);
  sqlite3_exec(db, "PRAGMA user_version=99", nullptr, nullptr, nullptr);
  sqlite3_close(db);
  const auto opened = Store::open(folder_ / "state.db", loop_);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().find("newer"), std::string::npos);
}

TEST_F(StoreTest, ReadOnlyTransactionsDoNotWait) {
  bool called = false;
  store_->commit([&](const std::string&) { called = true; });
  EXPECT_TRUE(called);
}

}  // namespace
}  // namespace seatrial::store
