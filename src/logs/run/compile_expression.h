// Expressions of the tree to nodes.
#pragma once
#include <functional>
#include <optional>

#include "logs/problem.h"
#include "logs/run/node.h"
#include "logs/run/scope.h"

namespace seatrial::logs::run {

// What expressions need of the query around them.
struct Surroundings {
  Scope& scope;
  std::string_view text;            // the query's
  std::optional<Problem>& problem;  // the first thing that cannot be carried out
  // The number of the set that a subquery's values will be in.
  std::function<int(const query::Expression&)> subquery;

  void refuse(Span span, std::string message) const {
    if (!problem) problem = Problem{Problem::Kind::kMeaning, span, std::move(message), "", {}};
  }
  std::string_view written(const query::Expression& e) const {
    return e.span.end > text.size() ? std::string_view{}
                                    : text.substr(e.span.begin, e.span.end - e.span.begin);
  }
};

// Never null; after a refusal what comes back is of no use.
NodePtr compile_expression(const query::Expression& expression, const Surroundings& around);

// In an item of stats: each aggregate call is given to `aggregate`, which says where its result
// will be.
using OnAggregate = std::function<int(const query::Expression&)>;
NodePtr compile_stats_item(const query::Expression& expression, const Surroundings& around,
                           const OnAggregate& aggregate);

NodePtr slot_node(int slot);
NodePtr field_node(std::string_view name, const Surroundings& around);
// bin(period), its beginnings moved by `offset_ms`.
NodePtr bin_node(const query::Period& period, std::int64_t offset_ms, const Surroundings& around);

}  // namespace seatrial::logs::run
