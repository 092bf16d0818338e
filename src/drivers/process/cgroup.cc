// See cgroup.h.
#include "drivers/process/cgroup.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <vector>

#include "drivers/image/files.h"

namespace seatrial::drivers {
namespace {

const std::string kMount = "/sys/fs/cgroup";
constexpr std::size_t kMaxFileBytes = 1 << 20;

std::string read_file(const std::string& path) {
  return read_whole_file(path, kMaxFileBytes).value_or("");
}

bool write_file(const std::string& path, const std::string& text) {
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return fd && ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

bool is_there(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

bool make_directory(const std::string& path) {
  return ::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST;
}

// The number after `key ` in a file of such lines.
std::optional<std::int64_t> keyed(const std::string& path, const std::string& key) {
  std::istringstream lines(read_file(path));
  std::string name;
  std::int64_t value = 0;
  while (lines >> name >> value) {
    if (name == key) return value;
  }
  return std::nullopt;
}

}  // namespace

Cgroup::Cgroup(const std::string& parent, const std::string& id) {
  if (parent.empty()) return;
  if (read_file(kMount + "/cgroup.controllers").find("memory") != std::string::npos) {
    version_ = Version::kTwo;
    parent_ = kMount + "/" + parent;
    memory_ = cpu_ = parent_ + "/" + id;
  } else if (is_there(kMount + "/memory/memory.limit_in_bytes") ||
             is_there(kMount + "/memory/tasks")) {
    version_ = Version::kOne;
    parent_ = kMount + "/memory/" + parent;
    memory_ = parent_ + "/" + id;
    if (is_there(kMount + "/cpuacct/tasks")) cpu_ = kMount + "/cpuacct/" + parent + "/" + id;
  }
}

bool Cgroup::make(std::int64_t limit) {
  if (version_ == Version::kNone || !make_directory(parent_)) return false;
  if (version_ == Version::kTwo) {
    write_file(kMount + "/cgroup.subtree_control", "+memory");
    write_file(parent_ + "/cgroup.subtree_control", "+memory");
  }
  bool made = make_directory(memory_);
  const std::string bytes = std::to_string(limit);
  if (made && limit > 0 && version_ == Version::kTwo) {
    made = write_file(memory_ + "/memory.max", bytes);
    write_file(memory_ + "/memory.swap.max", "0");
  } else if (made && limit > 0) {
    made = write_file(memory_ + "/memory.limit_in_bytes", bytes);
    write_file(memory_ + "/memory.memsw.limit_in_bytes", bytes);  // absent without swap accounting
  }
  if (!made) {
    remove();
    return false;
  }
  if (version_ == Version::kOne && !cpu_.empty()) {
    const std::string cpu_parent = cpu_.substr(0, cpu_.rfind('/'));
    if (!make_directory(cpu_parent) || !make_directory(cpu_)) cpu_.clear();
  }
  return true;
}

bool Cgroup::join() const {
  if (version_ == Version::kOne && !cpu_.empty()) write_file(cpu_ + "/cgroup.procs", "0");
  return write_file(memory_ + "/cgroup.procs", "0");
}

bool Cgroup::exists() const { return version_ != Version::kNone && is_there(memory_); }

std::int64_t Cgroup::out_of_memory_kills() const {
  if (version_ == Version::kNone) return 0;
  const char* file = version_ == Version::kTwo ? "/memory.events" : "/memory.oom_control";
  return keyed(memory_ + file, "oom_kill").value_or(0);
}

std::optional<std::int64_t> Cgroup::memory_bytes() const {
  if (!exists()) return std::nullopt;
  const bool two = version_ == Version::kTwo;
  const std::string all = read_file(memory_ + (two ? "/memory.current" : "/memory.usage_in_bytes"));
  if (all.empty()) return std::nullopt;
  const auto cache = keyed(memory_ + "/memory.stat", two ? "inactive_file" : "total_inactive_file");
  return std::max<std::int64_t>(0, std::atoll(all.c_str()) - cache.value_or(0));
}

std::optional<std::int64_t> Cgroup::cpu_ns() const {
  if (version_ == Version::kTwo) {
    const auto us = keyed(cpu_ + "/cpu.stat", "usage_usec");
    return us ? std::optional(*us * 1000) : std::nullopt;
  }
  const std::string text = cpu_.empty() ? "" : read_file(cpu_ + "/cpuacct.usage");
  return text.empty() ? std::nullopt : std::optional<std::int64_t>(std::atoll(text.c_str()));
}

std::vector<pid_t> Cgroup::members() const {
  std::vector<pid_t> members;
  if (!exists()) return members;
  std::istringstream pids(read_file(memory_ + "/cgroup.procs"));
  for (pid_t pid = 0; pids >> pid;) members.push_back(pid);
  return members;
}

void Cgroup::kill_all() const {
  if (!exists() || write_file(memory_ + "/cgroup.kill", "1")) return;
  for (const pid_t pid : members()) ::kill(pid, SIGKILL);
}

void Cgroup::remove() const {
  if (version_ == Version::kNone) return;
  ::rmdir(memory_.c_str());
  if (!cpu_.empty() && cpu_ != memory_) ::rmdir(cpu_.c_str());
}

void Cgroup::remove_parent(const std::string& parent) {
  if (parent.empty()) return;
  for (const char* controller : {"/", "/memory/", "/cpuacct/"}) {
    const std::string common = kMount + controller + parent;
    std::vector<std::string> places;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(common, error)) {
      if (entry.is_directory(error)) places.push_back(entry.path());
    }
    for (const auto& place : places) ::rmdir(place.c_str());  // refused while processes are inside
    ::rmdir(common.c_str());
  }
}

}  // namespace seatrial::drivers
