// Every command of the language. One file per command (command_<name>.cc) parses it; those AWS
// documents in a few lines are together in command_late.cc.
#pragma once
#include <span>
#include <string_view>

#include "logs/query/ast.h"
#include "logs/query/parser.h"

namespace seatrial::logs::query {

struct CommandKind {
  std::string_view name;
  Body (*parse)(Parser& parser, const CommandKind& kind);  // the cursor is behind the name
  // Of syntax problems in it. Commands that are younger than AWS's full descriptions may take more
  // than is known here.
  Certainty certainty = Certainty::kCertain;
};

std::span<const CommandKind> command_kinds();
const CommandKind* find_command(std::string_view name);  // case-insensitive
std::string_view nearest_command(std::string_view name);

Body parse_fields(Parser& parser, const CommandKind& kind);
Body parse_filter(Parser& parser, const CommandKind& kind);
Body parse_stats(Parser& parser, const CommandKind& kind);
Body parse_sort(Parser& parser, const CommandKind& kind);
Body parse_limit(Parser& parser, const CommandKind& kind);
Body parse_parse(Parser& parser, const CommandKind& kind);
Body parse_dedup(Parser& parser, const CommandKind& kind);
Body parse_pattern(Parser& parser, const CommandKind& kind);
Body parse_diff(Parser& parser, const CommandKind& kind);
Body parse_anomaly(Parser& parser, const CommandKind& kind);
Body parse_unmask(Parser& parser, const CommandKind& kind);
Body parse_unnest(Parser& parser, const CommandKind& kind);
Body parse_json_field(Parser& parser, const CommandKind& kind);
Body parse_lookup(Parser& parser, const CommandKind& kind);
Body parse_relevant_fields(Parser& parser, const CommandKind& kind);
Body parse_count_frequent(Parser& parser, const CommandKind& kind);
Body parse_estimate(Parser& parser, const CommandKind& kind);
Body parse_join(Parser& parser, const CommandKind& kind);
Body parse_late(Parser& parser, const CommandKind& kind);

Source parse_source(Parser& parser);

}  // namespace seatrial::logs::query
