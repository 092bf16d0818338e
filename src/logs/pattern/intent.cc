// Patterns that are valid and cannot do what they are plainly meant to: only what is certain.
#include <algorithm>

#include "logs/pattern/match.h"

namespace seatrial::logs::pattern {
namespace {

Problem problem(Span span, std::string message, std::string suggestion = {}) {
  return {Problem::Kind::kIntent, span, std::move(message), std::move(suggestion),
          Certainty::kCertain};
}

bool is(const Term& term, Term::Sign sign) { return term.sign == sign; }

// Optional terms beside others: the guide says that they are ignored.
void ignored_terms(const TextPattern& pattern, std::vector<Problem>& out) {
  const auto optional = [](const Term& term) { return is(term, Term::Sign::kOptional); };
  if (std::ranges::all_of(pattern.terms, optional)) return;
  for (const auto& term : pattern.terms)
    if (optional(term))
      out.push_back(problem(term.span,
                            fmt::format("?{} is ignored: optional terms count only where all terms "
                                        "of the pattern are optional",
                                        term.text)));
}

// ERROR OR WARN: the word between is a term.
void joining_words(const TextPattern& pattern, std::vector<Problem>& out) {
  for (std::size_t i = 1; i + 1 < pattern.terms.size(); ++i) {
    const auto& term = pattern.terms[i];
    if (term.quoted || !is(term, Term::Sign::kRequired)) continue;
    if (term.text == "OR")
      out.push_back(
          problem(term.span,
                  "OR is a term like others here: events must contain the letters OR too; "
                  "one of several terms is asked for by a ? before each"));
    else if (term.text == "AND")
      out.push_back(problem(term.span,
                            "AND is a term like others here: events must contain the letters AND "
                            "too; terms alone are all asked for"));
  }
}

void excluded_and_required(const TextPattern& pattern, std::vector<Problem>& out) {
  for (const auto& excluded : pattern.terms) {
    if (!is(excluded, Term::Sign::kExcluded)) continue;
    const bool never = std::ranges::any_of(pattern.terms, [&](const Term& term) {
      return is(term, Term::Sign::kRequired) && term.text.contains(excluded.text);
    });
    if (never)
      out.push_back(problem(excluded.span,
                            "no event matches: what is excluded here is part of what "
                            "is required"));
  }
}

// order-id-7: the term order without the terms id and 7.
void hyphenated_terms(const TextPattern& pattern, std::vector<Problem>& out) {
  for (std::size_t i = 0; i + 1 < pattern.terms.size(); ++i) {
    const auto& first = pattern.terms[i];
    std::string whole = first.text;
    std::size_t last = i;
    while (last + 1 < pattern.terms.size() && pattern.terms[last + 1].joined)
      whole += "-" + pattern.terms[++last].text;
    if (last == i) continue;
    const std::size_t begin = first.span.end - first.text.size();
    out.push_back(
        problem({begin, pattern.terms[last].span.end},
                fmt::format("a - outside quotation marks excludes what follows it: {} is not "
                            "looked for as it stands",
                            whole),
                fmt::format("\"{}\"", whole)));
    out.back().certainty = Certainty::kLikely;
    i = last;
  }
}

// What a test says a field is equal to, when that is one text.
const Value* equal_to(const Condition& test, Operator op) {
  const bool exact = test.kind == Condition::Kind::kCompare && test.op == op && !test.value.regex &&
                     !test.value.glob.wild();
  return exact ? &test.value : nullptr;
}

bool same(const Value& a, const Value& b) {
  if (a.number && b.number) return *a.number == *b.number;
  return a.text == b.text;
}

// a = 1 && a = 2: never; a != 1 || a != 2: always, where there is an a.
void contradictions(const Condition& condition, std::vector<Problem>& out) {
  const bool all = condition.kind == Condition::Kind::kAnd;
  const auto op = all ? Operator::kEqual : Operator::kNotEqual;
  for (std::size_t i = 0; i < condition.children.size(); ++i) {
    const auto* value = equal_to(condition.children[i], op);
    for (std::size_t k = 0; k < i && value != nullptr; ++k) {
      const auto* other = equal_to(condition.children[k], op);
      if (other == nullptr || condition.children[k].field != condition.children[i].field ||
          same(*value, *other))
        continue;
      out.push_back(problem(condition.children[i].span,
                            all ? fmt::format("no event matches: the same field is asked to be {} "
                                              "as well; alternatives are joined by ||",
                                              other->text)
                                : fmt::format("every value matches: it differs from this or from "
                                              "{}; exclusions are joined by &&",
                                              other->text)));
      break;
    }
  }
  for (const auto& child : condition.children) contradictions(child, out);
}

}  // namespace

std::vector<Problem> misleading(const TextPattern& pattern) {
  std::vector<Problem> out;
  ignored_terms(pattern, out);
  joining_words(pattern, out);
  hyphenated_terms(pattern, out);
  excluded_and_required(pattern, out);
  return out;
}

std::vector<Problem> misleading(const JsonPattern& pattern) {
  std::vector<Problem> out;
  contradictions(pattern.condition, out);
  return out;
}

std::vector<Problem> misleading(const DelimitedPattern& pattern) {
  std::vector<Problem> out;
  for (const auto& slot : pattern.slots)
    if (slot.condition) contradictions(*slot.condition, out);
  // [ERROR]
  if (pattern.slots.size() == 1 && !pattern.slots[0].name.empty() && !pattern.slots[0].condition) {
    const auto& slot = pattern.slots[0];
    out.push_back(problem(slot.span,
                          fmt::format("every event matches: in brackets {} is the name of a field, "
                                      "not a term; \"[{}]\" in quotation marks is one",
                                      slot.name, slot.name)));
  }
  return out;
}

}  // namespace seatrial::logs::pattern
