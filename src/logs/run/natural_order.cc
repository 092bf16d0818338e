#include "logs/run/natural_order.h"

#include <algorithm>

namespace seatrial::logs::run {
namespace {

bool is_order_digit(char c) { return c >= '0' && c <= '9'; }
int order_sign(auto order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

// The run at the beginning: digits, or anything else.
std::string_view run_of(std::string_view text) {
  const bool digits = is_order_digit(text[0]);
  const auto end = std::ranges::find_if(text, [&](char c) { return is_order_digit(c) != digits; });
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

}  // namespace

int natural_order(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const auto left = run_of(a), right = run_of(b);
    const bool digits = is_order_digit(left[0]) && is_order_digit(right[0]);
    if (digits && left.size() != right.size()) return left.size() < right.size() ? -1 : 1;
    if (const int order = left.compare(right); order != 0) return order_sign(order);
    a.remove_prefix(left.size());
    b.remove_prefix(right.size());
  }
  return static_cast<int>(!a.empty()) - static_cast<int>(!b.empty());
}

int sort_order(const Value& a, const Value& b, Arena&) {
  if (!a.present() || !b.present())
    return static_cast<int>(a.present()) - static_cast<int>(b.present());
  const auto left = number_of(a), right = number_of(b);
  if (left && right) return *left < *right ? -1 : *left > *right ? 1 : 0;
  if (left || right) return left ? 1 : -1;
  return natural_order(a.text, b.text);
}

}  // namespace seatrial::logs::run
