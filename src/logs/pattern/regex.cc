#include "logs/pattern/regex.h"

#include <re2/re2.h>

#include "logs/pattern/cursor.h"

namespace seatrial::logs::pattern {
namespace {

constexpr std::int64_t kMaxRegexMemory = 1 << 20;
constexpr std::string_view kSymbols = ":_#=@/;,-";
constexpr std::string_view kOperators = "^$?[]{}|\\*+.";
constexpr std::string_view kEscapes = "dDsSwW";

using Failure = std::unexpected<Problem>;

Failure regex_failure(std::size_t at, std::size_t length, std::string message,
                      Certainty certainty = Certainty::kCertain) {
  return Failure({Problem::Kind::kSyntax, {at, at + length}, std::move(message), "", certainty});
}

// Length of the escape at source[at] == '\\'.
std::expected<std::size_t, Problem> check_escape(std::string_view source, std::size_t at,
                                                 std::size_t place) {
  if (at + 1 >= source.size())
    return regex_failure(place, 1, "a backslash ends the regular expression");
  const char c = source[at + 1];
  if (c == 'x') {
    if (at + 3 >= source.size() || !is_hex(source[at + 2]) || !is_hex(source[at + 3]))
      return regex_failure(place, 2, "\\x needs two hexadecimal digits");
    return 4;
  }
  if (!is_alphanumeric(c) || kEscapes.contains(c)) return 2;
  // guess: AWS documents \d \D \s \S \w \W \xhh and says nothing of others.
  return regex_failure(place, 2,
                       fmt::format("regular expressions in filter patterns have no \\{}", c),
                       Certainty::kGuess);
}

std::expected<void, Problem> check_characters(std::string_view source, std::size_t at) {
  for (std::size_t i = 0; i < source.size();) {
    const char c = source[i];
    if (c == '\\') {
      const auto length = check_escape(source, i, at + i);
      if (!length) return Failure(length.error());
      i += *length;
      continue;
    }
    if (c == '(' || c == ')')
      return regex_failure(
          at + i, 1,
          fmt::format("regular expressions in filter patterns have no parentheses; a "
                      "parenthesis to be matched is \\x{}",
                      c == '(' ? "28" : "29"));
    if (static_cast<unsigned char>(c) >= 0x80)
      return regex_failure(at + i, 1, "regular expressions in filter patterns are ASCII only");
    // A space is none of the symbols listed, but the guide has an expression with one.
    if (c != ' ' && !is_alphanumeric(c) && !kSymbols.contains(c) && !kOperators.contains(c))
      return regex_failure(
          at + i, 1,
          fmt::format("'{}' is not supported in regular expressions of filter patterns", c));
    ++i;
  }
  return {};
}

// RE2 takes {,3} for these four characters; here it is {0,3}.
std::string for_re2(std::string_view source) {
  std::string out;
  bool bracket = false;  // within [...], where a brace is itself
  for (std::size_t i = 0; i < source.size(); ++i) {
    const char c = source[i];
    out += c;
    if (c == '\\' && i + 1 < source.size()) {
      out += source[++i];
    } else if (bracket) {
      bracket = c != ']';
    } else if (c == '[') {
      bracket = true;
      // A bracket right behind the opening one is itself.
      if (source.substr(i + 1).starts_with('^')) out += source[++i];
      if (source.substr(i + 1).starts_with(']')) out += source[++i];
    } else if (c == '{' && source.substr(i + 1).starts_with(',') && i + 2 < source.size() &&
               is_digit(source[i + 2])) {
      out += '0';
    }
  }
  return out;
}

}  // namespace

std::expected<Regex, Problem> Regex::compile(std::string_view source, std::size_t at) {
  if (source.empty())
    return regex_failure(at, 1, "the regular expression is empty", Certainty::kGuess);
  if (auto ok = check_characters(source, at); !ok) return Failure(ok.error());
  RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(kMaxRegexMemory);
  auto compiled = std::make_shared<const RE2>(for_re2(source), options);
  if (!compiled->ok())
    return regex_failure(at, source.size(),
                         "the regular expression is malformed: " + compiled->error(),
                         Certainty::kLikely);
  Regex regex;
  regex.compiled_ = std::move(compiled);
  return regex;
}

bool Regex::found_in(std::string_view text) const {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

}  // namespace seatrial::logs::pattern
