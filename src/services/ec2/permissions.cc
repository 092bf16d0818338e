#include "services/ec2/permissions.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <boost/algorithm/string/case_conv.hpp>
#include <charconv>

#include "base/arn.h"
#include "services/ec2/errors.h"

namespace seatrial::services::ec2 {
namespace {

constexpr int kMaxPort = 65535;
constexpr int kMaxIcmp = 255;

std::optional<int> number_in(std::string_view text, int low, int high) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number >= low && number <= high ? std::optional(number) : std::nullopt;
}

model::Outcome<std::string> canonical_protocol(const std::optional<std::string>& given) {
  if (!given || given->empty()) return missing_parameter("ipProtocol");
  const std::string text = boost::to_lower_copy(*given);
  if (text == "tcp" || text == "6") return "tcp";
  if (text == "udp" || text == "17") return "udp";
  if (text == "icmp" || text == "1") return "icmp";
  if (text == "icmpv6" || text == "58") return "icmpv6";
  if (text == "-1" || text == "all") return "-1";
  if (number_in(text, 0, 255)) return text;
  return invalid_parameter("Invalid value '" + *given + "' for IP protocol. Unknown protocol.");
}

model::Outcome<void> read_ports(const api::IpPermission& permission, RuleSpec& spec) {
  const bool ports = spec.protocol == "tcp" || spec.protocol == "udp";
  const bool icmp = spec.protocol.starts_with("icmp");
  if (!ports && !icmp) return {};  // AWS ignores ports of other protocols
  spec.from_port = permission.FromPort.value_or(-1);
  spec.to_port = permission.ToPort.value_or(-1);
  if (icmp) {
    const auto good = [](int n) { return n >= -1 && n <= kMaxIcmp; };
    if (good(spec.from_port) && good(spec.to_port)) return {};
    return invalid_parameter("ICMP code (" + std::to_string(spec.to_port) + ") out of range");
  }
  const std::string name = boost::to_upper_copy(spec.protocol);
  if (!permission.FromPort || !permission.ToPort) {
    return invalid_parameter(
        "Invalid value 'Must specify both from and to ports with TCP/UDP.' for "
        "portRange.");
  }
  const auto good = [](int n) { return n >= 0 && n <= kMaxPort; };
  if (!good(spec.from_port) || !good(spec.to_port)) {
    return invalid_parameter("Invalid " + name + " port range: ports must be from 0 to 65535.");
  }
  if (spec.from_port > spec.to_port) {
    return invalid_parameter("Invalid " + name + " port range (" + std::to_string(spec.from_port) +
                             ":" + std::to_string(spec.to_port) + ")");
  }
  return {};
}

// Clears the bits after the prefix; empty when the text is no block of this family.
std::optional<std::string> canonical_cidr(const std::string& text, int family) {
  const auto slash = text.find('/');
  const int bits = family == AF_INET ? 32 : 128;
  if (slash == std::string::npos) return std::nullopt;
  const auto length = number_in(std::string_view(text).substr(slash + 1), 0, bits);
  std::array<unsigned char, 16> address{};
  if (!length || inet_pton(family, text.substr(0, slash).c_str(), address.data()) != 1) {
    return std::nullopt;
  }
  for (int bit = *length; bit < bits; ++bit) {
    address[bit / 8] = static_cast<unsigned char>(address[bit / 8] & ~(0x80U >> (bit % 8)));
  }
  std::array<char, INET6_ADDRSTRLEN> shown{};
  inet_ntop(family, address.data(), shown.data(), shown.size());
  return std::string(shown.data()) + "/" + std::to_string(*length);
}

auto malformed_cidr(const std::string& cidr) {
  return invalid_parameter("CIDR block " + cidr + " is malformed");
}

model::Outcome<void> add_ranges(const api::IpPermission& permission, const RuleSpec& base,
                                std::vector<RuleSpec>& specs) {
  for (const auto& range : permission.IpRanges) {
    RuleSpec spec = base;
    const auto cidr = canonical_cidr(range.CidrIp.value_or(""), AF_INET);
    if (!cidr) return malformed_cidr(range.CidrIp.value_or(""));
    spec.cidr_v4 = *cidr;
    spec.description = range.Description.value_or("");
    specs.push_back(std::move(spec));
  }
  for (const auto& range : permission.Ipv6Ranges) {
    RuleSpec spec = base;
    const auto cidr = canonical_cidr(range.CidrIpv6.value_or(""), AF_INET6);
    if (!cidr) return malformed_cidr(range.CidrIpv6.value_or(""));
    spec.cidr_v6 = *cidr;
    spec.description = range.Description.value_or("");
    specs.push_back(std::move(spec));
  }
  return {};
}

api::IpPermission& permission_for(model::List<api::IpPermission>& list, const RuleSpec& spec) {
  const bool all = spec.protocol == "-1";
  for (auto& permission : list) {
    if (permission.IpProtocol != spec.protocol) continue;
    if (all || (permission.FromPort == spec.from_port && permission.ToPort == spec.to_port)) {
      return permission;
    }
  }
  api::IpPermission& permission = list.emplace_back();
  permission.IpProtocol = spec.protocol;
  if (!all) {
    permission.FromPort = spec.from_port;
    permission.ToPort = spec.to_port;
  }
  permission.UserIdGroupPairs.given = permission.IpRanges.given = true;
  permission.Ipv6Ranges.given = permission.PrefixListIds.given = true;
  return permission;
}

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

bool RuleSpec::same_as(const RuleSpec& other) const {
  return egress == other.egress && protocol == other.protocol && from_port == other.from_port &&
         to_port == other.to_port && cidr_v4 == other.cidr_v4 && cidr_v6 == other.cidr_v6 &&
         group_id == other.group_id;
}

std::string RuleSpec::text() const {
  const std::string peer = "peer: " + cidr_v4 + cidr_v6 + group_id + ", ";
  if (protocol == "-1") return peer + "ALL, ALLOW";
  const std::string name = boost::to_upper_copy(protocol);
  if (protocol.starts_with("icmp")) {
    return peer + name + ", type: " + (from_port < 0 ? "ALL" : std::to_string(from_port)) +
           ", code: " + (to_port < 0 ? "ALL" : std::to_string(to_port)) + ", ALLOW";
  }
  return peer + name + ", from port: " + std::to_string(from_port) +
         ", to port: " + std::to_string(to_port) + ", ALLOW";
}

model::Outcome<std::vector<RuleSpec>> specs_of(const api::IpPermission& permission, bool egress) {
  RuleSpec base;
  base.egress = egress;
  auto protocol = canonical_protocol(permission.IpProtocol);
  if (!protocol) return std::unexpected(protocol.error());
  base.protocol = *protocol;
  if (auto ok = read_ports(permission, base); !ok) return std::unexpected(ok.error());
  if (!permission.PrefixListIds.empty()) {
    return model::fail("InvalidPrefixListID.NotFound",
                       "The prefix list ID '" +
                           permission.PrefixListIds.front().PrefixListId.value_or("") +
                           "' does not exist: prefix lists are not served here");
  }
  std::vector<RuleSpec> specs;
  if (auto ok = add_ranges(permission, base, specs); !ok) return std::unexpected(ok.error());
  for (const auto& pair : permission.UserIdGroupPairs) {
    RuleSpec spec = base;
    spec.group_id = pair.GroupId.value_or("");
    spec.description = pair.Description.value_or("");
    specs.push_back(std::move(spec));
  }
  if (specs.empty()) {
    return model::fail("InvalidPermission.Malformed",  // guess: the code and its text
                       "A permission needs a CIDR block or a security group.");
  }
  return specs;
}

RuleSpec spec_of(const api::SecurityGroupRule& rule) {
  RuleSpec spec;
  spec.egress = rule.IsEgress.value_or(false);
  spec.protocol = rule.IpProtocol.value_or("-1");
  spec.from_port = rule.FromPort.value_or(-1);
  spec.to_port = rule.ToPort.value_or(-1);
  spec.cidr_v4 = rule.CidrIpv4.value_or("");
  spec.cidr_v6 = rule.CidrIpv6.value_or("");
  if (rule.ReferencedGroupInfo) spec.group_id = rule.ReferencedGroupInfo->GroupId.value_or("");
  spec.description = rule.Description.value_or("");
  return spec;
}

api::SecurityGroupRule make_rule(const RuleSpec& spec, const std::string& id,
                                 const api::SecurityGroup& group, const std::string& region) {
  api::SecurityGroupRule rule;
  rule.SecurityGroupRuleId = id;
  rule.SecurityGroupRuleArn =
      Arn{"aws", "ec2", region, *group.OwnerId, "security-group-rule/" + id}.text();
  rule.GroupId = group.GroupId;
  rule.GroupOwnerId = group.OwnerId;
  rule.IsEgress = spec.egress;
  rule.IpProtocol = spec.protocol;
  rule.FromPort = spec.from_port;
  rule.ToPort = spec.to_port;
  rule.CidrIpv4 = unless_empty(spec.cidr_v4);
  rule.CidrIpv6 = unless_empty(spec.cidr_v6);
  rule.Description = unless_empty(spec.description);
  if (!spec.group_id.empty()) {
    auto& peer = rule.ReferencedGroupInfo.emplace();
    peer.GroupId = spec.group_id;
    peer.UserId = group.OwnerId;
  }
  return rule;
}

model::List<api::IpPermission> permissions_of(const std::vector<api::SecurityGroupRule>& rules,
                                              bool egress) {
  model::List<api::IpPermission> list;
  list.given = true;
  for (const auto& rule : rules) {
    const RuleSpec spec = spec_of(rule);
    if (spec.egress != egress) continue;
    auto& permission = permission_for(list, spec);
    if (!spec.cidr_v4.empty()) permission.IpRanges.push_back({rule.Description, spec.cidr_v4});
    if (!spec.cidr_v6.empty()) permission.Ipv6Ranges.push_back({rule.Description, spec.cidr_v6});
    if (!spec.group_id.empty()) {
      auto& pair = permission.UserIdGroupPairs.emplace_back();
      pair.GroupId = spec.group_id;
      pair.UserId = rule.GroupOwnerId;
      pair.Description = rule.Description;
    }
  }
  return list;
}

}  // namespace seatrial::services::ec2
