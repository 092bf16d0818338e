// EC2's records, by "region/id". The default VPC, its subnets and, until its rules are changed, its
// security group are in no table: layout.h makes them.
#pragma once
#include <string>
#include <vector>

#include "model/shapes/ec2.h"
#include "store/table.h"

namespace seatrial::services::ec2 {

namespace api = aws::ec2;

struct GroupRecord {
  api::SecurityGroup shape;  // IpPermissions are made of the rules on output, tags likewise
  std::vector<api::SecurityGroupRule> rules;
  template <class F>
  static void fields(F&& f) {
    f("group", &GroupRecord::shape);
    f("rules", &GroupRecord::rules);
  }
};

struct EndpointRecord {
  api::VpcEndpoint shape;
  std::string client_token;
  std::string request;  // digest of what the token was first used for
  template <class F>
  static void fields(F&& f) {
    f("endpoint", &EndpointRecord::shape);
    f("client_token", &EndpointRecord::client_token);
    f("request", &EndpointRecord::request);
  }
};

struct TagsRecord {
  std::vector<api::Tag> tags;
  template <class F>
  static void fields(F&& f) {
    f("tags", &TagsRecord::tags);
  }
};

struct Tables {
  explicit Tables(store::Store& store)
      : groups(store, "ec2.security_group"),
        endpoints(store, "ec2.vpc_endpoint"),
        tags(store, "ec2.tags") {}
  store::Table<GroupRecord> groups;
  store::Table<EndpointRecord> endpoints;
  store::Table<TagsRecord> tags;  // of any resource, rules included
};

}  // namespace seatrial::services::ec2
