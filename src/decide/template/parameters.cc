// Parameters: defaults, constraints, list types and values taken from SSM.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
// Patterns are Java's in AWS; Boost.Regex's Perl syntax is near it and gives up on a pattern that
// backtracks too long instead of hanging the control thread.
#include <boost/regex.hpp>
#include <charconv>

#include "decide/template/references.h"
#include "decide/template/template.h"

namespace seatrial::decide {
namespace {

constexpr std::string_view kSsmPrefix = "AWS::SSM::Parameter::Value<";

std::string_view inner_type(std::string_view type) {
  if (!type.starts_with(kSsmPrefix)) return type;
  return type.substr(kSsmPrefix.size(), type.size() - kSsmPrefix.size() - 1);
}

bool is_list_type(std::string_view type) {
  return type == "CommaDelimitedList" || type.starts_with("List<");
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto comma = text.find(',');
    std::string_view part = text.substr(0, comma);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    parts.emplace_back(part);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return parts;
}

std::optional<double> as_number(std::string_view text) {
  double out = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

std::string number_text(double d) { return fmt::format("{}", d); }

// AWS prefers the template's own words where the author wrote some.
std::unexpected<model::AwsError> broken(const Parameter& p, const std::string& rule) {
  if (!p.constraint_description.empty())
    return invalid(fmt::format("Parameter {} failed to satisfy constraint: {}", p.name,
                               p.constraint_description));
  return invalid(fmt::format("Parameter '{}' must {}", p.name, rule));
}

Outcome<void> check_pattern(const Parameter& p, const std::string& text) {
  try {
    if (boost::regex_match(text, boost::regex(*p.allowed_pattern))) return {};
    return broken(p, "match pattern " + *p.allowed_pattern);
  } catch (const std::runtime_error& e) {
    return invalid(fmt::format("Parameter '{}' has an AllowedPattern that cannot be evaluated: {}",
                               p.name, e.what()));
  }
}

Outcome<void> check_number(const Parameter& p, const std::string& text) {
  const auto n = as_number(text);
  if (!n) return invalid(fmt::format("Parameter '{}' must be a number.", p.name));
  if (p.min_value && *n < *p.min_value)
    return broken(p, "be a number not less than " + number_text(*p.min_value));
  if (p.max_value && *n > *p.max_value)
    return broken(p, "be a number not greater than " + number_text(*p.max_value));
  return {};
}

Outcome<void> check_text(const Parameter& p, const std::string& text) {
  if (p.min_length && static_cast<std::int64_t>(text.size()) < *p.min_length)
    return broken(p, fmt::format("contain at least {} characters", *p.min_length));
  if (p.max_length && static_cast<std::int64_t>(text.size()) > *p.max_length)
    return broken(p, fmt::format("contain at most {} characters", *p.max_length));
  if (p.allowed_pattern)
    if (auto r = check_pattern(p, text); !r) return r;
  if (!p.allowed_values.empty() &&
      std::find(p.allowed_values.begin(), p.allowed_values.end(), text) == p.allowed_values.end())
    return broken(p, "be one of AllowedValues");
  return {};
}

Outcome<void> check_element(const Parameter& p, const std::string& text) {
  if (p.type == "Number" || p.type == "List<Number>")
    if (auto r = check_number(p, text); !r) return r;
  return check_text(p, text);
}

Value value_of(std::string_view type, const std::string& text) {
  if (!is_list_type(type)) return Value(text);
  Array list;
  for (const std::string& part : split_list(text)) list.emplace_back(part);
  return list;
}

Outcome<ParameterValue> resolve_one(const Parameter& p, const std::string& text,
                                    const SsmLookup& ssm) {
  if (text.size() > kMaxParameterBytes)
    return invalid(fmt::format("Parameter '{}' must contain at most {} characters", p.name,
                               kMaxParameterBytes));
  ParameterValue out{Value(text), text, p.type.starts_with(kSsmPrefix), p.no_echo};
  if (out.from_ssm) {
    // Constraints of an SSM parameter's type hold for its name, not its value.
    if (auto r = check_text(p, text); !r) return std::unexpected(r.error());
    auto fetched = ssm(text);
    if (!fetched) return std::unexpected(fetched.error());
    out.value = value_of(inner_type(p.type), *fetched);
    return out;
  }
  out.value = value_of(p.type, text);
  if (!is_list_type(p.type)) {
    if (auto r = check_element(p, text); !r) return std::unexpected(r.error());
    return out;
  }
  for (const std::string& part : split_list(text))
    if (auto r = check_element(p, part); !r) return std::unexpected(r.error());
  return out;
}

}  // namespace

Outcome<ParameterValues> resolve_parameters(const Template& t,
                                            const std::map<std::string, std::string>& given,
                                            const SsmLookup& ssm) {
  std::vector<std::string> unknown, missing;
  for (const auto& [name, text] : given)
    if (t.find_parameter(name) == nullptr) unknown.push_back(name);
  if (!unknown.empty())
    return invalid(
        fmt::format("Parameters: [{}] do not exist in the template", fmt::join(unknown, ", ")));
  for (const Parameter& p : t.parameters)
    if (!given.contains(p.name) && !p.default_value) missing.push_back(p.name);
  if (!missing.empty())
    return invalid(fmt::format("Parameters: [{}] must have values", fmt::join(missing, ", ")));
  ParameterValues values;
  for (const Parameter& p : t.parameters) {
    const auto found = given.find(p.name);
    auto value = resolve_one(p, found == given.end() ? *p.default_value : found->second, ssm);
    if (!value) return std::unexpected(value.error());
    values.emplace(p.name, std::move(*value));
  }
  return values;
}

}  // namespace seatrial::decide
