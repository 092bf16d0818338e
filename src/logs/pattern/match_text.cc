// Terms in a message. See pattern.h.
#include <algorithm>

#include "logs/pattern/match.h"

namespace seatrial::logs::pattern {
namespace {

bool occurs(const Term& term, std::string_view message) {
  // guess: a term is found anywhere in the message, within a longer word too.
  return message.find(term.text) != std::string_view::npos;
}

}  // namespace

bool matches(const TextPattern& pattern, std::string_view message) {
  if (pattern.regex) return pattern.regex->found_in(message);
  bool others = false, optional = false, found = false;
  for (const auto& term : pattern.terms) {
    if (term.sign == Term::Sign::kOptional) {
      optional = true;
      found = found || occurs(term, message);
      continue;
    }
    others = true;
    if (occurs(term, message) != (term.sign == Term::Sign::kRequired)) return false;
  }
  // Beside required or excluded terms the optional ones decide nothing: so says the guide.
  return others || !optional || found;
}

std::optional<Captures> captures(const TextPattern& pattern, std::string_view message) {
  if (!matches(pattern, message)) return std::nullopt;
  return Captures{};
}

}  // namespace seatrial::logs::pattern
