#include <gmock/gmock.h>

#include "runbook/check/checker.h"
#include "runbook/check/output/formats.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

TEST(Check, TextShowsTheLineAndTheSuggestion) {
  Document document;
  document.path = "book.md";
  parse_document("```bash\naws ecs list-task\n```\n", document);
  const auto findings =
      check_document(document, awscli::Grammar(awscli::Cli::kV2), {}, all_rules());
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(finding_text(findings[0], document),
            "book.md:2:9: error: 'aws ecs' has no command 'list-task' [unknown-operation]\n"
            "    aws ecs list-task\n            ^~~~~~~~~\n    write: list-tasks\n");
}

}  // namespace
}  // namespace seatrial::runbook::check
