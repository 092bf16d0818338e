// Text of another language where shell commands are announced: Terraform, Logs Insights, SQL, JSON.
//
// Such text is found where a command would begin, never inside quotes or here-documents, and only
// where its first lines cannot be meant as a command. What is found is no command for anybody: the
// checker's analysis blanks it out, so that one defect has one finding. Pure.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace seatrial::runbook {

enum class ForeignLanguage : std::uint8_t {
  kLogsInsights,
  kTerraform,
  kSql,
  kRedis,
  kJson,
  kYaml,
  kIni,
  kDockerfile,
  kPython,
  kJavaScript,
  kPowerShell,
  kHttp,
  kXml,
  kDiff,
  kDrawing,
  kCrontab,           // the five fields; what follows them is a command
  kSpacedAssignment,  // NAME = value
};

struct ForeignText {
  ForeignLanguage language = ForeignLanguage::kJson;
  std::size_t begin = 0;  // bytes in the script; whole lines but for kCrontab
  std::size_t end = 0;
};

// In order of their places, without overlap.
std::vector<ForeignText> foreign_text(std::string_view script);

// "Terraform", "a crontab line".
std::string_view language_name(ForeignLanguage language);
// What a fence of it is labelled ("hcl"), or empty.
std::string_view fence_label(ForeignLanguage language);

}  // namespace seatrial::runbook
