// The state of bash's reader. Private to bash_lexer.cc and bash_words.cc (tokens) and
// bash_parser.cc (grammar).
#pragma once
#include <array>
#include <vector>

#include "runbook/bash_syntax.h"

namespace seatrial::runbook {

enum class BashToken : std::uint8_t {
  kNone,
  kWord,
  kAssignment,
  kNumber,        // digits before a redirection
  kRedirectName,  // {name} before a redirection
  kRedirect,      // < > >> >| <> &> &>>
  kDuplicate,     // <& >&
  kDash,          // behind a kDuplicate
  kHereDocument,  // << <<-
  kHereString,    // <<<
  kNewline,
  kEnd,
  kSemicolon,
  kBackground,  // &
  kPipe,        // |
  kPipeBoth,    // |&
  kOpen,        // (
  kClose,       // )
  kAnd,
  kOr,
  kCaseEnd,        // ;; ;& ;;&
  kArithmetic,     // ((...))
  kArithmeticFor,  // ((...)) behind for
  kSubstitution,   // $( : what stands before the first token of one
  kIf,
  kThen,
  kElif,
  kElse,
  kFi,
  kFor,
  kSelect,
  kCase,
  kIn,
  kEsac,
  kWhile,
  kUntil,
  kDo,
  kDone,
  kFunction,
  kTime,
  kTimeOption,
  kNot,
  kLeftBrace,
  kRightBrace,
  kConditionStart,
  kConditionEnd,
  kCoprocess,
};

class BashParser {
 public:
  BashParser(std::string_view text, bool extended_patterns)
      : text_(text), extended_patterns_(extended_patterns) {}

  std::optional<BashRefusal> refusal();
  std::optional<OpenHereDocument> open_here_document();
  std::size_t line_end(std::size_t begin);
  std::vector<std::size_t> input_redirections();

 private:
  using Token = BashToken;

  struct HereDocument {
    std::string delimiter;
    bool strip_tabs = false;
    bool literal = false;  // its delimiter is quoted
    std::size_t begin = 0, end = 0;
  };
  // What a substitution begins afresh and its end brings back.
  struct Tokens {
    Token token = Token::kNewline, last = Token::kNewline, before_last = Token::kNewline;
    std::size_t begin = 0, end = 0;
    bool case_pattern = false;
    bool assignments_welcome = false;   // behind export, declare and the like
    bool leading_redirections = false;  // only redirections since a command's place
    bool in_condition = false;
    bool in_regular_expression = false;
    bool in_compound_value = false;  // NAME=( ... )
    bool in_substitution = false;
    std::vector<HereDocument> here_documents;  // whose text begins at the next line
  };
  struct Matching {
    bool double_quoted = false;  // inside "..."
    bool first_close = false;    // the opening byte inside does not nest
    bool escapes = false;        // $'...'
    bool braced = false;         // ${...}
    bool subscript = false;
    bool arithmetic = false;
  };

  // Tokens (bash_lexer.cc, bash_words.cc).
  void advance();
  Token read_token();
  Token read_operator();
  Token read_same_pair(char c);
  Token read_double_parenthesis();
  Token read_word();
  bool take_word_piece();
  bool take_escape();
  bool take_quoted(char quote);
  bool take_dollar_or_angle(char c);
  bool take_extended_pattern();
  bool take_compound_value();
  Token classify_word();
  Token special_word() const;
  Token reserved_word();
  void note_builtin();
  bool leads_on(Token token) const;
  static bool is_redirection(Token token);
  static bool takes_target(Token token);
  bool is_reserved_place() const;
  bool is_command_place() const;
  bool may_subscript() const;
  bool may_time() const;
  bool may_assign() const;
  bool skip_matched(char open, char close, Matching how, std::size_t opened_at);
  bool skip_inside(char open, char close, char c, bool was_dollar, bool was_angle, Matching how,
                   int& count);
  bool skip_dollar_word(char open, char c, Matching how, int& count);
  bool skip_substitution(std::size_t opened_at);
  void skip_blanks();
  void skip_continuations();
  bool next_is(char c);
  bool at_end() const { return at_ >= text_.size(); }
  void read_here_documents();
  void read_here_document(const HereDocument& document);
  void expect_here_document(bool strip_tabs);

  // Grammar (bash_parser.cc). False when refused or given up.
  bool script();
  bool simple_list();
  bool and_or();
  bool pipeline();
  bool command();
  bool compound();
  bool simple_command();
  bool redirection();
  bool redirections();
  bool function();
  bool function_body();
  bool for_command();
  bool select_command();
  bool word_list();
  bool do_group();
  bool case_command();
  bool case_clause();
  bool if_command();
  bool while_command();
  bool group(Token close, std::string_view wanted);
  bool coprocess();
  bool conditional();
  bool bad_condition();
  bool condition_or();
  bool condition_and();
  bool condition_term();
  bool condition_operand();
  bool commands();  // at least one
  bool list();
  bool expect(Token token, std::string_view wanted);
  void skip_newlines();
  bool is_redirection() const { return is_redirection(now_.token); }
  bool starts_command() const;

  bool refuse(BashRefusal::Kind kind, std::size_t begin, std::size_t end, std::string found,
              std::string wanted = {});
  bool unexpected();
  bool unclosed(std::size_t begin, std::size_t length, std::string_view wanted);
  bool give_up() {
    given_up_ = true;
    return false;
  }
  bool stopped() const { return given_up_ || refusal_.has_value(); }
  std::string found() const;

  struct Opening {
    std::size_t begin = 0, end = 0;
    std::string_view wanted;
  };
  // Counts how deep reading is, and what is open there.
  class Nested {
   public:
    explicit Nested(BashParser& parser) : parser_(parser) { ++parser_.depth_; }
    ~Nested() { --parser_.depth_; }
    Nested(const Nested&) = delete;
    bool too_deep() const { return parser_.depth_ > kMaxBashNesting; }

   private:
    BashParser& parser_;
  };

  std::string_view text_;
  bool extended_patterns_;
  std::size_t at_ = 0;
  Tokens now_;
  std::string word_;  // the last word, continuations removed
  bool quoted_ = false, dollar_ = false, compound_ = false;
  std::vector<Opening> open_;
  int depth_ = 0;
  bool given_up_ = false;
  std::vector<std::size_t> input_redirections_;
  std::optional<BashRefusal> refusal_;
  std::optional<OpenHereDocument> open_document_;
};

}  // namespace seatrial::runbook
