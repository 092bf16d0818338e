// bash's grammar, one function for each of its rules, on the tokens of bash_lexer.cc and
// bash_words.cc.
#include "runbook/bash_parser.h"

#include <algorithm>

namespace seatrial::runbook {
namespace {

using Kind = BashRefusal::Kind;

bool is_unary(std::string_view word) {
  return word.size() == 2 && word[0] == '-' &&
         std::string_view("abcdefghknoprstuvwxzGLNORS").contains(word[1]);
}

bool is_binary(std::string_view word) {
  for (std::string_view one :
       {"=", "==", "!=", "=~", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"})
    if (word == one) return true;
  return false;
}

}  // namespace

std::optional<BashRefusal> BashParser::refusal() {
  script();
  return given_up_ ? std::nullopt : std::move(refusal_);
}

std::optional<OpenHereDocument> BashParser::open_here_document() {
  script();
  return given_up_ ? std::nullopt : std::move(open_document_);
}

bool BashParser::refuse(Kind kind, std::size_t begin, std::size_t end, std::string found,
                        std::string wanted) {
  if (!stopped())
    refusal_ = {kind, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end),
                std::move(found), std::move(wanted)};
  return false;
}

bool BashParser::unclosed(std::size_t begin, std::size_t length, std::string_view wanted) {
  return refuse(Kind::kUnclosed, begin, begin + length, "the end", std::string(wanted));
}

std::string BashParser::found() const {
  if (now_.token == Token::kNewline) return "the end of the line";
  if (now_.token == Token::kEnd) return "the end";
  return std::string(text_.substr(now_.begin, now_.end - now_.begin));
}

// At the end what is open is to blame, not the end.
bool BashParser::unexpected() {
  if (stopped()) return false;
  if (now_.token == Token::kEnd && !open_.empty()) {
    const auto& opening = open_.back();
    return unclosed(opening.begin, opening.end - opening.begin, opening.wanted);
  }
  const auto end = now_.token == Token::kNewline ? now_.begin + 1 : std::max(at_, now_.begin);
  now_.end = end;
  return refuse(Kind::kUnexpected, now_.begin, end, found());
}

bool BashParser::expect(Token token, std::string_view wanted) {
  if (stopped()) return false;
  if (now_.token != token) {
    unexpected();
    if (refusal_ && refusal_->wanted.empty()) refusal_->wanted = wanted;
    return false;
  }
  advance();
  return !stopped();
}

void BashParser::skip_newlines() {
  while (!stopped() && now_.token == Token::kNewline) advance();
}

bool BashParser::script() {
  if (text_.size() > kMaxBashBytes) return give_up();
  for (;;) {
    advance();
    if (stopped()) return false;
    if (now_.token == Token::kNewline) continue;
    if (now_.token == Token::kEnd) return true;
    if (!simple_list()) return false;
    if (now_.token == Token::kEnd) return true;
    if (now_.token != Token::kNewline) return unexpected();
  }
}

bool BashParser::simple_list() {
  for (;;) {
    if (!and_or()) return false;
    if (now_.token != Token::kBackground && now_.token != Token::kSemicolon) return true;
    advance();
    if (stopped()) return false;
    if (now_.token == Token::kNewline || now_.token == Token::kEnd) return true;
  }
}

bool BashParser::and_or() {
  for (;;) {
    if (!pipeline()) return false;
    if (now_.token != Token::kAnd && now_.token != Token::kOr) return true;
    advance();
    skip_newlines();
  }
}

bool BashParser::pipeline() {
  while (now_.token == Token::kNot || now_.token == Token::kTime ||
         now_.token == Token::kTimeOption) {
    advance();
    if (stopped()) return false;
    if (now_.token == Token::kNewline || now_.token == Token::kSemicolon ||
        now_.token == Token::kEnd)
      return true;
  }
  for (;;) {
    if (!command()) return false;
    if (now_.token != Token::kPipe && now_.token != Token::kPipeBoth) return !stopped();
    advance();
    skip_newlines();
  }
}

bool BashParser::starts_command() const {
  switch (now_.token) {
    case Token::kWord:
    case Token::kAssignment:
    case Token::kIf:
    case Token::kFor:
    case Token::kSelect:
    case Token::kCase:
    case Token::kWhile:
    case Token::kUntil:
    case Token::kFunction:
    case Token::kTime:
    case Token::kNot:
    case Token::kLeftBrace:
    case Token::kOpen:
    case Token::kArithmetic:
    case Token::kConditionStart:
    case Token::kCoprocess:
      return true;
    default:
      return is_redirection();
  }
}

bool BashParser::command() {
  Nested nested(*this);
  if (nested.too_deep()) return give_up();
  if (stopped()) return false;
  if (now_.token == Token::kWord || now_.token == Token::kAssignment || is_redirection())
    return simple_command();
  if (now_.token == Token::kFunction) return function();
  if (now_.token == Token::kCoprocess) return coprocess();
  return compound() && redirections();
}

// The brackets behind its name may be missing, or be a subshell that is its body.
bool BashParser::function() {
  advance();
  if (!expect(Token::kWord, "a name")) return false;
  if (now_.token != Token::kOpen) return function_body();
  open_.push_back({now_.begin, now_.end, ")"});
  advance();
  const bool subshell = now_.token != Token::kClose;
  if (subshell && !commands()) return false;
  if (!expect(Token::kClose, ")")) return false;
  open_.pop_back();
  return subshell ? redirections() : function_body();
}

bool BashParser::compound() {
  switch (now_.token) {
    case Token::kFor:
      return for_command();
    case Token::kSelect:
      return select_command();
    case Token::kCase:
      return case_command();
    case Token::kIf:
      return if_command();
    case Token::kWhile:
    case Token::kUntil:
      return while_command();
    case Token::kOpen:
      return group(Token::kClose, ")");
    case Token::kLeftBrace:
      return group(Token::kRightBrace, "}");
    case Token::kArithmetic:
      advance();
      return !stopped();
    case Token::kConditionStart:
      return conditional();
    default:
      return unexpected();
  }
}

bool BashParser::simple_command() {
  bool first = true, any = false;
  while (!stopped()) {
    if (is_redirection()) {
      if (!redirection()) return false;
    } else if (now_.token == Token::kWord || now_.token == Token::kAssignment) {
      const bool could_define = first && now_.token == Token::kWord;
      advance();
      if (could_define && now_.token == Token::kOpen) {
        advance();
        return expect(Token::kClose, ")") && function_body();
      }
    } else {
      return any || unexpected();
    }
    first = false, any = true;
  }
  return false;
}

bool BashParser::redirection() {
  if (now_.token == Token::kNumber || now_.token == Token::kRedirectName) {
    advance();
    // Digits before a process substitution are a word of their own.
    if (!is_redirection()) return !stopped();
  }
  const auto operation = now_.token;
  const bool strips = text_.substr(now_.begin, 3) == "<<-";
  advance();
  if (stopped()) return false;
  const bool duplicates = operation == Token::kDuplicate &&
                          (now_.token == Token::kDash || now_.token == Token::kNumber);
  if (now_.token != Token::kWord && now_.token != Token::kAssignment && !duplicates)
    return unexpected();
  if (operation == Token::kHereDocument) expect_here_document(strips);
  advance();
  return !stopped();
}

bool BashParser::redirections() {
  while (!stopped() && is_redirection())
    if (!redirection()) return false;
  return !stopped();
}

bool BashParser::function_body() {
  skip_newlines();
  return !stopped() && compound() && redirections();
}

bool BashParser::coprocess() {
  advance();
  if (stopped()) return false;
  if (now_.token == Token::kTime || now_.token == Token::kNot) return give_up();
  if (now_.token != Token::kWord) {
    if (now_.token == Token::kAssignment || is_redirection()) return simple_command();
    return compound() && redirections();
  }
  advance();
  if (stopped()) return false;
  const bool named = starts_command() && now_.token != Token::kWord &&
                     now_.token != Token::kAssignment && !is_redirection();
  if (now_.token == Token::kTime || now_.token == Token::kNot) return give_up();
  if (named) return compound() && redirections();
  while (!stopped() &&
         (now_.token == Token::kWord || now_.token == Token::kAssignment || is_redirection())) {
    if (is_redirection() ? !redirection() : (advance(), stopped())) return false;
  }
  return !stopped();
}

// A list of at least one command, up to what cannot begin another.
bool BashParser::list() {
  for (;;) {
    if (!and_or()) return false;
    if (now_.token != Token::kBackground && now_.token != Token::kSemicolon &&
        now_.token != Token::kNewline)
      return !stopped();
    advance();
    skip_newlines();
    if (stopped()) return false;
    if (!starts_command()) return true;
  }
}

bool BashParser::commands() {
  skip_newlines();
  return !stopped() && list();
}

bool BashParser::group(Token close, std::string_view wanted) {
  open_.push_back({now_.begin, now_.end, wanted});
  advance();
  if (!commands()) return false;
  if (!expect(close, wanted)) return false;
  open_.pop_back();
  return true;
}

bool BashParser::do_group() {
  if (now_.token == Token::kLeftBrace) return group(Token::kRightBrace, "}");
  if (!expect(Token::kDo, "do")) return false;
  return commands() && expect(Token::kDone, "done");
}

bool BashParser::word_list() {
  while (!stopped() && now_.token == Token::kWord) advance();
  if (stopped()) return false;
  if (now_.token != Token::kNewline && now_.token != Token::kSemicolon) return unexpected();
  advance();
  skip_newlines();
  return !stopped();
}

bool BashParser::for_command() {
  open_.push_back({now_.begin, now_.end, "done"});
  const auto begin = now_.begin;
  advance();
  if (now_.token == Token::kArithmeticFor) {
    const auto parts = text_.substr(begin, at_ - begin);
    const auto semicolons = std::ranges::count(parts, ';');
    const bool plain = parts.substr(parts.find("((") + 2).find_first_of("\"'`$(\\") == parts.npos;
    if (semicolons < 2 || (semicolons > 2 && plain))
      return refuse(Kind::kArithmetic, begin, at_, std::string(parts), ";");
    advance();
    if (now_.token == Token::kSemicolon || now_.token == Token::kNewline) advance();
    skip_newlines();
  } else {
    if (!expect(Token::kWord, "a name")) return false;
    if (now_.token == Token::kSemicolon) {
      advance();
      skip_newlines();
    } else {
      skip_newlines();
      if (now_.token == Token::kIn) {
        advance();
        if (!word_list()) return false;
      }
    }
  }
  if (stopped() || !do_group()) return false;
  open_.pop_back();
  return true;
}

bool BashParser::select_command() { return for_command(); }

bool BashParser::while_command() {
  open_.push_back({now_.begin, now_.end, "done"});
  advance();
  if (!commands() || !expect(Token::kDo, "do")) return false;
  if (!commands() || !expect(Token::kDone, "done")) return false;
  open_.pop_back();
  return true;
}

bool BashParser::if_command() {
  open_.push_back({now_.begin, now_.end, "fi"});
  do {
    advance();
    if (!commands() || !expect(Token::kThen, "then") || !commands()) return false;
  } while (now_.token == Token::kElif);
  if (now_.token == Token::kElse) {
    advance();
    if (!commands()) return false;
  }
  if (!expect(Token::kFi, "fi")) return false;
  open_.pop_back();
  return true;
}

bool BashParser::case_command() {
  open_.push_back({now_.begin, now_.end, "esac"});
  advance();
  if (!expect(Token::kWord, "a word")) return false;
  skip_newlines();
  if (!expect(Token::kIn, "in")) return false;
  for (;;) {
    skip_newlines();
    if (now_.token == Token::kEsac) break;
    if (!case_clause()) return false;
    if (now_.token != Token::kCaseEnd) break;
    advance();
  }
  if (!expect(Token::kEsac, "esac")) return false;
  open_.pop_back();
  return true;
}

bool BashParser::case_clause() {
  if (now_.token == Token::kOpen) advance();
  if (!expect(Token::kWord, "a pattern")) return false;
  while (now_.token == Token::kPipe) {
    advance();
    if (!expect(Token::kWord, "a pattern")) return false;
  }
  if (!expect(Token::kClose, ")")) return false;
  skip_newlines();
  if (stopped()) return false;
  return !starts_command() || list();
}

bool BashParser::bad_condition() {
  if (stopped()) return false;
  if (now_.token == Token::kEnd) return unexpected();
  return refuse(Kind::kConditional, now_.begin, std::max(at_, now_.begin + 1), found());
}

bool BashParser::conditional() {
  const auto begin = now_.begin;
  now_.in_condition = true;
  open_.push_back({begin, now_.end, "]]"});
  advance();
  if (!condition_or()) return false;
  if (now_.token != Token::kConditionEnd) return bad_condition();
  now_.in_condition = false;
  open_.pop_back();
  advance();
  return !stopped();
}

bool BashParser::condition_or() {
  Nested nested(*this);
  if (nested.too_deep()) return give_up();
  for (;;) {
    if (!condition_and()) return false;
    if (now_.token != Token::kOr) return true;
    advance();
  }
}

bool BashParser::condition_and() {
  for (;;) {
    if (!condition_term()) return false;
    if (now_.token != Token::kAnd) return true;
    advance();
  }
}

bool BashParser::condition_term() {
  skip_newlines();
  while (now_.token == Token::kWord && word_ == "!") {
    advance();
    skip_newlines();
  }
  if (stopped()) return false;
  if (now_.token == Token::kOpen) {
    advance();
    if (!condition_or()) return false;
    if (now_.token != Token::kClose) return bad_condition();
    advance();
    skip_newlines();
    return !stopped();
  }
  return condition_operand();
}

// One word, a unary test, or a comparison.
bool BashParser::condition_operand() {
  if (now_.token == Token::kConditionEnd) return give_up();  // bash reads `[[ a && ]]`
  if (now_.token != Token::kWord && now_.token != Token::kNumber) return bad_condition();
  const bool unary = is_unary(word_) && !quoted_;
  advance();
  if (stopped()) return false;
  if (unary && (now_.token == Token::kWord || now_.token == Token::kNumber)) {
    const bool compares = is_binary(word_);
    advance();
    if (compares && now_.token == Token::kWord) advance();
    skip_newlines();
    return !stopped();
  }
  const bool ordered = now_.token == Token::kRedirect;
  const bool compared = now_.token == Token::kWord && (is_binary(word_) || word_ == "-a");
  if (!ordered && !compared) {
    if (now_.token == Token::kWord || now_.token == Token::kNewline) return bad_condition();
    return !stopped();
  }
  const bool expression = compared && word_ == "=~";
  const bool extended = extended_patterns_;
  now_.in_regular_expression = expression;
  extended_patterns_ = true;
  advance();
  now_.in_regular_expression = false;
  extended_patterns_ = extended;
  if (stopped()) return false;
  if (now_.token != Token::kWord && now_.token != Token::kNumber) return bad_condition();
  advance();
  skip_newlines();
  return !stopped();
}

std::optional<BashRefusal> bash_refusal(std::string_view script) {
  auto plain = BashParser(script, false).refusal();
  if (!plain) return std::nullopt;
  // `shopt -s extglob` may be on where the script runs.
  if (!BashParser(script, true).refusal()) return std::nullopt;
  return plain;
}

std::optional<OpenHereDocument> open_here_document(std::string_view script) {
  return BashParser(script, true).open_here_document();
}

std::vector<std::size_t> input_redirections(std::string_view script) {
  return BashParser(script.substr(0, std::min(script.size(), kMaxBashBytes)), true)
      .input_redirections();
}

std::size_t logical_line_end(std::string_view script, std::size_t begin) {
  // What is too long to be read has only lines as they are written.
  if (script.size() > kMaxBashBytes) return std::min(script.find('\n', begin), script.size());
  return BashParser(script, true).line_end(begin);
}

}  // namespace seatrial::runbook
