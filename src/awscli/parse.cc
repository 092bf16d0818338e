// See parse.h. The order is the CLI's: global options are taken out first, then service, operation
// and that command's own options.
#include "awscli/parse.h"

#include <algorithm>

namespace seatrial::awscli {
namespace {

bool is_number(std::string_view text) {
  text.remove_prefix(text.starts_with('-') ? 1 : 0);
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

// As argparse tells options from values.
bool looks_like_option(const Word& word) {
  if (!word.text.starts_with('-') || word.text.size() < 2 || word.quoted) {
    if (!word.text.starts_with('-') || word.text.size() < 2) return false;
  }
  return !is_number(word.text) && !word.text.contains(' ') && !word.text.contains('\n');
}

bool may_be_several(const Word& word) { return !word.known && !word.quoted; }

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j)
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
    std::swap(last, row);
  }
  return last[b.size()];
}

std::vector<std::string> names_of(const std::vector<Option>& options) {
  std::vector<std::string> out;
  for (const auto& option : options) out.push_back(option.name);
  return out;
}

// An exact name, else the only one that begins so.
struct Match {
  const Option* option = nullptr;
  std::vector<std::string> ambiguous;
};

Match match_option(const std::vector<Option>& options, std::string_view name) {
  Match match;
  for (const auto& option : options)
    if (option.name == name) return {&option, {}};
  for (const auto& option : options) {
    if (name.empty() || !option.name.starts_with(name)) continue;
    match.option = &option;
    match.ambiguous.push_back(option.name);
  }
  if (match.ambiguous.size() > 1)
    match.option = nullptr;
  else
    match.ambiguous.clear();
  return match;
}

class Parser {
 public:
  Parser(const Grammar& grammar, std::span<const Word> words, bool more_follow)
      : grammar_(grammar), words_(words), globals_(grammar.global_options()) {
    call_.incomplete = more_follow;
  }

  ParsedCall parse() {
    for (at_ = 1; at_ < words_.size() && !done_; ++at_) {
      if (call_.command)
        take_argument();
      else
        take_command_word();
    }
    if (!done_) finish();
    return std::move(call_);
  }

 private:
  // Before the command is known only global options may stand.
  void take_command_word() {
    const Word& word = words_[at_];
    if (looks_like_option(word)) {
      if (word.known && (word.text == "--version" || word.text == "--help"))
        done_ = true;
      else
        take_option(globals_, {});
      return;
    }
    if (!word.known || word.text == "help") return give_up();
    if (call_.path.empty()) return take_service(word);
    take_operation(word);
  }

  void give_up() {
    call_.incomplete = true;
    done_ = true;
  }

  void take_service(const Word& word) {
    if (!grammar_.has_service(word.text)) {
      return fail(ProblemKind::kUnknownService,
                  fmt::format("the AWS CLI has no service '{}'", word.text),
                  nearest(word.text, grammar_.services()));
    }
    call_.path = word.text;
    call_.command = grammar_.is_group(call_.path) ? nullptr : grammar_.command(call_.path);
  }

  void take_operation(const Word& word) {
    const auto path = call_.path + " " + word.text;
    const auto children = grammar_.children(call_.path);
    if (std::ranges::find(children, word.text) == children.end()) {
      const bool waiter = call_.path.ends_with(" wait");
      return fail(waiter ? ProblemKind::kUnknownWaiter : ProblemKind::kUnknownOperation,
                  fmt::format("'aws {}' has no {} '{}'", call_.path, waiter ? "waiter" : "command",
                              word.text),
                  nearest(word.text, children));
    }
    call_.path = path;
    if (!grammar_.is_group(path)) call_.command = grammar_.command(path);
    if (!grammar_.is_group(path) && !call_.command) give_up();
  }

  void fail(ProblemKind kind, std::string message, std::string suggestion) {
    add(kind, at_, std::move(message), std::move(suggestion), "");
    done_ = true;
  }

  void add(ProblemKind kind, std::size_t word, std::string message, std::string suggestion,
           std::string_view option) {
    Problem problem;
    problem.kind = kind, problem.word = word, problem.option = option;
    problem.message = std::move(message), problem.suggestion = std::move(suggestion);
    call_.problems.push_back(std::move(problem));
  }

