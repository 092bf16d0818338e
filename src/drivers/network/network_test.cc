// The contract against the loopback network and, as root, against real namespaces; then what only
// namespaces promise: reachability inside, none outside.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "drivers/network/interface_counters.h"
#include "drivers/network/loopback_network.h"
#include "drivers/network/namespace_network.h"
#include "drivers/network/network_driver.h"
#include "drivers/network_contract.h"
#include "drivers/program.h"

namespace seatrial::drivers {
namespace {

std::vector<NetworkMaker> makers() {
  std::vector<NetworkMaker> all{
      {"Loopback", [](const std::string& w) { return std::make_unique<LoopbackNetwork>(w); }}};
  if (const auto reason = why_no_namespaces(); reason.empty()) {
    all.push_back({"Namespaces", [](const std::string& w) -> std::unique_ptr<NetworkDriver> {
                     return std::make_unique<NamespaceNetwork>(w);
                   }});
  } else {
    fmt::print(stderr, "network_test: namespace tests are not registered: {}\n", reason);
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(, NetworkContract, testing::ValuesIn(makers()),
                         [](const auto& about) { return about.param.name; });

class Namespaces : public testing::Test {
 protected:
  void SetUp() override {
    char folder[] = "/tmp/seatrial-network-XXXXXX";
    ASSERT_NE(::mkdtemp(folder), nullptr);
    world_ = folder;
    network_ = std::make_unique<NamespaceNetwork>(world_);
    ASSERT_EQ(network_->setup_error(), "");
  }
  void TearDown() override {
    network_->destroy();
    std::filesystem::remove_all(world_);
  }
  static int connect_to(const std::string& address, int port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    ::inet_pton(AF_INET, address.c_str(), &to.sin_addr);
    const int error = ::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0 ? 0 : errno;
    ::close(fd);
    return error;
  }
  // Runs `work` on a thread inside the named namespace.
  static void inside(const std::string& name, const std::function<void()>& work) {
    std::thread([&] {
      const int fd = ::open(("/run/netns/" + name).c_str(), O_RDONLY | O_CLOEXEC);
      ASSERT_GE(fd, 0);
      ASSERT_EQ(::setns(fd, CLONE_NEWNET), 0);
      ::close(fd);
      work();
    }).join();
  }
  // A listener on address:port in the calling thread's namespace.
  static int listen_on(const std::string& address, int port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(static_cast<std::uint16_t>(port));
    ::inet_pton(AF_INET, address.c_str(), &at.sin_addr);
    EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof at), 0) << address;
    EXPECT_EQ(::listen(fd, 8), 0);
    return fd;
  }

  std::string world_;
  std::unique_ptr<NamespaceNetwork> network_;
};

struct NamespaceCases : Namespaces {
  void reach() {
    const auto one = network_->attach("one", "10.0.1.0/24"),
               two = network_->attach("two", "10.0.2.0/24");
    ASSERT_TRUE(one && two);
    EXPECT_EQ(one->address, "10.0.1.4");  // the first after the reserved ones
    int listener = -1, api = -1;
    inside(one->namespace_name, [&] { listener = listen_on(one->address, 8000); });
    network_->run_in_vpc([&] {
      api = listen_on(network_->api_address(), 4566);
      EXPECT_EQ(connect_to(one->address, 8000), 0);  // a probe, a proxy
    });
    inside(two->namespace_name, [&] {
      EXPECT_EQ(connect_to(one->address, 8000), 0);             // task to task
      EXPECT_EQ(connect_to(network_->api_address(), 4566), 0);  // task to the AWS API
      EXPECT_EQ(connect_to("127.0.0.1", 8000), ECONNREFUSED);   // lo is up and its own
      EXPECT_EQ(connect_to("192.0.2.1", 80), EHOSTUNREACH);     // nothing leaves
    });
    ::close(listener);
    ::close(api);
    const auto usage = network_->usage();
    ASSERT_TRUE(usage.contains("one") && usage.contains("two"));
    EXPECT_GE(usage.at("two").tx_packets, 4);  // two connections, each at least SYN and ACK
    EXPECT_GE(usage.at("one").rx_packets, 4);
    EXPECT_GT(usage.at("one").rx_bytes, usage.at("one").rx_packets * 40);
    network_->detach("two");
    EXPECT_FALSE(network_->usage().contains("two"));
  }
  void same_port() {
    const auto one = network_->attach("one", "10.0.1.0/24"),
               two = network_->attach("two", "10.0.1.0/24");
    int a = -1, b = -1;
    inside(one->namespace_name, [&] { a = listen_on("0.0.0.0", 8000); });
    inside(two->namespace_name, [&] { b = listen_on("0.0.0.0", 8000); });
    ::close(a);
    ::close(b);
  }
  void quick() {
    ASSERT_TRUE(network_->attach("warm", "10.0.1.0/24"));
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 10; ++i)
      ASSERT_TRUE(network_->attach("t" + std::to_string(i), "10.0.1.0/24"));
    const auto took = std::chrono::steady_clock::now() - start;
    RecordProperty("attach_us", static_cast<int>(took / std::chrono::microseconds(10)));
    EXPECT_LT(took / 10, std::chrono::milliseconds(200));  // 10 ms alone; the machine is shared
  }
  void leftovers() {
    const auto task = network_->attach("one", "10.0.1.0/24");
    const auto vpc = network_->vpc_namespace();
    EXPECT_EQ(run_program({"ip", "netns", "add", vpc + "-stray"}).exit_code, 0);
    network_->sweep({"one"});
    const auto names = run_program({"ip", "netns", "list"}).output;
    EXPECT_THAT(names, testing::HasSubstr(task->namespace_name));
    EXPECT_THAT(names, testing::Not(testing::HasSubstr(vpc + "-stray")));
    network_->destroy();
    EXPECT_THAT(run_program({"ip", "netns", "list"}).output, testing::Not(testing::HasSubstr(vpc)));
  }
  void (NamespaceCases::*body)() = nullptr;
  void TestBody() override { (this->*body)(); }
};

void add_case(const char* name, void (NamespaceCases::*body)()) {
  testing::RegisterTest("Namespaces", name, nullptr, nullptr, __FILE__, __LINE__,
                        [body]() -> Namespaces* {
                          auto* test = new NamespaceCases;
                          test->body = body;
                          return test;
                        });
}

const bool kRegistered = [] {
  if (!why_no_namespaces().empty()) return false;
  add_case("ReachEachOtherAndTheApiButNothingOutside", &NamespaceCases::reach);
  add_case("TasksListenOnTheSamePort", &NamespaceCases::same_port);
  add_case("AttachIsQuick", &NamespaceCases::quick);
  add_case("SweepAndDestroyLeaveNothing", &NamespaceCases::leftovers);
  return true;
}();

TEST(InterfaceCounters, AreReadFromTheKernelsTable) {
  const auto all = parse_interface_counters(
      "Inter-|   Receive                                                |  Transmit\n"
      " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs "
      "drop "
      "fifo colls carrier compressed\n"
      "    lo:       1      2    3    4    0     0          0         0       5       6    7    8  "
      "  "
      "0     0       0          0\n"
      "v0a000104:123456789012 9 0 1 0 0 0 0 22 2 0 0 0 0 0 0\n"
      " short: 1 2\n");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all.at("lo"), (NetworkUsage{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(all.at("v0a000104"), (NetworkUsage{123456789012, 9, 0, 1, 22, 2, 0, 0}));
  EXPECT_TRUE(parse_interface_counters("").empty());
}

TEST(NetworkChoice, ModesAndTheirErrors) {
  char folder[] = "/tmp/seatrial-network-XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const auto loopback = make_network(folder, NetworkMode::kLoopback);
  ASSERT_TRUE(loopback);
  EXPECT_EQ((*loopback)->vpc_namespace(), "");
  ::setenv("SEATRIAL_NETWORK", "tokenring", 1);
  const auto refused = make_network(folder);
  ::unsetenv("SEATRIAL_NETWORK");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), testing::HasSubstr("tokenring"));
  std::filesystem::remove_all(folder);
}

TEST(Programs, ExitCodeOutputInputAndAbsence) {
  const auto echoed = run_program({"sh", "-c", "cat; echo err >&2; exit 3"}, "in\n");
  EXPECT_EQ(echoed.exit_code, 3);
  EXPECT_EQ(echoed.output, "in\nerr\n");
  EXPECT_EQ(run_program({"true"}, std::string(1 << 20, 'x')).exit_code, 0);  // it never reads
  EXPECT_EQ(run_program({"no-such-program-here"}).exit_code, 127);
}

}  // namespace
}  // namespace seatrial::drivers
