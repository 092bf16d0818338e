// A ProxyConfig as HAProxy's configuration text.
//
// Nothing a caller says reaches that text as it is: names and addresses are checked against what
// they may be, patterns become regular expressions with every other byte as \xHH, and bodies go to
// files of their own. Pools have slots: servers with a place but perhaps no address yet, because
// HAProxy 2.6 takes no `namespace` on servers added at run time but lets an existing one change its
// address. So tasks come and go without a reload.
#pragma once
#include <expected>
#include <map>
#include <string>
#include <vector>

#include "drivers/proxy.h"

namespace seatrial::drivers {

struct HaproxySlot {
  std::string id;  // the ProxyServer's id; empty = free
  std::string address = "127.0.0.1";
  int port = 1;
  int weight = 1;
  bool draining = true;     // a free slot is in maintenance, too
  std::uint64_t freed = 0;  // when it became free, counted: the longest free is taken first
};
using HaproxySlots = std::map<std::string, std::vector<HaproxySlot>>;  // by pool id

struct HaproxyFiles {
  std::string folder;  // of the configuration and its pages, no trailing slash
  std::string stats_socket;
  std::string listen_namespace;  // a named one; empty: the process's own, where servers are
  int max_connections = 4000;
  int threads = 2;
};

struct HaproxyText {
  std::string config;
  std::map<std::string, std::string> pages;  // file name in the folder -> content
};

// Gives each server its slot, keeping what it has. False when a pool has too few slots: then the
// caller makes new ones (grow) and reloads.
bool assign_slots(const std::vector<ProxyPool>& pools, HaproxySlots& slots, std::uint64_t now);
void grow_slots(const std::vector<ProxyPool>& pools, HaproxySlots& slots);
std::string slot_name(std::size_t index);  // "s1", ...

// The error names the listener or pool and what in it cannot be carried out.
std::expected<HaproxyText, std::string> render_haproxy(const ProxyConfig& config,
                                                       const HaproxySlots& slots,
                                                       const HaproxyFiles& files);

// ELB's wildcard pattern ('*' any number of characters, '?' one) as an unanchored PCRE that has
// only letters, digits, '.', '*' and "\xHH" in it.
std::string wildcard_regex(const std::string& pattern, const std::string& any = ".");

// ELB's page for an error it makes itself: "502 Bad Gateway".
std::string elb_page(int status);
std::string_view reason_phrase(int status);

}  // namespace seatrial::drivers
