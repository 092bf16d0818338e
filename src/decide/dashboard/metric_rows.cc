// The rows of a metric widget: strings (namespace, name, dimension names and values), where "."
// repeats the row above at its place and "..." all of its beginning, and at the end an object of
// rendering properties. A row of only that object is an expression.
#include <fmt/format.h>

#include "decide/dashboard/rules.h"

namespace seatrial::decide::dashboard {
namespace {

constexpr std::size_t kMaxRowStrings = 2 + 2 * 30;  // namespace, name, 30 dimensions
constexpr std::string_view kRepeat = ".", kRepeatBeginning = "...";

const Rule& renderer() {
  static const Rule kRule = object({
      .known =
          {
              {"accountId", pattern("^\\d{12}$", is_account)},
              {"color", pattern("^#[0-9a-fA-F]{6}$", is_color)},
              {"expression", text()},
              {"id", pattern("^[a-z][a-zA-Z0-9_]*$", is_query_id)},
              {"label", text()},
              {"period", period()},
              {"region", text()},
              {"stat", pattern("statistic", is_statistic)},
              {"visible", boolean()},
              {"yAxis", one_of({"left", "right"})},
          },
      .strict = true,
  });
  return kRule;
}

struct Row {
  std::vector<std::string> strings;
  const Value* rendering = nullptr;
};

bool is_name(const Value& field) { return field.is_string() && !field.get_string().empty(); }

// The row's strings with shorthand written out; nullopt where there is nothing above to repeat.
std::optional<std::vector<std::string>> expand(const std::vector<std::string>& strings,
                                               const std::vector<std::string>& above) {
  std::vector<std::string> out;
  for (const auto& field : strings) {
    if (field == kRepeatBeginning) {
      const std::size_t own = strings.size() - 1;
      if (!out.empty() || above.size() < std::max<std::size_t>(own, 2)) return std::nullopt;
      out.assign(above.begin(), above.end() - static_cast<std::ptrdiff_t>(own));
    } else if (field == kRepeat) {
      if (out.size() >= above.size()) return std::nullopt;
      out.push_back(above[out.size()]);
    } else {
      out.push_back(field);
    }
  }
  return out;
}

// What CloudWatch says when the last element is no valid rendering object, or a dimension has no
// value: the schema that fits best takes one item less (aws-cdk issues 5026 and 31066).
void too_long(const Array& row, const std::string& path, Verdict& verdict) {
  verdict.error(path, fmt::format("Should NOT have more than {} items", row.size() - 1));
}

// The row taken apart; nullopt when its elements are not what a row may hold.
std::optional<Row> take_apart(const Array& row, const std::string& path, Verdict& verdict) {
  Row out;
  bool good = true;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const Value& field = row[i];
    if (i + 1 == row.size() && field.is_object()) {
      if (!passes(renderer(), field)) {
        too_long(row, path, verdict);
        good = false;
      }
      out.rendering = &field;
    } else if (is_name(field)) {
      out.strings.emplace_back(as_view(field.get_string()));
    } else {  // also said of an empty string
      verdict.error(element_path(path, i),
                    "Invalid metric field type, only \"String\" type is allowed");
      good = false;
    }
  }
  if (!good) return std::nullopt;
  return out;
}

bool has_expression(const Row& row) {
  return row.rendering != nullptr && !text_member(*row.rendering, "expression").empty();
}

// guess: the words of all but the odd number of fields.
bool check_fields(const Array& row, const Row& parts, const std::vector<std::string>& fields,
                  const std::string& path, Verdict& verdict) {
  if (parts.strings.empty() && has_expression(parts)) return true;
  if (parts.strings.empty() && parts.rendering != nullptr) {
    verdict.error(element_path(path, 0), "Should have required property 'expression'");
  } else if (fields.size() < 2) {
    verdict.error(path, "Should NOT have less than 2 items");
  } else if (has_expression(parts)) {
    verdict.error(path, "A metric cannot have an expression");
  } else if (fields.size() > kMaxRowStrings) {
    verdict.error(path, fmt::format("Should NOT have more than {} items", kMaxRowStrings));
  } else if (fields.size() % 2 != 0) {
    too_long(row, path, verdict);
  } else {
    return true;
  }
  return false;
}

void check_row(const Value& value, const std::string& path, std::vector<std::string>& above,
               Verdict& verdict) {
  const auto* row = value.if_array();
  if (row == nullptr) {  // both, as pulumi issue 13059 quotes them
    verdict.error(path, "Should be array");
    verdict.error(path,
                  "Field \"metrics\" has to be an array of array of strings, with an optional "
                  "metricRenderer object as last element");
    return;
  }
  const auto parts = take_apart(*row, path, verdict);
  if (!parts) return;
  const auto fields = expand(parts->strings, above);
  if (!fields) {
    verdict.error(path, "There is no metric above with the fields that this one repeats");
    return;
  }
  if (check_fields(*row, *parts, *fields, path, verdict) && !fields->empty()) above = *fields;
}

std::optional<int> number_of(const Value& v, std::string_view name) {
  const Value* found = find_member(v, name);
  if (found == nullptr || !found->is_int64()) return std::nullopt;
  return static_cast<int>(found->get_int64());
}

MetricRow metric_row(const std::vector<std::string>& fields, const Value* rendering) {
  MetricRow out;
  if (fields.size() >= 2) {
    out.name_space = fields[0];
    out.name = fields[1];
  }
  for (std::size_t i = 3; i < fields.size(); i += 2) {
    out.dimensions.emplace_back(fields[i - 1], fields[i]);
  }
  if (rendering == nullptr) return out;
  const auto get = [&](std::string_view name) {
    return std::string(text_member(*rendering, name));
  };
  out.expression = get("expression");
  out.id = get("id");
  out.label = get("label");
  out.color = get("color");
  out.stat = get("stat");
  out.region = get("region");
  out.account = get("accountId");
  out.period_s = number_of(*rendering, "period");
  const Value* visible = find_member(*rendering, "visible");
  out.visible = visible == nullptr || !visible->is_bool() || visible->get_bool();
  out.right_axis = get("yAxis") == "right";
  return out;
}

}  // namespace

void check_rows(const Value& rows, const std::string& path, Verdict& verdict) {
  const auto* list = rows.if_array();
  if (list == nullptr) return verdict.error(path, "Should be array");
  if (list->size() > kMaxMetricsOfWidget) {
    return verdict.error(path,
                         fmt::format("Should NOT have more than {} items", kMaxMetricsOfWidget));
  }
  std::vector<std::string> above;
  for (std::size_t i = 0; i < list->size(); ++i) {
    check_row((*list)[i], element_path(path, i), above, verdict);
  }
}

std::vector<MetricRow> expand_rows(const Array& rows) {
  std::vector<MetricRow> out;
  std::vector<std::string> above;
  for (const Value& row : rows) {
    Verdict ignored;
    if (!row.is_array()) continue;
    const auto parts = take_apart(row.get_array(), "", ignored);
    const auto fields = parts ? expand(parts->strings, above) : std::nullopt;
    if (!fields || !check_fields(row.get_array(), *parts, *fields, "", ignored)) continue;
    out.push_back(metric_row(*fields, parts->rendering));
    if (!fields->empty()) above = *fields;
  }
  return out;
}

}  // namespace seatrial::decide::dashboard
