// What is wrong with a text in one of the logs languages (filter patterns, Insights queries), and
// how sure that is.
//
// Two users ask different things: the service refuses whatever it cannot carry out, the runbook
// checker speaks only where AWS says so. Hence the certainty beside each problem.
#pragma once
#include <cstddef>
#include <string>

namespace seatrial::logs {

// Bytes of the text, half open.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

enum class Certainty {
  kCertain,  // documented, or seen to be refused by AWS
  kLikely,   // AWS documents another form, but is not known to refuse this one
  kGuess,    // refused here for not knowing what AWS does
};

struct Problem {
  enum class Kind {
    kSyntax,
    kMeaning,  // well formed, but names or values that AWS refuses
    kIntent,   // carried out, but it cannot do what it plainly is meant to
  };
  Kind kind = Kind::kSyntax;
  Span span;
  std::string message;     // a sentence's beginning in lower case, without a full stop
  std::string suggestion;  // what to write in place of the span, or empty
  Certainty certainty = Certainty::kCertain;

  bool refused() const { return kind != Kind::kIntent; }
};

}  // namespace seatrial::logs
