// Source: CWL_QuerySyntax-Stats, "Functions to use with stats"; values seen in use (guess).
#include "logs/query/functions.h"

namespace seatrial::logs::query {
namespace {

using enum ArgumentKind;

constexpr Function kAggregateTable[] = {
    {"avg", Family::kAggregate, 1, 1, {kNumber}},
    {"count", Family::kAggregate, 0, 1, {kCounted}},
    {"count_distinct", Family::kAggregate, 1, 1, {kField}},
    {"max", Family::kAggregate, 1, 1, {kAny}},
    {"min", Family::kAggregate, 1, 1, {kAny}},
    {"pct", Family::kAggregate, 2, 2, {kNumber, kNumber}},
    {"stddev", Family::kAggregate, 1, 1, {kNumber}},
    {"sum", Family::kAggregate, 1, 1, {kNumber}},
    {"earliest", Family::kAggregate, 1, 1, {kField}},
    {"latest", Family::kAggregate, 1, 1, {kField}},
    {"sortsFirst", Family::kAggregate, 1, 1, {kField}},
    {"sortsLast", Family::kAggregate, 1, 1, {kField}},
    {"values", Family::kAggregate, 1, 1, {kField}, true},
};

}  // namespace

const std::span<const Function> kAggregateFunctions = kAggregateTable;

}  // namespace seatrial::logs::query
