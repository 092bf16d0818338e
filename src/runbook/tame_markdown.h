// What cmark-gfm takes quadratic time or memory for, taken out before it reads a document.
//
// Problem: documents come from anywhere, and Debian's cmark-gfm (0.29.0.gfm.6) has known inputs of
// a few hundred kilobytes that keep it busy for minutes: containers nested thousands deep, openings
// of declarations that never close, wide tables with short rows.
// Choice: such places, far outside anything an author writes, are blanked byte for byte, so that
// all other places stay where they are. Rejected: a time limit (the answer would depend on the
// machine), a later cmark (not in Debian 12). Pure.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace seatrial::runbook {

// Container markers at the beginning of one line, and columns of blanks before a list's marker.
inline constexpr std::size_t kMaxContainersInLine = 64;
inline constexpr std::size_t kMaxListIndent = 400;
// `<?`, `<!X` and `<![CDATA[` inside text that no end follows in the same paragraph.
inline constexpr std::size_t kMaxUnclosedDeclarations = 100;
inline constexpr std::size_t kMaxTableColumns = 1000;
// Cells that short rows of a document's tables leave out.
inline constexpr std::size_t kMaxMissingCells = 100'000;

// The text to read in place of `source`, of the same length and with the same lines; empty when
// there is nothing to blank. Line ends are \n.
std::optional<std::string> tame_markdown(std::string_view source);

}  // namespace seatrial::runbook
