// Checks a document against rules, without running anything. Pure.
//
// No false alarm is worth more than finding everything: values the shell makes up are never
// judged, and text that is no valid shell only for what is beyond doubt.
#pragma once
#include <span>
#include <vector>

#include "runbook/check/analysis.h"
#include "runbook/check/rule.h"

namespace seatrial::runbook::check {

// In the order of their places.
std::vector<Finding> check_document(const Document& document, const awscli::Grammar& grammar,
                                    const Surroundings& surroundings,
                                    std::span<const Rule* const> rules);

// A part of the document that nothing could be said about.
struct Unread {
  int line = 0;  // 1-based
  std::string why;
};

struct Outcome {
  std::vector<Finding> findings;  // in the order of their places, suppressed ones left out
  std::size_t suppressed = 0;     // by comments (suppressions.h)
  std::size_t left_out = 0;       // beyond kMaxFindingsOfRule
  std::vector<Unread> unread;
};

// check_document, and what the document's comments say about the findings.
Outcome check_and_suppress(const Document& document, const awscli::Grammar& grammar,
                           const Surroundings& surroundings, std::span<const Rule* const> rules);

}  // namespace seatrial::runbook::check
