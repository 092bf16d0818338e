// Invoke. Source: API_Invoke.
#include "base/encoding.h"
#include "services/lambda/errors.h"
#include "services/lambda/service.h"

namespace seatrial::services::lambda {

using room::Outcome;

namespace {

struct Invoked final : room::Prepared {
  Invoked(Finished how, std::string ran) : finished(std::move(how)), version(std::move(ran)) {}
  Finished finished;
  std::string version;  // that was run
};

constexpr std::size_t kMaxClientContext = 3583;  // bytes, in base64

std::unexpected<model::AwsError> too_large(std::size_t most) {
  return user_error(
      "RequestTooLargeException",
      fmt::format("Request must be smaller than {} bytes for the InvokeFunction operation", most),
      413);
}

// The client context as the runtime gets it: JSON.
Outcome<std::string> client_context(const std::optional<std::string>& given) {
  if (!given) return std::string();
  if (given->size() > kMaxClientContext)
    return user_error("InvalidRequestContentException",
                      "Client context must be no more than 3583 "
                      "bytes when base64-encoded.",
                      400);
  const auto text = base64_decode(*given);
  if (!text || !parse_json(*text))
    return user_error("InvalidRequestContentException",
                      "Client context must be a valid Base64-encoded JSON object.", 400);
  return *text;
}

}  // namespace

Outcome<shape::InvocationResponse> Lambda::invoke(Context& context,
                                                  const shape::InvocationRequest& request) {
  const auto found = qualified(context, request.FunctionName, request.Qualifier);
  if (!found) return std::unexpected(found.error());
  if (request.DurableExecutionName) return not_served("DurableExecutionName");
  if (request.TenantId) return not_served("TenantId");
  const std::string type = request.InvocationType.value_or("RequestResponse");
  const std::string& payload = context.payload;
  const auto most = type == "Event" ? kMaxAsyncPayload : kMaxSyncPayload;
  if (payload.size() > most) return too_large(most);
  if (!payload.empty() && !parse_json(payload))
    return user_error("InvalidRequestContentException",
                      "Could not parse request body into json: Could not parse payload into json",
                      400);
  if (type == "RequestResponse") return invoke_and_wait(context, request, *found);
  shape::InvocationResponse reply;
  reply.StatusCode = context.status = type == "DryRun" ? 204 : 202;
  if (type == "DryRun") return reply;
  auto accepted = invoke_async(found->arn, payload.empty() ? "{}" : payload, {});
  if (!accepted) return std::unexpected(accepted.error());
  return reply;
}

Outcome<shape::InvocationResponse> Lambda::invoke_and_wait(Context& context,
                                                           const shape::InvocationRequest& request,
                                                           const Resolved& function) {
  if (context.prepared) {
    const auto& done = static_cast<const Invoked&>(*context.prepared);
    const auto& how = done.finished;
    shape::InvocationResponse reply;
    reply.StatusCode = 200;
    reply.ExecutedVersion = done.version;
    reply.Payload = how.payload;
    if (how.failed) reply.FunctionError = "Unhandled";
    context.content_type = "application/json";  // whatever the function has returned
    if (request.LogType.value_or("None") == "Tail") reply.LogResult = base64_encode(how.log);
    return reply;
  }
  auto client = client_context(request.ClientContext);
  if (!client) return std::unexpected(client.error());
  Job job{.function = chosen(function),
          .request_id = context.request_id,
          .payload = context.payload.empty() ? "{}" : context.payload,
          .client_context = *client,
          .arn = function.arn};
  const std::string version = *tables_.runnable(job.function)->configuration.Version;
  context.prepare = [this, version, job = std::move(job)](CodeStore::Done done) mutable {
    const std::string key = job.function;
    job.done = [done, version](Finished how) {
      done(std::make_shared<Invoked>(std::move(how), version));
    };
    if (environments_.run(std::move(job))) return;
    environments_.count(key, "Throttles", 1, "Count");
    done(throttled());
  };
  return shape::InvocationResponse{};
}

}  // namespace seatrial::services::lambda
