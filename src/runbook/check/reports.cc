// Ranges of bytes to lines and columns. See rule.h.
#include <algorithm>

#include "runbook/check/analysis.h"
#include "runbook/check/rule.h"

namespace seatrial::runbook::check {

namespace {

// A finding may repeat a word of the document, and a word may be a megabyte.
constexpr std::size_t kMaxText = 600;

std::string within_limit(std::string text) {
  if (text.size() <= kMaxText) return text;
  auto end = kMaxText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text + "...";
}

}  // namespace

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::kInfo:
      return "info";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "error";
}

void Reports::at(const Fence& fence, std::size_t begin, std::size_t end, Note note) {
  // The last byte is mapped, not the one behind it, which may stand on another line.
  const auto last = end > begin ? end - 1 : begin;
  add(fence.source_of(begin), fence.source_of(last) + 1, std::move(note));
}

void Reports::at_word(const Command& command, std::size_t word, Note note) {
  const auto& at_word = command.shell.words[std::min(word, command.shell.words.size() - 1)];
  at(*command.fence, at_word.begin, at_word.end, std::move(note));
}

void Reports::at_word(const Command& command, std::size_t word, std::size_t begin, std::size_t end,
                      Note note) {
  const auto& at_word = command.shell.words[std::min(word, command.shell.words.size() - 1)];
  const auto last = end > begin ? end - 1 : begin;
  at(*command.fence, at_word.origin(begin), at_word.origin(last) + 1, std::move(note));
}

void Reports::at_line(int line, Note note) {
  const auto index = static_cast<std::size_t>(line - 1);
  if (index >= analysis_.document().lines.size()) return;
  const auto text = analysis_.document().lines[index];
  const auto begin = std::min(text.find_first_not_of(" \t"), text.size());
  at_line(line, begin, text.size(), std::move(note));
}

void Reports::at_line(int line, std::size_t begin, std::size_t end, Note note) {
  const auto start = analysis_.line_start(static_cast<std::size_t>(line - 1));
  add(start + begin, start + end, std::move(note));
}

void Reports::add(std::size_t begin, std::size_t end, Note note) {
  if (findings_.size() >= kMaxFindingsOfRule) {
    ++left_out_;
    return;
  }
  end = std::max(end, begin + 1);
  const auto [line, byte] = analysis_.line_and_byte(begin);
  const auto [end_line, end_byte] = analysis_.line_and_byte(end - 1);
  Finding finding;
  finding.file = analysis_.document().path;
  finding.line = static_cast<int>(line) + 1, finding.column = static_cast<int>(byte) + 1;
  finding.end_line = static_cast<int>(end_line) + 1;
  finding.end_column = static_cast<int>(end_byte) + 2;
  finding.rule = rule_.id;
  finding.severity = note.severity.value_or(rule_.severity);
  finding.message = within_limit(std::move(note.message));
  finding.suggestion = within_limit(std::move(note.suggestion));
  if (note.replacement) finding.fix.push_back({begin, end, std::move(*note.replacement)});
  findings_.push_back(std::move(finding));
}

}  // namespace seatrial::runbook::check