  void take_argument() {
    const Word& word = words_[at_];
    if (looks_like_option(word)) return take_option(call_.command->options, globals_);
    if (may_be_several(word)) {
      call_.incomplete = true;
      return;
    }
    if (word.text == "help" && call_.given.empty()) return give_up();
    if (word.text == "--") return;
    take_positional(word);
  }

  void take_positional(const Word& word) {
    const auto& positionals = call_.command->positionals;
    const bool many = std::ranges::any_of(positionals, [](const Option& o) {
      return o.values == Values::kAny || o.values == Values::kSome;
    });
    if (call_.command->open || many || positionals_ < positionals.size()) {
      ++positionals_;
      return;
    }
    if (!word.known) return;
    add(ProblemKind::kUnknownOption, at_,
        fmt::format("'aws {}' takes no argument '{}' here", call_.path, word.text), "", "");
  }

  void take_option(const std::vector<Option>& own, const std::vector<Option>& globals) {
    const Word& word = words_[at_];
    const auto equals = word.text.find('=');
    const auto dashed = std::string_view(word.text).substr(0, equals);
    if (!word.known && (equals == std::string::npos || dashed.contains('\x01')))
      return skip_unknown();
    if (!dashed.starts_with("--")) return unknown_option(dashed, own);
    const auto name = dashed.substr(2);
    Match match = match_option(own, name);
    if (match.option == nullptr || match.option->name != name) {
      const Match global = match_option(globals, name);
      if (global.option != nullptr || !global.ambiguous.empty()) match = global;
    }
    if (match.option == nullptr) {
      if (!match.ambiguous.empty()) return ambiguous_option(name, match.ambiguous);
      return unknown_option(dashed, own);
    }
    accept(*match.option, equals == std::string::npos
                              ? std::nullopt
                              : std::optional(word.text.substr(equals + 1)));
  }

  // An option whose very name is made by the shell: it and its value may be anything.
  void skip_unknown() { call_.incomplete = true; }

  void ambiguous_option(std::string_view name, const std::vector<std::string>& candidates) {
    std::string list;
    for (const auto& candidate : candidates) list += (list.empty() ? "--" : ", --") + candidate;
    add(ProblemKind::kUnknownOption, at_, fmt::format("'--{}' could mean {}", name, list), "",
        name);
    skip_values();
  }

  void unknown_option(std::string_view dashed, const std::vector<Option>& own) {
    const auto name = dashed.substr(std::min(dashed.find_first_not_of('-'), dashed.size()));
    if (!call_.command) {
      call_.incomplete = true;  // options before the command that only its own parser knows
      return;
    }
    if (call_.command->open) return;
    auto near = nearest(name, names_of(own));
    if (!near.empty()) near = "--" + near;
    add(ProblemKind::kUnknownOption, at_,
        fmt::format("'aws {}' has no option '{}'", call_.path, dashed), near, name);
    skip_values();
  }

  // What follows an unknown option is most likely its value: one report is enough.
  void skip_values() {
    while (at_ + 1 < words_.size() && !looks_like_option(words_[at_ + 1])) ++at_;
  }

  void accept(const Option& option, std::optional<std::string> inline_value) {
    Given given{option.name, at_, {}, std::move(inline_value)};
    const auto most = option.values == Values::kNone ? 0
                      : option.values == Values::kOne || option.values == Values::kOptional
                          ? 1
                          : SIZE_MAX;
    if (!given.inline_value) {
      while (given.values.size() < most && at_ + 1 < words_.size() &&
             !looks_like_option(words_[at_ + 1]))
        given.values.push_back(++at_);
    }
    check_values(option, given);
    call_.given.push_back(std::move(given));
  }

  void check_values(const Option& option, const Given& given) {
    const bool needs = option.values == Values::kOne || option.values == Values::kSome;
    if (needs && given.values.empty() && !given.inline_value &&
        !(call_.incomplete && at_ + 1 >= words_.size()))
      add(ProblemKind::kMissingValue, given.word, fmt::format("'--{}' needs a value", option.name),
          "", option.name);
    const auto choices = option.choices.empty() ? option.model_choices() : option.choices;
    if (choices.empty()) return;
    const auto kind = option.choices.empty() ? ProblemKind::kOpenChoice : ProblemKind::kBadChoice;
    for (auto index : given.values)
      check_choice(option, choices, kind, index, words_[index].text, words_[index].known);
    if (given.inline_value)
      check_choice(option, choices, kind, given.word, *given.inline_value,
                   words_[given.word].known);
  }

