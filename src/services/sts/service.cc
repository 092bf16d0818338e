#include "services/sts/service.h"

namespace seatrial::services::sts {

Sts::Sts(room::Env& env) : Room(env, "sts") {
  serve<aws::sts::GetCallerIdentityOp>(&Sts::get_caller_identity);
}

room::Outcome<aws::sts::GetCallerIdentityResponse> Sts::get_caller_identity(
    room::Context& context, const aws::sts::GetCallerIdentityRequest&) {
  aws::sts::GetCallerIdentityResponse reply;
  reply.UserId = context.identity.user_id;
  reply.Account = context.account;
  reply.Arn = context.identity.arn;
  return reply;
}

}  // namespace seatrial::services::sts
