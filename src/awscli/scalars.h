// Texts that the AWS CLI turns into numbers, times and bytes: what it takes and what it makes of
// them. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "awscli/node.h"

namespace seatrial::awscli {

// As Python's int() and float(): blanks around, a sign, single '_' between digits. Empty when
// refused; an unknown node where it cannot be told (digits of other scripts).
std::optional<Node> read_integer(std::string_view text);
std::optional<Node> read_float(std::string_view text);

struct Moment {
  bool accepted = false;
  std::optional<std::int64_t> ms;  // since the epoch, where it is one of the usual forms
};
// Epoch seconds, ISO 8601, and what python-dateutil reads. Refused only what is refused for sure.
Moment read_timestamp(std::string_view text);
Moment timestamp_of_number(double seconds);

enum class Base64 {
  kClean,
  kGarbage,  // characters outside the alphabet, skipped silently by the CLI
  kRefused   // wrong length or padding
};
Base64 look_at_base64(std::string_view text);
// Of a clean one; empty otherwise.
std::string bytes_of_base64(std::string_view text);

// What the CLI lets pass for the name of an S3 bucket (not an ARN).
bool is_bucket_name(std::string_view text);

std::size_t code_points(std::string_view text);

}  // namespace seatrial::awscli
