#include "runbook/check/output/fix.h"

#include <gmock/gmock.h>

#include "runbook/check/output/diff.h"
#include "runbook/check/output/testing.h"

namespace seatrial::runbook::check {
namespace {

using namespace std::string_view_literals;

// Each "bad" is to be "good".
std::vector<Finding> find_bad(std::string_view bytes) {
  Document document;
  parse_document(bytes, document);
  std::vector<Finding> out;
  for (std::size_t at = 0; (at = document.source.find("bad", at)) != std::string::npos; at += 3) {
    Finding finding;
    finding.line = 1 + static_cast<int>(std::count(
                           document.source.begin(),
                           document.source.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    finding.rule = "x", finding.message = "bad";
    finding.fix = {{at, at + 3, "good"}};
    out.push_back(std::move(finding));
  }
  return out;
}

std::string mended(std::string_view bytes, const Recheck& recheck = find_bad) {
  const auto out = mend(bytes, recheck);
  return out ? out->bytes : "(nothing)";
}

TEST(Mend, KeepsLineEndsMarksAndBrokenBytes) {
  EXPECT_EQ(mended("\xEF\xBB\xBF# \xE9t\xE9\r\nbad \0 one\r\n\r\nbad\rold mac bad\n"sv),
            "\xEF\xBB\xBF# \xE9t\xE9\r\ngood \0 one\r\n\r\ngood\rold mac good\n"sv);
  EXPECT_EQ(mended("重启 bad 服务"), "重启 good 服务");
  EXPECT_EQ(mended("nothing here"), "(nothing)");
  EXPECT_EQ(mended(""), "(nothing)");
}

TEST(Mend, CountsFindings) { EXPECT_EQ(mend("bad bad\nbad\n", find_bad)->count, 3u); }

TEST(Mend, WritesNewLinesAsTheFileDoes) {
  const auto split = [](std::string_view bytes) {
    auto findings = find_bad(bytes);
    for (auto& finding : findings) finding.fix[0].text = "a\nb";
    return findings;
  };
  EXPECT_EQ(mended("x\r\nbad\r\n", split), "x\r\na\r\nb\r\n");
}

TEST(Mend, AFindingThatStaysIsLeftAsItWas) {
  const auto stubborn = [](std::string_view bytes) {
    auto findings = find_bad(bytes);
    for (auto& finding : findings)
      if (finding.line == 2) finding.fix[0].text = "still bad", finding.message = "second";
    return findings;
  };
  EXPECT_EQ(mended("bad\nbad\nbad\n", stubborn), "good\nbad\ngood\n");
}

TEST(Mend, FindingsThatOverlapAreMendedOneAfterTheOther) {
  const auto twice = [](std::string_view bytes) {
    auto findings = find_bad(bytes);
    for (std::size_t i = 0, n = findings.size(); i < n; ++i) {
      findings.push_back(findings[i]);
      findings.back().rule = "y", findings.back().fix[0].text = "fine";
    }
    return findings;
  };
  EXPECT_EQ(mended("bad\n", twice), "good\n");
}

TEST(Mend, AFindingsEditsAreMadeTogetherOrNotAtAll) {
  Finding pair;
  pair.fix = {{0, 1, "A"}, {4, 5, "E"}};
  Finding between;
  between.fix = {{4, 5, "?"}, {6, 7, "?"}};
  std::vector<std::size_t> made;
  EXPECT_EQ(apply_edits("abcdefgh", std::vector{pair, between}, made), "AbcdEfgh");
  EXPECT_THAT(made, ::testing::ElementsAre(0u));
}

TEST(Mend, ADocumentThatNeverSettlesEnds) {
  const auto growing = [](std::string_view bytes) {
    auto findings = find_bad(bytes);
    for (auto& f : findings) f.message = std::to_string(bytes.size()), f.fix[0].text = "bad bad";
    return findings;
  };
  EXPECT_LT(mended("bad", growing).size(), 1000u);
}

TEST(Diff, IsUnified) {
  EXPECT_EQ(unified_diff("a.md", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nX\n6\n7\n8\n9\n"),
            "--- a/a.md\n+++ b/a.md\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+X\n 6\n 7\n 8\n");
  EXPECT_EQ(unified_diff("a", "1\n", "1\n"), "");
}

TEST(Diff, DistantChangesHaveHunksOfTheirOwn) {
  std::string before, after;
  for (int i = 0; i < 30; ++i) {
    before += std::to_string(i) + "\n";
    after += (i == 3 || i == 20 ? "x" : std::to_string(i)) + "\n";
  }
  const auto diff = unified_diff("a", before, after);
  EXPECT_THAT(diff, ::testing::HasSubstr("@@ -1,7 +1,7 @@"));
  EXPECT_THAT(diff, ::testing::HasSubstr("@@ -18,7 +18,7 @@"));
}

TEST(Diff, MoreLinesAndNoLastLineEnd) {
  EXPECT_EQ(
      unified_diff("a", "1\n2\n3", "1\nx\ny\n3"),
      "--- a/a\n+++ b/a\n@@ -1,3 +1,4 @@\n 1\n-2\n+x\n+y\n 3\n\\ No newline at end of file\n");
  EXPECT_EQ(
      unified_diff("a", "1", "2"),
      "--- a/a\n+++ b/a\n@@ -1,1 +1,1 @@\n-1\n\\ No newline at end of file\n+2\n\\ No newline "
      "at end of file\n");
}

}  // namespace
}  // namespace seatrial::runbook::check
