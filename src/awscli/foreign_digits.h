// Digits and blanks beyond ASCII, which Python's int() and float() read as they read "0" and " ".
// Pure.
#pragma once
#include <string_view>

namespace seatrial::awscli {

// Something in it is not ASCII, and all of that are decimal digits or blanks of Unicode 14 (what
// Python 3.11 knows). The ASCII part is not looked at.
bool has_foreign_digits_only(std::string_view text);

}  // namespace seatrial::awscli
