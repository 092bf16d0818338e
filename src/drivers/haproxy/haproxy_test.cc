// The real HAProxy: the contract, what clients see of rules and errors, exact counts, and that no
// change drops a connection.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

#include "drivers/haproxy/haproxy_driver.h"
#include "drivers/haproxy/port_holder.h"
#include "drivers/network/namespace_network.h"
#include "drivers/network/network_driver.h"
#include "drivers/proxy_contract.h"

namespace seatrial::drivers {
namespace {

using testing::HasSubstr;

int listen_any(int* port, const std::string& address = "127.0.0.1") {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  ::inet_pton(AF_INET, address.c_str(), &at.sin_addr);
  socklen_t size = sizeof at;
  EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
  EXPECT_EQ(::listen(fd, 512), 0);
  EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size), 0);
  *port = ntohs(at.sin_port);
  return fd;
}

int unused_port() {
  int port = 0;
  ::close(listen_any(&port));
  return port;
}

// Reads one message with Content-Length; empty when the connection ended before it began.
std::string read_message(int fd, std::string& rest) {
  std::array<char, 8192> buffer;
  while (true) {
    const auto head = rest.find("\r\n\r\n");
    if (head != rest.npos) {
      std::string lower = rest.substr(0, head + 4);
      std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
      const auto at = lower.find("content-length: ");
      const auto size = head + 4 + (at == lower.npos ? 0 : std::stoul(lower.substr(at + 16)));
      if (rest.size() >= size) {
        auto message = rest.substr(0, size);
        rest.erase(0, size);
        return message;
      }
    }
    const auto got = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (got <= 0) return "";
    rest.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

// A keep-alive HTTP server; the path decides: /status/N, /slow/MS, /garbage, /close; else 200 with
// its name. It answers the head it got in the body of /echo.
class Server {
 public:
  explicit Server(std::string name, const std::string& address = "127.0.0.1")
      : name_(std::move(name)), fd_(listen_any(&port, address)), thread_([this] { run(); }) {}
  ~Server() {
    stopping_ = true;
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
    {
      const std::lock_guard lock(mutex_);
      for (const int client : clients_) ::shutdown(client, SHUT_RDWR);
    }
    for (auto& thread : threads_) thread.join();
  }
  int port = 0;
  std::atomic<int> requests = 0;

 private:
  void run() {
    while (!stopping_) {
      const int client = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) continue;
      const std::lock_guard lock(mutex_);
      clients_.insert(client);
      threads_.emplace_back([this, client] { serve(client); });
    }
  }
  void serve(int client) {
    const int yes = 1;
    ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    std::string rest;
    for (auto head = read_message(client, rest); !head.empty(); head = read_message(client, rest)) {
      ++requests;
      const auto answer = answer_to(head);
      ::send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
      if (head.find(" /close ") != head.npos || head.find(" /garbage ") != head.npos) break;
    }
    const std::lock_guard lock(mutex_);
    clients_.erase(client);
    ::close(client);
  }
  std::string answer_to(const std::string& head) const {
    const auto path = head.substr(head.find(' ') + 1);
    if (path.starts_with("/garbage ")) return "no http\r\n\r\n";
    if (path.starts_with("/close ")) return "";
    if (path.starts_with("/slow/")) {
      std::this_thread::sleep_for(std::chrono::milliseconds(std::stoi(path.substr(6))));
    }
    const int status = path.starts_with("/status/") ? std::stoi(path.substr(8)) : 200;
    const auto body = path.starts_with("/echo") ? head : name_;
    return fmt::format("HTTP/1.1 {} X\r\nContent-Length: {}\r\n\r\n{}", status, body.size(), body);
  }
  std::string name_;
  int fd_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::set<int> clients_;
  std::vector<std::thread> threads_;
  std::thread thread_;
};

// A client connection; reconnects when the answer said so, as HTTP clients do.
class Client {
 public:
  Client(std::string address, int port) : address_(std::move(address)), port_(port) {}
  ~Client() { close(); }
  std::string request(const std::string& method_and_path, const std::string& headers = "") {
    if (fd_ < 0 && !connect()) return "";
    const auto text = method_and_path + " HTTP/1.1\r\n" +
                      (headers.find("Host:") == headers.npos ? "Host: web.example\r\n" : "") +
                      headers + "\r\n";
    if (::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) < 0) return "";
    auto answer = read_message(fd_, rest_);
    if (answer.empty() || answer.find("onnection: close") != answer.npos) close();
    return answer;
  }
  std::string get(const std::string& path, const std::string& headers = "") {
    return request("GET " + path, headers);
  }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    rest_.clear();
  }

 private:
  bool connect() {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval timeout{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port_));
    ::inet_pton(AF_INET, address_.c_str(), &to.sin_addr);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) return true;
    close();
    return false;
  }
  std::string address_;
  int port_;
  int fd_ = -1;
  std::string rest_;
};

