// The metrics of AWS/SQS, each minute, of queues that something happened to in the last six hours
// or that hold messages. docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/
// sqs-available-cloudwatch-metrics.html
#include "services/sqs/attributes.h"
#include "services/sqs/service.h"

namespace seatrial::services::sqs {
namespace {

constexpr std::chrono::hours kActive{6};

// Names whose values are bytes.
bool is_size(std::string_view name) { return name == "SentMessageSize"; }

}  // namespace

void Sqs::count(const QueueRecord& queue, std::string_view what, double value) {
  if (metrics_ == nullptr) return;
  tally_.add(queue.arn, what, value);
  active_[queue.arn] = env_.clock.now();
}

// What the queue is now: counted, as the Approximate attributes are.
Sqs::Backlog Sqs::backlog(const QueueRecord& queue) const {
  const Time now = env_.clock.now();
  Backlog out;
  for (const auto& [key, message] : tables_.of_queue(queue.arn)) {
    if (message.in_flight(now))
      ++out.not_visible;
    else if (message.visible > now)
      ++out.delayed;
    else
      ++out.visible;
    out.oldest = std::max(out.oldest, now - message.sent);
  }
  return out;
}

void Sqs::put_metrics() {
  const Time now = env_.clock.now(), at = room::minute_before(now);
  std::map<std::string, std::vector<cloudwatch::Datum>> data;  // by region
  const auto region_of = [](const std::string& arn) { return parse_arn(arn)->region; };
  const auto datum = [&](const QueueRecord& queue, std::string_view name, double value,
                         const char* unit) {
    return cloudwatch::Datum{"AWS/SQS", std::string(name), {{"QueueName", queue.name}}, value, unit,
                             at};
  };
  for (const auto& [of, sum] : tally_.take()) {
    const auto* queue = tables_.queues.find(of.first);
    if (queue == nullptr) continue;
    auto one = datum(*queue, of.second, sum.sum, is_size(of.second) ? "Bytes" : "Count");
    one.count = sum.count;
    one.min = sum.min;
    one.max = sum.max;
    data[region_of(of.first)].push_back(std::move(one));
  }
  for (const auto& [arn, queue] : tables_.queues) {
    const Backlog now_there = backlog(queue);
    const auto last = active_.find(arn);
    const bool any = now_there.visible + now_there.not_visible + now_there.delayed > 0;
    if (!any && (last == active_.end() || last->second + kActive < now)) continue;
    auto& of_region = data[region_of(arn)];
    const auto put = [&](const char* name, double value, const char* unit) {
      of_region.push_back(datum(queue, name, value, unit));
    };
    put("ApproximateNumberOfMessagesVisible", double(now_there.visible), "Count");
    put("ApproximateNumberOfMessagesNotVisible", double(now_there.not_visible), "Count");
    put("ApproximateNumberOfMessagesDelayed", double(now_there.delayed), "Count");
    put("ApproximateAgeOfOldestMessage", double(now_there.oldest.count()) / 1000, "Seconds");
  }
  std::erase_if(active_, [&](const auto& entry) { return entry.second + kActive < now; });
  for (auto& [region, of_region] : data) metrics_->put(region, std::move(of_region));
  env_.control.post_after(room::until_minute(now), [this, running = running_] {
    if (*running) put_metrics();
  });
}

}  // namespace seatrial::services::sqs
