// The network every region has: one default VPC with a subnet in each of three zones and its
// default security group. Always there, the same in every region and world, so nothing of it is
// stored.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "services/ec2/store.h"

namespace seatrial::services::ec2 {

inline constexpr const char* kDefaultVpc = "vpc-0d0000000000000d1";
inline constexpr const char* kDefaultGroup = "sg-0e0000000000000e1";

// All without tags.
api::Vpc default_vpc_shape(const std::string& account);
std::vector<api::Subnet> subnet_shapes(const std::string& region, const std::string& account);
GroupRecord default_group(const std::string& region, const std::string& account);
std::vector<api::AvailabilityZone> zones(const std::string& region);

// AWS's public regions; those to opt in to count as opted in only where it is `here`.
std::vector<api::Region> regions(const std::string& here);

// "ap-southeast-2" -> "apse2", as zone ids begin.
std::string short_region(std::string_view region);

}  // namespace seatrial::services::ec2
