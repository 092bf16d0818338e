#include "runbook/shell_syntax.h"

#include <gmock/gmock.h>

namespace seatrial::runbook {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> texts(std::string_view script) {
  std::vector<std::string> out;
  for (auto& statement : split_statements(script).statements) out.push_back(statement.text);
  return out;
}

std::vector<std::string> words(const ShellCommand& command) {
  std::vector<std::string> out;
  for (auto& word : command.words) out.push_back(word.known ? word.text : "?" + word.text);
  return out;
}

TEST(SplitStatements, KeepsContinuationsAndHereDocumentsWhole) {
  const auto script =
      split_statements("# first\naws a b \\\n  --c d\ncat <<EOF > f\nx $Y\n\nEOF\nls\n");
  ASSERT_EQ(script.statements.size(), 3u);
  EXPECT_EQ(script.statements[0].text, "aws a b \\\n  --c d");
  EXPECT_THAT(script.statements[0].comments, ElementsAre("first"));
  EXPECT_EQ(script.statements[0].line, 1u);
  EXPECT_EQ(script.statements[0].end_line, 2u);
  EXPECT_EQ(script.statements[1].text, "cat <<EOF > f\nx $Y\n\nEOF");
  EXPECT_EQ(script.statements[2].text, "ls");
  EXPECT_EQ(script.statements[2].line, 7u);
}

TEST(SplitStatements, SplitsAtTopLevelOnly) {
  EXPECT_THAT(texts("a; b\nc && d || e\nfor i in 1 2; do\n  f $i\ndone\ng | h\nif x; then y; fi"),
              ElementsAre("a", "b", "c && d || e", "for i in 1 2; do\n  f $i\ndone", "g | h",
                          "if x; then y; fi"));
}

TEST(SplitStatements, BackgroundKeepsItsMark) {
  EXPECT_THAT(texts("a &\nb"), ElementsAre("a &", "b"));
}

TEST(SplitStatements, APlaceholderInAngleBracketsDamagesOnlyItsOwnCommand) {
  const auto script =
      split_statements("# one\naws x y\n\n# two\naws z --arn <the-arn>\n\n# three\naws q\n");
  ASSERT_EQ(script.statements.size(), 3u);
  EXPECT_FALSE(script.statements[0].damaged);
  EXPECT_TRUE(script.statements[1].damaged);
  EXPECT_EQ(script.statements[1].text, "aws z --arn <the-arn>");
  EXPECT_THAT(script.statements[1].comments, ElementsAre("two"));
  EXPECT_EQ(script.statements[1].line, 4u);
  EXPECT_EQ(script.statements[2].text, "aws q");
}

TEST(SplitStatements, KnowsTheCommandsAndTheirPlaces) {
  const std::string script = "a b | c\n\n# x\naws z --arn <the-arn>\n\nd; e $(f)\n";
  std::vector<std::string> out;
  for (const auto& statement : split_statements(script).statements)
    for (const auto& command : statement.commands) {
      const auto& name = command.words[0];
      out.push_back(script.substr(name.begin, name.end - name.begin));
      EXPECT_EQ(out.back(), name.text);
    }
  EXPECT_THAT(out, ElementsAre("a", "c", "aws", "d", "e", "f"));
}

TEST(SplitStatements, TrailingAndClosingComments) {
  const auto script = split_statements("x=1  # set it\ny\n# Expected: HTTP 200 OK\n");
  EXPECT_THAT(script.statements[0].trailing, ElementsAre("set it"));
  EXPECT_THAT(script.closing_comments, ElementsAre("Expected: HTTP 200 OK"));
}

TEST(FindCommands, RemovesQuotesAndMarksExpansions) {
  const auto found = find_commands(R"(aws a 'b c' "d $X" --e=$(date)000 f\ g "\"h\"")");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_THAT(words(found[0]), ElementsAre("aws", "a", "b c", "?d \x01",
                                           "?--e=\x01"
                                           "000",
                                           "f g", "\"h\""));
  EXPECT_THAT(words(found[1]), ElementsAre("date"));
  EXPECT_TRUE(found[1].in_substitution);
}

TEST(FindCommands, WordsThatTouchAreOne) {
  const auto commands = find_commands(R"(a "x=="\'c.$R.d\'"].P" b)");
  ASSERT_EQ(commands.size(), 1u);
  ASSERT_EQ(commands[0].words.size(), 3u);
  const ShellWord& word = commands[0].words[1];
  EXPECT_EQ(word.text, "x=='c.\x01.d'].P");
  EXPECT_FALSE(word.known);
  ASSERT_EQ(word.expansions.size(), 1u);
  EXPECT_EQ(word.expansions[0].name, "R");
  EXPECT_EQ(word.text[word.expansions[0].at], ShellWord::kUnknown);
  EXPECT_EQ(word.origin(word.text.size() - 1), 20u);
}

TEST(FindCommands, LooksIntoXargsWatchAndShells) {
  const auto found = find_commands(
      "a | xargs -I {} aws x --y {}\nwatch -n 5 'aws p q'\nbash -c \"aws r s\"\nsudo -u me aws t");
  std::vector<std::vector<std::string>> aws;
  for (auto& c : found) {
    if (c.words[0].text == "aws") aws.push_back(words(c));
  }
  EXPECT_THAT(aws,
              ElementsAre(ElementsAre("aws", "x", "--y", "?\x01"), ElementsAre("aws", "p", "q"),
                          ElementsAre("aws", "r", "s"), ElementsAre("aws", "t")));
}

