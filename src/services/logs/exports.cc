#include "services/logs/exports.h"

#include <algorithm>

#include "wire/body.h"

namespace seatrial::services::logs {
namespace {

constexpr int kExportLevel = 4;  // zlib's: this runs on the control thread

}  // namespace

std::string export_key(const aws::logs::ExportTask& task, std::string stream, int number) {
  std::ranges::replace(stream, '/', '-');
  return fmt::format("{}/{}/{}/{:06}.gz", task.destinationPrefix.value_or(""),
                     task.taskId.value_or(""), stream, number);
}

std::string export_line(const seatrial::logs::Event& event) {
  return format_iso8601(event.timestamp) + " " + event.message + "\n";
}

void Exports::later(std::function<void()> work) {
  env_.control.post([running = running_, work = std::move(work)] {
    if (*running) work();
  });
}

void Exports::start() {
  *running_ = true;
  for (const auto& [key, record] : table_)
    if (record.active()) launch(key);
}

bool Exports::any_active(const std::string& region) const {
  const auto of_region = table_.with_prefix(region + "/");
  return std::any_of(of_region.begin(), of_region.end(),
                     [](const auto& row) { return row.second.active(); });
}

void Exports::begin(const std::string& key, ExportRecord record) {
  table_.put(key, std::move(record));
  forget_old();
  launch(key);
}

// guess: one that has not begun is cancelled at once, one that runs at its next step.
void Exports::cancel(const std::string& key) {
  const bool pending = table_.find(key)->is("PENDING");
  set_status(key, pending ? "CANCELLED" : "PENDING_CANCEL", pending ? "Cancelled by user" : "");
}

void Exports::forget_old() {
  while (table_.size() > kMaxRecords) {
    auto oldest = table_.end();
    for (auto row = table_.begin(); row != table_.end(); ++row) {
      if (row->second.active()) continue;
      const auto created = row->second.task.executionInfo->creationTime;
      if (oldest == table_.end() || created < oldest->second.task.executionInfo->creationTime)
        oldest = row;
    }
    if (oldest == table_.end()) return;
    table_.erase(std::string(oldest->first));
  }
}

// Posted, so that a handler's transaction is over.
void Exports::launch(const std::string& key) {
  later([this, key] {
    const auto* record = table_.find(key);
    if (record == nullptr || !record->active()) return;
    if (record->is("PENDING_CANCEL")) return end(key, "CANCELLED", "Cancelled by user");
    const auto run = std::make_shared<Run>();
    for (const auto& [at, stream] :
         streams_.with_prefix(stream_key(record->group_key, record->stream_prefix)))
      run->streams.push_back(stream.name);
    std::ranges::reverse(run->streams);
    set_status(key, "RUNNING", "Started successfully");
    env_.store.commit(nullptr);
    later([this, key, run] { step(key, run); });
  });
}

void Exports::step(const std::string& key, const RunPtr& run) {
  const auto* found = table_.find(key);
  if (found == nullptr) return;
  const ExportRecord record = *found;
  if (record.is("PENDING_CANCEL")) return end(key, "CANCELLED", "Cancelled by user");
  if (!groups_.contains(record.group_key))
    return end(key, "FAILED", "The specified log group does not exist.");
  if (run->streams.empty()) return end(key, "COMPLETED", "Completed successfully");
  read_page(key, record, run);
}

void Exports::read_page(const std::string& key, const ExportRecord& record, const RunPtr& run) {
  seatrial::logs::Query query;
  query.group = record.group_key;
  query.streams = {run->streams.back()};
  query.start_ms = record.task.from.value_or(0);
  query.end_ms = record.task.to.value_or(INT64_MAX);
  query.from = run->from;
  query.byte_limit = kStepBytes;
  const auto page = engine_.read(query);
  std::string lines;
  for (const auto& event : page.events) lines += export_line(event);
  if (!lines.empty()) run->object += wire::gzip(lines, kExportLevel);
  run->from = page.next;
  const bool stream_done = !page.next;
  if ((stream_done && !run->object.empty()) || run->object.size() >= kObjectBytes)
    return put_object(key, record, run, stream_done);
  if (stream_done) {
    run->streams.pop_back();
    run->number = 0;
  }
  later([this, key, run] { step(key, run); });
}

void Exports::put_object(const std::string& key, const ExportRecord& record, const RunPtr& run,
                         bool stream_done) {
  const std::string name = export_key(record.task, run->streams.back(), run->number++);
  if (stream_done) {
    run->streams.pop_back();
    run->number = 0;
  }
  objects_->put_object(*record.task.destination, name, std::exchange(run->object, {}),
                       "application/octet-stream", "",
                       [this, key, run, running = running_](const std::string& error) {
                         if (!*running) return;
                         if (!error.empty()) return end(key, "FAILED", error);
                         step(key, run);
                       });
}

void Exports::set_status(const std::string& key, const char* code, const std::string& message) {
  table_.update(key, [&](ExportRecord& record) {
    auto& status = record.task.status.emplace();
    status.code = code;
    if (!message.empty()) status.message = message;
  });
}

void Exports::end(const std::string& key, const char* code, const std::string& message) {
  set_status(key, code, message);
  table_.update(key, [&](ExportRecord& record) {
    record.task.executionInfo->completionTime = to_ms(env_.clock.now());
  });
  env_.store.commit(nullptr);
}

}  // namespace seatrial::services::logs
