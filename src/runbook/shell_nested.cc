// Commands that other commands start: by sudo, xargs, find -exec and the like, in a script given as
// a word (watch, bash -c, eval), and elsewhere (ssh, docker exec, kubectl exec). A script's words
// get their places in the script around it.
#include <algorithm>
#include <array>
#include <optional>

#include "runbook/shell_syntax.h"
#include "runbook/shell_tree.h"

namespace seatrial::runbook {
namespace {

// A script in a script in a script.
constexpr int kMaxNested = 5;

std::string_view base_name(std::string_view path) {
  return path.substr(path.find_last_of('/') + 1);
}

// A program that starts another one.
struct Starter {
  std::string_view name;
  std::string_view valued_options;  // each in blanks
  int operands;                     // words before the started command
  bool remote = false;              // starts it on another machine
};

constexpr std::string_view kSshOptions =
    " -b -B -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w ";

constexpr std::array kStarters = {
    Starter{"sudo", " -u -g -h -p -C -r -t -U -D -R -T ", 0},
    Starter{"doas", " -u -C ", 0},
    Starter{"time", " -f -o ", 0},
    Starter{"nohup", " ", 0},
    Starter{"setsid", " ", 0},
    Starter{"command", " ", 0},
    Starter{"exec", " -a ", 0},
    Starter{"env", " -u -C -S ", 0},
    Starter{"timeout", " -k -s ", 1},
    Starter{"nice", " -n ", 0},
    Starter{"ionice", " -c -n ", 0},
    Starter{"xargs", " -I -n -P -L -d -E -s -a ", 0},
    Starter{"parallel", " -j -N -S --jobs --delay --joblog --timeout --retries ", 0},
    Starter{"stdbuf", " -i -o -e ", 0},
    Starter{"builtin", " ", 0},
    Starter{"flock", " -w -E ", 1},
    Starter{"chroot", " ", 1, true},
    Starter{"ssh", kSshOptions, 1, true},
};

const Starter* find_starter(std::string_view name) {
  const auto* it = std::ranges::find(kStarters, name, &Starter::name);
  return it == kStarters.end() ? nullptr : it;
}

using Words = std::vector<ShellWord>;

// Index of the first word that is no option behind `first` others, or 0 when there is none.
std::size_t operand_at(const Words& words, std::size_t first, std::string_view valued_options,
                       int operands, bool assignments = false) {
  for (std::size_t i = first; i < words.size(); ++i) {
    const auto& text = words[i].text;
    if (text.starts_with('-') && text.size() > 1) {
      if (valued_options.contains(" " + text + " ")) ++i;
    } else if (assignments && text.contains('=')) {
      continue;
    } else if (operands-- == 0) {
      return i;
    }
  }
  return 0;
}

// A container's or pod's: `docker exec -it NAME CMD`, `kubectl exec POD -- CMD`.
std::size_t in_container_at(std::string_view program, const Words& words) {
  const bool kubernetes = program == "kubectl" || program == "oc";
  const bool docker = program == "docker" || program == "podman" || program == "docker-compose" ||
                      program == "nerdctl";
  if (!kubernetes && !docker) return 0;
  const auto exec = std::ranges::find(words, "exec", &ShellWord::text);
  const auto at = static_cast<std::size_t>(exec - words.begin());
  if (exec == words.end() || at > 4) return 0;
  if (!kubernetes)
    return operand_at(words, at + 1, " -e --env -u --user -w --workdir --env-file --index ", 1);
  const auto dashes = std::ranges::find(words, "--", &ShellWord::text);
  const auto behind = static_cast<std::size_t>(dashes - words.begin()) + 1;
  return behind < words.size() ? behind : 0;
}

ShellCommand cut_front(const ShellCommand& outer, std::size_t at) {
  ShellCommand inner = outer;
  inner.words.erase(inner.words.begin(), inner.words.begin() + static_cast<std::ptrdiff_t>(at));
  inner.begin = inner.words.front().begin;
  return inner;
}

// xargs -I {} and the like put one value where the mark stands.
void mark_replacements(ShellCommand& command, std::string_view mark) {
  if (mark.empty()) return;
  for (auto& word : command.words) {
    for (std::size_t at = 0; (at = word.text.find(mark, at)) != std::string::npos; ++at) {
      word.text.replace(at, mark.size(), 1, ShellWord::kUnknown);
      const auto origin = word.origins.begin() + static_cast<std::ptrdiff_t>(at);
      word.origins.erase(origin + 1, origin + static_cast<std::ptrdiff_t>(mark.size()));
      for (auto& expansion : word.expansions)
        if (expansion.at > at) expansion.at -= mark.size() - 1;
      word.known = false;
      word.quoted = true;
    }
  }
}

// The text that xargs replaces, or empty when it appends.
std::string_view xargs_mark(const Words& words, std::size_t end) {
  for (std::size_t i = 1; i < end; ++i) {
    const std::string_view option = words[i].text;
    if (option == "-i" || option == "--replace") return "{}";
    if (option.starts_with("--replace=")) return option.substr(10);
    if (option == "-I") return words[i + 1].text;
    if (option.starts_with("-I")) return option.substr(2);
  }
  return {};
}

void finish_parallel(ShellCommand& inner) {
  const auto values = std::ranges::find_if(
      inner.words, [](const ShellWord& word) { return word.text.starts_with(":::"); });
  inner.words.erase(values, inner.words.end());
  const auto count = [&] {
    return std::ranges::count_if(inner.words, [](const ShellWord& w) { return !w.known; });
  };
  const auto before = count();
  for (std::string_view mark : {"{}", "{.}", "{/}", "{1}", "{2}"}) mark_replacements(inner, mark);
  inner.open_ended = count() == before;
}

std::optional<ShellCommand> started_by(const ShellCommand& outer) {
  const auto program = base_name(outer.words[0].text);
  if (const auto at = in_container_at(program, outer.words); at != 0) {
    auto inner = cut_front(outer, at);
    inner.remote = true;
    return inner;
  }
  const auto* starter = find_starter(program);
  if (starter == nullptr) return std::nullopt;
  const auto at = operand_at(outer.words, 1, starter->valued_options, starter->operands,
                             starter->name == "env" || starter->name == "sudo");
  if (at == 0) return std::nullopt;
  auto inner = cut_front(outer, at);
  inner.remote = inner.remote || starter->remote;
  if (starter->name == "xargs") {
    const std::string mark(xargs_mark(outer.words, at));
    mark_replacements(inner, mark);
    inner.open_ended = mark.empty();
  }
  if (starter->name == "parallel") finish_parallel(inner);
  if (inner.words.empty()) return std::nullopt;
  return inner;
}

// find ... -exec CMD {} \; -exec CMD {} +
std::vector<ShellCommand> started_by_find(const ShellCommand& outer) {
  std::vector<ShellCommand> out;
  const auto& words = outer.words;
  if (base_name(words[0].text) != "find") return out;
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    if (words[i].text != "-exec" && words[i].text != "-execdir" && words[i].text != "-ok") continue;
    auto end = i + 1;
    while (end < words.size() && words[end].text != ";" && words[end].text != "+") ++end;
    if (end == i + 1) continue;
    auto inner = cut_front(outer, i + 1);
    inner.words.resize(end - i - 1);
    inner.end = inner.words.back().end;
    inner.open_ended = end < words.size() && words[end].text == "+";
    mark_replacements(inner, "{}");
    out.push_back(std::move(inner));
    i = end;
  }
  return out;
}

struct Script {
  const ShellWord* word = nullptr;
  bool remote = false;
  bool words = false;  // the words from this one on are the command when it is not quoted
};

// The word behind an option like -c, or null.
const ShellWord* behind_c(const Words& words) {
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    const auto& text = words[i].text;
    if (text == "--command" ||
        (text.starts_with('-') && !text.starts_with("--") && text.ends_with('c')))
      return &words[i + 1];
  }
  return nullptr;
}

