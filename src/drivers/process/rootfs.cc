// See rootfs.h.
#include "drivers/process/rootfs.h"

#include <elf.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <deque>
#include <set>
#include <sstream>

#include "drivers/image/files.h"

namespace seatrial::drivers {
namespace {

namespace fs = std::filesystem;
using Bad = std::unexpected<std::string>;

constexpr int kMaxLinks = 40;
constexpr int kMaxInterpreters = 4;
constexpr std::size_t kHeadBytes = 4096;

bool copy_bytes(int from, int to) {
  if (::ioctl(to, FICLONE, from) == 0) return true;
  for (;;) {
    const ssize_t got = ::copy_file_range(from, nullptr, to, nullptr, std::size_t{1} << 30, 0);
    if (got == 0) return true;
    if (got < 0) return false;
  }
}

bool copy_bytes_plainly(int from, int to) {
  char buffer[65536];
  if (::lseek(from, 0, SEEK_SET) != 0 || ::ftruncate(to, 0) != 0 || ::lseek(to, 0, SEEK_SET) != 0) {
    return false;
  }
  for (;;) {
    const ssize_t got = ::read(from, buffer, sizeof buffer);
    if (got <= 0) return got == 0;
    if (!write_all(to, {buffer, static_cast<std::size_t>(got)})) return false;
  }
}

bool copy_file(const fs::path& from, const fs::path& to, mode_t mode) {
  const Fd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!source) return false;
  const Fd target(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!target) return false;
  const bool copied = copy_bytes(source.get(), target.get()) ||
                      (errno != ENOSPC && copy_bytes_plainly(source.get(), target.get()));
  return copied && ::fchmod(target.get(), mode) == 0;
}

bool copy_entry(const fs::path& from, const fs::path& to, const struct stat& info) {
  bool copied = true;  // sockets and devices have no place in an image
  if (S_ISDIR(info.st_mode)) {
    copied = ::mkdir(to.c_str(), 0700) == 0 && ::chmod(to.c_str(), info.st_mode & 07777) == 0;
  } else if (S_ISLNK(info.st_mode)) {
    std::error_code error;
    const fs::path target = fs::read_symlink(from, error);
    copied = !error && ::symlink(target.c_str(), to.c_str()) == 0;
  } else if (S_ISREG(info.st_mode)) {
    copied = copy_file(from, to, info.st_mode & 07777);
  }
  if (copied && ::geteuid() == 0 && (info.st_uid != 0 || info.st_gid != 0)) {
    copied = ::lchown(to.c_str(), info.st_uid, info.st_gid) == 0;
    if (!S_ISLNK(info.st_mode)) (void)::chmod(to.c_str(), info.st_mode & 07777);
  }
  return copied;
}

std::string head_of(const fs::path& file) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  std::string head(kHeadBytes, '\0');
  const ssize_t got = fd ? ::read(fd.get(), head.data(), head.size()) : 0;
  head.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return head;
}

// The interpreter that a file's program headers ask for; empty: static. Only 64-bit ELF.
std::optional<std::string> elf_interpreter(const std::string& head) {
  Elf64_Ehdr header;
  if (head.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, head.data(), sizeof header);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64) {
    return std::nullopt;
  }
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    const std::size_t at = header.e_phoff + i * sizeof(Elf64_Phdr);
    Elf64_Phdr program;
    if (at > head.size() || head.size() - at < sizeof program) return std::nullopt;
    std::memcpy(&program, head.data() + at, sizeof program);
    if (program.p_type != PT_INTERP) continue;
    if (program.p_offset > head.size() || head.size() - program.p_offset < program.p_filesz ||
        program.p_filesz == 0) {
      return std::nullopt;
    }
    return head.substr(program.p_offset, program.p_filesz - 1);
  }
  return "";
}

// Can the kernel run `file` with nothing but what is in `root`?
bool self_contained(const fs::path& root, const fs::path& file, int depth = 0) {
  const std::string head = head_of(file);
  std::string interpreter;
  if (head.starts_with("#!")) {
    std::istringstream(head.substr(2, head.find('\n') - 2)) >> interpreter;
  } else if (const auto elf = elf_interpreter(head)) {
    if (elf->empty()) return true;
    interpreter = *elf;
  }
  if (interpreter.empty() || depth == kMaxInterpreters) return false;
  const auto found = resolve_in_root(root, interpreter);
  return found && self_contained(root, *found, depth + 1);
}

bool is_program(const fs::path& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

std::vector<std::string> search_directories(const std::string& search_path) {
  std::vector<std::string> directories;
  std::istringstream parts(search_path);
  for (std::string part; std::getline(parts, part, ':');) {
    if (part.starts_with('/')) directories.push_back(part);
  }
  return directories;
}

// Where the image has `word`, as a path inside it: as named, or in one of `search_path`.
std::optional<fs::path> find_in_image(const fs::path& root, const std::string& word,
                                      const std::string& search_path, const fs::path& directory) {
  if (word.find('/') != std::string::npos) {
    const fs::path path = (directory / word).lexically_normal();
    if (resolve_in_root(root, path)) return path;
    return std::nullopt;
  }
  for (const std::string& part : search_directories(search_path)) {
    const auto found = resolve_in_root(root, fs::path(part) / word);
    if (found && is_program(*found)) return fs::path(part) / word;
  }
  return std::nullopt;
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

// The numbers after the password field of `name`'s (or id's) line in passwd or group.
std::vector<std::int64_t> account_line(const fs::path& root, const char* file,
                                       const std::string& name) {
  const auto path = resolve_in_root(root, file);
  std::istringstream lines(path ? read_whole_file(*path, 1 << 20).value_or("") : "");
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> fields;
    std::istringstream parts(line);
    for (std::string part; std::getline(parts, part, ':');) fields.push_back(part);
    if (fields.size() < 3 || (fields[0] != name && fields[2] != name)) continue;
    std::vector<std::int64_t> ids{number(fields[2]).value_or(-1)};
    if (fields.size() > 3) ids.push_back(number(fields[3]).value_or(-1));
    return ids;
  }
  return {};
}

}  // namespace

