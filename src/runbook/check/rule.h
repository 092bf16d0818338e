// What a rule is, what it reports and how a report finds its place. Pure.
//
// A rule looks at a whole document, read once (analysis.h), and reports ranges of bytes: of a
// fence's script, or of the document. One file per rule in rules/, listed in rules/rules.cc.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/record.h"

namespace seatrial::runbook::check {

struct Fence;
struct Command;
class Analysis;

enum class Severity { kInfo, kWarning, kError };
std::string_view severity_name(Severity severity);  // "info", "warning", "error"

// A replacement of bytes of the document that mends the finding without changing its meaning.
struct Edit {
  std::size_t begin = 0;  // bytes in Document::source
  std::size_t end = 0;
  std::string text;
};

struct Finding {
  std::string file;
  int line = 0;  // 1-based
  int end_line = 0;
  int column = 0;      // 1-based, bytes
  int end_column = 0;  // on end_line, exclusive
  std::string rule;
  Severity severity = Severity::kError;
  std::string message;
  std::string suggestion;  // what to write instead, or empty
  std::vector<Edit> fix;   // all or none of it
};

struct Rule {
  std::string_view id;       // "unknown-option": also the name of its page in docs/rules
  Severity severity;         // of its reports unless they say otherwise
  std::string_view summary;  // one line
  void (*look)(const Analysis& analysis, class Reports& reports);
};

// What a report says beside its place.
struct Note {
  std::string message;
  std::string suggestion = {};
  std::optional<Severity> severity = std::nullopt;        // another than the rule's
  std::optional<std::string> replacement = std::nullopt;  // of the reported bytes: the fix
};

// Findings of one rule in one document; what is beyond is only counted.
inline constexpr std::size_t kMaxFindingsOfRule = 2000;

// Collects one rule's reports and gives them their places.
class Reports {
 public:
  Reports(const Analysis& analysis, const Rule& rule) : analysis_(analysis), rule_(rule) {}

  // Bytes of a fence's script. A range of several lines is cut to its first when it is drawn.
  void at(const Fence& fence, std::size_t begin, std::size_t end, Note note);
  // A word of a command, whole or the bytes [begin, end) of its text.
  void at_word(const Command& command, std::size_t word, Note note);
  void at_word(const Command& command, std::size_t word, std::size_t begin, std::size_t end,
               Note note);
  // A line of the document (1-based): the bytes [begin, end) of it, or all but its indentation.
  void at_line(int line, Note note);
  void at_line(int line, std::size_t begin, std::size_t end, Note note);

  std::vector<Finding> take() { return std::move(findings_); }
  std::size_t left_out() const { return left_out_; }  // beyond kMaxFindingsOfRule

 private:
  void add(std::size_t begin, std::size_t end, Note note);

  const Analysis& analysis_;
  const Rule& rule_;
  std::vector<Finding> findings_;
  std::size_t left_out_ = 0;
};

}  // namespace seatrial::runbook::check
