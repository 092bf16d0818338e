// See compare.h for the rules.
#include "runbook/compare.h"

#include <algorithm>
#include <cmath>

#include "runbook/kinds.h"
#include "runbook/text.h"

namespace seatrial::runbook {
namespace {

std::string show(const Value& value) { return shorten(to_json(value), 120); }

std::string_view text_of(const Value& value) { return as_view(value.get_string()); }

bool is_empty(const Value& value) {
  return value.is_null() || (value.is_string() && trim(text_of(value)).empty()) ||
         (value.is_array() && value.get_array().empty()) ||
         (value.is_object() && value.get_object().empty());
}

Value as_number_if_text(const Value& value) {
  return value.is_string() ? parse_scalar(text_of(value)) : value;
}

bool numbers_equal(const Value& a, const Value& b) {
  const double x = a.to_number<double>(), y = b.to_number<double>();
  return x == y || std::abs(x - y) <= 1e-9 * std::max(std::abs(x), std::abs(y));
}

class Comparer {
 public:
  explicit Comparer(std::vector<std::string>* differences) : differences_(differences) {}

  bool compare(const Value& expected, const Value& actual, const std::string& path,
               std::string_view key) {
    if (expected.is_object()) return compare_object(expected.get_object(), actual, path);
    if (expected.is_array()) return compare_list(expected.get_array(), actual, path, key);
    if (scalar_matches(expected, actual, key)) return true;
    return differ(path, expected, actual);
  }

 private:
  bool differ(const std::string& path, const Value& expected, const Value& actual) {
    std::string wanted = show(expected);
    if (expected.is_string()) {
      const auto kind = kind_of(text_of(expected));
      if (kind != TextKind::kLiteral) wanted = fmt::format("{} like {}", kind_name(kind), wanted);
    }
    return note(fmt::format("{}: expected {}, got {}", path.empty() ? "output" : path, wanted,
                            show(actual)));
  }

  bool note(std::string difference) {
    if (differences_ != nullptr && differences_->size() < kMaxDifferences)
      differences_->push_back(std::move(difference));
    return false;
  }

  static bool scalar_matches(const Value& expected, const Value& actual, std::string_view key) {
    if (is_empty(expected)) return is_empty(actual);
    if (actual.is_object() || actual.is_array()) return false;
    if (expected.is_bool() || actual.is_bool())
      return as_number_if_text(expected) == as_number_if_text(actual);
    const Value left = as_number_if_text(expected), right = as_number_if_text(actual);
    if (left.is_number() && right.is_number())
      return numbers_equal(left, right) || is_volatile_number(key) || both_times(left, right);
    if (is_volatile_number(key) && left.is_number())
      return actual.is_string() && kind_of(text_of(actual)) == TextKind::kTime;
    if (!expected.is_string()) return false;
    const std::string got = actual.is_string() ? std::string(text_of(actual)) : to_json(actual);
    return texts_match(text_of(expected), got);
  }

  // Seconds or milliseconds since the epoch, this century's.
  static bool both_times(const Value& a, const Value& b) {
    const auto is_time = [](double v) { return (v > 1e9 && v < 4e9) || (v > 1e12 && v < 4e12); };
    return is_time(a.to_number<double>()) && is_time(b.to_number<double>());
  }

  bool compare_object(const Object& expected, const Value& actual, const std::string& path) {
    if (!actual.is_object()) return differ(path, Value(expected), actual);
    bool met = true;
    for (const auto& [name, value] : expected) {
      const std::string key(name);
      const std::string below = path.empty() ? key : path + "." + key;
      const Value* found = actual.get_object().if_contains(name);
      if (found == nullptr && is_empty(value)) continue;
      if (found == nullptr)
        met = note(fmt::format("{}: expected {}, is absent", below, show(value)));
      else
        met = compare(value, *found, below, key) && met;
    }
    return met;
  }

