// The part of a document that a finding is about, as a compiler shows it. Pure.
#pragma once
#include <string>

#include "runbook/check/rule.h"
#include "runbook/document.h"

namespace seatrial::runbook::check {

struct Snippet {
  std::string line;  // without tabs and control characters, cut to the width
  std::string mark;  // blanks, a caret, tildes
};

// A finding of several lines is shown by its first. `width`: columns of the terminal.
Snippet snippet(const Finding& finding, const Document& document, std::size_t width);

// Text of others for a terminal: control characters and those that change the direction of text
// are made visible.
std::string harmless(std::string_view text);

}  // namespace seatrial::runbook::check
