// See placeholders.h. Hand-written: the checker asks for every word of every command.
#include "runbook/placeholders.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "runbook/bash_syntax.h"
#include "runbook/text.h"

namespace seatrial::runbook {
namespace {

using MarkKind = PlaceholderKind;

// Longest name that is looked at.
constexpr std::size_t kMaxPlaceholder = 80;
// Times a script is read again behind placeholders that have just been found.
constexpr int kMaxRounds = 6;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_byte(char c) {
  return is_upper(c) || is_lower(c) || is_digit(c) || c == '_' || c == '-';
}

bool is_any_of(std::string_view word, auto& words) {
  return std::ranges::find(words, word) != std::end(words);
}

// First words of names that ask for a value whatever they stand for.
constexpr std::array<std::string_view, 4> kAsking = {"YOUR", "MY", "REPLACE", "INSERT"};
// Words that are nothing but a request.
constexpr std::array<std::string_view, 14> kRequests = {
    "REPLACE_ME", "REPLACEME", "REPLACE-ME", "CHANGE_ME",   "CHANGEME", "CHANGE-ME", "FILL_ME_IN",
    "FILL_IN",    "TODO",      "FIXME",      "PLACEHOLDER", "changeme", "replaceme", "placeholder"};
// First words of names in capitals that stand for a value of the reader's.
constexpr std::array<std::string_view, 20> kFirst = {
    "PREVIOUS", "FAILED", "TASK",    "SNAPSHOT", "CLUSTER", "SERVICE",  "TARGET",
    "INSTANCE", "STACK",  "CURRENT", "DESIRED",  "SOURCE",  "NEW",      "OLD",
    "EXISTING", "SOME",   "EXAMPLE", "ACTUAL",   "COMMIT",  "CONTAINER"};
// Last words of such names.
constexpr std::array<std::string_view, 14> kLast = {
    "ARN", "ID",      "NAME", "REVISION", "VERSION", "HERE",    "TAG",
    "URL", "WEBHOOK", "HASH", "SHA",      "HOST",    "ADDRESS", "ENDPOINT"};
constexpr std::array<std::string_view, 3> kExampleAccounts = {"123456789012", "111122223333",
                                                              "444455556666"};
constexpr std::array<std::string_view, 18> kIdPrefixes = {
    "i",   "vpc", "subnet", "sg",  "ami",      "vol", "snap", "eni", "rtb",
    "igw", "nat", "acl",    "tgw", "eipalloc", "lt",  "vpce", "pcx", "db"};
constexpr std::array<std::string_view, 10> kExampleIds = {
    "12345678",         "0123456789abcdef0", "1234567890abcdef0", "abcdef12", "abcd1234",
    "1234567890abcdef", "0123456789abcdef",  "1a2b3c4d",          "0a1b2c3d", "11111111"};
// What a description of an id ends with: `prod-database-resource-id`.
constexpr std::array<std::string_view, 18> kDescribed = {
    "resource",    "instance",     "vpc",     "subnet", "sg",      "ami",
    "volume",      "task",         "account", "zone",   "cluster", "detector",
    "certificate", "distribution", "api",     "pool",   "key",     "role"};

bool all_bytes(std::string_view text, char lower, char upper) {
  return std::ranges::all_of(text, [&](char c) { return c == lower || c == upper; });
}

// "xxx", "XXXXXXXX", "YYYYYYYY", "0xxxxxxx".
bool is_crossed(std::string_view part) {
  if (part.size() > 4 && part[0] == '0') part.remove_prefix(1);
  if (part.size() >= 3 && all_bytes(part, 'x', 'X')) return true;
  return part.size() >= 4 && (all_bytes(part, 'Y', 'Y') || all_bytes(part, 'Z', 'Z'));
}

std::optional<MarkKind> crosses(std::string_view token) {
  const auto dash = token.rfind('-');
  const auto last = dash == std::string_view::npos ? token : token.substr(dash + 1);
  if (!is_crossed(last)) return std::nullopt;
  if (dash == std::string_view::npos) return MarkKind::kCrosses;
  const auto before = token.substr(0, dash);
  const bool group =
      std::ranges::all_of(before, [](char c) { return c == 'x' || c == 'X' || c == '-'; });
  const bool prefix = std::ranges::all_of(before, [](char c) { return is_lower(c) || c == '-'; });
  return group || prefix ? std::optional(MarkKind::kCrosses) : std::nullopt;
}

// The underscored words of NAME_IN_CAPITALS, or nothing where it is none.
struct Capitals {
  std::string_view first, last;
};
std::optional<Capitals> capitals(std::string_view token) {
  if (!is_upper(token[0])) return std::nullopt;
  if (!std::ranges::all_of(
          token, [](char c) { return is_upper(c) || is_digit(c) || c == '_' || c == '-'; }))
    return std::nullopt;
  const auto first = token.find_first_of("_-"), last = token.find_last_of("_-");
  if (first == std::string_view::npos) return std::nullopt;
  return Capitals{token.substr(0, first), token.substr(last + 1)};
}

bool is_example_id(std::string_view token) {
  const auto dash = token.find('-');
  if (dash == std::string_view::npos || !is_any_of(token.substr(0, dash), kIdPrefixes))
    return false;
  return is_any_of(token.substr(dash + 1), kExampleIds);
}

struct Judged {
  MarkKind kind;
  bool sure;
};

std::optional<Judged> judge(std::string_view token) {
  if (token.size() > kMaxPlaceholder) return std::nullopt;
  if (is_any_of(token, kRequests)) return Judged{MarkKind::kReplaceMe, true};
  if (auto kind = crosses(token)) return Judged{*kind, true};
  if (is_any_of(token, kExampleAccounts) || is_example_id(token) ||
      (token.starts_with("AKIA") && token.ends_with("EXAMPLE")))
    return Judged{MarkKind::kExample, true};
  if (token.size() > 5 && (token.starts_with("your-") || token.starts_with("your_")))
    return Judged{MarkKind::kYour, true};
  const auto name = capitals(token);
  if (!name || name->last.empty()) return std::nullopt;
  if (name->last == "HERE") return Judged{MarkKind::kReplaceMe, true};
  if (is_any_of(name->first, kAsking)) return Judged{MarkKind::kYour, name->first != "MY"};
  if (token.contains('-')) return std::nullopt;
  if (is_any_of(name->first, kFirst) || is_any_of(name->last, kLast))
    return Judged{MarkKind::kUpperName, false};
  return std::nullopt;
}

bool separates(char c) { return std::string_view(" \t\n=:/,\"'|;()[]{}@").contains(c); }

// Collects what stands in one value.
class Search {
 public:
  explicit Search(std::string_view value) : value_(value) {}

