// See parse.h. The order is the CLI's: its main parser takes the global options and the service's
// word, each group the next word, the command the rest; then values are read and judged.
#include "awscli/parse.h"

#include <algorithm>

#include "awscli/arguments.h"
#include "awscli/custom_options.h"
#include "awscli/exclusive.h"
#include "awscli/input.h"
#include "awscli/own_commands.h"
#include "awscli/plain_options.h"
#include "awscli/values.h"
#include "awscli/versions.h"

namespace seatrial::awscli {
namespace {

Option positional(std::string name, Values values) {
  Option option;
  option.name = std::move(name);
  option.values = values;
  return option;
}

std::vector<std::string> dashed_names(std::span<const Option> options) {
  std::vector<std::string> out;
  for (const auto& option : options) out.push_back("--" + option.name);
  return out;
}

class Parser {
 public:
  Parser(const Grammar& grammar, std::span<const Word> words, bool more_follow)
      : grammar_(grammar), words_(words) {
    call_.incomplete = more_follow;
  }

  ParsedCall parse() {
    if (find_command()) finish_command();
    std::ranges::stable_sort(call_.given, {}, &Given::word);
    return std::move(call_);
  }

 private:
  // --- which command ---

  bool find_command() {
    std::vector<std::size_t> indices;
    for (std::size_t i = 1; i < words_.size(); ++i) indices.push_back(i);
    const Option service = positional("command", Values::kOne);
    auto taken = take({grammar_.global_options(), {&service, 1}}, indices);
    if (call_.find("version") != nullptr) return false;
    rest_ = std::move(taken.rest);
    if (taken.positionals.empty()) {
      if (call_.incomplete) return false;
      unknown_options(grammar_.global_options());
      if (call_.problems.empty())
        fail(ProblemKind::kUnknownService, 0, "'aws' needs a command", "");
      return false;
    }
    return take_service(taken.positionals[0].values[0]) && take_group_words();
  }

  bool take_service(std::size_t index) {
    const Word& word = words_[index];
    if (!plain_word(word)) return give_up();
    if (!grammar_.has_service(word.text)) {
      fail(ProblemKind::kUnknownService, index,
           fmt::format("the AWS CLI has no service '{}'", word.text),
           nearest(word.text, grammar_.services()));
      return false;
    }
    call_.path = word.text;
    command_word_ = index;
    return true;
  }

  static bool plain_word(const Word& word) { return word.known && word.text != "help"; }

  bool give_up() {
    call_.incomplete = true;
    return false;
  }

  bool take_group_words() {
    while (true) {
      const bool group = grammar_.is_group(call_.path);
      const Command* own = group ? nullptr : grammar_.command(call_.path);
      if (!group && (own == nullptr || !own->has_children)) {
        call_.command = own;
        return own != nullptr || give_up();
      }
      const auto next = subcommand(own);
      if (!next) {
        call_.command = own;
        return own != nullptr;
      }
      if (!take_subcommand(*next)) return false;
    }
  }

  // The word of the next level; empty when there is none (a problem for a pure group). What was
  // read to find it is read again by the command itself when that turns out to be the last level.
  std::optional<std::size_t> subcommand(const Command* own) {
    const auto known = call_.problems.size(), given = call_.given.size();
    const bool incomplete = call_.incomplete;
    std::vector<Option> positionals;
    if (own != nullptr) positionals = own->positionals;
    positionals.push_back(positional("subcommand", Values::kOne));
    auto taken =
        take({own != nullptr ? std::span<const Option>(own->options) : std::span<const Option>(),
              positionals},
             rest_);
    if (taken.positionals.size() == positionals.size()) {
      const auto index = taken.positionals.back().values[0];
      rest_ = std::move(taken.rest);
      return index;
    }
    if (own != nullptr) {
      call_.problems.resize(known);
      call_.given.resize(given);
      call_.incomplete = incomplete;
    } else if (!call_.incomplete) {
      fail(ProblemKind::kUnknownOperation, command_word_,
           fmt::format("'aws {}' needs a command", call_.path), "");
    }
    return std::nullopt;
  }

  bool take_subcommand(std::size_t index) {
    const Word& word = words_[index];
    if (!plain_word(word)) return give_up();
    const auto path = call_.path + " " + word.text;
    if (!grammar_.has(path)) {
      const bool waiter = call_.path.ends_with(" wait");
      fail(waiter ? ProblemKind::kUnknownWaiter : ProblemKind::kUnknownOperation, index,
           fmt::format("'aws {}' has no {} '{}'", call_.path, waiter ? "waiter" : "command",
                       word.text),
           nearest(word.text, grammar_.children(call_.path)));
      return false;
    }
    call_.path = path;
    command_word_ = index;
    return true;
  }

