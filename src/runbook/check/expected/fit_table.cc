// Tables. The other half: fit.h.
#include <fmt/format.h>

#include <algorithm>

#include "base/value.h"
#include "jmespath/nearest.h"
#include "jmespath/output_form.h"
#include "runbook/check/expected/fit.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

using jmespath::TableForm;
using jmespath::Type;
using jmespath::TypeKind;

bool is_number_text(std::string_view text) {
  const auto value = parse_json(text);
  return value && value->is_number();
}

bool is_boolean_text(std::string_view text) {
  const std::string small = lower(text);
  return small == "true" || small == "false";
}

class TableFit {
 public:
  explicit TableFit(TableForm form) : form_(std::move(form)) {}

  void look(const TablePart& table) {
    look_at_header(table);
    for (const auto& row : table.rows) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (const auto type = form_.row.field(table.header[i].text)) cell(row[i], *type);
      }
    }
  }

  std::vector<Mismatch> found;

 private:
  void look_at_header(const TablePart& table) {
    std::vector<std::string_view> known;
    for (const TableCell& cell : table.header) {
      const bool column = std::ranges::find(form_.columns, cell.text) != form_.columns.end();
      if (column) {
        known.push_back(cell.text);
      } else if (!cell.text.empty() && !is_stand_in(cell.text)) {
        found.push_back({MismatchKind::kField, cell.begin, cell.end,
                         fmt::format("the command prints no column '{}'", cell.text),
                         jmespath::nearest_name(cell.text, form_.columns)});
      }
    }
    if (std::ranges::is_sorted(known) || known.size() < table.header.size()) return;
    std::ranges::sort(known);
    found.push_back({MismatchKind::kForm,
                     table.header.front().begin,
                     table.header.back().end,
                     fmt::format("the CLI sorts the columns by name: {}", fmt::join(known, ", ")),
                     {},
                     Severity::kInfo});
  }

  void cell(const TableCell& cell, const Type& type) {
    if (type.is_any() || cell.text == "None" || is_stand_in(cell.text)) return;
    if (cell.text.empty()) return empty_cell(cell, type);
    if (type.is(TypeKind::kNumber) && !is_number_text(cell.text)) {
      return wrong_type(cell, "a number");
    }
    if (type.is(TypeKind::kBoolean) && !is_boolean_text(cell.text)) {
      return wrong_type(cell, "True or False");
    }
    if (type.is(TypeKind::kTimestamp) && is_number_text(cell.text)) {
      return wrong_type(cell, "text in the form of ISO 8601");
    }
    std::ranges::move(fit_value(cell.text, cell.begin, cell.end, type), std::back_inserter(found));
  }

  void wrong_type(const TableCell& cell, std::string_view printed) {
    found.push_back({MismatchKind::kType, cell.begin, cell.end,
                     fmt::format("the command prints {} in this column", printed)});
  }

  // Text may be empty; of anything else what is absent is drawn as None.
  void empty_cell(const TableCell& cell, const Type& type) {
    const bool text =
        type.is_text() && type.enum_values().empty() && !type.is(TypeKind::kTimestamp);
    if (text || type.is(TypeKind::kUnion) || !form_.row.has_every_field()) return;
    found.push_back({MismatchKind::kForm, cell.begin, cell.end,
                     "a value that is absent is drawn as None, never as an empty cell", "None",
                     Severity::kInfo});
  }

  TableForm form_;
};

}  // namespace

std::vector<Mismatch> fit_table(const TablePart& table, const Type& type) {
  auto form = jmespath::table_form(type);
  if (!form) return {};
  TableFit fit(std::move(*form));
  fit.look(table);
  return std::move(fit.found);
}

}  // namespace seatrial::runbook::check
