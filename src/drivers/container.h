// The contract of everything that can run a container: child processes now, Docker later, a fake in
// simulation. One contract suite (drivers/container_contract.h) runs against each of them.
//
// A driver never decides. It does what it is told, idempotently by id, says what happened, and
// survives its daemon: containers outlive a killed daemon and are listed again by the next one.
#pragma once
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace seatrial::drivers {

struct ContainerSpec {
  std::string id;     // unique in the world: [A-Za-z0-9_-]+, e.g. "<task id>-<container name>"
  std::string image;  // "NAME:TAG" in the world's image store
  std::vector<std::string> entry_point;  // empty: the image's
  std::vector<std::string> command;      // empty: the image's
  std::map<std::string, std::string> environment;  // over the image's; resolved secrets included
  std::string working_directory;         // empty: the image's
  std::int64_t memory_limit_bytes = 0;   // hard limit; 0 = none
  std::string network_namespace;         // name under /run/netns; empty = the host's network
};

struct ContainerExit {
  std::string id;
  int exit_code = 0;           // 128 + signal when killed by one
  bool out_of_memory = false;  // the memory limit killed it
  Time at{};
};

// Why a container did not start. `code` is ECS's word for it.
struct StartError {
  std::string code;     // "CannotPullContainerError", "CannotStartContainerError", "ResourceInitializationError"
  std::string message;  // chained: "cannot start container web-3: image omc-backend:9 not found"
};

struct OutputLine {
  Time at{};
  std::string text;  // without the line end; longer than kMaxOutputLine is cut into several
  bool is_error = false;
};
inline constexpr std::size_t kMaxOutputLine = 256 * 1024;

// Called on the driver's own threads; implementations post to the control thread.
class ContainerEvents {
 public:
  virtual ~ContainerEvents() = default;
  virtual void container_started(const std::string& id) = 0;
  virtual void container_start_failed(const std::string& id, const StartError& error) = 0;
  // After the last output of the container has been reported.
  virtual void container_exited(const ContainerExit& exit) = 0;
  // `position` counts all bytes of output so far; give it back to acknowledge_output once the lines
  // are safe. After a restart output resumes from the last acknowledged position.
  virtual void container_output(const std::string& id, std::vector<OutputLine> lines,
                                std::uint64_t position) = 0;
};

struct ContainerStatus {
  std::string id;
  bool running = false;
  std::optional<ContainerExit> exit;  // set when it ended, also while no daemon was there
};

struct ContainerUsage {
  std::int64_t cpu_ns = 0;         // user + system since start, whole process tree
  std::int64_t memory_bytes = 0;   // resident now, whole process tree
  // Fetched from and sent to storage by the tree's processes; nothing where it cannot be seen.
  std::optional<std::int64_t> read_bytes, written_bytes;
};

class ContainerDriver {
 public:
  virtual ~ContainerDriver() = default;
  // Names of the driver's containers, running or ended, that were not removed. Called once before
  // attach(), to adopt what an earlier daemon left.
  virtual std::vector<ContainerStatus> list() = 0;
  // Events flow from now on, for adopted containers too: not container_started of those that list()
  // said run, but container_exited of all that ended and were not removed. `events` must outlive the
  // driver. All calls below are for after it.
  virtual void attach(ContainerEvents& events) = 0;
  // Returns at once; container_started or container_start_failed follows. An id that is there starts
  // nothing new: it is reported started, or exited, again. A failed start leaves nothing behind.
  virtual void start(ContainerSpec spec) = 0;
  // SIGTERM now, SIGKILL after `grace` of wall time; container_exited follows. Unknown id: nothing.
  virtual void stop(const std::string& id, std::chrono::milliseconds grace) = 0;
  // Frees everything of an ended container. Unknown id: nothing.
  virtual void remove(const std::string& id) = 0;
  virtual void acknowledge_output(const std::string& id, std::uint64_t position) = 0;
  virtual std::optional<ContainerUsage> usage(const std::string& id) = 0;  // empty: not running
  // What its own files take on disk, the image's among them; empty: not there, or not to be
  // measured. Walks them: for a thread that may wait.
  virtual std::optional<std::int64_t> storage_bytes(const std::string& id) = 0;
  virtual bool has_image(const std::string& image) = 0;
};

}  // namespace seatrial::drivers