int status_of(const std::string& answer) {
  return answer.size() < 12 ? 0 : std::stoi(answer.substr(9, 3));
}
std::string body_of(const std::string& answer) {
  const auto head = answer.find("\r\n\r\n");
  return head == answer.npos ? "" : answer.substr(head + 4);
}

ProxyServer server_at(const Server& server) {
  return {fmt::format("127.0.0.1:{}", server.port), "127.0.0.1", server.port};
}

class Haproxy : public testing::Test {
 protected:
  void SetUp() override {
    char folder[] = "/tmp/seatrial-haproxy-XXXXXX";
    ASSERT_NE(::mkdtemp(folder), nullptr);
    folder_ = folder;
    driver_ = std::make_unique<HaproxyDriver>(HaproxyOptions{folder_});
    ASSERT_TRUE(driver_->available()) << driver_->available().error();
    port_ = unused_port();
    config_.listeners.push_back({"web", "lb", "127.0.0.1", port_});
  }
  void TearDown() override {
    if (driver_ != nullptr) driver_->stop();
    driver_.reset();
    std::filesystem::remove_all(folder_);
  }
  void add_pool(const std::string& id, std::vector<ProxyServer> servers) {
    config_.pools.push_back({id, "HTTP", std::move(servers)});
  }
  ProxyListener& listener() { return config_.listeners[0]; }
  void add_rule(ProxyCondition condition, ProxyAction action) {
    listener().rules.push_back({{std::move(condition)}, std::move(action)});
  }
  static ProxyAction to(const std::string& pool) {
    ProxyAction action;
    action.pools = {{pool, 1}};
    return action;
  }
  static ProxyAction fixed(int status, const std::string& body) {
    ProxyAction action{ProxyAction::Kind::kFixedResponse};
    action.status = status;
    action.content_type = "text/plain";
    action.body = body;
    return action;
  }
  std::string get(const std::string& path, const std::string& headers = "") {
    return Client("127.0.0.1", port_).get(path, headers);
  }
  // Counters follow the log by some milliseconds: waits for them.
  template <class F>
  ::testing::AssertionResult counted(F holds) {
    for (int i = 0; i < 1000; ++i) {
      if (holds(driver_->counters())) return ::testing::AssertionSuccess();
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return ::testing::AssertionFailure();
  }

  std::string folder_;
  std::unique_ptr<HaproxyDriver> driver_;
  ProxyConfig config_;
  int port_ = 0;
};

TEST_F(Haproxy, BalancesAndTellsServersAboutTheClient) {
  Server a("a"), b("b");
  add_pool("app", {server_at(a), server_at(b)});
  listener().default_action = to("app");
  ASSERT_EQ(apply_now(*driver_, config_), "");
  std::map<std::string, int> seen;
  for (int i = 0; i < 10; ++i) ++seen[body_of(get("/"))];
  EXPECT_EQ(seen, (std::map<std::string, int>{{"a", 5}, {"b", 5}}));
  const auto head = get("/echo", "X-Forwarded-For: 192.0.2.7\r\n");
  EXPECT_THAT(head, HasSubstr("x-forwarded-proto: http\r\n"));
  EXPECT_THAT(head, HasSubstr(fmt::format("x-forwarded-port: {}\r\n", port_)));
  EXPECT_THAT(head, HasSubstr("127.0.0.1"));
  EXPECT_THAT(body_of(head),
              testing::ContainsRegex("x-amzn-trace-id: Root=1-[0-9a-f]{8}-[0-9a-f]{24}\r\n"));
  EXPECT_THAT(
      get("/echo", "X-Amzn-Trace-Id: Root=1-2-3\r\n"),
      testing::ContainsRegex("x-amzn-trace-id: Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-2-3\r\n"));
}

TEST_F(Haproxy, RulesInOrderByPathHostMethodHeaderAndQuery) {
  using Kind = ProxyCondition::Kind;
  add_rule({Kind::kPath, "", {"/api/*", "/v?/x"}}, fixed(201, "api"));
  add_rule({Kind::kHost, "", {"*.Shop.example"}}, fixed(202, "shop"));
  add_rule({Kind::kMethod, "", {"DELETE"}}, fixed(203, "delete"));
  add_rule({Kind::kHeader, "X-Canary", {"yes*"}}, fixed(205, "canary"));
  add_rule({Kind::kQuery, "", {"version=2", "*=any*"}}, fixed(206, "query"));
  add_rule({Kind::kPath, "", {"/a'b\"c$(d)#%[e]\\ "}}, fixed(207, "it's 100%[src]\n#"));
  add_rule({Kind::kSourceIp, "", {"10.0.0.0/8"}}, fixed(208, "source"));
  listener().default_action = fixed(404, "");
  ASSERT_EQ(apply_now(*driver_, config_), "");
  EXPECT_EQ(body_of(get("/api/users")), "api");
  EXPECT_EQ(status_of(get("/api")), 404);
  EXPECT_EQ(status_of(get("/API/users")), 404);  // paths keep case
  EXPECT_EQ(body_of(get("/v2/x")), "api");
  EXPECT_EQ(status_of(get("/v22/x")), 404);
  EXPECT_EQ(body_of(get("/", "Host: a.SHOP.example:80\r\n")), "shop");
  EXPECT_EQ(status_of(get("/", "Host: shop.example\r\n")), 404);
  EXPECT_EQ(body_of(get("/api/x", "Host: a.shop.example\r\n")), "api");  // the first rule wins
  EXPECT_EQ(body_of(Client("127.0.0.1", port_).request("DELETE /")), "delete");
  EXPECT_EQ(body_of(get("/", "X-Canary: YES please\r\n")), "canary");
  EXPECT_EQ(body_of(get("/?a=1&version=2")), "query");
  EXPECT_EQ(body_of(get("/?b=anything")), "query");
  EXPECT_EQ(status_of(get("/?version=22")), 404);
  EXPECT_EQ(status_of(get("/zzz")), 404);
}

TEST_F(Haproxy, RecordsTellOfEachRequestEvenOnesBeforeAnybodyAsked) {
  Server server("a");
  add_pool("app", {server_at(server)});
  add_rule({ProxyCondition::Kind::kPath, "", {"/fixed"}}, fixed(202, "x"));
  listener().default_action = to("app");
  listener().records = true;
  ASSERT_EQ(apply_now(*driver_, config_), "");
  EXPECT_EQ(status_of(get("/fixed", "User-Agent: a \"b\" 100%\r\n")), 202);
  EXPECT_EQ(status_of(get("/x?y=z", "X-Amzn-Trace-Id: Root=1-2-3\r\n")), 200);
  EXPECT_TRUE(counted([](const ProxyCounters& c) {
    return c.pools.contains("app") && c.pools.at("app").requests == 1;
  }));
  std::vector<std::string> told;
  driver_->record_requests([&](std::span<const ProxyRecord> records) {
    for (const auto& r : records) {
      EXPECT_THAT(std::string(r.client), testing::StartsWith("127.0.0.1:"));
      EXPECT_EQ(r.connection.size(), 32u);
      EXPECT_GE(r.replied, r.begun);
      EXPECT_GT(r.sent_bytes, 0);
      told.push_back(fmt::format("{} {} {} {} {} {} {} [{}]", r.listener, r.pool, r.target, r.rule,
                                 r.status, r.method, r.uri, r.user_agent));
      told.push_back(r.trace);
    }
  });
  driver_->record_requests({});
  ASSERT_EQ(told.size(), 4u);
  EXPECT_EQ(told[0], "web   1 202 GET /fixed [a \"b\" 100%]");
  EXPECT_THAT(told[1], testing::StartsWith("Root=1-"));
  EXPECT_EQ(told[2], fmt::format("web app 127.0.0.1:{} 0 200 GET /x?y=z []", server.port));
  EXPECT_THAT(told[3], testing::MatchesRegex("Self=1-.*;Root=1-2-3"));
}

TEST_F(Haproxy, RedirectsFillPlaceholders) {
  ProxyAction action{ProxyAction::Kind::kRedirect};
  action.status = 301;
  action.location = "https://#{host}:443/#{path}?#{query}";
  listener().default_action = action;
  ASSERT_EQ(apply_now(*driver_, config_), "");
  EXPECT_THAT(get("/a/b?x=1"), HasSubstr("location: https://web.example:443/a/b?x=1\r\n"));
  EXPECT_THAT(get("/a/b"), HasSubstr("location: https://web.example:443/a/b\r\n"));
  listener().default_action.location = "#{protocol}://other:#{port}/100%25/'it/#{path}";
  listener().default_action.status = 302;
  ASSERT_EQ(apply_now(*driver_, config_), "");
  const auto answer = get("/p");
  EXPECT_EQ(status_of(answer), 302);
  EXPECT_THAT(answer, HasSubstr(fmt::format("location: http://other:{}/100%25/'it/p\r\n", port_)));
  EXPECT_TRUE(counted([](const ProxyCounters& c) {
    const auto web = c.listeners.at("web");
    return web.redirects == 3 && web.elb_3xx == 3 && web.fixed_responses == 0 &&
           web.rule_evaluations == 0;  // the default rule's
  }));
}

TEST_F(Haproxy, ErrorsLookLikeElbs) {
  Server server("a");
  add_pool("app", {server_at(server)});
  add_pool("empty", {});
  add_pool("refusing", {{"r", "127.0.0.1", unused_port()}});
  add_rule({ProxyCondition::Kind::kPath, "", {"/none"}}, to("empty"));
  add_rule({ProxyCondition::Kind::kPath, "", {"/refused"}}, to("refusing"));
  listener().default_action = to("app");
  listener().idle_timeout_s = 1;
  ASSERT_EQ(apply_now(*driver_, config_), "");
  const std::pair<const char*, int> cases[] = {
      {"/none", 503}, {"/refused", 502}, {"/garbage", 502}, {"/close", 502}, {"/slow/1500", 504}};
  for (const auto& [path, status] : cases) {
    const auto answer = get(path);
    EXPECT_EQ(status_of(answer), status) << path;
    EXPECT_EQ(body_of(answer), elb_page(status)) << path;
    EXPECT_THAT(answer, testing::ContainsRegex("[Ss]erver: awselb/2.0\r\n")) << path;
  }
  EXPECT_TRUE(counted([](const ProxyCounters& c) {
    const auto web = c.listeners.at("web");
    return web.elb_5xx == 5 && web.elb_statuses.at(502) == 3 && web.elb_statuses.at(504) == 1 &&
           web.fixed_responses == 0 && web.rule_evaluations == 1 + 4 * 2 &&
           c.pools.at("refusing").connection_errors == 1;
  })) <<
      [&] {
        const auto web = driver_->counters().listeners["web"];
        std::string text =
            fmt::format("{} fixed, {} rules", web.fixed_responses, web.rule_evaluations);
        for (const auto& [status, count] : web.elb_statuses)
          text += fmt::format(", {} {}", count, status);
        return text;
      }();
}

TEST_F(Haproxy, CountsExactlyAcrossReloads) {
  Server server("a");
  add_pool("app", {server_at(server)});
  listener().default_action = to("app");
  for (int round = 0; round < 3; ++round) {
    listener().rules.clear();
    add_rule({ProxyCondition::Kind::kPath, "", {fmt::format("/fixed{}", round)}}, fixed(418, "x"));
    ASSERT_EQ(apply_now(*driver_, config_), "");
    Client client("127.0.0.1", port_);
    for (int i = 0; i < 10; ++i) client.get("/");
    for (const int status : {301, 404, 404, 500}) client.get(fmt::format("/status/{}", status));
    client.get("/slow/20");
    EXPECT_EQ(status_of(client.get(fmt::format("/fixed{}", round))), 418);
  }
  EXPECT_TRUE(counted([](const ProxyCounters& c) {
    const auto& app = c.pools.at("app");
    const auto& web = c.listeners.at("web");
    return app.requests == 45 && app.response_2xx == 33 && app.response_3xx == 3 &&
           app.response_4xx == 6 && app.response_5xx == 3 && app.response_time_count == 45 &&
           app.response_time_sum_ms >= 60 && web.requests == 45 && web.elb_4xx == 3 &&
           web.elb_5xx == 0 && web.new_connections >= 3 && web.bytes_out > 45 * 20 &&
           web.fixed_responses == 3 && web.elb_statuses.at(418) == 3 && web.redirects == 0 &&
           web.rule_evaluations == 48 && app.response_times_us.rbegin()->first >= 20'000;
  })) << driver_->counters().pools["app"].requests;
  EXPECT_EQ(driver_->reloads(), 3);
}

TEST_F(Haproxy, ServersComeGoAndDrainWithoutAReload) {
  Server a("a"), b("b");
  add_pool("app", {server_at(a)});
  listener().default_action = to("app");
  ASSERT_EQ(apply_now(*driver_, config_), "");
  auto& servers = config_.pools[0].servers;
  servers.push_back(server_at(b));
  servers[0].draining = true;
  ASSERT_EQ(apply_now(*driver_, config_), "");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(body_of(get("/")), "b");
  servers[0].draining = false;
  servers.pop_back();
  ASSERT_EQ(apply_now(*driver_, config_), "");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(body_of(get("/")), "a");
  servers.clear();
  ASSERT_EQ(apply_now(*driver_, config_), "");
  EXPECT_EQ(status_of(get("/")), 503);
  EXPECT_EQ(driver_->reloads(), 1);
  for (int i = 0; i < 20; ++i) servers.push_back({fmt::format("x{}", i), "127.0.0.1", a.port});
  ASSERT_EQ(apply_now(*driver_, config_), "");
  EXPECT_EQ(body_of(get("/")), "a");
  EXPECT_EQ(driver_->reloads(), 2);  // more than there were slots
}

TEST_F(Haproxy, ADrainingServerFinishesWhatItHas) {
  Server a("a"), b("b");
  add_pool("app", {server_at(a)});
  listener().default_action = to("app");
  ASSERT_EQ(apply_now(*driver_, config_), "");
  std::string slow;
  std::thread client([&] { slow = get("/slow/400"); });
  while (a.requests == 0) std::this_thread::yield();
  config_.pools[0].servers[0].draining = true;
  config_.pools[0].servers.push_back(server_at(b));
  ASSERT_EQ(apply_now(*driver_, config_), "");
  EXPECT_EQ(body_of(get("/")), "b");
  client.join();
  EXPECT_EQ(status_of(slow), 200);
  EXPECT_EQ(a.requests, 1);
}

TEST_F(Haproxy, WeightsShareTraffic) {
  Server a("a"), b("b");
  add_pool("one", {server_at(a)});
  add_pool("two", {server_at(b)});
  listener().default_action.pools = {{"one", 90}, {"two", 10}};
  ASSERT_EQ(apply_now(*driver_, config_), "");
  Client client("127.0.0.1", port_);
  for (int i = 0; i < 400; ++i) client.get("/");
  EXPECT_NEAR(a.requests, 360, 40);
  EXPECT_EQ(a.requests + b.requests, 400);
}

TEST_F(Haproxy, StickyClientsStay) {
  Server a("a"), b("b");
  add_pool("app", {server_at(a), server_at(b)});
  config_.pools[0].stickiness_s = 60;
  listener().default_action = to("app");
  ASSERT_EQ(apply_now(*driver_, config_), "");
  const auto first = get("/");
  const auto at = first.find("AWSALB=");
  ASSERT_NE(at, first.npos) << first;
  const auto cookie = first.substr(at, first.find(';', at) - at);
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(body_of(get("/", "Cookie: " + cookie + "\r\n")), body_of(first));
  }
}