  // A problem that ends the search for the command.
  void fail(ProblemKind kind, std::size_t index, std::string message, std::string suggestion) {
    Problem problem;
    problem.kind = kind, problem.word = index;
    problem.message = std::move(message), problem.suggestion = std::move(suggestion);
    if (index > 0) look_in_other_version(grammar_, call_.path, words_[index].text, problem);
    call_.problems.push_back(std::move(problem));
  }

  // --- words to options ---

  Arguments take(const ParserTable& table, std::span<const std::size_t> indices) {
    auto taken = take_arguments(table, words_, indices);
    call_.incomplete = call_.incomplete || taken.incomplete;
    for (auto& problem : taken.problems)
      if (!excused(problem)) call_.problems.push_back(std::move(problem));
    for (const auto& option : taken.options) add_given(option);
    return taken;
  }

  // The value may be among the words that are added at run time.
  bool excused(const Problem& problem) const {
    return problem.kind == ProblemKind::kMissingValue && call_.incomplete &&
           problem.word + 1 >= words_.size();
  }

  void add_given(const Taken& taken) {
    Given given{taken.option->name, taken.word, taken.values, std::nullopt};
    const auto& text = words_[taken.word].text;
    if (taken.inline_at) given.inline_value = text.substr(*taken.inline_at);
    if (taken.abbreviated) {
      Problem problem;
      problem.kind = ProblemKind::kAbbreviation;
      problem.word = taken.word;
      problem.length = std::min(text.find('='), text.size());
      problem.message = fmt::format(
          "'{}' is short for --{}; it fails as soon as another option "
          "begins so",
          text.substr(0, problem.length), taken.option->name);
      problem.suggestion = "--" + taken.option->name;
      problem.option = taken.option->name;
      problem.refuser = Refuser::kNobody;
      problem.mechanical = true;
      call_.problems.push_back(std::move(problem));
    }
    call_.given.push_back(std::move(given));
  }

  // --- the command ---

  void finish_command() {
    if (!take_own_arguments()) return;
    const auto missing = required_options();
    judge_values(missing);
  }

  // False when it is a call for help.
  bool take_own_arguments() {
    const Command& command = *call_.command;
    if (rest_.size() == 1 && words_[rest_[0]].text == "help") return false;
    std::vector<Option> positionals = command.positionals;
    if (command.operation) positionals.push_back(positional("help", Values::kOptional));
    auto taken = take({command.options, positionals}, rest_);
    rest_ = std::move(taken.rest);
    bool help = false;
    for (const auto& value : taken.positionals) {
      if (value.option->name == "help") {
        help = words_[value.values[0]].text == "help";
        const bool empty = words_[value.values[0]].text.empty();
        if (!help && !empty) rest_.push_back(value.values[0]);
        continue;
      }
      for (const auto index : value.values) take_positional(*value.option, index);
    }
    if (help) return false;
    if (command.open) return true;
    std::ranges::sort(rest_);
    unknown_options(command.options);
    return true;
  }

  void take_positional(const Option& option, std::size_t index) {
    const auto& text = words_[index].text;
    call_.positionals.push_back({index, 0, text.size()});
    if (option.name == "outfile" && text != "-")
      call_.files.push_back({text, {index, 0, text.size()}, option.name, true});
  }

  void unknown_options(std::span<const Option> own) {
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      const Word& word = words_[rest_[i]];
      if (!looks_like_option(word)) {
        unwanted_word(rest_[i]);
        continue;
      }
      unknown_option(rest_[i], own);
      // What follows an unknown option is most likely its value: one report is enough.
      while (i + 1 < rest_.size() && rest_[i + 1] == rest_[i] + 1 &&
             !looks_like_option(words_[rest_[i + 1]]))
        ++i;
    }
  }

  void unwanted_word(std::size_t index) {
    const Word& word = words_[index];
    call_.incomplete = call_.incomplete || (!word.known && !word.quoted);
    if (!word.known || call_.positionals.size() < wanted_positionals()) return;
    Problem problem;
    problem.kind = ProblemKind::kUnknownOption;
    problem.word = index;
    problem.message =
        fmt::format("'aws {}' takes no argument '{}' here", call_.path, shortened(word.text));
    call_.problems.push_back(std::move(problem));
  }

