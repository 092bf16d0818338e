// Fn::Cidr: `count` blocks of 2^bits addresses each, from the start of an IPv4 block.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/aws_error.h"

namespace seatrial::decide {

inline constexpr unsigned kMaxCidrBlocks = 256;

// `bits` is the inverse of the mask: 8 gives /24 blocks. IPv6 blocks are refused.
model::Outcome<std::vector<std::string>> split_cidr(std::string_view block, std::string_view count,
                                                    std::string_view bits);

}  // namespace seatrial::decide
