// See fence_placeholders.h.
#include "runbook/check/fence_placeholders.h"

#include <algorithm>
#include <array>
#include <optional>

#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

using Kind = PlaceholderKind;

bool is_any_of(std::string_view word, auto& words) {
  return std::ranges::find(words, word) != std::end(words);
}

// Programs whose words are text and not names of things.
constexpr std::array<std::string_view, 20> kTextPrograms = {
    "echo", "printf", "grep", "egrep",  "fgrep",  "rg",   "sed",  "awk", "gawk", "jq",
    "yq",   "perl",   "tr",   "logger", "cowsay", "read", "test", "[",   "expr", "unset"};
// Options of the AWS CLI whose names say nothing of what their value is.
constexpr std::array<std::string_view, 10> kPlainOptions = {
    "NAME", "KEY", "ID", "VALUE", "TYPE", "QUERY", "OUTPUT", "TAG", "ARN", "VERSION"};
// What kubectl's commands name must be in lower case.
constexpr std::array<std::string_view, 10> kKubernetesVerbs = {
    "get", "describe", "logs", "exec", "delete", "rollout", "scale", "cp", "port-forward", "edit"};
constexpr std::array<std::string_view, 6> kGitNames = {
    "COMMIT_HASH", "COMMIT_SHA", "COMMIT_ID", "PREVIOUS_COMMIT", "BRANCH_NAME", "TAG_NAME"};
constexpr std::array<std::string_view, 4> kDockerNames = {"CONTAINER_ID", "CONTAINER_NAME",
                                                          "IMAGE_ID", "IMAGE_NAME"};

std::string_view base_name(std::string_view path) {
  return path.substr(path.find_last_of('/') + 1);
}

// "--target-group-arns" as "TARGET_GROUP_ARN".
std::string in_capitals(std::string_view option) {
  std::string out;
  for (char c : option.substr(2))
    out += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  if (out.size() > 3 && out.ends_with('S')) out.pop_back();
  return out;
}

// A name in capitals that says again what its option asks for: --stack-name FAILED_STACK_NAME.
bool repeats_option(std::string_view option, std::string_view name) {
  if (!option.starts_with("--") || option.size() < 4) return false;
  const auto wanted = in_capitals(option);
  if (is_any_of(wanted, kPlainOptions)) return false;
  return name.contains(wanted) ||
         (name.contains('_') && std::string_view(wanted).contains(name.substr(0, name.rfind('_'))));
}

bool is_comment_at(std::string_view line, std::size_t at) {
  return at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t';
}

// What a line says behind its last "#", where that begins a comment.
std::string_view comment_of(std::string_view line) {
  const auto at = line.rfind('#');
  return at == std::string_view::npos || !is_comment_at(line, at) ? std::string_view()
                                                                  : line.substr(at + 1);
}

constexpr std::array<std::string_view, 12> kReplacing = {
    "replace",     "substitute", "fill in",         "placeholder", "select the", "choose",
    "insert your", "your own",   "with the actual", "with your",   "customize",  "customise"};
constexpr std::array<std::string_view, 8> kExplaining = {
    "placeholder", "angle bracket", "with your", "with the actual",
    "substitute",  "replace <",     "your own",  "replace the value"};

bool contains_any(std::string_view text, auto& parts) {
  const auto words = lower(text);
  return std::ranges::any_of(parts, [&](auto part) { return words.contains(part); });
}

class Finder {
 public:
  Finder(const std::string& script, ReplaceNotes notes) : script_(script), notes_(notes) {}

  MarkedFacts find() {
    auto readable = script_;
    const auto angles = angle_placeholders(script_);
    for (const auto& angle : angles)
      std::fill_n(readable.begin() + static_cast<std::ptrdiff_t>(angle.begin),
                  angle.end - angle.begin, 'x');
    marked_.facts = shell_facts(readable);
    for (const auto& angle : angles) add(angle.begin, angle.end, Kind::kAngle, true);
    for (const auto& command : marked_.facts.commands) look_at(command);
    for (const auto& assignment : marked_.facts.assignments) look_at(assignment);
    for (const auto& document : marked_.facts.here_documents) look_at(document);
    std::ranges::sort(marked_.placeholders, {}, &FencePlaceholder::begin);
    mark_all();
    return std::move(marked_);
  }

 private:
  void add(std::size_t begin, std::size_t end, Kind kind, bool redirects = false) {
    if (marked_.placeholders.size() >= kMaxPlaceholders) return;
    for (const auto& other : marked_.placeholders)
      if (begin < other.end && other.begin < end) return;
    marked_.placeholders.push_back({static_cast<std::uint32_t>(begin),
                                    static_cast<std::uint32_t>(end), kind, redirects,
                                    is_asked(begin)});
  }

  void add_in(const ShellWord& word, const Placeholder& placeholder) {
    add(word.origin(placeholder.begin), word.origin(placeholder.end - 1) + 1, placeholder.kind);
  }

  void look_at(const ShellCommand& command) {
    const auto program = base_name(command.words[0].text);
    if (is_any_of(program, kTextPrograms)) return;
    for (std::size_t i = 0; i < command.words.size(); ++i) look_at_word(command, program, i);
  }

  void look_at_word(const ShellCommand& command, std::string_view program, std::size_t index) {
    const auto& word = command.words[index];
    for (const auto& placeholder : placeholders_in(word.text))
      if (fits(command, program, index, placeholder)) add_in(word, placeholder);
    if (program == "aws" && word.known && !word.text.starts_with('-') && describes_id(word.text) &&
        takes_id(option_of(command, index)))
      add_in(word, {0, word.text.size(), Kind::kDescription});
  }

