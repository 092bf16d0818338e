// Conditions on the fields of a JSON message. See pattern.h.
#include <algorithm>

#include "logs/pattern/cursor.h"
#include "logs/pattern/json_probe.h"
#include "logs/pattern/match.h"
#include "logs/pattern/parse.h"

namespace seatrial::logs::pattern {
namespace {

// Comparisons see strings and numbers only: the guide calls these the value nodes.
// guess: != too needs a value to compare; an absent field fulfils nothing but NOT EXISTS.
// guess: a string is never taken for a number, but 404 as written in a pattern equals "404".
bool holds_for_one(const Condition& test, const Found& found) {
  using enum Found::Kind;
  switch (test.kind) {
    case Condition::Kind::kIsNull:
      return found.kind == kNull;
    case Condition::Kind::kIsTrue:
      return found.kind == kTrue;
    case Condition::Kind::kIsFalse:
      return found.kind == kFalse;
    case Condition::Kind::kNotExists:
      return found.kind == kAbsent;
    default:
      if (found.kind != kString && found.kind != kNumber) return false;
      return compares({found.text, found.kind == kNumber}, test.op, test.value);
  }
}

// guess: one fitting value under a wildcard is enough, for != too.
bool holds_for(const Condition& test, const Found& found) {
  return holds_for_one(test, found) || std::ranges::any_of(found.more, [&](const Found& each) {
           return holds_for_one(test, each);
         });
}

bool holds_for(const JsonPattern& pattern, const std::vector<Found>& found) {
  return holds(pattern.condition,
               [&](const Condition& test) { return holds_for(test, found[test.field]); });
}

// guess: what is no string, number or boolean is not among the extracted values; of the values
// under a wildcard the first is.
std::optional<std::string> extracted(const Found& found) {
  using enum Found::Kind;
  if (found.kind == kString || found.kind == kNumber) return found.text;
  if (found.kind == kTrue) return "true";
  if (found.kind == kFalse) return "false";
  for (const auto& another : found.more)
    if (auto text = extracted(another)) return text;
  return std::nullopt;
}

}  // namespace

bool matches(const JsonPattern& pattern, std::string_view message) {
  const auto found = probe_json(message, pattern.selectors);
  return found && holds_for(pattern, *found);
}

std::optional<Captures> captures(const JsonPattern& pattern, std::string_view message) {
  const auto found = probe_json(message, pattern.selectors);
  if (!found || !holds_for(pattern, *found)) return std::nullopt;
  Captures out;
  for (std::size_t i = 0; i < found->size(); ++i)
    if (auto text = extracted((*found)[i])) out.emplace_back(pattern.selectors[i].text, *text);
  return out;
}

std::optional<std::string> json_value(std::string_view message, std::string_view selector) {
  Cursor cursor(selector, 0, selector.size());
  if (cursor.peek() != '$') return std::nullopt;
  auto parsed = parse_selector(cursor);
  if (!parsed || !cursor.done()) return std::nullopt;
  const auto found = probe_json(message, {std::move(*parsed)});
  if (!found) return std::nullopt;
  return extracted(found->front());
}

}  // namespace seatrial::logs::pattern
