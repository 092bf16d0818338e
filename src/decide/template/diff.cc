// What changes between two evaluated states, and which changes need a new resource. The table
// lists the properties whose update replaces; any other property is updated in place.
// Source: "Update requires" of each property in the CloudFormation resource reference.
#include "decide/template/references.h"
#include "decide/template/scalars.h"
#include "decide/template/template.h"

namespace seatrial::decide {
namespace {

using Names = std::set<std::string_view>;

const std::map<std::string_view, Names>& replacing_properties() {
  static const std::map<std::string_view, Names> kTable = {
      {"AWS::ECS::Cluster", {"ClusterName"}},
      {"AWS::ECS::TaskDefinition",
       {"ContainerDefinitions", "Cpu", "EnableFaultInjection", "EphemeralStorage",
        "ExecutionRoleArn", "Family", "InferenceAccelerators", "IpcMode", "Memory", "NetworkMode",
        "PidMode", "PlacementConstraints", "ProxyConfiguration", "RequiresCompatibilities",
        "RuntimePlatform", "TaskRoleArn", "Volumes"}},
      {"AWS::ECS::Service", {"Cluster", "LaunchType", "Role", "SchedulingStrategy", "ServiceName"}},
      {"AWS::ElasticLoadBalancingV2::LoadBalancer", {"Name", "Scheme", "Type"}},
      {"AWS::ElasticLoadBalancingV2::TargetGroup",
       {"IpAddressType", "Name", "Port", "Protocol", "ProtocolVersion", "TargetType", "VpcId"}},
      {"AWS::ElasticLoadBalancingV2::Listener", {"LoadBalancerArn"}},
      {"AWS::ElasticLoadBalancingV2::ListenerRule", {"ListenerArn"}},
      {"AWS::Logs::LogGroup", {"LogGroupName", "LogGroupClass"}},
      {"AWS::CloudWatch::Dashboard", {"DashboardName"}},
      {"AWS::Logs::LogStream", {"LogGroupName", "LogStreamName"}},
      {"AWS::Logs::MetricFilter", {"FilterName", "LogGroupName"}},
      {"AWS::Logs::SubscriptionFilter", {"FilterName", "LogGroupName"}},
      {"AWS::Logs::QueryDefinition", {}},
      {"AWS::Logs::DeliverySource", {"Name", "ResourceArn"}},
      {"AWS::Logs::DeliveryDestination", {"DestinationResourceArn", "Name"}},
      {"AWS::Logs::Delivery", {"DeliveryDestinationArn", "DeliverySourceName"}},
      {"AWS::KinesisFirehose::DeliveryStream",
       {"DeliveryStreamName", "DeliveryStreamType", "DirectPutSourceConfiguration"}},
      {"AWS::CloudWatch::Alarm", {"AlarmName"}},
      {"AWS::CloudWatch::CompositeAlarm", {"AlarmName"}},
      {"AWS::CloudWatch::AnomalyDetector",
       {"Configuration", "Dimensions", "MetricCharacteristics", "MetricMathAnomalyDetector",
        "MetricName", "Namespace", "SingleMetricAnomalyDetector", "Stat"}},
      {"AWS::IAM::Role", {"Path", "RoleName"}},
      {"AWS::IAM::User", {"UserName"}},
      {"AWS::IAM::Policy", {}},
      {"AWS::IAM::ManagedPolicy", {"Description", "ManagedPolicyName", "Path"}},
      {"AWS::IAM::AccessKey", {"Serial", "UserName"}},
      {"AWS::SNS::Topic", {"FifoTopic", "TopicName"}},
      {"AWS::SNS::Subscription", {"Endpoint", "Protocol", "TopicArn"}},
      {"AWS::SNS::TopicPolicy", {}},
      {"AWS::SQS::Queue", {"FifoQueue", "QueueName"}},
      {"AWS::SQS::QueuePolicy", {}},
      {"AWS::S3::Bucket", {"BucketName"}},
      {"AWS::S3::BucketPolicy", {"Bucket"}},
      {"AWS::CloudTrail::Trail", {"TrailName"}},
      {"AWS::Events::Rule", {"EventBusName", "Name"}},
      {"AWS::ApplicationAutoScaling::ScalableTarget",
       {"ResourceId", "ScalableDimension", "ServiceNamespace"}},
      {"AWS::ApplicationAutoScaling::ScalingPolicy",
       {"PolicyName", "ResourceId", "ScalableDimension", "ScalingTargetId", "ServiceNamespace"}},
      {"AWS::Lambda::Function", {"FunctionName", "PackageType"}},
      {"AWS::Lambda::Permission",
       {"Action", "FunctionName", "Principal", "SourceAccount", "SourceArn"}},
      {"AWS::SSM::Parameter", {"Name"}},
      {"AWS::SecretsManager::Secret", {"Name"}},
      {"AWS::EC2::SecurityGroup", {"GroupDescription", "GroupName", "VpcId"}},
      {"AWS::EC2::SecurityGroupIngress",
       {"CidrIp", "CidrIpv6", "FromPort", "GroupId", "GroupName", "IpProtocol",
        "SourcePrefixListId", "SourceSecurityGroupId", "SourceSecurityGroupName",
        "SourceSecurityGroupOwnerId", "ToPort"}},
      {"AWS::EC2::SecurityGroupEgress",
       {"CidrIp", "CidrIpv6", "DestinationPrefixListId", "DestinationSecurityGroupId", "FromPort",
        "GroupId", "IpProtocol", "ToPort"}},
      {"AWS::EC2::VPCEndpoint", {"ServiceName", "VpcEndpointType", "VpcId"}},
  };
  return kTable;
}

const EvaluatedResource* find(const std::vector<EvaluatedResource>& list,
                              std::string_view logical_id) {
  for (const EvaluatedResource& r : list)
    if (r.logical_id == logical_id) return &r;
  return nullptr;
}

}  // namespace

Replacement replacement_of(std::string_view type, std::string_view property) {
  const auto found = replacing_properties().find(type);
  if (found == replacing_properties().end()) return Replacement::kFalse;
  return found->second.contains(property) ? Replacement::kTrue : Replacement::kFalse;
}

std::vector<PropertyChange> diff_properties(std::string_view type, const Value& before,
                                            const Value& after) {
  std::vector<PropertyChange> out;
  for (const auto& member : after.get_object()) {
    const Value* old = find_member(before, name_of(member));
    if (old == nullptr || *old != member.value())
      out.push_back({std::string(name_of(member)), replacement_of(type, name_of(member))});
  }
  for (const auto& member : before.get_object())
    if (!after.get_object().contains(member.key()))
      out.push_back({std::string(name_of(member)), replacement_of(type, name_of(member))});
  return out;
}

Outcome<std::vector<ResourceChange>> diff(const std::vector<EvaluatedResource>& before,
                                          const std::vector<EvaluatedResource>& after) {
  using Action = ResourceChange::Action;
  std::vector<ResourceChange> out;
  std::vector<std::string> retyped;
  for (const EvaluatedResource& r : after) {
    const EvaluatedResource* old = find(before, r.logical_id);
    if (old == nullptr) {
      out.push_back({Action::kAdd, r.logical_id, r.type, Replacement::kFalse, {}});
      continue;
    }
    if (old->type != r.type) {
      retyped.push_back(r.logical_id);
      continue;
    }
    auto properties = diff_properties(r.type, old->properties, r.properties);
    if (properties.empty()) continue;
    Replacement most = Replacement::kFalse;
    for (const PropertyChange& p : properties) most = std::max(most, p.requires_recreation);
    out.push_back({Action::kModify, r.logical_id, r.type, most, std::move(properties)});
  }
  if (!retyped.empty())
    return invalid(fmt::format(
        "Update of resource type is not permitted. The new template modifies resource type "
        "of the following resources: [{}]",
        fmt::join(retyped, ", ")));
  for (auto r = before.rbegin(); r != before.rend(); ++r)
    if (find(after, r->logical_id) == nullptr)
      out.push_back({Action::kRemove, r->logical_id, r->type, Replacement::kFalse, {}});
  return out;
}

}  // namespace seatrial::decide