  bool compare_list(const Array& expected, const Value& actual, const std::string& path,
                    std::string_view key) {
    if (!actual.is_array()) {
      // One expected line or row against a scalar output.
      if (expected.size() == 1 && !actual.is_object() && !actual.is_null())
        return compare(expected[0], actual, path, key);
      return differ(path, Value(expected), actual);
    }
    const auto& list = actual.get_array();
    if (is_sample(expected)) return compare_sample(expected, list, path, key);
    if (list.size() != expected.size()) {
      note(fmt::format("{}: expected {} element{}, got {}", path.empty() ? "output" : path,
                       expected.size(), expected.size() == 1 ? "" : "s", list.size()));
      explain_unmatched(expected, list, path, key);
      return false;
    }
    if (expected.size() > kMaxUnorderedList) return compare_in_order(expected, list, path, key);
    if (matches_unordered(expected, list, key)) return true;
    return explain_unmatched(expected, list, path, key);
  }

  bool compare_in_order(const Array& expected, const Array& actual, const std::string& path,
                        std::string_view key) {
    bool met = true;
    for (std::size_t i = 0; i < expected.size(); ++i)
      met = compare(expected[i], actual[i], fmt::format("{}[{}]", path, i), key) && met;
    return met;
  }

  static bool element_matches(const Value& expected, const Value& actual, std::string_view key) {
    return Comparer(nullptr).compare(expected, actual, "", key);
  }

  // The texts that tell an element from others.
  static std::vector<std::string> identities(const Value& element) {
    std::vector<std::string> out;
    if (element.is_string()) out.emplace_back(text_of(element));
    if (!element.is_object()) return out;
    for (const auto& [key, value] : element.get_object())
      if (value.is_string() && is_identifying_key(std::string_view(key.data(), key.size())))
        out.emplace_back(text_of(value));
    return out;
  }

  static bool is_sample(const Array& expected) {
    return !expected.empty() && std::ranges::all_of(expected, [](const Value& element) {
      const auto texts = identities(element);
      return !texts.empty() && std::ranges::all_of(texts, [](const std::string& text) {
        return kind_of(text) != TextKind::kLiteral;
      });
    });
  }

  bool compare_sample(const Array& expected, const Array& actual, const std::string& path,
                      std::string_view key) {
    if (actual.empty())
      return note(fmt::format("{}: expected elements like {}, got none",
                              path.empty() ? "output" : path, show(expected[0])));
    bool met = true;
    for (std::size_t i = 0; i < actual.size(); ++i) {
      if (std::ranges::any_of(expected,
                              [&](const Value& e) { return element_matches(e, actual[i], key); }))
        continue;
      met = false;
      compare(closest(expected, actual[i], key), actual[i], fmt::format("{}[{}]", path, i), key);
    }
    return met;
  }

  // Bipartite matching by augmenting paths: greedy pairing fails where patterns overlap.
  static bool matches_unordered(const Array& expected, const Array& actual, std::string_view key) {
    const auto n = expected.size();
    std::vector<std::vector<std::size_t>> edges(n);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        if (element_matches(expected[i], actual[j], key)) edges[i].push_back(j);
    std::vector<std::size_t> owner(n, n);
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<bool> tried(n);
      if (!place(i, edges, owner, tried)) return false;
    }
    return true;
  }

  static bool place(std::size_t i, const std::vector<std::vector<std::size_t>>& edges,
                    std::vector<std::size_t>& owner, std::vector<bool>& tried) {
    for (auto j : edges[i]) {
      if (tried[j]) continue;
      tried[j] = true;
      if (owner[j] == owner.size() || place(owner[j], edges, owner, tried)) {
        owner[j] = i;
        return true;
      }
    }
    return false;
  }

  static std::size_t difference_count(const Value& expected, const Value& actual,
                                      std::string_view key) {
    std::vector<std::string> differences;
    Comparer(&differences).compare(expected, actual, "", key);
    return differences.size() + (identities(expected) == identities(actual) ? 0 : 100);
  }

  static const Value& closest(const Array& candidates, const Value& to, std::string_view key) {
    return *std::ranges::min_element(candidates, {}, [&](const Value& candidate) {
      return difference_count(candidate, to, key);
    });
  }

