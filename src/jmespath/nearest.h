// The name that was probably meant. Pure. Any thread.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::jmespath {

// Letter case, '-' and '_' count for nothing; then few changed letters; then the only name that
// begins or ends with it ("name" for "clusterName"). Empty when none is near.
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace seatrial::jmespath
