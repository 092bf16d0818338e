// Event patterns of EventBridge and filter policies of SNS: one language, compiled once, matched
// against a JSON value. Pure.
//
// Problem: both services compare fields by the same operators and differ in small things (a filter
// policy of message attributes has no nesting and compares numbers by value). Choice: one compiler
// with a dialect, one matcher over a tree. Rejected: an automaton over all rules together, as AWS's
// event-ruler builds: a world has tens of rules, and a tree can be read.
//
// Behaviour: docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html and
// eb-create-pattern-operators.html; docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-
// policies.html. The words of the errors are those of github.com/aws/event-ruler.
#pragma once
#include <array>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/value.h"

namespace seatrial::decide {

enum class PatternDialect { kEvent, kAttributes, kBody };  // the latter two: SNS filter policies

inline constexpr std::size_t kMaxPatternDepth = 64;
inline constexpr std::size_t kMaxPatternTests = 10'000;     // of one pattern
inline constexpr double kMaxPatternNumber = 5e9;            // of "numeric", either sign
inline constexpr std::size_t kMaxPolicyNames = 5;           // attribute names of a filter policy
inline constexpr std::size_t kMaxPolicyCombinations = 150;  // product of its value counts

struct PatternBound {
  double value = 0;
  bool inclusive = false;
};

struct PatternTest {
  enum class Kind {
    kEquals,
    kIgnoreCase,
    kPrefix,
    kSuffix,
    kWildcard,
    kNumeric,
    kExists,
    kCidr,
    kAnythingBut
  } kind = Kind::kEquals;
  Value value;                               // kEquals: any scalar
  std::string text;                          // of the text kinds
  bool ignore_case = false;                  // kPrefix, kSuffix
  std::optional<PatternBound> above, below;  // kNumeric
  bool exists = false;                       // kExists
  std::array<unsigned char, 16> address{};   // kCidr
  int address_bits = 0, prefix_bits = 0;     // kCidr: 32 or 128; how many count
  std::vector<PatternTest> none_of;          // kAnythingBut: none of these may hold
};

struct PatternNode {
  struct Field {
    std::string name;
    std::vector<PatternTest> any_of;     // a leaf: one must hold
    std::unique_ptr<PatternNode> below;  // else: the fields of an object
  };
  std::vector<Field> all_of;
  std::vector<std::vector<PatternNode>> or_groups;  // of each "$or", one must match
};

class EventPattern {
 public:
  // The error is the reason alone, in event-ruler's words.
  static std::expected<EventPattern, std::string> compile(std::string_view json,
                                                          PatternDialect dialect);
  bool matches(const Value& event) const;

 private:
  PatternNode root_;
  PatternDialect dialect_ = PatternDialect::kEvent;
};

// The parts, for tests: `*` stands for any run of characters, `\*` and `\\` for themselves.
bool wildcard_matches(std::string_view pattern, std::string_view text);

}  // namespace seatrial::decide