  // Lists are also written as JSON or with commas, and values come from files.
  static bool is_indirect(std::string_view text) {
    return text.empty() || text.contains('[') || text.contains('{') ||
           text.starts_with("file://") || text.starts_with("fileb://");
  }

  void check_choice(const Option& option, const std::vector<std::string>& choices, ProblemKind kind,
                    std::size_t index, const std::string& text, bool known) {
    if (!known || is_indirect(text)) return;
    for (std::size_t begin = 0; begin <= text.size();) {
      const bool list = option.values == Values::kAny;
      const auto end = list ? std::min(text.find(',', begin), text.size()) : text.size();
      const auto value = text.substr(begin, end - begin);
      begin = end + 1;
      if (value.empty() || std::ranges::find(choices, value) != choices.end()) continue;
      add(kind, index, bad_choice(option, choices, value), nearest(value, choices), option.name);
    }
  }

  static std::string bad_choice(const Option& option, const std::vector<std::string>& choices,
                                const std::string& value) {
    constexpr std::size_t kListed = 12;
    std::string list;
    for (std::size_t i = 0; i < choices.size() && i < kListed; ++i)
      list += (i == 0 ? "" : ", ") + choices[i];
    if (choices.size() > kListed) list += ", ...";
    return fmt::format("'{}' is no value of --{}: {}", value, option.name, list);
  }

  bool was_given(std::string_view name) const {
    return std::ranges::find(call_.given, name, &Given::name) != call_.given.end();
  }

  void finish() {
    if (call_.incomplete) return;
    if (call_.path.empty()) return;
    if (!call_.command) {
      if (call_.path.contains(' ') || !grammar_.command(call_.path))
        add(ProblemKind::kUnknownOperation, words_.size() - 1,
            fmt::format("'aws {}' needs a command", call_.path), "", "");
      return;
    }
    for (auto name : {"cli-input-json", "cli-input-yaml", "generate-cli-skeleton"})
      if (was_given(name)) return;
    for (const auto& option : call_.command->options) {
      if (!option.required || was_given(option.name)) continue;
      if (option.values == Values::kNone && was_given("no-" + option.name)) continue;
      add(ProblemKind::kMissingOption, 0,
          fmt::format("'aws {}' needs --{}", call_.path, option.name), "--" + option.name,
          option.name);
    }
  }

  const Grammar& grammar_;
  std::span<const Word> words_;
  const std::vector<Option>& globals_;
  ParsedCall call_;
  std::size_t at_ = 1;
  std::size_t positionals_ = 0;
  bool done_ = false;
};

}  // namespace

std::string nearest(std::string_view name, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t fewest = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    auto steps = distance(name, candidate);
    // A word more or less ("resource-ids" for "resource-id-list") is nearer than its letters say.
    if (steps > 1 && (candidate.starts_with(name) || name.starts_with(candidate)) &&
        name.size() > 3)
      steps = std::min<std::size_t>(steps, 2);
    if (steps < fewest) fewest = steps, best = candidate;
  }
  return best;
}

std::optional<Place> ParsedCall::place_of(std::string_view input_path) const {
  std::string path(input_path);
  for (;;) {
    if (const auto it = places.find(path); it != places.end()) return it->second;
    const auto cut = path.find_last_of(".[");
    if (cut == std::string::npos) return std::nullopt;
    path.resize(cut);
  }
}

const Given* ParsedCall::find(std::string_view option) const {
  const auto it = std::ranges::find(given, option, &Given::name);
  return it == given.end() ? nullptr : &*it;
}

std::optional<std::string_view> ParsedCall::text_of(std::string_view option,
                                                    std::span<const Word> words) const {
  const Given* found = find(option);
  if (found == nullptr) return std::nullopt;
  if (found->inline_value)
    return words[found->word].known ? std::optional<std::string_view>(*found->inline_value)
                                    : std::nullopt;
  if (found->values.size() != 1 || !words[found->values[0]].known) return std::nullopt;
  return words[found->values[0]].text;
}

ParsedCall parse_call(const Grammar& grammar, std::span<const Word> words, bool more_follow) {
  return Parser(grammar, words, more_follow).parse();
}

}  // namespace seatrial::awscli
