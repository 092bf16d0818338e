#include "services/sns/controller.h"

#include <openssl/evp.h>

#include <algorithm>

#include "base/encoding.h"
#include "base/log.h"

namespace seatrial::services::sns {
namespace {

using Kind = drivers::DeliveryResult::Kind;

// Ordered by the time of publishing, then as they were made.
std::string delivery_key(Time at, std::uint64_t number, const std::string& random) {
  return fmt::format("{:013d}-{:08d}-{}", to_ms(at), number, random);
}

std::string md5_hex(std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_md5(), nullptr);
  return hex_encode({reinterpret_cast<const char*>(digest), size});
}

std::string kind_of_feedback(const std::string& protocol) {
  if (protocol == "http" || protocol == "https") return "HTTP";
  return protocol == "sqs" ? "SQS" : protocol == "lambda" ? "Lambda" : "";
}

// 2xx is delivered; 5xx and 429 are tried again, the rest is not.
// guess: AWS says nothing of 3xx; redirects are not followed and count as the client's errors do.
bool is_final(int status) { return status != 429 && status < 500 && status >= 300; }

}  // namespace

void Controller::start() {
  wake_.start();
  links_.endpoint = parts_.endpoint();
  log_stream_ = env_.rng.uuid();
  for (const auto& [key, delivery] : tables_.deliveries) due_.emplace(delivery.due, key);
  pass();
  sweep();
  if (parts_.metrics != nullptr) put_metrics_later();
}

void Controller::add(DeliveryRecord delivery) {
  const Time now = env_.clock.now();
  delivery.due = now;
  signer_.ensure_key(now);
  const auto key = delivery_key(now, ++numbers_, env_.rng.hex(8));
  tables_.deliveries.put(key, std::move(delivery));
  due_.emplace(now, key);
  wake_.when_durable();
}

void Controller::pass() {
  const Time now = env_.clock.now();
  while (!due_.empty() && due_.begin()->first <= now && in_flight_.size() < kMaxInFlight) {
    const std::string key = due_.begin()->second;
    due_.erase(due_.begin());
    const auto* delivery = tables_.deliveries.find(key);
    if (delivery == nullptr || in_flight_.contains(key)) continue;
    const DeliveryRecord copy = *delivery;
    attempt(key, copy);
  }
  if (!due_.empty() && due_.begin()->first > now) wake_.at(due_.begin()->first);
}

const StringMap& Controller::attributes_of(const DeliveryRecord& delivery) const {
  static const StringMap kNone;
  const auto* subscription = tables_.subscriptions.find(delivery.subscription);
  return subscription == nullptr ? kNone : subscription->attributes;
}

DeliveryRecord Controller::plain(DeliveryRecord delivery) const {
  if (delivery.sealed)
    delivery.message = env_.vault.open_sealed(delivery.message, "sns/" + delivery.topic);
  return delivery;
}

Envelope Controller::envelope_for(const DeliveryRecord& delivery) const {
  const auto* topic = tables_.topics.find(delivery.topic);
  std::string version, name;
  if (topic != nullptr) {
    version = attribute_of(topic->attributes, "SignatureVersion");
    name = attribute_of(topic->attributes, "DisplayName");
  }
  return {links_, signer_, version.empty() ? "1" : version, name};
}

DeliveryTerms Controller::terms_for(const DeliveryRecord& delivery) const {
  return terms_of(tables_.topics.find(delivery.topic),
                  tables_.subscriptions.find(delivery.subscription), delivery.protocol);
}

// A subscription with a rate limit: its deliveries are spread out.
bool Controller::held_back(const std::string& key, const DeliveryRecord& delivery, int per_second) {
  if (per_second <= 0) return false;
  const Time now = env_.clock.now();
  Time& next = next_allowed_[delivery.subscription];
  if (next > now) {
    due_.emplace(next, key);
    return true;
  }
  next = now + Millis{(1000 + per_second - 1) / per_second};
  return false;
}