const ShellWord* value_of(const Words& words, std::string_view option) {
  const auto at = std::ranges::find(words, option, &ShellWord::text);
  return at == words.end() || at + 1 == words.end() ? nullptr : &*(at + 1);
}

// The word that is itself a script: of `watch CMD`, `bash -c CMD`, `ssh HOST CMD`.
Script script_of(const ShellCommand& command) {
  const auto& words = command.words;
  const auto name = base_name(words[0].text);
  const auto operand = [&](std::string_view valued_options, int operands) {
    const auto at = operand_at(words, 1, valued_options, operands);
    return at == 0 ? nullptr : &words[at];
  };
  if (name == "bash" || name == "sh" || name == "zsh" || name == "dash" || name == "su" ||
      name == "runuser" || name == "flock")
    return {behind_c(words)};
  if (name == "watch") return {operand(" -n --interval ", 0), false, true};
  if (name == "eval") return {operand(" ", 0), false, true};
  if (name == "ssh") return {operand(kSshOptions, 1), true};
  if (name == "parallel") return {operand(find_starter("parallel")->valued_options, 0)};
  if (name == "aws" && words.size() > 2 && words[2].text == "execute-command")
    return {value_of(words, "--command"), true};
  return {};
}

void add_nested(std::vector<ShellCommand>& found, std::size_t index, int depth);

