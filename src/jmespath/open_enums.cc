// The table. See open_enums.h.
#include "jmespath/open_enums.h"

#include <algorithm>
#include <utility>

namespace seatrial::jmespath {
namespace {

// Table: sorted.
constexpr std::pair<std::string_view, std::string_view> kOpenEnums[] = {
    {"acm", "KeyAlgorithm"},
    {"appconfig", "EnvironmentState"},
    {"cloudfront", "HttpVersion"},
    {"codeartifact", "ExternalConnectionStatus"},
    {"codebuild", "ArtifactsType"},
    {"codebuild", "StatusType"},
    {"codecommit", "RelativeFileVersionEnum"},
    {"comprehendmedical", "SNOMEDCTAttributeType"},
    {"comprehendmedical", "SNOMEDCTEntityCategory"},
    {"comprehendmedical", "SNOMEDCTEntityType"},
    {"comprehendmedical", "SNOMEDCTRelationshipType"},
    {"config", "DeliveryStatus"},
    {"config", "RecorderStatus"},
    {"dms", "CompressionTypeValue"},
    {"dms", "ReplicationEndpointTypeValue"},
    {"ec2", "AttachmentStatus"},
    {"ec2", "ByoipCidrState"},
    {"ec2", "DiskImageFormat"},
    {"ec2", "FleetEventType"},
    {"ec2", "FleetOnDemandAllocationStrategy"},
    {"ec2", "IpAddressType"},
    {"ec2", "IpamResourceDiscoveryAssociationState"},
    {"ec2", "MoveStatus"},
    {"ec2", "NetworkInterfacePermissionStateCode"},
    {"ec2", "NetworkInterfaceStatus"},
    {"ec2", "PrefixListState"},
    {"ec2", "SpotAllocationStrategy"},
    {"ec2", "State"},
    {"ec2", "VpnState"},
    {"elasticbeanstalk", "EnvironmentHealth"},
    {"gamelift", "PriorityType"},
    {"globalaccelerator", "IpAddressType"},
    {"iam", "PermissionsBoundaryAttachmentType"},
    {"inspector", "AgentHealthCode"},
    {"inspector2", "GroupKey"},
    {"iotthingsgraph", "FlowExecutionStatus"},
    {"iotwireless", "WirelessGatewayTaskStatus"},
    {"ivs", "TranscodePreset"},
    {"lakeformation", "TransactionStatus"},
    {"license-manager", "ResourceType"},
    {"lightsail", "OperationType"},
    {"lightsail", "PortAccessType"},
    {"lightsail", "RegionName"},
    {"lightsail", "RelationalDatabaseEngine"},
    {"memorydb", "AZStatus"},
    {"pi", "AnalysisStatus"},
    {"resource-explorer-2", "IndexState"},
    {"resource-explorer-2", "IndexType"},
    {"servicecatalog", "Status"},
    {"signer", "Category"},
    {"ssm", "AssociationStatusName"},
    {"ssm", "DocumentReviewCommentType"},
    {"ssm", "NotificationType"},
    {"synthetics", "CanaryRunStateReasonCode"},
    {"transcribe", "BaseModelName"},
    {"transcribe", "CLMLanguageCode"},
    {"transcribe", "LanguageCode"},
    {"workdocs", "ResourceType"},
};
static_assert(std::is_sorted(std::begin(kOpenEnums), std::end(kOpenEnums)));

}  // namespace

bool is_open_enum(std::string_view service, std::string_view shape) {
  return std::binary_search(std::begin(kOpenEnums), std::end(kOpenEnums),
                            std::pair(service, shape));
}

}  // namespace seatrial::jmespath
