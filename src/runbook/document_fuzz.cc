// Markdown and scripts from anywhere: everything stands at a place that is in the document, and the
// plan holds only what is.
#include <cstdint>

#include "base/check.h"
#include "runbook/document.h"
#include "runbook/plan.h"
#include "runbook/shell_directives.h"

namespace {

using namespace seatrial::runbook;

void check_line(const Document& document, int line) {
  ST_CHECK(line >= 1 && static_cast<std::size_t>(line) <= document.lines.size() + 1,
           "a line that is not in the document");
}

void check_places(const Document& document) {
  for (const auto& heading : document.headings) check_line(document, heading.line);
  for (const auto& item : document.items) check_line(document, item.line);
  for (const auto& row : document.rows) check_line(document, row.line);
  for (const auto& block : document.blocks) {
    check_line(document, block.line);
    ST_CHECK(block.heading < static_cast<int>(document.headings.size()), "under no heading");
    ST_CHECK(block.item < static_cast<int>(document.items.size()), "in no item");
    for (const auto& directive : shell_directives(block.content))
      ST_CHECK(directive.begin < block.content.size(), "a directive outside its fence");
  }
  for (const auto& link : document.links) {
    check_line(document, link.line);
    ST_CHECK(link.column >= 0 && link.length >= 1, "a link without a place");
  }
  for (const auto& directive : document.directives) {
    check_line(document, directive.end_line);
    const auto line = document.lines[static_cast<std::size_t>(directive.line - 1)];
    ST_CHECK(line.substr(static_cast<std::size_t>(directive.column)).starts_with("<!--"),
             "a directive that begins elsewhere");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Document document, script;
  parse_document(text, document);
  check_places(document);
  for (const auto& step : make_plan(document).steps) check_line(document, step.line);
  parse_script(text, "bash", script);
  check_places(script);
  for (const auto& step : make_plan(script).steps) check_line(script, step.line);
  return 0;
}
