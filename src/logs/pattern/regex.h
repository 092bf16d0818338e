// The regular expressions of filter patterns: a subset, checked before RE2 sees it.
//
// AWS lists which characters and operators an expression may have ("Supported regular expressions"
// in the CloudWatch Logs guide): no parentheses, no other symbols, no multi-byte characters.
// Passing everything on to RE2 would accept what AWS refuses. RE2 runs in linear time whatever it
// is given.
#pragma once
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "logs/problem.h"

namespace re2 {
class RE2;
}

namespace seatrial::logs::pattern {

class Regex {
 public:
  // `at`: where the expression stands in the pattern, for the problem's span.
  static std::expected<Regex, Problem> compile(std::string_view source, std::size_t at);

  bool found_in(std::string_view text) const;  // anywhere, unless the expression is anchored

 private:
  std::shared_ptr<const re2::RE2> compiled_;
};

}  // namespace seatrial::logs::pattern
