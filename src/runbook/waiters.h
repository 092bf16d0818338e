// How long the AWS clients' waiters wait between two looks, in a world whose time runs faster.
//
// Problem: `aws ecs wait services-stable` looks every 15 seconds of the machine's time, however
// fast the world runs, so a rehearsal at --speed 5 waits five times too long. Choice: the clients
// read waiters from AWS_DATA_PATH before their own; there they find the same ones with the delay
// divided by the speed. How often they look before they give up stays as it is. Pure.
#pragma once
#include <string>

#include "model/pack.h"

namespace seatrial::runbook {

using Serves = std::function<bool(const model::Operation&)>;

// The text of <service>/<api version>/waiters-2.json at this speed; empty when none is left.
std::string waiters_model(const model::Service& service, double speed, const Serves& serves);

}  // namespace seatrial::runbook
