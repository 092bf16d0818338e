// Ends what a world runs outside its daemon: containers, the proxy, names in /etc/hosts, the
// network and cgroups. Used by a daemon that goes down, and by `down` after one that was killed.
// State stays.
#pragma once
#include "base/clock.h"
#include "drivers/haproxy/haproxy_driver.h"
#include "drivers/image/image_store.h"
#include "drivers/network.h"
#include "drivers/network/hosts_file.h"
#include "drivers/process/process_driver.h"
#include "world/paths.h"

namespace seatrial::world {

// From SIGTERM to SIGKILL at `down`. Shorter than a task's stopTimeout: whoever takes a world down
// waits for it, and no traffic is left to drain.
inline constexpr std::chrono::seconds kStopGrace{5};

// A short name of the world for what must be unique on the machine (cgroups).
std::string machine_name(const Paths& paths);
drivers::ProcessDriverOptions process_options(const Paths& paths);

// Ends all containers, those of an earlier daemon too, and waits until they are gone. No other
// driver may work on the world's containers meanwhile. How they ended and the rest of their output
// is kept for the next `up`.
void end_containers(const Paths& paths, drivers::ImageStore& images, const Clock& clock);

// All of it, in the order in which it depends on each other. `hosts` may be null.
void end_all(const Paths& paths, drivers::ImageStore& images, const Clock& clock,
             drivers::HaproxyDriver& proxy, drivers::HostsFile* hosts,
             drivers::NetworkDriver& network);

// After a daemon that was killed; whoever calls holds the world's lock. False when nothing was
// left. The error says what could not be looked at.
std::expected<bool, std::string> end_leftovers(const Paths& paths);

}  // namespace seatrial::world
