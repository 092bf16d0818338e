// Queries within a query whose rows are looked up: those of join and appendcols.
#pragma once
#include "logs/run/build.h"

namespace seatrial::logs::run {

struct JoinPlan {
  bool left_outer = false;
  std::shared_ptr<const query::Query> query;
  Span span;
  std::vector<NodePtr> keys;           // of the left side
  std::vector<std::string> key_names;  // of the right side, the first columns of its result
  std::vector<std::pair<std::string, int>> fields;  // the columns behind them, and their slots
  int table = -1;
};

}  // namespace seatrial::logs::run
