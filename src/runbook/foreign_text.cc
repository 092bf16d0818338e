// See foreign_text.h. One set of patterns says what begins on a line; how far it goes, its language
// decides: to the closing bracket, to the semicolon, to the next blank line.
#include "runbook/foreign_text.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <array>
#include <string>

#include "runbook/bash_syntax.h"
#include "runbook/text.h"

namespace seatrial::runbook {
namespace {

using Language = ForeignLanguage;

struct Beginning {
  Language language;
  const char* pattern;  // against the line and the one below it, from its first byte not blank
};

// The table of beginnings; the first that matches decides.
constexpr std::array kBeginnings = {
    Beginning{Language::kLogsInsights, R"(fields\s+@?[\w.]+(\s*,\s*@?[\w.]+)*\s*\n\s*\|)"},
    Beginning{
        Language::kLogsInsights,
        R"((fields|filter|display|parse|stats)\s[^\n]*@(timestamp|message|logStream|log|type|duration|requestId|ptr)\b)"},
    Beginning{Language::kLogsInsights, R"(stats\s+(count|avg|sum|min|max|pct|count_distinct)\()"},
    Beginning{Language::kLogsInsights, R"(SOURCE\s+(['"]|logGroups\()[^\n]*(\n\s*)?\|)"},
    Beginning{
        Language::kTerraform,
        R"((resource|data|module|variable|output|provider|terraform|locals)(\s+"[^"\n]*")*\s*\{\s*(\n|$))"},
    Beginning{Language::kTerraform, R"([a-z][a-z0-9_]*[ \t]+=[ \t]+[^\s=~])"},
    Beginning{Language::kSpacedAssignment, R"([A-Z][A-Z0-9_]*[ \t]+=[ \t]+[^\s=~])"},
    Beginning{
        Language::kHttp,
        R"((GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS)[ \t]+(/|https?://)\S*[ \t]*(HTTP/[\d.]+[ \t]*)?(\n|$))"},
    Beginning{
        Language::kSql,
        R"((SELECT|INSERT[ \t]+INTO|DELETE[ \t]+FROM|CREATE|ALTER|DROP|TRUNCATE|VACUUM|REINDEX|ANALYZE|OPTIMIZE|EXPLAIN|GRANT|REVOKE|SHOW|BEGIN|COMMIT|ROLLBACK|UPDATE)(\s+[^\s=|&<>-][^\n]*|[ \t]*;[ \t]*)(\n|$))"},
    Beginning{Language::kSql, R"((?i)select\s+[^\n]*[^\n\w]?\bfrom\s)"},
    Beginning{
        Language::kSql,
        R"((?i)(insert\s+into|delete\s+from|create\s+(table|index|database|role|user|extension)|alter\s+(table|role|user|database)|drop\s+(table|index|database)|update\s+\w+\s+set)\s)"},
    Beginning{
        Language::kSql,
        R"(--[ \t][^\n]*\n\s*(?i)(select|insert|update|delete|create|alter|drop|analyze|vacuum|explain|with)\b)"},
    Beginning{Language::kSql,
              R"(\\(d[tuvfnpi]?\+?|l\+?|c|q|x|timing|conninfo)([ \t]+\w+)?[ \t]*(\n|$))"},
    Beginning{
        Language::kRedis,
        R"((FLUSHALL|FLUSHDB|DBSIZE|PING|INFO|KEYS|SCAN|CONFIG[ \t]+(GET|SET)|CLIENT[ \t]+LIST|MONITOR|TTL|HGETALL|SMEMBERS|LRANGE)([ \t]+[^\n]*)?(\n|$))"},
    Beginning{Language::kDockerfile,
              R"(FROM[ \t]+[\w./:@-]+([ \t]+(AS|as)[ \t]+\w+)?[ \t]*(\n|$))"},
    Beginning{Language::kJson, R"(\{\s*"[^"\n]*"\s*:)"},
    Beginning{Language::kJson, R"(\[\s*\{\s*(\n|"|$))"},
    Beginning{Language::kJson, R"(\[\s*\n\s*(\{|"))"},
    Beginning{Language::kYaml, R"(---[ \t]*\n[A-Za-z][\w-]*:)"},
    Beginning{
        Language::kYaml,
        R"((apiVersion|kind|metadata|spec|AWSTemplateFormatVersion|Resources|Parameters|services|version|stages|image|resource|on|jobs|name):([ \t]+[^\n]*|[ \t]*)(\n|$))"},
    Beginning{Language::kYaml, R"([A-Za-z][\w-]*:[ \t]*\n[ \t]+(- )?["']?[\w-]+["']?:)"},
    Beginning{Language::kYaml, R"([A-Za-z][\w-]*:[ \t]+[^\n]+\n[ \t]*[A-Za-z][\w-]*:([ \t]|\n|$))"},
    Beginning{Language::kYaml, R"(-[ \t]+[\w-]+:([ \t]|\n|$))"},
    Beginning{Language::kIni,
              R"(\[[A-Za-z][\w./:-]*([ \t]+[\w./:@-]+)?\][ \t]*\n[ \t]*[\w.-]+[ \t]*=)"},
    Beginning{Language::kPython, R"(from[ \t]+[\w.]+[ \t]+import[ \t])"},
    Beginning{Language::kPython, R"((async[ \t]+)?def[ \t]+\w+\([^\n]*\)[^\n]*:[ \t]*(\n|$))"},
    Beginning{Language::kPython, R"(class[ \t]+\w+(\([^\n]*\))?:[ \t]*(\n|$))"},
    Beginning{Language::kPython,
              R"(import[ \t]+[\w., ]+\n(import[ \t]|from[ \t]|\w+[ \t]*=|def[ \t]))"},
    Beginning{
        Language::kPython,
        R"(import[ \t]+(os|sys|re|json|time|boto3|logging|datetime|subprocess|requests|argparse)\b[^\n]*(\n|$))"},
    Beginning{Language::kJavaScript, R"((const|var)[ \t]+[\w{][^\n]*[ \t]=[ \t])"},
    Beginning{Language::kPowerShell, R"(\$\w+[ \t]+=[ \t]+[^\s=~])"},
    Beginning{
        Language::kPowerShell,
        R"((Get|Set|New|Remove|Invoke|Start|Stop|Write|Import|Export|Install|Test|Add)-[A-Z][A-Za-z]+([ \t][^\n]*)?(\n|$))"},
    Beginning{Language::kXml, R"(<\?xml[ \t]|<!DOCTYPE[ \t])"},
    Beginning{Language::kDiff,
              R"(diff --git a/[^\n]*\n(index|new file|deleted|similarity|---)|@@ -\d)"},
    Beginning{Language::kDrawing, R"([\x{2500}-\x{257F}])"},
    Beginning{
        Language::kCrontab,
        R"(([\d*][\d*/,-]*[ \t]+){2}([\d*][\d*/,L-]*[ \t]+)([\d*][\d*/,-]*|[a-z]{3}(-[a-z]{3})?)[ \t]+([\d*][\d*/,-]*|[a-zA-Z]{3}(-[a-zA-Z]{3})?)[ \t]+[\w/.~@-])"},
    Beginning{Language::kCrontab,
              R"(@(reboot|hourly|daily|weekly|monthly|yearly|annually|midnight)[ \t]+\S)"},
};

