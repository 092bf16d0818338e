#include "runbook/check/output/inputs.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "base/temp_folder.h"
#include "runbook/check/output/baseline.h"
#include "runbook/check/output/surroundings.h"
#include "runbook/check/output/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

class Folder : public ::testing::Test {
 protected:
  std::string put(const std::string& name, std::string_view text = "# a\n") const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return (folder_ / name).string();
  }

  std::vector<std::string> found(const std::vector<std::string>& arguments) const {
    std::vector<std::string> out;
    for (const auto& input : find_inputs(arguments).found)
      out.push_back(fs::path(input.path).lexically_relative(folder_.path()).string());
    return out;
  }

  TempFolder folder_{"seatrial-check"};
};

TEST_F(Folder, DocumentsAndScriptsBelowInOrder) {
  for (auto name : {"b.md", "a/z.sh", "a/c.MARKDOWN", "x.bash", "a/no.txt", ".hidden/d.md",
                    "node_modules/e.md", "vendor/f.md", "g.py"})
    put(name);
  EXPECT_THAT(found({folder_.string()}), ElementsAre("a/c.MARKDOWN", "a/z.sh", "b.md", "x.bash"));
}

TEST_F(Folder, LinksToFoldersAreNotFollowedAndFilesComeOnce) {
  const auto file = put("a/b.md");
  fs::create_directory_symlink(folder_, folder_ / "a/loop");
  EXPECT_THAT(found({file, folder_.string(), (folder_ / "a/../a/b.md").string()}),
              ElementsAre("a/b.md"));
}

TEST_F(Folder, FaultsSayWhatToDo) {
  EXPECT_THAT(find_inputs({folder_.string()}).faults,
              ElementsAre(HasSubstr("holds no .md, .markdown, .sh or .bash")));
  EXPECT_THAT(find_inputs({(folder_ / "gone.md").string()}).faults,
              ElementsAre(HasSubstr("there is no such file")));
}

// "script", "document", or why it is neither.
std::string taken_as(const std::string& path, std::string_view bytes) {
  Document document;
  const auto parsed = parse_input({path, path}, bytes, document);
  if (!parsed) return parsed.error();
  return document.blocks.size() == 1 && document.blocks[0].whole_file ? "script" : "document";
}

TEST(ParseInput, ByNameAndFirstLine) {
  EXPECT_EQ(taken_as("a.md", "#!/bin/bash\n"), "script");
  EXPECT_EQ(taken_as("a.sh", "ls\n"), "script");
  EXPECT_EQ(taken_as("deploy", "#!/usr/bin/env -S bash -e\nls\n"), "script");
  EXPECT_EQ(taken_as("-", "\xEF\xBB\xBF#!/bin/sh\r\nls\r\n"), "script");
  EXPECT_EQ(taken_as("README", "# a\n"), "document");
  EXPECT_EQ(taken_as("-", ""), "document");
  EXPECT_EQ(taken_as("a.txt", "text\n"), "document");
}

TEST(ParseInput, WhatIsNeitherIsRefused) {
  EXPECT_THAT(taken_as("a.py", "import x\n"), HasSubstr("neither Markdown nor a shell script"));
  EXPECT_THAT(taken_as("tool", "#!/usr/bin/python3\n"), HasSubstr("is for python3"));
  EXPECT_THAT(taken_as("a.sh", "#!/usr/bin/env python3\n"), HasSubstr("is for python3"));
  EXPECT_THAT(taken_as("a.md", std::string("a\0b", 3)), HasSubstr("is binary"));
  EXPECT_THAT(taken_as("a.md", "\xFF\xFE#\0"), HasSubstr("iconv -f UTF-16"));
}

TEST_F(Folder, FilesAreSeenFromTheDocumentAndFromTheRoot) {
  fs::create_directories(folder_ / "repo/.git");
  const auto document = put("repo/docs/a.md");
  put("repo/scripts/x.sh"), put("repo/docs/b.md"), put("outside.md");
  Neighbourhood neighbourhood;
  const auto around = neighbourhood.of(document);
  ASSERT_TRUE(around.has_file);
  for (auto path : {"b.md", "./b.md", "scripts/x.sh", "../scripts/x.sh", "/scripts/x.sh", "."})
    EXPECT_TRUE(around.has_file(path)) << path;
  for (auto path : {"x.sh", "../b.md", "scripts/y.sh", "docs/x.sh"})
    EXPECT_FALSE(around.has_file(path)) << path;
  EXPECT_TRUE(around.has_file("../../nobody-knows.md"));
  EXPECT_EQ(neighbourhood.root_of(document), fs::canonical(folder_ / "repo"));
}

