// CloudFormation's properties to an operation's input, driven by the operation's model: names are
// matched without regard to case, scalars are converted as CloudFormation converts them, and a
// property the input does not have is refused by its path, at every depth.
#pragma once
#include <map>
#include <set>
#include <string_view>

#include "services/cloudformation/api_caller.h"

namespace seatrial::services::cloudformation {

struct Mapping {
  std::string_view service;                              // "ecs"
  std::string_view operation;                            // "CreateCluster"
  std::map<std::string_view, std::string_view> renamed;  // property -> input member, top level only
  std::set<std::string_view> elsewhere;                  // properties other calls carry
};

Attempt<Value> map_properties(const Mapping& mapping, const Value& properties);

}  // namespace seatrial::services::cloudformation
