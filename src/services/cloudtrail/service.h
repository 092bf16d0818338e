// AWS CloudTrail: the event history of every API call (event_log.h), found by LookupEvents, and
// trails that deliver it to a bucket and a log group.
#pragma once
#include <memory>

#include "model/shapes/cloudtrail.h"
#include "room/room.h"
#include "services/cloudtrail/event_log.h"
#include "services/cloudtrail/store.h"
#include "services/logs/api.h"
#include "services/s3/api.h"

namespace seatrial::services::cloudtrail {

namespace api = aws::cloudtrail;

constexpr std::size_t kMaxTrails = 5;          // of a region
constexpr std::size_t kDeliveredAtOnce = 500;  // events of one step of a delivery
constexpr std::chrono::seconds kLogsTick{5};
constexpr std::chrono::minutes kBucketTick{5};  // as AWS delivers its files

struct Parts {
  EventLog& events;
  s3::ObjectSink& objects;
  logs::LogSink& logs;
  logs::LogGroups& groups;
};

class CloudTrail final : public room::Room {
 public:
  CloudTrail(room::Env& env, Parts parts);

  void start() override;  // the deliveries' ticks
  void stop() override { stopped_ = true; }

 private:
  using Context = room::Context;
  template <class T>
  using Reply = room::Outcome<T>;

  Reply<api::LookupEventsResponse> look_up(Context&, const api::LookupEventsRequest&);
  Reply<api::CreateTrailResponse> create(Context&, const api::CreateTrailRequest&);
  Reply<api::UpdateTrailResponse> update(Context&, const api::UpdateTrailRequest&);
  Reply<api::DeleteTrailResponse> remove(Context&, const api::DeleteTrailRequest&);
  Reply<api::DescribeTrailsResponse> describe(Context&, const api::DescribeTrailsRequest&);
  Reply<api::GetTrailResponse> get(Context&, const api::GetTrailRequest&);
  Reply<api::GetTrailStatusResponse> status(Context&, const api::GetTrailStatusRequest&);
  Reply<api::ListTrailsResponse> list(Context&, const api::ListTrailsRequest&);
  Reply<api::StartLoggingResponse> start_logging(Context&, const api::StartLoggingRequest&);
  Reply<api::StopLoggingResponse> stop_logging(Context&, const api::StopLoggingRequest&);

  // The trail that a name or an ARN means. A multi-region trail is known in every region.
  Reply<const TrailRecord*> find(const Context&, const std::string& name_or_arn) const;
  Reply<std::string> find_home(const Context&, const std::string& name_or_arn) const;
  template <class Request>
  Reply<void> set(const Context&, const Request& request, TrailRecord& trail) const;
  bool covers(const TrailRecord& trail, const StoredEvent& event) const;

  // controller.cc
  void deliver_logs();
  void deliver_files();
  void deliver_logs(const std::string& key);
  void deliver_file(const std::string& key);
  void append(const std::string& key, const std::vector<StoredEvent>& events);
  void put_file(const std::string& key, const std::vector<StoredEvent>& events);

  Parts parts_;
  store::Table<TrailRecord> trails_;
  bool stopped_ = false;
};

std::string trail_arn(const std::string& account, const TrailRecord& trail);

}  // namespace seatrial::services::cloudtrail
