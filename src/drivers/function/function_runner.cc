// The driver's thread: requests of the Runtime API, output, exits, deadlines. How a process is
// started is launch.cc.
#include "drivers/function/function_runner.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "base/check.h"
#include "base/log.h"
#include "drivers/function/instance.h"
#include "drivers/function/runtime_api.h"
#include "drivers/process/process_tree.h"

namespace seatrial::drivers {
namespace {

constexpr int kMaxReady = 64;
constexpr std::size_t kReadChunk = 64 * 1024;

template <class T>
double ms_since(T began) {
  return std::chrono::duration<double, std::milli>(T::clock::now() - began).count();
}

void answer_now(const http::Responder& respond, wire::HttpResponse response) {
  respond([response = std::move(response)] { return response; });
}

}  // namespace

std::int64_t peak_memory_bytes(pid_t pid) {
  const auto status =
      read_whole_file("/proc/" + std::to_string(pid) + "/status", 1 << 16).value_or("");
  const auto at = status.find("VmHWM:");
  return at == std::string::npos ? 0 : std::strtoll(status.c_str() + at + 6, nullptr, 10) * 1024;
}

FunctionRunner::FunctionRunner(FunctionRunnerOptions options, const Clock& clock)
    : options_(std::move(options)), clock_(clock) {
  std::error_code error;
  std::filesystem::remove_all(options_.folder, error);
  std::filesystem::create_directories(options_.folder, error);
  if (error) log::error("cannot make {}: {}", options_.folder.string(), error.message());
  Cgroup::remove_parent(options_.cgroup_parent);  // a killed daemon's functions have died with it
  epoll_ = Fd(::epoll_create1(EPOLL_CLOEXEC));
  wake_ = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  ST_CHECK(epoll_ && wake_, "the function driver has no descriptors left");
  epoll_event event{EPOLLIN, {.fd = wake_.get()}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
}

FunctionRunner::~FunctionRunner() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ::eventfd_write(wake_.get(), 1);
  if (thread_.joinable()) thread_.join();
}

void FunctionRunner::attach(FunctionEvents& events) {
  ST_CHECK(events_ == nullptr, "a function driver was attached twice");
  events_ = &events;
  thread_ = std::thread([this] { serve(); });
}

void FunctionRunner::post(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    commands_.push_back(std::move(work));
  }
  ::eventfd_write(wake_.get(), 1);
}

void FunctionRunner::start(FunctionSpec spec) {
  post([this, spec = std::move(spec)]() mutable { do_start(std::move(spec)); });
}

void FunctionRunner::invoke(const std::string& id, FunctionInvocation invocation) {
  post([this, id, invocation = std::move(invocation)]() mutable {
    auto* instance = find(id);
    if (instance == nullptr) return;  // its end is on the way
    instance->waiting = std::move(invocation);
    hand_over(*instance);
  });
}

void FunctionRunner::stop(const std::string& id) {
  post([this, id] {
    if (auto* instance = find(id)) kill_instance(*instance);
  });
}

FunctionRunner::Instance* FunctionRunner::find(const std::string& id) {
  const auto found = instances_.find(id);
  return found == instances_.end() ? nullptr : found->second.get();
}

void FunctionRunner::serve() {
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) break;
    }
    {
      const auto gone = std::exchange(retired_, {});  // until their last requests are dealt with
      run_commands();
    }
    check_deadlines();
    check_memory();
    wait_for_events();
  }
  end_all();
}

void FunctionRunner::end_all() {
  for (auto& [id, instance] : instances_) {
    retire(*instance);
    kill_instance(*instance);
    ::waitpid(instance->pid, nullptr, 0);
    instance->cgroup.remove();
  }
  std::deque<std::function<void()>> unheard;
  {
    const std::lock_guard lock(mutex_);
    unheard.swap(commands_);
  }
  unheard.clear();  // before the servers of their connections
  instances_.clear();
  retired_.clear();
}

