// See plan.h: fences to steps, introductions to expectations.
#include "runbook/plan.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "runbook/destructive.h"
#include "runbook/follow.h"
#include "runbook/placeholders.h"
#include "runbook/shell_syntax.h"
#include "runbook/text.h"

namespace seatrial::runbook {
namespace {

constexpr std::size_t kTitleLength = 72;

constexpr std::array<std::string_view, 5> kShellLanguages = {"bash", "sh", "shell", "zsh",
                                                             "console"};

// First words that make an unlabelled fence a shell block.
constexpr std::array<std::string_view, 40> kPrograms = {
    "aws",    "docker", "kubectl", "curl",     "psql",    "terraform", "git",     "cd",
    "export", "jq",     "sudo",    "npm",      "python",  "pip",       "ssh",     "helm",
    "make",   "echo",   "cat",     "ls",       "grep",    "redis-cli", "watch",   "for",
    "while",  "if",     "source",  "chmod",    "mkdir",   "rm",        "cp",      "mv",
    "tail",   "wget",   "dig",     "nslookup", "openssl", "node",      "python3", "systemctl"};

// Only the beginning of a long text is looked at.
constexpr std::size_t kMaxMatched = 600;

RE2 pattern(const char* text) {
  RE2::Options options;
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  return RE2(text, options);
}

bool matches(std::string_view text, const RE2& pattern) {
  return RE2::PartialMatch({text.data(), std::min(text.size(), kMaxMatched)}, pattern);
}

// "Error case: ... you'll see" and the like announce what should not be seen.
bool announces_error(const std::string& text) {
  static const RE2 error = pattern(
      R"(^\W*(if\b.*\b(fail|error)|error|failure|problem|symptom)|\b(error (case|pattern|output)|if .*(invalid|expired|fails|missing)))");
  return matches(text, error);
}

bool announces_expectation(const std::string& text) {
  if (text.size() > 400 || announces_error(text)) return false;
  static const RE2 unexpected = pattern(R"(\b(un|not )expected\b)");
  static const RE2 expected = pattern(
      R"(\bexpect(ed|s)?\b[^.]*:?\s*$|^\W*expected\b|\b(should (see|return|print|show|output|report)|you('ll| will) see)\b)");
  return !matches(text, unexpected) && matches(text, expected);
}

bool is_conditional(const std::string& text) {
  static const RE2 conditional = pattern(R"(\((when|if)\b)");
  return matches(text, conditional);
}

// console fences: "$ command" lines are commands, the others what they print.
struct Console {
  std::string script;
  std::string output;
};

bool is_prompt(std::string_view line) { return line.starts_with("$ ") || line.starts_with("# $ "); }

Console read_console(std::string_view content) {
  Console console;
  bool continued = false;
  for (auto line : split_lines(content)) {
    if (is_prompt(line) || continued) {
      std::string command(line);
      const auto dollar = is_prompt(line) ? line.find("$ ") + 2 : line.starts_with("> ") ? 2 : 0;
      std::fill_n(command.begin(), dollar, ' ');  // blanks keep the columns
      continued = line.ends_with('\\');
      console.script += command + "\n";
    } else {
      console.script += "\n";  // keeps line numbers
      console.output += std::string(line) + "\n";
    }
  }
  return console;
}

bool has_prompts(const Block& block) {
  return !block.whole_file && std::ranges::any_of(split_lines(block.content), is_prompt);
}

std::optional<Expectation> comment_expectation(const std::string& comment, int line) {
  if (comment.size() > kMaxMatched) return std::nullopt;
  static const RE2 http = pattern(R"(^expect\w*\b.*\b(?:HTTP\S*|status)\s*:?\s*(\d{3})\b)");
  static const RE2 literal = pattern(
      R"re(^expect\w*\s*(?:output|response|result)?\s*:\s*("[^"]*"|`[^`]*`|-?\d+(?:\.\d+)?)\s*$)re");
  std::string text;
  if (RE2::PartialMatch(comment, http, &text))
    return Expectation{Expectation::Kind::kHttpStatus, text, {}, comment, false, line};
  if (!RE2::PartialMatch(comment, literal, &text)) return std::nullopt;
  if (text.front() == '`') text = text.substr(1, text.size() - 2);
  return Expectation{Expectation::Kind::kOneOf, text, {text}, comment, false, line};
}

bool is_plain_assignment(std::string_view word) {
  const auto is_name_byte = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  };
  const auto name = word.substr(0, word.find('='));
  return name.size() < word.size() && !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
         std::ranges::all_of(name, is_name_byte);
}

class Planner {
 public:
  Planner(const Document& document, std::optional<Section> section)
      : document_(document), section_(section) {}

  Plan make() {
    for (const auto& block : document_.blocks) {
      if (!in_section(block)) continue;
      if (block.heading != heading_) open_block_ = false, introduction_ = nullptr;
      heading_ = block.heading;
      block.kind == Block::Kind::kText ? take_text(block) : take_fence(block);
    }
    return std::move(plan_);
  }

 private:
  bool in_section(const Block& block) const {
    return !section_ || (block.heading >= section_->first && block.heading < section_->end);
  }

