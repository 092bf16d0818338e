// Text that a person was meant to replace before the command can run: `<target-group-arn>`,
// `YOUR_BUCKET`, `subnet-XXXXXXXX`, `...`.
//
// One table for the checker (check/fence_placeholders.cc, which also looks at what a value is given
// for) and for the runner (diagnose.cc, which asks only when a command has failed). Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::runbook {

enum class PlaceholderKind : std::uint8_t {
  kAngle,        // <target-group-arn>
  kBraces,       // {cluster-name}
  kUpperName,    // TASK_ARN, PREVIOUS_REVISION
  kYour,         // YOUR_BUCKET, your-cluster
  kReplaceMe,    // REPLACE_ME, CHANGEME, INSERT_NAME_HERE
  kCrosses,      // xxx, subnet-XXXXXXXX
  kEllipsis,     // ...
  kPath,         // /path/to/backend
  kAccount,      // a word where an ARN has the account's number
  kExample,      // the ids of AWS's documentation: 123456789012, AKIAIOSFODNN7EXAMPLE
  kDescription,  // prod-database-resource-id where an id belongs
  kToReplace,    // a value that the document itself says to replace
};

struct Placeholder {
  std::size_t begin = 0;  // bytes of the text looked at
  std::size_t end = 0;
  PlaceholderKind kind = PlaceholderKind::kAngle;
  // Nobody could mean it as it stands. Of the others, what they are given for decides: TASK_ARN may
  // also be the name of a variable.
  bool sure = true;
};

// In a value: a word of a command without its quotes. In order, without overlap.
std::vector<Placeholder> placeholders_in(std::string_view value);

// `<name>` outside quotes, which bash takes for redirections. Bytes of the script.
std::vector<Placeholder> angle_placeholders(std::string_view script);

// "in angle brackets": follows the placeholder in a message.
std::string_view placeholder_kind(PlaceholderKind kind);

// The first thing in a command that a person was meant to replace, sure or not, or empty.
std::string find_placeholder(std::string_view command);

// Whether a value describes an id and is none: "prod-database-resource-id".
bool describes_id(std::string_view value);

// Whether a comment says that the value beside it is not the real one ("Replace with actual").
bool says_replace(std::string_view comment);

}  // namespace seatrial::runbook
