// bash's tokens but words. What a byte means depends on the token before it: `((` may be arithmetic
// or two subshells, `-` a word or an end of a redirection. Words are in bash_words.cc.
#include <algorithm>
#include <utility>

#include "runbook/bash_parser.h"

namespace seatrial::runbook {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_operator(char c) { return std::string_view("()<>;&|").contains(c); }

// A here-document's delimiter without its quotes.
std::string unquoted(std::string_view word) {
  std::string out;
  char quote = 0;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    if (quote == 0 && c == '\\' && i + 1 < word.size())
      out += word[++i];
    else if (quote == 0 && (c == '\'' || c == '"'))
      quote = c;
    else if (c == quote && quote != 0)
      quote = 0;
    else
      out += c;
  }
  return out;
}

}  // namespace

void BashParser::skip_continuations() {
  while (text_.substr(at_, 2) == "\\\n") at_ += 2;
  if (text_.substr(at_) == "\\") ++at_;  // at the end it is nothing
}

bool BashParser::next_is(char c) {
  skip_continuations();
  return !at_end() && text_[at_] == c;
}

void BashParser::skip_blanks() {
  for (;;) {
    skip_continuations();
    if (at_end() || !is_blank(text_[at_])) break;
    ++at_;
  }
  if (!at_end() && text_[at_] == '#' && !now_.in_regular_expression)
    at_ = std::min(text_.find('\n', at_), text_.size());
}

void BashParser::advance() {
  if (stopped()) return;
  now_.before_last = now_.last;
  now_.last = now_.token;
  const auto token = read_token();
  now_.leading_redirections = leads_on(token);
  now_.token = stopped() ? Token::kEnd : token;
  now_.end = at_;
}

// Redirections before a command's name leave the next word where a command begins.
bool BashParser::leads_on(Token token) const {
  switch (token) {
    case Token::kNumber:
    case Token::kRedirectName:
      return takes_target(now_.last) ? now_.leading_redirections : is_command_place();
    case Token::kRedirect:
    case Token::kDuplicate:
    case Token::kHereDocument:
    case Token::kHereString:
      return now_.leading_redirections || is_command_place();
    case Token::kWord:
    case Token::kDash:
      return now_.leading_redirections && takes_target(now_.last);
    default:
      return false;
  }
}

bool BashParser::takes_target(Token token) {
  return token == Token::kRedirect || token == Token::kDuplicate || token == Token::kHereDocument ||
         token == Token::kHereString;
}

bool BashParser::is_redirection(Token token) {
  return token == Token::kNumber || token == Token::kRedirectName || takes_target(token);
}

BashToken BashParser::read_token() {
  skip_blanks();
  now_.begin = at_;
  if (at_end()) return Token::kEnd;
  const char c = text_[at_];
  if (c == '\n') {
    ++at_;
    now_.assignments_welcome = false;
    read_here_documents();
    return Token::kNewline;
  }
  if (is_operator(c) && !now_.in_regular_expression) {
    if (const auto token = read_operator(); token != Token::kNone) return token;
  }
  if (c == '-' && now_.last == Token::kDuplicate) {
    ++at_;
    return Token::kDash;
  }
  return read_word();
}

// kNone: a word begins here (a process substitution).
BashToken BashParser::read_operator() {
  const char c = text_[at_];
  const auto begin = at_++;
  now_.assignments_welcome = false;
  skip_continuations();
  const char next = at_end() ? '\0' : text_[at_];
  if (next == c) {
    if (const auto token = read_same_pair(c); token != Token::kNone) return token;
    if (stopped()) return Token::kEnd;
  }
  auto take = [&](Token token) {
    ++at_;
    return token;
  };
  if (c == '<' && next == '&') return take(Token::kDuplicate);
  if (c == '>' && next == '&') return take(Token::kDuplicate);
  if ((c == '<' && next == '>') || (c == '>' && next == '|')) return take(Token::kRedirect);
  if (c == '|' && next == '&') return take(Token::kPipeBoth);
  if (c == '&' && next == '>') {
    ++at_;
    if (next_is('>')) ++at_;
    return Token::kRedirect;
  }
  if (c == ';' && next == '&') {
    now_.case_pattern = true;
    return take(Token::kCaseEnd);
  }
  if ((c == '<' || c == '>') && next == '(') {
    at_ = begin;
    return Token::kNone;
  }
  if (c == ')') now_.case_pattern = false;
  if (c == '<') input_redirections_.push_back(begin);
  switch (c) {
    case '(':
      return Token::kOpen;
    case ')':
      return Token::kClose;
    case ';':
      return Token::kSemicolon;
    case '&':
      return Token::kBackground;
    case '|':
      return Token::kPipe;
    default:
      return Token::kRedirect;
  }
}

// at_ stands on the second of two equal operator bytes.
BashToken BashParser::read_same_pair(char c) {
  if (c == '(') return read_double_parenthesis();
  if (c == ')') return Token::kNone;
  ++at_;
  switch (c) {
    case '<':
      if (next_is('<')) {
        ++at_;
        return Token::kHereString;
      }
      if (next_is('-')) ++at_;
      return Token::kHereDocument;
    case '>':
      return Token::kRedirect;
    case ';':
      now_.case_pattern = true;
      if (next_is('&')) ++at_;
      return Token::kCaseEnd;
    case '&':
      return Token::kAnd;
    default:
      return Token::kOr;
  }
}

