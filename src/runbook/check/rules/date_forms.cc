// See date_forms.h.
#include "runbook/check/rules/date_forms.h"

#include <algorithm>
#include <array>

#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

struct Unit {
  char bsd;
  std::string_view gnu;
};

constexpr std::array kUnits = {Unit{'S', "second"}, Unit{'M', "minute"}, Unit{'H', "hour"},
                               Unit{'d', "day"},    Unit{'w', "week"},   Unit{'m', "month"},
                               Unit{'y', "year"}};

bool is_number(std::string_view text) {
  return !text.empty() && text.size() < 7 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

const Unit* unit_named(std::string_view name) {
  if (name.size() > 3 && name.ends_with('s')) name.remove_suffix(1);
  if (name == "min") name = "minute";
  if (name == "sec") name = "second";
  const auto* found = std::ranges::find(kUnits, name, &Unit::gnu);
  return found == kUnits.end() ? nullptr : found;
}

}  // namespace

std::optional<std::string> gnu_of_bsd(std::string_view adjustment) {
  if (adjustment.size() < 3) return std::nullopt;
  const char sign = adjustment.front();
  const auto number = adjustment.substr(1, adjustment.size() - 2);
  const auto* unit = std::ranges::find(kUnits, adjustment.back(), &Unit::bsd);
  if ((sign != '-' && sign != '+') || !is_number(number) || unit == kUnits.end())
    return std::nullopt;
  if (unit->bsd == 'm' || unit->bsd == 'y') return std::nullopt;
  return std::string(number) + " " + std::string(unit->gnu) + (number == "1" ? "" : "s") +
         (sign == '-' ? " ago" : "");
}

std::optional<std::string> bsd_of_gnu(std::string_view time) {
  if (time == "yesterday") return "-1d";
  if (time == "tomorrow") return "+1d";
  const auto words = split_blanks(time);
  if (words.size() < 2 || words.size() > 3) return std::nullopt;
  const bool ago = words.size() == 3 && words[2] == "ago";
  if (words.size() == 3 && !ago) return std::nullopt;
  auto number = words[0];
  bool minus = ago;
  if (number.starts_with('-') || number.starts_with('+')) {
    minus = minus != number.starts_with('-');
    number.remove_prefix(1);
  }
  const auto* unit = unit_named(words[1]);
  if (!is_number(number) || unit == nullptr) return std::nullopt;
  return (minus ? "-" : "+") + std::string(number) + unit->bsd;
}

}  // namespace seatrial::runbook::check
