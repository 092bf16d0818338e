#include "services/cloudtrail/event.h"

#include <algorithm>
#include <array>
#include <utility>

#include "wire/json_shapes.h"

namespace seatrial::services::cloudtrail {
namespace {

using model::Kind;
using model::Shape;

// Source: "CloudTrail record contents": of the user agent and of an error's message, 1 KB.
constexpr std::size_t kMaxTextBytes = 1024;
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
    {"firehose", {"PutRecord", "PutRecordBatch"}},
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
    {"lambda", "FunctionName", "AWS::Lambda::Function"},
    {"cloudtrail", "Name", "AWS::CloudTrail::Trail"},
    {"rds", "DBInstanceIdentifier", "AWS::RDS::DBInstance"},
    {"rds", "DBClusterIdentifier", "AWS::RDS::DBCluster"},
    {"elasticache", "ReplicationGroupId", "AWS::ElastiCache::ReplicationGroup"},
};

constexpr std::size_t kMaxNameBytes = 2048;  // longer than any ARN: no resource's name

// Appends [type, name] of each name.
void append_names(const Value& value, std::string_view type, std::string& out) {
  if (value.is_string() && value.get_string().size() <= kMaxNameBytes) {
    out += out.size() > 1 ? ",[" : "[";
    wire::append_json_string(type, out);
    out += ',';
    wire::append_json_string(as_view(value.get_string()), out);
    out += ']';
  }
  if (!value.is_array()) return;
  for (const Value& item : value.get_array()) {
    if (out.size() < kMaxPartBytes) append_names(item, type, out);
  }
}

std::string resources_named(std::string_view service, const Value& value) {
  std::string out = "[";
  for (const auto& [service_name, member, type] : kResources) {
    if (service_name != service) continue;
    if (const Value* found = find_member(value, member)) append_names(*found, type, out);
  }
  return out += ']';
}

std::string user_name_of(const room::Identity& identity) {
  const auto slash = identity.arn.rfind('/');
  if (slash != std::string::npos) return identity.arn.substr(slash + 1);
  return identity.arn.ends_with(":root") ? "root" : identity.user_id;
}

void append_masked(const Shape& shape, const Value& value, std::string& out);

// As CloudTrail writes members' names.
void append_name(std::string_view name, std::string& out) {
  out += '"';
  const std::size_t first = out.size();
  out += name;
  if (out[first] >= 'A' && out[first] <= 'Z') out[first] += 'a' - 'A';
  out += "\":";
}

void append_masked_structure(const Shape& shape, const Object& object, std::string& out) {
  char separator = '{';
  for (const auto& [key, item] : object) {
    const auto member = shape.find({key.data(), key.size()});
    if (!member) continue;
    out += std::exchange(separator, ',');
    append_name(member->name(), out);
    append_masked(member->shape(), item, out);
  }
  out += separator == '{' ? "{}" : "}";
}

void append_masked_list(const Shape& shape, const Array& array, std::string& out) {
  const Shape element = shape.element().shape();
  char separator = '[';
  for (const Value& item : array) {
    out += std::exchange(separator, ',');
    append_masked(element, item, out);
  }
  out += separator == '[' ? "[]" : "]";
}

void append_masked_map(const Shape& shape, const Object& object, std::string& out) {
  const Shape value = shape.value().shape();
  char separator = '{';
  for (const auto& [key, item] : object) {
    out += std::exchange(separator, ',');
    wire::append_json_string({key.data(), key.size()}, out);
    out += ':';
    append_masked(value, item, out);
  }
  out += separator == '{' ? "{}" : "}";
}

void append_masked(const Shape& shape, const Value& value, std::string& out) {
  if (shape.sensitive()) return wire::append_json_string(kHidden, out);
  const Kind kind = shape.kind();
  if (kind == Kind::kBlob) {
    out += "null";
  } else if (kind == Kind::kTimestamp && value.is_int64()) {
    wire::append_json_string(format_iso8601_seconds(from_ms(value.get_int64())), out);
  } else if (kind == Kind::kStructure && value.is_object()) {
    append_masked_structure(shape, value.get_object(), out);
  } else if (kind == Kind::kList && value.is_array()) {
    append_masked_list(shape, value.get_array(), out);
  } else if (kind == Kind::kMap && value.is_object()) {
    append_masked_map(shape, value.get_object(), out);
  } else if (value.is_string()) {
    wire::append_json_string(as_view(value.get_string()), out);
  } else {
    out += to_json(value);
  }
}

void append_text(std::string_view name, std::string_view text, std::string& out) {
  out += out.empty() ? "{\"" : ",\"";
  out += name;
  out += "\":";
  wire::append_json_string(text.substr(0, kMaxTextBytes), out);
}

// The parameters or the response; too large, what CloudTrail puts in their place.
void append_part(std::string_view name, const std::optional<Shape>& shape, const Value& value,
                 std::string& out) {
  if (!shape || !value.is_object() || value.get_object().empty()) return;
  out += ",\"";
  out += name;
  out += "\":";
  const std::size_t before = out.size();
  append_masked(*shape, value, out);
  if (out.size() - before <= kMaxPartBytes) return;
  out.resize(before);
  out += R"({"omitted":true,"reason":"The element is larger than 100 KB."})";
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
  std::string& body = event.body;
  append_text("arn", call.identity.arn, body);
  append_text("principal", call.identity.user_id, body);
  append_text("key", call.identity.access_key, body);
  append_text("request", call.request_id, body);
  append_text("address", call.source_address, body);
  append_text("agent", call.user_agent, body);
  if (call.error != nullptr) append_text("code", call.error->code, body);
  if (call.error != nullptr) append_text("message", call.error->message, body);
  append_part("input", call.operation.input(), call.input, body);
  if (!event.read_only && call.output != nullptr)
    append_part("output", call.operation.output(), *call.output, body);
  body += '}';
  event.resources = resources_named(call.operation.service().name(), call.input);
  return event;
}

std::vector<Resource> resources_of(std::string_view resources) {
  std::vector<Resource> out;
  if (resources == "[]") return out;
  const auto list = parse_json(resources);
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
