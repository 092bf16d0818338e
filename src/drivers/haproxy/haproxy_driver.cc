// The driver's thread: takes the newest wanted state, brings the proxy there, watches it.
#include "drivers/haproxy/haproxy_driver.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sstream>

#include "base/encoding.h"
#include "base/log.h"
#include "drivers/haproxy/port_holder.h"
#include "drivers/program.h"

namespace seatrial::drivers {
namespace {

namespace fs = std::filesystem;
constexpr std::chrono::seconds kStatsInterval{1};
constexpr std::size_t kMaxSocketFolder = 80;  // a socket's path may have 107 bytes
constexpr int kStatsTimeout_s = 5;

// Sockets need short paths: a world deep in the file system gets a folder in /tmp for them.
std::string usable_folder(const std::string& wished) {
  std::error_code failed;
  auto folder = fs::weakly_canonical(wished, failed).string();
  if (failed || folder.empty()) folder = wished;
  if (folder.size() > kMaxSocketFolder) {
    folder = "/tmp/seatrial-haproxy-" + hex_encode(sha256(folder)).substr(0, 16);
  }
  fs::create_directories(folder, failed);
  fs::permissions(folder, fs::perms::owner_all, failed);
  return folder;
}

int connections_allowed() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (::geteuid() == 0 || limit.rlim_max > 2u * HaproxyDriver::kMaxConnections + 200) {
    return HaproxyDriver::kMaxConnections;
  }
  return std::max(32, static_cast<int>(limit.rlim_max) / 2 - 100);
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool is_zombie(pid_t pid) {
  const auto stat = read_file(fmt::format("/proc/{}/stat", pid));
  const auto end = stat.rfind(')');
  return end != stat.npos && end + 2 < stat.size() && stat[end + 2] == 'Z';
}

// HAProxy's complaints without its prefixes, at most a few lines.
std::string complaint(const std::string& output) {
  std::istringstream lines(output);
  std::string all;
  int count = 0;
  for (std::string line; std::getline(lines, line) && count < 4;) {
    if (line.find("[ALERT]") == line.npos) continue;
    const auto colon = line.find(" : ");
    if (!all.empty()) all += "; ";
    all += colon == line.npos ? line : line.substr(colon + 3);
    ++count;
  }
  return all.empty() ? output.substr(0, 500) : all;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

// Whether the process holds no socket any more. One that is ending loses its command line, by which
// own_processes() knows it, before its files.
bool has_let_go(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  const std::string stat{std::istreambuf_iterator<char>(file), {}};
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos || name_end + 2 >= stat.size()) return true;
  return stat[name_end + 2] == 'Z' || stat[name_end + 2] == 'X';
}

}  // namespace

HaproxyDriver::HaproxyDriver(HaproxyOptions options)
    : options_(std::move(options)),
      files_{usable_folder(options_.folder), "", options_.listen_namespace, connections_allowed(),
             static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 4u))},
      config_path_(files_.folder + "/haproxy.cfg"),
      pid_path_(files_.folder + "/haproxy.pid"),
      traffic_(files_.folder + "/traffic.pipe") {
  files_.stats_socket = socket_path(0);
  find_running();
  thread_ = std::thread([this] { run(); });
}

HaproxyDriver::~HaproxyDriver() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::expected<void, std::string> HaproxyDriver::available() {
  if (!find_program(options_.program).empty()) return {};
  return std::unexpected(
      "load balancers need HAProxy, which is not installed: apt-get install haproxy");
}

std::expected<void, std::string> HaproxyDriver::can_listen(const std::string& address, int port) {
  {
    const std::lock_guard lock(mutex_);
    if (bound_.contains({address, port})) return {};
  }
  const int error = try_listen(address, port);
  if (error == 0) return {};
  if (error != EADDRINUSE) {
    return std::unexpected(
        fmt::format("cannot listen on {}:{}: {}", address, port, std::strerror(error)));
  }
  const auto holder = find_port_holder(address, port);
  if (holder.pid != 0 && std::ranges::count(own_processes(), holder.pid) > 0) return {};
  const auto who = holder.pid == 0 ? std::string("another process")
                                   : fmt::format("{} (pid {})", holder.name, holder.pid);
  return std::unexpected(fmt::format("port {} on {} is in use by {}", port, address, who));
}

