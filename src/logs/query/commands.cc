// The commands' names. Source: CWL_QuerySyntax and its pages, one per command; search, order, head
// and tail from StartQuery's own error messages, which list them among what it expects.
#include "logs/query/commands.h"

#include <algorithm>

#include "logs/query/nearest.h"

namespace seatrial::logs::query {
namespace {

constexpr auto kLate = Certainty::kLikely;

constexpr CommandKind kCommands[] = {
    {"fields", parse_fields},
    {"display", parse_fields},
    {"filter", parse_filter},
    {"stats", parse_stats},
    {"sort", parse_sort},
    {"limit", parse_limit},
    {"parse", parse_parse},
    {"dedup", parse_dedup},
    {"pattern", parse_pattern},
    {"diff", parse_diff},
    {"anomaly", parse_anomaly, kLate},
    {"unmask", parse_unmask, kLate},
    {"unnest", parse_unnest},
    {"filterIndex", parse_filter},
    {"where", parse_filter},
    {"lookup", parse_lookup, kLate},
    {"cidrlookup", parse_lookup, kLate},
    {"json", parse_json_field, kLate},
    {"relevantfields", parse_relevant_fields, kLate},
    {"countFrequent", parse_count_frequent, kLate},
    {"count_frequent", parse_count_frequent, kLate},
    {"estimate", parse_estimate, kLate},
    {"join", parse_join, kLate},
    {"search", parse_filter, Certainty::kGuess},
    {"order", parse_sort, kLate},
    {"head", parse_limit, kLate},
    {"tail", parse_limit, kLate},
    {"expand", parse_unnest, kLate},
    {"accum", parse_late, kLate},
    {"addtotals", parse_late, kLate},
    {"appendcols", parse_late, kLate},
    {"autoregress", parse_late, kLate},
    {"filldown", parse_late, kLate},
    {"fillmissing", parse_late, kLate},
    {"logcompare", parse_late, kLate},
    {"outlier", parse_late, kLate},
    {"sessionize", parse_late, kLate},
};

}  // namespace

std::span<const CommandKind> command_kinds() { return kCommands; }

const CommandKind* find_command(std::string_view name) {
  const auto found = std::ranges::find_if(
      kCommands, [&](const CommandKind& kind) { return same_word(kind.name, name); });
  return found == std::end(kCommands) ? nullptr : found;
}

std::string_view nearest_command(std::string_view name) {
  Nearest nearest(name);
  for (const auto& kind : kCommands) nearest.offer(kind.name);
  return nearest.found();
}

}  // namespace seatrial::logs::query