// The promise: clients with kept-alive and with new connections see no failure in 30 changes.
TEST_F(Haproxy, ThirtyChangesDropNothing) {
  Server a("a"), b("b"), c("c");
  add_pool("app", {server_at(a), server_at(b)});
  listener().default_action = to("app");
  ASSERT_EQ(apply_now(*driver_, config_), "");
  std::atomic<bool> done = false;
  std::atomic<int> good = 0, bad = 0;
  std::mutex mutex;
  std::string first_bad;
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&, kept = i % 2 == 0] {
      Client client("127.0.0.1", port_);
      while (!done) {
        const auto answer = client.get("/");
        if (status_of(answer) == 200)
          ++good;
        else if (++bad == 1) {
          const std::lock_guard lock(mutex);
          first_bad = answer;
        }
        if (!kept) client.close();
        std::this_thread::sleep_for(std::chrono::microseconds(300));
      }
    });
  }
  for (int change = 0; change < 30; ++change) {
    auto& servers = config_.pools[0].servers;
    switch (change % 3) {
      case 0:
        servers = {server_at(b), server_at(c)};
        break;
      case 1:
        servers = {server_at(a), server_at(b), server_at(c)};
        servers[1].draining = true;
        break;
      default:
        servers = {server_at(a), server_at(b)};
        add_rule({ProxyCondition::Kind::kPath, "", {fmt::format("/r{}", change)}}, fixed(200, "r"));
    }
    const int before = good;
    ASSERT_EQ(apply_now(*driver_, config_), "");
    while (good < before + 20 && bad == 0) std::this_thread::yield();
  }
  done = true;
  for (auto& client : clients) client.join();
  EXPECT_EQ(bad, 0) << "first: '" << first_bad << "'";
  EXPECT_GE(good, 600);
  EXPECT_EQ(driver_->reloads(), 11);
}

