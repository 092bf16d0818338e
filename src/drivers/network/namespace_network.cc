// Namespaces, bridge and veth pairs; see the header for the picture.
#include "drivers/network/namespace_network.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <fstream>

#include "base/check.h"
#include "base/encoding.h"
#include "base/log.h"
#include "drivers/network/interface_counters.h"
#include "drivers/program.h"

namespace seatrial::drivers {
namespace {

constexpr const char* kNamespaceFolder = "/run/netns/";
constexpr std::size_t kTaskNameDigits = 12;

// A name may outlive its namespace as a plain file, after a reboot with /run on disk.
bool namespace_exists(const std::string& name) {
  struct statfs about{};
  return ::statfs((kNamespaceFolder + name).c_str(), &about) == 0 &&
         about.f_type == static_cast<decltype(about.f_type)>(NSFS_MAGIC);
}

std::string run_ip(std::vector<std::string> arguments, std::string_view batch = {}) {
  arguments.insert(arguments.begin(), "ip");
  const auto result = run_program(arguments, batch);
  if (result.exit_code == 0) return "";
  return fmt::format("ip failed ({}): {}", result.exit_code, result.output);
}

std::string add_namespace(const std::string& name) {
  if (namespace_exists(name)) return "";
  ::unlink((kNamespaceFolder + name).c_str());
  return run_ip({"netns", "add", name});
}

void delete_namespace(const std::string& name) {
  if (namespace_exists(name)) {
    const auto error = run_ip({"netns", "delete", name});
    if (!error.empty()) log::warning("network: cannot delete namespace {}: {}", name, error);
  } else {
    ::unlink((kNamespaceFolder + name).c_str());
  }
}

// Packets to the outside are answered with "unreachable" instead of vanishing, so that a task that
// tries fails at once. It forwards nothing: the namespace has one interface. /proc/sys/net shows
// the calling thread's namespace.
void answer_unreachable() {
  std::ofstream("/proc/sys/net/ipv4/ip_forward") << "1";
  std::ofstream("/proc/sys/net/ipv4/conf/all/send_redirects") << "0";
}

// A second name for the namespace that this process is in.
std::string name_own_namespace(const std::string& name) {
  struct stat own{}, named{};
  ::stat("/proc/self/ns/net", &own);
  const bool there = ::stat((kNamespaceFolder + name).c_str(), &named) == 0;
  if (there && own.st_dev == named.st_dev && own.st_ino == named.st_ino) return "";
  delete_namespace(name);
  return run_ip({"netns", "attach", name, std::to_string(::getpid())});
}

std::string run_in(const std::string& name, const std::string& batch) {
  return run_ip({"-n", name, "-batch", "-"}, batch);
}

}  // namespace

// One thread that entered the VPC's namespace for good.
class NamespaceNetwork::Worker {
 public:
  explicit Worker(const std::string& name) : thread_([this, name] { run(name); }) {}
  ~Worker() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  void call(std::function<void()> work) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return work_ == nullptr; });
    work_ = std::move(work);
    const auto ticket = ++given_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return done_ >= ticket; });
  }

 private:
  void run(const std::string& name) {
    const int fd = ::open((kNamespaceFolder + name).c_str(), O_RDONLY | O_CLOEXEC);
    ST_CHECK(fd >= 0 && ::setns(fd, CLONE_NEWNET) == 0, "cannot enter the VPC's namespace");
    ::close(fd);
    answer_unreachable();
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return stopping_ || work_ != nullptr; });
      if (work_ == nullptr) return;
      auto work = std::move(work_);
      lock.unlock();
      work();
      lock.lock();
      work_ = nullptr;
      ++done_;
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> work_;
  std::uint64_t given_ = 0, done_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

NamespaceNetwork::NamespaceNetwork(const std::string& world_dir)
    : book_(world_dir), vpc_("st-" + book_.world_hash()) {
  setup_error_ = make_vpc();
  if (setup_error_.empty()) worker_ = std::make_unique<Worker>(vpc_);
}

NamespaceNetwork::~NamespaceNetwork() = default;

std::string NamespaceNetwork::make_vpc() {
  if (auto error = add_namespace(vpc_); !error.empty()) return error;
  if (auto error = name_own_namespace(host_namespace()); !error.empty()) return error;
  if (run_ip({"-n", vpc_, "addr", "show", "dev", "br0", "to", "169.254.170.2"}).empty()) return "";
  run_ip({"-n", vpc_, "link", "delete", "br0"});  // half made by a daemon that was killed
  return run_in(vpc_,
                "link set lo up\n"
                "link add br0 type bridge forward_delay 0 stp_state 0\n"
                "link set br0 addrgenmode none address 02:ea:0a:00:00:01\n"
                "link set br0 up\n"
                "addr add 10.0.0.1/16 dev br0\n"
                "addr add 169.254.170.2/32 dev br0\n"
                "route add unreachable default\n");
}

Lease NamespaceNetwork::new_lease(const std::string& id, const std::string& address) const {
  std::string task;
  for (const char c : id) {
    if (task.size() < kTaskNameDigits && (std::isalnum(static_cast<unsigned char>(c)) != 0)) {
      task += c;
    }
  }
  const auto named = [&](const std::string& name) {
    return std::any_of(book_.all().begin(), book_.all().end(),
                       [&](const auto& entry) { return entry.second.namespace_name == name; });
  };
  auto name = vpc_ + "-" + task;
  if (task.empty() || named(name)) {
    name = vpc_ + "-" + hex_encode(sha256(id)).substr(0, kTaskNameDigits);
  }
  in_addr parsed{};
  ::inet_pton(AF_INET, address.c_str(), &parsed);
  const auto number = ntohl(parsed.s_addr);
  return {id, address, name, mac_of(number), fmt::format("v{:08x}", number)};
}

