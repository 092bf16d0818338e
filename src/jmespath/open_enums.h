// Lists of values in AWS's models that are known not to hold.
//
// Problem: a model's enum is what a service promises, and some services answer otherwise: in other
// letter case, with values that were never added, with nothing. What is told of a value must be
// true. Choice: the enums that the examples of output in the AWS CLI 1.45.11's own help contradict
// (58 of those that occur in 4,530 outputs; 6,162 values agree, 182 do not). For them any text is
// possible. Pure. Any thread.
#pragma once
#include <string_view>

namespace seatrial::jmespath {

// `service` as the pack names it ("dms"), `shape` as the model does
// ("ReplicationEndpointTypeValue").
bool is_open_enum(std::string_view service, std::string_view shape);

}  // namespace seatrial::jmespath
