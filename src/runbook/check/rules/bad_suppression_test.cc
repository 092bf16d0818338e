#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Result {
  std::vector<std::string> places;
  std::vector<std::string> marked;
  std::size_t suppressed = 0;
};

Result suppressed(std::string_view markdown, bool script = false) {
  Document document;
  document.path = "book.md";
  script ? parse_script(markdown, "bash", document) : parse_document(markdown, document);
  const awscli::Grammar grammar(awscli::Cli::kV2);
  const Rule* rules[] = {&kUnknownOption, &kUnknownOperation, &kBadSuppression};
  const auto outcome = check_and_suppress(document, grammar, {}, rules);
  Result result{testing::places(outcome.findings), {}, outcome.suppressed};
  for (const auto& f : outcome.findings) result.marked.push_back(testing::marked(f, markdown));
  return result;
}

TEST(Suppression, OfTheNextBlock) {
  const auto result = suppressed(
      "<!-- seatrial: ignore unknown-option a fork has it -->\n\n```bash\naws ecs list-tasks "
      "--no-such x\naws ecs list-tasks --nor-this x\n```\n\n```bash\naws ecs list-tasks --here "
      "x\n```\n");
  EXPECT_THAT(result.places, ElementsAre("9:20 unknown-option"));
  EXPECT_EQ(result.suppressed, 2u);
}

TEST(Suppression, OfTheNextCommandInAFence) {
  const auto result = suppressed(
      "1. a\n   ```bash\n   # seatrial: ignore unknown-option, unknown-operation why not\n   aws "
      "ecs list-tasks \\\n     --no-such x\n   aws ecs list-tasks --nope x\n   ```\n");
  EXPECT_THAT(result.places, ElementsAre("3:39 bad-suppression info", "6:23 unknown-option"));
  EXPECT_EQ(result.suppressed, 1u);
}

TEST(Suppression, BehindACommandInAScript) {
  EXPECT_THAT(
      suppressed("aws ecs list-tasks --no-such x # seatrial: ignore unknown-option x\n", true)
          .places,
      IsEmpty());
}

TEST(Suppression, OtherRulesAreNotSilenced) {
  EXPECT_THAT(suppressed("<!-- seatrial: ignore unknown-operation it is one -->\n```bash\naws ecs "
                         "list-tasks --no-such x\n```\n")
                  .places,
              ElementsAre("1:23 bad-suppression info", "3:20 unknown-option"));
}

TEST(BadSuppression, EachFaultWithItsPlace) {
  const auto unknown = suppressed("a\n\n<!-- seatrial: ignore unknown-optoin x -->\n\nb\n");
  EXPECT_THAT(unknown.places, ElementsAre("3:23 bad-suppression info"));
  EXPECT_THAT(unknown.marked, ElementsAre("unknown-optoin"));
  EXPECT_THAT(suppressed("<!-- seatrial: ignore -->\n").places,
              ElementsAre("1:6 bad-suppression info"));
  EXPECT_THAT(suppressed("<!-- seatrial: ignroe unknown-option x -->\n").marked,
              ElementsAre("seatrial: ignroe unknown-option x"));
  EXPECT_THAT(suppressed("<!-- seatrial: ignore bad-suppression x -->\n").marked,
              ElementsAre("bad-suppression"));
}

TEST(BadSuppression, AMissingReasonIsSaidAndTheCommentWorks) {
  const auto result =
      suppressed("```bash\naws ecs list-task # seatrial: ignore unknown-operation\n```\n");
  EXPECT_THAT(result.places, ElementsAre("2:21 bad-suppression info"));
  EXPECT_EQ(result.suppressed, 1u);
}

TEST(BadSuppression, NothingThereToSuppress) {
  EXPECT_THAT(suppressed("```bash\nls\n# seatrial: ignore unknown-option x\n```\n").marked,
              ElementsAre("unknown-option"));
  EXPECT_THAT(suppressed("```sql\n# seatrial: ignore unknown-option x\nselect\n```\n").places,
              ElementsAre("2:20 bad-suppression info"));
}

TEST(BadSuppression, RulesThatDidNotRunAreNotJudged) {
  EXPECT_THAT(suppressed("<!-- seatrial: ignore bad-enum x -->\n\nb\n").places, IsEmpty());
}

TEST(BadSuppression, ShownCommentsAreNone) {
  EXPECT_THAT(suppressed("`<!-- seatrial: ignore x -->`\n\n```html\n<!-- seatrial: x -->\n```\n"
                         "```bash\necho '# seatrial: ignore x'\n```\n")
                  .places,
              IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
