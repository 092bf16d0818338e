// In-memory addresses; see the header.
#include "drivers/fake/network_fake.h"

#include <arpa/inet.h>

namespace seatrial::drivers {
namespace {

struct Range {
  std::uint32_t base = 0, size = 0;
};

std::optional<Range> parse(const std::string& cidr) {
  const auto slash = cidr.find('/');
  in_addr address{};
  int prefix = 0;
  if (slash == cidr.npos || ::inet_pton(AF_INET, cidr.substr(0, slash).c_str(), &address) != 1)
    return {};
  const auto [end, error] =
      std::from_chars(cidr.data() + slash + 1, cidr.data() + cidr.size(), prefix);
  if (error != std::errc{} || end != cidr.data() + cidr.size() || prefix < 16 || prefix > 28)
    return {};
  return Range{ntohl(address.s_addr), 1u << (32 - prefix)};
}

std::string text_of(std::uint32_t a) {
  return fmt::format("{}.{}.{}.{}", a >> 24, (a >> 16) & 255, (a >> 8) & 255, a & 255);
}

}  // namespace

std::expected<TaskNetwork, std::string> FakeNetwork::attach(const std::string& id,
                                                            const std::string& cidr) {
  const auto range = parse(cidr);
  if (!range) return std::unexpected(fmt::format("cannot attach {}: bad cidr '{}'", id, cidr));
  const std::lock_guard lock(vpc_->mutex);
  if (vpc_->attach_error) return std::unexpected(*vpc_->attach_error);
  if (const auto held = vpc_->tasks.find(id); held != vpc_->tasks.end()) return held->second;
  std::set<std::string> taken;
  for (const auto& [other, task] : vpc_->tasks) taken.insert(task.address);
  const int count = static_cast<int>(range->size) - 5;
  auto& cursor = vpc_->cursors.try_emplace(cidr, -1).first->second;
  for (int step = 1; step <= count; ++step) {
    const int offset = (cursor + step) % count;
    const auto number = range->base + 4 + static_cast<std::uint32_t>(offset);
    if (taken.contains(text_of(number))) continue;
    cursor = offset;
    return vpc_->tasks[id] = {id, text_of(number), "fake-" + id,
                              fmt::format("02:00:{:02x}:{:02x}:{:02x}:{:02x}", number >> 24,
                                          (number >> 16) & 255, (number >> 8) & 255, number & 255)};
  }
  return std::unexpected(fmt::format("cannot attach {}: no free address in {}", id, cidr));
}

void FakeNetwork::detach(const std::string& id) {
  const std::lock_guard lock(vpc_->mutex);
  vpc_->tasks.erase(id);
}

void FakeNetwork::sweep(const std::vector<std::string>& keep) {
  const std::set<std::string> kept(keep.begin(), keep.end());
  const std::lock_guard lock(vpc_->mutex);
  std::erase_if(vpc_->tasks, [&](const auto& task) { return !kept.contains(task.first); });
}

std::string FakeNetwork::loopback_address(const std::string& name) {
  const std::lock_guard lock(vpc_->mutex);
  const auto number = vpc_->names.size() + 1;
  return vpc_->names.try_emplace(name, fmt::format("127.80.{}.{}", number / 250, 1 + number % 250))
      .first->second;
}

void FakeNetwork::destroy() {
  const std::lock_guard lock(vpc_->mutex);
  vpc_->tasks.clear();
  vpc_->names.clear();
}

}  // namespace seatrial::drivers
