// See mismatch.h. Whether values fit is fit_json.cc's and fit_table.cc's business; this chooses the
// printer and whether there is evidence enough that the output is its.
#include "runbook/check/expected/mismatch.h"

#include <algorithm>

#include "jmespath/output_form.h"
#include "runbook/check/expected/fit.h"

namespace seatrial::runbook::check {
namespace {

using jmespath::Type;

// How many of the names shown the printer knows.
struct Evidence {
  std::size_t known = 0;
  std::size_t names = 0;
  bool half() const { return known > 0 && 2 * known >= names; }
  bool all() const { return known > 0 && known == names; }
};

Evidence evidence_of(const TablePart& table, const Type& type) {
  const auto form = jmespath::table_form(type);
  Evidence out{0, table.header.size()};
  for (const TableCell& cell : table.header) {
    out.known += form && std::ranges::find(form->columns, cell.text) != form->columns.end();
  }
  return out;
}

Evidence evidence_of(const JsonPart& part, const Type& type) {
  if (part.kind == JsonPart::Kind::kArray) {
    const auto element = type.element();
    return part.elements.empty() || !element ? Evidence{}
                                             : evidence_of(part.elements.front(), *element);
  }
  Evidence out{0, part.members.size()};
  for (const JsonMember& member : part.members) out.known += type.field(member.name).has_value();
  return out;
}

Mismatch wrong_form(const BoundOutput& output, std::string message) {
  const std::size_t begin = std::min(output.text.find_first_not_of(" \t\n"), output.text.size());
  const std::size_t end = std::min(output.text.find('\n', begin), output.text.size());
  return {MismatchKind::kForm, begin, end, std::move(message)};
}

// What is wrong when `printer` printed the table; empty optional: it is not known to be its.
std::optional<std::vector<Mismatch>> of_table(const BoundOutput& output, const TablePart& table,
                                              const Printer& printer) {
  const Evidence evidence = evidence_of(table, printer.type);
  const bool enough =
      output.announced && printer.form == OutputForm::kTable ? evidence.half() : evidence.all();
  if (!enough) return std::nullopt;
  if (printer.form == OutputForm::kTable) return fit_table(table, printer.type);
  return std::vector{wrong_form(output, "without --output table the command prints JSON")};
}

std::optional<std::vector<Mismatch>> of_json(const BoundOutput& output, const JsonPart& part,
                                             const Printer& printer) {
  const bool only_one = !output.others && output.printers.size() == 1;
  const bool scalar = part.kind != JsonPart::Kind::kArray && part.kind != JsonPart::Kind::kObject;
  if (!output.announced && !evidence_of(part, printer.type).all()) return std::nullopt;
  if (scalar && !only_one) return std::nullopt;
  if (!only_one && !evidence_of(part, printer.type).half()) return std::nullopt;
  if (printer.form == OutputForm::kJson) return fit_json(part, printer.type);
  if (scalar || part.end - part.begin <= 2) return std::nullopt;
  return std::vector{wrong_form(output, "with --output table the command does not print JSON")};
}

template <class Part, class Judge>
std::vector<Mismatch> best_of(const BoundOutput& output, const Part& part, Judge judge) {
  std::optional<std::vector<Mismatch>> best;
  for (const Printer& printer : output.printers) {
    auto found = judge(output, part, printer);
    if (found && (!best || found->size() <= best->size())) best = std::move(found);
  }
  return best.value_or(std::vector<Mismatch>{});
}

// Bytes of an output's text at their line of the document.
void report(const BoundOutput& output, Mismatch mismatch, Reports& reports) {
  const std::string_view before = std::string_view(output.text).substr(0, mismatch.begin);
  const auto line = static_cast<std::size_t>(std::ranges::count(before, '\n'));
  const std::size_t start =
      before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const auto& columns = output.block->columns;
  const std::size_t indent = line < columns.size() ? static_cast<std::size_t>(columns[line]) : 0;
  const std::size_t line_end = std::min(output.text.find('\n', start), output.text.size());
  const std::size_t end = std::clamp(mismatch.end, mismatch.begin, line_end);
  reports.at_line(output.block->line + static_cast<int>(line), indent + mismatch.begin - start,
                  indent + end - start,
                  {std::move(mismatch.message), std::move(mismatch.suggestion), mismatch.severity});
}

}  // namespace

std::vector<Mismatch> mismatches(const BoundOutput& output) {
  if (const auto table = parse_table_part(output.text)) return best_of(output, *table, of_table);
  if (const auto part = parse_json_part(output.text)) return best_of(output, *part, of_json);
  return {};
}

void report_mismatches(const Analysis& analysis, Reports& reports, MismatchKind kind) {
  for (const BoundOutput& output : bound_outputs(analysis)) {
    for (Mismatch& mismatch : mismatches(output)) {
      if (mismatch.kind == kind) report(output, std::move(mismatch), reports);
    }
  }
}

}  // namespace seatrial::runbook::check
