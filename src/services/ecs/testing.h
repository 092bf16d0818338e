// ECS in a world of fakes: containers, network, target groups and the other rooms, all on the
// test's thread and the manual clock, so that a seed reproduces everything.
#pragma once
#include <gmock/gmock.h>

#include "room/testing.h"
#include "services/ecs/service.h"

namespace seatrial::services::ecs::testing {

// Containers start and stop at once (SIGTERM is obeyed) unless told otherwise; they outlive a room.
class FakeContainers final : public drivers::ContainerDriver {
 public:
  explicit FakeContainers(Executor& control) : control_(control) {}

  std::vector<drivers::ContainerStatus> list() override {
    std::vector<drivers::ContainerStatus> all;
    for (const auto& [id, box] : boxes) all.push_back({id, !box.exit.has_value(), box.exit});
    return all;
  }
  void attach(drivers::ContainerEvents& events) override { events_ = &events; }
  void start(drivers::ContainerSpec spec) override {
    const std::string id = spec.id;
    if (!has_image(spec.image)) {
      control_.post([this, id, image = spec.image] {
        if (events_)
          events_->container_start_failed(
              id, {"CannotPullContainerError", "image " + image + " not found"});
      });
      return;
    }
    boxes[id] = {.spec = std::move(spec)};
    control_.post([this, id] {
      if (events_) events_->container_started(id);
    });
  }
  void stop(const std::string& id, std::chrono::milliseconds grace) override {
    const auto box = boxes.find(id);
    if (box == boxes.end() || box->second.exit) return;
    box->second.stops += 1;
    if (!stubborn) return end(id, 143);
    control_.post_after(grace, [this, id] { end(id, 137); });
  }
  void remove(const std::string& id) override { boxes.erase(id); }
  void acknowledge_output(const std::string& id, std::uint64_t position) override {
    acknowledged[id] = position;
  }
  std::optional<drivers::ContainerUsage> usage(const std::string& id) override {
    const auto box = boxes.find(id);
    if (box == boxes.end() || box->second.exit) return std::nullopt;
    box->second.usage.cpu_ns += cpu_ns_per_sample;
    return box->second.usage;
  }
  std::optional<std::int64_t> storage_bytes(const std::string& id) override {
    return boxes.contains(id) ? storage : std::nullopt;
  }
  bool has_image(const std::string& image) override { return image.find("missing") == image.npos; }

  // The container ends by itself.
  void end(const std::string& id, int code, bool out_of_memory = false) {
    const auto box = boxes.find(id);
    if (box == boxes.end() || box->second.exit) return;
    box->second.exit = drivers::ContainerExit{id, code, out_of_memory, {}};
    control_.post([this, exit = *box->second.exit] {
      if (events_) events_->container_exited(exit);
    });
  }
  void print(const std::string& id, std::string text) {
    events_->container_output(id, {{from_ms(1), std::move(text)}}, ++printed);
  }
  void detach_events() { events_ = nullptr; }
  std::vector<std::string> up() const {
    std::vector<std::string> ids;
    for (const auto& [id, box] : boxes) {
      if (!box.exit) ids.push_back(id);
    }
    return ids;
  }

  struct Box {
    drivers::ContainerSpec spec;
    std::optional<drivers::ContainerExit> exit;
    int stops = 0;
    drivers::ContainerUsage usage{0, 64 * 1024 * 1024};
  };
  std::map<std::string, Box> boxes;
  std::map<std::string, std::uint64_t> acknowledged;
  bool stubborn = false;
  std::uint64_t printed = 0;
  std::int64_t cpu_ns_per_sample = 0;
  std::optional<std::int64_t> storage;

 private:
  Executor& control_;
  drivers::ContainerEvents* events_ = nullptr;
};

class FakeNetwork final : public drivers::NetworkDriver {
 public:
  std::string vpc_namespace() const override { return "vpc"; }
  std::string api_address() const override { return "169.254.170.2"; }
  std::expected<drivers::TaskNetwork, std::string> attach(const std::string& id,
                                                          const std::string& cidr) override {
    if (broken) return std::unexpected("no address left in " + cidr);
    if (!attached.contains(id)) {
      ++made;
      attached[id] = fmt::format("10.0.{}.{}", made / 250, 4 + made % 250);
    }
    return drivers::TaskNetwork{id, attached[id], loopback ? "" : "ns-" + id, "02:00:00:00:00:01"};
  }
  void detach(const std::string& id) override { attached.erase(id); }
  void sweep(const std::vector<std::string>& keep) override {
    std::erase_if(attached, [&](const auto& entry) {
      return std::ranges::find(keep, entry.first) == keep.end();
    });
  }
  // Each reading of the counters finds a second's traffic more.
  std::map<std::string, drivers::NetworkUsage> usage() override {
    std::map<std::string, drivers::NetworkUsage> all;
    if (loopback) return all;
    ++readings;
    for (const auto& [id, _] : attached)
      all[id] = {
          .rx_bytes = readings * 5'000, .rx_packets = readings, .tx_bytes = readings * 70'000};
    return all;
  }
  std::string loopback_address(const std::string&) override { return "127.80.0.1"; }
  void run_in_vpc(std::function<void()> work) override { work(); }
  void destroy() override { attached.clear(); }