  std::vector<Placeholder> all() {
    find_enclosed('<', '>', MarkKind::kAngle);
    find_ellipses();
    find_paths();
    find_accounts();
    find_tokens();
    std::ranges::stable_sort(found_, {}, &Placeholder::begin);
    return std::move(found_);
  }

 private:
  void add(std::size_t begin, std::size_t end, MarkKind kind, bool sure = true) {
    for (const auto& other : found_)
      if (begin < other.end && other.begin < end) return;
    found_.push_back({begin, end, kind, sure});
  }

  bool bounded(std::size_t begin, std::size_t end) const {
    return (begin == 0 || separates(value_[begin - 1])) &&
           (end == value_.size() || separates(value_[end]));
  }

  // `<name>` as a whole part of the value.
  void find_enclosed(char open, char close, MarkKind kind) {
    for (std::size_t at = 0; (at = value_.find(open, at)) != std::string_view::npos; ++at) {
      const auto end = value_.find(close, at);
      if (end == std::string_view::npos) return;
      if (!is_name(value_.substr(at + 1, end - at - 1))) continue;
      const bool whole = bounded(at, end + 1) && !value_.contains("</");
      add(at, end + 1, kind, whole);
    }
  }

  static bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= kMaxPlaceholder &&
           std::isalpha(static_cast<unsigned char>(name[0])) &&
           std::ranges::all_of(name, [](char c) {
             return is_word_byte(c) || std::string_view(" ._:/|").contains(c);
           });
  }

