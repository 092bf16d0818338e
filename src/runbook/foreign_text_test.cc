#include "runbook/foreign_text.h"

#include <gmock/gmock.h>

namespace seatrial::runbook {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "language: first bytes ... last bytes" of each.
std::vector<std::string> foreign_text_in(std::string_view script) {
  std::vector<std::string> out;
  for (const auto& text : foreign_text(script))
    out.push_back(fmt::format("{}: {}", language_name(text.language),
                              script.substr(text.begin, text.end - text.begin)));
  return out;
}

ForeignLanguage language(std::string_view script) {
  const auto all = foreign_text(script);
  if (all.size() != 1) throw std::runtime_error(fmt::format("{} texts", all.size()));
  return all[0].language;
}

TEST(ForeignText, EndsWhereItsLanguageSays) {
  EXPECT_THAT(foreign_text_in("# q\nfields a, b\n| filter c\n| limit 5\n\naws x\n"),
              ElementsAre("a Logs Insights query: fields a, b\n| filter c\n| limit 5"));
  EXPECT_THAT(
      foreign_text_in("memory = 2048  # from 1024\n\ncd x\n"),
      ElementsAre("Terraform or another configuration language: memory = 2048  # from 1024"));
  EXPECT_THAT(foreign_text_in("resource \"a\" \"b\" {\n  c = {\n    d = 1\n  }\n}\nls\n"),
              ElementsAre("Terraform or another configuration language: resource \"a\" \"b\" {\n  "
                          "c = {\n    d = 1\n  }\n}"));
  EXPECT_THAT(foreign_text_in("SELECT *\nFROM t;\nls\n"), ElementsAre("SQL: SELECT *\nFROM t;"));
  EXPECT_THAT(foreign_text_in("./m.sh\n\n# daily\n0 2 * * * /x/m.sh >> /y 2>&1\n"),
              ElementsAre("a crontab line: 0 2 * * * "));
  EXPECT_THAT(foreign_text_in("apiVersion: v1\nkind: Pod\nspec:\n  a: b\n\nkubectl get x"),
              ElementsAre("YAML: apiVersion: v1\nkind: Pod\nspec:\n  a: b"));
  EXPECT_THAT(foreign_text_in("VERSION = 1.2\nls"),
              ElementsAre("an assignment with blanks around its equals sign: VERSION = 1.2"));
}

TEST(ForeignText, Languages) {
  using enum ForeignLanguage;
  EXPECT_EQ(language("{\n  \"a\": [1]\n}\n"), kJson);
  EXPECT_EQ(language("[\n  {\n \"a\": 1}\n]\n"), kJson);
  EXPECT_EQ(language("FROM alpine:3\nRUN apk add x\n"), kDockerfile);
  EXPECT_EQ(language("import boto3\nimport json\n\ndef f():\n  pass\n"), kPython);
  EXPECT_EQ(language("filter @message like /ERROR/\n"), kLogsInsights);
  EXPECT_EQ(language("stats count() by bin(5m)\n"), kLogsInsights);
  EXPECT_EQ(language("SOURCE '/a'\n| fields x"), kLogsInsights);
  EXPECT_EQ(language("select a from b where c"), kSql);
  EXPECT_EQ(language("-- see\nVACUUM ANALYZE users;"), kSql);
  EXPECT_EQ(language("\\dt"), kSql);
  EXPECT_EQ(language("FLUSHALL"), kRedis);
  EXPECT_EQ(language("GET /health HTTP/1.1\nHost: x\n"), kHttp);
  EXPECT_EQ(language("$x = 5"), kPowerShell);
  EXPECT_EQ(language("Get-Service -Name x"), kPowerShell);
  EXPECT_EQ(language("[default]\nregion = us-east-1\n"), kIni);
  EXPECT_EQ(language("const x = require('y')"), kJavaScript);
  EXPECT_EQ(language("@daily /x/y.sh"), kCrontab);
  EXPECT_EQ(language("\xE2\x94\x9C\xE2\x94\x80 a"), kDrawing);
}

TEST(ForeignText, CommandsQuotesAndHereDocumentsAreShell) {
  for (auto script : {"psql -c \"\nSELECT 1\nFROM x;\"\n",
                      "psql <<EOF\nSELECT 1;\nEOF\n",
                      "cat > x.tf <<'EOF'\nresource \"a\" \"b\" {\n}\nEOF\n",
                      "select x in a b; do c; done",
                      "if [ a = b ]; then c; fi",
                      "[[ a == b ]]",
                      "{ a; b; }",
                      "{\n  a\n}",
                      "x=5",
                      "export A=b",
                      "fields() { a; }\nfields @message",
                      "test a = b",
                      "let x=5",
                      "(( x = 5 ))",
                      "[ -f x ]",
                      "import -window root x.png",
                      "sort x",
                      "parse x",
                      "a=(\n  b = c\n)",
                      "echo 'x\ny = 3\n'",
                      "aws x --q 'a\nfields @timestamp\n'",
                      "show x",
                      "begin",
                      "while read x; do y; done",
                      "\\cp -f a b",
                      "5 > x",
                      "for i in 1; do\n  a --b\ndone",
                      "case x in\n a) b;;\nesac"})
    EXPECT_THAT(foreign_text_in(script), IsEmpty()) << script;
}

TEST(ForeignText, NothingIsSaidBehindAQuoteThatNeverEnds) {
  EXPECT_THAT(foreign_text_in("echo 'a\nSELECT 1;\n"), IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook
