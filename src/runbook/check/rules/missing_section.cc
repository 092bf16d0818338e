// The text sends the reader to a section that the document does not have.
// docs/rules/missing-section.md
//
// Problem: prose names sections loosely ("Rollback Procedure below", "Manual Rollback Method 1").
// Choice: a name fits a heading that has all its words, in any order, plural or not; only names
// that the text plainly calls a section are looked for. Rejected: every quoted name, since prose
// quotes buttons, messages and states as well.
#include <algorithm>
#include <optional>

#include "runbook/check/reading/story.h"
#include "runbook/check/reading/words.h"
#include "runbook/check/rules/rules.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

// Longest name that is looked for.
constexpr std::size_t kMaxName = 80;

bool is_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) || (c & 0x80) != 0; }

// Lower case, letters and digits only, plurals cut; "the", "section" and the like left out.
std::vector<std::string> significant_words(std::string_view text) {
  constexpr std::string_view kDropped = " the a an and of for to in section sections procedure ";
  std::vector<std::string> out;
  std::string word;
  const auto flush = [&] {
    if (word.size() > 3 && word.ends_with('s') && !word.ends_with("ss")) word.pop_back();
    if (!word.empty() && !kDropped.contains(" " + word + " ")) out.push_back(word);
    word.clear();
  };
  for (char c : lower(text))
    if (is_letter(c))
      word += c;
    else
      flush();
  flush();
  return out;
}

bool is_heading(const Document& document, std::string_view name) {
  const auto wanted = significant_words(name);
  if (wanted.empty()) return true;
  return std::ranges::any_of(document.headings, [&](const Heading& heading) {
    const auto words = significant_words(heading.text);
    return std::ranges::all_of(wanted, [&](const std::string& word) {
      return std::ranges::find(words, word) != words.end();
    });
  });
}

std::string nearest_heading(const Document& document, std::string_view name) {
  const auto wanted = significant_words(name);
  std::size_t most = 0;
  std::string best;
  for (const auto& heading : document.headings) {
    const auto words = significant_words(heading.text);
    const auto common =
        static_cast<std::size_t>(std::ranges::count_if(wanted, [&](const std::string& word) {
          return std::ranges::find(words, word) != words.end();
        }));
    if (common > most) most = common, best = heading.text;
  }
  return best;
}

// A name in a line: bytes with its quotes, if it has any.
struct Named {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view name;
};

// The last word before a byte, markup aside.
std::string last_word(std::string_view line, std::size_t at) {
  auto before = line.substr(0, at);
  while (!before.empty() && std::string_view(" \t*_`").contains(before.back()))
    before.remove_suffix(1);
  auto begin = before.size();
  while (begin > 0 && is_letter(before[begin - 1])) --begin;
  return lower(before.substr(begin));
}

// "you will see", "should see": what the reader sees there is no section.
bool is_observed(std::string_view line, std::size_t at) {
  const auto before = lower(trim(line.substr(0, at)));
  const auto words = split_blanks(before);
  if (words.size() < 2 || last_word(line, at) != "see") return false;
  for (auto auxiliary : {"will", "should", "can", "may", "might", "must", "you", "to", "we", "'ll",
                         "ll", "not", "users", "they"})
    if (words[words.size() - 2].ends_with(auxiliary)) return true;
  return false;
}

// Another document is meant.
bool is_elsewhere(std::string_view line) {
  return says_any(line, {"wiki", "documentation", "docs", "guide", "confluence", "notion", "http",
                         "https", "md", "dashboard", "console", "tab", "menu", "page", "playbook"});
}

// Whether what stands around a quoted name calls it a section of this document.
bool is_reference(std::string_view line, const Named& named) {
  const auto verb = last_word(line, named.begin);
  const auto behind = trim(line.substr(named.end));
  const bool called = says(behind.substr(0, behind.find_first_of(".;,(")), "section") ||
                      behind.starts_with("above") || behind.starts_with("below");
  if (verb == "see" || verb == "section")
    return !is_observed(line, named.begin) &&
           (called || verb == "section" || behind.empty() || behind.starts_with("for ") ||
            behind.starts_with(".") || behind.starts_with(")"));
  // "from the ... section" takes something from another page.
  if (verb == "the") return called && !lower(line.substr(0, named.begin)).contains("from the");
  for (auto other : {"follow", "to", "with", "in", "per"})
    if (verb == other) return called;
  return false;
}

// The names in straight or curly double quotes of a line.
std::vector<Named> quoted_names(std::string_view line) {
  constexpr std::string_view kOpen = "\u201C", kClose = "\u201D";
  std::vector<Named> out;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const bool curly = line.substr(at).starts_with(kOpen);
    if (line[at] != '"' && !curly) continue;
    const auto begin = at + (curly ? kOpen.size() : 1);
    const auto end = line.find(curly ? kClose : std::string_view("\""), begin);
    if (end == std::string_view::npos) break;
    const auto close = end + (curly ? kClose.size() : 1);
    if (end - begin <= kMaxName) out.push_back({at, close, line.substr(begin, end - begin)});
    at = close - 1;
  }
  return out;
}

