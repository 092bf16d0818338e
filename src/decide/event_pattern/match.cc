// Matching; see the header.
//
// A leaf is a scalar; an array offers each of its scalars. An object where a leaf is asked for is
// no leaf, hence absent. Objects inside an array are matched one at a time, so that all fields of a
// pattern hold in the same element.
#include <arpa/inet.h>

#include <algorithm>
#include <cctype>

#include "decide/event_pattern/event_pattern.h"

namespace seatrial::decide {
namespace {

using Kind = PatternTest::Kind;

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool same_fold(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

class Matcher {
 public:
  explicit Matcher(PatternDialect dialect) : dialect_(dialect) {}

  // `value` is null where the event has nothing.
  bool node(const PatternNode& node, const Value* value) const {
    if (const auto* list = value == nullptr ? nullptr : value->if_array()) {
      return std::ranges::any_of(*list, [&](const Value& item) { return this->node(node, &item); });
    }
    const auto* object = value == nullptr ? nullptr : value->if_object();
    for (const auto& field : node.all_of) {
      const Value* found = object == nullptr ? nullptr : object->if_contains(field.name);
      const bool holds = field.below ? this->node(*field.below, found) : leaf(field.any_of, found);
      if (!holds) return false;
    }
    return std::ranges::all_of(node.or_groups, [&](const auto& group) {
      return std::ranges::any_of(group, [&](const auto& one) { return this->node(one, value); });
    });
  }

 private:
  bool leaf(const std::vector<PatternTest>& any_of, const Value* value) const {
    return std::ranges::any_of(any_of, [&](const PatternTest& test) {
      if (test.kind == Kind::kExists) return test.exists == has_leaf(value);
      return value != nullptr && any_scalar(*value, test);
    });
  }

  static bool has_leaf(const Value* value) {
    if (value == nullptr || value->is_object()) return false;
    const auto* list = value->if_array();
    return list == nullptr ||
           std::ranges::any_of(*list, [](const Value& item) { return has_leaf(&item); });
  }

  bool any_scalar(const Value& value, const PatternTest& test) const {
    if (value.is_object()) return false;
    const auto* list = value.if_array();
    if (list == nullptr) return holds(test, value);
    return std::ranges::any_of(*list, [&](const Value& item) { return any_scalar(item, test); });
  }

  bool holds(const PatternTest& test, const Value& value) const {
    switch (test.kind) {
      case Kind::kEquals:
        return equals(test.value, value);
      case Kind::kNumeric:
        return value.is_number() && in_range(test, value.to_number<double>());
      case Kind::kAnythingBut:
        return std::ranges::none_of(test.none_of,
                                    [&](const auto& one) { return holds(one, value); });
      case Kind::kExists:
        return test.exists;
      default:
        return value.is_string() && text_holds(test, as_view(value.get_string()));
    }
  }

  // EventBridge compares numbers as they are written: 300 and 300.0 differ. Here the kind is what
  // remains of the writing (3.0e2 and 300.0 are the same). SNS compares by value.
  bool equals(const Value& a, const Value& b) const {
    if (!a.is_number() || !b.is_number()) return a == b;
    if (dialect_ == PatternDialect::kEvent && a.is_double() != b.is_double()) return false;
    if (!a.is_double() && !b.is_double()) return a == b;
    return a.to_number<double>() == b.to_number<double>();
  }

  static bool in_range(const PatternTest& test, double value) {
    if (test.above) {
      const auto [bound, inclusive] = *test.above;
      if (!(inclusive ? value >= bound : value > bound)) return false;
    }
    if (test.below) {
      const auto [bound, inclusive] = *test.below;
      if (!(inclusive ? value <= bound : value < bound)) return false;
    }
    return true;
  }

  static bool text_holds(const PatternTest& test, std::string_view text) {
    const std::string_view want = test.text;
    switch (test.kind) {
      case Kind::kIgnoreCase:
        return same_fold(text, want);
      case Kind::kPrefix:
        if (!test.ignore_case) return text.starts_with(want);
        return text.size() >= want.size() && same_fold(text.substr(0, want.size()), want);
      case Kind::kSuffix:
        if (!test.ignore_case) return text.ends_with(want);
        return text.size() >= want.size() &&
               same_fold(text.substr(text.size() - want.size()), want);
      case Kind::kWildcard:
        return wildcard_matches(want, text);
      default:
        return in_block(test, text);
    }
  }

  static bool in_block(const PatternTest& test, std::string_view text) {
    std::array<unsigned char, 16> address{};
    const int family = test.address_bits == 32 ? AF_INET : AF_INET6;
    if (text.size() > INET6_ADDRSTRLEN) return false;
    if (inet_pton(family, std::string(text).c_str(), address.data()) != 1) return false;
    for (int bit = 0; bit < test.prefix_bits; ++bit) {
      const auto at = static_cast<std::size_t>(bit / 8);
      if (((address[at] ^ test.address[at]) >> (7 - bit % 8) & 1) != 0) return false;
    }
    return true;
  }

  PatternDialect dialect_;
};

}  // namespace

// Greedy with one place to go back to: linear in practice, never exponential.
bool wildcard_matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, from = 0;
  while (t < text.size()) {
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    const std::size_t at = p + (escaped ? 1 : 0);
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      from = t;
    } else if (at < pattern.size() && pattern[at] == text[t]) {
      p = at + 1;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star;
      t = ++from;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool EventPattern::matches(const Value& event) const {
  return Matcher(dialect_).node(root_, &event);
}

}  // namespace seatrial::decide
