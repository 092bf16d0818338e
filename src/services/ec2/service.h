// Amazon EC2, of which the network's description is served: the default VPC of each region,
// security groups and gateway endpoints. Rules are kept and described, not enforced on traffic.
#pragma once
#include <string>
#include <vector>

#include "room/room.h"
#include "services/ec2/api.h"
#include "services/ec2/filters.h"
#include "services/ec2/permissions.h"
#include "services/ec2/store.h"

namespace seatrial::services::ec2 {

constexpr std::size_t kGroupsPerRegion = 2500;
constexpr std::size_t kRulesPerDirection = 60;
constexpr std::size_t kTagsPerResource = 50;
constexpr std::size_t kTagKeyLength = 128;
constexpr std::size_t kTagValueLength = 256;
constexpr std::size_t kEndpointsPerRegion = 20;

class Ec2 final : public room::Room, public Vpcs {
 public:
  explicit Ec2(room::Env& env);

  std::optional<Subnet> subnet(const std::string& region, const std::string& id) override;
  std::vector<Subnet> default_subnets(const std::string& region) override;
  bool vpc_exists(const std::string& region, const std::string& id) override;
  std::string default_vpc(const std::string& region) override;
  bool security_group_exists(const std::string& region, const std::string& id) override;
  std::string default_security_group(const std::string& region) override;

 private:
  template <class T>
  using Reply = room::Outcome<T>;
  using Context = room::Context;
  using Empty = model::Empty;
  using TagSpecs = model::List<api::TagSpecification>;

  // All served operations take DryRun: the handler runs, and a request that would have succeeded is
  // answered with the error DryRunOperation, which rolls back what it did.
  template <class Op, auto Handler>
  Reply<typename Op::Response> unless_dry_run(Context& context,
                                              const typename Op::Request& request) {
    auto reply = (this->*Handler)(context, request);
    if (reply && request.DryRun.value_or(false)) {
      return model::fail("DryRunOperation", "Request would have succeeded, but DryRun flag is set.",
                         412);
    }
    return reply;
  }
  template <class Op, auto Handler>
  void serve_op() {
    serve<Op>(&Ec2::unless_dry_run<Op, Handler>);
  }

  Reply<api::DescribeVpcsResult> describe_vpcs(Context&, const api::DescribeVpcsRequest&);
  Reply<api::DescribeSubnetsResult> describe_subnets(Context&, const api::DescribeSubnetsRequest&);
  Reply<api::DescribeAvailabilityZonesResult> describe_availability_zones(
      Context&, const api::DescribeAvailabilityZonesRequest&);
  Reply<api::DescribeRegionsResult> describe_regions(Context&, const api::DescribeRegionsRequest&);

  Reply<api::CreateSecurityGroupResult> create_security_group(
      Context&, const api::CreateSecurityGroupRequest&);
  Reply<api::DeleteSecurityGroupResult> delete_security_group(
      Context&, const api::DeleteSecurityGroupRequest&);
  Reply<api::DescribeSecurityGroupsResult> describe_security_groups(
      Context&, const api::DescribeSecurityGroupsRequest&);

  Reply<api::DescribeSecurityGroupRulesResult> describe_security_group_rules(
      Context&, const api::DescribeSecurityGroupRulesRequest&);
  Reply<api::AuthorizeSecurityGroupIngressResult> authorize_security_group_ingress(
      Context&, const api::AuthorizeSecurityGroupIngressRequest&);
  Reply<api::AuthorizeSecurityGroupEgressResult> authorize_security_group_egress(
      Context&, const api::AuthorizeSecurityGroupEgressRequest&);
  Reply<api::RevokeSecurityGroupIngressResult> revoke_security_group_ingress(
      Context&, const api::RevokeSecurityGroupIngressRequest&);
  Reply<api::RevokeSecurityGroupEgressResult> revoke_security_group_egress(
      Context&, const api::RevokeSecurityGroupEgressRequest&);

  Reply<api::CreateVpcEndpointResult> create_vpc_endpoint(Context&,
                                                          const api::CreateVpcEndpointRequest&);
  Reply<api::DescribeVpcEndpointsResult> describe_vpc_endpoints(
      Context&, const api::DescribeVpcEndpointsRequest&);
  Reply<api::DeleteVpcEndpointsResult> delete_vpc_endpoints(Context&,
                                                            const api::DeleteVpcEndpointsRequest&);

  Reply<Empty> create_tags(Context&, const api::CreateTagsRequest&);
  Reply<Empty> delete_tags(Context&, const api::DeleteTagsRequest&);
  Reply<api::DescribeTagsResult> describe_tags(Context&, const api::DescribeTagsRequest&);

  std::string new_id(std::string_view prefix) {
    return std::string(prefix) + "0" + env_.rng.hex(16);
  }

  // The region's groups, the default one included whether stored or not, by id.
  std::vector<GroupRecord> groups(const std::string& region) const;
  Reply<GroupRecord> group_by_id(const std::string& region, const std::string& id) const;
  // By id, or by name in the default VPC; MissingParameter when neither is given.
  Reply<GroupRecord> group_of(const std::string& region, const std::optional<std::string>& id,
                              const std::optional<std::string>& name) const;
  void put_group(const std::string& region, GroupRecord record);
  api::SecurityGroup shown(const std::string& region, const GroupRecord& record) const;

  // The rules that an authorize or revoke request means, from IpPermissions or the older
  // parameters; none of them twice.
  template <class Request>
  Reply<std::vector<RuleSpec>> requested_rules(const Context& context, const Request& request,
                                               bool egress) const;
  Reply<api::IpPermission> resolve_groups(const std::string& region,
                                          api::IpPermission permission) const;
  template <class Result, class Request>
  Reply<Result> authorize(Context& context, const Request& request, GroupRecord group, bool egress);
  template <class Result, class Request>
  Reply<Result> revoke(Context& context, const Request& request, GroupRecord group, bool egress);

  std::vector<api::Tag> tags_of(const std::string& region, const std::string& id) const;
  // Adds to a resource's tags, replacing equal keys.
  Reply<void> add_tags(const std::string& region, const std::string& id,
                       const std::vector<api::Tag>& tags);
  // The tags of the specifications, which must all be for this type of resource.
  Reply<std::vector<api::Tag>> tags_for(const TagSpecs& specs, std::string_view type) const;
  // "security-group" of a resource that exists, else empty.
  std::string type_of(const std::string& region, const std::string& id) const;

  Tables tables_;
};

}  // namespace seatrial::services::ec2
