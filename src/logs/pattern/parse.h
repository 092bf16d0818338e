// The parsers of the three languages. `text` is the whole pattern, without the spaces around it
// from `begin` to `end`; spans count from the beginning of `text`.
#pragma once
#include <expected>
#include <functional>
#include <string>
#include <string_view>

#include "logs/pattern/ast.h"
#include "logs/pattern/cursor.h"

namespace seatrial::logs::pattern {

template <class T>
using Parse = std::expected<T, Problem>;
using Failure = std::unexpected<Problem>;

// A syntax problem at bytes [begin, end), at least one long.
Failure failure(std::size_t begin, std::size_t end, std::string message,
                Certainty certainty = Certainty::kCertain, std::string suggestion = {});

Parse<TextPattern> parse_text(std::string_view text, std::size_t begin, std::size_t end);
Parse<JsonPattern> parse_json(std::string_view text, std::size_t begin, std::size_t end);
Parse<DelimitedPattern> parse_delimited(std::string_view text, std::size_t begin, std::size_t end);

// "..." with \" and \\ inside; the cursor is at the opening quotation mark.
Parse<std::string> parse_quoted(Cursor& cursor);
// %...%; the cursor is at the opening %.
Parse<Regex> parse_regex(Cursor& cursor);
// = != < <= > >=
Parse<Operator> parse_operator(Cursor& cursor);
// What stands behind an operator. A bare value ends at a space or one of `stops`.
Parse<Value> parse_value(Cursor& cursor, Operator op, std::string_view stops);

// One test, without && and ||, at the cursor.
using LeafParser = std::function<Parse<Condition>(Cursor&)>;
// Tests joined by && and || and grouped by parentheses, up to what is neither.
Parse<Condition> parse_condition(Cursor& cursor, const LeafParser& leaf);

// $.a.b[0], $.a[*], $.['a.b'], the cursor at the dollar sign.
Parse<Selector> parse_selector(Cursor& cursor);

}  // namespace seatrial::logs::pattern
