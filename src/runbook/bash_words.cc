// bash's words: what quotes, substitutions and brackets make one, and which word is reserved,
// which an assignment. A word is reserved only where a command may begin, `a[` is a subscript only
// there. Other tokens are in bash_lexer.cc.
#include <algorithm>
#include <cctype>

#include "runbook/bash_parser.h"

namespace seatrial::runbook {
namespace {

bool ends_word(char c) { return std::string_view(" \t\n()<>;&|").contains(c); }
bool is_quote(char c) { return c == '\'' || c == '"' || c == '`'; }
bool opens_dollar_word(char c) { return c == '(' || c == '{' || c == '['; }
bool is_name_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool is_name_byte(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Longer ones are none: each '=' and '[' behind a word asks again.
constexpr std::size_t kMaxName = 4096;

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxName && is_name_start(text[0]) &&
         std::ranges::all_of(text, is_name_byte);
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// NAME, NAME+, NAME[...] or NAME[...]+: what stands before the = of an assignment.
bool is_assigned(std::string_view text) {
  if (text.ends_with('+')) text.remove_suffix(1);
  if (const auto bracket = text.find('['); bracket != std::string_view::npos) {
    if (!text.ends_with(']')) return false;
    text = text.substr(0, bracket);
  }
  return is_name(text);
}

bool is_assignment(std::string_view word) {
  const auto bracket = word.find('[');
  auto equals = word.find('=');
  if (bracket < equals) {
    const auto close = std::min(word.find("]=", bracket), word.find("]+=", bracket));
    if (close == std::string_view::npos) return false;
    equals = word.find('=', close);
  }
  return equals != std::string_view::npos && is_assigned(word.substr(0, equals));
}

struct Reserved {
  std::string_view word;
  BashToken token;
};

constexpr std::array kReserved = {
    Reserved{"if", BashToken::kIf},
    Reserved{"then", BashToken::kThen},
    Reserved{"elif", BashToken::kElif},
    Reserved{"else", BashToken::kElse},
    Reserved{"fi", BashToken::kFi},
    Reserved{"for", BashToken::kFor},
    Reserved{"select", BashToken::kSelect},
    Reserved{"case", BashToken::kCase},
    Reserved{"in", BashToken::kIn},
    Reserved{"esac", BashToken::kEsac},
    Reserved{"while", BashToken::kWhile},
    Reserved{"until", BashToken::kUntil},
    Reserved{"do", BashToken::kDo},
    Reserved{"done", BashToken::kDone},
    Reserved{"function", BashToken::kFunction},
    Reserved{"time", BashToken::kTime},
    Reserved{"!", BashToken::kNot},
    Reserved{"{", BashToken::kLeftBrace},
    Reserved{"}", BashToken::kRightBrace},
    Reserved{"[[", BashToken::kConditionStart},
    Reserved{"]]", BashToken::kConditionEnd},
    Reserved{"coproc", BashToken::kCoprocess},
};

// Builtins whose arguments may be assignments of lists.
constexpr std::array<std::string_view, 8> kAssigning = {"declare", "typeset",  "export", "local",
                                                        "eval",    "readonly", "let",    "alias"};

}  // namespace

BashToken BashParser::read_word() {
  word_.clear();
  quoted_ = dollar_ = compound_ = false;
  while (!stopped() && take_word_piece()) {
  }
  if (stopped()) return Token::kEnd;
  return classify_word();
}

bool BashParser::may_subscript() const {
  if (now_.in_compound_value) return word_.empty();
  return is_command_place() && !now_.case_pattern && is_name(word_);
}

bool BashParser::take_word_piece() {
  skip_continuations();
  if (at_end()) return false;
  const char c = text_[at_];
  if (c == '\\') return take_escape();
  if (is_quote(c)) return take_quoted(c);
  if (now_.in_regular_expression && (c == '(' || c == '|')) {
    word_ += c;
    const auto opened = at_++;
    return c == '|' || skip_matched('(', ')', {}, opened);
  }
  if (take_extended_pattern()) return true;
  if (c == '$' || c == '<' || c == '>') {
    if (take_dollar_or_angle(c)) return true;
    if (stopped()) return false;
  }
  if (c == '[' && may_subscript()) {
    const auto opened = at_++;
    const Matching how{.subscript = !now_.in_compound_value, .arithmetic = now_.in_compound_value};
    const bool closed = skip_matched('[', ']', how, opened);
    word_ += text_.substr(opened, at_ - opened);
    return closed;
  }
  if (c == '=' && is_assigned(word_) && (may_assign() || now_.assignments_welcome)) {
    word_ += c, ++at_;
    return !next_is('(') || now_.in_compound_value || take_compound_value();
  }
  if (ends_word(c)) return false;
  word_ += c, ++at_;
  return true;
}

bool BashParser::take_escape() {
  quoted_ = true;
  word_ += text_[at_++];
  if (!at_end()) word_ += text_[at_++];
  return true;
}

bool BashParser::take_quoted(char quote) {
  quoted_ = true;
  const auto opened = at_++;
  const bool closed = skip_matched(quote, quote, {}, opened);
  word_ += text_.substr(opened, at_ - opened);
  return closed;
}

bool BashParser::take_extended_pattern() {
  if (!extended_patterns_ || !std::string_view("?*+@!").contains(text_[at_])) return false;
  if (text_.substr(at_ + 1, 1) != "(") return false;
  const auto opened = at_ + 1;
  at_ += 2;
  if (skip_matched('(', ')', {}, opened)) word_ += text_.substr(opened - 1, at_ - opened + 1);
  return true;
}

bool BashParser::take_dollar_or_angle(char c) {
  const auto begin = at_++;
  skip_continuations();
  const char next = at_end() ? '\0' : text_[at_];
  const bool dollar = c == '$';
  bool closed = true;
  if (next == '(') {
    ++at_;
    closed = skip_substitution(begin);
  } else if (dollar && next == '{') {
    ++at_;
    closed = skip_matched('{', '}', {.first_close = true, .braced = true}, begin);
  } else if (dollar && next == '[') {
    ++at_;
    closed = skip_matched('[', ']', {.arithmetic = true}, begin);
  } else if (dollar && (next == '\'' || next == '"')) {
    ++at_;
    closed = skip_matched(next, next, {.escapes = next == '\''}, begin + 1);
    quoted_ = true;
  } else if (dollar && next == '$') {
    ++at_;
  } else {
    at_ = begin;
    if (dollar) dollar_ = true, word_ += c, ++at_;
    return dollar;
  }
  dollar_ = true;
  word_ += text_.substr(begin, at_ - begin);
  return closed;
}

// NAME=( words over several lines ).
bool BashParser::take_compound_value() {
  Nested nested(*this);
  if (nested.too_deep()) return give_up();
  const auto opened = at_++;
  const auto outer = now_;
  const auto name = word_;
  now_.in_compound_value = true;
  now_.last = Token::kWord, now_.before_last = Token::kWord;
  now_.case_pattern = false;
  for (;;) {
    const auto token = read_token();
    if (stopped()) return false;
    if (token == Token::kClose) break;
    if (token == Token::kEnd) return unclosed(opened, 1, ")");
    now_.end = at_;
    now_.token = token;
    if (token != Token::kWord && token != Token::kAssignment && token != Token::kNewline)
      return unexpected();
  }
  const auto pending = now_.here_documents;
  now_ = outer;
  now_.here_documents = pending;
  word_ = name + "()";
  compound_ = true;
  return true;
}

BashToken BashParser::classify_word() {
  const char next = at_end() ? '\0' : text_[at_];
  const bool before_redirect = next == '<' || next == '>';
  if (is_number(word_) && (before_redirect || now_.last == Token::kDuplicate))
    return Token::kNumber;
  if (const auto token = special_word(); token != Token::kNone) {
    if (token == Token::kIn && now_.before_last == Token::kCase) now_.case_pattern = true;
    if (token == Token::kEsac) now_.case_pattern = false;
    return token;
  }
  if (!quoted_ && !dollar_) {
    if (const auto token = reserved_word(); token != Token::kNone) return token;
  }
  if (before_redirect && word_.size() > 2 && word_.front() == '{' && word_.back() == '}' &&
      is_name(std::string_view(word_).substr(1, word_.size() - 2)))
    return Token::kRedirectName;
  note_builtin();
  const bool assigns = compound_ || is_assignment(word_);
  return assigns && may_assign() ? Token::kAssignment : Token::kWord;
}

// Words that the two tokens before them make special, whatever else they would be.
BashToken BashParser::special_word() const {
  const bool second_word = now_.last == Token::kWord;
  const bool loop = now_.before_last == Token::kFor || now_.before_last == Token::kSelect;
  if (second_word && (loop || now_.before_last == Token::kCase) && word_ == "in") return Token::kIn;
  if (second_word && loop && word_ == "do") return Token::kDo;
  if (now_.last == Token::kIn && now_.case_pattern && word_ == "esac") return Token::kEsac;
  if (now_.last == Token::kArithmeticFor && word_ == "do") return Token::kDo;
  if (now_.last == Token::kArithmeticFor && word_ == "{") return Token::kLeftBrace;
  if (now_.last == Token::kTime && (word_ == "-p" || word_ == "--")) return Token::kTimeOption;
  if (now_.last == Token::kTimeOption && word_ == "--") return Token::kTimeOption;
  if (now_.in_condition && word_ == "]]") return Token::kConditionEnd;
  return Token::kNone;
}

BashToken BashParser::reserved_word() {
  if (now_.in_compound_value || now_.in_condition || !is_reserved_place()) return Token::kNone;
  const auto* found = std::ranges::find(kReserved, std::string_view(word_), &Reserved::word);
  if (found == kReserved.end()) return Token::kNone;
  const auto token = found->token;
  if (now_.case_pattern) {
    if (token != Token::kEsac || now_.last == Token::kPipe || now_.last == Token::kOpen)
      return Token::kNone;
  }
  if (token == Token::kTime && !may_time()) return Token::kNone;
  if (token == Token::kEsac) now_.case_pattern = false;
  return token;
}

void BashParser::note_builtin() {
  if (!is_command_place()) return;
  if (std::ranges::find(kAssigning, std::string_view(word_)) != kAssigning.end())
    now_.assignments_welcome = true;
}

// at_ stands behind `open`; afterwards behind the `close` that belongs to it.
bool BashParser::skip_matched(char open, char close, Matching how, std::size_t opened_at) {
  Nested nested(*this);
  if (nested.too_deep()) return give_up();
  int count = 1;
  bool pass = false, was_dollar = false, was_angle = false;
  while (true) {
    if (open != '\'' && !pass) skip_continuations();
    if (at_end()) return unclosed(opened_at, 1, std::string_view(&close, 1));
    const char c = text_[at_++];
    if (pass) {
      pass = false;
      continue;
    }
    const bool nests = (open != close && was_dollar && open == '{' && c == '{') ||
                       (!how.first_close && c == open && c != close);
    if (c == close)
      --count;
    else if (nests)
      ++count;
    if (count == 0) return true;
    if (open == '\'') {
      pass = how.escapes && c == '\\';
      continue;
    }
    pass = c == '\\';
    if (!skip_inside(open, close, c, was_dollar, was_angle, how, count)) return false;
    was_dollar = c == '$' && !was_dollar;
    was_angle = c == '<' || c == '>';
  }
}

// Quotes and substitutions between the two; c has just been read.
bool BashParser::skip_inside(char open, char close, char c, bool was_dollar, bool was_angle,
                             Matching how, int& count) {
  const bool structured = how.subscript || how.braced;
  if (open != close) {
    if (is_quote(c)) {
      Matching inner{.double_quoted = how.double_quoted};
      inner.escapes = was_dollar && c == '\'';
      return skip_matched(c, c, inner, at_ - 1);
    }
    if (was_dollar && (how.arithmetic ? c == '(' : structured && opens_dollar_word(c)))
      return skip_dollar_word(open, c, how, count);
    if (structured && was_angle && c == '(') return skip_dollar_word(open, c, how, count);
    return true;
  }
  if (open == '"' && c == '`') return skip_matched('`', '`', {.double_quoted = true}, at_ - 1);
  if (open != '`' && was_dollar && opens_dollar_word(c))
    return skip_dollar_word(open, c, how, count);
  return true;
}

bool BashParser::skip_dollar_word(char open, char c, Matching how, int& count) {
  if (open == c) --count;  // it was counted as one that nests
  const bool quoted = how.double_quoted || open == '"';
  const auto opened_at = at_ - 2;
  if (c == '(') return skip_substitution(opened_at);
  if (c == '{')
    return skip_matched('{', '}', {.double_quoted = quoted, .first_close = true, .braced = true},
                        opened_at);
  return skip_matched('[', ']', {.double_quoted = quoted, .arithmetic = true}, opened_at);
}

// at_ stands behind "$(", "<(" or ">(".
bool BashParser::skip_substitution(std::size_t opened_at) {
  if (next_is('(')) return skip_matched('(', ')', {.arithmetic = true}, opened_at);
  Nested nested(*this);
  if (nested.too_deep()) return give_up();
  const auto outer = now_;
  const auto outer_word = word_;
  const bool outer_quoted = quoted_, outer_dollar = dollar_, outer_compound = compound_;
  const auto outer_open = open_;
  open_.clear();
  now_ = {};
  now_.token = Token::kSubstitution;
  now_.in_substitution = true;
  advance();
  skip_newlines();
  if (!stopped() && now_.token != Token::kClose && now_.token != Token::kEnd) list();
  if (!stopped() && now_.token == Token::kEnd) unclosed(opened_at, 2, ")");
  if (!stopped() && now_.token != Token::kClose) unexpected();
  if (!stopped() && !now_.here_documents.empty()) give_up();
  now_ = outer;
  word_ = outer_word;
  quoted_ = outer_quoted, dollar_ = outer_dollar, compound_ = outer_compound;
  open_ = outer_open;
  return !stopped();
}

}  // namespace seatrial::runbook
