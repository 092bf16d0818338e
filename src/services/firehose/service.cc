#include "services/firehose/service.h"

#include "services/firehose/errors.h"

namespace seatrial::services::firehose {

Firehose::Firehose(room::Env& env, Parts parts)
    : Room(env, "firehose"), tables_(env.store), controller_(env, tables_, parts) {
  serve<api::CreateDeliveryStreamOp>(&Firehose::create_stream);
  serve<api::DescribeDeliveryStreamOp>(&Firehose::describe_stream);
  serve<api::ListDeliveryStreamsOp>(&Firehose::list_streams);
  serve<api::DeleteDeliveryStreamOp>(&Firehose::delete_stream);
  serve<api::UpdateDestinationOp>(&Firehose::update_destination);
  serve<api::TagDeliveryStreamOp>(&Firehose::tag_stream);
  serve<api::UntagDeliveryStreamOp>(&Firehose::untag_stream);
  serve<api::ListTagsForDeliveryStreamOp>(&Firehose::list_tags);
  serve<api::PutRecordOp>(&Firehose::put);
  serve<api::PutRecordBatchOp>(&Firehose::put_batch);
}

Outcome<const StreamRecord*> Firehose::find(const Context& context, const std::string& name) const {
  const auto* stream = tables_.streams.find(context.key(name));
  if (stream == nullptr) return stream_not_found(name, context.account);
  return stream;
}

bool Firehose::has_stream(const std::string& arn) const {
  return tables_.streams.contains(stream_key(arn));
}

Outcome<void> Firehose::put_record(const std::string& arn, std::string data) {
  const std::string key = stream_key(arn);
  if (!tables_.streams.contains(key)) return stream_not_found(arn, env_.account);
  if (data.size() > kMaxRecordBytes)
    return invalid_argument(fmt::format("A record has at most {} bytes.", kMaxRecordBytes));
  if (!controller_.has_room(key, data.size())) return slow_down();
  controller_.add(key, std::move(data));
  return {};
}

}  // namespace seatrial::services::firehose
