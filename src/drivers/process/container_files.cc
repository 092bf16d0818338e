// See container_files.h.
#include "drivers/process/container_files.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <sstream>

#include "drivers/image/files.h"

namespace seatrial::drivers {
namespace {

constexpr std::size_t kMaxStateBytes = 1 << 20;

}  // namespace

bool write_state(const ContainerFiles& files, const ShimState& state) {
  constexpr const char* kWords[] = {"starting", "running", "failed"};
  std::ostringstream text;
  text << kWords[static_cast<int>(state.kind)] << ' ' << state.shim.pid << ' '
       << state.shim.start_ticks << ' ' << state.main.pid << ' ' << state.main.start_ticks << '\n';
  if (state.kind == ShimState::Kind::kFailed) text << state.code << '\n' << state.message;
  return replace_file(files.state(), text.str(), 0644, false).has_value();
}

std::optional<ShimState> read_state(const ContainerFiles& files) {
  const auto bytes = read_whole_file(files.state(), kMaxStateBytes);
  if (!bytes) return std::nullopt;
  std::istringstream text(*bytes);
  std::string word, line;
  ShimState state;
  text >> word >> state.shim.pid >> state.shim.start_ticks >> state.main.pid >>
      state.main.start_ticks;
  std::getline(text, line);
  if (!text) return std::nullopt;
  if (word == "running") state.kind = ShimState::Kind::kRunning;
  if (word == "failed") {
    state.kind = ShimState::Kind::kFailed;
    std::getline(text, state.code);
    std::getline(text, state.message, '\0');
  }
  return state;
}

bool write_exit(const ContainerFiles& files, const ExitRecord& record) {
  char text[128];
  std::snprintf(text, sizeof text, "{\"exit_code\":%d,\"out_of_memory\":%s,\"at_ms\":%lld}\n",
                record.exit_code, record.out_of_memory ? "true" : "false",
                static_cast<long long>(record.at_ms));
  return replace_file(files.exit(), text).has_value();
}

std::optional<ExitRecord> read_exit(const ContainerFiles& files) {
  const auto bytes = read_whole_file(files.exit(), kMaxStateBytes);
  if (!bytes) return std::nullopt;
  ExitRecord record;
  char word[8] = {};
  long long at_ms = 0;
  const int fields =
      std::sscanf(bytes->c_str(), "{\"exit_code\":%d,\"out_of_memory\":%5[a-z],\"at_ms\":%lld}",
                  &record.exit_code, word, &at_ms);
  if (fields != 3) return std::nullopt;
  record.out_of_memory = std::string_view(word) == "true";
  record.at_ms = at_ms;
  return record;
}

bool write_acknowledged(const ContainerFiles& files, std::uint64_t position) {
  const Fd fd(::open(files.acknowledged().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  return fd && ::pwrite(fd.get(), &position, sizeof position, 0) == sizeof position;
}

std::uint64_t read_acknowledged(const ContainerFiles& files) {
  const Fd fd(::open(files.acknowledged().c_str(), O_RDONLY | O_CLOEXEC));
  std::uint64_t position = 0;
  if (!fd || ::pread(fd.get(), &position, sizeof position, 0) != sizeof position) return 0;
  return position;
}

std::int64_t wall_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace seatrial::drivers