TEST_F(Haproxy, AKilledDaemonsProxyGoesOnAndIsTakenOver) {
  Server a("a"), b("b");
  add_pool("app", {server_at(a)});
  listener().default_action = to("app");
  ASSERT_EQ(apply_now(*driver_, config_), "");
  driver_.reset();  // without stop(): what a killed daemon leaves
  for (int i = 0; i < 3; ++i) EXPECT_EQ(body_of(get("/")), "a");
  driver_ = std::make_unique<HaproxyDriver>(HaproxyOptions{folder_});
  EXPECT_TRUE(counted([](const ProxyCounters& c) {  // what happened meanwhile is not lost
    const auto app = c.pools.find("app");
    return app != c.pools.end() && app->second.requests == 3;
  }));
  EXPECT_TRUE(driver_->can_listen("127.0.0.1", port_));
  config_.pools[0].servers = {server_at(b)};
  ASSERT_EQ(apply_now(*driver_, config_), "");
  EXPECT_EQ(body_of(get("/")), "b");
  driver_->stop();
  // None of them is left; the kernel may close the last one's connections a moment later.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (try_listen("127.0.0.1", port_) != 0 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  EXPECT_EQ(try_listen("127.0.0.1", port_), 0);
}

TEST_F(Haproxy, AProxyThatDiesIsStartedAgain) {
  Server a("a");
  add_pool("app", {server_at(a)});
  listener().default_action = to("app");
  ASSERT_EQ(apply_now(*driver_, config_), "");
  const auto holder = find_port_holder("127.0.0.1", port_);
  ASSERT_EQ(holder.name, "haproxy");
  ASSERT_EQ(::kill(holder.pid, SIGKILL), 0);
  int status = 0;
  for (int i = 0; i < 1000 && status != 200; ++i) {
    status = status_of(get("/"));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(status, 200);
}

TEST_F(Haproxy, SaysWhoHoldsThePort) {
  int port = 0;
  const int fd = listen_any(&port);
  const auto refused = driver_->can_listen("127.0.0.1", port);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr(fmt::format("(pid {})", ::getpid())));
  listener().port = port;
  listener().default_action = fixed(200, "x");
  EXPECT_THAT(apply_now(*driver_, config_), HasSubstr(std::to_string(port)));
  ::close(fd);
}

