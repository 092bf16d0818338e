// One cgroup a container, for its memory limit and its accounting: version 2 where the memory
// controller is there, else version 1, else none (the shim then watches resident memory itself).
// Only directories below <mount>/<parent>/ are ever made or removed. Boost-free.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace seatrial::drivers {

class Cgroup {
 public:
  // Names the place; makes nothing.
  Cgroup(const std::string& parent, const std::string& id);

  // Removes the places that no process is in, and their common directory once it is empty.
  static void remove_parent(const std::string& parent);

  // Makes it and sets the limit (0: none). False: not possible here, and nothing is left behind.
  bool make(std::int64_t memory_limit_bytes);
  bool join() const;  // moves the calling process in
  bool exists() const;
  std::int64_t out_of_memory_kills() const;
  std::optional<std::int64_t> memory_bytes() const;  // without reclaimable file cache
  std::optional<std::int64_t> cpu_ns() const;
  std::vector<pid_t> members() const;
  void kill_all() const;
  void remove() const;  // does nothing while processes are inside

 private:
  enum class Version { kNone, kOne, kTwo } version_ = Version::kNone;
  std::string parent_;
  std::string memory_, cpu_;  // directories; the same one in version 2; cpu_ may be empty
};

}  // namespace seatrial::drivers
