// The status line and the headers: Beast's serializer costs more than all else of a small answer.
#pragma once
#include <string>

#include "wire/message.h"

namespace seatrial::http {

// With the length of the body or, where nobody knows it, the promise of chunks; the empty line
// included.
std::string head_of(const wire::HttpResponse& response, bool keep_alive);

}  // namespace seatrial::http
