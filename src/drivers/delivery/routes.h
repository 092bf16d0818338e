// Where a delivery may go.
//
// Problem: a rehearsal must not post to someone's real Slack or mail a real person, nor even ask a
// name server about them. Choice: names are looked up in /etc/hosts alone and every socket is
// checked again when it is opened (Deliverer); a world may name hosts to be replaced by a stand-in
// or reached for real. Rejected: checking the URL only, which a name in DNS gets around.
#pragma once
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sockaddr;

namespace seatrial::drivers {

struct DeliveryRoutes {
  // "hooks.slack.com=127.0.0.1:8080": that host's deliveries go there. "10.1.2.3" or a name without
  // '=': reached for real. The error says what is wrong with the text.
  std::expected<void, std::string> add(std::string_view text);

  std::map<std::string, std::string, std::less<>> stand_ins;  // host -> "address:port"
  std::vector<std::string> allowed;                           // hosts reached for real
  std::string hosts_file = "/etc/hosts";
  std::string ca_file;  // certificates to trust instead of the machine's; empty: the machine's

  bool allows(std::string_view host) const;
  // The address /etc/hosts has for a name.
  std::optional<std::string> known_address(std::string_view host) const;
};

bool is_loopback(const sockaddr& address);
bool is_address(const std::string& host);  // IPv4 or IPv6 literal (without brackets)

}  // namespace seatrial::drivers
