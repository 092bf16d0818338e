// See story.h.
#include "runbook/check/reading/story.h"

#include <algorithm>

#include "runbook/check/reading/words.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

// A heading of a section that is there to look at what was done before.
bool promises_verification(std::string_view title) {
  return says_any(title, {"verif*", "validat*", "check", "checks", "smoke", "test", "tests"});
}

// How often a variable's value is looked up behind another variable.
constexpr int kMaxHops = 4;

std::string_view comment_of(std::string_view line) {
  line = trim(line);
  if (!line.starts_with('#')) return {};
  while (line.starts_with('#')) line.remove_prefix(1);
  return trim(line);
}

bool inside_command(const Fence& fence, std::size_t byte) {
  return std::ranges::any_of(fence.commands, [&](const Command& command) {
    return command.shell.begin <= byte && byte < command.shell.end;
  });
}

// The '#' of a line's comment, or npos. Quotes are not followed: text in them is inside a command.
std::size_t comment_at(const Fence& fence, std::string_view line, std::size_t line_begin) {
  for (auto at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at > 0 && line[at - 1] != ' ' && line[at - 1] != '\t') continue;
    if (!inside_command(fence, line_begin + at)) return at;
  }
  return std::string_view::npos;
}

void add_comments(const Fence& fence, int heading, std::vector<Event>& events) {
  const std::string_view script = fence.script;
  for (std::size_t begin = 0; begin < script.size();) {
    const auto end = std::min(script.find('\n', begin), script.size());
    const auto line = script.substr(begin, end - begin);
    const auto at = comment_at(fence, line, begin);
    if (at != std::string_view::npos)
      events.push_back({Event::Kind::kComment, heading, fence.line_of(begin),
                        comment_of(line.substr(at)), nullptr, &fence, begin + at});
    begin = end + 1;
  }
}

std::string literal_value(const Analysis& analysis, const Fence& fence, std::size_t byte,
                          std::string_view name, int hops) {
  const auto [home, assignment] = assigned_before(analysis, fence, byte, name);
  if (assignment == nullptr || !assignment->has_value) return {};
  if (assignment->value.known) return assignment->value.text;
  if (hops >= kMaxHops || assignment->value.expansions.size() != 1) return {};
  const auto& expansion = assignment->value.expansions[0];
  if (expansion.kind != ShellExpansion::Kind::kVariable) return {};
  auto inner = literal_value(analysis, *home, expansion.begin, expansion.name, hops + 1);
  if (inner.empty()) return {};
  auto text = assignment->value.text;
  return text.replace(expansion.at, 1, inner);
}

}  // namespace

Story::Story(const Analysis& analysis) : analysis_(analysis) {
  const auto& document = analysis.document();
  const auto& blocks = document.blocks;
  auto fence = analysis.fences().begin();
  std::size_t block = 0;
  for (int h = -1; h < static_cast<int>(document.headings.size()); ++h) {
    starts_.push_back(events_.size());
    if (h >= 0) {
      const auto& heading = document.headings[static_cast<std::size_t>(h)];
      events_.push_back({Event::Kind::kHeading, h, heading.line, heading.text});
    }
    for (; block < blocks.size() && blocks[block].heading == h; ++block) {
      if (blocks[block].kind == Block::Kind::kText)
        events_.push_back({Event::Kind::kText, h, blocks[block].line, blocks[block].content});
      else if (fence != analysis.fences().end() && fence->index == block)
        add_fence(*fence++, h);
    }
  }
  starts_.push_back(events_.size());
}

void Story::add_fence(const Fence& fence, int heading) {
  const auto first = static_cast<std::ptrdiff_t>(events_.size());
  add_comments(fence, heading, events_);
  for (const auto& command : fence.commands)
    events_.push_back({Event::Kind::kCommand,
                       heading,
                       fence.line_of(command.shell.begin),
                       {},
                       &command,
                       &fence,
                       command.shell.begin});
  std::ranges::stable_sort(events_.begin() + first, events_.end(), {}, &Event::begin);
}

std::span<const Event> Story::section(int heading) const {
  const auto at = static_cast<std::size_t>(heading + 1);
  if (at + 1 >= starts_.size()) return {};
  return std::span(events_).subspan(starts_[at], starts_[at + 1] - starts_[at]);
}

std::span<const Event> Story::chapter(int heading) const {
  const auto count = static_cast<int>(starts_.size()) - 2;
  int end = heading + 1;
  while (end < count && level(end) > level(heading)) ++end;
  const auto at = static_cast<std::size_t>(heading + 1);
  return std::span(events_).subspan(starts_[at],
                                    starts_[static_cast<std::size_t>(end + 1)] - starts_[at]);
}

int Story::level(int heading) const {
  return heading < 0 ? 0 : analysis_.document().headings[static_cast<std::size_t>(heading)].level;
}

std::vector<int> Story::path(int heading) const {
  std::vector<int> out;
  for (int wanted = level(heading) + 1; heading >= 0; --heading) {
    if (level(heading) >= wanted) continue;
    wanted = level(heading);
    out.push_back(heading);
  }
  std::ranges::reverse(out);
  return out;
}

