// The two real networks, and the choice between them.
#pragma once
#include <memory>
#include <string>

#include "drivers/network.h"

namespace seatrial::drivers {

enum class NetworkMode { kAutomatic, kNamespaces, kLoopback };

// kAutomatic takes namespaces where this process may make them (root with CAP_SYS_ADMIN and
// CAP_NET_ADMIN, iproute2 installed), else loopback addresses; SEATRIAL_NETWORK=loopback or
// =namespaces in the environment decides for it. The error is a sentence with what to do.
std::expected<std::unique_ptr<NetworkDriver>, std::string> make_network(
    const std::string& world_dir, NetworkMode mode = NetworkMode::kAutomatic);

// Empty when namespaces can be made here, else why not.
std::string why_no_namespaces();

}  // namespace seatrial::drivers
