// A finding as a good compiler prints it.
#include "runbook/check/output/formats.h"

namespace seatrial::runbook::check {

std::string finding_text(const Finding& finding, const Document& document) {
  std::string out =
      fmt::format("{}:{}:{}: {}: {} [{}]\n", finding.file, finding.line, finding.column,
                  severity_name(finding.severity), finding.message, finding.rule);
  const auto index = static_cast<std::size_t>(finding.line - 1);
  if (index < document.lines.size()) {
    const auto line = document.lines[index];
    const auto begin = std::min(static_cast<std::size_t>(finding.column - 1), line.size());
    const auto end = finding.end_line == finding.line
                         ? static_cast<std::size_t>(finding.end_column - 1)
                         : line.size();
    std::string lead(line.substr(0, begin));
    for (char& c : lead)
      if (c != '\t') c = ' ';
    out += fmt::format("    {}\n    {}^{}\n", line, lead,
                       std::string(end > begin + 1 ? end - begin - 1 : 0, '~'));
  }
  if (!finding.suggestion.empty()) out += fmt::format("    write: {}\n", finding.suggestion);
  return out;
}

}  // namespace seatrial::runbook::check
