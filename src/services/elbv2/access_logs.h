// Access logs on their way from the proxy to buckets and log groups.
//
// Problem: requests come on the proxy's thread, up to tens of thousands a second, objects leave
// every five minutes, and a killed daemon must not forget what lies between. Choice: a spool file a
// destination, appended by the proxy's thread for every batch that it read; a thread of its own
// sets files aside (at once for a log group, every five minutes of the world's time for a bucket),
// packs them and hands them to the control thread; a file goes when its lines are safe where they
// belong. A file says itself where it is bound, so that one outlives its load balancer. Rejected:
// the store, whose transactions cost more than a line; memory, which kill -9 takes.
//
// What is lost: the batch that is being written when the daemon is killed (one read of the pipe),
// and all that the disk had not got yet when the machine loses power. What may come twice: a file
// whose delivery was not noted before a kill; an object then has the same name. AWS calls this best
// effort.
#pragma once
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "drivers/proxy.h"
#include "room/room.h"
#include "services/elbv2/access_format.h"
#include "services/logs/api.h"
#include "services/s3/api.h"

namespace seatrial::services::elbv2 {

struct AccessDestination {
  std::string id;  // of letters and digits
  std::string region;
  std::string group, stream;              // a log group's
  std::string bucket, folder, file_name;  // a bucket's: ".../region/", "..._app.web.ab"
  AccessFormat format;
};

// By the ids that the proxy knows.
struct AccessPlan {
  struct Listener {
    std::string balancer;  // "app/web/50dc6c495c0c9188"
    int port = 80;
    std::vector<std::pair<int, std::string>> rules;  // priority and action; first the default's
    std::vector<std::string> destinations;           // ids
  };
  std::map<std::string, Listener, std::less<>> listeners;
  std::map<std::string, std::string, std::less<>> groups;  // pool id -> target group ARN
  std::map<std::string, AccessDestination> destinations;   // by id
};

class AccessLogs {
 public:
  static constexpr std::chrono::minutes kInterval{5};      // AWS, of the world's time
  static constexpr std::chrono::milliseconds kGather{20};  // before a log group gets lines
  static constexpr std::size_t kMaxOpenBytes = std::size_t{32} << 20;  // then a file is set aside
  static constexpr std::size_t kMaxWaitingFiles = 8;                   // of log groups, being taken
  static constexpr std::size_t kMaxUnsentBytes = std::size_t{128} << 20;  // of a log group's spool
  static constexpr std::uintmax_t kMaxKeptBytes = std::uintmax_t{1}
                                                  << 30;  // of all files set aside

  // Any sink may be absent; its destinations are then never in a plan.
  AccessLogs(room::Env& env, drivers::ProxyDriver& proxy, s3::ObjectSink* objects,
             logs::LogSink* groups);
  ~AccessLogs();

  void start();                 // control thread; takes up what an earlier daemon left
  void stop();                  // control thread
  void serve(AccessPlan plan);  // control thread: from now on
  std::int64_t dropped() const;

 private:
  struct Spool {
    AccessDestination to;
    int fd = -1;
    std::size_t bytes = 0;  // of the open file
    std::string batch;      // not written yet
  };

  void take(std::span<const drivers::ProxyRecord> records);
  void take_one(const drivers::ProxyRecord& record, const AccessPlan::Listener& listener);
  std::int64_t world_micros(std::int64_t wall) const;
  void write_batch(Spool& spool);
  void drop(Spool& spool, const char* why);
  void set_aside(Spool& spool);
  void adopt();
  void tick();
  void run();
  void pick_up(bool due);
  void send(const std::filesystem::path& file);
  void to_group(const std::filesystem::path& file, const Value& header, std::string_view lines);
  void to_bucket(const std::filesystem::path& file, const Value& header, std::string_view lines);
  void sent(const std::filesystem::path& file, const std::string& error);
  void enforce_bound();

  room::Env& env_;
  drivers::ProxyDriver& proxy_;
  s3::ObjectSink* objects_;
  logs::LogSink* groups_;
  std::filesystem::path folder_;
  std::shared_ptr<bool> running_ = std::make_shared<bool>(false);  // control thread

  mutable std::mutex mutex_;  // all below
  std::condition_variable wake_;
  AccessPlan plan_;
  std::map<std::string, Spool> spools_;       // by destination's id
  std::set<std::string> under_way_, failed_;  // files by name
  std::int64_t now_wall_us_ = 0, now_world_us_ = 0;
  double speed_ = 1;
  std::int64_t dropped_ = 0;
  std::uint64_t files_ = 0;
  bool lines_for_groups_ = false, files_due_ = false, stopping_ = false;
  std::thread thread_;
};

}  // namespace seatrial::services::elbv2
