#include "logs/filter_pattern.h"

#include <algorithm>
#include <optional>

namespace seatrial::logs {
namespace {

using Error = std::unexpected<std::string>;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_term_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

std::optional<std::string> kind_not_served(std::string_view text) {
  switch (text.front()) {
    case '{':
      return "Seatrial does not serve filter patterns for JSON log events ({ ... }) yet.";
    case '[':
      return "Seatrial does not serve filter patterns for delimited log events ([ ... ]) yet.";
    case '%':
      return "Seatrial does not serve regular expressions (% ... %) in filter patterns yet.";
    default:
      return std::nullopt;
  }
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool skip_spaces() {  // false at the end
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    return at_ < text_.size();
  }
  char take_sign() {
    const char c = text_[at_];
    if (c != '?' && c != '-') return 0;
    ++at_;
    return c;
  }
  std::expected<std::string, std::string> term() {
    if (at_ < text_.size() && text_[at_] == '"') return phrase();
    if (at_ < text_.size() && text_[at_] == '%') return Error(*kind_not_served(text_.substr(at_)));
    const std::size_t start = at_;
    while (at_ < text_.size() && is_term_character(text_[at_])) ++at_;
    if (at_ < text_.size() && !is_space(text_[at_])) {
      return Error("Invalid filter pattern: the character at position " + std::to_string(at_ + 1) +
                   " needs its term to be enclosed in double quotation marks.");
    }
    if (at_ == start) return Error("Invalid filter pattern: a ? or - has no term after it.");
    return std::string(text_.substr(start, at_ - start));
  }

 private:
  // guess: a backslash takes the next quotation mark or backslash as it is; AWS documents none.
  std::expected<std::string, std::string> phrase() {
    std::string phrase;
    const std::size_t opened = at_++;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size() &&
          (text_[at_ + 1] == '"' || text_[at_ + 1] == '\\')) {
        ++at_;
      } else if (text_[at_] == '"') {
        ++at_;
        return end_of_phrase(std::move(phrase));
      }
      phrase += text_[at_];
    }
    return Error("Invalid filter pattern: the quotation mark at position " +
                 std::to_string(opened + 1) + " is not closed.");
  }
  std::expected<std::string, std::string> end_of_phrase(std::string phrase) const {
    if (at_ < text_.size() && !is_space(text_[at_])) {
      return Error("Invalid filter pattern: a space is missing at position " +
                   std::to_string(at_ + 1) + ".");
    }
    return phrase;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// The phrase " " stands for every event, as the empty pattern does.
bool is_blank(std::string_view phrase) {
  return std::all_of(phrase.begin(), phrase.end(), is_space);
}

}  // namespace

std::expected<FilterPattern, std::string> FilterPattern::parse(std::string_view text) {
  FilterPattern pattern;
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  if (text.empty()) return pattern;
  if (auto kind = kind_not_served(text)) return Error(std::move(*kind));
  Scanner scanner(text);
  while (scanner.skip_spaces()) {
    const char sign = scanner.take_sign();
    auto term = scanner.term();
    if (!term) return Error(std::move(term.error()));
    if (sign == 0 && is_blank(*term)) continue;
    if (is_blank(*term))
      return Error("Invalid filter pattern: a ? or - has an empty term after it.");
    auto& list = sign == '?'   ? pattern.optional_
                 : sign == '-' ? pattern.excluded_
                               : pattern.required_;
    list.push_back(std::move(*term));
  }
  return pattern;
}

// guess: a term is found anywhere in the message, within a longer word too.
// guess: beside required or excluded terms the optional ones decide nothing, as the guide says of
// mixing them.
bool FilterPattern::matches(std::string_view message) const {
  const auto occurs = [&](const std::string& term) {
    return message.find(term) != std::string_view::npos;
  };
  if (required_.empty() && excluded_.empty()) {
    return optional_.empty() || std::any_of(optional_.begin(), optional_.end(), occurs);
  }
  return std::all_of(required_.begin(), required_.end(), occurs) &&
         std::none_of(excluded_.begin(), excluded_.end(), occurs);
}

}  // namespace seatrial::logs
