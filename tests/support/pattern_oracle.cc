// Filter patterns for tests/oracle/test_filter_patterns.py: a line {"pattern", "message"} in, what
// became of it out.
#include <iostream>

#include "base/check.h"
#include "base/value.h"
#include "logs/pattern/pattern.h"

namespace seatrial {
namespace {

Value answer(const Value& in) {
  const auto pattern = logs::pattern::Pattern::parse(text_member(in, "pattern"));
  if (!pattern) return Object{{"error", pattern.error().message}};
  const auto message = text_member(in, "message");
  Object out{{"matches", pattern->matches(message)}};
  // A search skips what lacks a needle. JSON that escapes letters is no writer's: see needles.cc.
  if (pattern->matches(message) && message.find("\\u00") == std::string_view::npos)
    for (const auto& needle : pattern->needles())
      if (message.find(needle) == std::string_view::npos) out["lacks"] = needle;
  if (const auto captures = pattern->captures(message)) {
    Object values;
    for (const auto& [name, value] : *captures) values[name] = value;
    out["captures"] = std::move(values);
  }
  return out;
}

}  // namespace
}  // namespace seatrial

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    const auto in = seatrial::parse_json(line);
    ST_CHECK(in.has_value(), "a line that is no JSON");
    std::cout << seatrial::to_json(seatrial::answer(*in)) << '\n';
  }
  return 0;
}