std::vector<std::span<const Event>> Story::procedures() const {
  std::vector<std::span<const Event>> out;
  for (int h = -1; h < static_cast<int>(starts_.size()) - 2; ++h) {
    const auto whole = section(h);
    std::size_t begin = 0;
    int number = 0;
    for (std::size_t i = 0; i < whole.size(); ++i) {
      const int next = whole[i].kind == Event::Kind::kComment ? step_number(whole[i].text) : 0;
      if (next == 1 && number > 0) out.push_back(whole.subspan(begin, i - begin)), begin = i;
      if (next > 0) number = next;
    }
    out.push_back(whole.subspan(begin));
  }
  return out;
}

std::vector<std::span<const Event>> Story::continuation(int heading) const {
  std::vector<std::span<const Event>> out;
  if (heading < 0) return out;
  const auto& headings = analysis_.document().headings;
  const bool numbered = step_number(headings[static_cast<std::size_t>(heading)].text) > 0;
  bool below = true;
  for (int h = heading + 1; h < static_cast<int>(headings.size()); ++h) {
    if (level(h) < level(heading)) break;
    below = below && level(h) > level(heading);
    const auto& text = headings[static_cast<std::size_t>(h)].text;
    if (below)
      out.push_back(section(h));
    else if (level(h) == level(heading) &&
             (promises_verification(text) || (numbered && step_number(text) > 0)))
      out.push_back(chapter(h));
  }
  return out;
}

bool Story::under(int heading, std::span<const std::string_view> phrases) const {
  return std::ranges::any_of(path(heading), [&](int h) {
    return says_any(analysis_.document().headings[static_cast<std::size_t>(h)].text, phrases);
  });
}

int step_number(std::string_view text) {
  for (std::string_view word : {"step ", "Step ", "STEP "})
    if (text.starts_with(word)) text.remove_prefix(word.size());
  int number = 0;
  std::size_t digits = 0;
  while (digits < text.size() && digits < 3 && text[digits] >= '0' && text[digits] <= '9')
    number = number * 10 + (text[digits++] - '0');
  const auto rest = text.substr(digits);
  const bool ended = rest.starts_with(".") || rest.starts_with(")") || rest.starts_with(":");
  return digits > 0 && ended ? number : 0;
}

bool speaks_of_verification(std::string_view text) {
  return says_any(text, {"verif*", "validat*", "check", "checks", "checking", "monitor*",
                         "confirm*", "health", "healthy", "watch", "smoke", "test", "tests",
                         "ensure", "observe", "inspect", "review"});
}

bool speaks_of_rollback(std::string_view text) {
  return says_any(text, {"rollback*", "roll back", "rolls back", "rolled back", "rolling back",
                         "revert*", "previous task definition", "previous version",
                         "previous revision", "previous release", "previous image",
                         "previous deployment", "previous tag", "known good", "last good"});
}

std::vector<std::string_view> caption_of(const Fence& fence, std::size_t byte) {
  const std::string_view script = fence.script;
  std::vector<std::string_view> out;
  std::size_t line_begin = byte == 0 ? 0 : script.rfind('\n', byte - 1) + 1;
  while (line_begin > 0) {
    const auto begin = line_begin < 2 ? 0 : script.rfind('\n', line_begin - 2) + 1;
    const auto comment = comment_of(script.substr(begin, line_begin - 1 - begin));
    if (!comment.empty())
      out.push_back(comment);
    else if (!out.empty())
      break;
    line_begin = begin;
  }
  std::ranges::reverse(out);
  return out;
}

const ShellAssignment* assignment_around(const Fence& fence, std::size_t byte) {
  const ShellAssignment* found = nullptr;
  for (const auto& assignment : fence.facts.assignments)
    if (assignment.has_value && assignment.value.begin <= byte && byte < assignment.value.end)
      found = &assignment;
  return found;
}

Assigned assigned_before(const Analysis& analysis, const Fence& fence, std::size_t byte,
                         std::string_view name) {
  Assigned found;
  for (const auto& one : analysis.fences()) {
    for (const auto& assignment : one.facts.assignments) {
      if (&one == &fence && assignment.begin >= byte) break;
      if (assignment.name == name) found = {&one, &assignment};
    }
    if (&one == &fence) break;
  }
  return found;
}

std::string resolved(const Command& command, std::size_t word, const Analysis& analysis) {
  if (word >= command.shell.words.size()) return {};
  const auto& at = command.shell.words[word];
  if (at.known) return at.text;
  std::string text = at.text;
  for (auto expansion = at.expansions.rbegin(); expansion != at.expansions.rend(); ++expansion) {
    if (expansion->kind != ShellExpansion::Kind::kVariable) return {};
    const auto value =
        literal_value(analysis, *command.fence, expansion->begin, expansion->name, 0);
    if (value.empty()) return {};
    text.replace(expansion->at, 1, value);
  }
  return text.contains(ShellWord::kUnknown) ? std::string() : text;
}

}  // namespace seatrial::runbook::check
