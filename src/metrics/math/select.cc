#include "metrics/math/select.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace seatrial::metrics::math {
namespace {

using Function = Select::Function;

bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

// guess: of AWS's reserved words, which are SQL's, only those the grammar has must be quoted here.
bool is_reserved(std::string_view word) {
  static constexpr std::array<std::string_view, 17> kWords{
      "SELECT", "FROM", "SCHEMA", "WHERE", "AND", "OR",  "GROUP", "ORDER", "BY",
      "LIMIT",  "ASC",  "DESC",   "AVG",   "MAX", "MIN", "SUM",   "COUNT"};
  return std::ranges::find(kWords, upper(word)) != kWords.end();
}

struct Word {
  enum class Kind { kEnd, kWord, kQuoted, kValue, kSign, kBad };
  Kind kind = Kind::kEnd;
  std::size_t at = 0;
  std::string text;  // without quotation marks; of kBad, what is wrong
};

class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  Word next() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
    if (at_ == text_.size()) return {Word::Kind::kEnd, at_, "the end"};
    const char c = text_[at_];
    if (c == '"' || c == '\'') return quoted(c);
    const auto begin = at_;
    if (in_word(c)) {
      // A dot joins the parts of AWS.AccountId and tag.name.
      while (at_ < text_.size() && (in_word(text_[at_]) || text_[at_] == '.')) ++at_;
      return {Word::Kind::kWord, begin, std::string(text_.substr(begin, at_ - begin))};
    }
    at_ += text_.substr(at_).starts_with("!=") ? 2 : 1;
    return {Word::Kind::kSign, begin, std::string(text_.substr(begin, at_ - begin))};
  }

 private:
  Word quoted(char mark) {
    Word word{mark == '"' ? Word::Kind::kQuoted : Word::Kind::kValue, at_, ""};
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == mark) return ++at_, word;
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      word.text += text_[at_];
    }
    return {Word::Kind::kBad, word.at, "a quotation mark that nothing closes"};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

struct Wrong {
  std::string what;
};

// Throws Wrong, which parse() catches: a clause deep in a query ends all of it.
class SelectParser {
 public:
  explicit SelectParser(std::string_view text) : words_(text) { take(); }

  Select query() {
    Select select;
    keyword("SELECT");
    select.function = function();
    sign("(");
    select.metric = name("a metric's name");
    sign(")");
    keyword("FROM");
    source(select);
    if (accept("WHERE")) {
      do select.where.push_back(condition());
      while (accept("AND"));
    }
    if (accept("GROUP")) {
      keyword("BY");
      do select.group_by.push_back(label());
      while (accept_sign(","));
    }
    if (accept("ORDER")) select.order = order();
    if (accept("LIMIT")) select.limit = limit();
    if (word_.kind != Word::Kind::kEnd) unexpected("the end of the query");
    return select;
  }

 private:
  [[noreturn]] void wrong(std::size_t at, const std::string& what) {
    throw Wrong{what + " at character " + std::to_string(at + 1)};
  }
  [[noreturn]] void unexpected(const std::string& wanted) {
    if (word_.kind == Word::Kind::kBad) wrong(word_.at, "There is " + word_.text);
    const bool end = word_.kind == Word::Kind::kEnd;
    wrong(word_.at, "Unexpected " + (end ? word_.text : "'" + word_.text + "'") + ", expected " +
                        wanted + ",");
  }

  Word take() { return std::exchange(word_, words_.next()); }
  bool is(std::string_view keyword) const {
    return word_.kind == Word::Kind::kWord && upper(word_.text) == keyword;
  }
  bool accept(std::string_view keyword) { return is(keyword) && (take(), true); }
  void keyword(const std::string& keyword) {
    if (!accept(keyword)) unexpected(keyword);
  }
  bool accept_sign(std::string_view sign) {
    return word_.kind == Word::Kind::kSign && word_.text == sign && (take(), true);
  }
  void sign(const std::string& sign) {
    if (!accept_sign(sign)) unexpected("'" + sign + "'");
  }

  Function function() {
    for (const auto& [name, function] :
         {std::pair{"AVG", Function::kAvg}, std::pair{"COUNT", Function::kCount},
          std::pair{"MAX", Function::kMax}, std::pair{"MIN", Function::kMin},
          std::pair{"SUM", Function::kSum}})
      if (accept(name)) return function;
    unexpected("AVG, COUNT, MAX, MIN or SUM");
  }

