// See plan.h: fences to steps, introductions to expectations.
#include "runbook/plan.h"

#include <algorithm>
#include <array>
#include <regex>

#include "runbook/destructive.h"
#include "runbook/follow.h"
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

// std::regex recurses on its input: only the beginning of a long text is looked at.
constexpr std::size_t kMaxMatched = 600;

bool matches(const std::string& text, const char* pattern) {
  return std::regex_search(text.substr(0, kMaxMatched), std::regex(pattern, std::regex::icase));
}

// "Error case: ... you'll see" and the like announce what should not be seen.
bool announces_error(const std::string& text) {
  return matches(
      text,
      R"(^\W*(if\b.*\b(fail|error)|error|failure|problem|symptom)|\b(error (case|pattern|output)|if .*(invalid|expired|fails|missing)))");
}

bool announces_expectation(const std::string& text) {
  if (text.size() > 400 || announces_error(text)) return false;
  if (matches(text, R"(\b(un|not )expected\b)")) return false;
  return matches(
      text,
      R"(\bexpect(ed|s)?\b[^.]*:?\s*$|^\W*expected\b|\b(should (see|return|print|show|output|report)|you('ll| will) see)\b)");
}

bool is_conditional(const std::string& text) { return matches(text, R"(\((when|if)\b)"); }

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
  std::smatch match;
  static const std::regex http(R"(^expect\w*\b.*\b(?:HTTP\S*|status)\s*:?\s*(\d{3})\b)",
                               std::regex::icase);
  static const std::regex literal(
      R"re(^expect\w*\s*(?:output|response|result)?\s*:\s*("[^"]*"|`[^`]*`|-?\d+(?:\.\d+)?)\s*$)re",
      std::regex::icase);
  if (std::regex_search(comment, match, http))
    return Expectation{Expectation::Kind::kHttpStatus, match[1], {}, comment, false, line};
  if (!std::regex_search(comment, match, literal)) return std::nullopt;
  std::string text = match[1];
  if (text.front() == '`') text = text.substr(1, text.size() - 2);
  return Expectation{Expectation::Kind::kOneOf, text, {text}, comment, false, line};
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
    const bool short_form = matches(block.content, R"(^\W*expect\w*[^:]{0,40}:)");
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
    return matches(intro, R"(^\W*expected\s+(output|response|result))");
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
    step.follows = follows_for_ever(statement.text);
    step.destroys = destruction_in(statement.text);
    step.damaged = statement.damaged;
    for (const auto& comment : statement.trailing)
      if (matches(
              comment,
              R"(^\W*(replace|substitute|change (me|this|to)|fill in|your\b|todo\b|set to actual))"))
        step.stand_in = comment;
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
  static const std::regex assignment(R"(^[A-Za-z_][A-Za-z0-9_]*=)");
  for (auto line : split_lines(text)) {
    line = trim(line);
    if (line.starts_with("$ ")) line.remove_prefix(2);
    if (line.empty() || line.starts_with('#')) continue;
    const std::string first(split_blanks(line).front().substr(0, kMaxMatched));
    return std::ranges::find(kPrograms, first) != kPrograms.end() || first.starts_with("./") ||
           std::regex_search(first, assignment);
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
