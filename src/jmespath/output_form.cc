// Tables. The other half: output_form.h.
#include "jmespath/output_form.h"

#include <fmt/format.h>

#include <algorithm>

namespace seatrial::jmespath {
namespace {

bool may_be_single(const Type& type) {
  const auto alternatives = type.alternatives();
  return std::any_of(alternatives.begin(), alternatives.end(), [](const Type& one) {
    return !one.is(TypeKind::kList) && !one.is_object() && !one.is(TypeKind::kExpression);
  });
}

// The list whose elements a type's lists have in the end, as far as they are no rows.
Type without_lists(Type type) {
  while (type.is(TypeKind::kList) && type.items() == nullptr) type = *type.element();
  return type;
}

// The [a, b] that makes an expression's rows, or null.
const Node* row_of(const Node& node) {
  switch (node.kind) {
    case NodeKind::kMultiSelectList:
      return &node;
    case NodeKind::kSubexpression:
    case NodeKind::kPipe:
      return row_of(node.children.back());
    case NodeKind::kProjection:
    case NodeKind::kFilterProjection:
    case NodeKind::kValueProjection:
      return row_of(node.children[1]);
    default:
      return nullptr;
  }
}

// Drawn in a row of its own, of more than one value.
bool is_wide(const Type& type) {
  const Type one = type.is(TypeKind::kList) ? *type.element() : type;
  return one.is(TypeKind::kStructure) && one.field_names().size() > 1;
}

bool is_single(const Type& type) {
  const auto alternatives = type.alternatives();
  return std::all_of(alternatives.begin(), alternatives.end(), [](const Type& one) {
    return one.is_text() || one.is(TypeKind::kNumber) || one.is(TypeKind::kBoolean);
  });
}

}  // namespace

std::optional<TableForm> table_form(const Type& printed) {
  Type row = printed;
  if (row.is(TypeKind::kList) && row.items() == nullptr) row = *row.element();
  if (!row.is(TypeKind::kStructure)) return std::nullopt;
  TableForm form{row, {}, row.has_every_field()};
  for (const std::string& name : row.field_names()) {
    const Type type = *row.field(name);
    if (!may_be_single(type)) continue;
    form.every_column = form.every_column && is_single(type);
    form.columns.push_back(name);
  }
  std::sort(form.columns.begin(), form.columns.end());
  return form;
}

std::vector<Problem> table_problems(const Expression& expression, const Type& printed) {
  std::vector<Problem> problems;
  const Node* row = row_of(expression.root);
  const Type type = without_lists(printed);
  const auto* items = type.items();
  if (row == nullptr || items == nullptr || items->size() != row->children.size()) return problems;
  if (std::none_of(items->begin(), items->end(), is_single)) return problems;
  for (std::size_t i = 0; i < items->size() && problems.size() < kMaxProblems; ++i) {
    if (!is_wide((*items)[i])) continue;
    const Node& node = row->children[i];
    problems.push_back({ProblemKind::kType,
                        node.range,
                        fmt::format("--output table cannot draw {} beside single values: the CLI "
                                    "stops with an error",
                                    with_article((*items)[i])),
                        {},
                        Claim::kNone,
                        &node});
  }
  return problems;
}

}  // namespace seatrial::jmespath