// The words of every command but the script's own, "@" before those that run elsewhere.
std::vector<std::string> nested(std::string_view script) {
  std::vector<std::string> out;
  const auto found = find_commands(script);
  for (std::size_t i = 1; i < found.size(); ++i) {
    std::string line;
    for (const auto& word : found[i].words)
      line += (line.empty() ? "" : " ") + (word.text == "\x01" ? "?" : word.text);
    out.push_back((found[i].remote ? "@" : "") + line + (found[i].open_ended ? " ..." : ""));
  }
  return out;
}

TEST(FindCommands, LooksIntoWhatStartsCommands) {
  EXPECT_THAT(nested("find . -name x -exec aws s3 cp {} s3://b \\; -exec ls -l {} +"),
              ElementsAre("aws s3 cp ? s3://b", "ls -l ? ..."));
  EXPECT_THAT(nested("parallel -j 4 aws ecs stop-task --task {} ::: a b"),
              ElementsAre("aws ecs stop-task --task ?"));
  EXPECT_THAT(nested("xargs -n 1 aws x"), ElementsAre("aws x ..."));
  EXPECT_THAT(nested("timeout 5 env A=b nice -n 3 ls"),
              ElementsAre("env A=b nice -n 3 ls", "nice -n 3 ls", "ls"));
  EXPECT_THAT(nested("eval \"aws x --y z\""), ElementsAre("aws x --y z"));
  EXPECT_THAT(nested("bash -lc 'a | b'"), ElementsAre("a", "b"));
  EXPECT_THAT(nested("bash --norc x.sh"), IsEmpty());
  EXPECT_THAT(nested("su - me -c 'a b'"), ElementsAre("a b"));
}

TEST(FindCommands, KnowsWhatRunsElsewhere) {
  EXPECT_THAT(nested("ssh -i k me@h 'a b; c'"), ElementsAre("@a b", "@c"));
  EXPECT_THAT(nested("ssh h a b"), ElementsAre("@a b"));
  EXPECT_THAT(nested("docker exec -it -u me box sh -c 'a b'"), ElementsAre("@sh -c a b", "@a b"));
  EXPECT_THAT(nested("docker compose exec api ls -l"), ElementsAre("@ls -l"));
  EXPECT_THAT(nested("kubectl exec -n x pod -- env"), ElementsAre("@env"));
  EXPECT_THAT(nested("aws ecs execute-command --command 'nc -zv h 5' --interactive"),
              ElementsAre("@nc -zv h 5"));
  EXPECT_THAT(nested("ssh h"), IsEmpty());
}

TEST(FindCommands, ListsAreSeveralWordsAndEscapesAreRead) {
  const auto found = find_commands("a \"$@\" \"${x[@]}\" \"$y\" $'b\\tc\\x41'");
  EXPECT_FALSE(found[0].words[1].quoted);
  EXPECT_FALSE(found[0].words[2].quoted);
  EXPECT_TRUE(found[0].words[3].quoted);
  EXPECT_EQ(found[0].words[4].text.substr(0, 3), "b\tc");
  EXPECT_FALSE(found[0].words[4].known);
}

TEST(MarkPlaceholder, BecomesOneUnknownPart) {
  const std::string script = "a fam:NEXT_REVISION-x";
  auto word = find_commands(script)[0].words[1];
  mark_placeholder(word, 6, 19);
  EXPECT_EQ(word.text, "fam:\x01-x");
  EXPECT_FALSE(word.known);
  EXPECT_EQ(word.origin(5), 19u);
  EXPECT_EQ(word.expansions[0].kind, ShellExpansion::Kind::kPlaceholder);
}

TEST(FindCommands, WordsBehindARedirectionBelongToTheCommand) {
  const auto found = find_commands("curl -s 2>/dev/null -w x url");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_THAT(words(found[0]), ElementsAre("curl", "-s", "-w", "x", "url"));
}

TEST(FindCommands, PositionsOfNestedScriptsPointIntoTheOuterText) {
  const std::string script = "watch 'aws foo bar'";
  int seen = 0;
  for (auto& c : find_commands(script)) {
    if (c.words[0].text != "aws") continue;
    ++seen;
    EXPECT_EQ(script.substr(c.words[1].begin, c.words[1].end - c.words[1].begin), "foo");
  }
  EXPECT_EQ(seen, 1);
}

TEST(PipelineNames, NamesItsMembers) {
  EXPECT_THAT(pipeline_names("aws x | jq . | head -1"), ElementsAre("aws", "jq", "head"));
  EXPECT_THAT(pipeline_names("aws x > f"), IsEmpty());
}

TEST(UsedVariables, LeavesOutDefaultsAndOwnAssignments) {
  EXPECT_THAT(used_variables("A=1; echo $A $B ${C:-x} \"${D}\" $(f $E); for i in 1; do g $i; done"),
              ElementsAre("B", "D", "E"));
}

}  // namespace
}  // namespace seatrial::runbook
