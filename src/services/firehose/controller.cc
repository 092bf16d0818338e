#include "services/firehose/controller.h"

#include <charconv>

#include "base/log.h"
#include "services/firehose/http_endpoint.h"

namespace seatrial::services::firehose {
namespace {

constexpr std::size_t kMegabyte = 1u << 20;

std::string record_key(const std::string& stream, std::uint64_t number) {
  return fmt::format("{}:{:016}", stream, number);
}

std::uint64_t number_of(std::string_view key) {
  const auto digits = key.substr(key.rfind(':') + 1);
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

Millis retry_after(int attempts) {
  const int doublings = std::min(attempts - 1, 10);
  return std::min(Controller::kFirstRetry * (1 << doublings), Controller::kLongestRetry);
}

std::string bulk_url(std::string endpoint) {
  while (endpoint.ends_with('/')) endpoint.pop_back();
  return endpoint + "/_bulk";
}

}  // namespace

void Controller::start() {
  *running_ = true;
  for (const auto& [key, stream] : tables_.streams) pass(key);
}

void Controller::later(Millis delay, std::function<void()> work) {
  auto guarded = [running = running_, work = std::move(work)] {
    if (*running) work();
  };
  if (delay <= Millis{0}) return env_.control.post(std::move(guarded));
  env_.control.post_after(delay, std::move(guarded));
}

// Numbers go on behind the last record there is.
Controller::Line& Controller::line_of(const std::string& stream) {
  const auto [found, fresh] = lines_.try_emplace(stream);
  if (fresh) {
    const auto records = tables_.records.with_prefix(stream + ":");
    if (!records.empty()) found->second.next = number_of(std::prev(records.end())->first) + 1;
  }
  return found->second;
}

bool Controller::has_room(const std::string& stream, std::size_t bytes) const {
  const auto line = lines_.find(stream);
  return line == lines_.end() ||
         line->second.bytes + line->second.uncounted + bytes <= kMaxHeldBytes;
}

void Controller::add(const std::string& stream, std::string data) {
  Line& line = line_of(stream);
  line.uncounted += data.size();
  tables_.records.put(record_key(stream, line.next++), {env_.clock.now(), std::move(data)});
  pass_when_durable(stream);
}

void Controller::forget(const std::string& stream) {
  std::vector<std::string> keys;
  for (const auto& [key, record] : tables_.records.with_prefix(stream + ":")) keys.push_back(key);
  for (const auto& key : keys) tables_.records.erase(key);
  tables_.streams.erase(stream);
  lines_.erase(stream);
}

void Controller::begin_again(const std::string& stream) {
  line_of(stream).batch.reset();
  pass_when_durable(stream);
}

// Posted, so that it runs after the handler's commit and ends up behind it in the committer's line.
void Controller::pass_when_durable(const std::string& stream) {
  if (std::exchange(line_of(stream).pass_posted, true)) return;
  later(Millis{0}, [this, stream] {
    const auto line = lines_.find(stream);
    if (line != lines_.end()) line->second.pass_posted = false;
    env_.store.commit(
        [this, stream, running = running_, &control = env_.control](const std::string&) {
          control.post([this, stream, running] {
            if (*running) pass(stream);
          });
        });
  });
}

void Controller::count_new(const std::string& stream, Line& line) {
  for (const auto& [key, record] : tables_.records.from(record_key(stream, line.counted + 1))) {
    if (!key.starts_with(stream + ":")) break;
    line.bytes += record.data.size();
    line.counted = number_of(key);
  }
  line.uncounted = 0;
}

void Controller::pass(const std::string& stream) {
  const auto* record = tables_.streams.find(stream);
  if (record == nullptr) return;
  Line& line = line_of(stream);
  count_new(stream, line);
  if (line.batch) return;
  const auto records = tables_.records.with_prefix(stream + ":");
  if (records.empty()) {
    line.bytes = 0;  // the disk may have refused what was counted
    return;
  }
  const Target target(record->destination);
  const Time due = records.begin()->second.arrived + std::chrono::seconds{target.interval_s};
  const bool full = line.bytes >= static_cast<std::size_t>(target.size_mb) * kMegabyte;
  if (!full && due > env_.clock.now()) return wake_at(stream, line, due);
  begin(stream, line, target);
}

void Controller::wake_at(const std::string& stream, Line& line, Time when) {
  if (line.wake && *line.wake <= when) return;
  line.wake = when;
  later(when - env_.clock.now(), [this, stream] {
    const auto found = lines_.find(stream);
    if (found == lines_.end()) return;
    found->second.wake.reset();
    pass(stream);
  });
}

void Controller::begin(const std::string& stream, Line& line, const Target& target) {
  const std::size_t most = static_cast<std::size_t>(target.size_mb) * kMegabyte;
  std::vector<InputRecord> records;
  std::size_t bytes = 0;
  for (const auto& [key, record] : tables_.records.with_prefix(stream + ":")) {
    const bool full = bytes + record.data.size() > most ||
                      (!target.endpoint.empty() && records.size() >= kMaxDocuments);
    if (!records.empty() && full) break;
    records.push_back({key, &record});
    bytes += record.data.size();
  }
  line.batch = std::make_shared<Batch>(
      make_batch(*tables_.streams.find(stream), target, records, env_.clock.now(), env_.rng));
  post_documents(stream, line.batch);
}

const StreamRecord* Controller::current(const std::string& stream, const BatchPtr& batch) const {
  const auto line = lines_.find(stream);
  if (line == lines_.end() || line->second.batch != batch) return nullptr;
  return tables_.streams.find(stream);
}

// --- documents ------------------------------------------------------------------------------

// Those that never will be taken become an object of their own.
void Controller::post_documents(const std::string& stream, const BatchPtr& batch) {
  const StreamRecord* record = current(stream, batch);
  if (record == nullptr) return;
  const Target target(record->destination);
  if (batch->documents.empty()) {
    if (!batch->failed.empty())
      batch->objects.push_back(
          failed_documents(*record, target, *batch, env_.clock.now(), env_.rng));
    batch->failed.clear();
    batch->attempts = 0;
    return put_objects(stream, batch);
  }
  ++batch->attempts;
  parts_.deliverer.deliver(
      request_for(*record, target, *batch),
      [this, stream, batch, running = running_, &control = env_.control](auto result) {
        control.post([this, stream, batch, running, result = std::move(result)] {
          if (*running) answered(stream, batch, result);
        });
      });
}

drivers::DeliveryRequest Controller::request_for(const StreamRecord& stream, const Target& target,
                                                 const Batch& batch) const {
  if (target.http) {
    const auto& sealed = stream.sealed_access_key;
    const auto key =
        sealed.empty() ? "" : env_.vault.open_sealed(sealed, access_key_purpose(stream.arn));
    return http_request(stream, target, batch, key, env_.clock.now());
  }
  drivers::DeliveryRequest request;
  request.url = bulk_url(target.endpoint);
  request.headers = {{"Content-Type", "application/x-ndjson"}};
  request.body = bulk_body(batch.documents);
  request.max_answer = kMaxAnswer;
  return request;
}

// The endpoint takes all of a request or nothing.
void Controller::http_answered(const std::string& stream, const BatchPtr& batch,
                               const drivers::DeliveryResult& result) {
  const auto failure = http_failure(result, batch->request_id);
  if (failure) return retry_documents(stream, batch, failure->code, failure->why, failure->final);
  batch->documents.clear();
  post_documents(stream, batch);
}

void Controller::answered(const std::string& stream, const BatchPtr& batch,
                          const drivers::DeliveryResult& result) {
  const StreamRecord* record = current(stream, batch);
  if (record == nullptr) return;
  if (Target(record->destination).http) return http_answered(stream, batch, result);
  constexpr const char* kFailed = "OS.ServiceException";
  const bool answered = result.kind == drivers::DeliveryResult::Kind::kAnswered;
  if (!answered || result.status != 200)
    return retry_documents(
        stream, batch, kFailed,
        answered ? fmt::format("status {}: {}", result.status, result.answer) : result.why);
  const auto verdicts = read_answer(result.answer, batch->documents.size());
  if (verdicts.empty()) return retry_documents(stream, batch, kFailed, "the answer cannot be read");
  std::vector<Document> left;
  std::string why;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    Document& document = batch->documents[i];
    if (verdicts[i].fate == Fate::kTaken) continue;
    why = verdicts[i].why;
    if (verdicts[i].fate == Fate::kAgain) {
      left.push_back(std::move(document));
      continue;
    }
    document.error_code = "OS.DocumentRejected";
    document.error_message = why;
    batch->failed.push_back(std::move(document));
  }
  batch->documents = std::move(left);
  if (batch->documents.empty()) return post_documents(stream, batch);
  retry_documents(stream, batch, kFailed, why);
}

void Controller::retry_documents(const std::string& stream, const BatchPtr& batch,
                                 const std::string& code, const std::string& why, bool final) {
  const StreamRecord* record = current(stream, batch);
  const Time now = env_.clock.now();
  if (batch->first_failure == Time{}) batch->first_failure = now;
  report(*record, code.c_str(), why);
  const std::chrono::seconds patience{Target(record->destination).retry_s};
  const Millis delay = retry_after(batch->attempts);
  if (!final && now + delay - batch->first_failure <= patience)
    return later(delay, [this, stream, batch] { post_documents(stream, batch); });
  for (auto& document : batch->documents) {
    document.error_code = code;
    document.error_message = why;
    batch->failed.push_back(std::move(document));
  }
  batch->documents.clear();
  post_documents(stream, batch);
}

// --- objects --------------------------------------------------------------------------------

// One after the other; what is durable is not put again.
void Controller::put_objects(const std::string& stream, const BatchPtr& batch) {
  if (current(stream, batch) == nullptr) return;
  if (batch->objects.empty()) return finish(stream, batch);
  const OutgoingObject& object = batch->objects.back();
  ++batch->attempts;
  if (!parts_.objects.region_of_bucket(object.bucket))
    return retry_objects(stream, batch, "The bucket " + object.bucket + " does not exist.");
  parts_.objects.put_object(object.bucket, object.key, object.bytes, "application/octet-stream",
                            object.content_encoding,
                            [this, stream, batch, running = running_](const std::string& error) {
                              if (!*running) return;
                              if (!error.empty()) return retry_objects(stream, batch, error);
                              batch->objects.pop_back();
                              batch->attempts = 0;
                              batch->first_failure = Time{};
                              put_objects(stream, batch);
                            });
}

void Controller::retry_objects(const std::string& stream, const BatchPtr& batch,
                               const std::string& why) {
  const StreamRecord* record = current(stream, batch);
  if (record == nullptr) return;
  const Time now = env_.clock.now();
  if (batch->first_failure == Time{}) batch->first_failure = now;
  report(*record, "S3.DeliveryFailed", why);
  if (now - batch->oldest <= kMaxAge)
    return later(retry_after(batch->attempts),
                 [this, stream, batch] { put_objects(stream, batch); });
  log::warning("firehose: {} records of {} are older than 24 hours and dropped: {}",
               batch->keys.size(), stream, why);
  batch->objects.clear();
  finish(stream, batch);
}

void Controller::finish(const std::string& stream, const BatchPtr& batch) {
  for (const auto& key : batch->keys) tables_.records.erase(key);
  env_.store.commit(nullptr);
  Line& line = line_of(stream);
  line.bytes -= std::min(line.bytes, batch->bytes);
  line.batch.reset();
  later(Millis{0}, [this, stream] { pass(stream); });
}

// As the destination's CloudWatchLoggingOptions ask for; the daemon's log has it anyway.
void Controller::report(const StreamRecord& stream, const char* code, const std::string& why) {
  log::warning("firehose: {} is not delivered: {}", stream.arn, why);
  const Target target(stream.destination);
  if (target.log_group.empty()) return;
  const auto arn = parse_arn(stream.arn);
  const auto made =
      parts_.logs.ensure_stream(arn->region, target.log_group, target.log_stream, false);
  if (!made) return;
  const std::string destination =
      target.endpoint.empty() ? "arn:aws:s3:::" + target.bucket.bucket : target.endpoint;
  const Object entry{{"deliveryStreamARN", stream.arn},
                     {"destination", destination},
                     {"deliveryStreamVersionId", stream.version},
                     {"message", why},
                     {"errorCode", code}};
  parts_.logs.append(arn->region, target.log_group, target.log_stream,
                     {{env_.clock.now(), to_json(entry)}}, nullptr);
}

}  // namespace seatrial::services::firehose
