// Whether a TCP address can be listened on, and who keeps it if not.
#pragma once
#include <sys/types.h>
#include <string>

namespace seatrial::drivers {

struct PortHolder {
  pid_t pid = 0;
  std::string name;  // of the program, "nginx"
};

// The process that listens on the port at this address or at all addresses; pid 0 when it cannot
// be seen (another user's, another namespace's). Reads /proc: some milliseconds.
PortHolder find_port_holder(const std::string& address, int port);

// 0 when the address can be bound now, else the errno.
int try_listen(const std::string& address, int port);

}  // namespace seatrial::drivers