void HaproxyDriver::apply(ProxyConfig config, Done done) {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = std::move(config);
    if (done) waiting_.push_back(std::move(done));
  }
  changed_.notify_all();
}

void HaproxyDriver::run() {
  auto next_poll = std::chrono::steady_clock::now() + kStatsInterval;
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait_until(lock, next_poll, [&] { return stopping_ || wanted_; });
    if (stopping_) return;
    if (wanted_) {
      auto config = std::move(*wanted_);
      wanted_.reset();
      const auto waiting = std::exchange(waiting_, {});
      lock.unlock();
      deploy(std::move(config), waiting);
    } else {
      lock.unlock();
      keep_alive();
      next_poll = std::chrono::steady_clock::now() + kStatsInterval;
    }
    lock.lock();
  }
}

void HaproxyDriver::deploy(ProxyConfig config, const std::vector<Done>& waiting) {
  std::string error;
  {
    const std::lock_guard lock(deploying_);
    error = bring_to(config);
  }
  if (!error.empty()) log::error("haproxy: {}", error);
  for (const auto& done : waiting) done(error);
}

std::string HaproxyDriver::bring_to(const ProxyConfig& config) {
  if (!traffic_.error().empty()) return traffic_.error();
  if (config.listeners.empty()) {
    end_processes();
    running_ = config;
    deployed_ = true;
    return "";
  }
  if (auto program = available(); !program) return program.error();
  if (deployed_ && main_process() != 0 && change_servers(config)) return "";
  return reload(config);
}

// Over the stats socket, when nothing but servers differs and they fit in the slots.
bool HaproxyDriver::change_servers(const ProxyConfig& config) {
  const auto without_servers = [](ProxyConfig c) {
    for (auto& pool : c.pools) pool.servers.clear();
    return c;
  };
  if (without_servers(config) != without_servers(running_)) return false;
  auto slots = slots_;
  if (!assign_slots(config.pools, slots, ++changes_)) return false;
  std::string commands;
  for (const auto& [pool, places] : slots) {
    for (std::size_t i = 0; i < places.size(); ++i) {
      const auto& before = slots_.at(pool)[i];
      const auto& after = places[i];
      const auto name = fmt::format("P_{}/{}", pool, slot_name(i));
      const bool moved = after.address != before.address || after.port != before.port;
      if (!after.id.empty() && moved) {
        commands += fmt::format("set server {} addr {} port {};", name, after.address, after.port);
      }
      if (!after.id.empty() && after.weight != before.weight) {
        commands += fmt::format("set server {} weight {};", name, after.weight);
      }
      if (after.draining != before.draining || moved) {
        commands +=
            fmt::format("set server {} state {};", name, after.draining ? "maint" : "ready");
      }
    }
  }
  if (!commands.empty()) {
    commands.pop_back();  // the last ';' would be an empty command
    const auto answer = ask(commands);
    if (!answer) return false;
    for (const auto& line : split(*answer, '\n')) {
      const bool fine = line.empty() || line.find("changed from") != line.npos ||
                        line.find("no need to change") != line.npos;
      if (fine) continue;
      log::warning("haproxy: reloading, because it answered '{}'", line);
      return false;
    }
  }
  slots_ = std::move(slots);
  running_ = config;
  poll_stats();
  return true;
}

std::string HaproxyDriver::reload(const ProxyConfig& config) {
  auto slots = slots_;
  grow_slots(config.pools, slots);
  for (auto& [pool, places] : slots) {  // what an ended process knew of servers is gone
    for (auto& slot : places) {
      if (slot.id.empty()) slot = {};
    }
  }
  assign_slots(config.pools, slots, ++changes_);
  // The old process answers on its socket until it has understood: the new one gets another.
  auto files = files_;
  files.stats_socket = socket_path(files_.stats_socket == socket_path(0) ? 1 : 0);
  const auto text = render_haproxy(config, slots, files);
  if (!text) return "the load balancer cannot be carried out: " + text.error();
  if (auto error = write_files(*text); !error.empty()) return error;
  poll_stats();
  if (auto error = start_process(files_.stats_socket); !error.empty()) return error;
  files_ = std::move(files);
  slots_ = std::move(slots);
  running_ = config;
  deployed_ = true;
  const std::lock_guard lock(mutex_);
  for (auto& [id, stat] : listener_stats_) stat = {stat.before + stat.now, 0, 0};
  bound_.clear();
  for (const auto& listener : config.listeners) bound_.insert({listener.address, listener.port});
  return "";
}