  void unknown_option(std::size_t index, std::span<const Option> own) {
    const std::string_view text = words_[index].text;
    const auto dashed = text.substr(0, text.find('='));
    Problem problem;
    problem.kind = ProblemKind::kUnknownOption;
    problem.word = index;
    problem.length = dashed.size();
    problem.option = dashed.substr(std::min(dashed.find_first_not_of('-'), dashed.size()));
    problem.message = fmt::format("'aws{}{}' has no option '{}'", call_.path.empty() ? "" : " ",
                                  call_.path, shortened(dashed));
    const bool help = dashed == "--help" || dashed == "-h";
    problem.suggestion = help ? "help" : near_option(dashed, own);
    // Version 2 answers with a line about its own options, and is content.
    if (help && grammar_.cli() == Cli::kV2) problem.refuser = Refuser::kNobody;
    look_in_other_version(grammar_, call_.path, problem);
    call_.problems.push_back(std::move(problem));
  }

  std::string near_option(std::string_view dashed, std::span<const Option> own) const {
    auto near = nearest(dashed, dashed_names(own));
    return near.empty() ? nearest(dashed, dashed_names(grammar_.global_options())) : near;
  }

  // Too few of them are missing, not too many.
  std::size_t wanted_positionals() const {
    std::size_t out = 0;
    if (call_.command == nullptr) return out;
    for (const auto& option : call_.command->positionals)
      if (option.required) out += option.count;
    return out;
  }

  // Reports what argparse would miss, and gives the names of the options.
  std::vector<std::string> required_options() {
    std::vector<std::string> out;
    if (call_.incomplete || required_dropped()) return out;
    for (const auto& option : call_.command->options)
      if (option.required && call_.find(option.name) == nullptr) {
        missing("--" + option.name, option.name);
        out.push_back(option.name);
      }
    std::size_t wanted = 0;
    for (const auto& option : call_.command->positionals) {
      wanted += option.count;
      if (option.required && call_.positionals.size() < wanted) missing(option.name, option.name);
    }
    return out;
  }

  void missing(const std::string& what, const std::string& option) {
    Problem problem;
    problem.kind = ProblemKind::kMissingOption;
    problem.message = fmt::format("'aws {}' needs {}", call_.path, what);
    problem.suggestion = what;
    problem.option = option;
    call_.problems.push_back(std::move(problem));
  }

  // The CLI looks for these words exactly as they are here.
  bool required_dropped() const {
    if (!call_.command->operation) return false;
    for (std::size_t i = 1; i < words_.size(); ++i) {
      const auto& text = words_[i].text;
      if (text == "--cli-input-json" || text == "--cli-input-yaml") return true;
      if (text == "--generate-cli-skeleton")
        return i + 1 >= words_.size() || words_[i + 1].text != "output";
    }
    return false;
  }

  void judge_values(const std::vector<std::string>& missing) {
    const ValueContext context = context_of_call();
    for (const auto& given : call_.given)
      if (const Option* option = option_named(given.name); option != nullptr)
        judge_plain_option(context, *option, given);
    if (call_.command->operation) {
      build_input(context, missing);
      judge_custom_options(context);
    } else {
      judge_own_command(context);
    }
    judge_exclusive(context);
  }

  const Option* option_named(std::string_view name) const {
    if (const Option* own = call_.command->find(name); own != nullptr) return own;
    const auto& globals = grammar_.global_options();
    const auto it = std::ranges::find(globals, name, &Option::name);
    return it == globals.end() ? nullptr : &*it;
  }

  ValueContext context_of_call() {
    ValueContext context;
    context.cli = grammar_.cli();
    context.path = call_.path;
    context.service = std::string_view(context.path).substr(0, context.path.find(' '));
    context.operation = std::string_view(context.path)
                            .substr(std::min(context.path.find(' ') + 1, context.path.size()));
    const auto format = call_.text_of("cli-binary-format", words_);
    context.raw_blobs = grammar_.cli() == Cli::kV1 || (format && *format != "base64") ||
                        (!format && call_.find("cli-binary-format") != nullptr);
    context.own_options = std::ranges::any_of(call_.given, [&](const Given& given) {
      const Option* option = call_.command->find(given.name);
      return option != nullptr && option->is_own();
    });
    context.words = words_;
    context.call = &call_;
    return context;
  }

  const Grammar& grammar_;
  std::span<const Word> words_;
  ParsedCall call_;
  std::vector<std::size_t> rest_;
  std::size_t command_word_ = 0;
};

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

}  // namespace

std::string nearest(std::string_view name, const std::vector<std::string>& candidates) {
  constexpr std::size_t kLongestCompared = 200;
  std::string best;
  if (name.size() > kLongestCompared) return best;
  std::size_t fewest = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    if (candidate.size() > name.size() + name.size() / 2 + 8) continue;
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
