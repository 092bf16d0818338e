// A row on its way through a query: an event with the values read from it, or what a command made.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "logs/run/columns.h"
#include "logs/run/fields.h"
#include "logs/run/limits.h"

namespace seatrial::logs::run {

// A value for each column of a result; none where a row has no such field.
using ResultRow = std::vector<std::optional<std::string>>;

// The rows of another query.
struct Table {
  std::vector<ResultRow> rows;
  std::unordered_multimap<std::string, std::size_t> keys;  // of join: by what the first columns say

  static std::string key_part(std::string_view text) {
    return fmt::format("{}:{}", text.size(), text);
  }
};

// Shared by all that one run of a query does; one thread.
struct Context {
  Origin origin;
  std::int64_t start_ms = 0, end_ms = 0, now_ms = 0;
  Arena arena;  // of the row at hand
  std::size_t held = 0;
  std::string failure;     // why the query fails; empty as long as it does not
  bool enough = false;     // no more events are wanted
  bool comparing = false;  // events are of the time that `diff` compares with

  bool failed() const { return !failure.empty(); }
  void fail(std::string why) {
    if (failure.empty()) failure = std::move(why);
  }
  // Accounts for memory that outlives the row; false when the query has no more.
  bool hold(std::size_t bytes) {
    held += bytes;
    if (held <= kMaxHeldBytes) return true;
    fail(fmt::format("The query needs more than {} MB of memory.", kMaxHeldBytes >> 20));
    return false;
  }

  // What subqueries gave, by their numbers in the program.
  std::vector<std::unordered_set<std::string>> sets;
  std::vector<Table> tables;
};

class Row {
 public:
  Row(Context& context, const EventFields& fields)
      : context_(context), fields_(fields), values_(fields.size()) {}

  void begin(const EventView& event) {
    event_ = &event;
    columns_ = nullptr;
    fields_.clear(values_);
  }
  void begin(const ColumnFields& columns, std::size_t index) {
    event_ = nullptr;
    columns_ = &columns;
    index_ = index;
    fields_.clear(values_);
  }
  void begin_made() {  // of no event
    event_ = nullptr;
    columns_ = nullptr;
    for (auto& value : values_) value = {};
  }

  const Value& get(int slot) {
    auto& value = values_[static_cast<std::size_t>(slot)];
    if (value.kind == Value::Kind::kUnread) read(static_cast<std::size_t>(slot));
    return value;
  }
  void set(int slot, const Value& value) { values_[static_cast<std::size_t>(slot)] = value; }

  const EventView* event() const { return event_; }
  Context& context() { return context_; }
  Arena& arena() { return context_.arena; }

 private:
  void read(std::size_t slot) {
    if (columns_ != nullptr)
      values_[slot] = columns_->value(slot, index_);
    else if (event_ == nullptr)
      values_[slot] = {};
    else
      fields_.read(slot, *event_, values_, context_.arena, context_.origin);
  }

  Context& context_;
  const EventFields& fields_;
  const EventView* event_ = nullptr;
  const ColumnFields* columns_ = nullptr;
  std::size_t index_ = 0;
  std::vector<Value> values_;
};

// Some of a row's values, kept beyond it.
class Kept {
 public:
  Kept() = default;
  // Fails the query, and keeps nothing, when memory is used up.
  Kept(Row& row, std::span<const int> slots);
  // As a row again, of no event.
  void restore(Row& row, std::span<const int> slots) const;
  const Value& operator[](std::size_t i) const { return values_[i]; }
  void release(Context& context);  // gives its memory back

 private:
  std::vector<Value> values_;
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

}  // namespace seatrial::logs::run