void Controller::attempt(const std::string& key, const DeliveryRecord& sealed) {
  if (sealed.kind == "Notification" && !tables_.subscriptions.contains(sealed.subscription)) {
    tables_.deliveries.erase(key);  // unsubscribed meanwhile
    return env_.store.commit(nullptr);
  }
  const auto terms = terms_for(sealed);
  if (held_back(key, sealed, terms.per_second)) return;
  const DeliveryRecord delivery = plain(sealed);
  const bool raw = attribute_of(attributes_of(delivery), "RawMessageDelivery") == "true";
  const Envelope envelope = envelope_for(delivery);
  in_flight_.insert(key);
  if (delivery.protocol == "sqs") return send_to_queue(key, delivery, envelope, raw);
  if (delivery.protocol == "lambda") return invoke_function(key, delivery, envelope);
  auto request = delivery.protocol.starts_with("email")
                     ? mail_request(delivery, envelope)
                     : http_request(delivery, envelope, raw, terms.content_type);
  parts_.deliverer.deliver(std::move(request), [this, running = wake_.running(), key,
                                                &control = env_.control](auto result) {
    control.post([this, running, key, result = std::move(result)] {
      if (*running) answered(key, result);
    });
  });
}

// The message and the end of its delivery are one transaction: exactly once.
void Controller::send_to_queue(const std::string& key, const DeliveryRecord& delivery,
                               const Envelope& envelope, bool raw) {
  const auto sent = parts_.queues.send(delivery.endpoint, queue_message(delivery, envelope, raw),
                                       {"sns.amazonaws.com", delivery.topic});
  if (sent) {
    const std::string answer = to_json(Object{{"sqsMessageId", *sent}});
    return settle(key, {true, true, 200, 0, answer, false});
  }
  settle(key,
         {false, true, sent.error().status, 0,
          to_json(Object{{"ErrorCode", sent.error().code}, {"ErrorMessage", sent.error().message}}),
          true});
}

// The accepted event and the end of its delivery are one transaction, too. A function that is not
// there, or does not let the topic, is not asked again.
void Controller::invoke_function(const std::string& key, const DeliveryRecord& delivery,
                                 const Envelope& envelope) {
  if (parts_.functions == nullptr)
    return settle(key, {false, true, 404, 0, "there are no functions here", true});
  const auto accepted = parts_.functions->invoke_async(
      delivery.endpoint, function_event(delivery, envelope), {"sns.amazonaws.com", delivery.topic});
  if (accepted) {
    const std::string answer = to_json(Object{{"lambdaRequestId", *accepted}});
    return settle(key, {true, true, 202, 0, answer, false});
  }
  const auto& error = accepted.error();
  settle(key, {false, is_final(error.status), error.status, 0,
               to_json(Object{{"ErrorCode", error.code}, {"ErrorMessage", error.message}}), true});
}

void Controller::answered(const std::string& key, const drivers::DeliveryResult& result) {
  Verdict verdict;
  verdict.status = result.status;
  verdict.dwell_ms = result.dwell_ms;
  verdict.answer =
      result.kind == Kind::kAnswered && result.why.empty() ? result.answer : result.why;
  verdict.delivered = result.kind == Kind::kAnswered && result.status >= 200 && result.status < 300;
  verdict.unusual = result.kind == Kind::kForbidden;
  verdict.final = verdict.delivered || verdict.unusual ||
                  (result.kind == Kind::kAnswered && is_final(result.status));
  settle(key, verdict);
  pass();
}

void Controller::settle(const std::string& key, const Verdict& verdict) {
  in_flight_.erase(key);
  const auto* found = tables_.deliveries.find(key);
  if (found == nullptr) return;  // its topic was deleted meanwhile
  DeliveryRecord delivery = *found;
  ++delivery.attempts;
  Verdict last = verdict;
  if (!verdict.final) {
    if (const auto delay = decide::retry_delay(terms_for(delivery).retries, delivery.attempts)) {
      delivery.due = env_.clock.now() + *delay;
      due_.emplace(delivery.due, key);
      wake_.at(delivery.due);
      tables_.deliveries.put(key, std::move(delivery));
      return env_.store.commit(nullptr);
    }
    last.final = true;
  }
  tables_.deliveries.erase(key);
  if (delivery.kind == "Notification")
    count(delivery.topic,
          last.delivered ? "NumberOfNotificationsDelivered" : "NumberOfNotificationsFailed");
  if (!last.delivered) bury(delivery, last);
  env_.store.commit(nullptr);
  log_status(plain(std::move(delivery)), last);
}

