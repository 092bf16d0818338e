#include "decide/alarm/composite.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace seatrial::decide {
namespace {

using Kind = AlarmExpression::Kind;
using Parsed = std::expected<AlarmExpression, AlarmRuleError>;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_word(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Parsed parse() {
    if (text_.size() > kMaxAlarmRule)
      return error(fmt::format("the rule is longer than {} characters", kMaxAlarmRule));
    auto rule = any(0);
    if (!rule) return rule;
    if (peek() != '\0') return error("AND, OR or the end is expected");
    if (alarms_of(*rule).size() > kMaxAlarmRuleChildren)
      return error(fmt::format("the rule names more than {} alarms", kMaxAlarmRuleChildren));
    return rule;
  }

 private:
  std::unexpected<AlarmRuleError> error(std::string message) const {
    return std::unexpected(AlarmRuleError{at_, std::move(message)});
  }

  char peek() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  std::string_view peek_word() {
    peek();
    auto end = at_;
    while (end < text_.size() && is_word(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }

  bool take_word(std::string_view word) {
    if (peek_word() != word) return false;
    at_ += word.size();
    return true;
  }

  Parsed any(int depth) { return chain(depth, "OR", Kind::kOr, &Parser::all); }
  Parsed all(int depth) { return chain(depth, "AND", Kind::kAnd, &Parser::one); }

  Parsed chain(int depth, std::string_view word, Kind kind, Parsed (Parser::*operand)(int)) {
    auto first = (this->*operand)(depth);
    if (!first || peek_word() != word) return first;
    AlarmExpression joined;
    joined.kind = kind;
    joined.operands.push_back(std::move(*first));
    while (take_word(word)) {
      auto next = (this->*operand)(depth);
      if (!next) return next;
      joined.operands.push_back(std::move(*next));
    }
    return joined;
  }

  Parsed one(int depth) {
    if (depth > kMaxAlarmRuleDepth) return error("the rule is nested too deeply");
    if (++elements_ > kMaxAlarmRuleElements)
      return error(fmt::format("the rule has more than {} elements", kMaxAlarmRuleElements));
    if (take('(')) {
      auto inner = any(depth + 1);
      if (inner && !take(')')) return error("')' is expected");
      return inner;
    }
    if (take_word("NOT")) {
      auto inner = one(depth + 1);
      if (!inner) return inner;
      AlarmExpression negation;
      negation.kind = Kind::kNot;
      negation.operands.push_back(std::move(*inner));
      return negation;
    }
    return leaf();
  }

  Parsed leaf() {
    AlarmExpression leaf;
    const auto word = peek_word();
    if (word == "TRUE" || word == "FALSE") {
      leaf.value = word == "TRUE";
      at_ += word.size();
      return leaf;
    }
    if (take_word("AT_LEAST")) return at_least();
    const auto state = parse_alarm_state(word);
    if (!state)
      return error("ALARM(...), OK(...), INSUFFICIENT_DATA(...), TRUE or FALSE is expected");
    at_ += word.size();
    leaf.kind = Kind::kState;
    leaf.state = *state;
    if (!take('(')) return error("'(' is expected");
    if (auto named = name(leaf); !named) return std::unexpected(named.error());
    if (!take(')')) return error("')' is expected");
    return leaf;
  }

  Parsed at_least() {
    AlarmExpression leaf;
    leaf.kind = Kind::kAtLeast;
    if (!take('(')) return error("'(' is expected");
    if (!number(leaf))
      return error("a count, or a percentage above 0 and at most 100, is expected");
    if (!take(',')) return error("',' is expected");
    leaf.negated = take_word("NOT");
    const auto word = peek_word();
    const auto state = parse_alarm_state(word);
    if (!state) return error("ALARM, OK or INSUFFICIENT_DATA is expected");
    leaf.state = *state;
    at_ += word.size();
    if (!take(',') || !take('(')) return error("', (' and a list of alarms are expected");
    do {
      if (auto named = name(leaf); !named) return std::unexpected(named.error());
    } while (take(','));
    if (!take(')') || !take(')')) return error("')' is expected");
    return leaf;
  }

  bool number(AlarmExpression& leaf) {
    peek();
    const auto* begin = text_.data() + at_;
    const auto [end, bad] = std::from_chars(begin, text_.data() + text_.size(), leaf.least);
    if (bad != std::errc{} || !(leaf.least > 0)) return false;
    at_ += static_cast<std::size_t>(end - begin);
    leaf.percent = take('%');
    return leaf.percent ? leaf.least <= 100 : leaf.least == std::floor(leaf.least);
  }

  // A name or an ARN; quotes are needed where it holds blanks, commas or parentheses.
  std::expected<void, AlarmRuleError> name(AlarmExpression& leaf) {
    const char quote = peek();
    std::string_view found;
    if (quote == '"' || quote == '\'') {
      const auto close = text_.find(quote, at_ + 1);
      if (close == std::string_view::npos) return error("the quote is not closed");
      found = text_.substr(at_ + 1, close - at_ - 1);
      at_ = close + 1;
    } else {
      const auto end = std::min(text_.find_first_of(" \t\r\n,()\"'", at_), text_.size());
      found = text_.substr(at_, end - at_);
      at_ = end;
    }
    if (found.empty()) return error("the name of an alarm is expected");
    leaf.alarms.emplace_back(found);
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t elements_ = 0;
};

void collect(const AlarmExpression& expression, std::vector<std::string>& out) {
  for (const auto& alarm : expression.alarms)
    if (std::ranges::find(out, alarm) == out.end()) out.push_back(alarm);
  for (const auto& operand : expression.operands) collect(operand, out);
}

bool enough(const AlarmExpression& expression, const StateOf& state_of) {
  const auto matching = std::ranges::count_if(expression.alarms, [&](const auto& alarm) {
    const auto state = state_of(alarm);
    return state && (*state == expression.state) != expression.negated;
  });
  const auto count = static_cast<double>(matching);
  const auto all = static_cast<double>(expression.alarms.size());
  return expression.percent ? count * 100 >= expression.least * all : count >= expression.least;
}

}  // namespace

std::expected<AlarmExpression, AlarmRuleError> parse_alarm_rule(std::string_view rule) {
  return Parser(rule).parse();
}

std::vector<std::string> alarms_of(const AlarmExpression& expression) {
  std::vector<std::string> out;
  collect(expression, out);
  return out;
}

bool holds(const AlarmExpression& expression, const StateOf& state_of) {
  const auto operand_holds = [&](const auto& operand) { return holds(operand, state_of); };
  switch (expression.kind) {
    case Kind::kConstant:
      return expression.value;
    case Kind::kState:
      return state_of(expression.alarms[0]) == expression.state;
    case Kind::kNot:
      return !holds(expression.operands[0], state_of);
    case Kind::kAnd:
      return std::ranges::all_of(expression.operands, operand_holds);
    case Kind::kOr:
      return std::ranges::any_of(expression.operands, operand_holds);
    case Kind::kAtLeast:
      return enough(expression, state_of);
  }
  return false;
}

}  // namespace seatrial::decide
