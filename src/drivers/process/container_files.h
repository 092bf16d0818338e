// The directory of one container: the only thing a shim and the daemons that come and go share.
//
//   lock         held (flock) by the preparing daemon, then by the shim for as long as it lives
//   meta.json    what runs: image, digest; no secrets. There from before the shim is
//   spec         ShimSpec, mode 0600; removed by the shim once read
//   state        one line of the shim, replaced whole (ShimState)
//   output       frames (frame.h), appended by the shim
//   acknowledged the position up to which output is safe elsewhere, 8 bytes, of the driver
//   exit.json    {"exit_code","out_of_memory","at_ms"}: the shim's last act
//   rootfs/      the container's own copy of the image's files
//   shim.log     what the shim had to complain about
// Boost-free.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "drivers/process/process_tree.h"

namespace seatrial::drivers {

struct ContainerFiles {
  explicit ContainerFiles(std::filesystem::path path) : directory(std::move(path)) {}
  std::filesystem::path at(const char* name) const { return directory / name; }
  std::filesystem::path lock() const { return at("lock"); }
  std::filesystem::path meta() const { return at("meta.json"); }
  std::filesystem::path spec() const { return at("spec"); }
  std::filesystem::path state() const { return at("state"); }
  std::filesystem::path output() const { return at("output"); }
  std::filesystem::path acknowledged() const { return at("acknowledged"); }
  std::filesystem::path exit() const { return at("exit.json"); }
  std::filesystem::path rootfs() const { return at("rootfs"); }
  std::filesystem::path shim_log() const { return at("shim.log"); }

  std::filesystem::path directory;
};

struct ShimState {
  enum class Kind { kStarting, kRunning, kFailed } kind = Kind::kStarting;
  ProcessId shim;
  ProcessId main;    // when running
  std::string code;  // when failed: StartError's
  std::string message;
};

// False with errno set when it could not be written.
bool write_state(const ContainerFiles& files, const ShimState& state);
std::optional<ShimState> read_state(const ContainerFiles& files);

struct ExitRecord {
  int exit_code = 0;
  bool out_of_memory = false;
  std::int64_t at_ms = 0;  // wall clock
};

bool write_exit(const ContainerFiles& files, const ExitRecord& record);
std::optional<ExitRecord> read_exit(const ContainerFiles& files);

bool write_acknowledged(const ContainerFiles& files, std::uint64_t position);
std::uint64_t read_acknowledged(const ContainerFiles& files);  // 0 when never written

std::int64_t wall_ms();

}  // namespace seatrial::drivers