void FunctionRunner::retire(Instance& instance) {
  if (!instance.server) return;
  instance.server->stop();
  instance.next.reset();
  retired_.push_back(std::move(instance.server));
}

void FunctionRunner::run_commands() {
  std::deque<std::function<void()>> commands;
  {
    const std::lock_guard lock(mutex_);
    commands.swap(commands_);
  }
  for (auto& command : commands) command();
}

int FunctionRunner::wait_ms() const {
  auto left = std::chrono::milliseconds(60'000);
  for (const auto& [id, instance] : instances_) {
    if (!instance->limited) left = std::min(left, kMemoryCheck);
    if (!instance->deadline) continue;
    const auto until =
        std::chrono::ceil<std::chrono::milliseconds>(*instance->deadline - Steady::now());
    left = std::clamp(until, std::chrono::milliseconds(0), left);
  }
  return static_cast<int>(left.count());
}

void FunctionRunner::wait_for_events() {
  epoll_event ready[kMaxReady];
  const int count = ::epoll_wait(epoll_.get(), ready, kMaxReady, wait_ms());
  for (int i = 0; i < count; ++i) {
    const int fd = ready[i].data.fd;
    if (fd == wake_.get()) {
      eventfd_t ignored = 0;
      ::eventfd_read(fd, &ignored);
      continue;
    }
    const auto owner = by_fd_.find(fd);
    if (owner == by_fd_.end()) continue;
    if (auto* instance = find(owner->second)) read_events(*instance, fd);
  }
}

void FunctionRunner::read_events(Instance& instance, int fd) {
  if (fd == instance.pidfd.get()) return exited(instance.spec.id);
  drain(instance, false);
}

// ---- the Runtime API

void FunctionRunner::requested(const std::string& id, wire::HttpRequest request,
                               http::Responder respond) {
  using Kind = RuntimeCall::Kind;
  auto* instance = find(id);
  if (instance == nullptr) return;
  const auto call = runtime_call(request);
  switch (call.kind) {
    case Kind::kNext:
      return asked_for_next(*instance, std::move(respond));
    case Kind::kResponse:
    case Kind::kError:
      return answered(*instance, std::move(request), call.kind == Kind::kError, call.request_id,
                      respond);
    case Kind::kInitError:
      return init_failed(*instance, request, respond);
    case Kind::kUnknown:
      answer_now(respond, runtime_refusal(404, "InvalidRequest", "no such page"));
  }
}

void FunctionRunner::asked_for_next(Instance& instance, http::Responder respond) {
  drain(instance, true);
  instance.next = std::move(respond);
  double init_ms = 0;
  if (!std::exchange(instance.ready, true)) {
    init_ms = ms_since(instance.began);
    instance.deadline.reset();
  }
  if (instance.waiting) return hand_over(instance);
  events_->instance_ready(instance.spec.id, init_ms);
}

void FunctionRunner::hand_over(Instance& instance) {
  if (!instance.next || !instance.waiting) return;
  auto invocation = *std::exchange(instance.waiting, std::nullopt);
  const auto respond = *std::exchange(instance.next, std::nullopt);
  instance.current = invocation.request_id;
  instance.began = Steady::now();
  const std::chrono::milliseconds time(invocation.timeout_ms);
  instance.deadline = instance.began + time;
  answer_now(respond,
             next_invocation(std::move(invocation), std::chrono::system_clock::now() + time));
}

void FunctionRunner::answered(Instance& instance, wire::HttpRequest request, bool is_error,
                              const std::string& request_id, const http::Responder& respond) {
  if (instance.current != request_id || instance.current.empty() || instance.killed) {
    return answer_now(respond, runtime_refusal(400, "InvalidRequestID", "Invalid request ID"));
  }
  FunctionAnswer answer;
  answer.request_id = std::exchange(instance.current, "");
  answer.is_error = is_error;
  if (is_error) answer.error_type = error_type_of(request);
  answer.too_large = request.body_too_large;
  answer.payload = std::move(request.body);
  answer.duration_ms = ms_since(instance.began);
  answer.peak_memory_bytes = peak_memory_bytes(instance.pid);
  instance.deadline.reset();
  drain(instance, true);
  answer_now(respond,
             answer.too_large
                 ? runtime_refusal(413, "RequestEntityTooLarge",
                                   "Exceeded maximum allowed payload size (6291556 bytes).")
                 : runtime_accepted());
  events_->instance_answered(instance.spec.id, std::move(answer));
}

void FunctionRunner::init_failed(Instance& instance, const wire::HttpRequest& request,
                                 const http::Responder& respond) {
  drain(instance, true);
  answer_now(respond, runtime_accepted());
  events_->instance_init_failed(instance.spec.id, error_type_of(request), request.body);
  kill_instance(instance);
}

// ---- what a process does

void FunctionRunner::drain(Instance& instance, bool to_the_end) {
  std::vector<OutputLine> lines;
  std::array<char, kReadChunk> buffer;
  const Time now = clock_.now();
  for (std::size_t read = 0; read < kMaxReadAtOnce;) {
    const auto got = ::read(instance.output.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      if (got == 0 && by_fd_.erase(instance.output.get()) > 0)
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, instance.output.get(), nullptr);
      break;
    }
    read += static_cast<std::size_t>(got);
    instance.lines.add({buffer.data(), static_cast<std::size_t>(got)}, now, lines);
  }
  if (to_the_end) instance.lines.finish(now, lines);
  if (!lines.empty()) events_->instance_output(instance.spec.id, std::move(lines));
}

