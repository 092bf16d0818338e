// See watch_loop.h.
#include "drivers/process/watch_loop.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/log.h"
#include "drivers/process/shim.h"

namespace seatrial::drivers {
namespace {

namespace fs = std::filesystem;

constexpr int kUnwatchedCheckMs = 50;  // only while a container could not be watched
constexpr int kMaxEpollEvents = 64;
constexpr int kNoExitKnown = 128 + SIGKILL;
constexpr std::size_t kMaxIdLength = 200;
constexpr const char* kTrash = ".removed-";

bool valid_id(const std::string& id) {
  constexpr std::string_view kLegal =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  return !id.empty() && id.size() <= kMaxIdLength &&
         id.find_first_not_of(kLegal) == std::string::npos;
}

Fd open_pidfd(pid_t pid) { return Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); }

// Queues a signal that carries a number to the process behind the descriptor, never to a successor.
void queue_signal(const Fd& pidfd, int number, int value) {
  siginfo_t info{};
  info.si_signo = number;
  info.si_code = SI_QUEUE;
  info.si_pid = ::getpid();
  info.si_uid = ::getuid();
  info.si_value.sival_int = value;
  ::syscall(SYS_pidfd_send_signal, pidfd.get(), number, &info, 0);
}

bool shim_lives(const ContainerFiles& files) { return !try_lock_file(files.lock()); }

std::string last_words(const ContainerFiles& files) {
  std::string words = read_whole_file(files.shim_log(), 1 << 20).value_or("");
  while (words.ends_with('\n')) words.pop_back();
  return words.empty() ? "" : ": " + words;
}

}  // namespace

ProcessDriver::Loop::Loop(ProcessDriverOptions options, ImageStore& images, const Clock& clock)
    : options_(std::move(options)),
      images_(images),
      clock_(clock),
      launcher_(options_.containers_dir, images, options_.shim_command, options_.cgroup_parent) {
  std::error_code error;
  fs::create_directories(options_.containers_dir, error);
  if (error) log::error("cannot make {}: {}", options_.containers_dir.string(), error.message());
  epoll_ = Fd(::epoll_create1(EPOLL_CLOEXEC));
  inotify_ = Fd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  wake_ = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  ST_CHECK(epoll_ && wake_, "the process driver has no descriptors left");
  if (!inotify_) log::warning("{}; containers are polled", errno_text("inotify is not available"));
  for (const Fd* fd : {&inotify_, &wake_}) {
    epoll_event event{EPOLLIN, {.fd = fd->get()}};
    if (*fd) ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd->get(), &event);
  }
}

ProcessDriver::Loop::~Loop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_ready_.notify_all();
  ::eventfd_write(wake_.get(), 1);
  for (std::thread& worker : workers_) worker.join();
  if (thread_.joinable()) thread_.join();
}

ProcessDriver::Loop::Container* ProcessDriver::Loop::find(const std::string& id) {
  const auto found = containers_.find(id);
  return found == containers_.end() ? nullptr : &found->second;
}

// ---- what an earlier daemon left

void ProcessDriver::Loop::load() {
  if (std::exchange(loaded_, true)) return;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(options_.containers_dir, error)) {
    if (entry.is_directory(error)) load_one(entry.path());
  }
}

void ProcessDriver::Loop::load_one(const fs::path& directory) {
  const std::string id = directory.filename().string();
  std::error_code error;
  if (!valid_id(id)) {
    if (id.starts_with(kTrash)) fs::remove_all(directory, error);
    return;
  }
  Container container(directory, id);
  const bool lives = shim_lives(container.files);  // before the files: a dead shim writes no more
  const auto state = read_state(container.files);
  const bool ran = state && state->kind == ShimState::Kind::kRunning;
  const auto record = read_exit(container.files);
  if (!lives && !ran && !record) {  // never started: whoever wants it starts it anew
    fs::remove_all(directory, error);
    return;
  }
  container.phase = ran ? Phase::kRunning : Phase::kStarting;
  Container& kept = containers_.emplace(id, std::move(container)).first->second;
  if (record) {
    ended(kept, *record);
  } else if (!lives) {
    kill_leftovers(kept, *state);
    ended(kept, {kNoExitKnown, false, wall_ms()});
  }
}