  // Each expected element that no actual one matches, against the nearest that is left.
  bool explain_unmatched(const Array& expected, const Array& actual, const std::string& path,
                         std::string_view key) {
    std::vector<bool> used(actual.size());
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < expected.size() && i < kMaxUnorderedList; ++i) {
      std::size_t j = 0;
      while (j < actual.size() && (used[j] || !element_matches(expected[i], actual[j], key))) ++j;
      if (j < actual.size())
        used[j] = true;
      else
        open.push_back(i);
    }
    for (auto i : open)
      explain_element(expected[i], actual, used, fmt::format("{}[{}]", path, i), key);
    return false;
  }

  void explain_element(const Value& expected, const Array& actual, std::vector<bool>& used,
                       const std::string& path, std::string_view key) {
    std::size_t best = actual.size(), fewest = 0;
    for (std::size_t j = 0; j < actual.size() && j < kMaxUnorderedList; ++j) {
      if (used[j]) continue;
      const auto count = difference_count(expected, actual[j], key);
      if (best == actual.size() || count < fewest) best = j, fewest = count;
    }
    if (best == actual.size()) {
      note(fmt::format("{}: expected {}, is absent", path, show(expected)));
      return;
    }
    used[best] = true;
    if (compare(expected, actual[best], path, key))
      note(path + ": matches only what another element needs");
  }

  std::vector<std::string>* differences_;
};

// Expected output often leaves the CLI's list around one object out, or the other way round; and
// a table of one row may stand for an object.
bool wraps_single(const Value& expected, const Value& actual) {
  return expected.is_object() && actual.is_array() && actual.get_array().size() == 1 &&
         actual.get_array()[0].is_object();
}

Comparison compare_status(std::string_view status, std::string_view actual) {
  std::string last;
  for (auto line : split_lines(actual)) {
    line = trim(line);
    if (line.starts_with("HTTP/")) {
      const auto words = split_blanks(line);
      if (words.size() > 1) last = words[1];
    } else if (line.size() == 3 && line.find_first_not_of("0123456789") == std::string_view::npos) {
      last = line;
    }
  }
  if (last == status) return {true, {}};
  return {false,
          {last.empty() ? fmt::format("HTTP status: expected {}, got no status", status)
                        : fmt::format("HTTP status: expected {}, got {}", status, last)}};
}

Comparison compare_alternatives(const Expectation& expectation, std::string_view actual) {
  const auto got = parse_output(actual);
  std::string wanted;
  for (const auto& alternative : expectation.alternatives) {
    if (compare_values(parse_output(alternative).value, got.value).met) return {true, {}};
    wanted += (wanted.empty() ? "" : " or ") + alternative;
  }
  return {false, {fmt::format("output: expected {}, got {}", wanted, show(got.value))}};
}

}  // namespace

Comparison compare_values(const Value& expected, const Value& actual) {
  Comparison result;
  const bool unwrap = wraps_single(expected, actual);
  result.met = Comparer(&result.differences)
                   .compare(expected, unwrap ? actual.get_array()[0] : actual, "", "");
  return result;
}

Comparison compare_output(const Expectation& expectation, std::string_view actual) {
  const auto text = strip_ansi(actual);
  if (expectation.kind == Expectation::Kind::kHttpStatus)
    return compare_status(expectation.text, text);
  const auto got = parse_output(text);
  if (expectation.when_any && is_empty(got.value)) return {true, {}};
  if (expectation.kind == Expectation::Kind::kOneOf) return compare_alternatives(expectation, text);
  return compare_values(parse_output(strip_ansi(expectation.text)).value, got.value);
}

bool is_comparable(const Expectation& expectation, std::string_view actual) {
  if (trim(actual).empty()) return expectation.when_any;
  if (expectation.kind == Expectation::Kind::kHttpStatus)
    return actual.contains("HTTP/") || trim(actual).size() == 3;
  const auto wanted = parse_output(strip_ansi(expectation.text)).form;
  const auto got = parse_output(strip_ansi(actual)).form;
  using Form = ParsedOutput::Form;
  const auto structured = [](Form f) { return f == Form::kJson || f == Form::kTable; };
  if (expectation.kind == Expectation::Kind::kOneOf) return true;
  return structured(wanted) == structured(got);
}

}  // namespace seatrial::runbook