TEST_F(Folder, WithoutARepositoryNothingIsKnown) {
  Neighbourhood neighbourhood;
  EXPECT_FALSE(neighbourhood.of(put("a.md")).has_file);
}

TEST_F(Folder, ProgramsFromAFileOrAList) {
  const auto file = put("programs.txt", "aws jq  # the base image\n\ncurl\n");
  EXPECT_THAT(*read_programs(file), ElementsAre("aws", "curl", "jq"));
  EXPECT_THAT(*read_programs("jq,aws"), ElementsAre("aws", "jq"));
  EXPECT_THAT(read_programs("none/such.txt").error(), HasSubstr("no such file"));
  EXPECT_TRUE(read_programs("here")->contains("ls"));
}

TEST_F(Folder, ABaselineSurvivesShiftedLines) {
  Document document;
  document.path = put("docs/a.md");
  parse_document("aws x --y\naws x --z\n", document);
  Baseline writing(folder_ / "baseline.json");
  writing.note(testing::report_of(document, {testing::finding_at(document, 1, "--y")}));
  ASSERT_TRUE(writing.save({"unknown-option"}));

  Document later;
  later.path = document.path;
  parse_document("\n\nnew\n\n  aws x --y\naws x --z\n", later);
  auto report = testing::report_of(
      later, {testing::finding_at(later, 5, "--y"), testing::finding_at(later, 6, "--z")});
  Baseline reading(folder_ / "baseline.json");
  ASSERT_TRUE(reading.load());
  EXPECT_EQ(reading.subtract(report), 1u);
  ASSERT_EQ(report.findings.size(), 1u);
  EXPECT_EQ(report.findings[0].line, 6);
  EXPECT_EQ(report.fingerprints.size(), 1u);
  EXPECT_EQ(reading.gone({"unknown-option"}), 0u);
}

TEST_F(Folder, ABaselineKeepsWhatWasNotAskedAndDropsWhatIsGone) {
  Document one, two, three;
  one.path = put("1.md"), two.path = put("2.md"), three.path = put("3.md");
  for (auto* document : {&one, &two, &three}) parse_document("aws --y\n", *document);
  const auto path = folder_ / "baseline.json";
  Baseline first(path);
  for (const auto* document : {&one, &two, &three})
    first.note(testing::report_of(*document, {testing::finding_at(*document, 1, "--y"),
                                              testing::finding_at(*document, 1, "--y", "other")}));
  ASSERT_TRUE(first.save({"unknown-option", "other"}));
  fs::remove(three.path);

  Baseline second(path);
  ASSERT_TRUE(second.load());
  second.note(testing::report_of(one, {}));
  ASSERT_TRUE(second.save({"unknown-option"}));
  const auto text = *read_file(path.string());
  EXPECT_THAT(text, HasSubstr(R"("file":"1.md","rule":"other")"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr(R"("file":"1.md","rule":"unknown-option")")));
  EXPECT_THAT(text, HasSubstr(R"("file":"2.md","rule":"unknown-option")"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("3.md")));

  Baseline third(path);
  ASSERT_TRUE(third.load());
  auto empty = testing::report_of(two, {});
  third.subtract(empty);
  EXPECT_EQ(third.gone({"unknown-option"}), 1u);
}

TEST_F(Folder, WhatIsNoBaselineIsRefused) {
  EXPECT_FALSE(Baseline(folder_ / "none.json").load());
  for (auto text : {"", "[]", "{\"version\": 2, \"findings\": []}", "{\"findings\": 1}"})
    EXPECT_THAT(Baseline(put("b.json", text)).load().error(), HasSubstr("no baseline")) << text;
}

}  // namespace
}  // namespace seatrial::runbook::check