// The whole session: what a function started ends with it.
void FunctionRunner::kill_instance(Instance& instance) {
  instance.killed = true;
  for (const pid_t pid : session_members(instance.pid)) ::kill(pid, SIGKILL);
  ::kill(instance.pid, SIGKILL);
  instance.cgroup.kill_all();
}

void FunctionRunner::exited(const std::string& id) {
  auto& instance = *instances_.at(id);
  siginfo_t how{};
  ::waitid(P_PID, static_cast<id_t>(instance.pid), &how, WEXITED | WNOWAIT);
  FunctionEnd end;
  end.id = id;
  end.peak_memory_bytes = peak_memory_bytes(instance.pid);
  end.out_of_memory = instance.over_memory || instance.cgroup.out_of_memory_kills() > 0;
  if (end.out_of_memory) end.peak_memory_bytes = instance.spec.memory_limit_bytes;
  for (const pid_t pid : session_members(instance.pid)) ::kill(pid, SIGKILL);
  instance.cgroup.kill_all();
  ::waitpid(instance.pid, nullptr, 0);
  (how.si_code == CLD_EXITED ? end.exit_code : end.signal) = how.si_status;
  end.timed_out = instance.timed_out;
  end.duration_ms = ms_since(instance.began);
  drain(instance, true);
  char why[512];
  const auto got = ::read(instance.report.get(), why, sizeof why);
  if (got > 0) end.start_error.assign(why, static_cast<std::size_t>(got));
  by_fd_.erase(instance.output.get());
  by_fd_.erase(instance.pidfd.get());
  retire(instance);
  instance.cgroup.remove();
  instances_.erase(id);
  events_->instance_ended(std::move(end));
}

void FunctionRunner::check_deadlines() {
  const auto now = Steady::now();
  for (auto& [id, instance] : instances_) {
    if (!instance->deadline || *instance->deadline > now || instance->killed) continue;
    instance->timed_out = true;
    instance->deadline.reset();
    kill_instance(*instance);
  }
}

void FunctionRunner::check_memory() {
  for (auto& [id, instance] : instances_) {
    if (instance->limited || instance->killed) continue;
    std::int64_t used = 0;
    for (const pid_t pid : session_members(instance->pid)) used += resident_bytes(pid);
    if (used <= instance->spec.memory_limit_bytes) continue;
    instance->over_memory = true;
    kill_instance(*instance);
  }
}

}  // namespace seatrial::drivers
