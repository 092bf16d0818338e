// See analysis.h.
#include "runbook/check/analysis.h"

#include <algorithm>

#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

std::vector<std::size_t> starts_of_lines(std::string_view text) {
  std::vector<std::size_t> starts{0};
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\n') starts.push_back(i + 1);
  return starts;
}

std::size_t line_in(const std::vector<std::size_t>& starts, std::size_t byte) {
  return static_cast<std::size_t>(std::ranges::upper_bound(starts, byte) - starts.begin()) - 1;
}

std::string program_name(const ShellCommand& command) {
  const auto& word = command.words[0];
  return word.known ? word.text.substr(word.text.find_last_of('/') + 1) : std::string();
}

awscli::ParsedCall parse_aws(const awscli::Grammar& grammar, const ShellCommand& command) {
  std::vector<awscli::Word> words;
  words.reserve(command.words.size());
  for (const auto& word : command.words) words.push_back({word.text, word.known, word.quoted});
  return awscli::parse_call(grammar, words, command.open_ended);
}

}  // namespace

std::string_view Command::known(std::size_t word) const {
  return word < shell.words.size() && shell.words[word].known
             ? std::string_view(shell.words[word].text)
             : std::string_view();
}

std::size_t Fence::source_of(std::size_t byte) const {
  const auto line = line_in(lines_, byte);
  return line < starts.size() ? starts[line] + (byte - lines_[line]) : starts.back();
}

int Fence::line_of(std::size_t byte) const {
  return block->line + static_cast<int>(line_in(lines_, byte));
}

Analysis::Analysis(const Document& document, const awscli::Grammar& grammar,
                   const Surroundings& surroundings)
    : document_(document),
      grammar_(grammar),
      surroundings_(surroundings),
      line_starts_(starts_of_lines(document.source)),
      plan_(make_plan(document)) {
  explains_placeholders_ = std::ranges::any_of(document.blocks, [](const Block& block) {
    return block.kind == Block::Kind::kText && explains_placeholders(block.content) &&
           (block.content.contains('<') || lower(block.content).contains("placeholder"));
  });
  for (std::size_t i = 0; i < document.blocks.size(); ++i)
    if (is_shell_fence(document.blocks[i])) add_fence(i);
}

void Analysis::add_fence(std::size_t index) {
  auto& fence = fences_.emplace_back();
  fence.block = &document_.blocks[index];
  fence.index = index;
  fence.script = fence_script(*fence.block);
  fence.lines_ = starts_of_lines(fence.script);
  for (std::size_t i = 0; i < fence.lines_.size(); ++i) {
    const auto line =
        std::min(static_cast<std::size_t>(fence.block->line - 1) + i, line_starts_.size() - 1);
    const auto indent = i < fence.block->columns.size() ? fence.block->columns[i] : 0;
    fence.starts.push_back(line_starts_[line] + static_cast<std::size_t>(indent));
  }
  fence.foreign = foreign_text(fence.script);
  for (const auto& text : fence.foreign)
    for (auto i = text.begin; i < text.end; ++i)
      if (fence.script[i] != '\n') fence.script[i] = ' ';
  auto marked = facts_with_placeholders(
      fence.script, {explains_placeholders_, explains_placeholders_before(index)});
  fence.facts = std::move(marked.facts);
  fence.placeholders = std::move(marked.placeholders);
  for (auto& shell : fence.facts.commands) {
    auto& command = fence.commands.emplace_back();
    command.fence = &fence;
    command.name = program_name(shell);
    if (command.name == "aws") command.aws = parse_aws(grammar_, shell);
    command.shell = std::move(shell);
  }
  fence.facts.commands.clear();
}

// The paragraph right before a fence.
bool Analysis::explains_placeholders_before(std::size_t index) const {
  if (index == 0) return false;
  const auto& before = document_.blocks[index - 1];
  return before.kind == Block::Kind::kText && explains_placeholders(before.content);
}

const Fence* Analysis::fence_of(const Block& block) const {
  const auto found = std::ranges::lower_bound(fences_, &block, {}, &Fence::block);
  return found == fences_.end() || found->block != &block ? nullptr : &*found;
}

std::pair<std::size_t, std::size_t> Analysis::line_and_byte(std::size_t byte) const {
  const auto line = line_in(line_starts_, byte);
  return {line, byte - line_starts_[line]};
}

std::optional<OptionValue> single_value(const Command& command, std::string_view option) {
  if (!command.aws) return std::nullopt;
  const auto given = std::ranges::find(command.aws->given, option, &awscli::Given::name);
  if (given == command.aws->given.end()) return std::nullopt;
  if (given->inline_value) {
    const auto& word = command.shell.words[given->word];
    if (!word.known) return std::nullopt;
    const auto offset = word.text.find('=') + 1;
    return OptionValue{given->word, offset, std::string_view(word.text).substr(offset)};
  }
  if (given->values.size() != 1 || !command.shell.words[given->values[0]].known)
    return std::nullopt;
  return OptionValue{given->values[0], 0, command.shell.words[given->values[0]].text};
}

}  // namespace seatrial::runbook::check
