// See arguments.h. Where argparse stops at the first error, this notes it and goes on, so that one
// run of the checker names all that is wrong.
#include "awscli/arguments.h"

#include <fmt/format.h>

#include <algorithm>

namespace seatrial::awscli {
namespace {

// ^-\d+$|^-\d*\.\d+$
bool is_negative_number(std::string_view text) {
  if (!text.starts_with('-')) return false;
  text.remove_prefix(1);
  const auto digits = [](std::string_view part) {
    return part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  const auto point = text.find('.');
  if (point == std::string_view::npos) return !text.empty() && digits(text);
  const auto after = text.substr(point + 1);
  return digits(text.substr(0, point)) && !after.empty() && digits(after);
}

// An exact name, else all that begin so.
struct Match {
  const Option* option = nullptr;
  std::vector<const Option*> candidates;
};

Match match_option(std::span<const Option> options, std::string_view name) {
  Match match;
  for (const auto& option : options) {
    if (option.name == name) return {&option, {}};
    if (option.name.starts_with(name)) match.candidates.push_back(&option);
  }
  if (match.candidates.size() == 1) match.option = match.candidates[0];
  return match;
}

enum class Role { kValue, kOption, kDashes };

class Taker {
 public:
  Taker(const ParserTable& table, std::span<const Word> words, std::span<const std::size_t> indices)
      : table_(table), words_(words), indices_(indices) {
    bool only_values = false;
    for (const auto index : indices) {
      if (only_values) {
        roles_.push_back(Role::kValue);
      } else if (words[index].text == "--" && words[index].known) {
        only_values = true;
        roles_.push_back(Role::kDashes);
      } else {
        roles_.push_back(is_option(words[index]) ? Role::kOption : Role::kValue);
      }
    }
  }

  Arguments take() {
    std::size_t at = 0;
    while (at < roles_.size()) {
      const auto next = next_option(at);
      if (next == roles_.size()) break;
      if (at != next) {
        const auto end = take_positionals(at);
        if (end > at) {
          at = end;
          continue;
        }
        leave(at, next);
      }
      at = take_option(next);
    }
    leave(take_positionals(at), roles_.size());
    return std::move(out_);
  }

 private:
  // A word that begins with a dash is an option, unless it is a number or holds a blank and is no
  // option's name.
  bool is_option(const Word& word) const {
    if (!looks_like_option(word)) return false;
    if (!word.text.contains(' ')) return true;
    const auto dashed = std::string_view(word.text).substr(0, word.text.find('='));
    if (!dashed.starts_with("--")) return false;
    const auto match = match_option(table_.options, dashed.substr(2));
    return match.option != nullptr || !match.candidates.empty();
  }

  std::size_t next_option(std::size_t at) const {
    while (at < roles_.size() && roles_[at] != Role::kOption) ++at;
    return at;
  }

  void leave(std::size_t begin, std::size_t end) {
    for (auto i = begin; i < end; ++i) out_.rest.push_back(indices_[i]);
  }

  // How many words from `at` on the argument takes; empty when there are not enough.
  std::optional<std::size_t> wanted(const Option& option, std::size_t available) const {
    switch (option.values) {
      case Values::kNone:
        return 0;
      case Values::kOptional:
        return std::min<std::size_t>(available, 1);
      case Values::kAny:
        return available;
      case Values::kSome:
        if (available == 0) return std::nullopt;
        return available;
      case Values::kOne:
        break;
    }
    if (available < option.count) return std::nullopt;
    return option.count;
  }

  // Words of values from `at` on; '--' belongs to positional arguments, too.
  std::size_t run_of_values(std::size_t at, bool with_dashes) const {
    const auto begin = at;
    while (at < roles_.size() &&
           (roles_[at] == Role::kValue || (with_dashes && roles_[at] == Role::kDashes)))
      ++at;
    return at - begin;
  }

  // As many of the positional arguments as fit here, in order.
  std::size_t take_positionals(std::size_t at) {
    while (next_positional_ < table_.positionals.size()) {
      const auto& option = table_.positionals[next_positional_];
      auto begin = at;
      while (begin < roles_.size() && roles_[begin] == Role::kDashes) ++begin;
      const auto many = wanted(option, run_of_values(begin, false));
      if (!many) break;
      ++next_positional_;
      at = begin + *many;
      while (at < roles_.size() && roles_[at] == Role::kDashes) ++at;
      if (*many == 0) continue;
      Taken taken;
      taken.option = &option;
      for (std::size_t i = 0; i < *many; ++i) taken.values.push_back(indices_[begin + i]);
      taken.word = taken.values[0];
      out_.positionals.push_back(std::move(taken));
    }
    return at;
  }

  void add(ProblemKind kind, std::size_t word, std::size_t length, std::string message,
           std::string_view option) {
    Problem problem;
    problem.kind = kind, problem.word = word, problem.length = length;
    problem.message = std::move(message), problem.option = option;
    out_.problems.push_back(std::move(problem));
  }

  std::size_t take_option(std::size_t at) {
    const auto index = indices_[at];
    const std::string_view text = words_[index].text;
    const auto equals = text.find('=');
    const auto dashed = text.substr(0, equals);
    if (dashed.contains(kUnknownMark) ||
        (!words_[index].known && !text.contains(kUnknownMark))) {  // a name made by the shell
      out_.incomplete = true;
      return at + 1;
    }
    const auto match =
        dashed.starts_with("--") ? match_option(table_.options, dashed.substr(2)) : Match{};
    if (match.option == nullptr && match.candidates.empty()) {
      out_.rest.push_back(index);
      return at + 1;
    }
    if (match.option == nullptr) {
      ambiguous(index, dashed, match.candidates);
      return at + 1 + run_of_values(at + 1, false);
    }
    return accept(*match.option, at, equals);
  }

  void ambiguous(std::size_t index, std::string_view dashed,
                 const std::vector<const Option*>& candidates) {
    std::string list;
    for (const auto* candidate : candidates)
      list += (list.empty() ? "--" : ", --") + candidate->name;
    add(ProblemKind::kUnknownOption, index, dashed.size(),
        fmt::format("'{}' could mean {}", dashed, list), dashed.substr(2));
  }

  std::size_t accept(const Option& option, std::size_t at, std::size_t equals) {
    Taken taken;
    taken.option = &option;
    taken.word = indices_[at];
    const auto& text = words_[taken.word].text;
    const auto name_length = std::min(equals, text.size());
    taken.abbreviated = name_length != option.name.size() + 2;
    if (equals != std::string::npos) {
      if (option.values == Values::kNone)
        add(ProblemKind::kBadValue, taken.word, std::string::npos,
            fmt::format("'--{}' takes no value", option.name), option.name);
      taken.inline_at = equals + 1;
      out_.options.push_back(std::move(taken));
      return at + 1;
    }
    const auto many = wanted(option, run_of_values(at + 1, false));
    if (!many) {
      add(ProblemKind::kMissingValue, taken.word, name_length,
          fmt::format("'--{}' needs a value", option.name), option.name);
      out_.options.push_back(std::move(taken));
      return at + 1;
    }
    for (std::size_t i = 1; i <= *many; ++i) taken.values.push_back(indices_[at + i]);
    out_.options.push_back(std::move(taken));
    return at + 1 + *many;
  }

  const ParserTable& table_;
  std::span<const Word> words_;
  std::span<const std::size_t> indices_;
  std::vector<Role> roles_;
  std::size_t next_positional_ = 0;
  Arguments out_;
};

}  // namespace

bool looks_like_option(const Word& word) {
  return word.text.starts_with('-') && word.text.size() > 1 && !is_negative_number(word.text);
}

Arguments take_arguments(const ParserTable& table, std::span<const Word> words,
                         std::span<const std::size_t> indices) {
  return Taker(table, words, indices).take();
}

}  // namespace seatrial::awscli
