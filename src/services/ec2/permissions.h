// Rules of security groups: from a request's IpPermissions to single rules, and back to the grouped
// form that DescribeSecurityGroups shows. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "model/aws_error.h"
#include "services/ec2/store.h"

namespace seatrial::services::ec2 {

// One rule: a protocol, ports (or ICMP type and code) and one peer. Two rules with equal specs but
// for the description are the same rule.
struct RuleSpec {
  bool egress = false;
  std::string protocol = "-1";  // "tcp", "udp", "icmp", "icmpv6", "-1" for all, else a number
  int from_port = -1, to_port = -1;
  std::string cidr_v4, cidr_v6, group_id;  // one of them
  std::string description;

  bool same_as(const RuleSpec& other) const;
  // As AWS names it: peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW
  std::string text() const;
};

// Every peer of a permission as a spec, checked and in canonical form. Groups are named by their
// id; whether they exist is the caller's to check. Prefix lists are refused: there are none.
model::Outcome<std::vector<RuleSpec>> specs_of(const api::IpPermission& permission, bool egress);

RuleSpec spec_of(const api::SecurityGroupRule& rule);
api::SecurityGroupRule make_rule(const RuleSpec& spec, const std::string& id,
                                 const api::SecurityGroup& group, const std::string& region);

model::List<api::IpPermission> permissions_of(const std::vector<api::SecurityGroupRule>& rules,
                                              bool egress);

}  // namespace seatrial::services::ec2
