// PutRecord, PutRecordBatch: a record is durable when it is acknowledged.
#include "services/firehose/errors.h"
#include "services/firehose/service.h"

namespace seatrial::services::firehose {

Outcome<api::PutRecordOutput> Firehose::put(Context& context, const api::PutRecordInput& input) {
  const auto stream = find(context, input.DeliveryStreamName);
  if (!stream) return std::unexpected(stream.error());
  if (auto taken = put_record((*stream)->arn, input.Record.Data); !taken)
    return std::unexpected(taken.error());
  api::PutRecordOutput reply;
  reply.RecordId = record_id();
  reply.Encrypted = false;
  return reply;
}

// A record that cannot be taken fails by itself; the others are taken.
Outcome<api::PutRecordBatchOutput> Firehose::put_batch(Context& context,
                                                       const api::PutRecordBatchInput& input) {
  const auto stream = find(context, input.DeliveryStreamName);
  if (!stream) return std::unexpected(stream.error());
  std::size_t bytes = 0;
  for (const auto& record : input.Records) bytes += record.Data.size();
  if (bytes > kMaxBatchBytes) return invalid_argument("Records size exceeds 4 MB limit");
  api::PutRecordBatchOutput reply;
  reply.Encrypted = false;
  for (const auto& record : input.Records) {
    api::PutRecordBatchResponseEntry entry;
    if (auto taken = put_record((*stream)->arn, record.Data); taken) {
      entry.RecordId = record_id();
    } else {
      entry.ErrorCode = taken.error().code;
      entry.ErrorMessage = taken.error().message;
      ++reply.FailedPutCount;
    }
    reply.RequestResponses.push_back(std::move(entry));
  }
  return reply;
}

}  // namespace seatrial::services::firehose
