#include "services/sns/messages.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"

namespace seatrial::services::sns {
namespace {

constexpr std::size_t kBase64Line = 76;
constexpr const char* kSender = "no-reply@sns.amazonaws.com";
constexpr const char* kAgent = "Amazon Simple Notification Service Agent";
constexpr std::size_t kSlackPathParts = 4;

// AWS's layout: two spaces, " : " between key and value.
std::string laid_out(const Object& object, const std::string& indent = "") {
  std::string out = "{\n";
  bool first = true;
  for (const auto& member : object) {
    if (!first) out += ",\n";
    first = false;
    out += indent + "  " + to_json(Value(member.key())) + " : ";
    const auto* inner = member.value().if_object();
    out += inner != nullptr && inner->contains("Type") ? to_json(member.value())
           : inner != nullptr                          ? laid_out(*inner, indent + "  ")
                                                       : to_json(member.value());
  }
  return out + "\n" + indent + "}";
}

Object attribute_object(const AttributeMap& attributes) {
  Object out;
  for (const auto& [name, attribute] : attributes)
    out[name] = Object{{"Type", attribute.type}, {"Value", attribute.value}};
  return out;
}

// The text of a Slack message: its three characters escaped.
std::string slack_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
  return out;
}

std::string subscription_text(const DeliveryRecord& delivery) {
  if (delivery.kind == "SubscriptionConfirmation")
    return fmt::format(
        "You have chosen to subscribe to the topic {}.\nTo confirm the subscription, visit the "
        "SubscribeURL included in this message.",
        delivery.topic);
  return fmt::format(
      "You have chosen to deactivate subscription {}.\nTo cancel this operation and restore the "
      "subscription, visit the SubscribeURL included in this message.",
      delivery.subscription);
}

std::string slack_body(const DeliveryRecord& delivery, const Links& links) {
  std::string text;
  if (delivery.kind == "Notification") {
    if (!delivery.subject.empty()) text = "*" + slack_escaped(delivery.subject) + "*\n";
    text += slack_escaped(delivery.message);
  } else {
    text = slack_escaped(delivery.kind == "SubscriptionConfirmation"
                             ? "A subscription of this channel to " + delivery.topic + " waits"
                             : "The subscription " + delivery.subscription + " has ended") +
           ": <" + links.confirm(delivery) + "|" +
           (delivery.kind == "SubscriptionConfirmation" ? "confirm it" : "restore it") + ">";
  }
  return to_json(Object{{"text", text}});
}

bool plain_header(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
}

std::string header_text(const std::string& text) {
  return plain_header(text) ? text : "=?UTF-8?B?" + base64_encode(text) + "?=";
}

// The name before an address, where some characters mean something.
std::string address_name(const std::string& text) {
  const bool plain = plain_header(text) && text.find_first_of("<>()[]@,;:\\\"") == text.npos;
  return plain ? text : "=?UTF-8?B?" + base64_encode(text) + "?=";
}

// Base64 lines keep any text within SMTP's line length and off its dots.
std::string mail_body(const std::string& text) {
  const std::string encoded = base64_encode(text);
  std::string out;
  for (std::size_t at = 0; at < encoded.size(); at += kBase64Line)
    out += encoded.substr(at, kBase64Line) + "\r\n";
  return out;
}

std::string mail_text(const DeliveryRecord& delivery, const Envelope& envelope) {
  if (delivery.protocol == "email-json") return notification_json(delivery, envelope);
  if (delivery.kind == "SubscriptionConfirmation")
    return fmt::format(
        "You have chosen to subscribe to the topic:\n{}\n\nTo confirm this subscription, visit the "
        "link below (if this was in error, nothing needs to be done):\n{}\n",
        delivery.topic, envelope.links.confirm(delivery));
  if (delivery.kind == "UnsubscribeConfirmation")
    return fmt::format(
        "Your subscription to the topic below has ended:\n{}\n\nTo restore it:\n{}\n",
        delivery.topic, envelope.links.confirm(delivery));
  return fmt::format("{}\n\n--\nTo stop receiving notifications from this topic, visit:\n{}\n",
                     delivery.message, envelope.links.unsubscribe(delivery.subscription));
}

std::string mail_subject(const DeliveryRecord& delivery) {
  if (delivery.kind == "SubscriptionConfirmation")
    return "AWS Notification - Subscription Confirmation";
  if (delivery.kind == "UnsubscribeConfirmation")
    return "AWS Notification - Unsubscribe Confirmation";
  return delivery.subject.empty() ? "AWS Notification Message" : delivery.subject;
}

}  // namespace

std::string Links::confirm(const DeliveryRecord& delivery) const {
  return fmt::format("{}/?Action=ConfirmSubscription&TopicArn={}&Token={}", endpoint,
                     percent_encode(delivery.topic), delivery.token);
}
std::string Links::unsubscribe(const std::string& subscription) const {
  return fmt::format("{}/?Action=Unsubscribe&SubscriptionArn={}", endpoint,
                     percent_encode(subscription));
}
std::string Links::certificate(const std::string& name) const {
  return endpoint + "/_seatrial/sns/" + name;
}

