#include "runbook/bash_syntax.h"

#include <gmock/gmock.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "runbook/text.h"

namespace seatrial::runbook {
namespace {

using Kind = BashRefusal::Kind;

std::string marked(std::string_view script) {
  const auto refusal = bash_refusal(script);
  if (!refusal) return "";
  return std::string(script.substr(refusal->begin, refusal->end - refusal->begin));
}

std::string wanted(std::string_view script) {
  const auto refusal = bash_refusal(script);
  return refusal ? refusal->wanted : "read";
}

TEST(BashRefusal, NamesTheTokenThatCannotStandThere) {
  EXPECT_EQ(marked("a <b>\nc"), "\n");
  EXPECT_EQ(marked("a | | b"), "|");
  EXPECT_EQ(marked("fields @timestamp, @message\n| filter x"), "|");
  EXPECT_EQ(marked("if a; then b; fi fi"), "fi");
  EXPECT_EQ(marked("echo $(a;;b)"), ";;");
  EXPECT_EQ(marked("echo \"$(a;;b)\""), ";;");
  EXPECT_EQ(marked("echo a=(b)"), "(");
  EXPECT_EQ(marked("f() a"), "a");
  EXPECT_EQ(bash_refusal("a >\n")->found, "the end of the line");
  EXPECT_EQ(bash_refusal("[[ a b ]]")->kind, Kind::kConditional);
  EXPECT_EQ(bash_refusal("for ((i=0;i<3)); do a; done")->kind, Kind::kArithmetic);
}

TEST(BashRefusal, BlamesWhatIsNeverClosed) {
  EXPECT_EQ(marked("if a; then b\n"), "if");
  EXPECT_EQ(wanted("if a; then b\n"), "fi");
  EXPECT_EQ(wanted("while a; do b; { c; }"), "done");
  EXPECT_EQ(wanted("f() {\n a\n"), "}");
  EXPECT_EQ(marked("a 'b\nc"), "'");
  EXPECT_EQ(wanted("a 'b\nc"), "'");
  EXPECT_EQ(marked("x=$(a\nb"), "$(");
  EXPECT_EQ(wanted("x=${a\nb"), "}");
  EXPECT_EQ(wanted("x=(a\nb"), ")");
  EXPECT_EQ(wanted("case a in b) c;;"), "esac");
}

TEST(BashRefusal, ReadsWhatBashReads) {
  for (auto script : {"a <b> c",
                      "case if in if) a;; esac",
                      "x=$(case a in b) c;; esac)",
                      "((a); (b))",
                      "echo !(a|b)",
                      "for x\ndo a; done",
                      "echo 5>(cat)",
                      "time; ! ; a",
                      "x=(a #c )\n)",
                      "cat <<'E'\n$(if\nE\nb",
                      "function f (a; b)",
                      "2>x declare -a y=(z)",
                      "a | time b",
                      "[[ a =~ ^(b|c d)$ && -n x ]]",
                      "echo ${}",
                      "`if`",
                      "",
                      "\n#'\n",
                      "f\\\noo | \\\n b",
                      "if [[ a ]] then ((b)) fi",
                      "b <<EOF[[c",
                      "2>&1 export a=(b)"})
    EXPECT_EQ(wanted(script), "read") << script;
}

TEST(BashRefusal, DeepAndLongScriptsAreNotJudged) {
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "$(";
  EXPECT_FALSE(bash_refusal(deep));
  EXPECT_FALSE(bash_refusal("if " + std::string(kMaxBashBytes, 'a')));
}

TEST(OpenHereDocument, IsTheFirstWhoseEndNeverComes) {
  EXPECT_EQ(open_here_document("cat <<EOF\na\n  EOF\nb")->delimiter, "EOF");
  EXPECT_FALSE(open_here_document("cat <<-'E F'\na\n\tE F\nb"));
  EXPECT_FALSE(open_here_document("x=$(cat <<E\na\nE)\nb"));
}

TEST(LogicalLineEnd, FollowsQuotesAndHereDocuments) {
  const std::string script = "a 'b\nc' \\\n d\ncat <<E # x\n1\nE\ne";
  EXPECT_EQ(logical_line_end(script, 0), script.find("\ncat"));
  const auto cat = script.find("cat");
  EXPECT_EQ(logical_line_end(script, cat), script.find("\ne"));
  EXPECT_EQ(logical_line_end(script, script.size() - 1), script.size());
  EXPECT_EQ(logical_line_end("a 'b\nc", 0), std::string::npos);
}

// bash itself says whether it reads scripts made by mutation.
class BashOracle : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              fmt::format("seatrial_bash_oracle_{}", static_cast<int>(getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void add(const std::string& script) {
    std::ofstream(folder_ / fmt::format("{}.sh", scripts_.size())) << script;
    scripts_.push_back(script);
  }

  // Of each script, whether bash refuses it. In [[ ]] it complains and still exits with 0.
  std::vector<bool> refused() const {
    const auto command = fmt::format(
        "cd {} && for ((i = 0; i < {}; i++)); do e=$(LC_ALL=C bash -n $i.sh 2>&1 </dev/null); "
        "r=$?; "
        "case $e in *conditional*|*expected*) r=1;; esac; echo $r; done",
        folder_.string(), scripts_.size());
    std::vector<bool> out;
    FILE* pipe = popen(fmt::format("bash -c '{}'", command).c_str(), "r");
    char line[64];
    while (pipe != nullptr && fgets(line, sizeof line, pipe) != nullptr)
      out.push_back(line[0] != '0');
    if (pipe != nullptr) pclose(pipe);
    return out;
  }

  std::vector<std::string> scripts_;

 private:
  std::filesystem::path folder_;
};

constexpr std::string_view kSeeds[] = {
    "if a; then b; elif c; then d; else e; fi",
    "for x in a b \"c d\"; do echo $x; done",
    "for ((i=0;i<3;i++)); do echo $i; done",
    "while read -r x y; do echo \"$x\"; done < f",
    "case $x in\n  a|b) c;;\n  (d) e;&\n  [x-z]) ;;\nesac",
    "f() { local a=(b c); return; }\nfunction g { a; }",
    "cat <<EOF > x\na $b `c`\n  $(d)\nEOF\necho",
    "cat <<-'EOF'\n\t$(if\n\tEOF\n",
    "a=(b \"c d\" [3]=e $(f) # x\ng)\nexport X=(a b) Y=c; a[1]=b",
    "x=${a:-b} y=${a#\"b\"} w=${#a} u=\"${a:-\"b c\"}\"",
    "echo \"$(a \"b\" $(c 'd'))\" `e \"f\"` $((1+2)) $[3]",
    "((a=1, b=2)); ((c)) && d; ((a); (b))",
    "[[ -f a && ( $b == c* || ! d =~ ^(x|y)$ ) ]] && e",
    "{ a; b; } > c 2>&1; (a; b) | c |& d &",
    "! a && time -p b | c\ncoproc a { b; }",
    "a &> b; c >> d 2>/dev/null; e <<< \"f $g\"; h < <(i) > >(j)",
    "echo $'a\\'b' $\"c\" 'd'\"e\"\\f # it's",
    "aws a \\\n  --b c \\\n  --d \"e\"",
    "x=$(case a in b) c;; (d) e;; esac); y=$(cat <<E\na ) b\nE\n)",
};
constexpr std::string_view kPieces[] = {
    "\"", "'",    "`",  "\\",   "$(", "${",   "((",   "))", ")",   "(",        "}",   "{",
    ";",  ";;",   "&&", "|",    "||", "\n",   "<",    ">",  ">>",  "<<EOF",    ">&",  "if",
    "fi", "then", "do", "done", "in", "case", "esac", "!",  "for", "while ",   "f()", "[[",
    "]]", " # ",  "x=", " x=(", "$'", "a[",   "=~",   "<(", "\t",  "function "};

std::string mutated(std::string text, auto& next) {
  for (auto rounds = 1 + next() % 3; rounds > 0; --rounds) {
    const auto at = next() % (text.size() + 1);
    if (next() % 3 == 0)
      text.erase(at, 1 + next() % 4);
    else
      text.insert(at, kPieces[next() % std::size(kPieces)]);
  }
  return text;
}

TEST_F(BashOracle, NeverRefusesWhatBashReads) {
  std::uint64_t seed = 4711;
  auto next = [&] { return seed = seed * 6364136223846793005u + 1442695040888963407u, seed >> 33; };
  for (auto script : kSeeds) add(std::string(script));
  for (int i = 0; i < 700; ++i) add(mutated(std::string(kSeeds[next() % std::size(kSeeds)]), next));
  const auto bash = refused();
  ASSERT_EQ(bash.size(), scripts_.size());
  int refusals = 0, missed = 0;
  for (std::size_t i = 0; i < scripts_.size(); ++i) {
    const bool ours = bash_refusal(scripts_[i]).has_value();
    EXPECT_FALSE(ours && !bash[i]) << "bash reads\n" << scripts_[i];
    EXPECT_FALSE(i < std::size(kSeeds) && bash[i]) << scripts_[i];
    refusals += bash[i];
    missed += bash[i] && !ours;
  }
  EXPECT_GT(refusals, 200);
  EXPECT_LT(missed * 50, refusals) << missed << " of " << refusals << " not seen";
}

}  // namespace
}  // namespace seatrial::runbook
