// What services refuse and their models say in prose only: values that one operation takes, how far
// back a time may lie. A table. Pure.
#pragma once
#include <string>
#include <vector>

#include "runbook/check/analysis.h"

namespace seatrial::runbook::check {

struct ServiceRefusal {
  std::size_t word = 0;
  std::size_t begin = 0, end = std::string::npos;  // bytes of its text
  std::string message;
  std::string suggestion;
  bool certain = true;  // or an empty answer
};

// Fixed days are judged where the surroundings know today's.
std::vector<ServiceRefusal> service_refusals(const Analysis& analysis, const Command& command);

}  // namespace seatrial::runbook::check