TEST_F(Haproxy, MissingProgramSaysHowToInstall) {
  HaproxyDriver driver({folder_ + "/none", "", "", "haproxy-is-not-here"});
  ASSERT_FALSE(driver.available());
  EXPECT_THAT(driver.available().error(), HasSubstr("apt-get install haproxy"));
}

TEST_F(Haproxy, TcpPassesBytesThrough) {
  Server a("a");
  config_.pools.push_back({"app", "TCP", {server_at(a)}});
  listener().protocol = "TCP";
  listener().default_action = to("app");
  ASSERT_EQ(apply_now(*driver_, config_), "");
  EXPECT_EQ(body_of(get("/")), "a");
  EXPECT_TRUE(counted([](const ProxyCounters& c) {
    return c.pools.contains("app") && c.pools.at("app").requests == 1;
  }));
}

class HaproxyInVpc : public testing::Test {
 public:
  void TestBody() override {
    char folder[] = "/tmp/seatrial-haproxy-XXXXXX";
    ASSERT_NE(::mkdtemp(folder), nullptr);
    NamespaceNetwork network(folder);
    ASSERT_EQ(network.setup_error(), "");
    std::unique_ptr<Server> server;  // any address in the VPC's namespace stands for a task's
    network.run_in_vpc([&] { server = std::make_unique<Server>("vpc", "10.0.0.1"); });
    HaproxyDriver driver(
        {std::string(folder) + "/run/haproxy", network.vpc_namespace(), network.host_namespace()});
    ProxyConfig config;
    config.pools.push_back({"app", "HTTP", {}});
    const auto address = network.loopback_address("web");
    config.listeners.push_back({"web", "lb", address, 8080});
    config.listeners[0].default_action.pools = {{"app", 1}};
    EXPECT_EQ(apply_now(driver, config), "");
    config.pools[0].servers = {{"t", "10.0.0.1", server->port}};
    EXPECT_EQ(apply_now(driver, config), "");
    Client client(address, 8080);
    EXPECT_EQ(body_of(client.get("/")), "vpc");
    EXPECT_EQ(driver.reloads(), 1);
    // The replaced process goes on serving its connections.
    config.listeners.push_back({"more", "lb", address, 8081});
    config.listeners[1].default_action.pools = {{"app", 1}};
    EXPECT_EQ(apply_now(driver, config), "");
    EXPECT_EQ(driver.reloads(), 2);
    EXPECT_EQ(body_of(client.get("/")), "vpc");
    EXPECT_EQ(body_of(Client(address, 8081).get("/")), "vpc");
    driver.stop();
    server.reset();
    network.destroy();
    std::filesystem::remove_all(folder);
  }
};

