// What a delivery looks like on the wire: the JSON document, the raw body, the Slack text, the
// mail.
//
// A Slack incoming webhook cannot read SNS's document and nothing behind it confirms by itself. So
// an endpoint whose path is one (/services/T.../B.../...) gets {"text": ...}: the confirmation as a
// sentence with the link that a person follows, notifications as subject and message. AWS posts its
// document there, which Slack refuses; the README says so.
#pragma once
#include <string>

#include "drivers/delivery.h"
#include "services/sns/attributes.h"
#include "services/sns/signer.h"
#include "services/sqs/api.h"

namespace seatrial::services::sns {

struct Links {
  std::string endpoint;  // "http://127.0.0.1:4566"
  std::string confirm(const DeliveryRecord& delivery) const;
  std::string unsubscribe(const std::string& subscription) const;
  std::string certificate(const std::string& name) const;
};

struct Envelope {
  const Links& links;
  const Signer& signer;
  std::string signature_version;  // "1" or "2"
  std::string display_name;       // of the topic
};

bool looks_like_slack(const std::string& url);

// The document, as AWS lays it out. `delivery.message` is plain here and in all below.
std::string notification_json(const DeliveryRecord& delivery, const Envelope& envelope);

drivers::DeliveryRequest http_request(const DeliveryRecord& delivery, const Envelope& envelope,
                                      bool raw, const std::string& content_type);
drivers::DeliveryRequest mail_request(const DeliveryRecord& delivery, const Envelope& envelope);
// The event a function gets.
std::string function_event(const DeliveryRecord& delivery, const Envelope& envelope);
sqs::Outgoing queue_message(const DeliveryRecord& delivery, const Envelope& envelope, bool raw);

}  // namespace seatrial::services::sns
