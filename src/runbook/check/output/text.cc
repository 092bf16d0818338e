// Findings as a good compiler prints them.
#include "runbook/text.h"
#include "runbook/check/output/columns.h"
#include "runbook/check/output/formats.h"
#include "runbook/check/output/snippet.h"

namespace seatrial::runbook::check {
namespace {

constexpr std::string_view kBold = "1", kDim = "2", kGreen = "32";

std::string_view colour_of(Severity severity) {
  if (severity == Severity::kError) return "1;31";
  return severity == Severity::kWarning ? "1;35" : "1;36";
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

class Text : public Format {
 public:
  explicit Text(const FormatSettings& settings) : settings_(settings) {}

  std::string document(const Report& report) override {
    Columns columns(report.document);
    std::string out;
    for (const auto& finding : report.findings) add(finding, report, columns, out);
    return out;
  }

  std::string end(const Totals& totals) override { return summary(totals) + "\n"; }

 private:
  std::string paint(std::string_view text, std::string_view colour) const {
    return settings_.colour ? fmt::format("\x1b[{}m{}\x1b[0m", colour, text) : std::string(text);
  }

  void add(const Finding& finding, const Report& report, Columns& columns, std::string& out) const {
    const auto column =
        columns.at(finding.line, static_cast<std::size_t>(std::max(finding.column, 1) - 1));
    const auto place =
        fmt::format("{}:{}:{}:", harmless(report.name), finding.line, column.characters + 1);
    const auto colour = colour_of(finding.severity);
    out += fmt::format("{} {} {} {}\n", paint(place, kBold),
                       paint(std::string(severity_name(finding.severity)) + ":", colour),
                       harmless(finding.message), paint("[" + finding.rule + "]", kDim));
    const auto number = std::to_string(finding.line);
    const std::string gutter(std::max<std::size_t>(number.size(), 4), ' ');
    const auto shown = snippet(finding, report.document, settings_.width - gutter.size() - 4);
    out += fmt::format(" {:>4} | {}\n {} | {}\n", number, shown.line, gutter,
                       paint(shown.mark, colour));
    if (!finding.suggestion.empty())
      out += fmt::format(" {} = help: {}\n", gutter, paint(harmless(finding.suggestion), kGreen));
  }

  FormatSettings settings_;
};

}  // namespace

std::string summary(const Totals& totals) {
  std::string out;
  const auto add = [&](std::size_t count, std::string_view noun) {
    if (count > 0) out += (out.empty() ? "" : ", ") + counted(count, noun);
  };
  add(totals.errors, "error");
  add(totals.warnings, "warning");
  if (totals.infos > 0) out += fmt::format("{}{} info", out.empty() ? "" : ", ", totals.infos);
  out = (out.empty() ? "nothing found" : out) + " in " + counted(totals.files, "file");
  std::string aside;
  const auto note = [&](std::size_t count, std::string_view what) {
    if (count > 0) aside += fmt::format("{}{} {}", aside.empty() ? "" : ", ", count, what);
  };
  note(totals.suppressed, "suppressed");
  note(totals.baselined, "in the baseline");
  note(totals.left_out, "more not shown");
  note(totals.fixable, "can be mended with --fix");
  note(totals.unreadable, "not read");
  return aside.empty() ? out : out + " (" + aside + ")";
}

std::unique_ptr<Format> text_format(const FormatSettings& settings) {
  return std::make_unique<Text>(settings);
}

}  // namespace seatrial::runbook::check
