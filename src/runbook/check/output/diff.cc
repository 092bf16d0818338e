// See diff.h. Mends change words in lines: no search for the shortest script of edits is needed.
#include "runbook/check/output/diff.h"

#include <fmt/format.h>

#include <algorithm>

namespace seatrial::runbook::check {
namespace {

constexpr std::size_t kContext = 3;

std::vector<std::string_view> lines_with_ends(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out;
}

void add_line(char sign, std::string_view line, std::string& out) {
  out += sign;
  out += line;
  if (!line.ends_with('\n')) out += "\n\\ No newline at end of file\n";
}

struct Hunk {
  std::size_t begin = 0, end = 0;   // lines of the old text
  std::size_t first = 0, last = 0;  // half open range of changes
};

std::vector<Hunk> hunks_of(const std::vector<Change>& changes, std::size_t lines) {
  std::vector<Hunk> hunks;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto begin = changes[i].begin - std::min(changes[i].begin, kContext);
    const auto end = std::min(changes[i].end + kContext, lines);
    if (!hunks.empty() && begin <= hunks.back().end)
      hunks.back().end = end, hunks.back().last = i + 1;
    else
      hunks.push_back({begin, end, i, i + 1});
  }
  return hunks;
}

}  // namespace

std::vector<Change> changes_between(std::string_view before, std::string_view after) {
  const auto a = lines_with_ends(before), b = lines_with_ends(after);
  std::vector<Change> changes;
  if (a.size() == b.size()) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (a[i] == b[i]) continue;
      if (changes.empty() || changes.back().end != i) changes.push_back({i, i, {}});
      ++changes.back().end;
      changes.back().lines.emplace_back(b[i]);
    }
    return changes;
  }
  const auto shorter = std::min(a.size(), b.size());
  std::size_t same = 0, tail = 0;
  while (same < shorter && a[same] == b[same]) ++same;
  while (tail < shorter - same && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  changes.push_back({same, a.size() - tail, {}});
  for (auto i = same; i < b.size() - tail; ++i) changes.back().lines.emplace_back(b[i]);
  return changes;
}

std::string unified_diff(const std::string& name, std::string_view before, std::string_view after) {
  const auto changes = changes_between(before, after);
  if (changes.empty()) return {};
  const auto lines = lines_with_ends(before);
  std::string out = fmt::format("--- a/{0}\n+++ b/{0}\n", name);
  std::ptrdiff_t shift = 0;
  for (const auto& hunk : hunks_of(changes, lines.size())) {
    std::string body;
    std::size_t at = hunk.begin;
    std::ptrdiff_t added = 0;
    for (auto i = hunk.first; i < hunk.last; ++i) {
      for (; at < changes[i].begin; ++at) add_line(' ', lines[at], body);
      for (; at < changes[i].end; ++at) add_line('-', lines[at], body), --shift, --added;
      for (const auto& line : changes[i].lines) add_line('+', line, body), ++shift, ++added;
    }
    for (; at < hunk.end; ++at) add_line(' ', lines[at], body);
    const auto old_count = static_cast<std::ptrdiff_t>(hunk.end - hunk.begin);
    const auto old_start = static_cast<std::ptrdiff_t>(hunk.begin), new_count = old_count + added;
    const auto new_start = old_start + shift - added;
    out += fmt::format("@@ -{},{} +{},{} @@\n{}", old_start + (old_count > 0), old_count,
                       new_start + (new_count > 0), new_count, body);
  }
  return out;
}

}  // namespace seatrial::runbook::check
