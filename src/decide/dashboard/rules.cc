#include "decide/dashboard/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "base/time.h"

namespace seatrial::decide::dashboard {
namespace {

constexpr std::size_t kMaxStatistic = 64, kMaxTime = 64;
constexpr std::int64_t kMaxPeriod = 455 * 86'400;  // guess: no longer than data are kept

// JSON pointers escape these two.
std::string pointer_part(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_hex_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_relative_time(std::string_view text) {
  static const std::regex kPattern("-P(\\d+[DWM])?(T(\\d+[HM])+)?");
  return text.size() > 2 && text.size() <= kMaxTime && text.back() != 'T' &&
         std::regex_match(text.begin(), text.end(), kPattern);
}

void check_limits(std::size_t size, std::size_t least, std::size_t most, const std::string& path,
                  Verdict& verdict) {
  if (size < least) verdict.error(path, fmt::format("Should NOT have less than {} items", least));
  if (size > most) verdict.error(path, fmt::format("Should NOT have more than {} items", most));
}

// guess: the words; that such members are kept and not shown is documented.
void note_unknown(const Fields& fields, std::string_view name, const std::string& path,
                  Verdict& verdict) {
  if (fields.strict) {
    verdict.error(path, "Should NOT have additional properties");
  } else {
    verdict.warn(path, fmt::format("The \"{}\" property is not expected, will be ignored", name));
  }
}

}  // namespace

std::string element_path(const std::string& path, std::size_t index) {
  return path + "/" + std::to_string(index);
}

std::string member_path(const std::string& path, std::string_view name) {
  return path + "/" + pointer_part(name);
}

Rule anything() {
  return [](const Value&, const std::string&, Verdict&) {};
}

Rule text() {
  return [](const Value& value, const std::string& path, Verdict& verdict) {
    if (!value.is_string()) verdict.error(path, "Should be string");
  };
}

Rule boolean() {
  return [](const Value& value, const std::string& path, Verdict& verdict) {
    if (!value.is_bool()) verdict.error(path, "Should be boolean");
  };
}

Rule number() {
  return [](const Value& value, const std::string& path, Verdict& verdict) {
    if (!value.is_number()) verdict.error(path, "Should be number");
  };
}

Rule integer(std::int64_t least, std::int64_t most) {
  return [=](const Value& value, const std::string& path, Verdict& verdict) {
    if (!value.is_int64()) return verdict.error(path, "Should be integer");
    if (value.get_int64() < least) verdict.error(path, fmt::format("Should be >= {}", least));
    if (value.get_int64() > most) verdict.error(path, fmt::format("Should be <= {}", most));
  };
}

Rule one_of(std::vector<std::string> allowed) {
  return [allowed = std::move(allowed)](const Value& value, const std::string& path,
                                        Verdict& verdict) {
    const bool found = value.is_string() &&
                       std::ranges::find(allowed, as_view(value.get_string())) != allowed.end();
    if (!found) verdict.error(path, "Should be equal to one of the allowed values");
  };
}

Rule pattern(std::string shown, bool (*matches)(std::string_view)) {
  return [shown = std::move(shown), matches](const Value& value, const std::string& path,
                                             Verdict& verdict) {
    if (!value.is_string()) return verdict.error(path, "Should be string");
    if (!matches(as_view(value.get_string()))) {
      verdict.error(path, "Should match pattern \"" + shown + "\"");
    }
  };
}

Rule list(Rule item, std::size_t least, std::size_t most) {
  return [=](const Value& value, const std::string& path, Verdict& verdict) {
    const auto* items = value.if_array();
    if (items == nullptr) return verdict.error(path, "Should be array");
    check_limits(items->size(), least, most, path, verdict);
    for (std::size_t i = 0; i < std::min(items->size(), most); ++i) {
      item((*items)[i], element_path(path, i), verdict);
    }
  };
}

Rule object(Fields fields) {
  return
      [fields = std::move(fields)](const Value& value, const std::string& path, Verdict& verdict) {
        const auto* members = value.if_object();
        if (members == nullptr) return verdict.error(path, "Should be object");
        for (const auto& name : fields.required) {
          if (!members->contains(name)) {
            verdict.error(path, "Should have required property '" + name + "'");
          }
        }
        for (const auto& member : *members) {
          const std::string_view name{member.key().data(), member.key().size()};
          const auto known = fields.known.find(name);
          if (known == fields.known.end()) {
            note_unknown(fields, name, path, verdict);
          } else {
            known->second(member.value(), member_path(path, name), verdict);
          }
        }
      };
}

bool passes(const Rule& rule, const Value& value) {
  Verdict verdict;
  rule(value, "", verdict);
  return verdict.errors.empty();
}

bool is_color(std::string_view text) {
  return text.size() == 7 && text[0] == '#' && std::ranges::all_of(text.substr(1), is_hex_digit);
}

// The grammar is that of CloudWatch's model (AnomalyDetectorMetricStat).
bool is_statistic(std::string_view text) {
  static const std::regex kPattern(
      "SampleCount|Average|Sum|Minimum|Maximum|IQM|"
      "(p|tc|tm|ts|wm)(\\d{1,2}(\\.\\d{0,10})?|100(\\.0{0,10})?)|"
      "(TM|TC|TS|WM)\\(((\\d{1,2}(\\.\\d{0,10})?|100(\\.0{0,10})?)%)?:"
      "((\\d{1,2}(\\.\\d{0,10})?|100(\\.0{0,10})?)%)?\\)|"
      "(TM|TC|TS|WM|PR)\\((-?\\d+(\\.\\d{0,10})?)?:(-?\\d+(\\.\\d{0,10})?)?\\)");
  return text.size() <= kMaxStatistic && std::regex_match(text.begin(), text.end(), kPattern);
}

bool is_query_id(std::string_view text) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && text.size() <= 255 && text[0] >= 'a' && text[0] <= 'z' &&
         std::ranges::all_of(text, is_word);
}

bool is_account(std::string_view text) { return text.size() == 12 && all_digits(text); }

bool is_time(std::string_view text) {
  return is_relative_time(text) || (text.find('T') != text.npos && parse_time(text).has_value());
}

bool is_time_zone(std::string_view text) {
  if (text == "UTC" || text == "LOCAL") return true;
  return text.size() == 5 && (text[0] == '+' || text[0] == '-') && all_digits(text.substr(1));
}

bool is_arn(std::string_view text) { return text.starts_with("arn:") && text.size() > 4; }

Rule period() {
  return [](const Value& value, const std::string& path, Verdict& verdict) {
    if (!value.is_int64()) return verdict.error(path, "Should be integer");
    const auto seconds = value.get_int64();
    if (seconds < 1) return verdict.error(path, "Should be >= 1");
    for (const int short_period : {1, 5, 10, 20, 30}) {
      if (seconds == short_period) return;
    }
    if (seconds > kMaxPeriod)
      return verdict.error(path, fmt::format("Should be <= {}", kMaxPeriod));
    if (seconds % 60 != 0) verdict.error(path, "Should be multiple of 60");
  };
}

}  // namespace seatrial::decide::dashboard
