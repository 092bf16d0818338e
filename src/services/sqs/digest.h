// The MD5 sums by which clients verify what they sent and got.
// docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
#pragma once
#include <string>
#include <string_view>

#include "services/sqs/store.h"

namespace seatrial::services::sqs {

std::string md5_hex(std::string_view bytes);
std::string md5_of_attributes(const AttributeMap& attributes);  // empty when there are none

}  // namespace seatrial::services::sqs
