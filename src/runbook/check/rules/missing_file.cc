// A script or file that the repository does not have and the document does not make.
// docs/rules/missing-file.md
//
// Certain only where the repository is known, and as far as the reader's folder is: every `cd`
// before may still hold, so a file counts as there when it is below any of them. Absolute paths are
// those of a machine nobody knows here, but for one person's home, which no other machine has.
#include <algorithm>
#include <array>
#include <set>

#include "runbook/check/rules/rules.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

// Folders that the reader may stand in.
constexpr std::size_t kMaxFolders = 32;

// Homes of accounts that machines come with.
constexpr std::array<std::string_view, 14> kAccounts = {
    "ubuntu", "ec2-user", "admin",   "centos", "debian", "fedora",  "runner",
    "node",   "app",      "vagrant", "git",    "user",   "jenkins", "ssm-user"};

// Programs and the option that names a file they read.
struct Reader {
  std::string_view program;
  std::string_view option;
};
constexpr std::array kReaders = {
    Reader{"kubectl", "-f"},
    Reader{"kubectl", "--filename"},
    Reader{"psql", "-f"},
    Reader{"psql", "--file"},
    Reader{"helm", "-f"},
    Reader{"helm", "--values"},
    Reader{"terraform", "-var-file"},
    Reader{"docker-compose", "-f"},
};
// Programs whose first operand is a file that they carry out.
constexpr std::array<std::string_view, 11> kInterpreters = {
    "bash", "sh",   "zsh",  "source",          ".", "python", "python3",
    "node", "ruby", "perl", "ansible-playbook"};
// Programs that make what their last operand, or each of them, names.
constexpr std::array<std::string_view, 14> kMakers = {
    "tee", "cp",  "mv",   "touch", "mkdir", "install", "ln",
    "vi",  "vim", "nano", "scp",   "rsync", "mktemp",  "unzip"};
// Options of any program behind which it writes.
constexpr std::array<std::string_view, 9> kOutputs = {
    "-o", "-O", "-out", "--output", "--out", "-d", "--file", "-keyout", "--output-document"};

bool is_any_of(std::string_view word, auto& words) {
  return std::ranges::find(words, word) != std::end(words);
}

// "./a/../b//c" as "b/c"; ".." at the front stays.
std::string plain_path(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const auto slash = std::min(path.find('/'), path.size());
    const auto part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (part == ".." && !parts.empty() && parts.back() != "..")
      parts.pop_back();
    else
      parts.push_back(part);
  }
  std::string out;
  for (auto part : parts) out += (out.empty() ? "" : "/") + std::string(part);
  return out.empty() ? "." : out;
}

bool is_someones_home(std::string_view path) {
  for (std::string_view homes : {"/home/", "/Users/"}) {
    if (!path.starts_with(homes)) continue;
    const auto rest = path.substr(homes.size());
    const auto name = rest.substr(0, rest.find('/'));
    return !name.empty() && name != rest && !is_any_of(name, kAccounts);
  }
  return false;
}

class FileLook {
 public:
  FileLook(const Analysis& analysis, Reports& reports) : analysis_(analysis), reports_(reports) {}

  void check() {
    note_mentions();
    for (const auto& fence : analysis_.fences()) {
      if (fence.block->heading != heading_) lost_here_ = false;
      heading_ = fence.block->heading;
      for (const auto& redirection : fence.facts.redirections)
        if (redirection.writes && redirection.target.known) made(redirection.target.text);
      for (const auto& command : fence.commands) {
        if (command.shell.remote || command.shell.damaged) continue;
        look_at(command);
        note_made(command);
      }
    }
  }

 private:
  // Files that prose or a comment speaks of: the reader may be told to write them.
  void note_mentions() {
    for (const auto& block : analysis_.document().blocks) {
      if (block.kind == Block::Kind::kText)
        for (const auto& span : block.code_spans) mentioned(span);
      if (block.kind != Block::Kind::kFence || analysis_.fence_of(block) == nullptr) continue;
      for (auto line : split_lines(block.content)) {
        if (!trim(line).starts_with('#')) continue;
        for (auto word : split_blanks(line)) mentioned(word);
      }
    }
  }

  void mentioned(std::string_view word) {
    if (word.find_first_of("./") != std::string_view::npos) made(word);
  }

  void made(std::string_view path) {
    if (path.starts_with("file://")) path.remove_prefix(7);
    made_.insert(plain_path(path));
    made_.insert(std::string(path.substr(path.find_last_of('/') + 1)));
  }

  bool is_made(std::string_view path) const {
    if (made_.contains(plain_path(path))) return true;
    const auto name = path.substr(path.find_last_of('/') + 1);
    if (made_.contains(name)) return true;
    // Below a folder that the document makes.
    for (auto slash = path.find('/'); slash != std::string_view::npos;
         slash = path.find('/', slash + 1))
      if (slash > 1 && made_.contains(plain_path(path.substr(0, slash)))) return true;
    return false;
  }

