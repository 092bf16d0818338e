// See bound.h. A fence's statements are sorted into those that print nothing, calls of the AWS CLI
// alone on their statement, and others.
#include "runbook/check/expected/bound.h"

#include <algorithm>
#include <array>

#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

using jmespath::Type;

constexpr std::array<std::string_view, 9> kSilentPrograms = {
    "cd", "export", "set", "unset", "source", ".", "sleep", "alias", "mkdir"};

// echo and printf print a line for people, unless it looks like output itself.
bool is_remark(const Command& command) {
  if (command.name != "echo" && command.name != "printf") return false;
  return std::ranges::none_of(command.shell.words, [](const ShellWord& word) {
    return word.text.find_first_of("{[|") != std::string::npos;
  });
}

bool is_silent(const Command& command) {
  return std::ranges::find(kSilentPrograms, command.name) != kSilentPrograms.end() ||
         is_remark(command);
}

// The call is the whole statement: no pipe, no redirection, no loop around it.
bool is_alone(const Step& step, const Command& command) {
  const auto& shell = command.shell;
  const std::string_view script = command.fence->script;
  return command.aws && !shell.damaged && !shell.in_pipeline && !shell.in_substitution &&
         trim(script.substr(shell.begin, shell.end - shell.begin)) == trim(step.text);
}

bool prints_nothing(const Command& command, const Type& type) {
  return command.aws->path.find(" wait ") != std::string::npos ||
         (type.is(jmespath::TypeKind::kStructure) && type.field_names().empty());
}

// A fence's commands by the line they begin in, so that each of many steps finds its own.
class CommandsByLine {
 public:
  explicit CommandsByLine(const Fence& fence) {
    for (const auto& command : fence.commands)
      if (!command.shell.in_substitution)
        by_line_.emplace_back(fence.line_of(command.shell.begin), &command);
    std::ranges::stable_sort(by_line_, {}, &Entry::first);
  }

  std::vector<const Command*> of(const Step& step) const {
    std::vector<const Command*> out;
    for (auto at = std::ranges::lower_bound(by_line_, step.line, {}, &Entry::first);
         at != by_line_.end() && at->first <= step.end_line; ++at)
      out.push_back(at->second);
    return out;
  }

 private:
  using Entry = std::pair<int, const Command*>;
  std::vector<Entry> by_line_;
};

// What one step may print, added to the bound output.
void add_step(const Analysis& analysis, const CommandsByLine& by_line, const Step& step,
              BoundOutput& bound) {
  const auto commands = by_line.of(step);
  if (std::ranges::all_of(commands, [](const Command* c) { return is_silent(*c); })) return;
  if (commands.size() != 1 || !is_alone(step, *commands[0])) {
    bound.others = true;
    return;
  }
  const auto type = type_printed(analysis, *commands[0]);
  if (type && prints_nothing(*commands[0], *type)) return;
  const OutputForm form = output_form(*commands[0]);
  const bool known =
      type && !type->is_any() && (form == OutputForm::kJson || form == OutputForm::kTable);
  if (known) {
    bound.printers.push_back({commands[0], form, *type});
  } else {
    bound.others = true;
  }
}

const Fence* fence_at(const Analysis& analysis, int line) {
  for (const auto& fence : analysis.fences()) {
    const auto last = fence.block->line + static_cast<int>(fence.starts.size());
    if (line >= fence.block->line && line < last) return &fence;
  }
  return nullptr;
}

// A console fence shows commands and output together: the output, everything else blank.
std::string console_output(const Fence& fence) {
  std::string text;
  const auto written = split_lines(fence.block->content);
  const auto commands = split_lines(fence.script);
  for (std::size_t i = 0; i < written.size(); ++i) {
    const bool output = i >= commands.size() || trim(commands[i]).empty();
    text += output ? std::string(written[i]) : std::string(written[i].size(), ' ');
    text += '\n';
  }
  return text;
}

class Binder {
 public:
  explicit Binder(const Analysis& analysis) : analysis_(analysis) {}

  std::vector<BoundOutput> all() {
    for (const auto& planned : analysis_.plan().blocks) add_block(planned);
    std::ranges::stable_sort(out_, {}, [](const BoundOutput& b) { return b.block->line; });
    return std::move(out_);
  }

 private:
  void add_block(const BlockPlan& planned) {
    const auto& steps = analysis_.plan().steps;
    const Fence* fence = fence_at(analysis_, steps[planned.first_step].line);
    if (fence == nullptr) return;
    BoundOutput bound;
    const CommandsByLine by_line(*fence);
    for (std::size_t i = planned.first_step; i < planned.end_step; ++i) {
      add_step(analysis_, by_line, steps[i], bound);
    }
    if (bound.printers.empty()) return;
    for (const auto& expectation : planned.expectations) {
      if (expectation.kind == Expectation::Kind::kOutput) {
        add_expected(*fence, expectation.line, bound);
      }
    }
    add_unannounced(*fence, bound);
  }

  void add_expected(const Fence& fence, int line, BoundOutput bound) {
    if (fence.block->line == line) {
      bound.block = fence.block;
      bound.text = console_output(fence);
      out_.push_back(std::move(bound));
      return;
    }
    const auto& blocks = analysis_.document().blocks;
    const auto block = std::ranges::find_if(
        blocks, [&](const Block& b) { return b.kind == Block::Kind::kFence && b.line == line; });
    if (block == blocks.end()) return;
    bound.block = &*block;
    bound.text = block->content;
    out_.push_back(std::move(bound));
  }

  // Other fences behind the commands, up to the next commands or heading.
  void add_unannounced(const Fence& fence, const BoundOutput& printers) {
    const auto& blocks = analysis_.document().blocks;
    for (std::size_t i = fence.index + 1; i < blocks.size(); ++i) {
      const Block& block = blocks[i];
      if (block.heading != fence.block->heading) return;
      if (block.kind != Block::Kind::kFence || is_bound(block)) continue;
      if (is_shell_fence(block)) return;
      BoundOutput bound = printers;
      bound.block = &block;
      bound.text = block.content;
      bound.announced = false;
      out_.push_back(std::move(bound));
    }
  }

  bool is_bound(const Block& block) const {
    return std::ranges::any_of(out_, [&](const BoundOutput& b) { return b.block == &block; });
  }

  const Analysis& analysis_;
  std::vector<BoundOutput> out_;
};

}  // namespace

std::vector<BoundOutput> bound_outputs(const Analysis& analysis) { return Binder(analysis).all(); }

}  // namespace seatrial::runbook::check
