#include "runbook/shell_facts.h"

#include <gmock/gmock.h>

namespace seatrial::runbook {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "name how scope" of each.
std::vector<std::string> assigned(std::string_view script) {
  constexpr std::string_view kHow[] = {"value",    "loop",       "read",
                                       "declared", "arithmetic", "default"};
  constexpr std::string_view kScope[] = {"", " for-command", " nested"};
  std::vector<std::string> out;
  for (const auto& a : shell_facts(script).assignments)
    out.push_back(fmt::format("{} {}{}", a.name, kHow[static_cast<int>(a.how)],
                              kScope[static_cast<int>(a.scope)]));
  return out;
}

std::vector<std::string> used(std::string_view script) {
  std::vector<std::string> out;
  for (const auto& use : shell_facts(script).uses)
    out.push_back(use.name + (use.has_default ? " default" : "") + (use.tested ? " tested" : ""));
  return out;
}

TEST(ShellFacts, AssignmentsAndWhereTheyLast) {
  EXPECT_THAT(assigned("A=1; B=2 c; export D=3 E; (F=4); g | H=5"),
              ElementsAre("A value", "B value for-command", "D value", "E declared",
                          "F value nested", "H value nested"));
  EXPECT_THAT(assigned("for x in a; do b; done; for ((i=0; i<3; i++)); do c; done"),
              ElementsAre("x loop", "i arithmetic", "i value", "i arithmetic"));
  EXPECT_THAT(assigned("read -r -p 'q ' a b; mapfile -t c < d; printf -v e x; getopts ab: f"),
              ElementsAre("a read", "b read", "c read", "e read", "f read"));
  EXPECT_THAT(assigned("((n++)); let m=3; x=$((k += 1)); : ${d:=e}; (( a == b ))"),
              ElementsAre("n arithmetic", "m read", "x value", "k arithmetic", "d default"));
  EXPECT_THAT(assigned("a | while read x; do b; done"), ElementsAre("x read nested"));
  EXPECT_THAT(assigned("a=(b c); a+=(d); e[1]=f"), ElementsAre("a value", "a value", "e value"));
}

TEST(ShellFacts, ANestedAssignmentKnowsWhereItIsSeen) {
  const std::string script = "(A=1; b); c";
  const auto assignment = shell_facts(script).assignments.at(0);
  EXPECT_EQ(script.substr(assignment.scope_begin, assignment.scope_end - assignment.scope_begin),
            "(A=1; b)");
}

TEST(ShellFacts, Uses) {
  EXPECT_THAT(used("a $B ${C:-d} ${E?f} \"${G}\" '$H' $1 ${#I}"),
              ElementsAre("B", "C default", "E default tested", "G", "I"));
  EXPECT_THAT(used("[ -z \"$A\" ] && [[ -n $B ]] && [ $C = d ]"),
              ElementsAre("A tested", "B tested", "C"));
}

TEST(ShellFacts, FilesOfRedirections) {
  std::vector<std::string> out;
  for (const auto& r :
       shell_facts("a < b > c 2>> d 2>&1 >&- <(e); f &> g\ncat <<E > h\nx\nE\n").redirections)
    out.push_back((r.writes ? ">" : "<") + r.target.text);
  EXPECT_THAT(out, ElementsAre("<b", ">c", ">d", ">g", ">h"));
}

TEST(ShellFacts, HereDocumentsFunctionsAndUnknownSetters) {
  const std::string script =
      "f() { a; }\ncat <<'E O'\n$x\nE O\n. ./env\nsource venv/bin/activate\n";
  const auto facts = shell_facts(script);
  ASSERT_EQ(facts.here_documents.size(), 1u);
  const auto& document = facts.here_documents[0];
  EXPECT_TRUE(document.literal);
  EXPECT_EQ(document.delimiter, "E O");
  EXPECT_EQ(script.substr(document.begin, document.end - document.begin), "$x\n");
  ASSERT_EQ(facts.functions.size(), 1u);
  EXPECT_EQ(facts.functions[0].name, "f");
  EXPECT_THAT(facts.unknown_setters, ElementsAre(script.find(". ./env")));
  EXPECT_THAT(shell_facts("export $(cat .env)").unknown_setters, ElementsAre(7u));
}

TEST(ShellFacts, AnUnreadableScriptGivesItsErrors) {
  EXPECT_FALSE(shell_facts("a | | b").errors.empty());
  EXPECT_THAT(shell_facts("a | b").errors, IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook
