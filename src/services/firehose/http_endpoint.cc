#include "services/firehose/http_endpoint.h"

#include "base/encoding.h"
#include "base/value.h"
#include "wire/body.h"

namespace seatrial::services::firehose {
namespace {

constexpr int kHttpTimeoutMs = 180'000;           // AWS: three minutes
constexpr std::size_t kMaxHttpAnswer = 1u << 20;  // AWS: of a response
constexpr int kOk = 200, kContentTooLarge = 413;

std::string request_body(const Batch& batch, Time now) {
  Array records;
  for (const auto& document : batch.documents)
    records.push_back(Object{{"data", base64_encode(document.body)}});
  return to_json(Object{
      {"requestId", batch.request_id}, {"timestamp", to_ms(now)}, {"records", std::move(records)}});
}

}  // namespace

drivers::DeliveryRequest http_request(const StreamRecord& stream, const Target& target,
                                      const Batch& batch, const std::string& access_key, Time now) {
  drivers::DeliveryRequest request;
  request.url = target.endpoint;
  request.headers = {{"Content-Type", "application/json"},
                     {"X-Amz-Firehose-Protocol-Version", "1.0"},
                     {"X-Amz-Firehose-Request-Id", batch.request_id},
                     {"X-Amz-Firehose-Source-Arn", stream.arn}};
  if (!access_key.empty()) request.headers.emplace_back("X-Amz-Firehose-Access-Key", access_key);
  if (!target.common_attributes.empty())
    request.headers.emplace_back("X-Amz-Firehose-Common-Attributes", target.common_attributes);
  request.body = request_body(batch, now);
  if (target.http_gzip) {
    request.body = wire::gzip(request.body);
    request.headers.emplace_back("Content-Encoding", "gzip");
  }
  request.timeout_ms = kHttpTimeoutMs;
  request.max_answer = kMaxHttpAnswer;
  return request;
}

// guess: which code stands for which failure; the guide lists the codes.
std::optional<HttpFailure> http_failure(const drivers::DeliveryResult& result,
                                        std::string_view request_id) {
  if (result.kind != drivers::DeliveryResult::Kind::kAnswered)
    return HttpFailure{"HttpEndpoint.ConnectionFailed", result.why,
                       result.kind == drivers::DeliveryResult::Kind::kForbidden};
  const auto answer = parse_json(result.answer);
  const bool object = answer && answer->is_object();
  if (result.status != kOk) {
    const auto message = object ? text_member(*answer, "errorMessage") : std::string_view{};
    return HttpFailure{"HttpEndpoint.DestinationException",
                       fmt::format("The endpoint answered {}{}{}", result.status,
                                   message.empty() ? "" : ": ", message),
                       result.status == kContentTooLarge};
  }
  const auto* time = object ? answer->as_object().if_contains("timestamp") : nullptr;
  if (!object || text_member(*answer, "requestId") != request_id || time == nullptr ||
      !time->is_number())
    return HttpFailure{"HttpEndpoint.InvalidResponseFromDestination",
                       "The answer is not a JSON object with the request's requestId and a "
                       "timestamp.",
                       false};
  return std::nullopt;
}

}  // namespace seatrial::services::firehose
