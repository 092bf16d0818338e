#include "runbook/check/rules/insights_fence.h"

#include <algorithm>
#include <array>

#include "logs/query/commands.h"

namespace seatrial::runbook::check {
namespace {

constexpr std::array<std::string_view, 8> kLabels = {"insights",
                                                     "cwli",
                                                     "logs-insights",
                                                     "logsinsights",
                                                     "cloudwatchinsights",
                                                     "cloudwatch-insights",
                                                     "cloudwatch-logs-insights",
                                                     "cwl-insights"};
// Fences of these may hold a query though their label says otherwise.
constexpr std::array<std::string_view, 13> kPossible = {
    "",    "sql",  "bash", "sh",        "shell", "zsh",   "console",
    "txt", "text", "kql",  "plaintext", "query", "splunk"};
// What a query begins with.
constexpr std::array<std::string_view, 7> kFirst = {"fields", "filter",  "stats",      "parse",
                                                    "source", "display", "filterindex"};

// Commands that Splunk, Kusto or PPL have too: with one of them a query is of this language for
// sure only where it has an @-field.
constexpr std::array<std::string_view, 14> kShared = {
    "where", "search",    "lookup",     "join",        "head",     "tail",    "json",
    "accum", "addtotals", "appendcols", "autoregress", "filldown", "outlier", "order"};

bool is_space(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (is_space(text.back()) || text.back() == '\r')) text.remove_suffix(1);
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return text;
}

std::string_view first_word(std::string_view text) {
  const auto end = std::ranges::find_if_not(
      text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

bool begins_query(std::string_view line) {
  const auto word = first_word(line);
  const auto rest = line.substr(word.size());
  const bool first = std::ranges::any_of(
      kFirst, [&](std::string_view known) { return logs::query::same_word(word, known); });
  return first && !rest.empty() && is_space(rest[0]) && !trimmed(rest).starts_with('=');
}

// `| filter ...`
bool is_piped(std::string_view line) {
  if (!line.starts_with('|') || line.starts_with("||")) return false;
  return logs::query::find_command(first_word(trimmed(line.substr(1)))) != nullptr;
}

bool is_shared(std::string_view line) {
  if (!line.starts_with('|')) return false;
  const auto word = first_word(trimmed(line.substr(1)));
  return std::ranges::any_of(
      kShared, [&](std::string_view known) { return logs::query::same_word(word, known); });
}

bool goes_on(std::string_view previous, std::string_view line) {
  static constexpr std::array<std::string_view, 5> kWords = {"by", "as", "and", "or", "offset"};
  const auto word = first_word(line);
  if (std::ranges::any_of(kWords, [&](auto w) { return logs::query::same_word(w, word); }))
    return true;
  return previous.ends_with(',') || previous.ends_with('|') || previous.ends_with('(');
}

// <request-id>, ${GROUP}, {{name}}, ...: somebody fills it in. (?<name> is a group's name.
bool has_placeholder(std::string_view text) {
  if (text.contains("${") || text.contains("{{") || text.contains("...")) return true;
  for (auto at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    const auto close = text.find('>', at);
    const bool word = at + 1 < text.size() && !first_word(text.substr(at + 1)).empty();
    const bool group = at > 0 && (text[at - 1] == '?' || text[at - 1] == 'P');
    if (word && !group && close != std::string_view::npos &&
        !text.substr(at, close - at).contains('\n'))
      return true;
  }
  return false;
}

class Finder {
 public:
  Finder(const Block& block, bool labelled) : block_(block), labelled_(labelled) {}

  std::vector<InsightsQuery> find() {
    std::string_view rest = block_.content;
    for (std::size_t index = 0; !rest.empty(); ++index) {
      const auto end = std::min(rest.find('\n'), rest.size());
      take(rest.substr(0, end), index);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    finish();
    return std::move(found_);
  }

 private:
  void take(std::string_view raw, std::size_t index) {
    const auto line = trimmed(raw);
    const bool inside = !query_.lines.empty();
    if (line.starts_with("--")) {
      comment(raw, index);
    } else if (line.empty()) {
      comments_.clear();
      if (!labelled_) finish();
    } else if (begins_query(line) && !(inside && goes_on(previous_, line))) {
      finish();
      start(raw, index);
    } else if (inside &&
               (labelled_ || line[0] == '|' || line[0] == '#' || goes_on(previous_, line))) {
      add(raw, index);
    } else if (labelled_ && line[0] != '#') {
      start(raw, index);
    } else {
      finish();
      comments_.clear();
    }
    if (line.empty() || line[0] != '#') previous_ = line;
  }
  InsightsQuery::Line line_at(std::size_t index) const {
    const int column = index < block_.columns.size() ? block_.columns[index] : 0;
    return {block_.line + static_cast<int>(index), static_cast<std::size_t>(column),
            query_.text.size()};
  }
  void comment(std::string_view raw, std::size_t index) {
    auto line = line_at(index);
    line.column += raw.find('-');
    (query_.lines.empty() ? comments_ : query_.foreign_comments).push_back(line);
  }
  void start(std::string_view raw, std::size_t index) {
    query_.foreign_comments = std::exchange(comments_, {});
    add(raw, index);
  }
  void add(std::string_view raw, std::size_t index) {
    query_.lines.push_back(line_at(index));
    query_.text.append(raw).push_back('\n');
    piped_ = piped_ || is_piped(trimmed(raw));
    shared_ = shared_ || is_shared(trimmed(raw));
    foreign_ = foreign_ || (trimmed(raw).starts_with('|') && trimmed(raw).size() > 1 &&
                            !is_piped(trimmed(raw)));
  }
  void finish() {
    const bool sure = labelled_ || (piped_ && !foreign_ && (!shared_ || query_.text.contains('@')));
    if (!query_.lines.empty() && sure && !has_placeholder(query_.text))
      found_.push_back(std::move(query_));
    query_ = {};
    piped_ = foreign_ = shared_ = false;
  }

  const Block& block_;
  bool labelled_;
  InsightsQuery query_;
  std::vector<InsightsQuery::Line> comments_;  // right above what follows
  std::string_view previous_;
  bool piped_ = false, foreign_ = false, shared_ = false;
  std::vector<InsightsQuery> found_;
};

// In a shell fence only what the analysis takes for a query: no word of a command, no quoted text.
void keep_loose(const Fence& fence, std::vector<InsightsQuery>& queries) {
  const auto is_loose = [&](const InsightsQuery& query) {
    return std::ranges::any_of(fence.foreign, [&](const ForeignText& text) {
      return text.language == ForeignLanguage::kLogsInsights &&
             fence.line_of(text.begin) <= query.lines[0].number &&
             query.lines[0].number <= fence.line_of(text.end);
    });
  };
  std::erase_if(queries, [&](const auto& query) { return !is_loose(query); });
}

bool among(std::span<const std::string_view> list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

}  // namespace

InsightsQuery::Place InsightsQuery::place_of(logs::Span span) const {
  auto line = std::ranges::upper_bound(lines, span.begin, {}, &Line::begin);
  if (line != lines.begin()) --line;
  const auto next = std::next(line);
  const auto line_end = next == lines.end() ? text.size() - 1 : next->begin - 1;
  const auto end = std::max(std::min(span.end, line_end), span.begin + 1);
  return {line->number, line->column + (span.begin - line->begin),
          line->column + (end - line->begin)};
}

std::vector<InsightsQuery> insights_queries(const Analysis& analysis) {
  std::vector<InsightsQuery> all;
  for (const auto& block : analysis.document().blocks) {
    if (block.kind != Block::Kind::kFence) continue;
    const bool labelled = among(kLabels, block.language);
    if (!labelled && !among(kPossible, block.language)) continue;
    auto queries = Finder(block, labelled).find();
    const Fence* fence = queries.empty() || labelled ? nullptr : analysis.fence_of(block);
    if (fence != nullptr) keep_loose(*fence, queries);
    std::ranges::move(queries, std::back_inserter(all));
  }
  return all;
}

}  // namespace seatrial::runbook::check