std::expected<void, std::string> copy_tree(const fs::path& from, const fs::path& to) {
  const auto fail = [](const fs::path& what) {
    return Bad(errno_text("cannot copy " + what.string()));
  };
  struct stat info{};
  if (::lstat(from.c_str(), &info) != 0 || !copy_entry(from, to, info)) return fail(from);
  std::error_code error;
  fs::recursive_directory_iterator walk(from, error);
  for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    const fs::path target = to / walk->path().lexically_relative(from);
    if (::lstat(walk->path().c_str(), &info) != 0 || !copy_entry(walk->path(), target, info)) {
      return fail(walk->path());
    }
  }
  if (error) return Bad("cannot read " + from.string() + ": " + error.message());
  return {};
}

std::optional<fs::path> resolve_in_root(const fs::path& root, const fs::path& path) {
  std::deque<std::string> parts(path.begin(), path.end());
  std::vector<std::string> done;
  int links = 0;
  const auto joined = [&] {
    fs::path all = root;
    for (const std::string& part : done) all /= part;
    return all;
  };
  while (!parts.empty()) {
    const std::string part = parts.front();
    parts.pop_front();
    if (part == "/") done.clear();
    if (part.empty() || part == "." || part == "/") continue;
    if (part == "..") {
      if (!done.empty()) done.pop_back();
      continue;
    }
    done.push_back(part);
    std::error_code error;
    const fs::path here = joined();
    if (!fs::is_symlink(fs::symlink_status(here, error))) continue;
    if (++links > kMaxLinks) return std::nullopt;
    done.pop_back();
    const fs::path target = fs::read_symlink(here, error);
    parts.insert(parts.begin(), target.begin(), target.end());
  }
  struct stat info{};
  if (::lstat(joined().c_str(), &info) != 0) return std::nullopt;
  return joined();
}

std::expected<LaunchPlan, std::string> plan_launch(const fs::path& root, const std::string& word,
                                                   const std::string& search_path,
                                                   const std::string& working_directory,
                                                   bool may_contain) {
  const fs::path directory = (fs::path("/") / working_directory).lexically_normal();
  const auto found = find_in_image(root, word, search_path, directory);
  const auto file = found ? resolve_in_root(root, *found) : std::nullopt;
  if (may_contain && file && self_contained(root, *file)) {
    return LaunchPlan{true, found->string(), directory.string()};
  }
  LaunchPlan plan{false, "", (root / directory.relative_path()).string()};
  if (const auto inside = resolve_in_root(root, directory))
    plan.working_directory = inside->string();
  if (file)
    plan.program = file->string();
  else if (word.starts_with('/') && ::access(word.c_str(), F_OK) == 0)
    plan.program = word;
  else if (word.find('/') == std::string::npos) {
    for (const std::string& part : search_directories(search_path)) {
      if (plan.program.empty() && is_program(part + "/" + word)) plan.program = part + "/" + word;
    }
  }
  if (!plan.program.empty()) return plan;
  return Bad("exec: \"" + word + "\": " +
             (word.find('/') == std::string::npos ? "executable file not found in $PATH"
                                                  : "no such file or directory"));
}

std::expected<UserIds, std::string> resolve_user(const fs::path& root, const std::string& user) {
  UserIds ids;
  if (user.empty()) return ids;
  const std::size_t colon = user.find(':');
  const std::string name = user.substr(0, colon);
  const auto account = account_line(root, "/etc/passwd", name);
  const auto uid = account.empty() ? number(name) : std::optional(account[0]);
  if (!uid || *uid < 0)
    return Bad("unable to find user " + name + ": no matching entries in passwd file");
  ids.uid = *uid;
  ids.gid = account.size() > 1 ? account[1] : 0;
  if (colon == std::string::npos) return ids;
  const std::string group = user.substr(colon + 1);
  const auto line = account_line(root, "/etc/group", group);
  const auto gid = line.empty() ? number(group) : std::optional(line[0]);
  if (!gid || *gid < 0)
    return Bad("unable to find group " + group + ": no matching entries in group file");
  ids.gid = *gid;
  return ids;
}

std::optional<std::int64_t> tree_bytes(const fs::path& root) {
  std::error_code error;
  std::int64_t bytes = 0;
  std::size_t entries = 0;
  std::set<std::pair<dev_t, ino_t>> linked;  // files of several names
  fs::recursive_directory_iterator entry(root, fs::directory_options::skip_permission_denied,
                                         error);
  if (error) return std::nullopt;
  for (const auto end = fs::recursive_directory_iterator(); entry != end; entry.increment(error)) {
    if (error || ++entries > kMaxMeasuredEntries) return std::nullopt;
    struct stat info{};
    if (::lstat(entry->path().c_str(), &info) != 0) continue;  // gone meanwhile
    const bool again = S_ISREG(info.st_mode) && info.st_nlink > 1 &&
                       !linked.emplace(info.st_dev, info.st_ino).second;
    if (!again) bytes += static_cast<std::int64_t>(info.st_blocks) * 512;
  }
  return bytes;
}

}  // namespace seatrial::drivers
