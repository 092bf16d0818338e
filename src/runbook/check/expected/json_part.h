// JSON in a document, with the places of its parts. Pure.
//
// Authors shorten what they show: `...` stands for elements and members left out, a comma may be
// too many, comments begin with //. Anything else that is no JSON makes the text none.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::runbook::check {

struct JsonMember;

struct JsonPart {
  enum class Kind { kNull, kBoolean, kNumber, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  std::size_t begin = 0;  // bytes of the text
  std::size_t end = 0;
  std::string text;  // of a string, escapes resolved; of a number as written
  std::vector<JsonPart> elements;
  std::vector<JsonMember> members;
};

struct JsonMember {
  std::string name;
  std::size_t begin = 0;  // of the name without its quotes
  std::size_t end = 0;
  JsonPart value;
};

inline constexpr int kMaxJsonPartDepth = 64;

std::optional<JsonPart> parse_json_part(std::string_view text);

}  // namespace seatrial::runbook::check
