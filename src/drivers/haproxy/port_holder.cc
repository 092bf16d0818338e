// /proc/net/tcp gives the socket's inode, /proc/<pid>/fd who has it.
#include "drivers/haproxy/port_holder.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace seatrial::drivers {
namespace {

namespace fs = std::filesystem;

// Inodes of listening sockets on that port, at the address or at any.
std::set<std::string> listening_inodes(const std::string& address, int port) {
  in_addr wanted{};
  ::inet_pton(AF_INET, address.c_str(), &wanted);
  const auto at = fmt::format("{:08X}", wanted.s_addr);
  const auto suffix = fmt::format(":{:04X}", port);
  std::set<std::string> inodes;
  for (const auto* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream file(table);
    for (std::string line; std::getline(file, line);) {
      std::istringstream words(line);
      std::string number, local, remote, state, skip, inode;
      words >> number >> local >> remote >> state;
      for (int i = 0; i < 5; ++i) words >> skip;
      words >> inode;
      if (state != "0A" || !local.ends_with(suffix)) continue;
      const auto host = local.substr(0, local.size() - suffix.size());
      if (host == at || host.find_first_not_of('0') == host.npos) inodes.insert(inode);
    }
  }
  return inodes;
}

bool holds(const fs::path& process, const std::set<std::string>& inodes) {
  std::error_code gone;
  for (const auto& fd : fs::directory_iterator(process / "fd", gone)) {
    const auto target = fs::read_symlink(fd.path(), gone).string();
    if (target.starts_with("socket:[") && inodes.contains(target.substr(8, target.size() - 9)))
      return true;
  }
  return false;
}

}  // namespace

PortHolder find_port_holder(const std::string& address, int port) {
  const auto inodes = listening_inodes(address, port);
  if (inodes.empty()) return {};
  std::error_code gone;
  for (const auto& process : fs::directory_iterator("/proc", gone)) {
    const auto name = process.path().filename().string();
    if (name.find_first_not_of("0123456789") != name.npos || !holds(process.path(), inodes))
      continue;
    std::ifstream comm(process.path() / "comm");
    PortHolder holder{static_cast<pid_t>(std::stol(name)), ""};
    std::getline(comm, holder.name);
    return holder;
  }
  return {};
}

int try_listen(const std::string& address, int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  const int yes = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(static_cast<std::uint16_t>(port));
  int error = EINVAL;
  if (::inet_pton(AF_INET, address.c_str(), &at.sin_addr) == 1) {
    const bool bound =
        ::bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0 && ::listen(fd, 1) == 0;
    error = bound ? 0 : errno;
  }
  ::close(fd);
  return error;
}

}  // namespace seatrial::drivers
