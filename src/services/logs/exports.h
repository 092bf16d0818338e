// Export tasks: a time range of a log group into a bucket. Source: CloudWatch Logs user guide,
// "Exporting log data to Amazon S3".
//
// Problem: an export may be gigabytes, and the control thread may wait for nothing. Choice: a task
// goes on in steps of kStepBytes of messages, each posted by itself, so that requests get in
// between; a step's lines become a gzip member of the object that is being gathered. A restart
// begins an unfinished task again: its objects have the same names. Rejected: a thread a task,
// which would have to ask this one for buckets and streams anyway.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/record.h"
#include "logs/engine.h"
#include "model/shapes/logs.h"
#include "room/room.h"
#include "services/logs/store.h"
#include "services/s3/api.h"
#include "store/table.h"

namespace seatrial::services::logs {

struct ExportRecord {
  aws::logs::ExportTask task;
  std::string group_key, stream_prefix;

  template <class F>
  static void fields(F&& f) {
    f("task", &ExportRecord::task);
    f("group_key", &ExportRecord::group_key);
    f("stream_prefix", &ExportRecord::stream_prefix);
  }
  bool is(std::string_view code) const { return task.status->code == code; }
  bool active() const { return is("PENDING") || is("RUNNING") || is("PENDING_CANCEL"); }
};

class Exports {  // control thread
 public:
  static constexpr std::size_t kStepBytes = 256u << 10;   // of messages read in one step
  static constexpr std::size_t kObjectBytes = 16u << 20;  // compressed; then the next object
  static constexpr std::size_t kMaxRecords = 10'000;      // finished ones beyond are forgotten

  Exports(room::Env& env, seatrial::logs::Engine& engine, const store::Table<GroupRecord>& groups,
          const store::Table<StreamRecord>& streams)
      : env_(env),
        engine_(engine),
        groups_(groups),
        streams_(streams),
        table_(env.store, "logs.export_task") {}

  void deliver_to(s3::ObjectSink& objects) { objects_ = &objects; }
  s3::ObjectSink* objects() const { return objects_; }
  void start();  // begins again what a restart interrupted
  void stop() { *running_ = false; }

  // Within a handler. Keys: "region/task id".
  void begin(const std::string& key, ExportRecord record);
  void cancel(const std::string& key);  // of an active one
  bool any_active(const std::string& region) const;
  const store::Table<ExportRecord>& table() const { return table_; }

 private:
  struct Run {
    std::vector<std::string> streams;  // still to be done, the current one last
    std::optional<seatrial::logs::Position> from;
    std::string object;  // gzip members
    int number = 0;      // of the object in its stream
  };
  using RunPtr = std::shared_ptr<Run>;

  void launch(const std::string& key);
  void step(const std::string& key, const RunPtr& run);
  void read_page(const std::string& key, const ExportRecord& record, const RunPtr& run);
  void put_object(const std::string& key, const ExportRecord& record, const RunPtr& run,
                  bool stream_done);
  void end(const std::string& key, const char* code, const std::string& message);
  void set_status(const std::string& key, const char* code, const std::string& message);
  void later(std::function<void()> work);
  void forget_old();

  room::Env& env_;
  seatrial::logs::Engine& engine_;
  const store::Table<GroupRecord>& groups_;
  const store::Table<StreamRecord>& streams_;
  store::Table<ExportRecord> table_;
  s3::ObjectSink* objects_ = nullptr;
  std::shared_ptr<bool> running_ = std::make_shared<bool>(false);
};

// "exportedlogs/TASK/2026-11-30-[1]abc/000000.gz" of the stream "2026/11/30/[1]abc".
std::string export_key(const aws::logs::ExportTask& task, std::string stream, int number);
// "2026-11-30T20:10:00.123Z message\n"
std::string export_line(const seatrial::logs::Event& event);

}  // namespace seatrial::services::logs
