// What a target of an EventBridge rule gets of an event: all of it, one part, or a text made of
// parts. Pure.
//
// docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
#pragma once
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/value.h"

namespace seatrial::decide {

inline constexpr std::size_t kMaxInputPaths = 100;

// "$.detail.state", "$.resources[0]", "$['detail-type']" as its steps; the error says what is
// wrong. guess: of JSONPath AWS takes no more than names and indices.
std::expected<std::vector<std::string>, std::string> parse_input_path(std::string_view path);

// The part of the event, or nullptr.
const Value* part_of(const Value& event, const std::vector<std::string>& steps);

// A variable of a template: what it stands for outside of quotes (JSON) and within (text).
struct InputVariable {
  std::string json, text;
};

// Names within <> are replaced; those that no variable has are left as they are.
std::string fill_template(std::string_view text,
                          const std::map<std::string, InputVariable, std::less<>>& variables);

// The names in a template that have no variable; a request with any is refused.
std::vector<std::string> template_names(std::string_view text);

InputVariable variable_of(const Value* value);  // nullptr: null and nothing

}  // namespace seatrial::decide
