#include "services/sqs/attributes.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "decide/resource_policy/resource_policy.h"

namespace seatrial::services::sqs {
namespace {

using room::Outcome;

constexpr std::size_t kMaxAllowedSources = 10;
constexpr int kMaxMaxReceives = 1000;

struct Number {
  std::string_view name;
  std::int64_t least, most;
  std::string_view otherwise;
};
// docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
constexpr std::array<Number, 6> kNumbers = {{{"DelaySeconds", 0, 900, "0"},
                                             {"MaximumMessageSize", 1024, 1048576, "1048576"},
                                             {"MessageRetentionPeriod", 60, 1209600, "345600"},
                                             {"ReceiveMessageWaitTimeSeconds", 0, 20, "0"},
                                             {"VisibilityTimeout", 0, 43200, "30"},
                                             {"KmsDataKeyReusePeriodSeconds", 60, 86400, ""}}};

struct Text {
  std::string_view name, otherwise;
};
constexpr std::array<Text, 9> kTexts = {{{"Policy", ""},
                                         {"RedrivePolicy", ""},
                                         {"RedriveAllowPolicy", ""},
                                         {"KmsMasterKeyId", ""},
                                         {"SqsManagedSseEnabled", "true"},
                                         {"FifoQueue", ""},
                                         {"ContentBasedDeduplication", ""},
                                         {"DeduplicationScope", ""},
                                         {"FifoThroughputLimit", ""}}};
constexpr std::array<std::string_view, 6> kObserved = {"ApproximateNumberOfMessages",
                                                       "ApproximateNumberOfMessagesNotVisible",
                                                       "ApproximateNumberOfMessagesDelayed",
                                                       "CreatedTimestamp",
                                                       "LastModifiedTimestamp",
                                                       "QueueArn"};

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (text.empty() || read.ec != std::errc{} || read.ptr != end) return {};
  return value;
}

Outcome<void> one_of(const std::string& name, const std::string& value,
                     std::initializer_list<std::string_view> allowed) {
  if (std::ranges::find(allowed, value) != allowed.end()) return {};
  return invalid_attribute(name);
}

Outcome<void> check_allow_policy(const std::string& value) {
  const auto policy = parse_json(value);
  const auto permission = policy ? text_member(*policy, "redrivePermission") : std::string_view{};
  const auto* sources = policy ? find_member(*policy, "sourceQueueArns") : nullptr;
  const bool by_queue = permission == "byQueue";
  const bool listed = sources != nullptr && sources->is_array() && !sources->get_array().empty() &&
                      sources->get_array().size() <= kMaxAllowedSources;
  if ((by_queue && listed) ||
      ((permission == "allowAll" || permission == "denyAll") && sources == nullptr))
    return {};
  return invalid_attribute("RedriveAllowPolicy");
}

Outcome<void> check_fifo(bool fifo, const std::string& name, const std::string& value) {
  if (!fifo) return fail("InvalidAttributeName", fmt::format("Unknown Attribute {}.", name));
  if (name == "FifoQueue") return one_of(name, value, {"true"});
  if (name == "ContentBasedDeduplication") return one_of(name, value, {"true", "false"});
  if (name == "DeduplicationScope") return one_of(name, value, {"messageGroup", "queue"});
  return one_of(name, value, {"perQueue", "perMessageGroupId"});
}

}  // namespace

bool is_attribute(std::string_view name) {
  return std::ranges::find(kNumbers, name, &Number::name) != kNumbers.end() ||
         std::ranges::find(kTexts, name, &Text::name) != kTexts.end() ||
         std::ranges::find(kObserved, name) != kObserved.end();
}

Outcome<void> check_attribute(bool fifo, const std::string& name, const std::string& value) {
  if (const auto found = std::ranges::find(kNumbers, name, &Number::name);
      found != kNumbers.end()) {
    const auto given = number(value);
    if (given && *given >= found->least && *given <= found->most) return {};
    return invalid_attribute(name);
  }
  if (std::ranges::find(kTexts, name, &Text::name) == kTexts.end())
    return fail("InvalidAttributeName", fmt::format("Unknown Attribute {}.", name));
  if (name == "SqsManagedSseEnabled") return one_of(name, value, {"true", "false"});
  if (name == "KmsMasterKeyId") {
    if (value.empty() || value == "alias/aws/sqs") return {};
    return not_served("KMS keys other than alias/aws/sqs, so KmsMasterKeyId " + value);
  }
  if (name == "Policy") {
    if (value.empty() || decide::parse_resource_policy(value)) return {};
    return invalid_attribute(name);
  }
  if (name == "RedrivePolicy") {
    if (value.empty() || parse_redrive(value)) return {};
    return invalid_value(value, "RedrivePolicy",
                         "deadLetterTargetArn and maxReceiveCount (1 to 1000) are needed.");
  }
  if (name == "RedriveAllowPolicy") {
    if (value.empty()) return {};
    return check_allow_policy(value);
  }
  return check_fifo(fifo, name, value);
}

std::string attribute_of(const QueueRecord& queue, std::string_view name) {
  const auto found = queue.attributes.find(std::string(name));
  if (found != queue.attributes.end()) return found->second;
  for (const auto& one : kNumbers)
    if (one.name == name) return std::string(one.otherwise);
  for (const auto& one : kTexts)
    if (one.name == name) return std::string(one.otherwise);
  return {};
}

std::int64_t number_of(const QueueRecord& queue, std::string_view name) {
  return number(attribute_of(queue, name)).value_or(0);
}

bool flag_of(const QueueRecord& queue, std::string_view name) {
  return attribute_of(queue, name) == "true";
}

std::optional<Redrive> parse_redrive(const std::string& text) {
  const auto policy = parse_json(text);
  if (!policy || !policy->is_object()) return {};
  Redrive out;
  out.target = text_member(*policy, "deadLetterTargetArn");
  const auto* count = find_member(*policy, "maxReceiveCount");
  if (count == nullptr || out.target.empty() || policy->get_object().size() != 2) return {};
  const auto most = count->is_int64()    ? std::optional(count->get_int64())
                    : count->is_string() ? number(as_view(count->get_string()))
                                         : std::nullopt;
  if (!most || *most < 1 || *most > kMaxMaxReceives) return {};
  out.max_receives = static_cast<int>(*most);
  return out;
}

std::optional<Redrive> redrive_of(const QueueRecord& queue) {
  const std::string text = attribute_of(queue, "RedrivePolicy");
  return text.empty() ? std::nullopt : parse_redrive(text);
}

bool allows_redrive(const QueueRecord& queue, const std::string& source) {
  const auto policy = parse_json(attribute_of(queue, "RedriveAllowPolicy"));
  if (!policy) return true;
  const auto permission = text_member(*policy, "redrivePermission");
  if (permission != "byQueue") return permission != "denyAll";
  const auto* sources = find_member(*policy, "sourceQueueArns");
  return std::ranges::any_of(sources->get_array(),
                             [&](const Value& one) { return one == Value(source); });
}

}  // namespace seatrial::services::sqs
