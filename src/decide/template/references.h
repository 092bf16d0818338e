// Small shared pieces of the engine: recognising function calls, splitting Fn::Sub's text.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/value.h"
#include "model/aws_error.h"

namespace seatrial::decide {

// An object with one member that names a function: {"Ref": ...}, {"Fn::Join": ...}.
struct FunctionCall {
  std::string_view name;
  const Value* argument;
};
std::optional<FunctionCall> function_call(const Value& v);
bool is_known_function(std::string_view name);

// "Fn::GetAtt"'s argument in either form: ["A", "B"] or "A.B".
struct GetAttTarget {
  std::string logical_id;
  Value attribute;  // may itself be a Ref to a parameter
};
model::Outcome<GetAttTarget> get_att_target(const Value& argument);

// Fn::Sub's text in pieces. "${!Literal}" is the text "${Literal}".
struct SubPiece {
  bool variable = false;
  std::string text;
};
model::Outcome<std::vector<SubPiece>> split_sub(std::string_view text);

bool is_pseudo_parameter(std::string_view name);

std::unexpected<model::AwsError> invalid(std::string message);  // a ValidationError

}  // namespace seatrial::decide
