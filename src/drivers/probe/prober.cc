// The probe thread; see the header.
#include "drivers/probe/prober.h"

#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "drivers/waiting.h"

namespace seatrial::drivers {
namespace {

using SteadyClock = std::chrono::steady_clock;
using Kind = ProbeResult::Kind;
constexpr std::chrono::milliseconds kLinger{500};  // for the rest of an answer

std::string request_text(const ProbeRequest& request) {
  return fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}:{}\r\nConnection: close\r\nUser-Agent: {}\r\n"
      "Accept-Encoding: gzip, compressed\r\n\r\n",
      request.path.empty() ? "/" : request.path, request.address, request.port, request.user_agent);
}

// "HTTP/1.1 200 OK" -> 200; 0 when it is no status line.
int status_of(std::string_view line) {
  if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' ') return 0;
  int status = 0;
  const auto [end, error] = std::from_chars(line.data() + 9, line.data() + 12, status);
  return error == std::errc{} && end == line.data() + 12 && status >= 100 ? status : 0;
}

}  // namespace

struct Prober::Open {
  int fd = -1;
  ProbeRequest request;
  std::function<void(ProbeResult)> done;  // empty once reported
  Deadlines::iterator deadline;
  std::string unsent, answer;
};

Prober::Prober(NetworkDriver& network)
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  ST_CHECK(epoll_ >= 0 && wake_ >= 0, "no descriptors left for probes");
  epoll_event event{EPOLLIN, {.fd = wake_}};
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
  network.run_in_vpc([this] { thread_ = std::thread([this] { run(); }); });
}

Prober::~Prober() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ::eventfd_write(wake_, 1);
  thread_.join();
  for (const auto& [fd, open] : open_) ::close(fd);
  ::close(epoll_);
  ::close(wake_);
}

void Prober::probe(ProbeRequest request, std::function<void(ProbeResult)> done) {
  {
    const std::lock_guard lock(mutex_);
    wanted_.push_back({std::move(request), std::move(done), SteadyClock::now()});
  }
  ::eventfd_write(wake_, 1);
}

void Prober::run() {
  std::array<epoll_event, 128> events;
  while (true) {
    const int count = ::epoll_wait(epoll_, events.data(), events.size(), next_timeout_ms());
    for (int i = 0; i < count; ++i) {
      const int fd = events[i].data.fd;
      if (fd == wake_) {
        eventfd_t ignored;
        ::eventfd_read(wake_, &ignored);
      } else if (const auto found = open_.find(fd); found != open_.end()) {
        advance(*found->second, events[i].events);
      }
    }
    expire();
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    take_wanted();
  }
}

void Prober::take_wanted() {
  TakenFromLine<Wanted> taken;
  {
    const std::lock_guard lock(mutex_);
    taken = take_from_line(wanted_, open_.size(), kMaxOpen, kMaxWaiting);
  }
  for (auto& wanted : taken.refuse) wanted.done({Kind::kFailed, 0, "too many probes are waiting"});
  for (auto& wanted : taken.begin) start(std::move(wanted));
}

void Prober::start(Wanted wanted) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(wanted.request.port));
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0 || ::inet_pton(AF_INET, wanted.request.address.c_str(), &to.sin_addr) != 1) {
    if (fd >= 0) ::close(fd);
    return wanted.done({Kind::kFailed, 0, "cannot probe " + wanted.request.address});
  }
  // The result of a refused loopback connect may be there at once; epoll reports it either way.
  const bool failed =
      ::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS;
  const auto why = errno;
  if (failed) {
    ::close(fd);
    const auto kind = why == ECONNREFUSED ? Kind::kRefused : Kind::kFailed;
    return wanted.done({kind, 0, std::strerror(why)});
  }
  auto open = std::make_unique<Open>();
  open->fd = fd;
  open->deadline =
      deadlines_.emplace(wanted.asked + std::chrono::milliseconds(wanted.request.timeout_ms), fd);
  if (wanted.request.protocol != "TCP") open->unsent = request_text(wanted.request);
  open->request = std::move(wanted.request);
  open->done = std::move(wanted.done);
  epoll_event event{EPOLLOUT, {.fd = fd}};
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  open_[fd] = std::move(open);
}

void Prober::advance(Open& open, std::uint32_t events) {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(open.fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) {
    const auto kind = error == ECONNREFUSED ? Kind::kRefused
                      : error == ETIMEDOUT  ? Kind::kTimedOut
                                            : Kind::kFailed;
    return finish(open, {kind, 0, std::strerror(error)}, false);
  }
  if (open.request.protocol == "TCP")
    return finish(open, {Kind::kConnected, 0, "connected"}, false);
  if ((events & EPOLLOUT) != 0 && !open.unsent.empty()) {
    const auto sent = ::send(open.fd, open.unsent.data(), open.unsent.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN)
      return finish(open, {Kind::kFailed, 0, std::strerror(errno)}, false);
    if (sent > 0) open.unsent.erase(0, static_cast<std::size_t>(sent));
    if (!open.unsent.empty()) return;
    epoll_event event{EPOLLIN, {.fd = open.fd}};
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, open.fd, &event);
    return;
  }
  read_answer(open);
}

void Prober::read_answer(Open& open) {
  std::array<char, 8192> buffer;
  while (true) {
    const auto got = ::recv(open.fd, buffer.data(), buffer.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
      const char* why = got < 0 ? std::strerror(errno) : "connection closed without an answer";
      return finish(open, {Kind::kFailed, 0, why}, false);
    }
    if (open.done == nullptr) continue;
    open.answer.append(buffer.data(), static_cast<std::size_t>(got));
    const auto end = open.answer.find('\n');
    if (end == std::string::npos && open.answer.size() < kMaxStatusLine) continue;
    const int status = status_of(open.answer);
    if (status == 0) return finish(open, {Kind::kFailed, 0, "the answer is not HTTP"}, false);
    finish(open, {Kind::kStatus, status, open.answer.substr(0, open.answer.find_first_of("\r\n"))},
           true);
  }
}

// Reports once. With `linger` the socket stays for the rest of the answer, else it is gone after.
void Prober::finish(Open& open, ProbeResult result, bool linger) {
  const auto done = std::exchange(open.done, nullptr);
  if (linger) {
    deadlines_.erase(open.deadline);
    open.deadline = deadlines_.emplace(SteadyClock::now() + kLinger, open.fd);
  } else {
    close_socket(open.fd);
  }
  if (done != nullptr) done(std::move(result));
}

void Prober::close_socket(int fd) {
  const auto found = open_.find(fd);
  deadlines_.erase(found->second->deadline);
  open_.erase(found);
  ::close(fd);
}

void Prober::expire() {
  const auto now = SteadyClock::now();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    Open& open = *open_.at(deadlines_.begin()->second);
    finish(open, {Kind::kTimedOut, 0, fmt::format("no answer in {} ms", open.request.timeout_ms)},
           false);
  }
}

int Prober::next_timeout_ms() const {
  if (deadlines_.empty()) return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadlines_.begin()->first - SteadyClock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

}  // namespace seatrial::drivers