std::vector<ContainerStatus> ProcessDriver::Loop::list() {
  ST_CHECK(events_ == nullptr, "list() is for before attach()");
  load();
  std::vector<ContainerStatus> all;
  for (const auto& [id, container] : containers_) {
    all.push_back({id, container.phase == Phase::kRunning, container.exit});
  }
  return all;
}

void ProcessDriver::Loop::adopt(Container& container) {
  if (container.phase == Phase::kEnded) return;
  watch(container);
  const auto state = read_state(container.files);
  if (!state) return;  // a moment before its shim's first word
  if (state->kind == ShimState::Kind::kRunning) running(container, *state);
  Fd pidfd = open_pidfd(state->shim.pid);
  if (pidfd && is_alive(state->shim))
    watch_shim(container, std::move(pidfd));
  else
    post([this, id = container.id] { shim_ended(id); });
}

// ---- the thread

void ProcessDriver::Loop::run(ContainerEvents& events) {
  ST_CHECK(events_ == nullptr, "attach() is called once");
  load();
  events_ = &events;
  for (int i = 0; i < kStartThreads; ++i) workers_.emplace_back([this] { work_in_background(); });
  thread_ = std::thread([this] { serve(); });
}

void ProcessDriver::Loop::post(Work work) {
  {
    const std::lock_guard lock(mutex_);
    commands_.push_back(std::move(work));
  }
  ::eventfd_write(wake_.get(), 1);
}

void ProcessDriver::Loop::serve() {
  for (auto& [id, container] : containers_) {
    adopt(container);
    dirty_.insert(id);
  }
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    wait_for_events();
    run_commands();
    check_unwatched();
    for (const std::string& id : std::exchange(dirty_, {})) pump(id);
  }
}

void ProcessDriver::Loop::wait_for_events() {
  const bool unwatched = std::any_of(containers_.begin(), containers_.end(), [](const auto& item) {
    const Container& c = item.second;
    return c.phase != Phase::kEnded && c.phase != Phase::kPreparing && (!c.pidfd || c.watch < 0);
  });
  const int timeout = !dirty_.empty() ? 0 : unwatched ? kUnwatchedCheckMs : -1;
  epoll_event ready[kMaxEpollEvents];
  const int count = ::epoll_wait(epoll_.get(), ready, kMaxEpollEvents, timeout);
  for (int i = 0; i < count; ++i) {
    const int fd = ready[i].data.fd;
    if (fd == inotify_.get()) {
      read_watches();
    } else if (fd == wake_.get()) {
      eventfd_t value = 0;
      ::eventfd_read(fd, &value);
    } else if (const auto found = by_pidfd_.find(fd); found != by_pidfd_.end()) {
      shim_ended(std::string(found->second));
    }
  }
}

void ProcessDriver::Loop::run_commands() {
  std::deque<Work> commands;
  {
    const std::lock_guard lock(mutex_);
    commands.swap(commands_);
  }
  for (const Work& command : commands) command();
}

void ProcessDriver::Loop::read_watches() {
  alignas(inotify_event) char buffer[16384];
  for (;;) {
    const ssize_t got = ::read(inotify_.get(), buffer, sizeof buffer);
    if (got <= 0) return;
    for (const char* at = buffer; at < buffer + got;) {
      const auto* event = reinterpret_cast<const inotify_event*>(at);
      at += sizeof(inotify_event) + event->len;
      if (event->mask & IN_Q_OVERFLOW) {
        for (auto& [id, container] : containers_) {
          read_new_state(container);
          dirty_.insert(id);
        }
      }
      const auto found = by_watch_.find(event->wd);
      if (found == by_watch_.end() || event->len == 0) continue;
      const std::string_view name = event->name;
      if (name == "output")
        dirty_.insert(found->second);
      else if (name == "state")
        read_new_state(*find(found->second));
    }
  }
}

// A container whose shim's pid or directory could not be watched yet.
void ProcessDriver::Loop::check_unwatched() {
  std::vector<std::string> gone;
  for (auto& [id, container] : containers_) {
    if (container.phase == Phase::kEnded || container.phase == Phase::kPreparing) continue;
    if (container.pidfd && container.watch >= 0) continue;
    read_new_state(container);
    dirty_.insert(id);
    if (!container.pidfd && !shim_lives(container.files)) gone.push_back(id);
  }
  for (const std::string& id : gone) shim_ended(id);
}

// ---- starting

