// The namespaces, metrics and dimensions that AWS services publish. See metrics.h.
//
// Source: the pages of AWS's documentation named in each row, and, for metrics added since, the
// names that the pages list in August 2026. Facts only; a page that does not say which dimensions
// go together has Match::kAny.
// guess: lists marked incomplete are those whose pages change often or say "for example".
#include <algorithm>
#include <array>

#include "runbook/check/reading/metrics.h"

namespace seatrial::runbook::check {
namespace {

constexpr std::array kApiGateway = {
    MetricGroup{"4XXError 5XXError CacheHitCount CacheMissCount", Match::kAtLeast, "ApiName"},
    MetricGroup{"4xx 5xx DataProcessed", Match::kAtLeast, "ApiId"},
    MetricGroup{"ClientError ConnectCount Count ExecutionError IntegrationError IntegrationLatency "
                "Latency MessageCount",
                Match::kAtLeast, "ApiName;ApiId"},
};

constexpr std::array kApplicationELB = {
    MetricGroup{"HealthyHostCount UnHealthyHostCount", Match::kAtLeast, "LoadBalancer,TargetGroup"},
    MetricGroup{"HTTPCode_ELB_3XX_Count HTTPCode_ELB_4XX_Count HTTPCode_ELB_500_Count "
                "HTTPCode_ELB_502_Count HTTPCode_ELB_503_Count HTTPCode_ELB_504_Count "
                "HTTPCode_ELB_5XX_Count",
                Match::kExactly, "LoadBalancer;AvailabilityZone,LoadBalancer"},
    MetricGroup{"LambdaInternalError LambdaUserError RequestCountPerTarget", Match::kAtLeast,
                "TargetGroup;LoadBalancer"},
    MetricGroup{
        "ActiveConnectionCount AnomalousHostCount BYoIPUtilPercentage CapacityUnits "
        "ClientTLSNegotiationErrorCount ConsumedLCUs "
        "DesyncMitigationMode_NonCompliant_Request_Count DroppedInvalidHeaderRequestCount "
        "ELBAuthError ELBAuthFailure ELBAuthLatency ELBAuthRefreshTokenSuccess ELBAuthSuccess "
        "ELBAuthUserClaimsSizeExceeded ForwardedInvalidHeaderRequestCount GrpcRequestCount "
        "HTTPCode_Target_2XX_Count HTTPCode_Target_3XX_Count HTTPCode_Target_4XX_Count "
        "HTTPCode_Target_5XX_Count HTTP_Fixed_Response_Count HTTP_Redirect_Count "
        "HTTP_Redirect_Url_Limit_Exceeded_Count HealthyStateDNS HealthyStateRouting "
        "IPv6ProcessedBytes IPv6RequestCount LambdaTargetProcessedBytes "
        "LowReputationPacketsDropped LowReputationRequestsDenied MitigatedHostCount "
        "NewConnectionCount NonStickyRequestCount PeakLCUs ProcessedBytes RejectedConnectionCount "
        "RequestCount ReservedLCUs RuleEvaluations StandardProcessedBytes "
        "TargetConnectionErrorCount TargetProcessedBytes TargetResponseTime "
        "TargetTLSNegotiationErrorCount UnhealthyRoutingRequestCount UnhealthyStateDNS "
        "UnhealthyStateRouting ZonalHealthStatus",
        Match::kAtLeast, "LoadBalancer"},
};

constexpr std::array kAutoScaling = {
    MetricGroup{
        "GroupAndWarmPoolDesiredCapacity GroupAndWarmPoolTotalCapacity GroupDesiredCapacity "
        "GroupInServiceCapacity GroupInServiceInstances GroupMaxSize GroupMinSize "
        "GroupPendingCapacity GroupPendingInstances GroupStandbyCapacity GroupStandbyInstances "
        "GroupTerminatingCapacity GroupTerminatingInstances GroupTotalCapacity "
        "GroupTotalInstances PredictiveScalingCapacityForecast PredictiveScalingLoadForecast "
        "PredictiveScalingMetricPairCorrelation WarmPoolDesiredCapacity WarmPoolMinSize "
        "WarmPoolPendingCapacity WarmPoolTerminatingCapacity WarmPoolTotalCapacity "
        "WarmPoolWarmedCapacity",
        Match::kAtLeast, "AutoScalingGroupName"},
};

constexpr std::array kBackup = {
    MetricGroup{
        "NumberOfBackupJobsAborted NumberOfBackupJobsCompleted NumberOfBackupJobsCreated "
        "NumberOfBackupJobsExpired NumberOfBackupJobsFailed NumberOfBackupJobsPending "
        "NumberOfBackupJobsRunning NumberOfCopyJobsCompleted NumberOfCopyJobsCreated "
        "NumberOfCopyJobsFailed NumberOfCopyJobsRunning NumberOfRecoveryPointsCold "
        "NumberOfRecoveryPointsCompleted NumberOfRecoveryPointsDeleting "
        "NumberOfRecoveryPointsExpired NumberOfRecoveryPointsPartial NumberOfRestoreJobsCompleted "
        "NumberOfRestoreJobsFailed NumberOfRestoreJobsPending NumberOfRestoreJobsRunning",
        Match::kAny, ""},
};

constexpr std::array kBilling = {
    MetricGroup{"EstimatedCharges", Match::kAtLeast, "Currency"},
};

constexpr std::array kCertificateManager = {
    MetricGroup{"DaysToExpiry", Match::kAtLeast, "CertificateArn"},
};

constexpr std::array kCloudFront = {
    MetricGroup{
        "FunctionComputeUtilization FunctionExecutionErrors FunctionInvocations FunctionThrottles "
        "FunctionValidationErrors",
        Match::kAtLeast, "FunctionName,Region"},
    MetricGroup{
        "401ErrorRate 403ErrorRate 404ErrorRate 4xxErrorRate 502ErrorRate 503ErrorRate "
        "504ErrorRate 5xxErrorRate BytesDownloaded BytesUploaded CacheHitRate "
        "LambdaExecutionError LambdaLimitExceededErrors LambdaValidationError OriginLatency "
        "Requests TotalErrorRate",
        Match::kAtLeast, "DistributionId,Region"},
};

constexpr std::array kDynamoDB = {
    MetricGroup{"SuccessfulRequestLatency SystemErrors ThrottledRequests", Match::kAtLeast,
                "Operation,TableName"},
    MetricGroup{"ReturnedItemCount", Match::kAtLeast, "Operation,TableName"},
    MetricGroup{
        "ConditionalCheckFailedRequests ConsumedReadCapacityUnits ConsumedWriteCapacityUnits "
        "ProvisionedReadCapacityUnits ProvisionedWriteCapacityUnits ReadThrottleEvents "
        "TimeToLiveDeletedItemCount WriteThrottleEvents",
        Match::kAtLeast, "TableName"},
    MetricGroup{
        "AccountMaxReads AccountMaxTableLevelReads AccountMaxTableLevelWrites AccountMaxWrites "
        "AccountProvisionedReadCapacityUnits AccountProvisionedReadCapacityUtilization "
        "AccountProvisionedWriteCapacityUtilization AgeOfOldestUnreplicatedRecord "
        "ConsumedChangeDataCaptureUnits FailedToReplicateRecordCount "
        "FaultInjectionServiceInducedErrors MaxProvisionedTableReadCapacityUtilization "
        "MaxProvisionedTableWriteCapacityUtilization OnDemandMaxReadRequestUnits "
        "OnDemandMaxWriteRequestUnits OnlineIndexConsumedWriteCapacity "
        "OnlineIndexPercentageProgress OnlineIndexThrottleEvents PendingReplicationCount "
        "ReadAccountLimitThrottleEvents ReadKeyRangeThroughputThrottleEvents "
        "ReadMaxOnDemandThroughputThrottleEvents ReadProvisionedThroughputThrottleEvents "
        "ReplicationLatency ReturnedBytes ReturnedRecordsCount TableCount ThrottledPutRecordCount "
        "TransactionConflict UserErrors WriteAccountLimitThrottleEvents "
        "WriteKeyRangeThroughputThrottleEvents WriteMaxOnDemandThroughputThrottleEvents "
        "WriteProvisionedThroughputThrottleEvents",
        Match::kAny, ""},
};

constexpr std::array kEBS = {
    MetricGroup{
        "BurstBalance VolumeConsumedReadWriteOps VolumeIdleTime VolumeQueueLength VolumeReadBytes "
        "VolumeReadOps VolumeThroughputPercentage VolumeTotalReadTime VolumeTotalWriteTime "
        "VolumeWriteBytes VolumeWriteOps",
        Match::kAtLeast, "VolumeId"},
    MetricGroup{
        "EBSByteBalance% EBSIOBalance% EBSReadBytes EBSReadOps EBSWriteBytes EBSWriteOps "
        "EnableCopiedImageDeprecationCompleted EnableCopiedImageDeprecationFailed "
        "EnableImageDeprecationCompleted EnableImageDeprecationFailed "
        "FastSnapshotRestoreCreditsBalance FastSnapshotRestoreCreditsBucketSize "
        "ImagesCopiedRegionCompleted ImagesCopiedRegionDeregisterCompleted "
        "ImagesCopiedRegionDeregisteredFailed ImagesCopiedRegionFailed ImagesCopiedRegionStarted "
        "ImagesCreateCompleted ImagesCreateFailed ImagesCreateStarted ImagesDeregisterCompleted "
        "ImagesDeregisterFailed ResourcesTargeted SnapshotCopyBytesTransferred "
        "SnapshotsCopiedAccountCompleted SnapshotsCopiedAccountDeleteCompleted "
        "SnapshotsCopiedAccountDeleteFailed SnapshotsCopiedAccountFailed "
        "SnapshotsCopiedAccountStarted SnapshotsCopiedRegionCompleted "
        "SnapshotsCopiedRegionDeleteCompleted SnapshotsCopiedRegionDeleteFailed "
        "SnapshotsCopiedRegionFailed SnapshotsCopiedRegionStarted SnapshotsCreateCompleted "
        "SnapshotsCreateFailed SnapshotsCreateStarted SnapshotsDeleteCompleted "
        "SnapshotsDeleteFailed SnapshotsSharedCompleted VolumeAvgReadLatency "
        "VolumeAvgWriteLatency VolumeIOPSExceededCheck VolumeStalledIOCheck "
        "VolumeThroughputExceededCheck",
        Match::kAny, ""},
};

constexpr std::array kEC2 = {
    MetricGroup{"CPUUtilization DiskReadBytes DiskReadOps DiskWriteBytes DiskWriteOps NetworkIn "
                "NetworkOut NetworkPacketsIn NetworkPacketsOut",
                Match::kExactly, "-;AutoScalingGroupName;ImageId;InstanceId;InstanceType"},
    MetricGroup{
        "CPUCreditBalance CPUCreditUsage CPUSurplusCreditBalance CPUSurplusCreditsCharged "
        "DedicatedHostCPUUtilization EBSByteBalance% EBSIOBalance% EBSReadBytes EBSReadOps "
        "EBSWriteBytes EBSWriteOps GPUPowerUtilization InstanceEBSIOPSExceededCheck "
        "InstanceEBSThroughputExceededCheck MetadataNoToken MetadataNoTokenRejected "
        "NetworkAddressUsage NetworkAddressUsagePeered NetworkMirrorIn NetworkMirrorOut "
        "NetworkPacketsMirrorIn NetworkPacketsMirrorOut NetworkPacketsSkipMirrorIn "
        "NetworkPacketsSkipMirrorOut NetworkSkipMirrorIn NetworkSkipMirrorOut StatusCheckFailed "
        "StatusCheckFailed_AttachedEBS StatusCheckFailed_Instance StatusCheckFailed_System",
        Match::kAny, ""},
};

constexpr std::array kECS = {
    MetricGroup{"CPUReservation GPUReservation MemoryReservation", Match::kExactly, "ClusterName"},
    MetricGroup{"CPUUtilization MemoryUtilization", Match::kExactly,
                "ClusterName;ClusterName,ServiceName"},
    MetricGroup{
        "ActiveConnectionCount ClientTLSNegotiationErrorCount EBSFilesystemUtilization "
        "GrpcRequestCount HTTPCode_Target_2XX_Count HTTPCode_Target_3XX_Count "
        "HTTPCode_Target_4XX_Count HTTPCode_Target_5XX_Count NewConnectionCount ProcessedBytes "
        "RequestCount RequestCountPerTarget TargetProcessedBytes TargetResponseTime "
        "TargetTLSNegotiationErrorCount",
        Match::kAny, ""},
};

constexpr std::array kEFS = {
    MetricGroup{"StorageBytes", Match::kAtLeast, "FileSystemId,StorageClass"},
    MetricGroup{
        "BurstCreditBalance ClientConnections DataReadIOBytes DataWriteIOBytes MetadataIOBytes "
        "MetadataReadIOBytes MetadataWriteIOBytes MeteredIOBytes PercentIOLimit "
        "PermittedThroughput TimeSinceLastSync TotalIOBytes",
        Match::kAtLeast, "FileSystemId"},
};

constexpr std::array kEKS = {
    MetricGroup{
        "apiserver_admission_webhook_admission_duration_seconds "
        "apiserver_admission_webhook_admission_duration_seconds_ADMIT_P99 "
        "apiserver_admission_webhook_admission_duration_seconds_VALIDATING_P99 "
        "apiserver_admission_webhook_rejection_count "
        "apiserver_admission_webhook_rejection_count_ADMIT "
        "apiserver_admission_webhook_rejection_count_VALIDATING "
        "apiserver_admission_webhook_request_total "
        "apiserver_admission_webhook_request_total_ADMIT "
        "apiserver_admission_webhook_request_total_VALIDATING "
        "apiserver_current_inflight_requests_MUTATING "
        "apiserver_current_inflight_requests_READONLY "
        "apiserver_request_duration_seconds_DELETE_P99 apiserver_request_duration_seconds_GET_P99 "
        "apiserver_request_duration_seconds_LIST_P99 apiserver_request_duration_seconds_PATCH_P99 "
        "apiserver_request_duration_seconds_POST_P99 apiserver_request_duration_seconds_PUT_P99 "
        "apiserver_request_total apiserver_request_total_429 apiserver_request_total_4XX "
        "apiserver_request_total_5XX apiserver_request_total_LIST_PODS "
        "apiserver_storage_size_bytes scheduler_pending_pods scheduler_pending_pods_ACTIVEQ "
        "scheduler_pending_pods_BACKOFF scheduler_pending_pods_GATED "
        "scheduler_pending_pods_UNSCHEDULABLE scheduler_schedule_attempts_ERROR "
        "scheduler_schedule_attempts_SCHEDULED scheduler_schedule_attempts_UNSCHEDULABLE "
        "scheduler_schedule_attempts_total",
        Match::kAtLeast, "ClusterName"},
};

constexpr std::array kELB = {
    MetricGroup{
        "BackendConnectionErrors DesyncMitigationMode_NonCompliant_Request_Count "
        "EstimatedALBActiveConnectionCount EstimatedALBConsumedLCUs "
        "EstimatedALBNewConnectionCount EstimatedProcessedBytes HTTPCode_Backend_2XX "
        "HTTPCode_Backend_3XX HTTPCode_Backend_4XX HTTPCode_Backend_5XX HTTPCode_ELB_4XX "
        "HTTPCode_ELB_5XX HealthyHostCount Latency RequestCount SpilloverCount SurgeQueueLength "
        "UnHealthyHostCount",
        Match::kAny, ""},
};

constexpr std::array kElastiCache = {
    MetricGroup{
        "ActiveDefragHits AllocatorFragmentationBytes AllocatorFragmentationRatio "
        "AuthenticationFailures BlockedConnections BytesReadFromDisk BytesReadIntoMemcached "
        "BytesUsedForCache BytesUsedForCacheItems BytesUsedForHash BytesUsedForMemoryDB "
        "BytesWrittenOutFromMemcached BytesWrittenToDisk CPUCreditBalance CPUCreditUsage "
        "CPUUtilization CacheHitRate CacheHits CacheMisses CasBadval CasHits CasMisses "
        "ChannelAuthorizationFailures ClusterBasedCmds ClusterBasedCmdsLatency CmdConfigGet "
        "CmdConfigSet CmdFlush CmdGet CmdSet CmdTouch CommandAuthorizationFailures CurrConfig "
        "CurrConnections CurrItems CurrItemsWithVolatileFields CurrVolatileItems DB0AverageTTL "
        "DatabaseAuthorizationFailures DatabaseCapacityUsageCountedForEvictPercentage "
        "DatabaseCapacityUsagePercentage DatabaseMemoryUsageCountedForEvictPercentage "
        "DatabaseMemoryUsagePercentage DecrHits DecrMisses DeleteHits DeleteMisses "
        "DurabilityBufferExceededErrorCount DurabilityLag ElastiCacheProcessingUnits "
        "EngineCPUUtilization ErrorCount EvalBasedCmds EvalBasedCmdsECPUs EvalBasedCmdsLatency "
        "EvictedUnfetched Evictions ExpiredUnfetched FreeableMemory GeoSpatialBasedCmds "
        "GeoSpatialBasedCmdsECPUs GeoSpatialBasedCmdsLatency GetHits GetMisses GetTypeCmds "
        "GetTypeCmdsECPUs GetTypeCmdsLatency GlobalDatastoreReplicationLag HashBasedCmds "
        "HashBasedCmdsECPUs HashBasedCmdsLatency HyperLogLogBasedCmds HyperLogLogBasedCmdsECPUs "
        "HyperLogLogBasedCmdsLatency IamAuthenticationExpirations IamAuthenticationThrottling "
        "IncrHits IncrMisses IsMaster IsPrimary JsonBasedCmds JsonBasedCmdsECPUs "
        "JsonBasedCmdsLatency JsonBasedGetCmds JsonBasedGetCmdsECPUs JsonBasedGetCmdsLatency "
        "JsonBasedSetCmds JsonBasedSetCmdsECPUs JsonBasedSetCmdsLatency KeyAuthorizationFailures "
        "KeyBasedCmds KeyBasedCmdsECPUs KeyBasedCmdsLatency KeysTracked KeyspaceHits "
        "KeyspaceMisses ListBasedCmds ListBasedCmdsECPUs ListBasedCmdsLatency MajorPageFaults "
        "MasterLinkHealthStatus MaxReplicationThroughput MemoryFragmentationRatio "
        "NetworkBandwidthInAllowanceExceeded NetworkBandwidthOutAllowanceExceeded "
        "NetworkBaselineMaxUsageInPercentage NetworkBaselineMaxUsageOutPercentage "
        "NetworkBaselineUsageInPercentage NetworkBaselineUsageOutPercentage NetworkBytesIn "
        "NetworkBytesOut NetworkConntrackAllowanceExceeded NetworkLinkLocalAllowanceExceeded "
        "NetworkMaxBytesIn NetworkMaxBytesOut NetworkMaxPacketsIn NetworkMaxPacketsOut "
        "NetworkPacketsIn NetworkPacketsOut NetworkPacketsPerSecondAllowanceExceeded "
        "NewConnections NewItems NonKeyTypeCmds NonKeyTypeCmdsECPUs NonKeyTypeCmdsLatency "
        "NumItemsReadFromDisk NumItemsWrittenToDisk PrimaryLinkHealthStatus ProcessedCommands "
        "PubSubBasedCmds PubSubBasedCmdsECPUs PubSubBasedCmdsLatency PubSubChannels "
        "PubSubShardChannels Reclaimed ReclaimedFields RejectedConnections ReplicationBytes "
        "ReplicationDelayedWriteCommands ReplicationLag SaveInProgress SearchBasedCmds "
        "SearchBasedCmdsLatency SearchBasedGetCmds SearchBasedGetCmdsLatency SearchBasedSetCmds "
        "SearchBasedSetCmdsLatency SearchNumberOfIndexedKeys SearchNumberOfIndexes "
        "SearchTotalIndexSize SearchTotalIndexedDocuments SearchUsedMemoryBytes SetBasedCmds "
        "SetBasedCmdsECPUs SetBasedCmdsLatency SetTypeCmds SetTypeCmdsECPUs SetTypeCmdsLatency "
        "SlabsMoved SortedSetBasedCmds SortedSetBasedCmdsECPUs SortedSetBasedCmdsLatency "
        "StreamBasedCmds StreamBasedCmdsECPUs StreamBasedCmdsLatency StringBasedCmds "
        "StringBasedCmdsECPUs StringBasedCmdsLatency SuccessfulReadRequestLatency "
        "SuccessfulWriteRequestLatency SwapUsage ThrottledCmds TotalCmdsCount TouchHits "
        "TouchMisses TrafficManagementActive UnusedMemory UsedMemoryDataset",
        Match::kAtLeast, "CacheClusterId;ReplicationGroupId;clusterId"},
};

constexpr std::array kEvents = {
    MetricGroup{
        "DeadLetterInvocations Events FailedInvocations IngestionToInvocationCompleteLatency "
        "IngestionToInvocationStartLatency InvocationAttempts Invocations InvocationsCreated "
        "InvocationsFailedToBeSentToDlq InvocationsSentToDlq MatchedEvents "
        "PutEventsApproximateCallCount PutEventsApproximateFailedCount "
        "PutEventsApproximateSuccessCount PutEventsApproximateThrottledCount "
        "PutEventsEntriesCount PutEventsFailedEntriesCount PutEventsLatency PutEventsRequestSize "
        "PutPartnerEventsApproximateCallCount PutPartnerEventsApproximateFailedCount "
        "PutPartnerEventsApproximateSuccessCount PutPartnerEventsApproximateThrottledCount "
        "PutPartnerEventsEntriesCount PutPartnerEventsFailedEntriesCount PutPartnerEventsLatency "
        "RetryInvocationAttempts SuccessfulInvocationAttempts ThrottledRules TriggeredRules",
        Match::kAny, ""},
};

constexpr std::array kLambda = {
    MetricGroup{
        "AsyncEventAge AsyncEventsDropped AsyncEventsReceived ClaimedAccountConcurrency "
        "ConcurrentExecutions DeadLetterErrors DeletedEventCount DestinationDeliveryFailures "
        "DroppedEventCount Duration Errors FailedInvokeEventCount FilteredOutEventCount "
        "Invocations InvokedEventCount IteratorAge OffsetLag "
        "OnFailureDestinationDeliveredEventCount OversizedRecordCount PolledEventCount "
        "PostRuntimeExtensionsDuration ProvisionedConcurrencyInvocations "
        "ProvisionedConcurrencySpilloverInvocations ProvisionedConcurrencyUtilization "
        "ProvisionedConcurrentExecutions ProvisionedPollers RecursiveInvocationsDropped "
        "SignatureValidationErrors Throttles UnreservedConcurrentExecutions",
        Match::kAny, ""},
};

constexpr std::array kLogs = {
    MetricGroup{"CallCount DeliveryErrors DeliveryThrottling EMFParsingErrors EMFValidationErrors "
                "ErrorCount ForwardedBytes ForwardedLogEvents IncomingBytes IncomingLogEvents "
                "LogEventsWithFindings ThrottleCount TransformationErrors TransformedBytes "
                "TransformedLogEvents",
                Match::kAny, ""},
};

constexpr std::array kNATGateway = {
    MetricGroup{
        "ActiveConnectionCount BytesInFromDestination BytesInFromSource BytesOutToDestination "
        "BytesOutToSource ConnectionAttemptCount ConnectionEstablishedCount ErrorPortAllocation "
        "IdleTimeoutCount PacketsDropCount PacketsInFromDestination PacketsInFromSource "
        "PacketsOutToDestination PacketsOutToSource PeakBytesPerSecond PeakPacketsPerSecond",
        Match::kAtLeast, "NatGatewayId"},
};

constexpr std::array kNetworkELB = {
    MetricGroup{"HealthyHostCount UnHealthyHostCount", Match::kAtLeast, "LoadBalancer,TargetGroup"},
    MetricGroup{
        "ActiveFlowCount ActiveFlowCount_TCP ActiveFlowCount_TLS ActiveFlowCount_UDP "
        "ActiveZonalShiftHostCount ClientTLSNegotiationErrorCount ConsumedLCUs ConsumedLCUs_TCP "
        "ConsumedLCUs_TLS ConsumedLCUs_UDP NewFlowCount NewFlowCount_QUIC NewFlowCount_TCP "
        "NewFlowCount_TLS NewFlowCount_UDP PeakBytesPerSecond PeakPacketsPerSecond "
        "PortAllocationErrorCount ProcessedBytes ProcessedBytes_QUIC ProcessedBytes_TCP "
        "ProcessedBytes_TLS ProcessedBytes_UDP ProcessedPackets "
        "QUIC_Unknown_Server_ID_Packet_Drop_Count RejectedFlowCount RejectedFlowCount_TCP "
        "ReservedLCUs SecurityGroupBlockedFlowCount_Inbound_ICMP "
        "SecurityGroupBlockedFlowCount_Inbound_TCP SecurityGroupBlockedFlowCount_Inbound_UDP "
        "SecurityGroupBlockedFlowCount_Outbound_ICMP SecurityGroupBlockedFlowCount_Outbound_TCP "
        "SecurityGroupBlockedFlowCount_Outbound_UDP TCP_Client_Reset_Count TCP_ELB_Reset_Count "
        "TCP_Target_Reset_Count TargetTLSNegotiationErrorCount UnhealthyRoutingFlowCount "
        "ZonalHealthStatus",
        Match::kAtLeast, "LoadBalancer"},
};

constexpr std::array kRDS = {
    MetricGroup{"BackupRetentionPeriodStorageUsed SnapshotStorageUsed TotalBackupStorageBilled "
                "VolumeBytesUsed VolumeReadIOPs VolumeWriteIOPs",
                Match::kNever, "DBInstanceIdentifier"},
    MetricGroup{
        "ACUUtilization AbortedClients ActiveTransactions AuroraBinlogReplicaLag "
        "AuroraDMLRejectedMasterFull AuroraDMLRejectedWriterFull AuroraEstimatedSharedMemoryBytes "
        "AuroraGlobalDBDataTransferBytes AuroraGlobalDBProgressLag AuroraGlobalDBRPOLag "
        "AuroraGlobalDBReplicatedWriteIO AuroraGlobalDBReplicationLag AuroraMemoryHealthState "
        "AuroraMemoryNumDeclinedSqlTotal AuroraMemoryNumKillConnTotal "
        "AuroraMemoryNumKillQueryTotal AuroraMillisecondsSpentInOomRecovery "
        "AuroraNumOomRecoverySuccessful AuroraNumOomRecoveryTriggered "
        "AuroraOptimizedReadsCacheHitRatio AuroraReplicaLag AuroraReplicaLagMaximum "
        "AuroraReplicaLagMinimum AuroraSlowConnectionHandleCount AuroraSlowHandshakeCount "
        "AuroraVolumeBytesLeftTotal AvailabilityPercentage BacktrackChangeRecordsCreationRate "
        "BacktrackChangeRecordsStored BacktrackWindowActual BacktrackWindowAlert BinLogDiskUsage "
        "BlockedTransactions BufferCacheHitRatio BurstBalance CPUCreditBalance CPUCreditUsage "
        "CPUSurplusCreditBalance CPUSurplusCreditsCharged CPUUtilization CheckpointLag "
        "ClientConnections ClientConnectionsClosed ClientConnectionsNoTLS "
        "ClientConnectionsReceived ClientConnectionsSetupFailedAuth "
        "ClientConnectionsSetupSucceeded ClientConnectionsTLS CommitLatency CommitThroughput "
        "ConnectionAttempts DBLoad DBLoadCPU DBLoadNonCPU DBLoadRelativeToNumVCPUs DDLLatency "
        "DDLThroughput DMLLatency DMLThroughput DatabaseConnectionRequests "
        "DatabaseConnectionRequestsWithTLS DatabaseConnections DatabaseConnectionsBorrowLatency "
        "DatabaseConnectionsCurrentlyBorrowed DatabaseConnectionsCurrentlyInTransaction "
        "DatabaseConnectionsCurrentlySessionPinned DatabaseConnectionsSetupFailed "
        "DatabaseConnectionsSetupSucceeded DatabaseConnectionsWithTLS Deadlocks DeleteLatency "
        "DeleteThroughput DiskQueueDepth DiskQueueDepthLogVolume EBSByteBalance% EBSIOBalance% "
        "EngineUptime FailedSQLServerAgentJobsCount FreeEphemeralStorage FreeLocalStorage "
        "FreeStorageSpace FreeStorageSpaceLogVolume FreeableMemory InsertLatency InsertThroughput "
        "LoginFailures MaxDatabaseConnectionsAllowed MaximumUsedTransactionIDs "
        "NetworkReceiveThroughput NetworkThroughput NetworkTransmitThroughput NumBinaryLogFiles "
        "OldestReplicationSlotLag PurgeBoundary PurgeFinishedPoint Queries "
        "QueryDatabaseResponseLatency QueryRequests QueryRequestsNoTLS QueryRequestsTLS "
        "QueryResponseLatency RDSToAuroraPostgreSQLReplicaLag ReadIOPS ReadIOPSEphemeralStorage "
        "ReadIOPSLogVolume ReadLatency ReadLatencyEphemeralStorage ReadLatencyLogVolume "
        "ReadThroughput ReadThroughputEphemeralStorage ReadThroughputLogVolume ReplicaLag "
        "ReplicationChannelLag ReplicationSlotDiskUsage ResultSetCacheHitRatio "
        "RollbackSegmentHistoryListLength RowLockTime SelectLatency SelectThroughput "
        "ServerlessDatabaseCapacity StorageNetworkReceiveThroughput StorageNetworkThroughput "
        "StorageNetworkTransmitThroughput SumBinaryLogSize SwapUsage TempStorageIOPS "
        "TempStorageThroughput TransactionAgeMaximum TransactionLogsDiskUsage "
        "TransactionLogsGeneration TruncateFinishedPoint UpdateLatency UpdateThroughput WriteIOPS "
        "WriteIOPSEphemeralStorage WriteIOPSLogVolume WriteLatency WriteLatencyEphemeralStorage "
        "WriteLatencyLogVolume WriteThroughput WriteThroughputEphemeralStorage "
        "WriteThroughputLogVolume",
        Match::kAny, ""},
};

constexpr std::array kS3 = {
    MetricGroup{"BucketSizeBytes NumberOfObjects", Match::kExactly, "BucketName,StorageType"},
    MetricGroup{"BytesPendingReplication OperationsFailedReplication OperationsPendingReplication "
                "ReplicationLatency",
                Match::kAtLeast, "DestinationBucket,SourceBucket"},
    MetricGroup{"4xxErrors 5xxErrors AllRequests BytesDownloaded BytesUploaded DeleteRequests "
                "FirstByteLatency GetRequests HeadRequests ListRequests PostRequests PutRequests "
                "TotalRequestLatency",
                Match::kAtLeast, "BucketName,FilterId;AccessPointName"},
    MetricGroup{
        "InvokedLambda LambdaResponse4xx LambdaResponse5xx LambdaResponseRequests ProxiedRequests "
        "SelectBytesReturned SelectBytesScanned SelectRequests SelectReturnedBytes "
        "SelectScannedBytes",
        Match::kAny, ""},
};

constexpr std::array kSNS = {
    MetricGroup{
        "NumberOfMessagesPublished NumberOfNotificationsDelivered NumberOfNotificationsFailed "
        "NumberOfNotificationsFailedToRedriveToDlq NumberOfNotificationsFilteredOut "
        "NumberOfNotificationsFilteredOut-InvalidAttributes "
        "NumberOfNotificationsFilteredOut-InvalidMessageBody "
        "NumberOfNotificationsFilteredOut-MessageAttributes "
        "NumberOfNotificationsFilteredOut-MessageBody "
        "NumberOfNotificationsFilteredOut-NoMessageAttributes NumberOfNotificationsRedrivenToDlq "
        "PublishSize SMSMonthToDateSpentUSD SMSSuccessRate",
        Match::kAny, ""},
};

constexpr std::array kSQS = {
    MetricGroup{"ApproximateAgeOfOldestMessage ApproximateNumberOfGroupsWithInflightMessages "
                "ApproximateNumberOfMessagesDelayed ApproximateNumberOfMessagesNotVisible "
                "ApproximateNumberOfMessagesVisible NumberOfDeduplicatedSentMessages "
                "NumberOfEmptyReceives NumberOfMessagesDeleted NumberOfMessagesReceived "
                "NumberOfMessagesSent SentMessageSize",
                Match::kAtLeast, "QueueName"},
};

constexpr std::array kStates = {
    MetricGroup{
        "ActivitiesFailed ActivitiesHeartbeatTimedOut ActivitiesScheduled ActivitiesStarted "
        "ActivitiesSucceeded ActivitiesTimedOut ActivityRunTime ActivityScheduleTime ActivityTime "
        "ConsumedCapacity ExecutionThrottled ExecutionTime ExecutionsAborted ExecutionsFailed "
        "ExecutionsStarted ExecutionsSucceeded ExecutionsTimedOut ExpressExecutionBilledDuration "
        "ExpressExecutionBilledMemory ExpressExecutionMemory LambdaFunctionRunTime "
        "LambdaFunctionScheduleTime LambdaFunctionTime LambdaFunctionsFailed "
        "LambdaFunctionsScheduled LambdaFunctionsStarted LambdaFunctionsSucceeded "
        "LambdaFunctionsTimedOut ProvisionedBucketSize ProvisionedRefillRate "
        "ServiceIntegrationRunTime ServiceIntegrationScheduleTime ServiceIntegrationTime "
        "ServiceIntegrationsFailed ServiceIntegrationsScheduled ServiceIntegrationsStarted "
        "ServiceIntegrationsSucceeded ServiceIntegrationsTimedOut ThrottledEvents",
        Match::kAny, ""},
};

constexpr std::array kUsage = {
    MetricGroup{"CallCount ResourceCount ThrottleCount", Match::kAtLeast,
                "Class,Resource,Service,Type"},
};

constexpr std::array kWAFV2 = {
    MetricGroup{"AllowedRequests BlockedRequests CaptchaRequests CaptchasAttempted CaptchasSolved "
                "ChallengeRequests CountedRequests PassedRequests RequestsWithValidCaptchaToken "
                "RequestsWithValidChallengeToken",
                Match::kAny, ""},
};

constexpr std::array kContainerInsights = {
    MetricGroup{
        "cluster_failed_node_count cluster_node_count namespace_number_of_running_pods "
        "node_cpu_limit node_cpu_request node_cpu_reserved_capacity node_cpu_usage_total "
        "node_cpu_utilization node_filesystem_capacity node_filesystem_usage "
        "node_filesystem_utilization node_memory_limit node_memory_request "
        "node_memory_reserved_capacity node_memory_utilization node_memory_working_set "
        "node_network_rx_bytes node_network_total_bytes node_network_tx_bytes "
        "node_number_of_running_containers node_number_of_running_pods pod_cpu_limit "
        "pod_cpu_request pod_cpu_reserved_capacity pod_cpu_usage_total pod_cpu_utilization "
        "pod_cpu_utilization_over_pod_limit pod_memory_request pod_memory_reserved_capacity "
        "pod_memory_utilization pod_memory_utilization_over_pod_limit pod_memory_working_set "
        "pod_network_rx_bytes pod_network_tx_bytes pod_number_of_container_restarts "
        "service_number_of_running_pods",
        Match::kAtLeast, "ClusterName"},
};

constexpr std::array kECSContainerInsights = {
    MetricGroup{
        "ContainerCpuReserved ContainerCpuUtilization ContainerCpuUtilized ContainerInstanceCount "
        "ContainerMemoryReserved ContainerMemoryUtilization ContainerMemoryUtilized "
        "ContainerNetworkRxBytes ContainerNetworkTxBytes ContainerStorageReadBytes "
        "ContainerStorageWriteBytes CpuReserved CpuUtilized DeploymentCount DesiredTaskCount "
        "EBSFilesystemSize EBSFilesystemUtilized EphemeralStorageReserved "
        "EphemeralStorageUtilized MemoryReserved MemoryUtilized NetworkRxBytes NetworkTxBytes "
        "PendingTaskCount RestartCount RunningTaskCount ServiceCount StorageReadBytes "
        "StorageWriteBytes TaskCount TaskCpuUtilization TaskEBSFilesystemUtilization "
        "TaskEphemeralStorageUtilization TaskMemoryUtilization TaskSetCount "
        "UnHealthyContainerHealthStatus instance_cpu_limit instance_cpu_reserved_capacity "
        "instance_cpu_usage_total instance_cpu_utilization instance_diskio_io_serviced_total "
        "instance_filesystem_utilization instance_memory_limit instance_memory_reserved_capacity "
        "instance_memory_utilization instance_memory_working_set instance_network_total_bytes "
        "instance_number_of_running_tasks",
        Match::kAtLeast, "ClusterName"},
};

constexpr std::array kNamespaces = {
    MetricNamespace{"AWS/ApiGateway",
                    "API Gateway dimensions and metrics; Working with metrics for HTTP APIs",
                    "ApiId ApiName Method Resource Route Stage", true, kApiGateway},
    MetricNamespace{"AWS/ApplicationELB", "CloudWatch metrics for your Application Load Balancer",
                    "AvailabilityZone LoadBalancer TargetGroup", true, kApplicationELB},
    MetricNamespace{"AWS/AutoScaling", "CloudWatch metrics for Amazon EC2 Auto Scaling",
                    "AutoScalingGroupName PairIndex PolicyName", true, kAutoScaling},
    MetricNamespace{"AWS/Backup", "AWS Backup metrics with CloudWatch",
                    "BackupVaultName ResourceType", false, kBackup},
    MetricNamespace{"AWS/Billing", "Creating a billing alarm to monitor your estimated charges",
                    "Currency LinkedAccount ServiceName", true, kBilling},
    MetricNamespace{"AWS/CertificateManager", "Supported CloudWatch metrics (ACM)",
                    "CertificateArn", true, kCertificateManager},
    MetricNamespace{"AWS/CloudFront", "Types of metrics for CloudFront",
                    "DistributionId FunctionName Region", true, kCloudFront},
    MetricNamespace{"AWS/DynamoDB", "DynamoDB metrics and dimensions",
                    "DelegatedOperation GlobalSecondaryIndexName Operation OperationType "
                    "ReceivingRegion StreamLabel TableName Verb",
                    false, kDynamoDB},
    MetricNamespace{"AWS/EBS", "Amazon CloudWatch metrics for Amazon EBS",
                    "AvailabilityZone DLMPolicyId InstanceID InstanceId SnapshotId VolumeId "
                    "sourceRegion",
                    false, kEBS},
    MetricNamespace{"AWS/EC2", "List the available CloudWatch metrics for your instances",
                    "AutoScalingGroupName ImageId InstanceId InstanceType", true, kEC2},
    MetricNamespace{"AWS/ECS", "Amazon ECS CloudWatch metrics",
                    "ClusterName DiscoveryName ServiceName TargetDiscoveryName VolumeName", true,
                    kECS},
    MetricNamespace{"AWS/EFS", "CloudWatch metrics for Amazon EFS", "FileSystemId StorageClass",
                    false, kEFS},
    MetricNamespace{"AWS/EKS", "View cluster metrics with the Amazon EKS console and CloudWatch",
                    "ClusterName", false, kEKS},
    MetricNamespace{"AWS/ELB", "CloudWatch metrics for your Classic Load Balancer",
                    "AvailabilityZone LoadBalancerName", true, kELB},
    MetricNamespace{"AWS/ElastiCache", "Monitoring use with CloudWatch metrics (ElastiCache)",
                    "CacheClusterId CacheNodeId GlobalReplicationGroupId ReplicationGroupId Role "
                    "clusterId",
                    false, kElastiCache},
    MetricNamespace{"AWS/Events", "Monitoring Amazon EventBridge",
                    "EventBusName EventSourceName RuleName", false, kEvents},
    MetricNamespace{"AWS/Lambda", "Types of metrics for Lambda functions",
                    "EventSourceMappingUUID ExecutedVersion FunctionName Resource", true, kLambda},
    MetricNamespace{"AWS/Logs", "Monitoring usage with CloudWatch metrics (Logs)",
                    "Class DataProtectionOperation DestinationType FilterName LogGroupName "
                    "PolicyLevel Resource Service Type",
                    false, kLogs},
    MetricNamespace{"AWS/NATGateway", "Monitor NAT gateways with Amazon CloudWatch",
                    "AvailabilityZone NatGatewayId", true, kNATGateway},
    MetricNamespace{"AWS/NetworkELB", "CloudWatch metrics for your Network Load Balancer",
                    "AvailabilityZone LoadBalancer TargetGroup", false, kNetworkELB},
    MetricNamespace{
        "AWS/RDS",
        "Amazon CloudWatch metrics for Amazon RDS; ... for Amazon Aurora; dimensions for both",
        "DBClusterIdentifier DBInstanceIdentifier DatabaseClass DbClusterIdentifier "
        "EndpointName EngineName ProxyName Role SourceRegion Target TargetGroup "
        "TargetRole",
        true, kRDS},
    MetricNamespace{"AWS/S3", "Metrics and dimensions (Amazon S3)",
                    "AccessPointName BucketName DataSourceARN DestinationBucket FilterId RuleId "
                    "SourceBucket StorageType",
                    false, kS3},
    MetricNamespace{"AWS/SNS", "Monitoring Amazon SNS topics using CloudWatch",
                    "Application Country PhoneNumber Platform SMSType TopicName", false, kSNS},
    MetricNamespace{"AWS/SQS", "Available CloudWatch metrics for Amazon SQS", "QueueName", true,
                    kSQS},
    MetricNamespace{"AWS/States", "Monitoring Step Functions using CloudWatch",
                    "APIName ActivityArn LambdaFunctionArn ServiceIntegrationResourceArn "
                    "ServiceName StateMachineArn",
                    false, kStates},
    MetricNamespace{"AWS/Usage", "AWS usage metrics", "Class Resource Service Type", false, kUsage},
    MetricNamespace{"AWS/WAFV2", "AWS WAF metrics and dimensions",
                    "Attack BotCategory BotName Context Country Device IntentCategory Label "
                    "LabelName LabelNamespace ManagedRuleGroup Method Region Resource "
                    "ResourceType Rule RuleGroup VerificationStatus WebACL WebACLName",
                    false, kWAFV2},
    MetricNamespace{"ContainerInsights", "Amazon EKS and Kubernetes Container Insights metrics",
                    "ClusterName ContainerName FullPodName GpuDevice InstanceId Namespace "
                    "NodeName PodName Service",
                    false, kContainerInsights},
    MetricNamespace{"ECS/ContainerInsights", "Amazon ECS Container Insights metrics",
                    "ClusterName ContainerInstanceId ContainerName EC2InstanceId InstanceId "
                    "ServiceName ServiceRevisionId TaskDefinitionFamily TaskId VolumeName",
                    false, kECSContainerInsights},
};
static_assert(std::ranges::is_sorted(kNamespaces, {}, &MetricNamespace::name));

}  // namespace

std::span<const MetricNamespace> metric_namespaces() { return kNamespaces; }

}  // namespace seatrial::runbook::check
