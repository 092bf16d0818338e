// Comments of a shell script that speak to seatrial, and the lines they speak of. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::runbook {

struct ShellDirective {
  std::string text;         // from "seatrial:" to the line's end
  std::uint32_t begin = 0;  // byte of that in the script
  // 0-based lines, inclusive: of the statement it stands in or, alone on its line, of the next
  // one. first_line > last_line when there is none.
  std::uint32_t first_line = 0;
  std::uint32_t last_line = 0;
};

// By the shell's grammar: quoted text and here-documents hold none.
std::vector<ShellDirective> shell_directives(std::string_view script);

// Of a text in another language: lines that begin with '#', each speaking of the next line.
std::vector<ShellDirective> line_directives(std::string_view text);

}  // namespace seatrial::runbook