const RE2::Set& beginnings() {
  static const auto* set = [] {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_never_nl(false);
    auto* made = new RE2::Set(options, RE2::ANCHOR_START);
    for (const auto& beginning : kBeginnings) made->Add(beginning.pattern, nullptr);
    made->Compile();
    return made;
  }();
  return *set;
}

// The longest look at a line and the one below it.
constexpr std::size_t kMaxLooked = 1000;

std::size_t line_end(std::string_view text, std::size_t at) {
  return std::min(text.find('\n', at), text.size());
}

bool is_blank_line(std::string_view text, std::size_t at) {
  return trim(text.substr(at, line_end(text, at) - at)).empty();
}

std::string_view line_at(std::string_view text, std::size_t at) {
  return trim(text.substr(at, line_end(text, at) - at));
}

std::optional<Language> begins(std::string_view text, std::size_t at) {
  const auto below = line_end(text, at);
  const auto end = below < text.size() ? line_end(text, below + 1) : below;
  const auto looked = text.substr(at, std::min(end - at, kMaxLooked));
  std::vector<int> found;
  if (!beginnings().Match({looked.data(), looked.size()}, &found)) return std::nullopt;
  return kBeginnings[static_cast<std::size_t>(std::ranges::min(found))].language;
}

// The end of the last line before the text's next blank line.
std::size_t paragraph_end(std::string_view text, std::size_t at) {
  auto end = line_end(text, at);
  while (end < text.size() && !is_blank_line(text, end + 1)) end = line_end(text, end + 1);
  return end;
}

