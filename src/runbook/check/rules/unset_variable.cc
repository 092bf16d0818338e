// A variable is used and nothing before it in the document gives it a value.
// docs/rules/unset-variable.md
//
// Certain as far as the document is all there is: names of the environment, names that the prose
// tells the reader to set, and all names behind `source` and `eval` are left alone. A block that
// the shell's grammar cannot read whole is not judged, and what looks like an assignment in it
// counts.
#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>

#include "runbook/check/rules/rules.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

using Scope = ShellAssignment::Scope;

// Of every shell or of what people have in it; '*' stands for any ending.
constexpr std::array<std::string_view, 62> kEnvironment = {
    "HOME",       "PATH",         "USER",     "LOGNAME",     "PWD",        "OLDPWD",      "SHELL",
    "SHLVL",      "HOSTNAME",     "HOST",     "HOSTTYPE",    "OSTYPE",     "MACHTYPE",    "LANG",
    "LC_*",       "TERM",         "EDITOR",   "VISUAL",      "PAGER",      "TMPDIR",      "TMP",
    "TEMP",       "UID",          "EUID",     "GID",         "PPID",       "RANDOM",      "SRANDOM",
    "SECONDS",    "LINENO",       "EPOCH*",   "BASH*",       "ZSH*",       "FUNCNAME",    "IFS",
    "OPTARG",     "OPTIND",       "REPLY",    "PIPESTATUS",  "DIRSTACK",   "GROUPS",      "COLUMNS",
    "LINES",      "PS1",          "DISPLAY",  "SSH_*",       "SUDO_*",     "XDG_*",       "AWS_*",
    "KUBECONFIG", "KUBERNETES_*", "DOCKER_*", "GITHUB_*",    "CI*",        "CODEBUILD_*", "TF_*",
    "PG*",        "JAVA_HOME",    "GOPATH",   "VIRTUAL_ENV", "PYTHONPATH", "NODE_ENV"};

// How prose says that what it shows is a part of something else.
constexpr std::array<std::string_view, 6> kExcerpt = {
    "script segment", "excerpt", "snippet from", "fragment", "extract of", "part of the script"};
// How a comment says that the reader sets a variable.
constexpr std::array<std::string_view, 9> kSetting = {
    "set", "export", "requir", "defin", "provid", "assum", "environment", "replace", "expects"};

