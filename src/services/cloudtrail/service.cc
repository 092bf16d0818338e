#include "services/cloudtrail/service.h"

namespace seatrial::services::cloudtrail {

CloudTrail::CloudTrail(room::Env& env, Parts parts)
    : Room(env, "cloudtrail"), parts_(parts), trails_(env.store, "cloudtrail.trail") {
  serve<api::LookupEventsOp>(&CloudTrail::look_up);
  serve<api::CreateTrailOp>(&CloudTrail::create);
  serve<api::UpdateTrailOp>(&CloudTrail::update);
  serve<api::DeleteTrailOp>(&CloudTrail::remove);
  serve<api::DescribeTrailsOp>(&CloudTrail::describe);
  serve<api::GetTrailOp>(&CloudTrail::get);
  serve<api::GetTrailStatusOp>(&CloudTrail::status);
  serve<api::ListTrailsOp>(&CloudTrail::list);
  serve<api::StartLoggingOp>(&CloudTrail::start_logging);
  serve<api::StopLoggingOp>(&CloudTrail::stop_logging);
}

void CloudTrail::start() {
  env_.control.post_after(kLogsTick, [this] { deliver_logs(); });
  env_.control.post_after(kBucketTick, [this] { deliver_files(); });
}

}  // namespace seatrial::services::cloudtrail
