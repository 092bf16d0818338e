// What CreateDeliveryStream may ask of a destination. Sources: the pages of its configurations in
// the API reference. A configuration becomes the description that DescribeDeliveryStream shows,
// with AWS's presets filled in: that is what the room keeps and delivers by.
#include "services/firehose/destinations.h"

#include "services/firehose/errors.h"
#include "services/firehose/prefix.h"
#include "services/firehose/processors.h"
#include "services/firehose/service.h"

namespace seatrial::services::firehose {
namespace {

constexpr int kSizeMb = 5, kIntervalSeconds = 300, kRetrySeconds = 300;

// Those given, each by the member's name.
std::vector<std::string> destinations_in(const Value& input) {
  std::vector<std::string> names;
  for (const auto& member : input.as_object()) {
    const std::string_view name = member.key();
    if (name.ends_with("DestinationConfiguration")) names.emplace_back(name);
  }
  return names;
}

template <class Hints>
Outcome<void> fill_hints(std::optional<Hints>& hints) {
  if (!hints) hints.emplace();
  if (hints->SizeInMBs.has_value() != hints->IntervalInSeconds.has_value())
    return invalid_argument(
        "BufferingHints must have both SizeInMBs and IntervalInSeconds, or neither.");
  if (!hints->SizeInMBs) hints->SizeInMBs = kSizeMb;
  if (!hints->IntervalInSeconds) hints->IntervalInSeconds = kIntervalSeconds;
  return {};
}

template <class S3>
Outcome<void> check_compression(S3& config) {
  if (!config.CompressionFormat) config.CompressionFormat = api::CompressionFormat::UNCOMPRESSED;
  const std::string format = *config.CompressionFormat;
  if (format == api::CompressionFormat::UNCOMPRESSED || format == api::CompressionFormat::GZIP)
    return {};
  return not_served("the compression format " + format);
}

Outcome<void> check_encryption(std::optional<api::EncryptionConfiguration>& encryption) {
  if (encryption && encryption->KMSEncryptionConfig) return not_served("KMSEncryptionConfig");
  encryption.emplace().NoEncryptionConfig = api::NoEncryptionConfig::NoEncryption;
  return {};
}

Outcome<void> check_logging(std::optional<api::CloudWatchLoggingOptions>& logging) {
  if (!logging) logging.emplace();
  if (!logging->Enabled) logging->Enabled = false;
  if (*logging->Enabled &&
      (logging->LogGroupName.value_or("").empty() || logging->LogStreamName.value_or("").empty()))
    return invalid_argument(
        "CloudWatchLoggingOptions needs LogGroupName and LogStreamName when it is enabled.");
  return {};
}

// Of any S3 configuration: what all of them have.
template <class S3>
Outcome<void> complete_s3(S3& config) {
  if (auto ok = fill_hints(config.BufferingHints); !ok) return ok;
  if (auto ok = check_compression(config); !ok) return ok;
  if (auto ok = check_encryption(config.EncryptionConfiguration); !ok) return ok;
  if (auto ok = check_logging(config.CloudWatchLoggingOptions); !ok) return ok;
  const Prefixes prefixes{config.Prefix.value_or(""), config.ErrorOutputPrefix.value_or("")};
  if (auto ok = prefixes.check(); !ok) return invalid_argument(ok.error() + ".");
  return {};
}

template <class Config>
Outcome<void> complete_processing(Config& config) {
  if (!config.ProcessingConfiguration) config.ProcessingConfiguration.emplace().Enabled = false;
  config.ProcessingConfiguration->Processors.given = true;
  if (auto ok = Processing::read(config.ProcessingConfiguration); !ok)
    return std::unexpected(ok.error());
  return {};
}

Outcome<void> check_extended(const api::ExtendedS3DestinationConfiguration& config) {
  if (config.DataFormatConversionConfiguration &&
      config.DataFormatConversionConfiguration->Enabled.value_or(true))
    return not_served("DataFormatConversionConfiguration");
  if (config.DynamicPartitioningConfiguration &&
      config.DynamicPartitioningConfiguration->Enabled.value_or(false))
    return not_served("DynamicPartitioningConfiguration");
  const std::string zone = config.CustomTimeZone.value_or("");
  if (!zone.empty() && zone != "UTC") return not_served("the CustomTimeZone " + zone);
  return {};
}

Outcome<void> check_http(const api::HttpEndpointDestinationConfiguration& config) {
  constexpr std::string_view kScheme = "https://", kPort = ":443";
  const auto& url = config.EndpointConfiguration.Url;
  if (!url.starts_with(kScheme)) return invalid_argument("The Url of the endpoint is not https.");
  const auto host = std::string_view(url).substr(kScheme.size());
  const auto authority = host.substr(0, host.find_first_of("/?#"));
  if (authority.empty()) return invalid_argument("The Url of the endpoint names no host.");
  // guess: how AWS refuses it; the guide says that only this port is supported.
  if (authority.rfind(':') > authority.rfind(']') + 1 && authority.find(':') != authority.npos &&
      !authority.ends_with(kPort))
    return invalid_argument("Only port 443 is supported for HTTP endpoint data delivery.");
  if (config.SecretsManagerConfiguration && config.SecretsManagerConfiguration->Enabled)
    return not_served("SecretsManagerConfiguration");
  return {};
}

}  // namespace

Outcome<api::DestinationDescription> extended_s3(api::ExtendedS3DestinationConfiguration config) {
  if (auto ok = complete_s3(config); !ok) return std::unexpected(ok.error());
  if (auto ok = check_extended(config); !ok) return std::unexpected(ok.error());
  if (auto ok = complete_processing(config); !ok) return std::unexpected(ok.error());
  if (!config.S3BackupMode) config.S3BackupMode = api::S3BackupMode::Disabled;
  if (*config.S3BackupMode == api::S3BackupMode::Enabled) {
    if (!config.S3BackupConfiguration)
      return invalid_argument("S3BackupConfiguration is required when S3BackupMode is Enabled.");
    if (auto ok = complete_s3(*config.S3BackupConfiguration); !ok)
      return std::unexpected(ok.error());
  }
  api::DestinationDescription out;
  out.DestinationId = kDestinationId;
  out.ExtendedS3DestinationDescription = described<api::ExtendedS3DestinationDescription>(
      config, {{"S3BackupConfiguration", "S3BackupDescription"}});
  out.S3DestinationDescription = described<api::S3DestinationDescription>(config, {});
  return out;
}

namespace {

Outcome<void> check_endpoint(const api::AmazonopensearchserviceDestinationConfiguration& config) {
  if (config.DomainARN) return not_served("DomainARN (give ClusterEndpoint)");
  if (config.VpcConfiguration) return not_served("VpcConfiguration");
  if (!config.ClusterEndpoint)
    return invalid_argument("Either ClusterEndpoint or DomainARN must be specified.");
  return {};
}

}  // namespace

Outcome<api::DestinationDescription> open_search(
    api::AmazonopensearchserviceDestinationConfiguration config) {
  if (auto ok = check_endpoint(config); !ok) return std::unexpected(ok.error());
  if (auto ok = fill_hints(config.BufferingHints); !ok) return std::unexpected(ok.error());
  if (auto ok = check_logging(config.CloudWatchLoggingOptions); !ok)
    return std::unexpected(ok.error());
  if (auto ok = complete_processing(config); !ok) return std::unexpected(ok.error());
  if (auto ok = complete_s3(config.S3Configuration); !ok) return std::unexpected(ok.error());
  if (!config.RetryOptions) config.RetryOptions.emplace();
  if (!config.RetryOptions->DurationInSeconds)
    config.RetryOptions->DurationInSeconds = kRetrySeconds;
  if (!config.IndexRotationPeriod)
    config.IndexRotationPeriod = api::AmazonopensearchserviceIndexRotationPeriod::OneDay;
  if (!config.S3BackupMode)
    config.S3BackupMode = api::AmazonopensearchserviceS3BackupMode::FailedDocumentsOnly;
  if (!config.DocumentIdOptions)
    config.DocumentIdOptions.emplace().DefaultDocumentIdFormat =
        api::DefaultDocumentIdFormat::FIREHOSE_DEFAULT;
  api::DestinationDescription out;
  out.DestinationId = kDestinationId;
  out.AmazonopensearchserviceDestinationDescription =
      described<api::AmazonopensearchserviceDestinationDescription>(
          config, {{"S3Configuration", "S3DestinationDescription"}});
  return out;
}

Outcome<api::DestinationDescription> http_endpoint(
    api::HttpEndpointDestinationConfiguration config) {
  if (auto ok = check_http(config); !ok) return std::unexpected(ok.error());
  if (auto ok = fill_hints(config.BufferingHints); !ok) return std::unexpected(ok.error());
  if (auto ok = check_logging(config.CloudWatchLoggingOptions); !ok)
    return std::unexpected(ok.error());
  if (auto ok = complete_processing(config); !ok) return std::unexpected(ok.error());
  if (auto ok = complete_s3(config.S3Configuration); !ok) return std::unexpected(ok.error());
  if (!config.RequestConfiguration) config.RequestConfiguration.emplace();
  if (!config.RequestConfiguration->ContentEncoding)
    config.RequestConfiguration->ContentEncoding = api::ContentEncoding::NONE;
  if (!config.RetryOptions) config.RetryOptions.emplace();
  if (!config.RetryOptions->DurationInSeconds)
    config.RetryOptions->DurationInSeconds = kRetrySeconds;
  if (!config.S3BackupMode) config.S3BackupMode = api::HttpEndpointS3BackupMode::FailedDataOnly;
  api::DestinationDescription out;
  out.DestinationId = kDestinationId;
  out.HttpEndpointDestinationDescription = described<api::HttpEndpointDestinationDescription>(
      config, {{"S3Configuration", "S3DestinationDescription"}});
  return out;
}

Outcome<api::DestinationDescription> destination_of(const api::CreateDeliveryStreamInput& input) {
  const auto given = destinations_in(to_value(input));
  if (given.size() != 1)
    return invalid_argument("Exactly one destination configuration must be specified.");
  if (input.ExtendedS3DestinationConfiguration)
    return extended_s3(*input.ExtendedS3DestinationConfiguration);
  if (input.S3DestinationConfiguration)
    return extended_s3(
        described<api::ExtendedS3DestinationConfiguration>(*input.S3DestinationConfiguration, {}));
  if (input.AmazonopensearchserviceDestinationConfiguration)
    return open_search(*input.AmazonopensearchserviceDestinationConfiguration);
  if (input.HttpEndpointDestinationConfiguration)
    return http_endpoint(*input.HttpEndpointDestinationConfiguration);
  return not_served("the destination " + given.front());
}

}  // namespace seatrial::services::firehose