const bool kRegistered = [] {
  if (const auto reason = why_no_namespaces(); !reason.empty()) {
    fmt::print(stderr, "haproxy_test: the VPC test is not registered: {}\n", reason);
    return false;
  }
  testing::RegisterTest("HaproxyInVpc", "ReachesServersThroughTheNamespace", nullptr, nullptr,
                        __FILE__, __LINE__, []() -> testing::Test* { return new HaproxyInVpc; });
  return true;
}();

class RealProxyBench final : public ProxyBench {
 public:
  RealProxyBench() {
    char folder[] = "/tmp/seatrial-haproxy-XXXXXX";
    EXPECT_NE(::mkdtemp(folder), nullptr);
    folder_ = folder;
    driver_ = std::make_unique<HaproxyDriver>(HaproxyOptions{folder_});
  }
  ~RealProxyBench() override {
    driver_->stop();
    driver_.reset();
    std::filesystem::remove_all(folder_);
    for (const int fd : sockets_) ::close(fd);
  }
  ProxyDriver& driver() override { return *driver_; }
  int free_port() override { return unused_port(); }
  int taken_port() override {
    int port = 0;
    sockets_.push_back(listen_any(&port));
    return port;
  }

 private:
  std::string folder_;
  std::unique_ptr<HaproxyDriver> driver_;
  std::vector<int> sockets_;
};