  void look_at(const Command& command) {
    const auto& words = command.shell.words;
    if (command.name == "cd") return look_at_cd(command);
    if (command.aws) {
      for (const auto& file : command.aws->files)
        if (!file.writes) look_at_file(command, file.place.word, file.path);
      return;
    }
    if (words[0].known && words[0].text.contains('/')) look_at_file(command, 0, words[0].text);
    if (is_any_of(command.name, kInterpreters)) look_at_script(command);
    for (const auto& reader : kReaders) look_at_option(command, reader);
  }

  void look_at_script(const Command& command) {
    const auto& words = command.shell.words;
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (words[i].text.starts_with('-')) return;  // -c, -m and the like: not judged
      if (words[i].known) look_at_file(command, i, words[i].text);
      return;
    }
  }

  void look_at_option(const Command& command, const Reader& reader) {
    if (command.name != reader.program) return;
    const auto& words = command.shell.words;
    for (std::size_t i = 1; i < words.size(); ++i) {
      const std::string_view text = words[i].text;
      if (text == reader.option && i + 1 < words.size() && words[i + 1].known)
        look_at_file(command, i + 1, words[i + 1].text);
      if (words[i].known && text.starts_with(std::string(reader.option) + "="))
        look_at_file(command, i, text.substr(reader.option.size() + 1));
    }
  }

  void look_at_file(const Command& command, std::size_t word, std::string_view path) {
    if (report_home(command, word, path) || path.starts_with('/') || path.starts_with('~')) return;
    if (path.empty() || path == "-" || path.contains("://") ||
        path.find_first_of("*?[]{}$\x01") != std::string_view::npos)
      return;
    if (!analysis_.surroundings().has_file || lost_ || lost_here_ || is_made(path) ||
        is_there(path))
      return;
    if (!said_.insert(plain_path(path)).second) return;  // once is enough
    reports_.at_word(
        command, word,
        {fmt::format("the repository has no '{}', and nothing before makes it", path)});
  }

  bool report_home(const Command& command, std::size_t word, std::string_view path) {
    if (!is_someones_home(path)) return false;
    reports_.at_word(command, word,
                     {"a path in one person's home: on another machine it is not there"});
    return true;
  }

  bool is_there(std::string_view path) const {
    const auto& has_file = analysis_.surroundings().has_file;
    return std::ranges::any_of(folders_, [&](const std::string& folder) {
      return has_file(plain_path(folder + "/" + std::string(path)));
    });
  }

  void look_at_cd(const Command& command) {
    const auto& words = command.shell.words;
    if (words.size() < 2 || !words[1].known) return void(lost_ = true);
    const std::string_view path = words[1].text;
    if (report_home(command, 1, path) || path.starts_with('/') || path.starts_with('~') ||
        path.starts_with('-') || is_made(path))
      return void(lost_ = true);
    if (analysis_.surroundings().has_file && !lost_ && !lost_here_ && !is_there(path)) {
      if (said_.insert(plain_path(path)).second)
        reports_.at_word(command, 1, {fmt::format("the repository has no folder '{}'", path)});
      lost_here_ = true;
    }
    const auto known = folders_;
    for (const auto& folder : known)
      if (folders_.size() < kMaxFolders)
        folders_.insert(plain_path(folder + "/" + std::string(path)));
  }

  void note_made(const Command& command) {
    const auto& words = command.shell.words;
    if (command.name == "git" || command.name == "tar" || command.name == "unzip" ||
        command.name == "cdk" || command.name == "npx" || command.name == "make")
      lost_ = lost_ || brings_many(command);
    if (command.aws)
      for (const auto& file : command.aws->files)
        if (file.writes) made(file.path);
    const bool makes = is_any_of(command.name, kMakers);
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (!words[i].known) continue;
      const std::string_view text = words[i].text;
      if (makes && !text.starts_with('-')) made(text);
      if (is_any_of(text, kOutputs) && i + 1 < words.size()) made(words[i + 1].text);
      const auto equals = text.find('=');
      if (equals != std::string_view::npos && is_any_of(text.substr(0, equals), kOutputs))
        made(text.substr(equals + 1));
    }
  }

  // What is unpacked, cloned or generated cannot be known.
  static bool brings_many(const Command& command) {
    if (command.name != "git") return true;
    return command.shell.words.size() > 1 &&
           (command.shell.words[1].text == "clone" || command.shell.words[1].text == "submodule");
  }

  const Analysis& analysis_;
  Reports& reports_;
  std::set<std::string, std::less<>> made_, said_;
  std::set<std::string, std::less<>> folders_ = {"."};
  bool lost_ = false;       // nobody knows where the reader stands
  bool lost_here_ = false;  // under this heading: the folder entered is not there
  int heading_ = -1;
};

void check_missing_file(const Analysis& analysis, Reports& reports) {
  FileLook(analysis, reports).check();
}

}  // namespace

const Rule kMissingFile{"missing-file", Severity::kWarning,
                        "a script or file that the repository does not have", check_missing_file};

}  // namespace seatrial::runbook::check