  std::map<std::string, std::string> attached;  // task id to address
  bool broken = false, loopback = false;
  std::int64_t readings = 0;
  int made = 0;
};

// Targets turn healthy after `settle`, drain for `delay`.
class FakeTargets final : public elbv2::TargetGroups {
 public:
  explicit FakeTargets(Executor& control) : control_(control) {}

  bool exists(const std::string&, const std::string& arn) override {
    return arn.find("missing") == arn.npos;
  }
  bool attached_to_load_balancer(const std::string&, const std::string& arn) override {
    return arn.find("lonely") == arn.npos;
  }
  room::Outcome<void> register_target(const std::string& region, const std::string& arn,
                                      const std::string& ip, int, const std::string&) override {
    states[arn][ip] = {"initial", "Elb.RegistrationInProgress", ""};
    control_.post_after(settle, [this, region, arn, ip] {
      const auto target = states[arn].find(ip);
      if (target == states[arn].end() || target->second.state != "initial") return;
      set(region, arn, ip, sick ? "unhealthy" : "healthy");
    });
    return {};
  }
  void deregister_target(const std::string& region, const std::string& arn, const std::string& ip,
                         int) override {
    if (!states[arn].contains(ip)) return;
    states[arn][ip] = {"draining", "Target.DeregistrationInProgress", ""};
    control_.post_after(delay, [this, region, arn, ip] {
      states[arn].erase(ip);
      if (changed_) changed_(region, arn);
    });
  }
  std::optional<elbv2::TargetState> target_state(const std::string&, const std::string& arn,
                                                 const std::string& ip, int) override {
    const auto found = states[arn].find(ip);
    if (found == states[arn].end()) return std::nullopt;
    return found->second;
  }
  void on_change(
      std::function<void(const std::string& region, const std::string& arn)> changed) override {
    changed_ = std::move(changed);
  }
  void set(const std::string& region, const std::string& arn, const std::string& ip,
           const std::string& state) {
    states[arn][ip] = {state, "",
                       state == "unhealthy" ? "Health checks failed with these codes: [500]" : ""};
    if (changed_) changed_(region, arn);
  }
  void detach_events() { changed_ = nullptr; }

  std::map<std::string, std::map<std::string, elbv2::TargetState>> states;  // by ARN, address
  Millis settle{5'000}, delay{10'000};
  bool sick = false;

 private:
  Executor& control_;
  std::function<void(const std::string&, const std::string&)> changed_;
};

class FakeRooms final : public logs::LogSink,
                        public ssm::Parameters,
                        public secretsmanager::Secrets,
                        public ec2::Vpcs,
                        public cloudwatch::MetricSink {
 public:
  room::Outcome<void> ensure_stream(const std::string&, const std::string& group,
                                    const std::string& stream, bool create) override {
    if (group == "/absent" && !create) {
      return room::fail("ResourceNotFoundException", "The specified log group does not exist.");
    }
    lines[stream];
    return {};
  }
  void append(const std::string&, const std::string&, const std::string& stream,
              std::vector<logs::LogLine> more, std::function<void()> durable) override {
    for (auto& line : more) lines[stream].push_back(std::move(line.message));
    durable();
  }
  room::Outcome<std::string> value(const std::string&, const std::string& name) override {
    if (name == "/absent") return room::fail("ParameterNotFound", "");
    return "parameter " + name;
  }
  room::Outcome<std::string> value(const std::string&, const std::string& id,
                                   const std::string& key, const std::string& stage,
                                   const std::string& version) override {
    return fmt::format("secret {} [{}] [{}] [{}]", id, key, stage, version);
  }
  std::optional<ec2::Subnet> subnet(const std::string&, const std::string& id) override {
    if (!id.starts_with("subnet-")) return std::nullopt;
    return ec2::Subnet{id, "vpc-1", "ap-southeast-2" + id.substr(7, 1), "10.0.1.0/24"};
  }
  std::vector<ec2::Subnet> default_subnets(const std::string&) override { return {}; }
  bool vpc_exists(const std::string&, const std::string&) override { return true; }
  std::string default_vpc(const std::string&) override { return "vpc-1"; }
  bool security_group_exists(const std::string&, const std::string& id) override {
    return id.starts_with("sg-");
  }
  std::string default_security_group(const std::string&) override { return "sg-1"; }
  void put(const std::string&, std::vector<cloudwatch::Datum> more) override {
    data.insert(data.end(), more.begin(), more.end());
  }

  std::map<std::string, std::vector<std::string>> lines;  // by stream
  std::vector<cloudwatch::Datum> data;
};

class FakeBus final : public events::Bus {
 public:
  struct Event {
    std::string source, type;
    std::vector<std::string> resources;
    Value detail;
  };
  void put(const std::string&, const std::string& source, const std::string& type,
           std::vector<std::string> resources, Value detail) override {
    events.push_back({source, type, std::move(resources), std::move(detail)});
  }
  std::vector<Event> events;
};

inline constexpr const char* kTargetGroup =
    "arn:aws:elasticloadbalancing:ap-southeast-2:123456789012:targetgroup/web/0123456789abcdef";

class EcsWorld {
 public:
  explicit EcsWorld(std::uint64_t seed = 1)
      : world(seed), containers(world.control), targets(world.control) {
    open();
  }
  ~EcsWorld() { close(); }

