// What other rooms may ask of EC2: the network's layout.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "room/room.h"

namespace seatrial::services::ec2 {

struct Subnet {
  std::string id, vpc_id, zone, cidr;
};

class Vpcs {  // control thread
 public:
  virtual ~Vpcs() = default;
  virtual std::optional<Subnet> subnet(const std::string& region, const std::string& id) = 0;
  virtual std::vector<Subnet> default_subnets(const std::string& region) = 0;
  virtual bool vpc_exists(const std::string& region, const std::string& id) = 0;
  virtual std::string default_vpc(const std::string& region) = 0;
  virtual bool security_group_exists(const std::string& region, const std::string& id) = 0;
  virtual std::string default_security_group(const std::string& region) = 0;
};

}  // namespace seatrial::services::ec2