INSTANTIATE_TEST_SUITE_P(, ProxyContract,
                         testing::Values(ProxyBenchMaker{
                             "Haproxy", [] { return std::make_unique<RealProxyBench>(); }}),
                         [](const auto& about) { return about.param.name; });

TEST(HaproxyConfig, PatternsCannotLeaveTheirPlace) {
  EXPECT_EQ(wildcard_regex("/a/*"), "\\x2fa\\x2f.*");
  EXPECT_EQ(wildcard_regex("?'\"\n $"), ".\\x27\\x22\\x0a\\x20\\x24");
  for (int c = 0; c < 256; ++c) {
    const auto regex = wildcard_regex(std::string(1, static_cast<char>(c)));
    EXPECT_EQ(regex.find_first_not_of(
                  "\\abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.*"),
              regex.npos);
  }
}

TEST(HaproxyConfig, BadNamesAreRefused) {
  ProxyConfig good;
  good.pools.push_back({"p", "HTTP", {{"s", "10.0.0.1", 80}}});
  good.listeners.push_back({"l", "lb", "127.0.0.1", 80});
  good.listeners[0].default_action.pools = {{"p", 1}};
  const auto refused = [](const ProxyConfig& config) {
    HaproxySlots slots;
    grow_slots(config.pools, slots);
    assign_slots(config.pools, slots, 1);
    return !render_haproxy(config, slots, {"/x", "/x/s"});
  };
  EXPECT_FALSE(refused(good));
  const auto broken = [&](auto change) {
    auto config = good;
    change(config);
    return refused(config);
  };
  EXPECT_TRUE(broken([](auto& c) { c.listeners[0].id = "l\n  bind *:1"; }));
  EXPECT_TRUE(broken([](auto& c) { c.listeners[0].address = "*"; }));
  EXPECT_TRUE(broken([](auto& c) { c.listeners[0].port = 0; }));
  EXPECT_TRUE(broken([](auto& c) { c.pools[0].id = "p q"; }));
  EXPECT_TRUE(broken([](auto& c) { c.pools[0].servers[0].address = "10.0.0.1 check"; }));
  EXPECT_TRUE(broken([](auto& c) {
    c.listeners[0].rules.push_back({{{ProxyCondition::Kind::kHeader, "X) -m found", {"v"}}}, {}});
  }));
  EXPECT_TRUE(broken([](auto& c) {
    c.listeners[0].default_action = {ProxyAction::Kind::kRedirect};
    c.listeners[0].default_action.status = 301;
    c.listeners[0].default_action.location = "http://x/\r\nSet-Cookie: a";
  }));
}

}  // namespace
}  // namespace seatrial::drivers