  void find_ellipses() {
    for (std::string_view dots : {"...", "\xE2\x80\xA6"}) {
      for (std::size_t at = 0; (at = value_.find(dots, at)) != std::string_view::npos;) {
        const auto end = at + dots.size();
        const bool own_folder = at >= 1 && value_[at - 1] == '/';
        const bool blank = value_.find_first_of(" \t\n") != std::string_view::npos;
        if (bounded(at, end) && !own_folder && !blank) add(at, end, MarkKind::kEllipsis);
        at = end;
      }
    }
  }

  void find_paths() {
    constexpr std::string_view kPath = "path/to/";
    for (std::size_t at = 0; (at = value_.find(kPath, at)) != std::string_view::npos; ++at) {
      auto begin = at;
      while (begin > 0 && (is_word_byte(value_[begin - 1]) ||
                           std::string_view("./~").contains(value_[begin - 1])))
        --begin;
      if (begin > 0 && value_[begin - 1] == ':' && value_.substr(begin).starts_with("//"))
        begin = std::min(begin + 2, at);  // of a scheme
      const auto lead = value_.substr(begin, at - begin);
      if (!lead.empty() && !lead.ends_with('/')) continue;
      auto end = at;
      while (end < value_.size() &&
             (is_word_byte(value_[end]) || std::string_view("./~").contains(value_[end])))
        ++end;
      add(begin, end, MarkKind::kPath);
    }
  }

  // arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE
  void find_accounts() {
    for (std::size_t at = 0; (at = value_.find("arn:aws", at)) != std::string_view::npos; ++at) {
      auto begin = at;
      for (int i = 0; i < 4 && begin != std::string_view::npos; ++i) {
        const auto colon = value_.find(':', begin);
        begin = colon == std::string_view::npos ? colon : colon + 1;
      }
      if (begin == std::string_view::npos) return;
      const auto end = value_.find(':', begin);
      if (end == std::string_view::npos) return;
      const auto account = value_.substr(begin, end - begin);
      const bool word = account.size() > 2 && std::ranges::all_of(account, is_word_byte) &&
                        account != "aws" && !std::ranges::all_of(account, is_digit);
      if (word && (is_upper(account[0]) || account.contains("account")))
        add(begin, end, MarkKind::kAccount);
    }
  }

  void find_tokens() {
    for (std::size_t at = 0; at < value_.size();) {
      if (!is_word_byte(value_[at])) {
        ++at;
        continue;
      }
      auto end = at;
      while (end < value_.size() && is_word_byte(value_[end])) ++end;
      judge_token(at, end);
      at = end;
    }
  }

  // Not variables ($NAME, ${NAME}) nor names that are given a value (NAME=).
  void judge_token(std::size_t begin, std::size_t end) {
    const bool behind_dollar =
        begin > 0 && (value_[begin - 1] == '$' || value_.substr(0, begin).ends_with("${"));
    const bool named = end < value_.size() && value_[end] == '=';
    if (behind_dollar || named) return;
    const auto judged = judge(value_.substr(begin, end - begin));
    if (!judged) return;
    add(begin, end, judged->kind, judged->sure && bounded_token(begin, end));
  }

  bool bounded_token(std::size_t begin, std::size_t end) const {
    return (begin == 0 || separates(value_[begin - 1])) &&
           (end == value_.size() || separates(value_[end]) || value_[end] == '.');
  }

