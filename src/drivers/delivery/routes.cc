#include "drivers/delivery/routes.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace seatrial::drivers {
namespace {

constexpr std::size_t kMaxHostsLines = 100'000;

}  // namespace

std::expected<void, std::string> DeliveryRoutes::add(std::string_view text) {
  const auto equals = text.find('=');
  const std::string host(text.substr(0, equals));
  if (host.empty()) return std::unexpected("--deliver needs HOST or HOST=ADDRESS:PORT");
  if (equals == std::string_view::npos) {
    allowed.push_back(host);
    return {};
  }
  const std::string to(text.substr(equals + 1));
  const auto colon = to.rfind(':');
  in_addr address{};
  const bool good =
      colon != std::string::npos && colon + 1 < to.size() &&
      inet_pton(AF_INET, to.substr(0, colon).c_str(), &address) == 1 &&
      std::ranges::all_of(to.substr(colon + 1), [](char c) { return c >= '0' && c <= '9'; });
  if (!good)
    return std::unexpected("--deliver " + std::string(text) + ": " + to + " is not ADDRESS:PORT");
  if (ntohl(address.s_addr) >> 24 != 127)
    return std::unexpected("--deliver " + std::string(text) + ": a stand-in must be on loopback");
  stand_ins[host] = to;
  return {};
}

bool DeliveryRoutes::allows(std::string_view host) const {
  return std::ranges::find(allowed, host) != allowed.end();
}

std::optional<std::string> DeliveryRoutes::known_address(std::string_view host) const {
  if (host == "localhost" || host.ends_with(".localhost")) return "127.0.0.1";
  std::ifstream in(hosts_file);
  std::string line;
  for (std::size_t count = 0; count < kMaxHostsLines && std::getline(in, line); ++count) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string address, name;
    words >> address;
    while (words >> name)
      if (name == host) return address;
  }
  return {};
}

bool is_loopback(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
  }
  if (address.sa_family != AF_INET6) return false;
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) ||
         (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) && v6.sin6_addr.s6_addr[12] == 127);
}

bool is_address(const std::string& host) {
  in6_addr ignored{};
  return inet_pton(AF_INET, host.c_str(), &ignored) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

}  // namespace seatrial::drivers
