// Functions of IP addresses. Source: CWL_QuerySyntax-operations-functions, "IP address string
// functions". An argument that is no address gives 0.
#include "logs/run/addresses.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>

#include "logs/run/node.h"

namespace seatrial::logs::run {

std::optional<Address> address_of(std::string_view text) {
  if (text.empty() || text.size() > INET6_ADDRSTRLEN) return std::nullopt;
  const std::string plain(text);
  Address out;
  if (inet_pton(AF_INET, plain.c_str(), out.bytes.data()) == 1) return out;
  out.v6 = true;
  if (inet_pton(AF_INET6, plain.c_str(), out.bytes.data()) == 1) return out;
  return std::nullopt;
}

std::optional<Subnet> subnet_of(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto base = address_of(text.substr(0, slash));
  unsigned bits = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data() + slash + 1, end, bits);
  if (!base || error != std::errc{} || at != end || bits > (base->v6 ? 128u : 32u))
    return std::nullopt;
  return Subnet{*base, bits};
}

bool within(const Address& address, const Subnet& subnet) {
  if (address.v6 != subnet.base.v6) return false;
  const std::size_t whole = subnet.bits / 8;
  if (std::memcmp(address.bytes.data(), subnet.base.bytes.data(), whole) != 0) return false;
  const unsigned rest = subnet.bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<unsigned char>(0xFF << (8 - rest));
  return (address.bytes[whole] & mask) == (subnet.base.bytes[whole] & mask);
}

Address masked(Address address, unsigned bits) {
  for (std::size_t i = 0; i < address.bytes.size(); ++i) {
    const unsigned before = static_cast<unsigned>(i) * 8;
    if (before >= bits)
      address.bytes[i] = 0;
    else if (before + 8 > bits)
      address.bytes[i] &= static_cast<unsigned char>(0xFF << (before + 8 - bits));
  }
  return address;
}

namespace {

bool within_any(const Address& address, std::span<const std::string_view> subnets) {
  for (const auto text : subnets)
    if (const auto subnet = subnet_of(text); subnet && within(address, *subnet)) return true;
  return false;
}

enum class Version { kAny, kV4, kV6 };

template <Version kVersion>
bool is_of(const std::optional<Address>& address) {
  return address && (kVersion == Version::kAny || address->v6 == (kVersion == Version::kV6));
}

template <Version kVersion>
Value is_valid(const Call& call) {
  return Value::of(is_of<kVersion>(address_of(call.text(0))));
}

template <Version kVersion>
Value in_subnet(const Call& call) {
  const auto address = address_of(call.text(0));
  const auto subnet = subnet_of(call.text(1));
  return Value::of(is_of<kVersion>(address) && subnet && within(*address, *subnet));
}

constexpr std::string_view kPrivate[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
                                         "fc00::/7"};
// IANA's special-purpose registries.
constexpr std::string_view kReserved[] = {
    "0.0.0.0/8",    "100.64.0.0/10", "127.0.0.0/8",     "169.254.0.0/16", "192.0.0.0/24",
    "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
    "240.0.0.0/4",  "::1/128",       "::/128",          "100::/64",       "2001:db8::/32",
    "fe80::/10",    "ff00::/8"};

Value is_private(const Call& call) {
  const auto address = address_of(call.text(0));
  return Value::of(address && within_any(*address, kPrivate));
}
Value is_reserved(const Call& call) {
  const auto address = address_of(call.text(0));
  return Value::of(address && within_any(*address, kReserved));
}
Value is_public(const Call& call) {
  const auto address = address_of(call.text(0));
  return Value::of(address && !within_any(*address, kPrivate) && !within_any(*address, kReserved));
}

Value to_number(const Call& call) {
  const auto address = address_of(call.text(0));
  if (!address || address->v6) return {};
  double out = 0;
  for (int i = 0; i < 4; ++i) out = out * 256 + address->bytes[static_cast<std::size_t>(i)];
  return Value::of(out);
}

constexpr Builtin kAddressesTable[] = {
    {"isValidIp", is_valid<Version::kAny>},
    {"isValidIpV4", is_valid<Version::kV4>},
    {"isValidIpV6", is_valid<Version::kV6>},
    {"isIpInSubnet", in_subnet<Version::kAny>},
    {"isIpv4InSubnet", in_subnet<Version::kV4>},
    {"isIpv6InSubnet", in_subnet<Version::kV6>},
    {"isPublicIP", is_public},
    {"isPrivateIP", is_private},
    {"isReservedIP", is_reserved},
    {"ipv4ToNumber", to_number},
};

}  // namespace

const std::span<const Builtin> kIpBuiltins = kAddressesTable;

}  // namespace seatrial::logs::run