// ((...)) is arithmetic only where its two last brackets stand together; else two subshells.
BashToken BashParser::read_double_parenthesis() {
  const bool for_parts = now_.last == Token::kFor;
  if (!for_parts && !is_reserved_place()) return Token::kNone;
  const auto second = at_++;
  if (!skip_matched('(', ')', {.arithmetic = true}, second - 1)) return Token::kNone;
  if (next_is(')')) {
    ++at_;
    return for_parts ? Token::kArithmeticFor : Token::kArithmetic;
  }
  if (for_parts) {
    give_up();
    return Token::kEnd;
  }
  at_ = second;
  return Token::kNone;
}

bool BashParser::is_reserved_place() const {
  if (now_.in_condition) return false;
  switch (now_.last) {
    case Token::kNewline:
    case Token::kSemicolon:
    case Token::kOpen:
    case Token::kClose:
    case Token::kPipe:
    case Token::kPipeBoth:
    case Token::kBackground:
    case Token::kLeftBrace:
    case Token::kRightBrace:
    case Token::kAnd:
    case Token::kOr:
    case Token::kNot:
    case Token::kDo:
    case Token::kDone:
    case Token::kElif:
    case Token::kElse:
    case Token::kEsac:
    case Token::kFi:
    case Token::kIf:
    case Token::kCaseEnd:
    case Token::kThen:
    case Token::kTime:
    case Token::kTimeOption:
    case Token::kCoprocess:
    case Token::kUntil:
    case Token::kWhile:
    case Token::kSubstitution:
    case Token::kArithmetic:
    case Token::kConditionEnd:
      return true;
    case Token::kWord:
      return now_.before_last == Token::kCoprocess || now_.before_last == Token::kFunction;
    default:
      return false;
  }
}

bool BashParser::is_command_place() const {
  return now_.last == Token::kAssignment ||
         (now_.leading_redirections && !takes_target(now_.last)) ||
         (now_.last != Token::kCaseEnd && is_reserved_place());
}

bool BashParser::may_assign() const {
  if (now_.in_compound_value) return true;
  return is_command_place() && !now_.case_pattern;
}

// `time` behind a pipe is a command like others.
bool BashParser::may_time() const {
  return now_.last != Token::kPipe && now_.last != Token::kPipeBoth;
}

// The current token is the delimiter's word.
void BashParser::expect_here_document(bool strip_tabs) {
  HereDocument document;
  document.delimiter = unquoted(word_);
  document.literal = quoted_;
  document.strip_tabs = strip_tabs;
  document.begin = now_.begin, document.end = now_.end;
  now_.here_documents.push_back(std::move(document));
}

void BashParser::read_here_documents() {
  const auto documents = std::exchange(now_.here_documents, {});
  for (const auto& document : documents) read_here_document(document);
}

void BashParser::read_here_document(const HereDocument& document) {
  while (!at_end()) {
    std::string line;
    auto next = at_;
    for (bool joined = true; joined && next < text_.size();) {
      const auto end = std::min(text_.find('\n', next), text_.size());
      line += text_.substr(next, end - next);
      next = std::min(end + 1, text_.size());
      const auto slashes = line.size() - (line.find_last_not_of('\\') + 1);
      joined = !document.literal && slashes % 2 == 1 && end < text_.size();
      if (joined) line.pop_back();
    }
    std::string_view content = line;
    if (document.strip_tabs)
      content.remove_prefix(std::min(content.find_first_not_of('\t'), content.size()));
    if (content == document.delimiter) {
      at_ = next;
      return;
    }
    // $(cat <<E ... E) with the bracket on the last line.
    if (now_.in_substitution && content.starts_with(document.delimiter) &&
        content.substr(document.delimiter.size()).contains(')')) {
      at_ += line.size() - content.size() + document.delimiter.size();
      return;
    }
    at_ = next;
  }
  if (!open_document_)
    open_document_ = {static_cast<std::uint32_t>(document.begin),
                      static_cast<std::uint32_t>(document.end), document.delimiter};
}

std::vector<std::size_t> BashParser::input_redirections() {
  do {
    const bool here_document = now_.token == Token::kHereDocument;
    const bool strips = here_document && text_.substr(now_.begin, 3) == "<<-";
    advance();
    if (here_document && now_.token == Token::kWord) expect_here_document(strips);
  } while (!stopped() && now_.token != Token::kEnd);
  return std::move(input_redirections_);
}

std::size_t BashParser::line_end(std::size_t begin) {
  at_ = begin;
  do {
    const bool here_document = now_.token == Token::kHereDocument;
    const bool strips = here_document && text_.substr(now_.begin, 3) == "<<-";
    advance();
    if (stopped()) return std::string_view::npos;
    if (here_document && now_.token == Token::kWord) expect_here_document(strips);
    if (now_.token == Token::kEnd) return at_;
  } while (now_.token != Token::kNewline);
  return text_[at_ - 1] == '\n' ? at_ - 1 : at_;
}

}  // namespace seatrial::runbook
