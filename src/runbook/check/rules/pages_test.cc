// docs/rules: every rule has its page there, and the index lists exactly the rules.
#include <gmock/gmock.h>

#include <filesystem>
#include <set>

#include "runbook/check/rules/rules.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

fs::path pages() { return fs::path(SEATRIAL_SOURCE) / "docs/rules"; }

std::string index_line(const Rule& rule) {
  return fmt::format("| [{0}]({0}.md) | {1} | {2} |", rule.id, severity_name(rule.severity),
                     rule.summary);
}

TEST(Pages, TheIndexListsExactlyTheRules) {
  std::set<std::string> listed, wanted;
  const auto text = *read_file((pages() / "README.md").string());
  for (auto line : split_lines(text))
    if (line.starts_with("| [")) EXPECT_TRUE(listed.emplace(line).second) << line;
  for (const Rule* rule : all_rules()) wanted.insert(index_line(*rule));
  for (const auto& line : wanted)
    EXPECT_TRUE(listed.contains(line)) << "docs/rules/README.md lacks the line\n" << line;
  for (const auto& line : listed)
    EXPECT_TRUE(wanted.contains(line)) << "docs/rules/README.md has\n" << line;
}

TEST(Pages, EveryRuleHasAPageWithAnExample) {
  for (const Rule* rule : all_rules()) {
    const auto page = read_file((pages() / (std::string(rule->id) + ".md")).string());
    ASSERT_TRUE(page) << page.error();
    EXPECT_THAT(*page, StartsWith(fmt::format("# {}\n", rule->id)));
    EXPECT_THAT(*page, HasSubstr("Example:\n")) << rule->id;
    EXPECT_THAT(*page, HasSubstr("```")) << rule->id;
  }
}

TEST(Pages, EveryPageIsOfARule) {
  for (const auto& entry : fs::directory_iterator(pages())) {
    const auto id = entry.path().stem().string();
    EXPECT_TRUE(id == "README" || find_rule(id) != nullptr) << entry.path();
  }
}

}  // namespace
}  // namespace seatrial::runbook::check
