// Every resource type's calls, checked against the models of the operations they call: members
// that exist, of the right kind, none missing that is required. The replies are canned.
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "decide/template/template.h"
#include "model/pack.h"
#include "room/testing.h"
#include "services/cloudformation/resource_type.h"

namespace seatrial::services::cloudformation {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Where `v` is not what the shape says; empty when it is.
std::string mismatch(const model::Shape& shape, const Value& v, const std::string& path) {
  using model::Kind;
  switch (shape.kind()) {
    case Kind::kStructure: {
      if (!v.is_object()) return path + ": not a structure";
      for (const auto& member : v.get_object()) {
        const std::string name(member.key());
        const auto found = shape.find(name);
        if (!found) return path + ": no member " + name;
        if (auto wrong = mismatch(found->shape(), member.value(), path + "." + name);
            !wrong.empty())
          return wrong;
      }
      for (std::uint32_t i = 0; i < shape.member_count(); ++i)
        if (shape.member(i).required() && find_member(v, shape.member(i).name()) == nullptr)
          return path + ": required member missing: " + std::string(shape.member(i).name());
      return "";
    }
    case Kind::kList:
      if (!v.is_array()) return path + ": not a list";
      for (const Value& element : v.get_array())
        if (auto wrong = mismatch(shape.element().shape(), element, path + "[]"); !wrong.empty())
          return wrong;
      return "";
    case Kind::kMap:
      if (!v.is_object()) return path + ": not a map";
      for (const auto& member : v.get_object())
        if (auto wrong = mismatch(shape.value().shape(), member.value(), path + "{}");
            !wrong.empty())
          return wrong;
      return "";
    case Kind::kString:
    case Kind::kBlob:
      return v.is_string() ? "" : path + ": not a string";
    case Kind::kBoolean:
      return v.is_bool() ? "" : path + ": not a boolean";
    case Kind::kInteger:
    case Kind::kLong:
      return v.is_int64() ? "" : path + ": not an integer";
    default:
      return "";
  }
}

class CannedWorld final : public room::TestWorld {
 public:
  room::Outcome<Value> call(const room::Context&, std::string_view service,
                            std::string_view operation, Value input) override {
    const auto found = model::find_service(service)->find_operation(operation);
    EXPECT_TRUE(found) << service << " " << operation;
    EXPECT_EQ(mismatch(*found->input(), input, ""), "") << operation << " " << to_json(input);
    calls.emplace_back(operation);
    inputs[std::string(operation)] = input;
    if (operation == failing) return model::fail("SomethingNotFound", "gone");
    const auto reply = replies.find(operation);
    return reply == replies.end() ? Value(Object{}) : reply->second;
  }
  std::vector<std::string> calls;
  std::map<std::string, Value> inputs;
  std::string failing;
  std::map<std::string, Value, std::less<>> replies;
};

Value json(std::string_view text) { return parse_json(text).value(); }

struct Case {
  std::string type;
  std::string before, after;  // properties; the update goes from one to the other
  std::string operation, reply;
  std::string id;
};

// The table of all types: properties, their update, and what the API answers.
const std::vector<Case>& cases() {
  static const std::vector<Case> kCases = {
      {"AWS::SNS::Topic",
       R"({"TopicName":"t","DisplayName":"d","Subscription":[{"Protocol":"email","Endpoint":"a@b"}],"Tags":[{"Key":"a","Value":"1"}],
        "DeliveryStatusLogging":[{"Protocol":"http/s","FailureFeedbackRoleArn":"arn:r"}]})",
       R"({"TopicName":"t","FifoTopic":true,"ContentBasedDeduplication":true,"FifoThroughputScope":"MessageGroup","SignatureVersion":"2","KmsMasterKeyId":"alias/aws/sns","Tags":[{"Key":"b","Value":"2"}]})",
       "CreateTopic", R"({"TopicArn":"arn:aws:sns:ap-southeast-2:123456789012:t"})",
       "arn:aws:sns:ap-southeast-2:123456789012:t"},
      {"AWS::SNS::Subscription",
       R"({"TopicArn":"arn:t","Protocol":"https","Endpoint":"https://x","FilterPolicy":{"a":["b"]},"FilterPolicyScope":"MessageBody",
        "RawMessageDelivery":"true","RedrivePolicy":{"deadLetterTargetArn":"arn:q"}})",
       R"({"TopicArn":"arn:t","Protocol":"https","Endpoint":"https://x","FilterPolicy":{"a":["c"]},"DeliveryPolicy":{"healthyRetryPolicy":{"numRetries":1}}})",
       "Subscribe", R"({"SubscriptionArn":"arn:s"})", "arn:s"},
      {"AWS::SNS::TopicPolicy", R"({"PolicyDocument":{"Statement":[]},"Topics":["arn:t","arn:u"]})",
       R"({"PolicyDocument":{"Statement":[{}]},"Topics":["arn:u"]})", "SetTopicAttributes", "{}",
       ""},
      {"AWS::SQS::Queue",
       R"({"QueueName":"q","VisibilityTimeout":60,"RedrivePolicy":{"deadLetterTargetArn":"arn:d","maxReceiveCount":3},"Tags":[{"Key":"a","Value":"1"}]})",
       R"({"QueueName":"q","DelaySeconds":"5","Tags":[{"Key":"b","Value":"2"}]})", "CreateQueue",
       R"({"QueueUrl":"http://h/1/q"})", "http://h/1/q"},
      {"AWS::SQS::QueuePolicy", R"({"PolicyDocument":{"Statement":[]},"Queues":["http://h/1/q"]})",
       R"({"PolicyDocument":{"Statement":[{}]},"Queues":["http://h/1/r"]})", "SetQueueAttributes",
       "{}", ""},
      {"AWS::Events::Rule",
       R"({"Name":"r","EventPattern":{"source":["a"]},"State":"ENABLED","Targets":[{"Id":"1","Arn":"arn:t","InputTransformer":{"InputPathsMap":{"a":"$.b"},"InputTemplate":"<a>"}},
        {"Id":"2","Arn":"arn:c","RoleArn":"arn:r","EcsParameters":{"TaskDefinitionArn":"arn:td","TaskCount":"1","NetworkConfiguration":{"AwsVpcConfiguration":{"Subnets":["s"]}}}}],
        "Tags":[{"Key":"a","Value":"1"}]})",
       R"j({"Name":"r","ScheduleExpression":"rate(1 minute)","Targets":[{"Id":"1","Arn":"arn:t"}],"Tags":[{"Key":"b","Value":"2"}]})j",
       "PutRule", R"({"RuleArn":"arn:rule"})", "r"},
      {"AWS::Lambda::Function",
       R"({"FunctionName":"f","Runtime":"python3.12","Handler":"index.handler","Role":"arn:r","Timeout":"7","Code":{"ZipFile":"def handler(e, c): pass"},
        "Environment":{"Variables":{"K":"v"}},"LoggingConfig":{"LogGroup":"/mine"},"Tags":[{"Key":"a","Value":"1"}]})",
       R"({"FunctionName":"f","Runtime":"python3.12","Handler":"index.handler","Role":"arn:r","Code":{"S3Bucket":"b","S3Key":"k"},"MemorySize":256,"Tags":[{"Key":"b","Value":"2"}]})",
       "CreateFunction", R"({"FunctionName":"f"})", "f"},
      {"AWS::ApplicationAutoScaling::ScalableTarget",
       R"({"MinCapacity":"1","MaxCapacity":4,"ResourceId":"service/c/s","ScalableDimension":"ecs:service:DesiredCount","ServiceNamespace":"ecs"})",
       R"x({"MinCapacity":2,"MaxCapacity":4,"ResourceId":"service/c/s","ScalableDimension":"ecs:service:DesiredCount","ServiceNamespace":"ecs","SuspendedState":{"DynamicScalingInSuspended":"true"},
        "ScheduledActions":[{"ScheduledActionName":"day","Schedule":"cron(0 8 ? * MON-FRI *)","Timezone":"Australia/Sydney","ScalableTargetAction":{"MinCapacity":"2","MaxCapacity":4}}]})x",
       "RegisterScalableTarget", "{}", "service/c/s|ecs:service:DesiredCount|ecs"},
      {"AWS::ApplicationAutoScaling::ScalingPolicy",
       R"({"PolicyName":"p","PolicyType":"TargetTrackingScaling","ScalingTargetId":"service/c/s|ecs:service:DesiredCount|ecs",
        "TargetTrackingScalingPolicyConfiguration":{"TargetValue":"70","PredefinedMetricSpecification":{"PredefinedMetricType":"ECSServiceAverageCPUUtilization"}}})",
       R"({"PolicyName":"p","PolicyType":"TargetTrackingScaling","ResourceId":"service/c/s","ScalableDimension":"ecs:service:DesiredCount","ServiceNamespace":"ecs",
        "TargetTrackingScalingPolicyConfiguration":{"TargetValue":50,"ScaleInCooldown":60,"PredefinedMetricSpecification":{"PredefinedMetricType":"ECSServiceAverageCPUUtilization"}}})",
       "PutScalingPolicy", R"({"PolicyARN":"arn:p"})", "arn:p"},
      {"AWS::Lambda::Permission",
       R"({"FunctionName":"f","Action":"lambda:InvokeFunction","Principal":"sns.amazonaws.com","SourceArn":"arn:t"})",
       "", "AddPermission", R"({"Statement":"{}"})", ""},
      {"AWS::ECS::Cluster",
       R"({"ClusterName":"c","ClusterSettings":[{"Name":"containerInsights","Value":"enabled"}],"Tags":[{"Key":"a","Value":"1"}]})",
       R"({"ClusterName":"c","ClusterSettings":[{"Name":"containerInsights","Value":"disabled"}],"Tags":[{"Key":"b","Value":"2"}]})",
       "CreateCluster", R"({"cluster":{"clusterName":"c","clusterArn":"arn:c"}})", "c"},
      {"AWS::ECS::TaskDefinition",
       R"({"Family":"f","Cpu":256,"Memory":"512","NetworkMode":"awsvpc","RequiresCompatibilities":["FARGATE"],
        "Volumes":[{"Name":"v","EFSVolumeConfiguration":{"FilesystemId":"fs-1"}}],"RuntimePlatform":{"CpuArchitecture":"X86_64"},
        "ContainerDefinitions":[{"Name":"n","Image":"i","Essential":"true","Cpu":"10","PortMappings":[{"ContainerPort":"80"}],
        "HealthCheck":{"Command":["CMD","true"],"Interval":5},"Secrets":[{"Name":"S","ValueFrom":"arn"}],"Environment":[{"Name":"A","Value":7}],
        "LogConfiguration":{"LogDriver":"awslogs","Options":{"awslogs-group":"g","mode":"x"}},"DockerLabels":{"Keep-Case":"y"},
        "Ulimits":[{"Name":"nofile","SoftLimit":1,"HardLimit":2}]}]})",
       "", "RegisterTaskDefinition", R"({"taskDefinition":{"taskDefinitionArn":"arn:td"}})",
       "arn:td"},
      {"AWS::ECS::Service",
       R"({"ServiceName":"s","Cluster":"c","TaskDefinition":"td:1","DesiredCount":"2","LaunchType":"FARGATE",
        "DeploymentConfiguration":{"MinimumHealthyPercent":100,"MaximumPercent":200,"DeploymentCircuitBreaker":{"Enable":true,"Rollback":true}},
        "LoadBalancers":[{"ContainerName":"n","ContainerPort":80,"TargetGroupArn":"arn:tg"}],"HealthCheckGracePeriodSeconds":60,
        "NetworkConfiguration":{"AwsvpcConfiguration":{"Subnets":["s"],"SecurityGroups":["g"],"AssignPublicIp":"DISABLED"}},
        "PlacementStrategies":[{"Type":"spread","Field":"host"}]})",
       R"({"ServiceName":"s","Cluster":"c","TaskDefinition":"td:2","DesiredCount":"3","LaunchType":"FARGATE",
        "DeploymentConfiguration":{"MinimumHealthyPercent":50,"MaximumPercent":200},
        "LoadBalancers":[{"ContainerName":"n","ContainerPort":80,"TargetGroupArn":"arn:tg2"}],"HealthCheckGracePeriodSeconds":"30",
        "NetworkConfiguration":{"AwsvpcConfiguration":{"Subnets":["s"],"SecurityGroups":["g"],"AssignPublicIp":"DISABLED"}},
        "PlacementStrategies":[{"Type":"spread","Field":"host"}],"Tags":[{"Key":"a","Value":"1"}]})",
       "CreateService", R"({"service":{"serviceArn":"arn:s","serviceName":"s"}})", "arn:s"},
      {"AWS::ElasticLoadBalancingV2::LoadBalancer",
       R"({"Name":"lb","Subnets":["a","b"],"SecurityGroups":["g"],"Scheme":"internal","Type":"application",
        "LoadBalancerAttributes":[{"Key":"idle_timeout.timeout_seconds","Value":30}],"Tags":[{"Key":"a","Value":"1"}]})",
       R"({"Name":"lb","Subnets":["a","b"],"SecurityGroups":["g"],"Scheme":"internal","Type":"application",
        "LoadBalancerAttributes":[{"Key":"idle_timeout.timeout_seconds","Value":"40"}]})",
       "CreateLoadBalancer",
       R"({"LoadBalancers":[{"LoadBalancerArn":"arn:aws:elasticloadbalancing:r:1:loadbalancer/app/lb/50dc","LoadBalancerName":"lb","DNSName":"lb.x"}]})",
       "arn:aws:elasticloadbalancing:r:1:loadbalancer/app/lb/50dc"},
      {"AWS::ElasticLoadBalancingV2::TargetGroup",
       R"({"Name":"tg","Port":"80","Protocol":"HTTP","TargetType":"ip","VpcId":"vpc","HealthCheckPath":"/h",
        "Matcher":{"HttpCode":200},"HealthyThresholdCount":2,"Targets":[{"Id":"10.0.0.1","Port":80}],
        "TargetGroupAttributes":[{"Key":"deregistration_delay.timeout_seconds","Value":"10"}]})",
       R"({"Name":"tg","Port":"80","Protocol":"HTTP","TargetType":"ip","VpcId":"vpc","HealthCheckPath":"/i","Matcher":{"HttpCode":"200-299"},
        "HealthyThresholdCount":3,"Targets":[{"Id":"10.0.0.2","Port":80}],"Tags":[{"Key":"a","Value":"1"}]})",
       "CreateTargetGroup",
       R"({"TargetGroups":[{"TargetGroupArn":"arn:aws:elasticloadbalancing:r:1:targetgroup/tg/73e2","TargetGroupName":"tg"}]})",
       "arn:aws:elasticloadbalancing:r:1:targetgroup/tg/73e2"},
      {"AWS::ElasticLoadBalancingV2::Listener",
       R"({"LoadBalancerArn":"arn:lb","Port":80,"Protocol":"HTTP","DefaultActions":[{"Type":"forward","TargetGroupArn":"arn:tg"}]})",
       R"({"LoadBalancerArn":"arn:lb","Port":"81","Protocol":"HTTP","DefaultActions":[{"Type":"fixed-response","FixedResponseConfig":{"StatusCode":"503","ContentType":"text/plain"}}]})",
       "CreateListener", R"({"Listeners":[{"ListenerArn":"arn:l"}]})", "arn:l"},
      {"AWS::ElasticLoadBalancingV2::ListenerRule",
       R"({"ListenerArn":"arn:l","Priority":"10","Conditions":[{"Field":"path-pattern","PathPatternConfig":{"Values":["/api/*"]}}],
        "Actions":[{"Type":"forward","ForwardConfig":{"TargetGroups":[{"TargetGroupArn":"arn:tg","Weight":"1"}]}}]})",
       R"({"ListenerArn":"arn:l","Priority":20,"Conditions":[{"Field":"host-header","HostHeaderConfig":{"Values":["x"]}}],"Actions":[{"Type":"forward","TargetGroupArn":"arn:tg"}]})",
       "CreateRule", R"({"Rules":[{"RuleArn":"arn:r"}]})", "arn:r"},
      {"AWS::CloudWatch::Alarm",
       R"({"AlarmName":"a","Namespace":"AWS/RDS","MetricName":"CPUUtilization","Statistic":"Average","Period":"300",
        "Dimensions":[{"Name":"DBInstanceIdentifier","Value":"db"}],"EvaluationPeriods":2,"Threshold":"80",
        "ComparisonOperator":"GreaterThanThreshold","ActionsEnabled":"true","Tags":[{"Key":"a","Value":"1"}]})",
       R"({"AlarmName":"a","EvaluationPeriods":2,"Threshold":90.5,"ComparisonOperator":"GreaterThanThreshold",
        "Metrics":[{"Id":"e1","Expression":"m1*2"},{"Id":"m1","ReturnData":"false","MetricStat":{"Period":60,"Stat":"Sum",
        "Metric":{"Namespace":"App","MetricName":"m","Dimensions":[{"Name":"a","Value":"b"}]}}}],"Tags":[{"Key":"b","Value":"2"}]})",
       "PutMetricAlarm", "{}", "a"},
      {"AWS::CloudWatch::CompositeAlarm",
       R"({"AlarmName":"c","AlarmRule":"NOT FALSE","ActionsSuppressor":"s","ActionsSuppressorWaitPeriod":"60","ActionsSuppressorExtensionPeriod":60})",
       R"({"AlarmName":"c","AlarmRule":"TRUE"})", "PutCompositeAlarm", "{}", "c"},
      {"AWS::CloudWatch::AnomalyDetector",
       R"({"SingleMetricAnomalyDetector":{"Namespace":"App","MetricName":"m","Stat":"Sum"}})", "",
       "PutAnomalyDetector", "{}", ""},
      {"AWS::Logs::LogGroup",
       R"({"LogGroupName":"g","RetentionInDays":"7","Tags":[{"Key":"a","Value":"1"}]})",
       R"({"LogGroupName":"g","Tags":[{"Key":"b","Value":"1"}]})", "CreateLogGroup", "{}", "g"},
      {"AWS::Logs::LogStream", R"({"LogGroupName":"g","LogStreamName":"s"})", "", "CreateLogStream",
       "{}", "s"},
      {"AWS::IAM::Role",
       R"({"RoleName":"r","AssumeRolePolicyDocument":{"Version":"2012-10-17"},"ManagedPolicyArns":["arn:aws:iam::aws:policy/A","arn:aws:iam::aws:policy/B"],
        "Policies":[{"PolicyName":"p","PolicyDocument":{"Statement":[]}}],"MaxSessionDuration":"3600","Tags":[{"Key":"a","Value":"1"}]})",
       R"({"RoleName":"r","AssumeRolePolicyDocument":{"Version":"2008-10-17"},"ManagedPolicyArns":["arn:aws:iam::aws:policy/B","arn:aws:iam::aws:policy/C"],
        "Policies":[{"PolicyName":"q","PolicyDocument":{"Statement":[]}}],"MaxSessionDuration":"3600","Tags":[{"Key":"b","Value":"1"}]})",
       "CreateRole", R"({"Role":{"RoleName":"r","Arn":"arn:r","RoleId":"AROA"}})", "r"},
      {"AWS::IAM::User",
       R"({"UserName":"u","Path":"/x/","ManagedPolicyArns":["arn:aws:iam::aws:policy/A"]})",
       R"({"UserName":"u","Path":"/x/","Policies":[{"PolicyName":"q","PolicyDocument":"{}"}]})",
       "CreateUser", R"({"User":{"UserName":"u","Arn":"arn:u"}})", "u"},
      {"AWS::IAM::Policy", R"({"PolicyName":"p","PolicyDocument":{},"Roles":["r"],"Users":["u"]})",
       R"({"PolicyName":"p2","PolicyDocument":{},"Roles":["r2"]})", "", "", ""},
      {"AWS::IAM::ManagedPolicy",
       R"({"ManagedPolicyName":"m","PolicyDocument":{"Statement":[]},"Roles":["r"],"Users":["u"]})",
       R"({"ManagedPolicyName":"m","PolicyDocument":{"Statement":[1]},"Roles":["r2"]})",
       "CreatePolicy", R"({"Policy":{"Arn":"arn:aws:iam::123456789012:policy/m"}})",
       "arn:aws:iam::123456789012:policy/m"},
      {"AWS::IAM::AccessKey", R"({"UserName":"u","Status":"Inactive"})",
       R"({"UserName":"u","Status":"Active"})", "CreateAccessKey",
       R"({"AccessKey":{"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"x"}})",
       "AKIAIOSFODNN7EXAMPLE"},
      {"AWS::Logs::MetricFilter",
       R"({"FilterName":"f","LogGroupName":"g","FilterPattern":"ERROR","MetricTransformations":[{"MetricName":"m","MetricNamespace":"n","MetricValue":"1","DefaultValue":0}]})",
       R"({"FilterName":"f","LogGroupName":"g","FilterPattern":"{ $.l = * }","MetricTransformations":[{"MetricName":"m","MetricNamespace":"n","MetricValue":"$.l","Unit":"Seconds","Dimensions":[{"Key":"a","Value":"$.a"}]}]})",
       "PutMetricFilter", "{}", "f"},
      {"AWS::S3::Bucket",
       R"({"BucketName":"b","VersioningConfiguration":{"Status":"Enabled"},"PublicAccessBlockConfiguration":{"BlockPublicAcls":"true","BlockPublicPolicy":true},
        "BucketEncryption":{"ServerSideEncryptionConfiguration":[{"ServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"},"BucketKeyEnabled":"false"}]},
        "OwnershipControls":{"Rules":[{"ObjectOwnership":"BucketOwnerEnforced"}]},"AccessControl":"Private","Tags":[{"Key":"a","Value":"1"}]})",
       R"({"BucketName":"b","AccessControl":"Private","LifecycleConfiguration":{"Rules":[{"Id":"r","Status":"Enabled","Prefix":"logs/","ExpirationInDays":"30","TagFilters":[{"Key":"a","Value":"1"}],
        "NoncurrentVersionExpiration":{"NoncurrentDays":7},"AbortIncompleteMultipartUpload":{"DaysAfterInitiation":1}}]},"Tags":[{"Key":"b","Value":"2"}]})",
       "", "", "b"},
      {"AWS::S3::BucketPolicy", R"({"Bucket":"b","PolicyDocument":{"Statement":[]}})",
       R"({"Bucket":"b","PolicyDocument":{"Statement":[{}]}})", "", "", "b"},
      {"AWS::CloudTrail::Trail",
       R"({"TrailName":"t","S3BucketName":"b","IsLogging":"true","IsMultiRegionTrail":"true","EnableLogFileValidation":false,"Tags":[{"Key":"a","Value":"1"}]})",
       R"({"TrailName":"t","S3BucketName":"c","IsLogging":false,"S3KeyPrefix":"p","Tags":[{"Key":"a","Value":"1"}]})",
       "", "", "t"},
      {"AWS::Logs::SubscriptionFilter",
       R"({"FilterName":"f","LogGroupName":"g","FilterPattern":"","DestinationArn":"arn:d","RoleArn":"arn:r"})",
       R"({"FilterName":"f","LogGroupName":"g","FilterPattern":"ERROR","DestinationArn":"arn:d","RoleArn":"arn:r","Distribution":"Random"})",
       "PutSubscriptionFilter", "{}", "f"},
      {"AWS::Logs::QueryDefinition",
       R"({"Name":"q","QueryString":"fields @message","LogGroupNames":["g"]})",
       R"({"Name":"q2","QueryString":"limit 1"})", "PutQueryDefinition",
       R"({"queryDefinitionId":"id"})", "id"},
      {"AWS::Logs::DeliverySource",
       R"({"Name":"s","ResourceArn":"arn:r","LogType":"ALB_ACCESS_LOGS","Tags":[{"Key":"a","Value":"1"}]})",
       R"({"Name":"s","ResourceArn":"arn:r","LogType":"ALB_CONNECTION_LOGS"})", "PutDeliverySource",
       R"({"deliverySource":{"name":"s","arn":"arn:s"}})", "s"},
      {"AWS::Logs::DeliveryDestination",
       R"({"Name":"d","DestinationResourceArn":"arn:r","OutputFormat":"json"})",
       R"({"Name":"d","DestinationResourceArn":"arn:r","OutputFormat":"plain"})",
       "PutDeliveryDestination", R"({"deliveryDestination":{"name":"d","arn":"arn:d"}})", "d"},
      {"AWS::Logs::Delivery",
       R"({"DeliverySourceName":"s","DeliveryDestinationArn":"arn:d","RecordFields":["time"]})",
       R"({"DeliverySourceName":"s","DeliveryDestinationArn":"arn:d","RecordFields":["time"]})",
       "CreateDelivery", R"({"delivery":{"id":"id","arn":"arn:x"}})", "id"},
      {"AWS::KinesisFirehose::DeliveryStream",
       R"({"DeliveryStreamName":"d","ExtendedS3DestinationConfiguration":{"RoleARN":"arn:r","BucketARN":"arn:b","BufferingHints":{"SizeInMBs":"5","IntervalInSeconds":"60"}},"Tags":[{"Key":"a","Value":"1"}]})",
       R"({"DeliveryStreamName":"d","ExtendedS3DestinationConfiguration":{"RoleARN":"arn:r","BucketARN":"arn:b","BufferingHints":{"SizeInMBs":"5","IntervalInSeconds":"60"}},"Tags":[{"Key":"b","Value":"1"}]})",
       "CreateDeliveryStream", R"({"DeliveryStreamARN":"arn:d"})", "d"},
      {"AWS::CloudWatch::Dashboard", R"({"DashboardName":"d","DashboardBody":"{\"widgets\":[]}"})",
       R"({"DashboardName":"d","DashboardBody":"{\"start\":\"-PT1H\",\"widgets\":[]}"})",
       "PutDashboard", "{}", "d"},
      {"AWS::CloudWatch::MetricStream",
       R"({"Name":"s","FirehoseArn":"arn:d","RoleArn":"arn:r","OutputFormat":"json","IncludeFilters":[{"Namespace":"App","MetricNames":["m"]}],"Tags":[{"Key":"a","Value":"1"}]})",
       R"({"Name":"s","FirehoseArn":"arn:d","RoleArn":"arn:r","OutputFormat":"opentelemetry1.0","IncludeLinkedAccountsMetrics":"false","StatisticsConfigurations":[{"AdditionalStatistics":["p99"],"IncludeMetrics":[{"MetricName":"m","Namespace":"App"}]}],"Tags":[{"Key":"b","Value":"1"}]})",
       "PutMetricStream", R"({"Arn":"arn:s"})", "s"},
      {"AWS::SSM::Parameter", R"({"Name":"/p","Type":"String","Value":"v","Tags":{"a":"1"}})",
       R"({"Name":"/p","Type":"String","Value":5,"Tags":{"b":"1"}})", "PutParameter", "{}", "/p"},
      {"AWS::SecretsManager::Secret",
       R"({"Name":"s","GenerateSecretString":{"PasswordLength":"32","ExcludePunctuation":true,"SecretStringTemplate":"{\"u\":\"x\"}","GenerateStringKey":"p"},"Tags":[{"Key":"a","Value":"1"}]})",
       R"({"Name":"s","SecretString":"plain","Description":"d"})", "CreateSecret",
       R"({"ARN":"arn:s"})", "arn:s"},
      {"AWS::EC2::SecurityGroup",
       R"({"GroupName":"g","GroupDescription":"d","VpcId":"vpc","SecurityGroupIngress":[{"IpProtocol":"tcp","FromPort":"80","ToPort":80,"CidrIp":"0.0.0.0/0","Description":"h"}],
        "SecurityGroupEgress":[{"IpProtocol":-1,"CidrIpv6":"::/0"}],"Tags":[{"Key":"a","Value":"1"}]})",
       R"({"GroupName":"g","GroupDescription":"d","VpcId":"vpc","SecurityGroupIngress":[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"SourceSecurityGroupId":"sg-2","SourceSecurityGroupOwnerId":"1"}],
        "SecurityGroupEgress":[{"IpProtocol":"tcp","FromPort":1,"ToPort":2,"DestinationPrefixListId":"pl-1"}],"Tags":[{"Key":"b","Value":"1"}]})",
       "CreateSecurityGroup", R"({"GroupId":"sg-1"})", "sg-1"},
      {"AWS::EC2::SecurityGroupIngress",
       R"({"GroupId":"sg-1","IpProtocol":"tcp","FromPort":1,"ToPort":2,"SourceSecurityGroupId":"sg-2"})",
       "", "AuthorizeSecurityGroupIngress",
       R"({"SecurityGroupRules":[{"SecurityGroupRuleId":"sgr-1"}]})", "sgr-1"},
      {"AWS::EC2::SecurityGroupEgress",
       R"({"GroupId":"sg-1","IpProtocol":"tcp","FromPort":1,"ToPort":2,"DestinationSecurityGroupId":"sg-2"})",
       "", "AuthorizeSecurityGroupEgress",
       R"({"SecurityGroupRules":[{"SecurityGroupRuleId":"sgr-2"}]})", "sgr-2"},
      {"AWS::EC2::VPCEndpoint",
       R"({"ServiceName":"com.amazonaws.r.s3","VpcId":"vpc","VpcEndpointType":"Gateway","PolicyDocument":{"Statement":[]},"PrivateDnsEnabled":"false","Tags":[{"Key":"a","Value":"1"}]})",
       R"({"ServiceName":"com.amazonaws.r.s3","VpcId":"vpc","VpcEndpointType":"Gateway","PolicyDocument":{"Statement":[]},"PrivateDnsEnabled":"false"})",
       "CreateVpcEndpoint", R"({"VpcEndpoint":{"VpcEndpointId":"vpce-1"}})", "vpce-1"},
  };
  return kCases;
}

class EveryType : public testing::TestWithParam<Case> {};

TEST_P(EveryType, CallsWhatTheModelsKnow) {
  const Case& c = GetParam();
  const ResourceType* type = find_resource_type(c.type);
  ASSERT_NE(type, nullptr);
  CannedWorld world;
  world.replies["GetRandomPassword"] = json(R"({"RandomPassword":"pw"})");
  world.replies["ListAttachedRolePolicies"] =
      json(R"({"AttachedPolicies":[{"PolicyArn":"arn:aws:iam::aws:policy/A"}]})");
  world.replies["ListRolePolicies"] = json(R"({"PolicyNames":["p"]})");
  if (!c.operation.empty()) world.replies[c.operation] = json(c.reply);
  ApiCaller api(*world.env, world.context());
  const Value before = json(c.before);
  ASSERT_TRUE(check_properties(*type, before));
  const Request request{"Logical", "3b241101-e2bb-4255-8caf-4136c566a962", before};
  if (type->find != nullptr) {
    auto found = type->find(api, request);
    EXPECT_TRUE(found) << found.error().message;
  }
  auto made = type->create(api, request);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(c.id.empty() || made->id == c.id) << made->id;
  EXPECT_TRUE(type->configure == nullptr || type->configure(api, *made, before));
  if (!c.after.empty()) {
    ASSERT_TRUE(check_properties(*type, json(c.after)));
    auto updated = type->update(api, *made, before, json(c.after));
    EXPECT_TRUE(updated) << updated.error().message;
    // Taking the update back is an update, too.
    EXPECT_TRUE(c.type == "AWS::ECS::Service" || type->update(api, *made, json(c.after), before));
  }
  world.calls.clear();
  EXPECT_TRUE(type->remove(api, *made, before));
  EXPECT_FALSE(world.calls.empty());
  world.failing = world.calls.back();
  EXPECT_TRUE(type->remove(api, *made, before)) << "what is gone already is deleted";
}

INSTANTIATE_TEST_SUITE_P(Types, EveryType, testing::ValuesIn(cases()), [](const auto& info) {
  std::string name = info.param.type;
  std::erase(name, ':');
  return name;
});

TEST(ResourceTypes, EachIsTested) {
  std::set<std::string> tested;
  for (const Case& c : cases()) tested.insert(c.type);
  EXPECT_EQ(tested, resource_type_names());
}

// The templates we ship use only what is carried out.
void expect_carried_out(const std::string& text) {
  auto raw = decide::parse_text(text);
  ASSERT_TRUE(raw) << raw.error().message;
  auto declared = decide::load_template(*raw, resource_type_names());
  ASSERT_TRUE(declared) << declared.error().message;
  decide::Scope scope;
  scope.pseudo = {"ap-southeast-2", "123456789012", "s", "id"};
  scope.ref = [](const std::string& id) { return model::Outcome<Value>(Value(id)); };
  scope.get_att = [](const std::string& id, const std::string& attribute) {
    return model::Outcome<Value>(Value(id + "." + attribute));
  };
  auto values = decide::resolve_parameters(*declared, {}, nullptr);
  ASSERT_TRUE(values) << values.error().message;
  scope.parameters = *values;
  auto instance = decide::instantiate(*declared, scope);
  ASSERT_TRUE(instance) << instance.error().message;
  CannedWorld world;
  ApiCaller api(*world.env, world.context());
  world.replies["CreateLoadBalancer"] = json(R"({"LoadBalancers":[{}]})");
  world.replies["CreateTargetGroup"] = json(R"({"TargetGroups":[{}]})");
  world.replies["CreateListener"] = json(R"({"Listeners":[{}]})");
  world.replies["CreateRule"] = json(R"({"Rules":[{}]})");
  for (const auto& resource : instance->resources) {
    SCOPED_TRACE(resource.declared->logical_id);
    const ResourceType* type = find_resource_type(resource.declared->type);
    const auto properties = decide::evaluate(resource.properties, scope);
    ASSERT_TRUE(properties) << properties.error().message;
    auto fine = check_properties(*type, **properties);
    EXPECT_TRUE(fine) << fine.error().message;
    const Request request{resource.declared->logical_id, "token-0123456789", **properties};
    auto made = type->create(api, request);
    EXPECT_TRUE(made) << made.error().message;
  }
}

TEST(ResourceTypes, CarryOutTheExamples) {
  std::size_t seen = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(SEATRIAL_SOURCE) / "examples")) {
    std::ifstream in(entry.path() / "template.yaml");
    if (!in) continue;
    ++seen;
    SCOPED_TRACE(entry.path().string());
    std::ostringstream text;
    text << in.rdbuf();
    expect_carried_out(text.str());
  }
  EXPECT_GE(seen, 1u);
}

TEST(ResourceTypes, CarryOutTheLogPipeline) {
  std::ifstream in(std::filesystem::path(SEATRIAL_SOURCE) /
                   "examples/solemate/monitoring/logging-infrastructure.yaml");
  std::ostringstream text;
  text << in.rdbuf();
  expect_carried_out(text.str());
}

TEST(PropertyMap, NamesAndScalarsFollowTheModel) {
  const auto mapped = map_properties(
      {"ecs", "RegisterTaskDefinition", {}, {}},
      json(
          R"({"Family":"f","Cpu":256,"ContainerDefinitions":[{"Name":"n","PortMappings":[{"ContainerPort":"80"}],
                                     "LogConfiguration":{"LogDriver":"awslogs","Options":{"Awslogs-Group":1}}}]})"));
  ASSERT_TRUE(mapped) << mapped.error().message;
  EXPECT_EQ(
      to_json(*mapped),
      R"({"family":"f","cpu":"256","containerDefinitions":[{"name":"n","portMappings":[{"containerPort":80}],)"
      R"("logConfiguration":{"logDriver":"awslogs","options":{"Awslogs-Group":"1"}}}]})");
}

TEST(PropertyMap, RefusalsNameThePath) {
  const auto error = [](std::string_view properties) {
    auto mapped = map_properties({"ecs", "RegisterTaskDefinition", {}, {}}, json(properties));
    return mapped ? "accepted" : mapped.error().message;
  };
  EXPECT_THAT(error(R"({"ContainerDefinitions":[{"Name":"a"},{"Nmae":"b"}]})"),
              HasSubstr("#/ContainerDefinitions/1: extraneous key [Nmae]"));
  EXPECT_THAT(error(R"({"ContainerDefinitions":"x"})"),
              HasSubstr("#/ContainerDefinitions: expected type: JSONArray, found: String"));
  EXPECT_THAT(error(R"({"ContainerDefinitions":[{"Essential":"maybe"}]})"),
              HasSubstr("expected type: Boolean"));
  EXPECT_THAT(error(R"({"ContainerDefinitions":[{"Cpu":"1.5"}]})"),
              HasSubstr("expected type: Number"));
  EXPECT_THAT(error(R"({"Family":{"a":1}})"),
              HasSubstr("#/Family: expected type: String, found: JSONObject"));
}

}  // namespace
}  // namespace seatrial::services::cloudformation
