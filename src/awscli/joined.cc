// See joined.h.
#include "awscli/joined.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/pattern.h"

namespace seatrial::awscli {
namespace {

using model::Shape;

std::vector<std::string> pieces_of(std::string_view text) {
  std::vector<std::string> out;
  for (;;) {
    const auto comma = text.find(',');
    auto piece = text.substr(0, comma);
    while (piece.starts_with(' ')) piece.remove_prefix(1);
    while (piece.ends_with(' ')) piece.remove_suffix(1);
    if (!piece.empty()) out.emplace_back(piece);
    if (comma == std::string_view::npos) return out;
    text.remove_prefix(comma + 1);
  }
}

// "i-0abc1234", "subnet-0123456789abcdef0".
bool is_resource_id(std::string_view text) {
  const auto dash = text.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return false;
  const auto digits = text.substr(dash + 1);
  return digits.size() >= 8 && digits.size() <= 17 &&
         digits.find_first_not_of("0123456789abcdef") == std::string_view::npos &&
         text.substr(0, dash).find_first_not_of("abcdefghijklmnopqrstuvwxyz-") ==
             std::string_view::npos;
}

bool listed(const Shape& element, std::string_view text) {
  for (std::uint32_t i = 0; i < element.enum_count(); ++i)
    if (element.enum_value(i) == text) return true;
  return false;
}

// Names that AWS does not let have a comma, where the model says nothing.
bool names_without_comma(const ValueContext& context, const Option& option) {
  if (context.service != "ecs") return false;
  return option.name == "services" || option.name == "tasks" || option.name == "clusters" ||
         option.name == "container-instances";
}

bool surely_several(const ValueContext& context, const Option& option, const Shape& element,
                    std::string_view whole, const std::vector<std::string>& pieces) {
  if (element.enum_count() > 0)
    return !listed(element, whole) &&
           std::ranges::any_of(pieces, [&](const auto& piece) { return listed(element, piece); });
  if (names_without_comma(context, option)) return true;
  const bool ids = std::ranges::all_of(
      pieces, [](const auto& piece) { return is_resource_id(piece) || piece.starts_with("arn:"); });
  if (ids) return true;
  return !element.pattern().empty() && !model::pattern_allows(element, whole) &&
         std::ranges::all_of(
             pieces, [&](const auto& piece) { return model::pattern_allows(element, piece); });
}

}  // namespace

bool look_for_joined(const ValueContext& context, const Option& option, const Shape& element,
                     const Source& source) {
  if (element.kind() != model::Kind::kString || !source.text.contains(',') ||
      source.text.contains(kUnknownMark))
    return false;
  const auto pieces = pieces_of(source.text);
  if (pieces.size() < 2 || !surely_several(context, option, element, source.text, pieces))
    return false;
  auto& problem = add_problem(
      context, ProblemKind::kJoinedList, place_of(source),
      fmt::format("values of --{} are separated by blanks; the service gets '{}' as one value",
                  option.name, shortened(source.text)));
  for (const auto& piece : pieces)
    problem.suggestion += (problem.suggestion.empty() ? "" : " ") + piece;
  problem.option = option.name;
  problem.refuser = Refuser::kService;
  problem.mechanical = std::ranges::none_of(pieces, [](const auto& piece) {
    return piece.find_first_of(" *?$'\"<>|&;(){}") != std::string::npos;
  });
  return true;
}

}  // namespace seatrial::awscli
