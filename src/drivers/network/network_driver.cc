// Chooses the network; see the header.
#include "drivers/network/network_driver.h"

#include <unistd.h>

#include <fstream>

#include "base/log.h"
#include "drivers/network/loopback_network.h"
#include "drivers/network/namespace_network.h"
#include "drivers/program.h"

namespace seatrial::drivers {
namespace {

constexpr unsigned kCapNetAdmin = 12, kCapSysAdmin = 21;

std::uint64_t effective_capabilities() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("CapEff:")) return std::stoull(line.substr(7), nullptr, 16);
  }
  return 0;
}

}  // namespace

std::string why_no_namespaces() {
  const auto capabilities = effective_capabilities();
  if (::geteuid() != 0 || (capabilities >> kCapNetAdmin & 1) == 0 ||
      (capabilities >> kCapSysAdmin & 1) == 0) {
    return "making network namespaces needs root with CAP_NET_ADMIN and CAP_SYS_ADMIN";
  }
  if (find_program("ip").empty()) return "`ip` is not installed: apt-get install iproute2";
  return "";
}

std::expected<std::unique_ptr<NetworkDriver>, std::string> make_network(
    const std::string& world_dir, NetworkMode mode) {
  const char* wish = std::getenv("SEATRIAL_NETWORK");
  if (mode == NetworkMode::kAutomatic && wish != nullptr && *wish != 0) {
    if (std::string_view(wish) == "loopback")
      mode = NetworkMode::kLoopback;
    else if (std::string_view(wish) == "namespaces")
      mode = NetworkMode::kNamespaces;
    else
      return std::unexpected(
          fmt::format("SEATRIAL_NETWORK is '{}': use loopback or namespaces", wish));
  }
  auto reason =
      mode == NetworkMode::kLoopback ? std::string("loopback was asked for") : why_no_namespaces();
  if (reason.empty()) {
    auto network = std::make_unique<NamespaceNetwork>(world_dir);
    if (network->setup_error().empty()) return network;
    reason = network->setup_error();
  }
  if (mode == NetworkMode::kNamespaces) return std::unexpected(reason);
  log::info("network: tasks get loopback addresses: {}", reason);
  return std::make_unique<LoopbackNetwork>(world_dir);
}

}  // namespace seatrial::drivers
