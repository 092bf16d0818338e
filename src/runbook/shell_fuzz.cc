// Everything that reads shell text: from documents, so from anywhere. Places stand inside the
// script, every byte of a word knows where it comes from, foreign texts stand in order. Input: a
// script.
#include <algorithm>
#include <cstdint>

#include "base/check.h"
#include "runbook/bash_syntax.h"
#include "runbook/foreign_text.h"
#include "runbook/placeholders.h"
#include "runbook/shell_facts.h"

namespace {

using namespace seatrial::runbook;

void check_word(const ShellWord& word, std::size_t size) {
  ST_CHECK(word.origins.size() == word.text.size(), "a byte of a word without its place");
  ST_CHECK(word.begin <= word.end && word.end <= size, "a word outside the script");
  for (auto origin : word.origins) ST_CHECK(origin < size, "a byte outside the script");
  for (const auto& expansion : word.expansions)
    ST_CHECK(expansion.at < word.text.size(), "an expansion outside its word");
}

void check_facts(std::string_view script) {
  const auto facts = shell_facts(script);
  for (const auto& command : facts.commands) {
    ST_CHECK(!command.words.empty(), "a command without a word");
    for (auto word : command.words) {
      check_word(word, script.size());
      mark_placeholder(word, word.begin, word.begin + 1);
      check_word(word, script.size());
    }
  }
  for (const auto& assignment : facts.assignments) {
    ST_CHECK(assignment.end <= script.size(), "an assignment outside the script");
    check_word(assignment.value, script.size());
  }
  for (const auto& use : facts.uses) ST_CHECK(use.end <= script.size(), "a use outside");
}

void check_bash(std::string_view script) {
  if (const auto refusal = bash_refusal(script))
    ST_CHECK(refusal->begin <= refusal->end && refusal->begin <= script.size(),
             "a refusal outside the script");
  (void)open_here_document(script);
  std::size_t at = 0;
  for (const auto& text : foreign_text(script)) {
    ST_CHECK(at <= text.begin && text.begin < text.end && text.end <= script.size(),
             "foreign texts out of order");
    at = text.end;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view script(reinterpret_cast<const char*>(data), size);
  check_facts(script);
  check_bash(script);
  (void)split_statements(script);
  (void)used_variables(script);
  for (const auto& p : angle_placeholders(script))
    ST_CHECK(p.begin < p.end && p.end <= size, "a placeholder outside the script");
  for (const auto& p : placeholders_in(script))
    ST_CHECK(p.begin < p.end && p.end <= size, "a placeholder outside the value");
  return 0;
}
