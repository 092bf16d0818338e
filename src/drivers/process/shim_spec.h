// What the driver tells a shim: written to a file only its owner can read, which the shim removes
// as soon as it has read it, because resolved secrets are in the environment. Boost-free.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::drivers {

struct ShimSpec {
  std::string id;
  std::string directory;                 // of the container: state, output, exit.json go there
  std::string program;                   // path to execute, inside `root` when that is set
  std::vector<std::string> arguments;    // argv, with argv[0]
  std::vector<std::string> environment;  // "KEY=VALUE"
  std::string root;                      // new root directory; empty: run in place
  std::string working_directory;         // inside `root` when that is set
  std::string network_namespace;         // name under /run/netns; empty: the host's
  std::string hostname;
  std::string cgroup_parent;
  std::int64_t memory_limit_bytes = 0;  // 0: none
  std::int64_t uid = -1, gid = -1;      // -1: unchanged
};

std::string encode_shim_spec(const ShimSpec& spec);
std::optional<ShimSpec> decode_shim_spec(std::string_view bytes);

inline constexpr std::size_t kMaxShimSpecBytes = 4 << 20;

}  // namespace seatrial::drivers
