// What every message that a pattern matches contains for sure, so that a search passes by the
// blocks without it. Of JSON only letters, digits and signs that writers of JSON leave as they are;
// of what is joined by || and of numbers (500 may be written 5e2) nothing is sure.
#include <algorithm>

#include "base/encoding.h"
#include "logs/pattern/match.h"
#include "logs/pattern/needles.h"

namespace seatrial::logs::pattern {
namespace {

constexpr std::size_t kLeast = 3;  // shorter ones are in nearly every block

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

void add(std::string_view text, std::vector<std::string>& out) {
  if (text.size() >= kLeast) out.emplace_back(text);
}

// Of conditions that must hold: those joined by &&.
void add(const Condition& condition, bool json, std::vector<std::string>& out) {
  if (condition.kind == Condition::Kind::kAnd) {
    for (const auto& child : condition.children) add(child, json, out);
    return;
  }
  const auto& value = condition.value;
  const bool text = condition.kind == Condition::Kind::kCompare && !value.number && !value.regex &&
                    condition.op == Operator::kEqual && !value.glob.wild();
  if (!text || std::ranges::none_of(value.text, is_letter)) return;
  add(json ? longest_json_plain(value.text) : std::string_view(value.text), out);
}

}  // namespace

std::vector<std::string> needles_of(const TextPattern& pattern) {
  std::vector<std::string> out;
  for (const auto& term : pattern.terms)
    if (term.sign == Term::Sign::kRequired) add(term.text, out);
  return out;
}

std::vector<std::string> needles_of(const JsonPattern& pattern) {
  std::vector<std::string> out;
  add(pattern.condition, true, out);
  return out;
}

std::vector<std::string> needles_of(const DelimitedPattern& pattern) {
  std::vector<std::string> out;
  for (const auto& slot : pattern.slots)
    if (slot.condition) add(*slot.condition, false, out);
  return out;
}

}  // namespace seatrial::logs::pattern