  std::string_view value_;
  std::vector<Placeholder> found_;
};

// Whether `<name>` could be input from a file and output to another: `sort <in> out`.
bool could_be_files(std::string_view script, std::size_t begin, std::size_t end) {
  const auto name = script.substr(begin + 1, end - begin - 2);
  if (name.find_first_of(" -_|:") != std::string_view::npos) return false;
  const auto next = script.find_first_not_of(" \t", end);
  if (next == std::string_view::npos || script[next] == '\n' || script[next] == '\\') return false;
  if (std::string_view("-<>|&;)\"'#").contains(script[next])) return false;
  return name.contains('.') || name.contains('/');
}

std::optional<std::size_t> angle_end(std::string_view script, std::size_t begin) {
  const auto line = script.substr(begin, kMaxPlaceholder + 2);
  const auto close = line.substr(0, line.find('\n')).find('>');
  if (close == std::string_view::npos || close < 2) return std::nullopt;
  const auto name = line.substr(1, close - 1);
  const bool letters = std::isalpha(static_cast<unsigned char>(name[0])) != 0;
  const bool plain = std::ranges::all_of(
      name, [](char c) { return is_word_byte(c) || std::string_view(" ._:/|'").contains(c); });
  if (!letters || !plain || name.ends_with(' ')) return std::nullopt;
  const auto end = begin + close + 1;
  return could_be_files(script, begin, end) ? std::nullopt : std::optional(end);
}

std::string first_in_line(std::string_view line) {
  for (const auto& placeholder : placeholders_in(line)) {
    if (placeholder.kind == MarkKind::kExample || placeholder.kind == MarkKind::kDescription)
      continue;
    return std::string(line.substr(placeholder.begin, placeholder.end - placeholder.begin));
  }
  return {};
}

}  // namespace

std::vector<Placeholder> placeholders_in(std::string_view value) { return Search(value).all(); }

std::vector<Placeholder> angle_placeholders(std::string_view script) {
  std::vector<Placeholder> out;
  if (!script.contains('<')) return out;
  std::string text(script);
  // bash stops where a placeholder is one too many: what is found becomes a word, then it reads on.
  for (int round = 0; round < kMaxRounds; ++round) {
    const auto known = out.size();
    for (auto begin : input_redirections(text)) {
      const auto end = angle_end(text, begin);
      if (!end) continue;
      out.push_back({begin, *end, MarkKind::kAngle, true});
      std::fill(text.begin() + static_cast<std::ptrdiff_t>(begin),
                text.begin() + static_cast<std::ptrdiff_t>(*end), 'x');
    }
    if (out.size() == known) break;
  }
  std::ranges::sort(out, {}, &Placeholder::begin);
  return out;
}

std::string_view placeholder_kind(PlaceholderKind kind) {
  switch (kind) {
    case MarkKind::kAngle:
      return "a name in angle brackets";
    case MarkKind::kBraces:
      return "a name in braces";
    case MarkKind::kUpperName:
      return "a name in capitals without a dollar sign";
    case MarkKind::kYour:
      return "a name that asks for your own";
    case MarkKind::kReplaceMe:
      return "a request to fill something in";
    case MarkKind::kCrosses:
      return "crosses for an id";
    case MarkKind::kEllipsis:
      return "an ellipsis";
    case MarkKind::kPath:
      return "a path made up for the example";
    case MarkKind::kAccount:
      return "a word for the account's number";
    case MarkKind::kExample:
      return "an id of AWS's documentation";
    case MarkKind::kDescription:
      return "a description of an id";
    case MarkKind::kToReplace:
      return "a value that the document says to replace";
  }
  return "a placeholder";
}

std::string find_placeholder(std::string_view command) {
  for (auto line : split_lines(command)) {
    if (trim(line).starts_with('#')) continue;
    if (auto found = first_in_line(line); !found.empty()) return found;
  }
  return {};
}

bool describes_id(std::string_view value) {
  const auto last = value.rfind('-');
  if (last == std::string_view::npos ||
      (value.substr(last) != "-id" && value.substr(last) != "-arn"))
    return false;
  value = value.substr(0, last);
  return is_any_of(value.substr(value.rfind('-') + 1), kDescribed);
}

bool says_replace(std::string_view comment) {
  const auto begin = std::ranges::find_if(
      comment, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; });
  const auto words = lower(comment.substr(static_cast<std::size_t>(begin - comment.begin())));
  for (std::string_view request : {"replace", "substitute", "change me", "change this", "change to",
                                   "fill in", "your ", "todo", "set to actual", "use your"})
    if (words.starts_with(request)) return true;
  return false;
}

}  // namespace seatrial::runbook
