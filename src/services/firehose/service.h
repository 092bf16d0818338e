// Amazon Data Firehose: streams that gather records and deliver them to S3, to an
// OpenSearch-compatible endpoint or to an HTTP endpoint. Handlers change records; the Controller
// delivers them.
#pragma once
#include "services/cloudwatch/api.h"
#include "services/firehose/api.h"
#include "services/firehose/controller.h"
#include "services/firehose/store.h"

namespace seatrial::services::firehose {

using room::Context;
using room::Outcome;

constexpr std::size_t kMaxStreams = 5'000;        // of a region, as AWS
constexpr std::size_t kMaxBatchBytes = 4u << 20;  // of one PutRecordBatch
constexpr std::size_t kMaxTags = 50;              // of a stream
constexpr int kStreamsPage = 10;                  // of ListDeliveryStreams, when not told
constexpr const char* kDestinationId = "destinationId-000000000001";

class Firehose final : public room::Room,
                       public DeliveryStreams,
                       public cloudwatch::ResourceCounter {
 public:
  Firehose(room::Env& env, Parts parts);

  void start() override { controller_.start(); }
  void stop() override { controller_.stop(); }

  bool has_stream(const std::string& arn) const override;
  Outcome<void> put_record(const std::string& arn, std::string data) override;
  std::vector<cloudwatch::CountedResource> count_resources() const override;

 private:
  Outcome<api::CreateDeliveryStreamOutput> create_stream(Context&,
                                                         const api::CreateDeliveryStreamInput&);
  Outcome<api::DescribeDeliveryStreamOutput> describe_stream(
      Context&, const api::DescribeDeliveryStreamInput&);
  Outcome<api::ListDeliveryStreamsOutput> list_streams(Context&,
                                                       const api::ListDeliveryStreamsInput&);
  Outcome<api::DeleteDeliveryStreamOutput> delete_stream(Context&,
                                                         const api::DeleteDeliveryStreamInput&);
  Outcome<api::UpdateDestinationOutput> update_destination(Context&,
                                                           const api::UpdateDestinationInput&);
  void seal_access_key(StreamRecord& stream, const std::optional<std::string>& key);
  Outcome<api::TagDeliveryStreamOutput> tag_stream(Context&, const api::TagDeliveryStreamInput&);
  Outcome<api::UntagDeliveryStreamOutput> untag_stream(Context&,
                                                       const api::UntagDeliveryStreamInput&);
  Outcome<api::ListTagsForDeliveryStreamOutput> list_tags(
      Context&, const api::ListTagsForDeliveryStreamInput&);
  Outcome<api::PutRecordOutput> put(Context&, const api::PutRecordInput&);
  Outcome<api::PutRecordBatchOutput> put_batch(Context&, const api::PutRecordBatchInput&);

  Outcome<const StreamRecord*> find(const Context&, const std::string& name) const;
  std::string record_id() { return env_.rng.alphanumeric(kRecordIdLetters); }

  static constexpr std::size_t kRecordIdLetters = 219;

  Tables tables_;
  Controller controller_;
};

}  // namespace seatrial::services::firehose