// The new text is checked beside the old one, which stays when it is refused.
std::string HaproxyDriver::write_files(const HaproxyText& text) const {
  for (const auto& [name, content] : text.pages) {
    std::ofstream(files_.folder + "/" + name, std::ios::binary | std::ios::trunc) << content;
  }
  const auto beside = config_path_ + ".new";
  {
    std::ofstream file(beside, std::ios::binary | std::ios::trunc);
    file << text.config;
    if (!file.flush()) return fmt::format("cannot write {} (disk full?)", beside);
  }
  const auto checked =
      run_program({options_.program, "-c", "-f", beside}, {}, traffic_.write_end());
  if (checked.exit_code != 0)
    return "haproxy refused its configuration: " + complaint(checked.output);
  if (::rename(beside.c_str(), config_path_.c_str()) != 0) return "cannot replace " + config_path_;
  return "";
}

std::string HaproxyDriver::socket_path(int which) const {
  return fmt::format("{}/stats-{}.sock", files_.folder, which);
}

// An earlier daemon's proxy listens on one of the two sockets.
void HaproxyDriver::find_running() {
  const auto pid = main_process();
  if (pid == 0) return;
  for (const int which : {0, 1}) {
    files_.stats_socket = socket_path(which);
    const auto answer = ask("show info");
    if (answer && answer->find(fmt::format("\nPid: {}\n", pid)) != answer->npos) return;
  }
}

std::string HaproxyDriver::start_process(const std::string& old_socket) {
  std::vector<std::string> arguments;
  if (!options_.server_namespace.empty())
    arguments = {"nsenter", "--net=/run/netns/" + options_.server_namespace};
  arguments.insert(arguments.end(),
                   {find_program(options_.program), "-D", "-f", config_path_, "-p", pid_path_});
  if (const auto old = main_process(); old != 0) {
    if (ask("show version", old_socket)) arguments.insert(arguments.end(), {"-x", old_socket});
    arguments.insert(arguments.end(), {"-sf", std::to_string(old)});
  }
  const auto started = run_program(arguments, {}, traffic_.write_end());
  ++reloads_;
  if (started.exit_code == 0) return "";
  return "haproxy did not start: " + complaint(started.output);
}

