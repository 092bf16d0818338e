// What the parsers of all commands share: tokens, expressions, lists, and the first problem.
//
// The first problem ends the parse: from then on every token is the end, so that no loop goes on
// and no second problem follows from the first. Rejected: std::expected in every function, which
// would double the size of each command for the same effect.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "logs/query/ast.h"
#include "logs/query/lexer.h"

namespace seatrial::logs::query {

inline constexpr std::size_t kMaxNesting = 64;  // of expressions and subqueries

class Parser {
 public:
  explicit Parser(std::string_view text);

  const Token& peek() const { return token_; }
  Token take();
  bool ends() const { return token_.kind == Token::Kind::kEnd; }
  // At | or ) or the end: the command is over.
  bool at_command_end() const { return ends() || token_.is("|") || token_.is(")"); }
  bool accept(std::string_view sign);
  bool accept_word(std::string_view word);
  bool sees_word(std::string_view word) const;
  bool expect(std::string_view sign, std::string_view where);

  // Goes back to a token seen before.
  void rewind(const Token& token);
  // The text from `begin` to the end of the last token taken.
  std::string written(std::size_t begin) const;
  Span span_from(std::size_t begin) const { return {begin, last_end_}; }
  std::string_view text() const { return lexer_.text(); }
  // Takes all up to the command's end; brackets and strings in it are whole.
  std::string rest_of_command();

  // First problem. `certainty` of unexpected tokens is that of the command (set_certainty).
  void fail(Span span, std::string message, Certainty certainty = Certainty::kCertain,
            std::string suggestion = {});
  void unexpected(std::string_view wanted);
  bool failed() const { return problem_.has_value(); }
  std::optional<Problem> problem() const { return problem_; }
  void set_certainty(Certainty certainty) { certainty_ = certainty; }
  Certainty certainty() const { return certainty_; }

  Expression expression();
  Item item();  // expression [as alias]
  std::vector<Item> items();
  Name name(std::string_view what);  // of a field or an alias
  std::vector<Name> names(std::string_view what);
  std::optional<Period> period();
  std::shared_ptr<const Query> subquery();  // in parentheses, the cursor at the opening one
  Query query();                            // up to the end or an unmatched )

  std::size_t depth = 0;  // of what is being parsed; guarded by Deeper

 private:
  friend class ExpressionParser;
  Command command();

  Lexer lexer_;
  Token token_;
  std::size_t last_end_ = 0;
  Certainty certainty_ = Certainty::kCertain;
  std::optional<Problem> problem_;
};

// One level of nesting more, within the limit.
class Deeper {
 public:
  explicit Deeper(Parser& parser) : parser_(parser) {
    if (++parser_.depth > kMaxNesting)
      parser_.fail(parser_.peek().span, "this is nested too deeply", Certainty::kGuess);
  }
  Deeper(const Deeper&) = delete;
  ~Deeper() { --parser_.depth; }

 private:
  Parser& parser_;
};

}  // namespace seatrial::logs::query