// "see the Emergency Contacts section": capitalised words between "see" and "section".
std::optional<Named> titled_name(std::string_view line) {
  const auto text = lower(line);
  const auto section = text.find(" section");
  if (section == std::string::npos || text.substr(section + 8).starts_with(" of")) return {};
  std::size_t begin = section;
  while (begin > 0) {
    const auto blank = line.rfind(' ', begin - 1);
    const auto from = blank == std::string_view::npos ? 0 : blank + 1;
    if (from == begin || !std::isupper(static_cast<unsigned char>(line[from]))) break;
    if (line.substr(from, begin - from).find_first_of("\".,;:!?()") != std::string_view::npos)
      break;
    begin = from;
    if (begin > 0) --begin;
  }
  while (begin < section && line[begin] == ' ') ++begin;
  auto verb = last_word(line, begin);
  if (verb == "the") verb = last_word(line, text.rfind("the", begin));
  if (begin == section || (verb != "see" && verb != "in" && verb != "to")) return {};
  return Named{begin, section, line.substr(begin, section - begin)};
}

void look_at_line(const Analysis& analysis, int number, Reports& reports) {
  const auto line = analysis.document().lines[static_cast<std::size_t>(number - 1)];
  if (is_elsewhere(line)) return;
  const auto report = [&](const Named& named) {
    if (is_heading(analysis.document(), named.name)) return;
    reports.at_line(number, named.begin, named.end,
                    {fmt::format("no section of this document is called \"{}\"", named.name),
                     nearest_heading(analysis.document(), named.name)});
  };
  for (const auto& named : quoted_names(line))
    if (is_reference(line, named)) report(named);
  if (const auto named = titled_name(line)) report(*named);
}

// The words of a text before its number and the number: "manual rollback method", "3".
struct Counted {
  std::string words;
  std::string number;
};
std::optional<Counted> counted(const std::vector<std::string>& words) {
  constexpr std::string_view kKinds = " method option step phase scenario case ";
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    const bool digits = words[i + 1].find_first_not_of("0123456789") == std::string::npos;
    if (!digits || !kKinds.contains(" " + words[i] + " ")) continue;
    Counted out{{}, words[i + 1]};
    for (std::size_t k = 0; k <= i; ++k) out.words += words[k] + " ";
    return out;
  }
  return std::nullopt;
}

// A branch of a drawn decision tree: "YES → Manual Rollback Method 4". Only names whose siblings
// with other numbers are headings are looked for.
void look_at_branch(const Analysis& analysis, int number, std::size_t from, Reports& reports) {
  const auto& document = analysis.document();
  const auto line = document.lines[static_cast<std::size_t>(number - 1)];
  const auto name = trim(line.substr(from));
  const auto named = counted(significant_words(name.substr(0, name.find('('))));
  if (!named) return;
  bool sibling = false;
  for (const auto& heading : document.headings) {
    const auto other = counted(significant_words(heading.text));
    if (!other || other->words != named->words) continue;
    if (other->number == named->number) return;
    sibling = true;
  }
  if (!sibling) return;
  const auto begin = static_cast<std::size_t>(name.data() - line.data());
  reports.at_line(number, begin, begin + name.size(),
                  {fmt::format("no section of this document is called \"{}\"", name),
                   nearest_heading(document, name)});
}

void look_at_tree(const Analysis& analysis, const Block& block, Reports& reports) {
  if (!block.content.contains("\u251C") && !block.content.contains("->")) return;
  const auto count = static_cast<int>(split_lines(block.content).size());
  for (int number = block.line; number < block.line + count; ++number) {
    if (number > static_cast<int>(analysis.document().lines.size())) return;
    const auto line = analysis.document().lines[static_cast<std::size_t>(number - 1)];
    for (std::string_view arrow : {"\u2192", "->", "=>"}) {
      const auto at = line.rfind(arrow);
      if (at == std::string_view::npos) continue;
      look_at_branch(analysis, number, at + arrow.size(), reports);
      break;
    }
  }
}

// The lines of a paragraph: up to an empty one or a fence.
void look_at_text(const Analysis& analysis, const Block& block, Reports& reports) {
  const auto& lines = analysis.document().lines;
  for (int number = block.line; number <= static_cast<int>(lines.size()); ++number) {
    const auto line = trim(lines[static_cast<std::size_t>(number - 1)]);
    const bool item = number > block.line &&
                      (line.starts_with("- ") || line.starts_with("* ") || step_number(line) > 0);
    if (line.empty() || line.starts_with("```") || line.starts_with("#") || item) return;
    look_at_line(analysis, number, reports);
  }
}

void check_missing_section(const Analysis& analysis, Reports& reports) {
  const Story story(analysis);
  for (const auto& event : story.events())
    if (event.kind == Event::Kind::kComment) look_at_line(analysis, event.line, reports);
  for (const auto& block : analysis.document().blocks)
    if (block.kind == Block::Kind::kText)
      look_at_text(analysis, block, reports);
    else if (!is_shell_fence(block))
      look_at_tree(analysis, block, reports);
  for (const auto& row : analysis.document().rows) look_at_line(analysis, row.line, reports);
}

}  // namespace

const Rule kMissingSection{"missing-section", Severity::kWarning,
                           "the text names a section that the document does not have",
                           check_missing_section};

}  // namespace seatrial::runbook::check
