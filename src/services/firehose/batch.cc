#include "services/firehose/batch.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "services/firehose/prefix.h"
#include "wire/body.h"

namespace seatrial::services::firehose {
namespace {

constexpr std::string_view kBucketArn = ":s3:::";
constexpr std::string_view kMalformed =
    "One or more records are malformed. Ensure that each record is single valid JSON object and "
    "that it does not contain newlines.";

template <class S3>
BucketTarget bucket_target(const S3& description) {
  BucketTarget out;
  const std::string& arn = description.BucketARN;
  out.bucket = arn.substr(arn.find(kBucketArn) + kBucketArn.size());
  out.prefix = description.Prefix.value_or("");
  out.error_prefix = description.ErrorOutputPrefix.value_or("");
  out.gzip = description.CompressionFormat == api::CompressionFormat::GZIP;
  if (out.gzip) out.extension = ".gz";
  return out;
}

Processing processing_of(const std::optional<api::ProcessingConfiguration>& configuration) {
  auto processing = Processing::read(configuration);
  return processing ? *std::move(processing) : Processing{};  // was read when it was created
}

OutgoingObject object_for(const StreamRecord& stream, const BucketTarget& to, std::string prefix,
                          std::string bytes, Time oldest, Rng& rng) {
  OutgoingObject object;
  object.bucket = to.bucket;
  object.key = std::move(prefix) + object_name(stream.name, oldest, to.extension, rng);
  object.bytes = to.gzip ? wire::gzip(bytes) : std::move(bytes);
  object.content_encoding = to.gzip ? "gzip" : "";
  return object;
}

OutgoingObject data_object(const StreamRecord& stream, const BucketTarget& to, std::string bytes,
                           Time oldest, Rng& rng) {
  return object_for(stream, to, data_prefix({to.prefix, to.error_prefix}, oldest, rng),
                    std::move(bytes), oldest, rng);
}

OutgoingObject failure_object(const StreamRecord& stream, const BucketTarget& to,
                              std::string_view type, std::string lines, Time oldest, Rng& rng) {
  return object_for(stream, to, failure_prefix({to.prefix, to.error_prefix}, type, oldest, rng),
                    std::move(lines), oldest, rng);
}

std::string failure_line(const ProcessingFailure& failure, const DataRecord& record, Time now) {
  return to_json(Object{{"attemptsMade", 1},
                        {"arrivalTimestamp", to_ms(record.arrived)},
                        {"errorCode", failure.code},
                        {"errorMessage", failure.message},
                        {"attemptEndingTimestamp", to_ms(now)},
                        {"rawData", base64_encode(record.data)}}) +
         "\n";
}

// The table's number of a record and the place of a document in it: the same at each attempt, so
// that a document sent twice is there once.
std::string document_id(const StreamRecord& stream, const std::string& record_key,
                        std::size_t place) {
  return fmt::format("{}.{}.{}", to_ms(stream.created),
                     record_key.substr(record_key.rfind(':') + 1), place);
}

void add_documents(Batch& batch, const StreamRecord& stream, const Target& target,
                   const InputRecord& input, const std::vector<std::string>& records) {
  std::size_t place = 0;
  for (const auto& text : records) {
    Document document;
    document.arrived = input.record->arrived;
    if (target.http) {
      document.body = text;
      batch.documents.push_back(std::move(document));
      continue;
    }
    document.index = index_name(target.index, target.rotation, document.arrived);
    document.type = target.type;
    if (target.document_ids) document.id = document_id(stream, input.key, place++);
    auto line = json_line(text);
    document.body = line ? *std::move(line) : text;
    if (!line) {
      document.error_code = "OS.MalformedData";
      document.error_message = kMalformed;
    }
    (line ? batch.documents : batch.failed).push_back(std::move(document));
  }
}

}  // namespace

template <class Description, class Hints>
void Target::read_common(const Description& description, const Hints& hints) {
  processing = processing_of(description.ProcessingConfiguration);
  size_mb = hints.SizeInMBs.value_or(1);
  interval_s = hints.IntervalInSeconds.value_or(0);
  const auto& logging = description.CloudWatchLoggingOptions;
  if (!logging || !logging->Enabled.value_or(false)) return;
  log_group = logging->LogGroupName.value_or("");
  log_stream = logging->LogStreamName.value_or("");
}

void Target::read_http(const api::HttpEndpointDestinationDescription& description) {
  http = true;
  endpoint = description.EndpointConfiguration->Url.value_or("");
  bucket = bucket_target(*description.S3DestinationDescription);
  if (description.S3BackupMode == api::HttpEndpointS3BackupMode::AllData) backup = bucket;
  retry_s = description.RetryOptions->DurationInSeconds.value_or(0);
  const auto& request = *description.RequestConfiguration;
  http_gzip = request.ContentEncoding == api::ContentEncoding::GZIP;
  if (request.CommonAttributes.empty()) return;
  Object attributes;
  for (const auto& attribute : request.CommonAttributes)
    attributes[attribute.AttributeName] = attribute.AttributeValue;
  common_attributes = to_json(Object{{"commonAttributes", std::move(attributes)}});
}

Target::Target(const api::DestinationDescription& destination) {
  if (const auto& s3 = destination.ExtendedS3DestinationDescription) {
    read_common(*s3, s3->BufferingHints);
    bucket = bucket_target(*s3);
    if (s3->FileExtension && !s3->FileExtension->empty()) bucket.extension = *s3->FileExtension;
    if (s3->S3BackupMode == api::S3BackupMode::Enabled && s3->S3BackupDescription)
      backup = bucket_target(*s3->S3BackupDescription);
    return;
  }
  if (const auto& http_endpoint = destination.HttpEndpointDestinationDescription) {
    read_common(*http_endpoint, *http_endpoint->BufferingHints);
    read_http(*http_endpoint);
    return;
  }
  const auto& search = *destination.AmazonopensearchserviceDestinationDescription;
  read_common(search, *search.BufferingHints);
  bucket = bucket_target(*search.S3DestinationDescription);
  if (search.S3BackupMode == api::AmazonopensearchserviceS3BackupMode::AllDocuments)
    backup = bucket;
  endpoint = search.ClusterEndpoint.value_or("");
  index = search.IndexName.value_or("");
  rotation = search.IndexRotationPeriod.value_or("");
  type = search.TypeName.value_or("");
  retry_s = search.RetryOptions->DurationInSeconds.value_or(0);
  document_ids = search.DocumentIdOptions->DefaultDocumentIdFormat ==
                 api::DefaultDocumentIdFormat::FIREHOSE_DEFAULT;
}

Batch make_batch(const StreamRecord& stream, const Target& target,
                 const std::vector<InputRecord>& records, Time now, Rng& rng) {
  Batch batch;
  if (target.http) batch.request_id = rng.uuid();
  batch.oldest = records.front().record->arrived;
  std::string data, raw, failures;
  for (const auto& input : records) {
    batch.keys.push_back(input.key);
    batch.bytes += input.record->data.size();
    if (target.backup) raw += input.record->data;
    auto made = process(target.processing, input.record->data);
    if (!made) {
      failures += failure_line(made.error(), *input.record, now);
    } else if (!target.endpoint.empty()) {
      add_documents(batch, stream, target, input, *made);
    } else {
      for (const auto& one : *made) data += one;
    }
  }
  if (!data.empty())
    batch.objects.push_back(data_object(stream, target.bucket, std::move(data), batch.oldest, rng));
  if (!failures.empty())
    batch.objects.push_back(failure_object(stream, target.bucket, "processing-failed",
                                           std::move(failures), batch.oldest, rng));
  if (target.backup && !raw.empty())
    batch.objects.push_back(data_object(stream, *target.backup, std::move(raw), batch.oldest, rng));
  return batch;
}

OutgoingObject failed_documents(const StreamRecord& stream, const Target& target,
                                const Batch& batch, Time now, Rng& rng) {
  std::string lines;
  for (const auto& document : batch.failed) {
    Object line{
        {"attemptsMade", batch.attempts},       {"arrivalTimestamp", to_ms(document.arrived)},
        {"errorCode", document.error_code},     {"errorMessage", document.error_message},
        {"attemptEndingTimestamp", to_ms(now)}, {"rawData", base64_encode(document.body)}};
    if (!target.http) {
      line["esDocumentId"] = document.id;
      line["esIndexName"] = document.index;
      line["esTypeName"] = document.type;
    }
    lines += to_json(line) + "\n";
  }
  return failure_object(stream, target.bucket,
                        target.http ? "http-endpoint-failed" : "AmazonOpenSearchService-failed",
                        std::move(lines), batch.oldest, rng);
}

}  // namespace seatrial::services::firehose