void ProcessDriver::Loop::start(ContainerSpec spec) {
  if (Container* known = find(spec.id)) {
    if (known->phase == Phase::kRunning) events_->container_started(known->id);
    if (known->exit && known->exit_reported) events_->container_exited(*known->exit);
    return;
  }
  if (!valid_id(spec.id)) {
    events_->container_start_failed(
        spec.id, {"CannotStartContainerError",
                  "CannotStartContainerError: \"" + spec.id + "\" is no container id"});
    return;
  }
  const std::string id = spec.id;
  containers_.try_emplace(id, options_.containers_dir / id, id);
  const bool queued = in_background([this, spec = std::move(spec)] {
    auto result = std::make_shared<std::expected<LaunchedShim, StartError>>(launcher_.launch(spec));
    post([this, id = spec.id, result] { launched(id, std::move(*result)); });
  });
  if (!queued) {
    start_failed(id, {"ResourceInitializationError",
                      "ResourceInitializationError: too many containers are being started"});
  }
}

void ProcessDriver::Loop::launched(const std::string& id,
                                   std::expected<LaunchedShim, StartError> result) {
  if (!result) return start_failed(id, result.error());
  Container& container = *find(id);
  container.phase = Phase::kStarting;
  container.tail = OutputTail(container.files, 0);
  watch(container);
  watch_shim(container, std::move(result->pidfd));
  read_new_state(container);
}

void ProcessDriver::Loop::watch(Container& container) {
  container.watch = ::inotify_add_watch(inotify_.get(), container.files.directory.c_str(),
                                        IN_MODIFY | IN_MOVED_TO);
  if (container.watch >= 0)
    by_watch_[container.watch] = container.id;
  else
    log::warning("{}; it is polled", errno_text("cannot watch container " + container.id));
}

// A stop that was asked for before there was a shim to tell reaches it now.
void ProcessDriver::Loop::watch_shim(Container& container, Fd pidfd) {
  container.pidfd = std::move(pidfd);
  if (container.stop_grace_ms) queue_signal(container.pidfd, kStopSignal, *container.stop_grace_ms);
  by_pidfd_[container.pidfd.get()] = container.id;
  epoll_event event{EPOLLIN, {.fd = container.pidfd.get()}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, container.pidfd.get(), &event);
}

void ProcessDriver::Loop::read_new_state(Container& container) {
  if (container.phase != Phase::kStarting) return;
  const auto state = read_state(container.files);
  if (!state) return;
  if (!container.pidfd) {  // adopted before its shim's first word
    Fd pidfd = open_pidfd(state->shim.pid);
    if (pidfd && is_alive(state->shim)) watch_shim(container, std::move(pidfd));
  }
  if (state->kind != ShimState::Kind::kRunning) return;
  running(container, *state);
  events_->container_started(container.id);
}

void ProcessDriver::Loop::running(Container& container, const ShimState& state) {
  container.phase = Phase::kRunning;
  dirty_.insert(container.id);
  const std::lock_guard lock(mutex_);
  live_.insert_or_assign(container.id,
                         Live{state.shim, Cgroup(options_.cgroup_parent, container.id)});
}

void ProcessDriver::Loop::start_failed(const std::string& id, const StartError& error) {
  discard(find(id)->files.directory);
  forget(id);
  events_->container_start_failed(id, error);
}

// ---- ending

void ProcessDriver::Loop::shim_ended(const std::string& id) {
  Container* container = find(id);
  if (container == nullptr || container->phase == Phase::kEnded) return;
  if (container->pidfd) {
    siginfo_t info{};
    // A shim of an earlier daemon is init's to reap.
    ::waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(container->pidfd.get()), &info,
             WEXITED | WNOHANG);
    by_pidfd_.erase(container->pidfd.get());
    container->pidfd.reset();
  }
  read_new_state(*container);
  const auto state = read_state(container->files);
  const auto record = read_exit(container->files);
  if (record) return ended(*container, *record);
  if (state && state->kind == ShimState::Kind::kRunning) {
    log::warning("the shim of container {} was killed{}", id, last_words(container->files));
    kill_leftovers(*container, *state);
    return ended(*container, {kNoExitKnown, false, wall_ms()});
  }
  if (state && state->kind == ShimState::Kind::kFailed) {
    return start_failed(id, {state->code, state->message});
  }
  start_failed(
      id, {"CannotStartContainerError", "CannotStartContainerError: the shim of container " + id +
                                            " ended" + last_words(container->files)});
}

