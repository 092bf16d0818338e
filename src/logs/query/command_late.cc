// The commands AWS added in 2026 and documents in a few lines each: options, fields, an alias.
//
//   accum FIELD [as NAME]                        addtotals [fieldname= row= col=] [FIELD, ...]
//   appendcols [override= max=] (SUBQUERY)       autoregress FIELD [as NAME] [p=N[-M]]
//   filldown [FIELD* ...]                        fillmissing [with VALUE for FIELD, ...]
//   logcompare timeshift PERIOD                  outlier [action= param= uselower= mark=] FIELD ...
//   sessionize FIELD, ... [maxspan PERIOD] [as NAME]
#include "logs/query/commands.h"

namespace seatrial::logs::query {
namespace {

struct Shape {
  std::string_view name;
  bool fields;  // takes fields, separated by commas or spaces
  bool needed;  // at least one
  bool alias;
  bool query;
};

constexpr Shape kShapes[] = {
    {"accum", true, true, true, false},         {"addtotals", true, false, false, false},
    {"appendcols", false, false, false, true},  {"autoregress", true, true, true, false},
    {"filldown", true, false, false, false},    {"fillmissing", false, false, false, false},
    {"logcompare", false, false, false, false}, {"outlier", true, true, false, false},
    {"sessionize", true, true, true, false},
};

const Shape& shape_of(const CommandKind& kind) {
  for (const auto& shape : kShapes)
    if (shape.name == kind.name) return shape;
  return kShapes[0];
}

// The value of NAME=VALUE: a word, number or range as written (1-4).
std::string option_value(Parser& parser) {
  const std::size_t begin = parser.peek().span.begin;
  parser.take();
  while (parser.peek().is("-") && parser.peek().span.begin == parser.span_from(begin).end) {
    parser.take();
    parser.take();
  }
  return parser.written(begin);
}

void parse_fills(Parser& parser, LateCommand& out) {
  if (!parser.accept_word("with")) return;
  do {
    const std::size_t begin = parser.peek().span.begin;
    parser.expression();
    auto value = parser.written(begin);
    if (!parser.accept_word("for")) parser.unexpected("`for` and a field are missing");
    out.fills.emplace_back(std::move(value), parser.name("a field"));
  } while (parser.accept(","));
}

void parse_word(Parser& parser, LateCommand& out, const Shape& shape) {
  Name name = parser.name("a field's name");
  if (parser.accept("=")) {
    out.options.emplace_back(std::move(name), option_value(parser));
    return;
  }
  if (same_word(name.text, "maxspan") && parser.peek().kind == Token::Kind::kPeriod) {
    out.options.emplace_back(std::move(name), parser.take().text);
    return;
  }
  if (!shape.fields) {
    parser.fail(name.span, fmt::format("{} takes no fields", shape.name), Certainty::kLikely);
    return;
  }
  if (parser.peek().is("*") && parser.peek().span.begin == name.span.end) {
    name.span.end = parser.take().span.end;
    name.text += '*';
  }
  out.fields.push_back(std::move(name));
}

}  // namespace

Body parse_late(Parser& parser, const CommandKind& kind) {
  LateCommand out;
  const auto& shape = shape_of(kind);
  if (kind.name == "fillmissing") parse_fills(parser, out);
  if (kind.name == "logcompare") {
    if (parser.accept_word("timeshift"))
      out.shift = parser.period();
    else
      parser.unexpected("`timeshift` and a length of time are missing");
  }
  while (!parser.at_command_end() && !parser.peek().is("(")) {
    if (shape.alias && parser.accept_word("as"))
      out.alias = parser.name("the name behind `as`");
    else
      parse_word(parser, out, shape);
    parser.accept(",");
  }
  if (shape.query) out.query = parser.subquery();
  if (shape.needed && out.fields.empty()) parser.unexpected("a field is missing");
  return out;
}

}  // namespace seatrial::logs::query
