// Logs Insights queries that stand in a fence of their own, or between the lines of another one.
#pragma once
#include <string>
#include <vector>

#include "logs/problem.h"
#include "runbook/check/analysis.h"

namespace seatrial::runbook::check {

struct InsightsQuery {
  struct Line {
    int number = 0;          // 1-based, in the document
    std::size_t column = 0;  // 0-based byte of the line where the fence's text begins
    std::size_t begin = 0;   // of the line in `text`
  };
  struct Place {
    int number = 0;
    std::size_t column = 0;
    std::size_t end = 0;
  };
  std::string text;
  std::vector<Line> lines;
  std::vector<Line> foreign_comments;  // lines with -- above or in it, left out of the text

  Place place_of(logs::Span span) const;  // cut to its first line
};

// By the fence's language, or by unmistakable text: a line that begins with a command of the
// language and lines behind it that begin with | and one. Nothing with placeholders in it.
std::vector<InsightsQuery> insights_queries(const Analysis& analysis);

}  // namespace seatrial::runbook::check