// The program dies with its shim; its children are found by session and cgroup.
void ProcessDriver::Loop::kill_leftovers(const Container& container, const ShimState& state) {
  const Cgroup cgroup(options_.cgroup_parent, container.id);
  cgroup.kill_all();
  if (is_alive(state.main)) ::kill(state.main.pid, SIGKILL);
  const auto now = process_stat(state.main.pid);
  if (!now ||
      now->start_ticks == state.main.start_ticks) {  // the pid, so the session, is not reused
    for (const pid_t pid : session_members(state.main.pid)) ::kill(pid, SIGKILL);
  }
  cgroup.remove();
}

void ProcessDriver::Loop::ended(Container& container, const ExitRecord& record) {
  if (!read_exit(container.files)) (void)write_exit(container.files, record);
  container.exit = ContainerExit{container.id, record.exit_code, record.out_of_memory,
                                 world_time(clock_, record.at_ms)};
  container.phase = Phase::kEnded;
  dirty_.insert(container.id);
  if (container.watch >= 0) {
    by_watch_.erase(container.watch);
    ::inotify_rm_watch(inotify_.get(), std::exchange(container.watch, -1));
  }
  const std::lock_guard lock(mutex_);
  live_.erase(container.id);
}

// One batch of output; with none left, the exit.
void ProcessDriver::Loop::pump(const std::string& id) {
  Container* container = find(id);
  if (container == nullptr || container->phase < Phase::kRunning) return;
  auto lines = container->tail.next(clock_, kMaxOutputBatchBytes);
  if (!lines.empty()) {
    events_->container_output(id, std::move(lines), container->tail.position());
    dirty_.insert(id);
  } else if (container->exit && !std::exchange(container->exit_reported, true)) {
    events_->container_exited(*container->exit);
  }
}

void ProcessDriver::Loop::stop(const std::string& id, int grace_ms) {
  Container* container = find(id);
  if (container == nullptr || container->phase == Phase::kEnded) return;
  if (container->pidfd)
    queue_signal(container->pidfd, kStopSignal, grace_ms);
  else
    container->stop_grace_ms = grace_ms;
}

void ProcessDriver::Loop::remove(const std::string& id) {
  Container* container = find(id);
  if (container == nullptr) return;
  if (container->phase != Phase::kEnded) {
    log::warning("container {} is not removed: it has not ended", id);
    return;
  }
  Cgroup(options_.cgroup_parent, id).remove();
  discard(container->files.directory);
  forget(id);
}

void ProcessDriver::Loop::acknowledge(const std::string& id, std::uint64_t position) {
  Container* container = find(id);
  if (container == nullptr || position > container->tail.position()) return;
  if (!write_acknowledged(container->files, position)) {
    log::warning("{}", errno_text("cannot note the output position of container " + id));
  }
}

void ProcessDriver::Loop::forget(const std::string& id) {
  Container* container = find(id);
  if (container->watch >= 0) {
    by_watch_.erase(container->watch);
    ::inotify_rm_watch(inotify_.get(), container->watch);
  }
  dirty_.erase(id);
  containers_.erase(id);
}

// The name is free at once; the files go in the background.
void ProcessDriver::Loop::discard(const fs::path& directory) {
  const fs::path trash = options_.containers_dir / (kTrash + std::to_string(::getpid()) + "-" +
                                                    std::to_string(trash_serial_++));
  std::error_code error;
  fs::rename(directory, trash, error);
  if (error) return;  // not even made
  const auto erase = [trash] {
    std::error_code ignored;
    fs::remove_all(trash, ignored);
  };
  if (!in_background(erase)) erase();
}

// ---- helpers on other threads

bool ProcessDriver::Loop::in_background(Work work) {
  {
    const std::lock_guard lock(mutex_);
    if (background_.size() >= kMaxQueuedStarts) return false;
    background_.push_back(std::move(work));
  }
  work_ready_.notify_one();
  return true;
}

void ProcessDriver::Loop::work_in_background() {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_ready_.wait(lock, [this] { return stopping_ || !background_.empty(); });
    if (stopping_) return;  // a start not begun is the next daemon's; trash is swept by it
    const Work work = std::move(background_.front());
    background_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
}

}  // namespace seatrial::drivers