  // The option that a word is (a part of) the value of, or empty.
  static std::string_view option_of(const ShellCommand& command, std::size_t index) {
    const std::string_view own = command.words[index].text;
    if (own.starts_with("--")) return own.substr(0, own.find('='));
    while (index-- > 0)
      if (command.words[index].text.starts_with("--")) return command.words[index].text;
    return {};
  }

  static bool takes_id(std::string_view option) {
    return option.ends_with("-id") || option.ends_with("-arn") || option == "--identifier";
  }

  static bool fits(const ShellCommand& command, std::string_view program, std::size_t index,
                   const Placeholder& placeholder) {
    const auto& text = command.words[index].text;
    if (index == 0) return placeholder.sure && placeholder.kind == Kind::kPath;
    if (placeholder.kind == Kind::kEllipsis) return program != "go" && program != "bazel";
    if (placeholder.sure) return true;
    if (placeholder.kind != Kind::kUpperName) return false;
    const auto name =
        std::string_view(text).substr(placeholder.begin, placeholder.end - placeholder.begin);
    if (program == "aws") return names_value(command, index, placeholder, name);
    if (name != text) return false;
    if (program == "git") return is_any_of(name, kGitNames);
    if (program == "docker" || program == "podman") return is_any_of(name, kDockerNames);
    return program == "kubectl" && command.words.size() > 1 &&
           is_any_of(command.words[1].text, kKubernetesVerbs) && before_dashes(command, index);
  }

  static bool before_dashes(const ShellCommand& command, std::size_t index) {
    return std::ranges::none_of(command.words.begin(),
                                command.words.begin() + static_cast<std::ptrdiff_t>(index),
                                [](const ShellWord& word) { return word.text == "--"; });
  }

  // Of the AWS CLI: the whole value of an option it repeats, a revision, a value of a parameter.
  static bool names_value(const ShellCommand& command, std::size_t index,
                          const Placeholder& placeholder, std::string_view name) {
    const auto option = option_of(command, index);
    const std::string_view text = command.words[index].text;
    const auto before = text.substr(0, placeholder.begin);
    const bool at_end = placeholder.end == text.size();
    if (option == "--task-definition") return at_end && before.ends_with(':');
    if (before.ends_with("ParameterValue=") || before.ends_with(",Value=")) return at_end;
    const bool whole = at_end && (before.empty() || before == std::string(option) + "=");
    return whole && repeats_option(option, name);
  }

  void look_at(const ShellAssignment& assignment) {
    if (assignment.how != ShellAssignment::How::kValue || !assignment.has_value) return;
    const auto& word = assignment.value;
    bool found = false;
    for (const auto& placeholder : placeholders_in(word.text)) {
      if (!placeholder.sure) continue;
      add_in(word, placeholder);
      found = true;
    }
    if (found || !word.known || word.text.empty()) return;
    if (!says_replace(comment_of(line_at(word.begin)))) return;
    const auto colon = word.text.rfind(':') + 1;
    add_in(word, {colon < word.text.size() ? colon : 0, word.text.size(), Kind::kToReplace});
  }

  // In files that a script writes only what is beyond doubt and no example.
  void look_at(const HereDocument& document) {
    const auto text =
        std::string_view(script_).substr(document.begin, document.end - document.begin);
    for (const auto& placeholder : placeholders_in(text)) {
      const bool plain = placeholder.kind == Kind::kYour || placeholder.kind == Kind::kReplaceMe ||
                         placeholder.kind == Kind::kAccount;
      if (placeholder.sure && plain)
        add(document.begin + placeholder.begin, document.begin + placeholder.end, placeholder.kind);
    }
  }

  std::string_view line_at(std::size_t byte) const {
    const auto begin = byte == 0 ? 0 : script_.rfind('\n', byte - 1) + 1;
    return std::string_view(script_).substr(
        begin, std::min(script_.find('\n', byte), script_.size()) - begin);
  }

  bool is_asked(std::size_t byte) const {
    if (notes_.everywhere || notes_.before_fence) return true;
    if (speaks_of_replacing(comment_of(line_at(byte)))) return true;
    return std::ranges::any_of(comments_above(byte), speaks_of_replacing);
  }

  // The comment lines above the statement of a byte.
  std::vector<std::string_view> comments_above(std::size_t byte) const {
    std::vector<std::string_view> out;
    auto begin = byte == 0 ? 0 : script_.rfind('\n', byte - 1) + 1;
    bool in_statement = true;
    while (begin >= 2) {
      const auto line = trim(line_at(begin - 1));
      if (line.starts_with('#'))
        out.push_back(line);
      else if (!in_statement || !line.ends_with('\\'))
        break;
      in_statement = !line.starts_with('#');
      begin = script_.rfind('\n', begin - 2) + 1;
    }
    return out;
  }

  void mark_all() {
    for (const auto& placeholder : marked_.placeholders) {
      if (placeholder.kind == Kind::kExample) continue;
      for (auto& command : marked_.facts.commands)
        for (auto& word : command.words) mark(word, placeholder);
      for (auto& assignment : marked_.facts.assignments) mark(assignment.value, placeholder);
    }
  }

  static void mark(ShellWord& word, const FencePlaceholder& placeholder) {
    if (placeholder.begin < word.end && word.begin < placeholder.end)
      mark_placeholder(word, placeholder.begin, placeholder.end);
  }

  const std::string& script_;
  ReplaceNotes notes_;
  MarkedFacts marked_;
};

}  // namespace

MarkedFacts facts_with_placeholders(const std::string& script, ReplaceNotes notes) {
  return Finder(script, notes).find();
}

bool speaks_of_replacing(std::string_view comment) { return contains_any(comment, kReplacing); }

bool explains_placeholders(std::string_view paragraph) {
  return contains_any(paragraph, kExplaining);
}

}  // namespace seatrial::runbook::check
