// IP addresses and ranges of them, for the functions of addresses.cc and for cidrlookup.
#pragma once
#include <array>
#include <optional>
#include <string_view>

namespace seatrial::logs::run {

struct Address {
  bool v6 = false;
  std::array<unsigned char, 16> bytes{};  // of an IPv4 address the first four
};
struct Subnet {
  Address base;
  unsigned bits = 0;
};

std::optional<Address> address_of(std::string_view text);
std::optional<Subnet> subnet_of(std::string_view text);  // "10.0.0.0/8"
bool within(const Address& address, const Subnet& subnet);
// The address with all but its first `bits` bits 0.
Address masked(Address address, unsigned bits);

}  // namespace seatrial::logs::run
