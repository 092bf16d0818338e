// AWS Security Token Service: who signed this request.
#pragma once
#include "model/shapes/sts.h"
#include "room/room.h"

namespace seatrial::services::sts {

class Sts final : public room::Room {
 public:
  explicit Sts(room::Env& env);

 private:
  room::Outcome<aws::sts::GetCallerIdentityResponse> get_caller_identity(
      room::Context& context, const aws::sts::GetCallerIdentityRequest& request);
};

}  // namespace seatrial::services::sts