std::string NamespaceNetwork::make_task(const Lease& lease) {
  if (namespace_exists(lease.namespace_name) &&
      run_ip({"-n", lease.namespace_name, "route", "get", "10.0.0.1"}).empty()) {
    return "";
  }
  remove_task(lease);
  if (auto error = add_namespace(lease.namespace_name); !error.empty()) return error;
  auto error =
      run_in(vpc_, fmt::format("link add {0} type veth peer name eth0 address {1} netns {2}\n"
                               "link set {0} addrgenmode none master br0 up\n",
                               lease.link, lease.mac, lease.namespace_name));
  if (!error.empty()) return error;
  return run_in(lease.namespace_name, fmt::format("link set lo up\n"
                                                  "link set eth0 addrgenmode none up\n"
                                                  "addr add {}/16 dev eth0\n"
                                                  "route add default via 10.0.0.1\n",
                                                  lease.address));
}

// The link goes first and by name: a namespace whose processes still run would keep it.
void NamespaceNetwork::remove_task(const Lease& lease) {
  if (!lease.link.empty() && namespace_exists(vpc_))
    run_ip({"-n", vpc_, "link", "delete", lease.link});
  delete_namespace(lease.namespace_name);
}

std::expected<TaskNetwork, std::string> NamespaceNetwork::attach(const std::string& id,
                                                                 const std::string& cidr) {
  const auto range = parse_cidr(cidr);
  if (!range || (range->base >> 16) != ((10u << 8) | 0u)) {
    return std::unexpected(
        fmt::format("cannot attach {}: cidr '{}' is not in 10.0.0.0/16", id, cidr));
  }
  const std::lock_guard lock(mutex_);
  if (!setup_error_.empty()) return std::unexpected("the VPC could not be made: " + setup_error_);
  Lease lease;
  if (const Lease* held = book_.find(id)) {
    lease = *held;
  } else {
    auto address = book_.next_address(*range);
    if (!address) return std::unexpected(fmt::format("cannot attach {}: {}", id, address.error()));
    lease = new_lease(id, *address);
    book_.put(lease);  // before it is made: a killed daemon's half-made namespace is then known
  }
  if (auto error = make_task(lease); !error.empty()) {
    remove_task(lease);
    book_.erase(id);
    return std::unexpected(fmt::format("cannot attach {}: {}", id, error));
  }
  return TaskNetwork{id, lease.address, lease.namespace_name, lease.mac};
}

void NamespaceNetwork::detach(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const Lease* held = book_.find(id);
  if (held == nullptr) return;
  remove_task(*held);
  book_.erase(id);
}

void NamespaceNetwork::sweep(const std::vector<std::string>& keep) {
  const std::set<std::string> kept(keep.begin(), keep.end());
  const std::lock_guard lock(mutex_);
  std::set<std::string> kept_names{vpc_, host_namespace()};
  std::vector<Lease> orphans;
  for (const auto& [id, lease] : book_.all()) {
    if (kept.contains(id))
      kept_names.insert(lease.namespace_name);
    else
      orphans.push_back(lease);
  }
  for (const auto& lease : orphans) {
    remove_task(lease);
    book_.erase(lease.id);
  }
  std::error_code missing;
  std::vector<std::string> unknown;
  for (const auto& entry : std::filesystem::directory_iterator(kNamespaceFolder, missing)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with(vpc_ + "-") && !kept_names.contains(name)) unknown.push_back(name);
  }
  for (const auto& name : unknown) delete_namespace(name);
}

std::string NamespaceNetwork::loopback_address(const std::string& name) {
  const std::lock_guard lock(mutex_);
  return book_.name_address(name);
}

// From the VPC's ends of all links at once: what such an end receives, the task has sent.
// /proc/thread-self/net shows the calling thread's namespace.
std::map<std::string, NetworkUsage> NamespaceNetwork::usage() {
  std::map<std::string, std::string> links;  // by task id
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, lease] : book_.all()) links[id] = lease.link;
  }
  std::string text;
  if (worker_ != nullptr) {
    worker_->call([&] {
      std::ifstream file("/proc/thread-self/net/dev");
      text.assign(std::istreambuf_iterator<char>(file), {});
    });
  }
  const auto ends = parse_interface_counters(text);
  std::map<std::string, NetworkUsage> usage;
  for (const auto& [id, link] : links) {
    const auto end = ends.find(link);
    if (end == ends.end()) continue;
    const NetworkUsage& vpc = end->second;
    usage[id] = {vpc.tx_bytes, vpc.tx_packets, vpc.tx_errors, vpc.tx_dropped,
                 vpc.rx_bytes, vpc.rx_packets, vpc.rx_errors, vpc.rx_dropped};
  }
  return usage;
}

void NamespaceNetwork::run_in_vpc(std::function<void()> work) {
  ST_CHECK(worker_ != nullptr, "run_in_vpc without a VPC");
  worker_->call(std::move(work));
}

void NamespaceNetwork::destroy() {
  sweep({});
  const std::lock_guard lock(mutex_);
  worker_.reset();
  delete_namespace(host_namespace());
  delete_namespace(vpc_);
  book_.forget();
}

}  // namespace seatrial::drivers
