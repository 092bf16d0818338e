// What is wrong with a query that is well formed: names, arities, aggregates, aliases.
#pragma once
#include <string_view>
#include <vector>

#include "logs/problem.h"
#include "logs/query/ast.h"

namespace seatrial::logs::query {

// In the order of their places. `inside`: the query is a subquery of a condition.
std::vector<Problem> check(const Query& query, std::string_view text, bool inside = false);

// Commands that AWS takes in one order only.
void check_order(const Query& query, std::vector<Problem>& problems);

// Where an expression stands.
enum class Position {
  kValue,      // fields, sort keys, arguments
  kCondition,  // filter
  kStats,      // an item of stats
  kGroup,      // behind `by`
};
// The functions in it, their arguments, and operands that decide nothing. `after_stats`: aggregates
// may be names of columns then.
void check_expression(const Expression& expression, Position position, bool after_stats,
                      std::vector<Problem>& problems);

// Whether an aggregate is called in it.
bool aggregates(const Expression& expression);

}  // namespace seatrial::logs::query
