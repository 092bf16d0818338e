#include "services/iam/managed_policies.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "base/time.h"

namespace seatrial::services::iam {
namespace {

constexpr std::string_view kPrefix = "arn:aws:iam::aws:policy/";

// Path and name as after "policy/", in byte order.
constexpr std::array kNames = std::to_array<std::string_view>({
    "AWSCertificateManagerFullAccess",
    "AWSCertificateManagerReadOnly",
    "AWSCloudFormationFullAccess",
    "AWSCloudFormationReadOnlyAccess",
    "AWSCloudTrail_FullAccess",
    "AWSCloudTrail_ReadOnlyAccess",
    "AWSCodeBuildAdminAccess",
    "AWSCodeDeployFullAccess",
    "AWSCodeDeployRoleForECS",
    "AWSCodePipeline_FullAccess",
    "AWSLambda_FullAccess",
    "AWSLambda_ReadOnlyAccess",
    "AWSWAFFullAccess",
    "AWSXRayDaemonWriteAccess",
    "AWSXrayReadOnlyAccess",
    "AdministratorAccess",
    "AmazonDynamoDBFullAccess",
    "AmazonDynamoDBReadOnlyAccess",
    "AmazonEC2ContainerRegistryFullAccess",
    "AmazonEC2ContainerRegistryPowerUser",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonEC2FullAccess",
    "AmazonEC2ReadOnlyAccess",
    "AmazonECS_FullAccess",
    "AmazonEKSClusterPolicy",
    "AmazonEKSServicePolicy",
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonElastiCacheFullAccess",
    "AmazonElastiCacheReadOnlyAccess",
    "AmazonElasticFileSystemFullAccess",
    "AmazonEventBridgeFullAccess",
    "AmazonKinesisFullAccess",
    "AmazonOpenSearchServiceFullAccess",
    "AmazonRDSFullAccess",
    "AmazonRDSReadOnlyAccess",
    "AmazonRoute53FullAccess",
    "AmazonRoute53ReadOnlyAccess",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonSESFullAccess",
    "AmazonSNSFullAccess",
    "AmazonSNSReadOnlyAccess",
    "AmazonSQSFullAccess",
    "AmazonSQSReadOnlyAccess",
    "AmazonSSMFullAccess",
    "AmazonSSMManagedInstanceCore",
    "AmazonSSMReadOnlyAccess",
    "AmazonVPCFullAccess",
    "AmazonVPCReadOnlyAccess",
    "AutoScalingFullAccess",
    "AutoScalingReadOnlyAccess",
    "CloudFrontFullAccess",
    "CloudFrontReadOnlyAccess",
    "CloudWatchAgentServerPolicy",
    "CloudWatchEventsFullAccess",
    "CloudWatchFullAccess",
    "CloudWatchFullAccessV2",
    "CloudWatchLogsFullAccess",
    "CloudWatchLogsReadOnlyAccess",
    "CloudWatchReadOnlyAccess",
    "ElasticLoadBalancingFullAccess",
    "ElasticLoadBalancingReadOnly",
    "IAMFullAccess",
    "IAMReadOnlyAccess",
    "IAMUserChangePassword",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "SecretsManagerReadWrite",
    "SecurityAudit",
    "job-function/Billing",
    "job-function/DatabaseAdministrator",
    "job-function/NetworkAdministrator",
    "job-function/SupportUser",
    "job-function/SystemAdministrator",
    "job-function/ViewOnlyAccess",
    "service-role/AWSCodeDeployRole",
    "service-role/AWSLambdaBasicExecutionRole",
    "service-role/AWSLambdaSQSQueueExecutionRole",
    "service-role/AWSLambdaVPCAccessExecutionRole",
    "service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    "service-role/AmazonEC2ContainerServiceAutoscaleRole",
    "service-role/AmazonEC2ContainerServiceEventsRole",
    "service-role/AmazonEC2ContainerServiceRole",
    "service-role/AmazonEC2ContainerServiceforEC2Role",
    "service-role/AmazonECSInfrastructureRolePolicyForVolumes",
    "service-role/AmazonECSTaskExecutionRolePolicy",
    "service-role/AmazonRDSEnhancedMonitoringRole",
    "service-role/ROSAInstallerPolicy",
});
static_assert(std::ranges::is_sorted(kNames));

struct Document {
  std::string_view name, text;
};
constexpr Document kDocuments[] = {
    {"AdministratorAccess",
     R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})"},
    {"service-role/AWSLambdaBasicExecutionRole",
     R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:CreateLogGroup",)"
     R"("logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}]})"},
    {"service-role/AmazonECSTaskExecutionRolePolicy",
     R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[)"
     R"("ecr:GetAuthorizationToken","ecr:BatchCheckLayerAvailability",)"
     R"("ecr:GetDownloadUrlForLayer","ecr:BatchGetImage","logs:CreateLogStream",)"
     R"("logs:PutLogEvents"],"Resource":"*"}]})"},
};

// Stable across worlds: A-Z and 2-7 of the name's digest.
std::string policy_id(std::string_view name) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const std::string digest = sha256(name);
  std::string id = "ANPA";
  for (int i = 0; i < 17; ++i) id += kAlphabet[static_cast<unsigned char>(digest[i]) % 32];
  return id;
}

aws::iam::Policy shape_of(std::string_view name) {
  aws::iam::Policy policy;
  const auto slash = name.rfind('/');
  policy.PolicyName = std::string(slash == std::string_view::npos ? name : name.substr(slash + 1));
  policy.Path = "/" + std::string(slash == std::string_view::npos ? "" : name.substr(0, slash + 1));
  policy.Arn = std::string(kPrefix) + std::string(name);
  policy.PolicyId = policy_id(name);
  policy.DefaultVersionId = "v1";  // guess: AWS's own have gone through many versions
  policy.IsAttachable = true;
  policy.CreateDate = parse_time("2015-02-06T18:39:00Z");  // guess: the day most of them appeared
  policy.UpdateDate = policy.CreateDate;
  return policy;
}

}  // namespace

std::optional<aws::iam::Policy> managed_policy(std::string_view arn) {
  if (!arn.starts_with(kPrefix)) return std::nullopt;
  const auto name = arn.substr(kPrefix.size());
  if (!std::ranges::binary_search(kNames, name)) return std::nullopt;
  return shape_of(name);
}

std::vector<aws::iam::Policy> managed_policies() {
  std::vector<aws::iam::Policy> all;
  for (const auto name : kNames) all.push_back(shape_of(name));
  return all;
}

std::string_view managed_policy_document(std::string_view arn) {
  if (!arn.starts_with(kPrefix)) return {};
  const auto found = std::ranges::find(kDocuments, arn.substr(kPrefix.size()), &Document::name);
  return found == std::end(kDocuments) ? std::string_view{} : found->text;
}

}  // namespace seatrial::services::iam
