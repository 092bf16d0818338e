// Attributes of load balancers and target groups: defaults, and which values are carried out.
//
// Every attribute AWS lists is shown with its default. One that the proxy or the controller carries
// out may be changed; any other value than the default of the rest is refused, because storing it
// would claim what is not done.
#pragma once
#include <optional>
#include <string>

#include "room/room.h"
#include "services/elbv2/store.h"

namespace seatrial::services::elbv2 {

StringMap default_balancer_attributes(bool network);
StringMap default_group_attributes(bool network);
// Why the attribute cannot have this value; empty when it can.
std::optional<model::AwsError> attribute_problem(const StringMap& defaults, const std::string& key,
                                                 const std::string& value);
// A number attribute of a record; its stored text has been checked.
int number_attribute(const StringMap& attributes, const std::string& key);
bool flag_attribute(const StringMap& attributes, const std::string& key);

}  // namespace seatrial::services::elbv2
