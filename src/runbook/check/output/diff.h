// Differences of two texts in the unified form that patch and git apply take. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::runbook::check {

// Lines [begin, end) of the old text (0-based) that became `lines` (with their line ends).
struct Change {
  std::size_t begin = 0, end = 0;
  std::vector<std::string> lines;
};

// Line by line where both have equally many, else all between the first and the last difference.
std::vector<Change> changes_between(std::string_view before, std::string_view after);

// Three lines of context; empty when nothing changed.
std::string unified_diff(const std::string& name, std::string_view before, std::string_view after);

}  // namespace seatrial::runbook::check
