// Kinds of text that differ from run to run: a runbook's expected output shows an id, the real one
// is another. Two texts of one kind match. Pure.
#pragma once
#include <string>
#include <string_view>

namespace seatrial::runbook {

enum class TextKind {
  kLiteral,      // must be equal
  kPlaceholder,  // "<...>", "xxx", "...": anything matches
  kArn,
  kTime,
  kIp,
  kDnsName,
  kUrl,
  kUuid,
  kHex,
  kAwsId,
  kVersion,
  kAccount
};

TextKind kind_of(std::string_view text);
std::string_view kind_name(TextKind kind);

// True when the actual text may stand where the expected one does. ARNs must agree in service and
// resource type, URLs in path; a cell cut short with ".." matches what it begins.
bool texts_match(std::string_view expected, std::string_view actual);

// Numbers under such a key differ from run to run: ports, times, measured durations.
bool is_volatile_number(std::string_view key);

// A key whose value tells elements of a list apart.
bool is_identifying_key(std::string_view key);

}  // namespace seatrial::runbook
