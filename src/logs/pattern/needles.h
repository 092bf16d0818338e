#pragma once
#include <string>
#include <vector>

#include "logs/pattern/ast.h"

namespace seatrial::logs::pattern {

// Bytes that each message that matches contains.
std::vector<std::string> needles_of(const TextPattern& pattern);
std::vector<std::string> needles_of(const JsonPattern& pattern);
std::vector<std::string> needles_of(const DelimitedPattern& pattern);

}  // namespace seatrial::logs::pattern
