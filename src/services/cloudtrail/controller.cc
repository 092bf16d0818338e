// Deliveries: events to log groups every few seconds, files into buckets every five minutes of the
// world's time, both from the event log and as far as the trail's record says. Sources: "CloudTrail
// log file name format", "Sending events to CloudWatch Logs".
#include "base/log.h"
#include "services/cloudtrail/service.h"
#include "wire/body.h"

namespace seatrial::services::cloudtrail {
namespace {

constexpr std::string_view kGlobalRegion = "us-east-1";

// prefix/AWSLogs/ACCOUNT/CloudTrail/REGION/2026/11/30/ACCOUNT_CloudTrail_REGION_20261130T2010Z_x.json.gz
std::string file_key(const TrailRecord& trail, const std::string& account,
                     const std::string& region, Time at, const std::string& unique) {
  const std::string stamp = format_basic(at);  // 20261130T201000Z
  return fmt::format("{}AWSLogs/{}/CloudTrail/{}/{}/{}/{}/{}_CloudTrail_{}_{}Z_{}.json.gz",
                     trail.prefix.empty() ? "" : trail.prefix + "/", account, region,
                     stamp.substr(0, 4), stamp.substr(4, 2), stamp.substr(6, 2), account, region,
                     stamp.substr(0, 13), unique);
}

}  // namespace

bool CloudTrail::covers(const TrailRecord& trail, const StoredEvent& event) const {
  if (trail.multi_region || event.region == trail.region) return true;
  const bool global = event.source == "iam.amazonaws.com" || event.source == "sts.amazonaws.com";
  return global && trail.global_events && event.region == kGlobalRegion;
}

void CloudTrail::deliver_logs() {
  if (stopped_) return;
  std::vector<std::string> keys;
  for (const auto& [key, trail] : trails_) {
    if (trail.logging && !trail.log_group_arn.empty()) keys.push_back(key);
  }
  for (const auto& key : keys) deliver_logs(key);
  env_.control.post_after(kLogsTick, [this] { deliver_logs(); });
}

void CloudTrail::deliver_logs(const std::string& key) {
  parts_.events.after(trails_.find(key)->to_logs, kDeliveredAtOnce,
                      [this, key](std::vector<StoredEvent> events) {
                        if (events.empty()) return;
                        env_.control.post([this, key, events = std::move(events)] {
                          if (!stopped_) append(key, events);
                        });
                      });
}

// The events are in the group before the record says so: both are one commit, since the logs'
// engine commits first.
void CloudTrail::append(const std::string& key, const std::vector<StoredEvent>& events) {
  const TrailRecord* trail = trails_.find(key);
  if (trail == nullptr || !trail->logging || trail->to_logs >= events.back().sequence) return;
  const auto arn = parse_arn(trail->log_group_arn);
  std::string group = arn->resource.substr(std::string_view("log-group:").size());
  if (group.ends_with(":*")) group.resize(group.size() - 2);
  const std::string region = arn->region;
  std::vector<logs::LogLine> lines;
  for (const auto& event : events) {
    if (covers(*trail, event))
      lines.push_back({event.at, to_json(event_json(event, env_.account))});
  }
  const std::string stream = fmt::format("{}_CloudTrail_{}", env_.account, trail->region);
  const auto made = parts_.logs.ensure_stream(region, group, stream, false);
  transact([&] {
    trails_.update(key, [&](TrailRecord& record) {
      record.logs_error = made ? "" : made.error().code;
      if (!made) return;
      record.to_logs = events.back().sequence;
      if (!lines.empty()) record.logs_delivered = env_.clock.now();
    });
  });
  if (made && !lines.empty()) parts_.logs.append(region, group, stream, std::move(lines), nullptr);
  if (made && events.size() == kDeliveredAtOnce) deliver_logs(key);
}

void CloudTrail::deliver_files() {
  if (stopped_) return;
  std::vector<std::string> keys;
  for (const auto& [key, trail] : trails_) {
    if (trail.logging) keys.push_back(key);
  }
  for (const auto& key : keys) deliver_file(key);
  env_.control.post_after(kBucketTick, [this] { deliver_files(); });
}

void CloudTrail::deliver_file(const std::string& key) {
  parts_.events.after(trails_.find(key)->to_bucket, kDeliveredAtOnce,
                      [this, key](std::vector<StoredEvent> events) {
                        if (events.empty()) return;
                        env_.control.post([this, key, events = std::move(events)] {
                          if (!stopped_) put_file(key, events);
                        });
                      });
}

// One file a region, as AWS writes them.
void CloudTrail::put_file(const std::string& key, const std::vector<StoredEvent>& events) {
  const TrailRecord* trail = trails_.find(key);
  if (trail == nullptr || !trail->logging || trail->to_bucket >= events.back().sequence) return;
  std::map<std::string, Array> records;
  for (const auto& event : events) {
    if (covers(*trail, event)) records[event.region].push_back(event_json(event, env_.account));
  }
  const Time now = env_.clock.now();
  const auto left = std::make_shared<std::size_t>(records.size());
  const auto failed = std::make_shared<std::string>();
  const auto done = [this, key, last = events.back().sequence, more = events.size(), left, failed,
                     now](const std::string& error) {
    if (!error.empty()) *failed = error;
    if (*left > 0) --*left;
    if (*left > 0) return;
    transact([&] {
      trails_.update(key, [&](TrailRecord& record) {
        record.bucket_attempted = now;
        record.bucket_error = *failed;
        if (!failed->empty()) return;
        record.to_bucket = last;
        record.bucket_delivered = now;
      });
    });
    if (failed->empty() && more == kDeliveredAtOnce && trails_.contains(key)) deliver_file(key);
  };
  if (records.empty()) return done("");
  for (auto& [region, list] : records) {
    const std::string text = to_json(Object{{"Records", std::move(list)}});
    parts_.objects.put_object(
        trail->bucket, file_key(*trail, env_.account, region, now, env_.rng.alphanumeric(16)),
        wire::gzip(text), "application/json", "gzip", done);
  }
}

}  // namespace seatrial::services::cloudtrail
