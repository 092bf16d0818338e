// Loopback addresses; see the header.
#include "drivers/network/loopback_network.h"

#include "base/encoding.h"

namespace seatrial::drivers {
namespace {

// The subnet's hosts moved to 127.128.0.0 and up: which /24 is a hash of world and subnet.
Ipv4Range loopback_range(const Ipv4Range& subnet, const std::string& world) {
  const auto hash = sha256(world + "\n" + ipv4_text(subnet.base));
  const auto byte = [&](int i) { return static_cast<unsigned char>(hash[i]); };
  const std::uint32_t second = 128 + byte(0) % 127, third = byte(1);
  return {(127u << 24) | (second << 16) | (third << 8), std::min<std::uint32_t>(subnet.size, 256)};
}

}  // namespace

std::expected<TaskNetwork, std::string> LoopbackNetwork::attach(const std::string& id,
                                                                const std::string& cidr) {
  const auto subnet = parse_cidr(cidr);
  if (!subnet) return std::unexpected(fmt::format("cannot attach {}: bad cidr '{}'", id, cidr));
  const std::lock_guard lock(mutex_);
  if (const Lease* held = book_.find(id)) return TaskNetwork{id, held->address, "", held->mac};
  auto address = book_.next_address(loopback_range(*subnet, book_.world_dir()));
  if (!address) return std::unexpected(fmt::format("cannot attach {}: {}", id, address.error()));
  Lease lease{id, *address, "", "02:ea:" + hex_encode(sha256(id)).substr(0, 2), ""};
  const auto hash = hex_encode(sha256(id));
  for (int i = 2; i < 8; i += 2) lease.mac += ":" + hash.substr(i, 2);
  book_.put(lease);
  return TaskNetwork{id, lease.address, "", lease.mac};
}

void LoopbackNetwork::detach(const std::string& id) {
  const std::lock_guard lock(mutex_);
  book_.erase(id);
}

void LoopbackNetwork::sweep(const std::vector<std::string>& keep) {
  const std::set<std::string> kept(keep.begin(), keep.end());
  const std::lock_guard lock(mutex_);
  std::vector<std::string> orphans;
  for (const auto& [id, lease] : book_.all()) {
    if (!kept.contains(id)) orphans.push_back(id);
  }
  for (const auto& id : orphans) book_.erase(id);
}

std::string LoopbackNetwork::loopback_address(const std::string& name) {
  const std::lock_guard lock(mutex_);
  return book_.name_address(name);
}

void LoopbackNetwork::destroy() {
  const std::lock_guard lock(mutex_);
  book_.forget();
}

}  // namespace seatrial::drivers
