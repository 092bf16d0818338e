// See suppressions.h.
#include "runbook/check/suppressions.h"

#include <algorithm>

#include "runbook/shell_directives.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

constexpr std::string_view kMark = "seatrial:";
constexpr std::string_view kVerb = "ignore";

std::string_view next_word(std::string_view text, std::size_t& at) {
  at = std::min(text.find_first_not_of(" \t\n", at), text.size());
  const auto end = std::min(text.find_first_of(" \t\n", at), text.size());
  const auto word = text.substr(at, end - at);
  at = end;
  return word;
}

// Names separated by commas, with or without blanks around them. `at` moves behind the last.
void read_names(Suppression& s, std::size_t& at) {
  bool more = true;
  while (more) {
    const auto word = next_word(s.text, at);
    const auto begin = at - word.size();
    for (std::size_t from = 0; from < word.size();) {
      const auto end = std::min(word.find(',', from), word.size());
      if (end > from) s.rules.push_back({std::string(word.substr(from, end - from)), begin + from});
      from = end + 1;
    }
    auto behind = at;
    more = !word.empty() && (word.ends_with(',') || next_word(s.text, behind).starts_with(','));
  }
}

void read_text(Suppression& s) {
  std::size_t at = kMark.size();
  const auto verb = next_word(s.text, at);
  if (verb != kVerb) {
    s.fault = fmt::format("seatrial understands 'ignore RULE reason', not '{}'", verb);
    return;
  }
  read_names(s, at);
  s.reason = trim(std::string_view(s.text).substr(at));
  if (s.rules.empty()) s.fault = "names no rule to ignore";
}

void add_document_directives(const Document& document, std::vector<Suppression>& out) {
  for (const auto& directive : document.directives) {
    Suppression s;
    s.text = directive.text;
    s.line = directive.line;
    const auto line = document.lines[static_cast<std::size_t>(directive.line - 1)];
    const auto from = static_cast<std::size_t>(directive.column);
    const auto at = line.find(kMark, from);
    s.column = at == line.npos ? from : at;
    s.first_line = directive.line;
    s.last_line = std::max(directive.end_line, directive.target_end_line);
    out.push_back(std::move(s));
  }
}

void add_directive(const Analysis& analysis, const ShellDirective& directive, int line,
                   std::size_t source_at, std::vector<Suppression>& out) {
  Suppression s;
  s.text = directive.text;
  const auto [at_line, byte] = analysis.line_and_byte(source_at);
  s.line = static_cast<int>(at_line) + 1, s.column = byte;
  s.first_line = line + static_cast<int>(directive.first_line);
  s.last_line = line + static_cast<int>(directive.last_line);
  out.push_back(std::move(s));
}

void add_block_directives(const Analysis& analysis, const Block& block,
                          std::vector<Suppression>& out) {
  if (const Fence* fence = analysis.fence_of(block)) {
    for (const auto& directive : shell_directives(fence->script))
      add_directive(analysis, directive, block.line, fence->source_of(directive.begin), out);
    return;
  }
  for (const auto& directive : line_directives(block.content)) {
    const auto row = directive.first_line - 1;  // it speaks of the line behind it
    const auto start = block.content.rfind('\n', directive.begin);
    const auto in_line = directive.begin - (start == std::string::npos ? 0 : start + 1);
    const auto indent = row < block.columns.size() ? block.columns[row] : 0;
    const auto line = static_cast<std::size_t>(block.line - 1) + row;
    add_directive(analysis, directive, block.line,
                  analysis.line_start(line) + static_cast<std::size_t>(indent) + in_line, out);
  }
}

// Which names suppressed something; findings and suppressions in the order of their lines.
class Sieve {
 public:
  explicit Sieve(const std::vector<Suppression>& suppressions) : suppressions_(suppressions) {
    for (const auto& s : suppressions_) used_.emplace_back(s.rules.size(), false);
    for (std::size_t i = 0; i < suppressions_.size(); ++i) order_.push_back(i);
    std::ranges::stable_sort(order_, {}, [&](auto i) { return suppressions_[i].first_line; });
  }

  bool suppresses(const Finding& finding) {
    while (next_ < order_.size() && suppressions_[order_[next_]].first_line <= finding.line)
      open_.push_back(order_[next_++]);
    std::erase_if(open_, [&](auto i) { return suppressions_[i].last_line < finding.line; });
    bool any = false;
    for (const auto i : open_) {
      const auto& rules = suppressions_[i].rules;
      for (std::size_t name = 0; name < rules.size(); ++name)
        if (rules[name].rule == finding.rule) any = used_[i][name] = true;
    }
    return any;
  }

  bool used(std::size_t suppression, std::size_t name) const { return used_[suppression][name]; }

 private:
  const std::vector<Suppression>& suppressions_;
  std::vector<std::vector<bool>> used_;
  std::vector<std::size_t> order_;  // by first line
  std::size_t next_ = 0;
  std::vector<std::size_t> open_;  // that speak of the line at hand
};

void report_unused(const std::vector<Suppression>& suppressions, const Sieve& sieve,
                   std::span<const Rule* const> active, Reports& reports) {
  for (std::size_t i = 0; i < suppressions.size(); ++i) {
    const auto& s = suppressions[i];
    for (std::size_t name = 0; name < s.rules.size(); ++name) {
      const auto& rule = s.rules[name].rule;
      if (sieve.used(i, name) || rule == kBadSuppressionId) continue;
      if (std::ranges::find(active, rule, &Rule::id) == active.end()) continue;
      const auto where = s.first_line > s.last_line    ? "nothing follows it"
                         : s.first_line == s.last_line ? "the rule finds nothing on that line"
                                                       : "the rule finds nothing there";
      report_suppression(s, &s.rules[name],
                         {fmt::format("'{}' suppresses nothing here: {}", rule, where)}, reports);
    }
  }
}

}  // namespace

std::vector<Suppression> find_suppressions(const Analysis& analysis) {
  const auto& document = analysis.document();
  std::vector<Suppression> out;
  if (!document.source.contains(kMark)) return out;
  add_document_directives(document, out);
  for (const auto& block : document.blocks)
    if (block.kind == Block::Kind::kFence && block.content.contains(kMark))
      add_block_directives(analysis, block, out);
  for (auto& s : out) read_text(s);
  std::ranges::stable_sort(out, {}, &Suppression::line);
  return out;
}

void report_suppression(const Suppression& suppression, const Suppression::Name* name, Note note,
                        Reports& reports) {
  const auto first_line = suppression.text.find('\n');
  auto begin = suppression.column;
  auto end = begin + std::min(first_line, suppression.text.size());
  if (name != nullptr && name->offset < first_line)
    begin += name->offset, end = begin + name->rule.size();
  reports.at_line(suppression.line, begin, end, std::move(note));
}

std::size_t apply_suppressions(const Analysis& analysis, std::span<const Rule* const> active,
                               std::vector<Finding>& findings) {
  const auto suppressions = find_suppressions(analysis);
  if (suppressions.empty()) return 0;
  Sieve sieve(suppressions);
  const auto suppressed = std::erase_if(findings, [&](const Finding& finding) {
    return finding.rule != kBadSuppressionId && sieve.suppresses(finding);
  });
  const auto rule = std::ranges::find(active, kBadSuppressionId, &Rule::id);
  if (rule == active.end()) return suppressed;
  Reports reports(analysis, **rule);
  report_unused(suppressions, sieve, active, reports);
  std::ranges::move(reports.take(), std::back_inserter(findings));
  return suppressed;
}

}  // namespace seatrial::runbook::check
