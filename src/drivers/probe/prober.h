// Health probes over epoll: hundreds at once on one thread, which lives inside the VPC.
//
// Threads per probe would cost a stack each and a joined death at shutdown; Beast would pull a slow
// header into a file that needs one status line. A probe ends with the status line; the rest of the
// answer is still read for a moment, so that a simple server does not log a broken pipe.
#pragma once
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "drivers/network.h"
#include "drivers/probe.h"

namespace seatrial::drivers {

class Prober final : public ProbeDriver {
 public:
  static constexpr std::size_t kMaxOpen = 1024;      // sockets at once; more probes wait
  static constexpr std::size_t kMaxWaiting = 16384;  // beyond: kFailed at once
  static constexpr std::size_t kMaxStatusLine = 4096;

  // Probes leave from the network's VPC. `network` is used in the constructor only.
  explicit Prober(NetworkDriver& network);
  ~Prober() override;  // pending probes are dropped, their `done` never called

  void probe(ProbeRequest request, std::function<void(ProbeResult)> done) override;

 private:
  struct Wanted {
    ProbeRequest request;
    std::function<void(ProbeResult)> done;
    std::chrono::steady_clock::time_point asked;
  };
  struct Open;
  using Deadlines = std::multimap<std::chrono::steady_clock::time_point, int>;  // -> socket

  void run();
  void take_wanted();
  void start(Wanted wanted);
  void advance(Open& open, std::uint32_t events);
  void read_answer(Open& open);
  void finish(Open& open, ProbeResult result, bool linger);
  void close_socket(int fd);
  void expire();
  int next_timeout_ms() const;

  int epoll_ = -1, wake_ = -1;
  std::mutex mutex_;
  std::deque<Wanted> wanted_;
  bool stopping_ = false;
  std::map<int, std::unique_ptr<Open>> open_;  // by socket; probe thread only
  Deadlines deadlines_;
  std::thread thread_;
};

}  // namespace seatrial::drivers
