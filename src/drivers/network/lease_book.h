// Which task has which address: allocation, and the file that keeps it over a killed daemon.
//
// Addresses of a range are given in turn, not lowest first, so that a new task never gets the
// address of one that has just ended and may still be known to a load balancer. Both kinds of
// network use this book; they differ in how a cidr becomes a range.
#pragma once
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>

#include "base/record.h"
#include "drivers/network.h"

namespace seatrial::drivers {

struct Lease {
  std::string id, address, namespace_name, mac, link;  // link: the veth's end in the VPC
  template <class F>
  static void fields(F&& f) {
    f("id", &Lease::id);
    f("address", &Lease::address);
    f("namespace", &Lease::namespace_name);
    f("mac", &Lease::mac);
    f("link", &Lease::link);
  }
};

struct Ipv4Range {
  std::uint32_t base = 0;  // network address, host order
  std::uint32_t size = 0;
};

std::optional<Ipv4Range> parse_cidr(const std::string& text);  // prefix 16 to 28, as subnets have
std::string ipv4_text(std::uint32_t address);
std::string mac_of(std::uint32_t address);  // "02:ea:..." of the address: unique in a VPC

class LeaseBook {
 public:
  // Loads `<world_dir>/run/network.json` when it is there. Not thread-safe: the driver locks.
  explicit LeaseBook(std::string world_dir);

  const Lease* find(const std::string& id) const;
  const std::map<std::string, Lease>& all() const { return leases_; }
  // The next free address; AWS's five reserved ones (the first four, the last) are never given.
  std::expected<std::string, std::string> next_address(const Ipv4Range& range);
  void put(Lease lease);              // durable on return
  void erase(const std::string& id);  // durable on return
  // A load balancer's address: kept per name, never given twice.
  std::string name_address(const std::string& name);
  void forget();  // removes the file

  const std::string& world_dir() const { return world_dir_; }
  const std::string& world_hash() const { return world_hash_; }  // 8 hex digits of the path

 private:
  void save() const;

  std::string world_dir_, world_hash_, path_;
  std::map<std::string, Lease> leases_;          // by id
  std::map<std::string, std::int64_t> cursors_;  // by range's base: the last address given
  std::map<std::string, std::string> names_;
};

}  // namespace seatrial::drivers