  void open() {
    room = std::make_unique<Ecs>(*world.env, Parts{.containers = containers,
                                                   .network = network,
                                                   .targets = targets,
                                                   .logs = rooms,
                                                   .parameters = rooms,
                                                   .secrets = rooms,
                                                   .vpcs = rooms,
                                                   .metrics = rooms,
                                                   .api_port = [] { return 4566; },
                                                   .background = &world.control,
                                                   .bus = &bus});
    world.add(*room);
    room->start();
    run();
  }
  // As kill -9 would: the room is gone, containers and network stay.
  void close() {
    containers.detach_events();
    targets.detach_events();
    room->stop();
    world.store->flush();
    room.reset();
  }
  void run() { world.control.run_due(); }
  void advance(int seconds) { world.control.advance(Millis{1'000LL * seconds}); }

  room::Outcome<Value> call(std::string_view operation, std::string_view json) {
    const auto input = parse_json(json);
    ST_CHECK(input.has_value(), "the test's JSON is wrong");
    return world.call("ecs", operation, *input);
  }
  // The reply of a call that must succeed.
  Value ok(std::string_view operation, std::string_view json) {
    auto reply = call(operation, json);
    EXPECT_TRUE(reply.has_value()) << operation << ": " << (reply ? "" : reply.error().message);
    run();
    return reply ? *reply : Value(Object{});
  }
  // "Code: message" of a call that must fail.
  std::string error(std::string_view operation, std::string_view json) {
    const auto reply = call(operation, json);
    return reply ? "no error" : reply.error().code + ": " + reply.error().message;
  }

  void make_cluster() { ok("CreateCluster", R"({"clusterName":"c"})"); }
  void define(const std::string& image = "web:1", const std::string& more = "") {
    ok("RegisterTaskDefinition",
       fmt::format(
           R"({{"family":"web","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],)"
           R"("cpu":"256","memory":"512","executionRoleArn":"arn:aws:iam::123456789012:role/x",)"
           R"("containerDefinitions":[{{"name":"web","image":"{}",)"
           R"("portMappings":[{{"containerPort":8000}}]{}}}]}})",
           image, more));
  }
  void make_service(int desired, const std::string& more = "") {
    ok("CreateService",
       fmt::format(R"({{"cluster":"c","serviceName":"s","taskDefinition":"web","desiredCount":{},)"
                   R"("launchType":"FARGATE","networkConfiguration":{{"awsvpcConfiguration":)"
                   R"({{"subnets":["subnet-a","subnet-b"]}}}}{}}})",
                   desired, more));
  }
  static std::string behind_balancer() {
    return fmt::format(R"(,"loadBalancers":[{{"targetGroupArn":"{}","containerName":"web",)"
                       R"("containerPort":8000}}])",
                       kTargetGroup);
  }
  Value service() {
    return ok("DescribeServices", R"({"cluster":"c","services":["s"]})").at("services").at(0);
  }
  std::vector<std::string> task_arns(const std::string& status = "RUNNING") {
    const Value reply =
        ok("ListTasks", fmt::format(R"({{"cluster":"c","desiredStatus":"{}"}})", status));
    return record_from<std::vector<std::string>>(reply.at("taskArns"));
  }
  Value task(const std::string& arn) {
    return ok("DescribeTasks", fmt::format(R"({{"cluster":"c","tasks":["{}"]}})", arn))
        .at("tasks")
        .at(0);
  }
  // Texts of the service's events, oldest first, ids of tasks and deployments left out.
  std::vector<std::string> events() {
    std::vector<std::string> texts;
    const Value shown = service();
    for (const auto& event : shown.at("events").as_array()) {
      texts.insert(texts.begin(), without_ids(std::string(text_member(event, "message"))));
    }
    return texts;
  }
  static std::string without_ids(std::string text) {
    for (const auto& [mark, digits] : {std::pair(std::string("(task "), 32), {"ecs-svc/", 19}}) {
      for (auto at = text.find(mark); at != text.npos; at = text.find(mark, at + 1)) {
        text.replace(at + mark.size(), digits, "N");
      }
    }
    return text;
  }
  static std::string container_of_task(const std::string& arn, const std::string& name = "web") {
    return container_id(short_name(arn), name);
  }

  room::TestWorld world;
  FakeContainers containers;
  FakeNetwork network;
  FakeTargets targets;
  FakeRooms rooms;
  FakeBus bus;
  std::unique_ptr<Ecs> room;
};

}  // namespace seatrial::services::ecs::testing