bool looks_like_slack(const std::string& url) {
  const auto scheme = url.find("://");
  const auto path = scheme == std::string::npos ? scheme : url.find('/', scheme + 3);
  if (path == std::string::npos) return false;
  std::vector<std::string> parts;
  std::string_view rest = std::string_view(url).substr(path + 1);
  rest = rest.substr(0, rest.find('?'));
  while (true) {
    const auto slash = rest.find('/');
    parts.emplace_back(rest.substr(0, slash));
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  return parts.size() == kSlackPathParts && parts[0] == "services" && parts[1].starts_with('T') &&
         parts[2].starts_with('B') && !parts[3].empty();
}

std::string notification_json(const DeliveryRecord& delivery, const Envelope& envelope) {
  const bool notification = delivery.kind == "Notification";
  const std::string time = format_iso8601(delivery.published);
  const std::string message = notification ? delivery.message : subscription_text(delivery);
  const std::string confirm = notification ? "" : envelope.links.confirm(delivery);
  Object out{{"Type", delivery.kind}, {"MessageId", delivery.message_id}};
  if (!delivery.sequence.empty()) out["SequenceNumber"] = delivery.sequence;
  Signed values{{"Message", message}, {"MessageId", delivery.message_id}};
  if (!notification) {
    out["Token"] = delivery.token;
    values.emplace_back("SubscribeURL", confirm);
  } else if (!delivery.subject.empty()) {
    values.emplace_back("Subject", delivery.subject);
  }
  values.emplace_back("Timestamp", time);
  if (!notification) values.emplace_back("Token", delivery.token);
  values.emplace_back("TopicArn", delivery.topic);
  values.emplace_back("Type", delivery.kind);
  out["TopicArn"] = delivery.topic;
  if (notification && !delivery.subject.empty()) out["Subject"] = delivery.subject;
  out["Message"] = message;
  if (!notification) out["SubscribeURL"] = confirm;
  out["Timestamp"] = time;
  out["SignatureVersion"] = envelope.signature_version;
  out["Signature"] = envelope.signer.sign(values, envelope.signature_version);
  out["SigningCertURL"] = envelope.links.certificate(envelope.signer.certificate_name());
  if (notification) out["UnsubscribeURL"] = envelope.links.unsubscribe(delivery.subscription);
  if (!delivery.attributes.empty())
    out["MessageAttributes"] = attribute_object(delivery.attributes);
  return laid_out(out);
}

drivers::DeliveryRequest http_request(const DeliveryRecord& delivery, const Envelope& envelope,
                                      bool raw, const std::string& content_type) {
  drivers::DeliveryRequest request;
  request.url = delivery.endpoint;
  const bool notification = delivery.kind == "Notification";
  if (looks_like_slack(delivery.endpoint)) {
    request.headers = {{"Content-Type", "application/json"}, {"User-Agent", kAgent}};
    request.body = slack_body(delivery, envelope.links);
    return request;
  }
  request.headers = {{"x-amz-sns-message-type", delivery.kind},
                     {"x-amz-sns-message-id", delivery.message_id},
                     {"x-amz-sns-topic-arn", delivery.topic}};
  if (notification)
    request.headers.emplace_back("x-amz-sns-subscription-arn", delivery.subscription);
  if (notification && raw) request.headers.emplace_back("x-amz-sns-rawdelivery", "true");
  request.headers.emplace_back("Content-Type", content_type);
  request.headers.emplace_back("User-Agent", kAgent);
  request.body = notification && raw ? delivery.message : notification_json(delivery, envelope);
  return request;
}

drivers::DeliveryRequest mail_request(const DeliveryRecord& delivery, const Envelope& envelope) {
  const std::string name =
      envelope.display_name.empty() ? "AWS Notifications" : envelope.display_name;
  const bool json = delivery.protocol == "email-json";
  drivers::DeliveryRequest request;
  request.mail_from = kSender;
  request.mail_to = delivery.endpoint;
  request.body = fmt::format(
      "From: {} <{}>\r\nTo: {}\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{}@sns.amazonaws.com>\r\n"
      "MIME-Version: 1.0\r\nContent-Type: {}; charset=UTF-8\r\nContent-Transfer-Encoding: "
      "base64\r\n"
      "\r\n{}",
      address_name(name), kSender, delivery.endpoint, header_text(mail_subject(delivery)),
      format_http_date(delivery.published), delivery.message_id,
      json ? "application/json" : "text/plain", mail_body(mail_text(delivery, envelope)));
  return request;
}

// docs.aws.amazon.com/lambda/latest/dg/with-sns.html
std::string function_event(const DeliveryRecord& delivery, const Envelope& envelope) {
  Object message = parse_json(notification_json(delivery, envelope)).value_or(Value()).as_object();
  const auto rename = [&](std::string_view from, std::string_view to) {
    Value held = message.at(from);
    message.erase(from);
    message[to] = std::move(held);
  };
  rename("SigningCertURL", "SigningCertUrl");
  rename("UnsubscribeURL", "UnsubscribeUrl");
  message.insert({{"Subject", nullptr}, {"MessageAttributes", Object{}}});  // unless it has them
  Object record{{"EventSource", "aws:sns"},
                {"EventVersion", "1.0"},
                {"EventSubscriptionArn", delivery.subscription},
                {"Sns", std::move(message)}};
  return to_json(Object{{"Records", Array{std::move(record)}}});
}

sqs::Outgoing queue_message(const DeliveryRecord& delivery, const Envelope& envelope, bool raw) {
  if (!raw)
    return {notification_json(delivery, envelope), {}, delivery.group, delivery.deduplication};
  sqs::Outgoing out{delivery.message, {}, delivery.group, delivery.deduplication};
  for (const auto& [name, attribute] : delivery.attributes) {
    const bool binary = attribute.type.starts_with("Binary");
    out.attributes[name] = {attribute.type,
                            binary ? base64_decode(attribute.value).value_or("") : attribute.value};
  }
  return out;
}

}  // namespace seatrial::services::sns
