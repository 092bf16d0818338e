// A container's own copy of its image's files, and what can be made of it: whether its program can
// run with that copy as its root, or has to run in place with the host's libraries.
// Nothing here follows a link of the image out of the copy.
#pragma once
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace seatrial::drivers {

// Copies with modes, links and (as root) owners; shares blocks where the filesystem can.
std::expected<void, std::string> copy_tree(const std::filesystem::path& from,
                                           const std::filesystem::path& to);

inline constexpr std::size_t kMaxMeasuredEntries = 500'000;
// What the tree's files take on disk, each once; empty: not there, or of more entries than that.
std::optional<std::int64_t> tree_bytes(const std::filesystem::path& root);

// The host's path of `path` as a process with root `root` would see it; empty: not there.
std::optional<std::filesystem::path> resolve_in_root(const std::filesystem::path& root,
                                                     const std::filesystem::path& path);

struct LaunchPlan {
  bool contained = false;         // with `root` as the root directory
  std::string program;            // to execute: inside `root` when contained
  std::string working_directory;  // likewise
};

// How to run `word` (argv[0]) of the image in `root`. `may_contain`: this process may change roots.
// The error is ECS's text for a program that is not there.
std::expected<LaunchPlan, std::string> plan_launch(const std::filesystem::path& root,
                                                   const std::string& word,
                                                   const std::string& search_path,
                                                   const std::string& working_directory,
                                                   bool may_contain);

struct UserIds {
  std::int64_t uid = -1, gid = -1;
};

// "1000", "1000:100", "app" or "app:staff" by the image's /etc/passwd and /etc/group.
std::expected<UserIds, std::string> resolve_user(const std::filesystem::path& root,
                                                 const std::string& user);

}  // namespace seatrial::drivers
