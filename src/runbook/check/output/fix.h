// Findings mended where the mend is mechanical.
//
// Edits are given in bytes of Document::source, in which line ends are \n and broken bytes are
// replaced. They are carried back to the file's own bytes, so that CRLF, a byte order mark and
// bytes that are no text stay. After each pass the document is checked again: a finding that is
// still there has its edits taken back. Pure.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runbook/check/rule.h"
#include "runbook/document.h"

namespace seatrial::runbook::check {

// Passes over one document: a mend may show the next defect, which may be mended in turn.
inline constexpr int kMaxFixPasses = 5;
// Edits that are tried one by one when a pass as a whole did not do what it should.
inline constexpr std::size_t kMaxSingleFixes = 100;

struct Mended {
  std::string bytes;      // of the file
  std::size_t count = 0;  // findings
};

// The findings of a file's bytes, only those that may be mended.
using Recheck = std::function<std::vector<Finding>(std::string_view bytes)>;

// Empty when nothing could be mended.
std::optional<Mended> mend(std::string_view bytes, const Recheck& recheck);

// The bytes with the findings' edits, as the file writes them. Edits of a finding are made all or
// not at all; one that touches an earlier finding's edits is left for the next pass. `made` gets
// the indices of the findings that were mended.
std::string apply_edits(std::string_view bytes, std::span<const Finding> findings,
                        std::vector<std::size_t>& made);

}  // namespace seatrial::runbook::check