// The end of the line on which the brackets that open behind `at` are closed again.
std::size_t balanced_end(std::string_view text, std::size_t at) {
  int depth = 0;
  char quote = 0;
  for (std::size_t i = at; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == '\\') ++i;
      if (c == quote || c == '\n') quote = 0;
    } else if (c == '"') {
      quote = c;
    } else if (c == '{' || c == '[' || c == '(') {
      ++depth;
    } else if (c == '}' || c == ']' || c == ')') {
      if (--depth <= 0) return line_end(text, i);
    } else if (c == '\n' && depth == 0) {
      return i;
    }
  }
  return text.size();
}

// Up to the line that ends with a semicolon.
std::size_t statement_end(std::string_view text, std::size_t at) {
  const auto last = paragraph_end(text, at);
  for (auto end = line_end(text, at);; end = line_end(text, end + 1)) {
    if (end >= last || line_at(text, at).ends_with(';')) return std::min(end, last);
    at = end + 1;
  }
}

// Lines below `at` for as long as `goes_on` says.
template <class F>
std::size_t lines_while(std::string_view text, std::size_t at, F goes_on) {
  auto end = line_end(text, at);
  while (end < text.size() && goes_on(end + 1)) end = line_end(text, end + 1);
  return end;
}

bool is_indented(std::string_view text, std::size_t at) {
  return at < text.size() && (text[at] == ' ' || text[at] == '\t');
}

bool is_yaml_line(std::string_view text, std::size_t at) {
  static const RE2 key(R"(["']?[\w./-]+["']?:([ \t]|$)|- |---$)");
  const auto line = line_at(text, at);
  return !line.empty() && (is_indented(text, at) || line.starts_with('#') ||
                           RE2::PartialMatch({line.data(), line.size()}, key));
}

// Behind blank lines only what is indented, or clearly Python again.
bool is_python_line(std::string_view text, std::size_t at) {
  if (!is_blank_line(text, at)) return true;
  const auto next = text.find_first_not_of(" \t\n", at);
  if (next == std::string_view::npos) return false;
  return text[next - 1] != '\n' || line_at(text, next).starts_with("if __name__") ||
         begins(text, next) == Language::kPython;
}

std::size_t fields_end(std::string_view text, std::size_t at) {
  int fields = text[at] == '@' ? 1 : 5;
  while (fields-- > 0) at = text.find_first_not_of(" \t", text.find_first_of(" \t", at));
  return at;
}

