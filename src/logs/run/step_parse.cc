// parse: fields out of a text by a pattern with asterisks, a regular expression, logfmt or csv.
// Source: CWL_QuerySyntax-Parse.
//
// What does not match gives no fields. guess: names that a text lacks stay what they were not:
// absent.
#include <re2/re2.h>

#include "logs/run/build.h"
#include "logs/run/line_formats.h"
#include "logs/run/text_search.h"

namespace seatrial::logs::run {
namespace {

struct Target {
  NodePtr source;
  std::vector<int> slots;
};

class ParseStep : public Step {
 public:
  explicit ParseStep(Target target) : target_(std::move(target)) {}
  bool row_wise() const override { return true; }
  std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                               Stage* next) const override;
  // Sets the slots of a row from a text, and passes the row on, once or more.
  virtual void parse(std::string_view text, Row& row, Stage& next) const = 0;
  const Target& target() const { return target_; }

 protected:
  void clear(Row& row) const {
    for (const int slot : target_.slots) row.set(slot, {});
  }

 private:
  Target target_;
};

class ParseStage final : public Stage {
 public:
  ParseStage(Context& context, const EventFields& fields, Stage* next, const ParseStep& step)
      : Stage(context, fields, next), step_(step) {}
  void take(Row& row) override {
    const auto value = step_.target().source->value(row);
    for (const int slot : step_.target().slots) row.set(slot, {});
    if (!value.present()) return next().take(row);
    step_.parse(text_of(value, row.arena()), row, next());
  }

 private:
  const ParseStep& step_;
};

std::unique_ptr<Stage> ParseStep::stage(Context& context, const EventFields& fields,
                                        Stage* next) const {
  return std::make_unique<ParseStage>(context, fields, next, *this);
}

// Texts between asterisks, each found as early as it can be. The last asterisk takes the rest when
// nothing stands behind it.
class GlobStep final : public ParseStep {
 public:
  GlobStep(Target target, std::string_view pattern) : ParseStep(std::move(target)) {
    for (auto star = pattern.find('*'); star != std::string_view::npos; star = pattern.find('*')) {
      literals_.emplace_back(pattern.substr(0, star));
      pattern.remove_prefix(star + 1);
    }
    last_ = pattern;
  }
  bool keeps_rows() const override { return true; }
  void parse(std::string_view text, Row& row, Stage& next) const override {
    std::vector<std::string_view> found;
    if (match(text, found))
      for (std::size_t i = 0; i < found.size() && i < target().slots.size(); ++i)
        row.set(target().slots[i], Value::of(found[i]));
    next.take(row);
  }

 private:
  bool match(std::string_view text, std::vector<std::string_view>& found) const {
    for (std::size_t i = 0; i < literals_.size(); ++i) {
      const auto at = text.find(literals_[i]);
      if (at == std::string_view::npos) return false;
      if (i > 0) found.push_back(text.substr(0, at));
      text.remove_prefix(at + literals_[i].size());
    }
    const auto end = last_.empty() ? text.size() : text.find(last_);
    if (end == std::string_view::npos) return false;
    found.push_back(text.substr(0, end));
    return true;
  }

  std::vector<std::string> literals_;  // before each asterisk
  std::string last_;
};

// Named groups, or all groups in order behind `as`. multi: a row for every match, none without one
// (guess).
class RegexStep final : public ParseStep {
 public:
  RegexStep(Target target, std::shared_ptr<const Regex> regex, std::vector<int> groups, bool multi)
      : ParseStep(std::move(target)),
        regex_(std::move(regex)),
        groups_(std::move(groups)),
        multi_(multi) {}
  bool keeps_rows() const override { return !multi_; }
  void parse(std::string_view text, Row& row, Stage& next) const override {
    std::vector<re2::StringPiece> found(
        static_cast<std::size_t>(regex_->re2().NumberOfCapturingGroups()) + 1);
    std::size_t from = 0;
    const auto& needed = regex_->required().text;
    bool any = false;
    while ((needed.empty() || contains(text.substr(from), needed)) &&
           regex_->re2().Match(text, from, text.size(), RE2::UNANCHORED, found.data(),
                               static_cast<int>(found.size()))) {
      set(row, found);
      any = true;
      if (!multi_) break;
      next.take(row);
      from = static_cast<std::size_t>(found[0].data() - text.data()) +
             std::max<std::size_t>(found[0].size(), 1);
      if (from > text.size() || row.context().failed()) break;
    }
    if (!any) clear(row);
    if (!multi_) next.take(row);
  }

 private:
  void set(Row& row, const std::vector<re2::StringPiece>& found) const {
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      const auto& piece = found[static_cast<std::size_t>(groups_[i])];
      row.set(target().slots[i], piece.data() == nullptr
                                     ? Value{}
                                     : Value::of(std::string_view(piece.data(), piece.size())));
    }
  }

  std::shared_ptr<const Regex> regex_;
  std::vector<int> groups_;
  bool multi_;
};

class LogfmtStep final : public ParseStep {
 public:
  using ParseStep::ParseStep;
  bool keeps_rows() const override { return true; }
  void parse(std::string_view text, Row& row, Stage& next) const override {
    const auto map = logfmt_to_json(text);
    if (!map.empty()) row.set(target().slots[0], Value::json(row.arena().keep(map)));
    next.take(row);
  }
};

class CsvStep final : public ParseStep {
 public:
  using ParseStep::ParseStep;
  bool keeps_rows() const override { return true; }
  void parse(std::string_view text, Row& row, Stage& next) const override {
    const auto cells = csv_cells(text);
    for (std::size_t i = 0; i < cells.size() && i < target().slots.size(); ++i)
      row.set(target().slots[i], Value::of(row.arena().keep(cells[i])));
    next.take(row);
  }
};

StepPtr build_regex(const query::ParseCommand& command, Builder& builder, Target target) {
  std::string problem;
  auto regex = Regex::compile(command.pattern, problem);
  if (!regex) {
    builder.refuse("the regular expression is not served: " + problem);
    return nullptr;
  }
  const auto& named = regex->re2().NamedCapturingGroups();
  const auto count = static_cast<std::size_t>(regex->re2().NumberOfCapturingGroups());
  std::vector<int> groups;
  for (std::size_t i = 0; i < command.fields.size(); ++i) {
    const auto group = named.find(command.fields[i].text);
    groups.push_back(group != named.end() ? group->second : static_cast<int>(i) + 1);
  }
  if (count < command.fields.size())
    builder.refuse(
        fmt::format("the expression has {} groups for {} names", count, command.fields.size()));
  return std::make_unique<RegexStep>(std::move(target), std::move(regex), std::move(groups),
                                     command.multi);
}

}  // namespace

StepPtr build_step(const query::ParseCommand& command, Builder& builder) {
  Target target;
  target.source = command.source ? builder.field(command.source->text) : builder.field("@message");
  for (const auto& field : command.fields) {
    target.slots.push_back(builder.define(field.text));
    builder.columns.show(field.text, target.slots.back());
  }
  switch (command.mode) {
    case query::ParseCommand::Mode::kGlob:
      return std::make_unique<GlobStep>(std::move(target), command.pattern);
    case query::ParseCommand::Mode::kRegex:
      return build_regex(command, builder, std::move(target));
    case query::ParseCommand::Mode::kLogfmt:
      return std::make_unique<LogfmtStep>(std::move(target));
    case query::ParseCommand::Mode::kCsv:
      return std::make_unique<CsvStep>(std::move(target));
  }
  return nullptr;
}

}  // namespace seatrial::logs::run
