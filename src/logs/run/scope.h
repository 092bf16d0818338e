// Names on the way through a query: which slot a field's name means at a command.
#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "logs/run/fields.h"

namespace seatrial::logs::run {

class Scope {
 public:
  explicit Scope(EventFields& fields) : fields_(&fields) {}

  struct Place {
    int slot = -1;     // none: behind `stats`, a name that is not left
    std::string path;  // within that slot's map or list; empty: the slot itself
  };
  // Names that commands made come before the event's; a.b is b in a made map a.
  Place find(std::string_view name);
  // A new column. It takes the place of one with that name.
  int define(std::string_view name);
  // Another name for a column, which lists do not show.
  void also(std::string_view name, int slot) { made_.emplace(std::string(name), slot); }
  // Behind a join: left.NAME is NAME, right.NAME is what `of_right` says.
  void join(std::string left, std::string right, std::function<int(std::string_view)> of_right) {
    left_ = std::move(left) + ".", right_ = std::move(right) + ".";
    of_right_ = std::move(of_right);
  }
  // Behind stats and its like: the names so far are gone, and there are no events.
  void close() {
    made_.clear();
    order_.clear();
    of_right_ = nullptr;
    closed_ = true;
  }
  bool closed() const { return closed_; }
  bool defined(std::string_view name) const { return made_.contains(name); }
  // Names that commands made, in order of their making.
  const std::vector<std::string>& names() const { return order_; }

  void set_early(bool early) { early_ = early; }
  EventFields& fields() { return *fields_; }
  // The slots that expressions asked for since the last call.
  std::set<int> take_reads() { return std::exchange(reads_, {}); }
  void note_read(int slot) { reads_.insert(slot); }

 private:
  EventFields* fields_;
  std::map<std::string, int, std::less<>> made_;
  std::vector<std::string> order_;
  std::set<int> reads_;
  std::string left_, right_;  // with their dots
  std::function<int(std::string_view)> of_right_;
  bool closed_ = false, early_ = true;
};

// How the column of a call is named for comparing: without blanks, in lower case.
std::string folded(std::string_view written);

}  // namespace seatrial::logs::run
