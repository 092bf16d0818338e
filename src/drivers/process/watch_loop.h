// The thread of the process driver and all it knows about containers. Everything here but the
// functions marked "any thread" runs on that thread, so no lock guards the containers themselves.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "drivers/image/files.h"
#include "drivers/process/cgroup.h"
#include "drivers/process/launcher.h"
#include "drivers/process/output_tail.h"
#include "drivers/process/process_driver.h"

namespace seatrial::drivers {

class ProcessDriver::Loop {
 public:
  Loop(ProcessDriverOptions options, ImageStore& images, const Clock& clock);
  ~Loop();

  std::vector<ContainerStatus> list();                                     // before run()
  void run(ContainerEvents& events);                                       // once
  void post(std::function<void()> work);                                   // any thread
  std::optional<ContainerUsage> usage(const std::string& id);              // any thread
  std::optional<std::int64_t> storage_bytes(const std::string& id) const;  // any thread
  bool has_image(const std::string& image) {
    return images_.find(image).has_value();
  }  // any thread

  void start(ContainerSpec spec);
  void stop(const std::string& id, int grace_ms);
  void remove(const std::string& id);
  void acknowledge(const std::string& id, std::uint64_t position);

 private:
  enum class Phase { kPreparing, kStarting, kRunning, kEnded };
  struct Container {
    Container(const std::filesystem::path& directory, std::string name)
        : id(std::move(name)), files(directory), tail(files, read_acknowledged(files)) {}
    std::string id;
    ContainerFiles files;
    OutputTail tail;
    Phase phase = Phase::kPreparing;
    Fd pidfd;                          // of the shim, while it lives
    int watch = -1;                    // inotify's, on the directory
    std::optional<int> stop_grace_ms;  // asked for while preparing
    std::optional<ContainerExit> exit;
    bool exit_reported = false;
  };
  struct Live {
    ProcessId shim;
    Cgroup cgroup;
  };
  using Work = std::function<void()>;

  void load();
  void load_one(const std::filesystem::path& directory);
  void adopt(Container& container);
  void serve();
  void wait_for_events();
  void run_commands();
  void read_watches();
  void check_unwatched();
  void launched(const std::string& id, std::expected<LaunchedShim, StartError> result);
  void watch(Container& container);
  void watch_shim(Container& container, Fd pidfd);
  void read_new_state(Container& container);
  void running(Container& container, const ShimState& state);
  void shim_ended(const std::string& id);
  void start_failed(const std::string& id, const StartError& error);
  void kill_leftovers(const Container& container, const ShimState& state);
  void ended(Container& container, const ExitRecord& record);
  void pump(const std::string& id);
  void forget(const std::string& id);
  void discard(const std::filesystem::path& directory);
  bool in_background(Work work);
  void work_in_background();
  Container* find(const std::string& id);

  ProcessDriverOptions options_;
  ImageStore& images_;
  const Clock& clock_;
  Launcher launcher_;
  ContainerEvents* events_ = nullptr;
  bool loaded_ = false;

  std::map<std::string, Container> containers_;
  std::map<int, std::string> by_watch_;
  std::map<int, std::string> by_pidfd_;
  std::set<std::string> dirty_;  // may have output or an exit to report
  Fd epoll_, inotify_, wake_;
  unsigned trash_serial_ = 0;

  std::mutex mutex_;  // guards what follows
  std::condition_variable work_ready_;
  std::deque<Work> commands_;
  std::deque<Work> background_;
  std::map<std::string, Live> live_;
  bool stopping_ = false;

  std::thread thread_;
  std::vector<std::thread> workers_;
};

}  // namespace seatrial::drivers
