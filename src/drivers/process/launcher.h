// A container's way from a spec to a running shim: image, own copy of its files, environment, user,
// program; then the shim is spawned and on its own. Slow (files are copied), so the driver calls it
// on threads of its own; any thread.
#pragma once
#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "drivers/container.h"
#include "drivers/image/files.h"
#include "drivers/image/image_store.h"
#include "drivers/process/container_files.h"
#include "drivers/process/shim_spec.h"

namespace seatrial::drivers {

struct LaunchedShim {
  pid_t pid = 0;
  Fd pidfd;
};

class Launcher {
 public:
  Launcher(std::filesystem::path containers, ImageStore& images,
           std::vector<std::string> shim_command, std::string cgroup_parent);

  // Makes the container's directory and starts its shim. On an error nothing is left behind.
  std::expected<LaunchedShim, StartError> launch(const ContainerSpec& spec);

 private:
  using Failure = std::unexpected<StartError>;
  std::expected<LaunchedShim, StartError> launch_in(const ContainerFiles& files,
                                                    const ContainerSpec& spec);
  std::expected<ShimSpec, StartError> shim_spec(const ContainerFiles& files,
                                                const ContainerSpec& spec,
                                                const ImageConfig& image) const;
  std::expected<LaunchedShim, StartError> spawn(const ContainerFiles& files, int lock) const;

  std::filesystem::path containers_;
  ImageStore& images_;
  std::vector<std::string> shim_command_;
  std::string cgroup_parent_;
  bool may_contain_;
};

}  // namespace seatrial::drivers