  void take_text(const Block& block) {
    introduction_ = &block;
    static const RE2 expect = pattern(R"(^\W*expect\w*[^:]{0,40}:)");
    const bool short_form = matches(block.content, expect);
    if (!open_block_ || !short_form || block.code_spans.empty()) return;
    Expectation expectation{Expectation::Kind::kOneOf,
                            block.content,
                            block.code_spans,
                            block.content,
                            false,
                            block.line};
    plan_.blocks.back().expectations.push_back(std::move(expectation));
  }

  void take_fence(const Block& block) {
    const Block* introduction = std::exchange(introduction_, nullptr);
    const std::string intro = introduction == nullptr ? "" : introduction->content;
    if (open_block_ && announces_expectation(intro) &&
        !(is_shell_fence(block) && !whole_intro(intro)))
      return add_expectation(block, intro);
    if (!is_shell_fence(block) || (block.language.empty() && announces_error(intro))) return;
    add_steps(block);
  }

  // "Expected output:" alone before a shell fence still means output.
  static bool whole_intro(const std::string& intro) {
    static const RE2 expected_output = pattern(R"(^\W*expected\s+(output|response|result))");
    return matches(intro, expected_output);
  }

  void add_expectation(const Block& block, const std::string& intro) {
    plan_.blocks.back().expectations.push_back(
        {Expectation::Kind::kOutput, block.content, {}, intro, is_conditional(intro), block.line});
  }

  void add_steps(const Block& block) {
    const bool console = has_prompts(block);
    const Console parts = console ? read_console(block.content) : Console{};
    const auto script = split_statements(console ? parts.script : block.content);
    BlockPlan planned{plan_.steps.size(), plan_.steps.size(), {}};
    for (const auto& statement : script.statements) add_step(block, statement, planned);
    for (const auto& comment : script.closing_comments) add_comment(comment, block.line, planned);
    planned.end_step = plan_.steps.size();
    if (planned.first_step == planned.end_step) return;
    if (!trim(parts.output).empty())
      planned.expectations.push_back(
          {Expectation::Kind::kOutput, parts.output, {}, "console output", false, block.line});
    plan_.blocks.push_back(std::move(planned));
    open_block_ = true;
  }

  static void add_comment(const std::string& comment, int line, BlockPlan& planned) {
    if (auto expectation = comment_expectation(comment, line))
      planned.expectations.push_back(std::move(*expectation));
  }

  void add_step(const Block& block, const ShellStatement& statement, BlockPlan& planned) {
    Step step;
    step.line = block.line + static_cast<int>(statement.line);
    step.end_line = block.line + static_cast<int>(statement.end_line);
    step.text = statement.text;
    step.title = title_of(statement);
    if (block.heading >= 0) {
      step.section = document_.headings[block.heading].text;
      step.slug = document_.headings[block.heading].slug;
    }
    step.block = static_cast<int>(plan_.blocks.size());
    step.follows = follows_for_ever(statement.commands);
    step.destroys = destruction_in(statement.commands);
    step.damaged = statement.damaged;
    for (const auto& comment : statement.trailing)
      if (says_replace(comment)) step.stand_in = comment;
    plan_.steps.push_back(std::move(step));
    for (const auto& comment : statement.comments) add_comment(comment, step.line, planned);
    for (const auto& comment : statement.trailing) add_comment(comment, step.line, planned);
  }

  static std::string title_of(const ShellStatement& statement) {
    for (const auto& comment : statement.comments)
      if (!comment.empty()) return shorten(comment, kTitleLength);
    std::string text = statement.text;
    std::string flat;
    for (std::size_t i = 0; i < text.size(); ++i)
      if (!(text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '\n')) flat += text[i];
    return shorten(collapse_blanks(flat), kTitleLength);
  }

  const Document& document_;
  std::optional<Section> section_;
  Plan plan_;
  int heading_ = -2;
  bool open_block_ = false;              // a command block an expectation may bind to
  const Block* introduction_ = nullptr;  // the text right before
};

}  // namespace

bool is_shell_language(std::string_view language) {
  return std::ranges::find(kShellLanguages, language) != kShellLanguages.end();
}

bool looks_like_shell(std::string_view text) {
  for (auto line : split_lines(text)) {
    line = trim(line);
    if (line.starts_with("$ ")) line.remove_prefix(2);
    if (line.empty() || line.starts_with('#')) continue;
    const auto first = split_blanks(line).front();
    return std::ranges::find(kPrograms, first) != kPrograms.end() || first.starts_with("./") ||
           is_plain_assignment(first);
  }
  return false;
}

bool is_shell_fence(const Block& block) {
  if (block.kind != Block::Kind::kFence) return false;
  return is_shell_language(block.language) ||
         (block.language.empty() && looks_like_shell(block.content));
}

std::string fence_script(const Block& block) {
  return has_prompts(block) ? read_console(block.content).script : block.content;
}

Plan make_plan(const Document& document, std::optional<Section> section) {
  return Planner(document, section).make();
}

}  // namespace seatrial::runbook