bool is_expanded_at(const std::vector<ShellExpansion>& expansions, std::size_t at) {
  return std::ranges::find(expansions, at, &ShellExpansion::at) != expansions.end();
}

// A word of the script that `script` holds gets its places in the script around it, and what the
// outer shell replaces in it.
void move_out(ShellWord& word, const ShellWord& script) {
  const auto own = word.expansions;
  for (auto& expansion : word.expansions)
    expansion.begin = script.origin(expansion.begin), expansion.end = script.origin(expansion.end);
  for (std::size_t i = 0; i < word.text.size(); ++i) {
    if (word.text[i] != ShellWord::kUnknown || is_expanded_at(own, i)) continue;
    word.known = false;
    const auto outer = std::ranges::find(script.expansions, word.origins[i], &ShellExpansion::at);
    if (outer == script.expansions.end()) continue;
    word.expansions.push_back(*outer);
    word.expansions.back().at = i;
  }
  for (auto& origin : word.origins) origin = script.origin(origin);
  word.begin = script.origin(word.begin), word.end = script.origin(word.end);
}

// `watch 'aws ...'`: the word is a script; `watch aws ...`: the words are the command.
void add_scripted(std::vector<ShellCommand>& found, const ShellCommand& outer, Script script,
                  int depth) {
  const auto& word = *script.word;
  if (script.words && !word.quoted) {
    found.push_back(cut_front(outer, static_cast<std::size_t>(&word - outer.words.data())));
    return add_nested(found, found.size() - 1, depth + 1);
  }
  for (auto inner : find_commands(word.text)) {
    for (auto& w : inner.words) move_out(w, word);
    for (auto* place : {&inner.begin, &inner.end, &inner.pipeline_begin, &inner.pipeline_end})
      *place = word.origin(*place);
    inner.remote = inner.remote || outer.remote || script.remote;
    inner.in_substitution = inner.in_substitution || outer.in_substitution;
    inner.in_quotes = true;
    found.push_back(std::move(inner));
  }
}

void add_nested(std::vector<ShellCommand>& found, std::size_t index, int depth) {
  if (depth > kMaxNested) return;
  const ShellCommand outer = found[index];
  const auto script = script_of(outer);
  const bool scripted = script.word != nullptr && script.word->quoted &&
                        script.word->text.find_first_of(" \t\n;|&") != std::string::npos;
  auto add = [&](ShellCommand inner) {
    found.push_back(std::move(inner));
    add_nested(found, found.size() - 1, depth + 1);
  };
  // ssh HOST 'a; b' is a script, ssh HOST a b a command.
  if (auto inner = scripted ? std::nullopt : started_by(outer)) add(std::move(*inner));
  for (auto& inner : started_by_find(outer)) add(std::move(inner));
  if (script.word != nullptr && (scripted || !find_starter(base_name(outer.words[0].text))))
    add_scripted(found, outer, script, depth);
}

}  // namespace

void add_nested_commands(std::vector<ShellCommand>& found) {
  const auto direct = found.size();
  for (std::size_t i = 0; i < direct; ++i) add_nested(found, i, 0);
}

}  // namespace seatrial::runbook
