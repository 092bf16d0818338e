// Requests to an HTTP endpoint and what its answers mean. Pure. Source: Firehose developer guide,
// "Understand HTTP endpoint delivery request and response specifications".
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "drivers/delivery.h"
#include "services/firehose/batch.h"

namespace seatrial::services::firehose {

// All documents of the batch. `access_key` is empty when there is none.
drivers::DeliveryRequest http_request(const StreamRecord& stream, const Target& target,
                                      const Batch& batch, const std::string& access_key, Time now);

struct HttpFailure {
  std::string code, why;
  bool final = false;  // not to be tried again
};
// None: the endpoint has taken the request.
std::optional<HttpFailure> http_failure(const drivers::DeliveryResult& result,
                                        std::string_view request_id);

}  // namespace seatrial::services::firehose
