// From a specification to a running process: its Runtime API, its cgroup, its pipe, its program.
#include <fcntl.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "drivers/function/function_child.h"
#include "drivers/function/instance.h"
#include "drivers/program.h"

extern char** environ;
extern "C" const char seatrial_runtime_client[];

namespace seatrial::drivers {
namespace {

constexpr const char* kApiAddress = "127.0.0.1";
constexpr int kApiIdleSeconds = 24 * 3600;  // an instance may wait that long for its work

void watch_fd(int epoll, int fd) {
  epoll_event event{EPOLLIN, {.fd = fd}};
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

}  // namespace

void FunctionRunner::do_start(FunctionSpec spec) {
  const std::string id = spec.id;
  if (instances_.contains(id)) return;
  auto instance = std::make_unique<Instance>(std::move(spec), options_.cgroup_parent);
  auto& made = *instances_.emplace(id, std::move(instance)).first->second;
  if (const auto why = launch(made); !why.empty()) end_failed_start(id, why);
}

void FunctionRunner::end_failed_start(const std::string& id, const std::string& why) {
  auto& instance = *instances_.at(id);
  retire(instance);
  instance.cgroup.remove();
  instances_.erase(id);
  FunctionEnd end;
  end.id = id;
  end.exit_code = 127;
  end.start_error = why;
  events_->instance_ended(std::move(end));
}

// The interpreter behind the name, which may be a script that only finds it (pyenv).
const FunctionRunner::Python& FunctionRunner::python() {
  if (python_) return *python_;
  const std::string asked = options_.python.empty() ? "python3" : options_.python;
  const auto done = run_program(
      {asked, "-c", "import platform, sys; print(sys.executable, platform.python_version())"});
  Python found;
  const auto space = done.output.find(' ');
  if (done.exit_code == 0 && space != std::string::npos) {
    found = {done.output.substr(0, space), done.output.substr(space + 1)};
    while (found.version.ends_with('\n')) found.version.pop_back();
    const auto client = options_.folder / "runtime_client.py";
    if (auto put = replace_file(client, seatrial_runtime_client, 0644, false); !put)
      log::error("{}", put.error());
  }
  return python_.emplace(std::move(found));
}

std::expected<std::vector<std::string>, std::string> FunctionRunner::command_of(
    const FunctionSpec& spec) {
  if (spec.runtime == FunctionRuntime::kProvided) {
    const std::string program = spec.code_folder + "/bootstrap";
    if (::access(program.c_str(), F_OK) != 0)
      return std::unexpected("Couldn't find valid bootstrap(s): [/var/task/bootstrap]");
    return std::vector<std::string>{program};
  }
  if (python().path.empty())
    return std::unexpected("this machine has no python3; install it, or name one with --python");
  return std::vector<std::string>{python().path, "-B",
                                  (options_.folder / "runtime_client.py").string()};
}

std::string FunctionRunner::launch(Instance& instance) {
  instance.began = Steady::now();
  auto& spec = instance.spec;
  const auto command = command_of(spec);
  if (!command) return command.error();
  http::ServerOptions api;
  api.address = kApiAddress;
  api.port = 0;
  api.body_limit = kMaxRequestBody;
  api.idle_timeout_s = kApiIdleSeconds;
  std::string why;
  options_.in_network([&] {
    auto server = http::Server::start(
        api, [this, id = spec.id](wire::HttpRequest request, http::Responder respond) {
          post([this, id, request = std::move(request), respond = std::move(respond)]() mutable {
            requested(id, std::move(request), std::move(respond));
          });
        });
    if (server)
      instance.server = std::move(*server);
    else
      why = server.error();
  });
  if (!why.empty()) return why;
  spec.environment["AWS_LAMBDA_RUNTIME_API"] =
      fmt::format("{}:{}", kApiAddress, instance.server->port());
  if (options_.network_namespace.empty() && spec.runtime == FunctionRuntime::kPython)
    spec.environment["SEATRIAL_LOOPBACK_ONLY"] = "1";
  instance.limited = spec.memory_limit_bytes == 0 || instance.cgroup.make(spec.memory_limit_bytes);
  ShimSpec child;
  child.id = "fn-" + spec.id;
  child.directory = options_.folder;
  child.program = command->front();
  child.arguments = *command;
  for (const auto& [key, value] : spec.environment) child.environment.push_back(key + "=" + value);
  child.working_directory = spec.code_folder;
  child.network_namespace = options_.network_namespace;
  child.cgroup_parent = options_.cgroup_parent;
  const auto file = options_.folder / (spec.id + ".spec");
  if (auto put = replace_file(file, encode_shim_spec(child), 0600, false); !put) return put.error();
  return spawn(instance, file.string());
}

std::string FunctionRunner::spawn(Instance& instance, const std::string& spec_file) {
  int output[2], report[2];
  if (::pipe2(output, O_CLOEXEC) != 0) return errno_text("cannot make a pipe");
  instance.output = Fd(output[0]);
  const Fd writer(output[1]);
  if (::pipe2(report, O_CLOEXEC) != 0) return errno_text("cannot make a pipe");
  instance.report = Fd(report[0]);
  const Fd report_writer(report[1]);
  for (const int fd : {output[0], report[0]}) ::fcntl(fd, F_SETFL, O_NONBLOCK);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, writer.get(), 1);
  ::posix_spawn_file_actions_adddup2(&actions, writer.get(), 2);
  ::posix_spawn_file_actions_adddup2(&actions, report_writer.get(), kFunctionReportFd);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, kFunctionReportFd + 1);
  std::vector<std::string> words = options_.child_command;
  words.push_back(spec_file);
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const int failed =
      ::posix_spawn(&instance.pid, words[0].c_str(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return "cannot start " + words[0] + ": " + ::strerror(failed);
  instance.pidfd = Fd(static_cast<int>(::syscall(SYS_pidfd_open, instance.pid, 0)));
  instance.deadline = instance.began + std::chrono::milliseconds(instance.spec.init_timeout_ms);
  for (const int fd : {instance.output.get(), instance.pidfd.get()}) {
    by_fd_[fd] = instance.spec.id;
    watch_fd(epoll_.get(), fd);
  }
  const bool own = instance.spec.runtime == FunctionRuntime::kPython;
  events_->instance_output(instance.spec.id,
                           {{clock_.now(),
                             "INIT_START Runtime Version: " +
                                 (own ? "python:" + python().version : instance.spec.runtime_name),
                             false}});
  return {};
}

}  // namespace seatrial::drivers
