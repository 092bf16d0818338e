// The address book; see the header.
#include "drivers/network/lease_book.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <unistd.h>

#include <fstream>

#include "base/check.h"
#include "base/encoding.h"

namespace seatrial::drivers {
namespace {

struct BookFile {
  std::vector<Lease> leases;
  std::map<std::string, std::int64_t> cursors;
  std::map<std::string, std::string> names;
  template <class F>
  static void fields(F&& f) {
    f("leases", &BookFile::leases);
    f("cursors", &BookFile::cursors);
    f("names", &BookFile::names);
  }
};

constexpr std::uint32_t kReservedAtStart = 4, kReservedAtEnd = 1;

}  // namespace

std::optional<Ipv4Range> parse_cidr(const std::string& text) {
  const auto slash = text.find('/');
  in_addr address{};
  int prefix = 0;
  if (slash == std::string::npos ||
      ::inet_pton(AF_INET, text.substr(0, slash).c_str(), &address) != 1) {
    return {};
  }
  const auto [end, error] =
      std::from_chars(text.data() + slash + 1, text.data() + text.size(), prefix);
  if (error != std::errc{} || end != text.data() + text.size() || prefix < 16 || prefix > 28) {
    return {};
  }
  const std::uint32_t size = 1u << (32 - prefix);
  return Ipv4Range{ntohl(address.s_addr) & ~(size - 1), size};
}

std::string ipv4_text(std::uint32_t a) {
  return fmt::format("{}.{}.{}.{}", a >> 24, (a >> 16) & 255, (a >> 8) & 255, a & 255);
}

std::string mac_of(std::uint32_t a) {
  return fmt::format("02:ea:{:02x}:{:02x}:{:02x}:{:02x}", a >> 24, (a >> 16) & 255, (a >> 8) & 255,
                     a & 255);
}

LeaseBook::LeaseBook(std::string world_dir) {
  std::error_code ignored;
  const auto canonical = std::filesystem::weakly_canonical(world_dir, ignored);
  world_dir_ = ignored ? world_dir : canonical.string();
  world_hash_ = hex_encode(sha256(world_dir_)).substr(0, 8);
  path_ = world_dir_ + "/run/network.json";
  std::filesystem::create_directories(world_dir_ + "/run", ignored);
  std::ifstream file(path_, std::ios::binary);
  if (!file) return;
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const auto value = parse_json(text);
  if (!value) fail_corrupt(path_, "not JSON; with no daemon running, remove it");
  auto book = record_from<BookFile>(*value);
  for (auto& lease : book.leases) leases_[lease.id] = lease;
  cursors_ = std::move(book.cursors);
  names_ = std::move(book.names);
}

const Lease* LeaseBook::find(const std::string& id) const {
  const auto found = leases_.find(id);
  return found == leases_.end() ? nullptr : &found->second;
}

std::expected<std::string, std::string> LeaseBook::next_address(const Ipv4Range& range) {
  std::set<std::string_view> taken;
  for (const auto& [id, lease] : leases_) taken.insert(lease.address);
  const std::uint32_t first = kReservedAtStart;
  const std::uint32_t count = range.size - kReservedAtStart - kReservedAtEnd;
  auto& cursor = cursors_.try_emplace(ipv4_text(range.base), -1).first->second;
  for (std::uint32_t step = 1; step <= count; ++step) {
    const auto offset = static_cast<std::uint32_t>((cursor + step) % count);
    auto address = ipv4_text(range.base + first + offset);
    if (taken.contains(address)) continue;
    cursor = offset;
    return address;
  }
  return std::unexpected(
      fmt::format("no free address among the {} of {}", count, ipv4_text(range.base)));
}

void LeaseBook::put(Lease lease) {
  auto id = lease.id;
  leases_[std::move(id)] = std::move(lease);
  save();
}

void LeaseBook::erase(const std::string& id) {
  if (leases_.erase(id) > 0) save();
}

// 127.64.0.0 to 127.127.255.255, by hash of world and name, so that two worlds hardly ever meet.
std::string LeaseBook::name_address(const std::string& name) {
  if (const auto found = names_.find(name); found != names_.end()) return found->second;
  std::set<std::string_view> taken;
  for (const auto& [other, address] : names_) taken.insert(address);
  for (int attempt = 0;; ++attempt) {
    const auto hash = sha256(fmt::format("{}\n{}\n{}", world_dir_, name, attempt));
    const auto byte = [&](int i) { return static_cast<unsigned char>(hash[i]); };
    auto address = fmt::format("127.{}.{}.{}", 64 + byte(0) % 64, byte(1), 1 + byte(2) % 254);
    if (taken.contains(address)) continue;
    names_[name] = address;
    save();
    return address;
  }
}

void LeaseBook::forget() {
  leases_.clear();
  names_.clear();
  cursors_.clear();
  ::unlink(path_.c_str());
}

// Written beside and renamed, so that a killed daemon leaves the old book or the new one. Not
// fsynced: it describes namespaces, which a power cut takes with it.
void LeaseBook::save() const {
  BookFile book{{}, cursors_, names_};
  for (const auto& [id, lease] : leases_) book.leases.push_back(lease);
  const auto beside = path_ + ".new";
  {
    std::ofstream file(beside, std::ios::binary | std::ios::trunc);
    file << to_json(to_value(book));
    if (!file.flush()) fail_corrupt(beside, "cannot be written (disk full?)");
  }
  if (::rename(beside.c_str(), path_.c_str()) != 0) fail_corrupt(path_, "cannot be replaced");
}

}  // namespace seatrial::drivers