bool is_name_byte(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

bool is_environment(std::string_view name) {
  if (name == "_") return true;
  return std::ranges::any_of(kEnvironment, [&](std::string_view known) {
    if (!known.ends_with('*')) return name == known;
    return name.starts_with(known.substr(0, known.size() - 1));
  });
}

bool contains_any(std::string_view text, auto& parts) {
  return std::ranges::any_of(parts, [&](auto part) { return text.contains(part); });
}

// Names in capitals that a text speaks of; with `all` others too.
void take_names(std::string_view text, bool all, std::set<std::string, std::less<>>& names) {
  for (std::size_t at = 0; at < text.size();) {
    if (!is_name_byte(text[at])) {
      ++at;
      continue;
    }
    auto end = at;
    while (end < text.size() && is_name_byte(text[end])) ++end;
    const auto name = text.substr(at, end - at);
    const bool capitals = name.size() > 1 && std::ranges::none_of(name, [](char c) {
                            return std::islower(static_cast<unsigned char>(c)) != 0;
                          });
    if (all || capitals) names.emplace(name);
    at = end;
  }
}

struct Setter {
  std::size_t fence = 0;  // index into Analysis::fences
  const ShellAssignment* assignment = nullptr;
};

enum class Why { kNever, kLater, kElsewhere };

struct Verdict {
  Why why = Why::kNever;
  int line = 0;  // where it is set
};

class VariableLook {
 public:
  VariableLook(const Analysis& analysis, Reports& reports)
      : analysis_(analysis), reports_(reports) {}

  void check() {
    collect_declared();
    for (std::size_t i = 0; i < fences().size(); ++i) collect(i);
    for (std::size_t i = 0; i < fences().size(); ++i) judge(i);
  }

 private:
  const std::deque<Fence>& fences() const { return analysis_.fences(); }

  // What the document tells the reader to set.
  void collect_declared() {
    const auto& document = analysis_.document();
    for (const auto& block : document.blocks) {
      if (block.kind == Block::Kind::kText) {
        take_names(block.content, false, declared_);
        for (const auto& span : block.code_spans) take_names(span, true, declared_);
      } else if (analysis_.fence_of(block) == nullptr) {
        take_settings(block.content);
      }
    }
    for (const auto& row : document.rows)
      for (const auto& cell : row.cells) take_names(cell, false, declared_);
  }

  // NAME=value at the beginning of a line, as in files of settings.
  void take_settings(std::string_view text) {
    for (auto line : split_lines(text)) {
      line = trim(line);
      if (line.starts_with("export ")) line.remove_prefix(7);
      const auto name = line.substr(0, line.find('='));
      if (name.size() < line.size() && !name.empty() && std::ranges::all_of(name, is_name_byte))
        declared_.emplace(name);
    }
  }

  void collect(std::size_t index) {
    const auto& fence = fences()[index];
    for (const auto& assignment : fence.facts.assignments)
      if (assignment.scope != Scope::kCommand)
        setters_[assignment.name].push_back({index, &assignment});
    for (const auto& use : fence.facts.uses)
      if (use.tested || use.has_default) declared_.insert(use.name);
    if (!fence.facts.errors.empty()) take_settings(fence.script);
    for (auto line : split_lines(fence.script)) {
      line = trim(line);
      if (line.starts_with('#') && contains_any(lower(line), kSetting))
        take_names(line, false, declared_);
    }
  }

  void judge(std::size_t index) {
    const auto& fence = fences()[index];
    if (!fence.facts.errors.empty()) return;
    std::set<std::pair<int, std::string_view>> said;
    for (const auto& use : fence.facts.uses) {
      if (use.has_default || use.tested || is_environment(use.name)) continue;
      if (declared_.contains(use.name) || anything_may_be_set(index, use)) continue;
      const auto verdict = judge(index, use);
      if (!verdict || (fence.block->whole_file && verdict->why == Why::kNever)) continue;
      if (said.emplace(fence.line_of(use.begin), use.name).second) report(fence, use, *verdict);
    }
  }

  bool anything_may_be_set(std::size_t index, const VariableUse& use) const {
    for (std::size_t i = 0; i < index; ++i)
      if (!fences()[i].facts.unknown_setters.empty()) return true;
    const auto& here = fences()[index].facts.unknown_setters;
    return !here.empty() && (here.front() < use.begin || use.in_function);
  }

  // Empty: it has a value.
  std::optional<Verdict> judge(std::size_t index, const VariableUse& use) const {
    const auto found = setters_.find(use.name);
    if (found == setters_.end()) return Verdict{};
    Verdict verdict;
    for (const auto& setter : found->second) {
      if (gives_value(setter, index, use)) return std::nullopt;
      const auto line = fences()[setter.fence].line_of(setter.assignment->begin);
      const bool before =
          setter.fence < index || (setter.fence == index && setter.assignment->begin < use.begin);
      if (before)
        verdict = {Why::kElsewhere, line};
      else if (verdict.why == Why::kNever && setter.assignment->scope == Scope::kShell)
        verdict = {Why::kLater, line};
    }
    return verdict;
  }

  bool gives_value(const Setter& setter, std::size_t index, const VariableUse& use) const {
    const auto& assignment = *setter.assignment;
    if (assignment.scope == Scope::kNested)
      return setter.fence == index && assignment.scope_begin <= use.begin &&
             use.begin < assignment.scope_end;
    if (setter.fence < index) return true;
    if (setter.fence > index) return use.in_function;
    // In a loop, or in a function called later, what stands below may have been done before.
    return assignment.begin < use.begin || use.in_function || has_loop(fences()[index].script);
  }

  static bool has_loop(std::string_view script) {
    return script.contains("while ") || script.contains("until ") || script.contains("for ");
  }

  void report(const Fence& fence, const VariableUse& use, const Verdict& verdict) {
    Note note;
    if (verdict.why == Why::kLater)
      note.message =
          fmt::format("${} is set only further below, on line {}", use.name, verdict.line);
    else if (verdict.why == Why::kElsewhere)
      note.message = fmt::format("${} has no value here: line {} sets it in a subshell or pipeline",
                                 use.name, verdict.line);
    else
      note.message = fmt::format("${} is set nowhere in this document: it is empty here", use.name);
    if (verdict.why != Why::kNever || is_excerpt(fence)) note.severity = Severity::kWarning;
    if (runs_elsewhere(fence, use)) {
      note.message += "; the shell at hand replaces it, not the one the command is for";
      note.suggestion = "\\" + fence.script.substr(use.begin, use.end - use.begin);
    }
    reports_.at(fence, use.begin, use.end, std::move(note));
  }

  bool is_excerpt(const Fence& fence) const {
    if (fence.index == 0) return false;
    const auto& before = analysis_.document().blocks[fence.index - 1];
    return before.kind == Block::Kind::kText && contains_any(lower(before.content), kExcerpt);
  }

  static bool runs_elsewhere(const Fence& fence, const VariableUse& use) {
    return std::ranges::any_of(fence.commands, [&](const Command& command) {
      return command.shell.remote && command.shell.in_quotes && command.shell.begin <= use.begin &&
             use.end <= command.shell.end;
    });
  }

  const Analysis& analysis_;
  Reports& reports_;
  std::set<std::string, std::less<>> declared_;
  std::unordered_map<std::string, std::vector<Setter>> setters_;
};

void check_unset_variable(const Analysis& analysis, Reports& reports) {
  VariableLook(analysis, reports).check();
}

}  // namespace

const Rule kUnsetVariable{"unset-variable", Severity::kError,
                          "a variable that nothing before it gives a value", check_unset_variable};

}  // namespace seatrial::runbook::check
