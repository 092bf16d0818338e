// The room over the real HAProxy, prober, loopback network and hosts file: a request goes through.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>

#include "drivers/haproxy/haproxy_driver.h"
#include "drivers/network/loopback_network.h"
#include "drivers/probe/prober.h"
#include "room/testing.h"
#include "services/elbv2/service.h"

namespace seatrial::services::elbv2 {
namespace {

using namespace std::chrono_literals;

class OneVpc final : public ec2::Vpcs {
 public:
  std::optional<ec2::Subnet> subnet(const std::string& region, const std::string& id) override {
    return ec2::Subnet{id, "vpc-1", region + id, "10.0.1.0/24"};
  }
  std::vector<ec2::Subnet> default_subnets(const std::string&) override { return {}; }
  bool vpc_exists(const std::string&, const std::string&) override { return true; }
  std::string default_vpc(const std::string&) override { return "vpc-1"; }
  bool security_group_exists(const std::string&, const std::string&) override { return true; }
  std::string default_security_group(const std::string&) override { return "sg-1"; }
};

class NoMetrics final : public cloudwatch::MetricSink {
 public:
  void put(const std::string&, std::vector<cloudwatch::Datum>) override {}
};

int socket_at(const std::string& address, int port, sockaddr_in& at) {
  at = {};
  at.sin_family = AF_INET;
  at.sin_port = htons(static_cast<std::uint16_t>(port));
  ::inet_pton(AF_INET, address.c_str(), &at.sin_addr);
  return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

int free_port(const std::string& address) {
  sockaddr_in at;
  socklen_t size = sizeof at;
  const int fd = socket_at(address, 0, at);
  EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size);
  ::close(fd);
  return ntohs(at.sin_port);
}

std::string get(const std::string& address, int port) {
  sockaddr_in at;
  const int fd = socket_at(address, port, at);
  std::string answer;
  const std::string request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  if (::connect(fd, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0 &&
      ::send(fd, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
    std::array<char, 4096> buffer;
    for (ssize_t got = 0; (got = ::recv(fd, buffer.data(), buffer.size(), 0)) > 0;) {
      answer.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }
  ::close(fd);
  return answer;
}

// Answers every request with "hello" until the test ends.
class Hello {
 public:
  explicit Hello(const std::string& address) : address_(address) {
    sockaddr_in at;
    socklen_t size = sizeof at;
    fd_ = socket_at(address, 0, at);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
    EXPECT_EQ(::listen(fd_, 64), 0);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size);
    port = ntohs(at.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~Hello() {
    stopping_ = true;
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
  }
  int port = 0;

 private:
  void run() {
    while (!stopping_) {
      const int client = ::accept(fd_, nullptr, nullptr);
      if (client < 0) continue;
      std::array<char, 4096> buffer;
      const std::string answer =
          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
      if (::recv(client, buffer.data(), buffer.size(), 0) > 0) {
        ::send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
      }
      ::close(client);
    }
  }
  std::string address_;
  int fd_ = -1;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

TEST(ElbWithRealDrivers, ARequestGoesThroughTheNameToTheTarget) {
  room::TestWorld world;
  drivers::LoopbackNetwork network(world.folder.string());
  drivers::HaproxyDriver proxy({world.folder / "haproxy"});
  ASSERT_TRUE(proxy.available()) << proxy.available().error();
  drivers::Prober prober(network);
  const auto hosts_path = (world.folder / "hosts").string();
  std::ofstream(hosts_path) << "127.0.0.1 localhost\n";
  drivers::HostsFile hosts(world.folder.string(), hosts_path);
  OneVpc vpcs;
  NoMetrics metrics;
  Elbv2 room(*world.env, {proxy, prober, network, vpcs, metrics, &hosts});
  world.add(room);
  room.start();
  const auto call = [&](std::string_view operation, Object input) {
    auto reply = world.call("elbv2", operation, std::move(input));
    EXPECT_TRUE(reply) << operation << (reply ? "" : reply.error().message);
    return reply ? *reply : Value(Object{});
  };
  const auto text = [](const Value& v, const char* pointer) {
    return std::string(as_view(v.at_pointer(pointer).get_string()));
  };
  const auto lb = call("CreateLoadBalancer", {{"Name", "web"}, {"Subnets", Array{"a", "b"}}});
  const auto dns = text(lb, "/LoadBalancers/0/DNSName");
  EXPECT_THAT(dns, testing::MatchesRegex("web-[0-9]+\\.ap-southeast-2\\.elb\\.amazonaws\\.com"));
  std::string address, name;
  std::ifstream lines(hosts_path);
  for (std::string a, n; lines >> a >> n;) {
    if (n == dns) address = a;
  }
  ASSERT_TRUE(address.starts_with("127.")) << "the name is not in the hosts file";
  const auto task = network.attach("task", "10.0.1.0/24");
  ASSERT_TRUE(task);
  auto server = std::make_unique<Hello>(task->address);
  const auto group = text(call("CreateTargetGroup", {{"Name", "app"},
                                                     {"Protocol", "HTTP"},
                                                     {"Port", server->port},
                                                     {"VpcId", "vpc-1"},
                                                     {"TargetType", "ip"}}),
                          "/TargetGroups/0/TargetGroupArn");
  const int port = free_port(address);
  call("CreateListener",
       {{"LoadBalancerArn", text(lb, "/LoadBalancers/0/LoadBalancerArn")},
        {"Protocol", "HTTP"},
        {"Port", port},
        {"DefaultActions", Array{Object{{"Type", "forward"}, {"TargetGroupArn", group}}}}});
  call("RegisterTargets",
       {{"TargetGroupArn", group}, {"Targets", Array{Object{{"Id", task->address}}}}});
  std::string answer;
  for (int i = 0; i < 1000 && answer.find("200 OK") == answer.npos; ++i) {
    world.control.advance(20ms);
    answer = get(address, port);
    if (answer.empty()) std::this_thread::sleep_for(5ms);
  }
  EXPECT_THAT(answer, testing::EndsWith("hello"));
  server.reset();  // the target dies: ELB answers 502 in its words
  EXPECT_THAT(get(address, port), testing::AllOf(testing::StartsWith("HTTP/1.1 502"),
                                                 testing::HasSubstr("awselb/2.0")));
  room.stop();
  proxy.stop();
}

}  // namespace
}  // namespace seatrial::services::elbv2
