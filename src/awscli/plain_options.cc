// See plain_options.h.
#include "awscli/plain_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "awscli/exclusive.h"
#include "awscli/scalars.h"

namespace seatrial::awscli {
namespace {

std::string listed_options(const std::vector<std::string>& choices) {
  constexpr std::size_t kShown = 12;
  std::string out;
  for (std::size_t i = 0; i < choices.size() && i < kShown; ++i)
    out += (i == 0 ? "" : ", ") + choices[i];
  return out + (choices.size() > kShown ? ", ..." : "");
}

void judge_choice(const ValueContext& context, const Option& option, const Source& source) {
  if (option.choices.empty()) return;
  if (std::ranges::find(option.choices, source.text) != option.choices.end()) return;
  auto& problem = add_problem(context, ProblemKind::kBadChoice, place_of(source),
                              fmt::format("'{}' is no value of --{}: {}", shortened(source.text),
                                          option.name, listed_options(option.choices)));
  problem.option = option.name;
  problem.suggestion = nearest(source.text, option.choices);
}

bool wants_integer(const Option& option) {
  return option.type == Type::kInteger || option.name == "max-items" ||
         option.name == "cli-read-timeout" || option.name == "cli-connect-timeout";
}

void judge_number(const ValueContext& context, const Option& option, const Source& source) {
  const bool whole = wants_integer(option);
  // With paging off, the member that the option hides takes its value.
  if (option.type == Type::kAny && !option.member.empty() && paging_switched_off(context)) return;
  if (!whole && option.type != Type::kFloat) return;
  if (whole ? read_integer(source.text) : read_float(source.text)) return;
  add_problem(context, ProblemKind::kBadValue, place_of(source),
              fmt::format("--{} takes a {}, not '{}'", option.name,
                          whole ? "whole number" : "number", shortened(source.text)))
      .option = option.name;
}

// "http://host".
bool has_scheme_and_host(std::string_view url) {
  const auto colon = url.find("://");
  if (colon == std::string_view::npos || colon == 0 || colon + 3 >= url.size()) return false;
  return std::ranges::all_of(url.substr(0, colon),
                             [](unsigned char c) { return std::isalpha(c) != 0; });
}

void judge_endpoint(const ValueContext& context, const Option& option, const Source& source) {
  if (option.name != "endpoint-url" || option.shape || has_scheme_and_host(source.text)) return;
  auto& problem =
      add_problem(context, ProblemKind::kBadValue, place_of(source),
                  fmt::format("--endpoint-url must begin with http:// or https://, not '{}'",
                              shortened(source.text)));
  problem.option = option.name;
  problem.suggestion = fmt::format("https://{}", source.text);
}

// A label of a host's name that is no number.
void judge_region(const ValueContext& context, const Option& option, const Source& source) {
  if (option.name != "region" || option.shape) return;
  const auto text = source.text;
  const bool right =
      text.size() <= 63 && !text.starts_with('-') && !text.ends_with('-') &&
      (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) &&
      std::ranges::all_of(
          text, [](unsigned char c) { return (std::isalnum(c) != 0 && c < 0x80) || c == '-'; });
  if (right) return;
  add_problem(context, ProblemKind::kBadValue, place_of(source),
              fmt::format("'{}' cannot be a region", shortened(text)))
      .option = option.name;
}

}  // namespace

void judge_plain_option(const ValueContext& context, const Option& option, const Given& given) {
  for (const auto& source : sources_of(context.words, given)) {
    if (source.text.contains(kUnknownMark) || source.several) continue;
    judge_choice(context, option, source);
    judge_number(context, option, source);
    judge_endpoint(context, option, source);
    judge_region(context, option, source);
  }
}

}  // namespace seatrial::awscli