std::size_t end_of(Language language, std::string_view text, std::size_t at) {
  switch (language) {
    case Language::kCrontab:
      return fields_end(text, at);
    case Language::kTerraform:
    case Language::kJson:
      return balanced_end(text, at);
    case Language::kSql:
      return line_at(text, at).starts_with('\\') ? line_end(text, at) : statement_end(text, at);
    case Language::kLogsInsights:
      return lines_while(text, at, [&](auto next) { return line_at(text, next).starts_with('|'); });
    case Language::kYaml:
      return lines_while(text, at, [&](auto next) { return is_yaml_line(text, next); });
    case Language::kPython:
      return lines_while(text, at, [&](auto next) { return is_python_line(text, next); });
    case Language::kIni:
      return lines_while(text, at, [&](auto next) { return line_at(text, next).contains('='); });
    case Language::kDockerfile:
    case Language::kHttp:
    case Language::kXml:
    case Language::kDiff:
    case Language::kDrawing:
      return paragraph_end(text, at);
    default:
      return line_end(text, at);
  }
}

// Whether the script itself gives the line's first word a meaning.
bool is_defined(std::string_view text, std::size_t at) {
  const auto end = std::min(text.find_first_of(" \t\n(:", at), text.size());
  const std::string name(text.substr(at, end - at));
  return !name.empty() && (text.contains(name + "()") || text.contains("function " + name) ||
                           text.contains("alias " + name + "="));
}

}  // namespace

std::vector<ForeignText> foreign_text(std::string_view script) {
  std::vector<ForeignText> out;
  for (std::size_t at = 0; at < script.size();) {
    const auto first = script.find_first_not_of(" \t", at);
    if (first == std::string_view::npos) break;
    if (script[first] == '\n' || script[first] == '#') {
      at = line_end(script, first) + 1;
      continue;
    }
    const auto language = begins(script, first);
    if (language && !is_defined(script, first)) {
      const auto end = end_of(*language, script, first);
      out.push_back({*language, first, std::min(end, script.size())});
      at = *language == Language::kCrontab ? line_end(script, end) + 1 : end + 1;
      continue;
    }
    const auto end = logical_line_end(script, first);
    if (end == std::string_view::npos) break;
    at = end + 1;
  }
  return out;
}

std::string_view language_name(Language language) {
  switch (language) {
    case Language::kLogsInsights:
      return "a Logs Insights query";
    case Language::kTerraform:
      return "Terraform or another configuration language";
    case Language::kSql:
      return "SQL";
    case Language::kRedis:
      return "a command of redis-cli's own prompt";
    case Language::kJson:
      return "JSON";
    case Language::kYaml:
      return "YAML";
    case Language::kIni:
      return "a configuration file";
    case Language::kDockerfile:
      return "a Dockerfile";
    case Language::kPython:
      return "Python";
    case Language::kJavaScript:
      return "JavaScript";
    case Language::kPowerShell:
      return "PowerShell";
    case Language::kHttp:
      return "an HTTP request";
    case Language::kXml:
      return "XML";
    case Language::kDiff:
      return "a patch";
    case Language::kDrawing:
      return "a drawing";
    case Language::kCrontab:
      return "a crontab line";
    case Language::kSpacedAssignment:
      return "an assignment with blanks around its equals sign";
  }
  return "another language";
}

std::string_view fence_label(Language language) {
  switch (language) {
    case Language::kTerraform:
      return "hcl";
    case Language::kSql:
      return "sql";
    case Language::kJson:
      return "json";
    case Language::kYaml:
      return "yaml";
    case Language::kIni:
      return "ini";
    case Language::kDockerfile:
      return "dockerfile";
    case Language::kPython:
      return "python";
    case Language::kJavaScript:
      return "javascript";
    case Language::kPowerShell:
      return "powershell";
    case Language::kHttp:
      return "http";
    case Language::kXml:
      return "xml";
    case Language::kDiff:
      return "diff";
    case Language::kLogsInsights:
    case Language::kRedis:
    case Language::kDrawing:
    case Language::kCrontab:
      return "text";
    case Language::kSpacedAssignment:
      return "";
  }
  return "";
}

}  // namespace seatrial::runbook
