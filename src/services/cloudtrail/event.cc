#include "services/cloudtrail/event.h"

#include <algorithm>
#include <array>

#include "base/arn.h"

namespace seatrial::services::cloudtrail {
namespace {

using model::Kind;
using model::Shape;

constexpr std::string_view kHidden = "HIDDEN_DUE_TO_SECURITY_REASONS";

struct DataEvents {
  std::string_view service;
  std::array<std::string_view, 24> operations;
};

// Source: each service's page "Logging ... API calls with CloudTrail", its table of data events.
constexpr DataEvents kDataEvents[] = {
    {"s3",
     {"PutObject",
      "GetObject",
      "HeadObject",
      "DeleteObject",
      "DeleteObjects",
      "CopyObject",
      "ListObjects",
      "ListObjectsV2",
      "ListObjectVersions",
      "GetObjectAttributes",
      "UploadPart",
      "UploadPartCopy",
      "CreateMultipartUpload",
      "CompleteMultipartUpload",
      "AbortMultipartUpload",
      "ListParts",
      "ListMultipartUploads",
      "PutObjectTagging",
      "GetObjectTagging",
      "DeleteObjectTagging",
      "HeadBucket"}},
    {"cloudwatch",
     {"PutMetricData", "GetMetricData", "GetMetricStatistics", "ListMetrics",
      "GetMetricWidgetImage"}},
    {"logs", {"PutLogEvents"}},
    {"sns", {"Publish", "PublishBatch"}},
    {"sqs",
     {"SendMessage", "SendMessageBatch", "ReceiveMessage", "DeleteMessage", "DeleteMessageBatch",
      "ChangeMessageVisibility", "ChangeMessageVisibilityBatch"}},
    {"events", {"PutEvents"}},
    {"lambda", {"Invoke"}},
};

constexpr std::string_view kReadingVerbs[] = {"Describe", "Get",      "List",    "Head",  "Lookup",
                                              "Filter",   "BatchGet", "Test",    "Query", "Search",
                                              "Validate", "Preview",  "Estimate"};

struct ResourceMember {
  std::string_view service, member, type;
};

// Which parameters name resources, and of what type.
constexpr ResourceMember kResources[] = {
    {"s3", "Bucket", "AWS::S3::Bucket"},
    {"ssm", "Name", "AWS::SSM::Parameter"},
    {"secretsmanager", "SecretId", "AWS::SecretsManager::Secret"},
    {"secretsmanager", "Name", "AWS::SecretsManager::Secret"},
    {"logs", "logGroupName", "AWS::Logs::LogGroup"},
    {"logs", "logStreamName", "AWS::Logs::LogStream"},
    {"ecs", "cluster", "AWS::ECS::Cluster"},
    {"ecs", "clusterName", "AWS::ECS::Cluster"},
    {"ecs", "service", "AWS::ECS::Service"},
    {"ecs", "serviceName", "AWS::ECS::Service"},
    {"ecs", "taskDefinition", "AWS::ECS::TaskDefinition"},
    {"ecs", "family", "AWS::ECS::TaskDefinition"},
    {"iam", "UserName", "AWS::IAM::User"},
    {"iam", "RoleName", "AWS::IAM::Role"},
    {"iam", "PolicyArn", "AWS::IAM::Policy"},
    {"iam", "PolicyName", "AWS::IAM::Policy"},
    {"iam", "AccessKeyId", "AWS::IAM::AccessKey"},
    {"elbv2", "LoadBalancerArn", "AWS::ElasticLoadBalancingV2::LoadBalancer"},
    {"elbv2", "TargetGroupArn", "AWS::ElasticLoadBalancingV2::TargetGroup"},
    {"elbv2", "ListenerArn", "AWS::ElasticLoadBalancingV2::Listener"},
    {"ec2", "GroupId", "AWS::EC2::SecurityGroup"},
    {"ec2", "GroupName", "AWS::EC2::SecurityGroup"},
    {"ec2", "VpcId", "AWS::EC2::VPC"},
    {"cloudformation", "StackName", "AWS::CloudFormation::Stack"},
    {"cloudformation", "StackId", "AWS::CloudFormation::Stack"},
    {"cloudwatch", "AlarmName", "AWS::CloudWatch::Alarm"},
    {"cloudwatch", "AlarmNames", "AWS::CloudWatch::Alarm"},
    {"cloudwatch", "DashboardName", "AWS::CloudWatch::Dashboard"},
    {"sns", "TopicArn", "AWS::SNS::Topic"},
    {"sns", "Name", "AWS::SNS::Topic"},
    {"sqs", "QueueUrl", "AWS::SQS::Queue"},
    {"sqs", "QueueName", "AWS::SQS::Queue"},
    {"events", "Rule", "AWS::Events::Rule"},
    {"cloudtrail", "Name", "AWS::CloudTrail::Trail"},
    {"rds", "DBInstanceIdentifier", "AWS::RDS::DBInstance"},
    {"rds", "DBClusterIdentifier", "AWS::RDS::DBCluster"},
    {"elasticache", "ReplicationGroupId", "AWS::ElastiCache::ReplicationGroup"},
};

std::string lower_first(std::string_view name) {
  std::string out(name);
  if (!out.empty() && out[0] >= 'A' && out[0] <= 'Z') out[0] = static_cast<char>(out[0] + 32);
  return out;
}

void add_names(const Value& value, std::string_view type, Array& out) {
  if (value.is_string()) out.push_back(Array{Value(type), value});
  if (!value.is_array()) return;
  for (const Value& item : value.get_array()) add_names(item, type, out);
}

Array resources_named(std::string_view service, const Value& value) {
  Array out;
  if (!value.is_object()) return out;
  for (const auto& [service_name, member, type] : kResources) {
    if (service_name != service) continue;
    if (const Value* found = find_member(value, member)) add_names(*found, type, out);
  }
  return out;
}

std::string user_name_of(const room::Identity& identity) {
  const auto slash = identity.arn.rfind('/');
  if (slash != std::string::npos) return identity.arn.substr(slash + 1);
  return identity.arn.ends_with(":root") ? "root" : identity.user_id;
}

Value within_limit(Value value) {
  if (to_json(value).size() <= kMaxPartBytes) return value;
  return Object{{"omitted", true}, {"reason", "The element is larger than 100 KB."}};
}

Value user_identity(const Value& body, const std::string& account) {
  const std::string arn(text_member(body, "arn"));
  const bool root = arn.ends_with(":root");
  Object out{{"type", root                                              ? "Root"
                      : arn.find(":assumed-role/") != std::string::npos ? "AssumedRole"
                                                                        : "IAMUser"},
             {"principalId", text_member(body, "principal")},
             {"arn", arn},
             {"accountId", account},
             {"accessKeyId", text_member(body, "key")}};
  if (!root && arn.find(":user/") != std::string::npos)
    out["userName"] = arn.substr(arn.rfind('/') + 1);
  return out;
}

}  // namespace

bool is_management(const model::Operation& operation) {
  const std::string_view service = operation.service().name();
  for (const auto& data : kDataEvents) {
    if (data.service != service) continue;
    const auto& names = data.operations;
    return std::find(names.begin(), names.end(), operation.name()) == names.end();
  }
  return true;
}

bool is_read_only(const model::Operation& operation) {
  return std::any_of(std::begin(kReadingVerbs), std::end(kReadingVerbs),
                     [&](std::string_view verb) { return operation.name().starts_with(verb); });
}

Value masked(const Shape& shape, const Value& value) {
  if (shape.sensitive()) return Value(kHidden);
  if (shape.kind() == Kind::kBlob) return nullptr;
  if (shape.kind() == Kind::kTimestamp && value.is_int64())
    return Value(format_iso8601_seconds(from_ms(value.get_int64())));
  if (shape.kind() == Kind::kStructure && value.is_object()) {
    Object out;
    for (const auto& [key, item] : value.get_object()) {
      const auto member = shape.find({key.data(), key.size()});
      if (member) out[lower_first(member->name())] = masked(member->shape(), item);
    }
    return out;
  }
  if (shape.kind() == Kind::kList && value.is_array()) {
    Array out;
    for (const Value& item : value.get_array())
      out.push_back(masked(shape.element().shape(), item));
    return out;
  }
  if (shape.kind() == Kind::kMap && value.is_object()) {
    Object out;
    for (const auto& [key, item] : value.get_object())
      out[key] = masked(shape.value().shape(), item);
    return out;
  }
  return value;
}

StoredEvent stored_event(const room::RecordedCall& call, std::string id) {
  StoredEvent event;
  event.at = call.at;
  event.id = std::move(id);
  event.region = call.region;
  event.name = call.operation.name();
  event.source = std::string(call.operation.service().endpoint_prefix()) + ".amazonaws.com";
  event.user_name = user_name_of(call.identity);
  event.access_key = call.identity.access_key;
  event.read_only = is_read_only(call.operation);
  const auto input = call.operation.input(), output = call.operation.output();
  Object body{{"arn", call.identity.arn},        {"principal", call.identity.user_id},
              {"key", call.identity.access_key}, {"request", call.request_id},
              {"address", call.source_address},  {"agent", call.user_agent}};
  if (!call.error_code.empty()) {
    body["code"] = call.error_code;
    body["message"] = call.error_message;
  }
  if (input && call.input.is_object() && !call.input.get_object().empty())
    body["input"] = within_limit(masked(*input, call.input));
  if (!event.read_only && call.error_code.empty() && output && call.output.is_object() &&
      !call.output.get_object().empty())
    body["output"] = within_limit(masked(*output, call.output));
  event.resources = to_json(resources_named(call.operation.service().name(), call.input));
  event.body = to_json(body);
  return event;
}

std::vector<Resource> resources_of(const StoredEvent& event) {
  std::vector<Resource> out;
  const auto list = parse_json(event.resources);
  if (!list || !list->is_array()) return out;
  for (const Value& item : list->get_array()) {
    const Array& pair = item.as_array();
    out.push_back(
        {std::string(as_view(pair[0].as_string())), std::string(as_view(pair[1].as_string()))});
  }
  return out;
}

Value event_json(const StoredEvent& event, const std::string& account) {
  const Value body = parse_json(event.body).value_or(Value(Object{}));
  const auto part = [&](const char* name) {
    const Value* found = find_member(body, name);
    return found == nullptr ? Value(nullptr) : *found;
  };
  Object out{{"eventVersion", "1.09"},
             {"userIdentity", user_identity(body, account)},
             {"eventTime", format_iso8601_seconds(event.at)},
             {"eventSource", event.source},
             {"eventName", event.name},
             {"awsRegion", event.region},
             {"sourceIPAddress", part("address")},
             {"userAgent", part("agent")}};
  if (find_member(body, "code") != nullptr) {
    out["errorCode"] = part("code");
    out["errorMessage"] = part("message");
  }
  out["requestParameters"] = part("input");
  out["responseElements"] = part("output");
  out["requestID"] = part("request");
  out["eventID"] = event.id;
  out["readOnly"] = event.read_only;
  out["eventType"] = "AwsApiCall";
  out["managementEvent"] = true;
  out["recipientAccountId"] = account;
  out["eventCategory"] = "Management";
  return out;
}

}  // namespace seatrial::services::cloudtrail