// To the subscription's dead-letter queue, if it has one.
void Controller::bury(const DeliveryRecord& sealed, const Verdict& verdict) {
  const std::string target = dead_letter_target(attributes_of(sealed));
  if (target.empty() || sealed.kind != "Notification") return;
  const DeliveryRecord delivery = plain(sealed);
  const bool raw = attribute_of(attributes_of(delivery), "RawMessageDelivery") == "true";
  auto message = queue_message(delivery, envelope_for(delivery), raw);
  message.attributes["RequestID"] = {"String", delivery.message_id};
  message.attributes["ErrorCode"] = {"String", std::to_string(verdict.status)};
  message.attributes["ErrorMessage"] = {"String",
                                        verdict.answer.empty() ? "no answer" : verdict.answer};
  const auto sent = parts_.queues.send(target, message, {"sns.amazonaws.com", delivery.topic});
  if (!sent)
    log::warning("sns: a message of {} is lost: its dead-letter queue {} does not take it: {}",
                 delivery.topic, target, sent.error().message);
}

// As the topic's feedback attributes ask for; what only Seatrial refuses is always told.
void Controller::log_status(const DeliveryRecord& delivery, const Verdict& verdict) {
  const auto* topic = tables_.topics.find(delivery.topic);
  if (topic == nullptr || (delivery.kind != "Notification" && !verdict.unusual)) return;
  const std::string kind = kind_of_feedback(delivery.protocol);
  const auto set = [&](const char* name) {
    return kind.empty() ? std::string() : attribute_of(topic->attributes, kind + name);
  };
  if (!verdict.delivered) {
    if (verdict.unusual || !set("FailureFeedbackRoleArn").empty())
      write_log(delivery, verdict, true);
    return;
  }
  if (set("SuccessFeedbackRoleArn").empty()) return;
  const std::string rate = set("SuccessFeedbackSampleRate");
  const int percent = rate.empty() ? 100 : std::stoi(rate);
  if (static_cast<int>(env_.rng.below(100)) < percent) write_log(delivery, verdict, false);
}

void Controller::write_log(const DeliveryRecord& delivery, const Verdict& verdict, bool failure) {
  const auto arn = parse_arn(delivery.topic);
  if (!arn) return;
  std::string time = format_iso8601(delivery.published);
  std::ranges::replace(time, 'T', ' ');
  time.pop_back();
  const Object entry{{"notification", Object{{"messageMD5Sum", md5_hex(delivery.message)},
                                             {"messageId", delivery.message_id},
                                             {"topicArn", delivery.topic},
                                             {"timestamp", time}}},
                     {"delivery", Object{{"deliveryId", env_.rng.uuid()},
                                         {"destination", delivery.endpoint},
                                         {"providerResponse", verdict.answer},
                                         {"dwellTimeMs", verdict.dwell_ms},
                                         {"attempts", delivery.attempts},
                                         {"statusCode", verdict.status}}},
                     {"status", failure ? "FAILURE" : "SUCCESS"}};
  const std::string group = fmt::format("sns/{}/{}/{}{}", arn->region, arn->account, arn->resource,
                                        failure ? "/Failure" : "");
  const auto made = parts_.logs.ensure_stream(arn->region, group, log_stream_, true);
  if (!made) {
    return log::warning("sns: no log of deliveries in {}: {}", group, made.error().message);
  }
  parts_.logs.append(arn->region, group, log_stream_, {{env_.clock.now(), to_json(entry)}}, [] {});
}

// docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
void Controller::put_metrics() {
  const Time at = room::minute_before(env_.clock.now());
  std::map<std::string, std::vector<cloudwatch::Datum>> data;  // by region
  for (const auto& [of, sum] : tally_.take()) {
    const auto arn = parse_arn(of.first);
    data[arn->region].push_back({"AWS/SNS",
                                 of.second,
                                 {{"TopicName", arn->resource}},
                                 sum.sum,
                                 of.second == "PublishSize" ? "Bytes" : "Count",
                                 at,
                                 sum.count,
                                 sum.min,
                                 sum.max});
  }
  for (auto& [region, of_region] : data) parts_.metrics->put(region, std::move(of_region));
  put_metrics_later();
}

void Controller::put_metrics_later() {
  wake_.post(room::until_minute(env_.clock.now()), [this] { put_metrics(); });
}

// Subscriptions that nobody confirmed are forgotten, as AWS does after two days.
void Controller::sweep() {
  std::vector<std::string> old;
  for (const auto& [arn, subscription] : tables_.subscriptions)
    if (!subscription.confirmed && subscription.created + kUnconfirmedLife < env_.clock.now())
      old.push_back(arn);
  for (const auto& arn : old) tables_.subscriptions.erase(arn);
  if (!old.empty()) env_.store.commit(nullptr);
  wake_.post(kSweep, [this] { sweep(); });
}

}  // namespace seatrial::services::sns
