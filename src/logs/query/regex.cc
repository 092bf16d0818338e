#include "logs/query/regex.h"

#include <re2/re2.h>

namespace seatrial::logs::query {
namespace {

constexpr std::int64_t kMaxRegexMemory = 1 << 20;

// (?<name> or (?P<name>, not (?<= and (?<!
bool opens_group(std::string_view rest) {
  if (rest.starts_with("(?P<")) return true;
  return rest.starts_with("(?<") && rest.size() > 3 && rest[3] != '=' && rest[3] != '!';
}

// Calls visit(at) for each parenthesis that opens a named group.
template <class Visit>
void each_group(std::string_view source, Visit visit) {
  bool in_class = false;
  for (std::size_t i = 0; i < source.size(); ++i) {
    if (source[i] == '\\')
      ++i;
    else if (source[i] == '[')
      in_class = true;
    else if (source[i] == ']')
      in_class = false;
    else if (!in_class && opens_group(source.substr(i)))
      visit(i);
  }
}

}  // namespace

std::string for_re2(std::string_view source) {
  std::string out;
  std::size_t copied = 0;
  each_group(source, [&](std::size_t at) {
    out.append(source.substr(copied, at - copied)).append("(?P<");
    copied = source.find('<', at) + 1;
  });
  return out.append(source.substr(copied));
}

std::vector<std::string> group_names(std::string_view source) {
  std::vector<std::string> out;
  each_group(source, [&](std::size_t at) {
    const auto begin = source.find('<', at) + 1;
    const auto end = source.find('>', begin);
    if (end != std::string_view::npos) out.emplace_back(source.substr(begin, end - begin));
  });
  return out;
}

std::optional<std::string> regex_problem(std::string_view source) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxRegexMemory);
  const RE2 compiled(for_re2(source), options);
  switch (compiled.error_code()) {
    case RE2::ErrorMissingBracket:
    case RE2::ErrorMissingParen:
    case RE2::ErrorUnexpectedParen:
    case RE2::ErrorTrailingBackslash:
    case RE2::ErrorRepeatArgument:
    case RE2::ErrorBadCharRange:
      return compiled.error();
    default:
      return std::nullopt;
  }
}

}  // namespace seatrial::logs::query
