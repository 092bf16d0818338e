// Real documents against the lists of their defects, written by hand beside the real CLI
// (tests/golden/defects/README.md). The documents are not part of the repository; where they are
// absent the rules' own tests show each kind of defect.
#include <gmock/gmock.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "runbook/check/rules/testing.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

namespace fs = std::filesystem;

// A line of a list: `[?|!] LINE[:COLUMN] rule severity # why`.
struct Fact {
  enum class Kind {
    kTrue,      // must be found
    kDoubtful,  // `?`: may be found
    kNotYet,    // `!`: true and not found yet; a test that finds it says to drop the mark
  };
  Kind kind = Kind::kTrue;
  int line = 0;
  int column = 0;  // 0: any
  std::string rule;
  std::string severity;
  std::string place;  // for messages

  bool matches(const Finding& f) const {
    return f.line == line && (column == 0 || f.column == column) && f.rule == rule &&
           severity_name(f.severity) == severity;
  }
  // Doubts are about where and how bad, too.
  bool allows(const Finding& f) const {
    return f.line == line && f.rule == rule &&
           (kind == Kind::kDoubtful || severity_name(f.severity) == severity);
  }
};

int number(std::string_view text) {
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : -1;
}

std::optional<Fact> parse_fact(std::string_view line) {
  Fact fact;
  if (line.starts_with('?')) fact.kind = Fact::Kind::kDoubtful;
  if (line.starts_with('!')) fact.kind = Fact::Kind::kNotYet;
  if (fact.kind != Fact::Kind::kTrue) line.remove_prefix(1);
  const auto words = split_blanks(line.substr(0, line.find(" #")));
  if (words.size() != 3 || !line.contains(" # ")) return std::nullopt;
  const auto colon = words[0].find(':');
  fact.line = number(words[0].substr(0, colon));
  if (colon != std::string_view::npos) fact.column = number(words[0].substr(colon + 1));
  if (fact.line < 1 || fact.column < 0) return std::nullopt;
  fact.rule = words[1], fact.severity = words[2];
  fact.place = fmt::format("{} {} {}", words[0], words[1], words[2]);
  const bool known = std::set<std::string>{"error", "warning", "info"}.contains(fact.severity);
  return known ? std::optional(fact) : std::nullopt;
}

std::vector<Fact> read_facts(const fs::path& path) {
  std::vector<Fact> facts;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto fact = parse_fact(line);
    EXPECT_TRUE(fact) << path << ": " << line;
    if (fact) facts.push_back(*fact);
  }
  return facts;
}

const fs::path& lists() {
  static const fs::path path = fs::path(SEATRIAL_SOURCE) / "tests/golden/defects";
  return path;
}

fs::path books() { return fs::path(SEATRIAL_SOURCE).parent_path() / "shared/runbooks"; }

std::string place(const Finding& f) {
  return fmt::format("{}:{} {} {} ({})", f.line, f.column, f.rule, severity_name(f.severity),
                     f.message);
}

// The lists of one document against what is found in it.
class Comparison {
 public:
  Comparison(const std::string& book, const std::vector<Finding>& findings)
      : findings_(findings),
        facts_(read_facts(lists() / (book + ".txt"))),
        allowed_(read_facts(lists() / (book + ".allowed.txt"))) {}

  // Facts of rules that exist which no finding states.
  std::vector<std::string> missed() const {
    std::vector<std::string> out;
    for (const auto& fact : facts_)
      if (fact.kind == Fact::Kind::kTrue && find_rule(fact.rule) && !found(fact))
        out.push_back(fact.place);
    return out;
  }

  std::vector<std::string> found_by_now() const {
    std::vector<std::string> out;
    for (const auto& fact : facts_)
      if (fact.kind == Fact::Kind::kNotYet && found(fact)) out.push_back(fact.place);
    return out;
  }

  // Errors must be in the list of defects itself.
  std::vector<std::string> invented() const {
    std::vector<std::string> out;
    for (const auto& finding : findings_) {
      const bool error = finding.severity == Severity::kError;
      if (!listed(facts_, finding) && (error || !listed(allowed_, finding)))
        out.push_back(place(finding));
    }
    return out;
  }

  std::size_t only_allowed() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        findings_, [&](const Finding& f) { return !listed(facts_, f) && listed(allowed_, f); }));
  }

  std::size_t of_rules_to_come() const {
    return static_cast<std::size_t>(std::ranges::count_if(facts_, [](const Fact& fact) {
      return fact.kind != Fact::Kind::kDoubtful && find_rule(fact.rule) == nullptr;
    }));
  }

 private:
  bool found(const Fact& fact) const {
    return std::ranges::any_of(findings_, [&](const Finding& f) { return fact.matches(f); });
  }

  static bool listed(const std::vector<Fact>& facts, const Finding& finding) {
    return std::ranges::any_of(facts, [&](const Fact& fact) { return fact.allows(finding); });
  }

  const std::vector<Finding>& findings_;
  std::vector<Fact> facts_;
  std::vector<Fact> allowed_;
};

class Facts : public ::testing::TestWithParam<std::string> {};

TEST_P(Facts, AreFoundAndNothingElse) {
  const auto path = books() / (GetParam() + ".md");
  ASSERT_FALSE(read_facts(lists() / (GetParam() + ".txt")).empty());
  if (!fs::exists(path)) GTEST_SKIP() << path << " is not here";
  testing::Setting setting;
  setting.surroundings.now_s = 1'795'910'400;  // 2026-11-29, the day the lists were last read
  setting.surroundings.has_file = [](std::string_view file) { return fs::exists(books() / file); };
  const auto findings = testing::check("", *read_file(path.string()), setting);
  const Comparison comparison(GetParam(), findings);
  EXPECT_THAT(comparison.missed(), ::testing::IsEmpty());
  EXPECT_THAT(comparison.invented(), ::testing::IsEmpty());
  EXPECT_THAT(comparison.found_by_now(), ::testing::IsEmpty()) << "drop their '!'";
  fmt::print("{}: {} findings, {} of them only allowed; {} facts wait for their rules\n",
             GetParam(), findings.size(), comparison.only_allowed(), comparison.of_rules_to_come());
}

std::vector<std::string> listed_books() {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(lists()))
    if (entry.path().extension() == ".txt") names.insert(entry.path().stem().stem().string());
  return {names.begin(), names.end()};
}

INSTANTIATE_TEST_SUITE_P(Books, Facts, ::testing::ValuesIn(listed_books()), [](const auto& info) {
  std::string name = info.param;
  std::erase_if(name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); });
  return name;
});

}  // namespace
}  // namespace seatrial::runbook::check