void HaproxyDriver::end_processes() {
  const auto running = own_processes();
  for (const auto pid : running) ::kill(pid, SIGTERM);
  const auto ended = [&] {
    return own_processes().empty() && std::all_of(running.begin(), running.end(), has_let_go);
  };
  for (int i = 0; i < 200 && !ended(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  for (const auto pid : own_processes()) ::kill(pid, SIGKILL);
  const std::lock_guard lock(mutex_);
  for (auto& [id, stat] : listener_stats_) stat = {stat.before + stat.now, 0, 0};
  bound_.clear();
  open_sessions_.clear();
}

void HaproxyDriver::stop() {
  {
    const std::lock_guard lock(mutex_);
    wanted_.reset();
  }
  const std::lock_guard lock(deploying_);
  end_processes();
  deployed_ = false;
  running_ = {};
  slots_.clear();
}

// A proxy that ended on its own (killed, out of memory) is started again, once a second at most.
void HaproxyDriver::keep_alive() {
  const std::lock_guard lock(deploying_);
  if (!deployed_ || running_.listeners.empty()) return;
  if (main_process() != 0) {
    poll_stats();
    return note_dropped();
  }
  log::warning("haproxy: it ended on its own and is started again");
  const auto config = running_;
  if (auto error = reload(config); !error.empty()) log::error("haproxy: {}", error);
}

void HaproxyDriver::poll_stats() {
  const auto answer = ask("show stat");
  if (!answer) return;
  const auto lines = split(*answer, '\n');
  if (lines.empty() || !lines[0].starts_with("# ")) return;
  const auto names = split(lines[0].substr(2), ',');
  const auto column = [&](const char* name) {
    return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
  };
  const auto scur = column("scur"), conn_tot = column("conn_tot");
  const std::lock_guard lock(mutex_);
  open_sessions_.clear();
  for (const auto& line : lines) {
    const auto cells = split(line, ',');
    if (cells.size() <= std::max(scur, conn_tot)) continue;
    const auto sessions = std::atoll(cells[scur].c_str());
    if (cells[1] == "FRONTEND" && cells[0].starts_with("L_")) {
      auto& stat = listener_stats_[cells[0].substr(2)];
      stat.now = std::atoll(cells[conn_tot].c_str());
      stat.active = sessions;
    } else if (cells[0].starts_with("P_") && cells[1].starts_with("s")) {
      const auto places = slots_.find(cells[0].substr(2));
      const auto index = static_cast<std::size_t>(std::atoll(cells[1].c_str() + 1)) - 1;
      if (places == slots_.end() || index >= places->second.size()) continue;
      const auto& id = places->second[index].id;
      if (!id.empty()) open_sessions_[places->first][id] = sessions;
    }
  }
}

// The pipe of records was full: metrics and access logs lack these requests.
void HaproxyDriver::note_dropped() {
  const auto answer = ask("show info");
  if (!answer) return;
  constexpr std::string_view kName = "\nDroppedLogs: ";
  const auto at = answer->find(kName);
  if (at == answer->npos) return;
  const auto now = std::atoll(answer->c_str() + at + kName.size());
  if (now > dropped_)
    log::warning("haproxy: {} records of requests were dropped, for they were not read in time",
                 now - dropped_);
  dropped_ = now;
}

ProxyCounters HaproxyDriver::counters() {
  auto all = traffic_.snapshot();
  const std::lock_guard lock(mutex_);
  for (const auto& [id, stat] : listener_stats_) {
    all.listeners[id].new_connections = stat.before + stat.now;
    all.listeners[id].active_connections = stat.active;
  }
  for (const auto& [pool, sessions] : open_sessions_) all.pools[pool].open_sessions = sessions;
  return all;
}

std::optional<std::string> HaproxyDriver::ask(const std::string& commands,
                                              const std::string& socket) const {
  const auto& path = socket.empty() ? files_.stats_socket : socket;
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return {};
  const timeval timeout{kStatsTimeout_s, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  path.copy(to.sun_path, sizeof to.sun_path - 1);
  std::optional<std::string> answer;
  const auto text = commands + "\n";
  if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0 &&
      ::send(fd, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size())) {
    answer.emplace();
    std::array<char, 16384> buffer;
    ssize_t got = 0;
    while ((got = ::recv(fd, buffer.data(), buffer.size(), 0)) > 0) {
      answer->append(buffer.data(), static_cast<std::size_t>(got));
    }
    if (got < 0) answer.reset();
  }
  ::close(fd);
  return answer;
}

// Every process started with our configuration, old ones that still finish connections included.
std::vector<pid_t> HaproxyDriver::own_processes() const {
  const auto mark = std::string("-f") + '\0' + config_path_ + '\0';
  std::vector<pid_t> found;
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator("/proc", gone)) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != name.npos) continue;
    if (read_file(entry.path() / "cmdline").find(mark) == std::string::npos) continue;
    const auto pid = static_cast<pid_t>(std::stol(name));
    if (!is_zombie(pid)) found.push_back(pid);
  }
  return found;
}

pid_t HaproxyDriver::main_process() const {
  const auto pid = static_cast<pid_t>(std::atoi(read_file(pid_path_).c_str()));
  if (pid <= 1 || is_zombie(pid)) return 0;
  const auto command = read_file(fmt::format("/proc/{}/cmdline", pid));
  return command.find(config_path_ + '\0') != std::string::npos ? pid : 0;
}

}  // namespace seatrial::drivers