  std::string name(const std::string& wanted) {
    if (word_.kind == Word::Kind::kQuoted && !word_.text.empty()) return take().text;
    if (word_.kind != Word::Kind::kWord) unexpected(wanted);
    if (is_reserved(word_.text)) unexpected(wanted + " (a reserved word needs quotation marks)");
    if (word_.text.find('.') != std::string::npos)
      unexpected(wanted + " (one with a dot needs quotation marks)");
    return take().text;
  }

  std::string label() {
    if (word_.kind == Word::Kind::kWord && upper(word_.text) == upper(kAccountLabel)) {
      take();
      return std::string(kAccountLabel);
    }
    const bool dotted = word_.kind == Word::Kind::kWord || word_.kind == Word::Kind::kQuoted;
    if (dotted && upper(word_.text).starts_with("TAG."))
      wrong(word_.at,
            "Seatrial does not serve queries by the tags of resources yet: '" + word_.text + "'");
    return name("a label's name");
  }

  void source(Select& select) {
    if (!accept("SCHEMA")) {
      select.name_space = name("a namespace or SCHEMA(");
      return;
    }
    sign("(");
    select.name_space = name("a namespace");
    select.schema.emplace();
    while (accept_sign(",")) select.schema->push_back(name("a label's name"));
    sign(")");
    std::ranges::sort(*select.schema);
  }

  Select::Condition condition() {
    Select::Condition condition;
    condition.label = label();
    if (accept_sign("!="))
      condition.equal = false;
    else if (!accept_sign("="))
      unexpected("= or !=");
    if (word_.kind != Word::Kind::kValue) unexpected("a value in single quotation marks");
    condition.value = take().text;
    return condition;
  }

  Select::Order order() {
    Select::Order order;
    keyword("BY");
    order.function = function();
    sign("(");
    sign(")");
    order.descending = accept("DESC");
    if (!order.descending) accept("ASC");
    return order;
  }

  std::size_t limit() {
    std::size_t limit = 0;
    const auto& text = word_.text;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (word_.kind != Word::Kind::kWord || error != std::errc{} ||
        end != text.data() + text.size() || limit < 1 || limit > kMaxSelected)
      unexpected("a number from 1 to " + std::to_string(kMaxSelected));
    take();
    return limit;
  }

  Words words_;
  Word word_;
};

const std::string* value_of(const Dimensions& dimensions, std::string_view label) {
  const auto found =
      std::ranges::find_if(dimensions, [&](const Dimension& d) { return d.name == label; });
  return found == dimensions.end() ? nullptr : &found->value;
}

}  // namespace

std::expected<Select, std::string> Select::parse(std::string_view text) {
  try {
    return SelectParser(text).query();
  } catch (Wrong& wrong) {
    return std::unexpected(std::move(wrong.what));
  }
}

// guess: a metric without the label fulfils no condition on it, as NULL does not in SQL.
bool Select::matches(const SeriesId& series, std::string_view account) const {
  if (series.name_space != name_space || series.name != metric) return false;
  if (schema && !std::ranges::equal(*schema, series.dimensions, {}, {}, &Dimension::name))
    return false;
  return std::ranges::all_of(where, [&](const Condition& condition) {
    if (condition.label == kAccountLabel) return (condition.value == account) == condition.equal;
    const auto* value = value_of(series.dimensions, condition.label);
    return value != nullptr && (*value == condition.value) == condition.equal;
  });
}

std::vector<std::string> Select::group_of(const Dimensions& dimensions,
                                          std::string_view account) const {
  std::vector<std::string> group;
  for (const auto& label : group_by) {
    const auto* value = value_of(dimensions, label);
    if (label == kAccountLabel)
      group.emplace_back(account);
    else
      group.emplace_back(value != nullptr ? std::string_view(*value) : kOtherLabel);
  }
  return group;
}

bool is_select(std::string_view expression) {
  const auto begin = expression.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return false;
  const auto word = expression.substr(begin, 6);
  const auto rest = expression.substr(begin).substr(word.size());
  return upper(word) == "SELECT" &&
         (rest.empty() || std::isspace(static_cast<unsigned char>(rest.front())) != 0);
}

}  // namespace seatrial::metrics::math
