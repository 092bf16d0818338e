// The prober against real sockets: the contract, many at once, and answers that are not HTTP.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "drivers/probe/prober.h"
#include "drivers/probe_contract.h"

namespace seatrial::drivers {
namespace {

class HostNetwork final : public NetworkDriver {  // only run_in_vpc matters here
 public:
  std::string vpc_namespace() const override { return ""; }
  std::string api_address() const override { return "127.0.0.1"; }
  std::expected<TaskNetwork, std::string> attach(const std::string&, const std::string&) override {
    return std::unexpected("not here");
  }
  void detach(const std::string&) override {}
  void sweep(const std::vector<std::string>&) override {}
  std::string loopback_address(const std::string&) override { return "127.0.0.1"; }
  void run_in_vpc(std::function<void()> work) override { work(); }
  void destroy() override {}
};

int listen_any(int* port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
  EXPECT_EQ(::listen(fd, 512), 0);
  EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size), 0);
  *port = ntohs(at.sin_port);
  return fd;
}

// Answers each connection with what `answer` makes of the request's head.
class Server {
 public:
  explicit Server(std::function<std::string(const std::string&)> answer)
      : fd_(listen_any(&port)), thread_([this, answer] { run(answer); }) {}
  ~Server() {
    stopping_ = true;
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
  }
  int port = 0;
  std::string last_request() {
    const std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  void run(const std::function<std::string(const std::string&)>& answer) {
    while (!stopping_) {
      const int client = ::accept(fd_, nullptr, nullptr);
      if (client < 0) continue;
      std::string head;
      std::array<char, 2048> buffer;
      while (head.find("\r\n\r\n") == std::string::npos) {
        const auto got = ::recv(client, buffer.data(), buffer.size(), 0);
        if (got <= 0) break;
        head.append(buffer.data(), static_cast<std::size_t>(got));
      }
      const auto text = answer(head);
      ::send(client, text.data(), text.size(), MSG_NOSIGNAL);
      ::close(client);
      const std::lock_guard lock(mutex_);
      last_ = head;
    }
  }
  int fd_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::string last_;
  std::thread thread_;
};

class RealBench final : public ProbeBench {
 public:
  ~RealBench() override {
    for (const int fd : sockets_) ::close(fd);
  }
  ProbeDriver& driver() override { return prober_; }
  int answering(int status) override {
    servers_.push_back(std::make_unique<Server>([status](const std::string& head) {
      return fmt::format("HTTP/1.1 {} X\r\nContent-Length: 0\r\n\r\n",
                         head.starts_with("GET /health ") ? status : 404);
    }));
    return servers_.back()->port;
  }
  int refusing() override {
    int port = 0;
    ::close(listen_any(&port));
    return port;
  }
  int silent() override {
    int port = 0;
    sockets_.push_back(listen_any(&port));
    return port;
  }

 private:
  HostNetwork network_;
  std::vector<std::unique_ptr<Server>> servers_;
  std::vector<int> sockets_;
  Prober prober_{network_};
};

INSTANTIATE_TEST_SUITE_P(, ProbeContract,
                         testing::Values(ProbeBenchMaker{
                             "Epoll", [] { return std::make_unique<RealBench>(); }}),
                         [](const auto& about) { return about.param.name; });

ProbeResult probe_once(int port, int timeout_ms = 5000) {
  HostNetwork network;
  Prober prober(network);
  std::promise<ProbeResult> result;
  ProbeRequest request{"127.0.0.1", port, "HTTP", "/ready?deep=1"};
  request.timeout_ms = timeout_ms;
  prober.probe(request, [&](ProbeResult r) { result.set_value(std::move(r)); });
  return result.get_future().get();
}

TEST(Prober, SendsWhatElbSends) {
  Server server(
      [](const std::string&) { return "HTTP/1.0 200 OK\r\n\r\n" + std::string(100'000, 'x'); });
  EXPECT_EQ(probe_once(server.port).status, 200);
  EXPECT_THAT(
      server.last_request(),
      testing::AllOf(testing::StartsWith("GET /ready?deep=1 HTTP/1.1\r\n"),
                     testing::HasSubstr(fmt::format("\r\nHost: 127.0.0.1:{}\r\n", server.port)),
                     testing::HasSubstr("\r\nConnection: close\r\n"),
                     testing::HasSubstr("\r\nUser-Agent: ELB-HealthChecker/2.0\r\n")));
}

TEST(Prober, AnswersThatAreNotHttpFail) {
  for (const std::string answer :
       {"", "SSH-2.0-OpenSSH_9\r\n", "HTTP/1.1 2x0 OK\r\n", "HTTP/1.1\r\n"}) {
    Server server([&](const std::string&) { return answer; });
    EXPECT_EQ(probe_once(server.port).kind, ProbeResult::Kind::kFailed) << answer;
  }
}

TEST(Prober, HundredsAtOnceWaitForTheSlowestOnly) {
  int port = 0;
  const int silent = listen_any(&port);
  HostNetwork network;
  Prober prober(network);
  std::atomic<int> timed_out = 0;
  std::promise<void> all;
  constexpr int kProbes = 400;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kProbes; ++i) {
    ProbeRequest request{"127.0.0.1", port};
    request.timeout_ms = 300;
    prober.probe(request, [&](ProbeResult r) {
      EXPECT_EQ(r.kind, ProbeResult::Kind::kTimedOut);
      if (++timed_out == kProbes) all.set_value();
    });
  }
  all.get_future().get();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));  // not 120
  ::close(silent);
}

TEST(Prober, PendingProbesAreDroppedAtTheEnd) {
  int port = 0;
  const int silent = listen_any(&port);
  HostNetwork network;
  bool called = false;
  {
    Prober prober(network);
    prober.probe({"127.0.0.1", port}, [&](ProbeResult) { called = true; });
  }
  EXPECT_FALSE(called);
  ::close(silent);
}

}  // namespace
}  // namespace seatrial::drivers
