// The room over fake drivers and a manual clock: what clients see, what the proxy is told, when.
#include "services/elbv2/service.h"

#include <gmock/gmock.h>

#include "drivers/fake/network_fake.h"
#include "drivers/fake/probe_fake.h"
#include "drivers/fake/proxy_fake.h"
#include "room/testing.h"

namespace seatrial::services::elbv2 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

constexpr const char* kVpc = "vpc-0d0000000000000d1";

class FakeVpcs final : public ec2::Vpcs {
 public:
  std::optional<ec2::Subnet> subnet(const std::string& region, const std::string& id) override {
    for (const auto& subnet : default_subnets(region)) {
      if (subnet.id == id) return subnet;
    }
    return {};
  }
  std::vector<ec2::Subnet> default_subnets(const std::string& region) override {
    return {{"subnet-a", kVpc, region + "a", "10.0.1.0/24"},
            {"subnet-b", kVpc, region + "b", "10.0.2.0/24"},
            {"subnet-b2", kVpc, region + "b", "10.0.4.0/24"}};
  }
  bool vpc_exists(const std::string&, const std::string& id) override { return id == kVpc; }
  std::string default_vpc(const std::string&) override { return kVpc; }
  bool security_group_exists(const std::string&, const std::string& id) override {
    return id.starts_with("sg-");
  }
  std::string default_security_group(const std::string&) override { return "sg-default"; }
};

class Sink final : public cloudwatch::MetricSink {
 public:
  void put(const std::string& region, std::vector<cloudwatch::Datum> data) override {
    for (auto& datum : data) {
      std::string where;
      for (const auto& [name, value] : datum.dimensions) where += "," + name;
      sums[region + "/" + datum.name_space + "/" + datum.name + where] += datum.value;
      last[datum.name + where] = datum;
    }
  }
  std::map<std::string, double> sums;
  std::map<std::string, cloudwatch::Datum> last;
};

class Elb : public testing::Test {
 protected:
  Elb() { restart(); }
  ~Elb() override { room_->stop(); }

  void restart() {
    if (room_ != nullptr) room_->stop();
    room_.reset();
    world_.store->flush();
    room_ = std::make_unique<Elbv2>(*world_.env,
                                    Parts{proxy_, prober_, network_, vpcs_, sink_, nullptr});
    world_.add(*room_);
    room_->on_change(
        [this](const std::string&, const std::string& arn) { changes_.push_back(arn); });
    room_->start();
    settle();
  }
  void settle() { world_.control.advance(Controller::kSettle + 1ms); }
  void advance(Millis by) { world_.control.advance(by); }

  Value ok(std::string_view operation, Value input) {
    auto reply = world_.call("elbv2", operation, std::move(input));
    EXPECT_TRUE(reply) << operation << ": "
                       << (reply ? "" : reply.error().code + ": " + reply.error().message);
    return reply ? *reply : Value(Object{});
  }
  model::AwsError error(std::string_view operation, Value input) {
    auto reply = world_.call("elbv2", operation, std::move(input));
    EXPECT_FALSE(reply) << operation << " answered " << (reply ? to_json(*reply) : "");
    return reply ? model::AwsError{} : reply.error();
  }
  static std::string text(const Value& v, const char* pointer) {
    return std::string(as_view(v.at_pointer(pointer).get_string()));
  }

  Object group_input(const std::string& name) {
    return {{"Name", name},
            {"Protocol", "HTTP"},
            {"Port", 8000},
            {"VpcId", kVpc},
            {"TargetType", "ip"},
            {"HealthCheckPath", "/health"},
            {"HealthCheckIntervalSeconds", 10}};
  }
  Object balancer_input(const std::string& name) {
    return {{"Name", name}, {"Subnets", Array{"subnet-a", "subnet-b"}}};
  }
  std::string create_group(const std::string& name = "app") {
    return text(ok("CreateTargetGroup", group_input(name)), "/TargetGroups/0/TargetGroupArn");
  }
  std::string create_balancer(const std::string& name = "web") {
    return text(ok("CreateLoadBalancer", balancer_input(name)), "/LoadBalancers/0/LoadBalancerArn");
  }
  static Array forward_to(const std::string& group) {
    return {Object{{"Type", "forward"}, {"TargetGroupArn", group}}};
  }
  std::string create_listener(const std::string& lb, const std::string& group, int port = 80) {
    return text(ok("CreateListener", Object{{"LoadBalancerArn", lb},
                                            {"Protocol", "HTTP"},
                                            {"Port", port},
                                            {"DefaultActions", forward_to(group)}}),
                "/Listeners/0/ListenerArn");
  }
  void register_target(const std::string& group, const std::string& ip) {
    ok("RegisterTargets",
       Object{{"TargetGroupArn", group}, {"Targets", Array{Object{{"Id", ip}}}}});
    settle();
  }
  // "healthy", or "unhealthy Target.Timeout".
  std::string health(const std::string& group, const std::string& ip) {
    const auto reply = ok("DescribeTargetHealth", Object{{"TargetGroupArn", group},
                                                         {"Targets", Array{Object{{"Id", ip}}}}});
    const auto& state = reply.at_pointer("/TargetHealthDescriptions/0/TargetHealth");
    const auto reason = text_member(state, "Reason");
    return std::string(text_member(state, "State")) +
           (reason.empty() ? "" : " " + std::string(reason));
  }

  room::TestWorld world_;
  drivers::FakeProxy proxy_{world_.control};
  drivers::FakeProbe prober_{world_.control};
  drivers::FakeNetwork network_{std::make_shared<drivers::FakeVpc>()};
  FakeVpcs vpcs_;
  Sink sink_;
  std::vector<std::string> changes_;
  std::unique_ptr<Elbv2> room_;
};

TEST_F(Elb, ALoadBalancerBecomesActive) {
  const auto made = ok("CreateLoadBalancer", balancer_input("web"));
  EXPECT_EQ(text(made, "/LoadBalancers/0/State/Code"), "provisioning");
  settle();
  const auto shown = ok("DescribeLoadBalancers", Object{{"Names", Array{"web"}}});
  EXPECT_EQ(text(shown, "/LoadBalancers/0/State/Code"), "active");
  EXPECT_THAT(text(shown, "/LoadBalancers/0/LoadBalancerArn"),
              testing::MatchesRegex("arn:aws:elasticloadbalancing:ap-southeast-2:123456789012:"
                                    "loadbalancer/app/web/[0-9a-f]+"));
  EXPECT_EQ(text(shown, "/LoadBalancers/0/Scheme"), "internet-facing");
  EXPECT_EQ(text(shown, "/LoadBalancers/0/Type"), "application");
  EXPECT_EQ(text(shown, "/LoadBalancers/0/VpcId"), kVpc);
  EXPECT_EQ(text(shown, "/LoadBalancers/0/AvailabilityZones/1/ZoneName"), "ap-southeast-2b");
  EXPECT_EQ(text(shown, "/LoadBalancers/0/SecurityGroups/0"), "sg-default");
  EXPECT_THAT(text(shown, "/LoadBalancers/0/DNSName"),
              testing::StartsWith("127."));  // no hosts file here
}

TEST_F(Elb, CreatingTheSameAgainIsTheSameAndOtherSettingsAreAnError) {
  const auto lb = create_balancer();
  EXPECT_EQ(create_balancer(), lb);
  auto other = balancer_input("web");
  other["Scheme"] = "internal";
  EXPECT_EQ(error("CreateLoadBalancer", other).code, "DuplicateLoadBalancerName");
  const auto group = create_group();
  EXPECT_EQ(create_group(), group);
  auto changed = group_input("app");
  changed["Port"] = 9000;
  EXPECT_EQ(error("CreateTargetGroup", changed).code, "DuplicateTargetGroupName");
}

TEST_F(Elb, WhatCannotBeDoneIsRefused) {
  const auto refused = [&](const char* key, Value value) {
    auto input = balancer_input("web");
    input[key] = std::move(value);
    return error("CreateLoadBalancer", input).code;
  };
  EXPECT_EQ(refused("Subnets", Array{"subnet-a"}), "ValidationError");
  EXPECT_EQ(refused("Subnets", Array{"subnet-a", "subnet-x"}), "SubnetNotFound");
  EXPECT_EQ(refused("Subnets", Array{"subnet-b", "subnet-b2"}), "InvalidConfigurationRequest");
  EXPECT_EQ(refused("SecurityGroups", Array{"x"}), "InvalidSecurityGroup");
  EXPECT_EQ(refused("Name", "-web"), "ValidationError");
  EXPECT_EQ(refused("Name", Value(std::string(33, 'a'))), "ValidationError");
  EXPECT_EQ(refused("Type", "gateway"), "InvalidConfigurationRequest");
  proxy_.set_missing(true);
  EXPECT_THAT(error("CreateLoadBalancer", balancer_input("web")).message,
              HasSubstr("apt-get install haproxy"));
  proxy_.set_missing(false);
  const auto lb = create_balancer(), group = create_group();
  Object listener{{"LoadBalancerArn", lb},
                  {"Protocol", "HTTPS"},
                  {"Port", 443},
                  {"DefaultActions", forward_to(group)}};
  EXPECT_EQ(error("CreateListener", listener).code, "UnsupportedProtocol");
  EXPECT_THAT(error("CreateListener", listener).message, HasSubstr("certificates"));
  proxy_.take_port(81);
  listener["Protocol"] = "HTTP";
  listener["Port"] = 81;
  EXPECT_THAT(error("CreateListener", listener).message, HasSubstr("port 81"));
  listener["Port"] = 80;
  listener["DefaultActions"] = Array{Object{{"Type", "authenticate-oidc"}}};
  EXPECT_EQ(error("CreateListener", listener).code, "InvalidConfigurationRequest");
  EXPECT_THAT(proxy_.config().listeners, IsEmpty());
}

TEST_F(Elb, NotFoundAndBadArns) {
  const std::string arn = "arn:aws:elasticloadbalancing:ap-southeast-2:123456789012:";
  EXPECT_EQ(error("DescribeLoadBalancers", Object{{"Names", Array{"nope"}}}).code,
            "LoadBalancerNotFound");
  EXPECT_EQ(error("DescribeLoadBalancers", Object{{"Names", Array{"nope"}}}).message,
            "Load balancers '[nope]' not found");
  EXPECT_EQ(error("DescribeTargetGroups", Object{{"Names", Array{"nope"}}}).message,
            "One or more target groups not found");
  EXPECT_EQ(error("DescribeTargetHealth", Object{{"TargetGroupArn", arn + "targetgroup/a/1"}}).code,
            "TargetGroupNotFound");
  EXPECT_EQ(error("DescribeTargetHealth", Object{{"TargetGroupArn", "nonsense"}}).message,
            "'nonsense' is not a valid target group ARN");
  EXPECT_EQ(
      error("DescribeListeners", Object{{"ListenerArns", Array{arn + "listener/app/a/1/2"}}}).code,
      "ListenerNotFound");
  EXPECT_EQ(
      error("DescribeRules", Object{{"RuleArns", Array{arn + "listener-rule/app/a/1/2/3"}}}).code,
      "RuleNotFound");
  ok("DeleteLoadBalancer",
     Object{{"LoadBalancerArn", arn + "loadbalancer/app/a/1"}});  // gone already
  const auto lb = create_balancer();
  auto elsewhere = world_.context("us-east-1");
  const auto reply = world_.call(elsewhere, "elbv2", "DescribeLoadBalancers",
                                 Object{{"LoadBalancerArns", Array{lb}}});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, "LoadBalancerNotFound");
}

TEST_F(Elb, TargetsGoFromInitialToHealthyAndGetTraffic) {
  const auto lb = create_balancer(), group = create_group();
  create_listener(lb, group);
  register_target(group, "10.0.1.4");
  EXPECT_EQ(health(group, "10.0.1.4"), "initial Elb.InitialHealthChecking");
  EXPECT_THAT(proxy_.routed("app."), IsEmpty());
  EXPECT_EQ(prober_.last().path, "/health");
  EXPECT_EQ(prober_.last().port, 8000);
  prober_.answer("10.0.1.4", 8000, 200, "/health");
  changes_.clear();
  advance(Controller::kInitialRetry);
  EXPECT_EQ(health(group, "10.0.1.4"), "healthy");
  EXPECT_THAT(proxy_.routed("app."), ElementsAre("10.0.1.4:8000"));
  EXPECT_THAT(changes_, ElementsAre(group));
  const auto state = room_->target_state("ap-southeast-2", group, "10.0.1.4", 8000);
  ASSERT_TRUE(state);
  EXPECT_EQ(state->state, "healthy");
}

TEST_F(Elb, AnUnhealthyTargetLosesTrafficToHealthyOnes) {
  const auto lb = create_balancer(), group = create_group();
  create_listener(lb, group);
  prober_.answer("10.0.1.4", 8000, 200, "/health");
  prober_.answer("10.0.1.5", 8000, 200, "/health");
  register_target(group, "10.0.1.4");
  register_target(group, "10.0.1.5");
  EXPECT_THAT(proxy_.routed("app."), ElementsAre("10.0.1.4:8000", "10.0.1.5:8000"));
  prober_.answer("10.0.1.5", 8000, 503, "/health");
  advance(25s);  // two failures at ten seconds each
  EXPECT_EQ(health(group, "10.0.1.5"), "unhealthy Target.ResponseCodeMismatch");
  EXPECT_THAT(proxy_.routed("app."), ElementsAre("10.0.1.4:8000"));
  prober_.silence("10.0.1.4", 8000);
  advance(25s);
  EXPECT_EQ(health(group, "10.0.1.4"), "unhealthy Target.Timeout");
  EXPECT_THAT(proxy_.routed("app."), ElementsAre("10.0.1.4:8000", "10.0.1.5:8000"));  // fails open
  prober_.answer("10.0.1.4", 8000, 200, "/health");
  advance(55s);  // five successes
  EXPECT_EQ(health(group, "10.0.1.4"), "healthy");
  EXPECT_THAT(proxy_.routed("app."), ElementsAre("10.0.1.4:8000"));
}

TEST_F(Elb, DrainingNeverEndsBeforeTheProxyStopped) {
  const auto lb = create_balancer(), group = create_group();
  create_listener(lb, group);
  ok("ModifyTargetGroupAttributes",
     Object{{"TargetGroupArn", group},
            {"Attributes",
             Array{Object{{"Key", "deregistration_delay.timeout_seconds"}, {"Value", "0"}}}}});
  prober_.answer("10.0.1.4", 8000, 200, "/health");
  register_target(group, "10.0.1.4");
  ok("DeregisterTargets",
     Object{{"TargetGroupArn", group}, {"Targets", Array{Object{{"Id", "10.0.1.4"}}}}});
  advance(Controller::kSettle);
  EXPECT_EQ(health(group, "10.0.1.4"), "draining Target.DeregistrationInProgress");
  EXPECT_THAT(proxy_.routed("app."), IsEmpty());
  advance(2 * Controller::kSettle);
  EXPECT_FALSE(room_->target_state("ap-southeast-2", group, "10.0.1.4", 8000));
}

TEST_F(Elb, DeregisteredTargetsDrainForTheDelay) {
  const auto lb = create_balancer(), group = create_group();
  create_listener(lb, group);
  ok("ModifyTargetGroupAttributes",
     Object{{"TargetGroupArn", group},
            {"Attributes",
             Array{Object{{"Key", "deregistration_delay.timeout_seconds"}, {"Value", "30"}}}}});
  prober_.answer("10.0.1.4", 8000, 200, "/health");
  register_target(group, "10.0.1.4");
  ok("DeregisterTargets",
     Object{{"TargetGroupArn", group}, {"Targets", Array{Object{{"Id", "10.0.1.4"}}}}});
  settle();
  EXPECT_EQ(health(group, "10.0.1.4"), "draining Target.DeregistrationInProgress");
  EXPECT_THAT(proxy_.routed("app."), IsEmpty());
  ASSERT_EQ(proxy_.config().pools.at(0).servers.size(), 1u);
  EXPECT_TRUE(proxy_.config().pools[0].servers[0].draining);
  advance(29s);
  EXPECT_TRUE(room_->target_state("ap-southeast-2", group, "10.0.1.4", 8000));
  advance(2s);
  EXPECT_FALSE(room_->target_state("ap-southeast-2", group, "10.0.1.4", 8000));
  EXPECT_EQ(health(group, "10.0.1.4"), "unused Target.NotRegistered");
  EXPECT_THAT(proxy_.config().pools.at(0).servers, IsEmpty());
}

TEST_F(Elb, AProbeUnderWayDoesNotReviveADeregisteredTarget) {
  const auto group = create_group();
  ok("ModifyTargetGroupAttributes",
     Object{{"TargetGroupArn", group},
            {"Attributes",
             Array{Object{{"Key", "deregistration_delay.timeout_seconds"}, {"Value", "30"}}}}});
  create_listener(create_balancer(), group);
  prober_.answer("10.0.1.4", 8000, 200, "/health");
  register_target(group, "10.0.1.4");
  settle();
  const auto until_next_probe = [&] {
    const int before = prober_.probes("10.0.1.4", 8000);
    Millis waited{0};
    for (; prober_.probes("10.0.1.4", 8000) == before; waited += 1ms) advance(1ms);
    return waited;
  };
  until_next_probe();
  const Millis interval = until_next_probe();
  advance(interval - 5ms);
  const int before = prober_.probes("10.0.1.4", 8000);
  ok("DeregisterTargets",
     Object{{"TargetGroupArn", group}, {"Targets", Array{Object{{"Id", "10.0.1.4"}}}}});
  advance(8ms);  // the probe comes before the controller has looked at the change
  EXPECT_EQ(prober_.probes("10.0.1.4", 8000), before + 1);
  settle();
  EXPECT_EQ(health(group, "10.0.1.4"), "draining Target.DeregistrationInProgress");
  advance(31s);
  EXPECT_EQ(health(group, "10.0.1.4"), "unused Target.NotRegistered");
}

TEST_F(Elb, AGroupWithoutARuleIsUnused) {
  const auto group = create_group();
  register_target(group, "10.0.1.4");
  EXPECT_EQ(health(group, "10.0.1.4"), "unused Target.NotInUse");
  EXPECT_FALSE(room_->attached_to_load_balancer("ap-southeast-2", group));
  EXPECT_EQ(prober_.probes("10.0.1.4", 8000), 0);
  prober_.answer("10.0.1.4", 8000, 200, "/health");
  const auto listener = create_listener(create_balancer(), group);
  settle();
  EXPECT_EQ(health(group, "10.0.1.4"), "healthy");
  EXPECT_TRUE(room_->attached_to_load_balancer("ap-southeast-2", group));
  EXPECT_EQ(error("DeleteTargetGroup", Object{{"TargetGroupArn", group}}).code, "ResourceInUse");
  ok("DeleteListener", Object{{"ListenerArn", listener}});
  settle();
  EXPECT_EQ(health(group, "10.0.1.4"), "unused Target.NotInUse");
  EXPECT_THAT(proxy_.config().listeners, IsEmpty());
  ok("DeleteTargetGroup", Object{{"TargetGroupArn", group}});
}

TEST_F(Elb, OnlyAddressesOfTheVpcCanBeRegistered) {
  const auto group = create_group();
  for (const auto* ip : {"8.8.8.8", "192.168.1.1", "10.1.0.1", "i-0123", ""}) {
    const auto input = Object{{"TargetGroupArn", group}, {"Targets", Array{Object{{"Id", ip}}}}};
    EXPECT_THAT(error("RegisterTargets", input).code,
                testing::AnyOf("InvalidTarget", "ValidationError"))
        << ip;
  }
}

TEST_F(Elb, RulesByPriorityReachTheProxy) {
  const auto lb = create_balancer(), app = create_group(), api = create_group("api");
  const auto listener = create_listener(lb, app);
  const auto rule = [&](int priority, const char* field, const char* value, Array actions) {
    return Object{{"ListenerArn", listener},
                  {"Priority", priority},
                  {"Actions", std::move(actions)},
                  {"Conditions", Array{Object{{"Field", field}, {"Values", Array{value}}}}}};
  };
  const auto fixed = Array{
      Object{{"Type", "fixed-response"},
             {"FixedResponseConfig", Object{{"StatusCode", "404"}, {"MessageBody", "none"}}}}};
  const auto second =
      text(ok("CreateRule", rule(20, "host-header", "a.example", fixed)), "/Rules/0/RuleArn");
  const auto made = ok("CreateRule", rule(10, "path-pattern", "/api/*", forward_to(api)));
  EXPECT_EQ(text(made, "/Rules/0/Conditions/0/PathPatternConfig/Values/0"), "/api/*");
  EXPECT_EQ(text(made, "/Rules/0/Actions/0/ForwardConfig/TargetGroups/0/TargetGroupArn"), api);
  EXPECT_EQ(error("CreateRule", rule(10, "path-pattern", "/x", fixed)).code, "PriorityInUse");
  EXPECT_EQ(error("CreateRule", rule(30, "weather", "/x", fixed)).code, "ValidationError");
  settle();
  const auto config = proxy_.config();
  ASSERT_EQ(config.listeners.size(), 1u);
  ASSERT_EQ(config.listeners[0].rules.size(), 2u);
  EXPECT_EQ(config.listeners[0].rules[0].action.pools[0].first.substr(0, 4), "api.");
  EXPECT_EQ(config.listeners[0].rules[1].action.status, 404);
  const auto rules = ok("DescribeRules", Object{{"ListenerArn", listener}});
  EXPECT_EQ(rules.at("Rules").as_array().size(), 3u);
  EXPECT_EQ(text(rules, "/Rules/2/Priority"), "default");
  const auto first = text(rules, "/Rules/0/RuleArn");
  ok("SetRulePriorities",
     Object{{"RulePriorities", Array{Object{{"RuleArn", first}, {"Priority", 20}},
                                     Object{{"RuleArn", second}, {"Priority", 10}}}}});
  settle();
  EXPECT_EQ(proxy_.config().listeners[0].rules[0].action.status, 404);
  EXPECT_EQ(error("SetRulePriorities",
                  Object{{"RulePriorities", Array{Object{{"RuleArn", first}, {"Priority", 10}}}}})
                .code,
            "PriorityInUse");
  EXPECT_EQ(error("DeleteRule", Object{{"RuleArn", text(rules, "/Rules/2/RuleArn")}}).code,
            "OperationNotPermitted");
  ok("DeleteRule", Object{{"RuleArn", first}});
  const auto other = create_balancer("other");
  EXPECT_EQ(error("CreateListener", Object{{"LoadBalancerArn", other},
                                           {"Protocol", "HTTP"},
                                           {"Port", 80},
                                           {"DefaultActions", forward_to(app)}})
                .code,
            "TargetGroupAssociationLimit");
}

TEST_F(Elb, AttributesThatAreNotCarriedOutAreRefused) {
  const auto lb = create_balancer(), group = create_group();
  const auto set = [](const char* member, const std::string& arn, const char* key,
                      const char* value) {
    return Object{{member, arn}, {"Attributes", Array{Object{{"Key", key}, {"Value", value}}}}};
  };
  const auto change = [&](const char* key, const char* value) {
    return set("LoadBalancerArn", lb, key, value);
  };
  ok("ModifyLoadBalancerAttributes", change("idle_timeout.timeout_seconds", "120"));
  ok("ModifyLoadBalancerAttributes", change("routing.http2.enabled", "true"));  // the default
  EXPECT_EQ(error("ModifyLoadBalancerAttributes", change("access_logs.s3.enabled", "true")).code,
            "InvalidConfigurationRequest");
  EXPECT_EQ(error("ModifyLoadBalancerAttributes", change("idle_timeout.timeout_seconds", "0")).code,
            "ValidationError");
  EXPECT_EQ(error("ModifyLoadBalancerAttributes", change("made.up", "1")).code, "ValidationError");
  ok("ModifyTargetGroupAttributes", set("TargetGroupArn", group, "stickiness.enabled", "true"));
  create_listener(lb, group);
  settle();
  EXPECT_EQ(proxy_.config().listeners[0].idle_timeout_s, 120);
  EXPECT_EQ(proxy_.config().pools[0].stickiness_s, 86400);
  ok("ModifyLoadBalancerAttributes", change("deletion_protection.enabled", "true"));
  EXPECT_EQ(error("DeleteLoadBalancer", Object{{"LoadBalancerArn", lb}}).code,
            "OperationNotPermitted");
}

TEST_F(Elb, TagsAndPages) {
  const auto lb = create_balancer();
  ok("AddTags", Object{{"ResourceArns", Array{lb}},
                       {"Tags", Array{Object{{"Key", "a"}, {"Value", "1"}},
                                      Object{{"Key", "b"}, {"Value", "2"}}}}});
  ok("RemoveTags", Object{{"ResourceArns", Array{lb}}, {"TagKeys", Array{"a"}}});
  const auto tags = ok("DescribeTags", Object{{"ResourceArns", Array{lb}}});
  EXPECT_EQ(to_json(tags.at_pointer("/TagDescriptions/0/Tags")), R"([{"Key":"b","Value":"2"}])");
  for (int i = 0; i < 5; ++i) create_group(fmt::format("g{}", i));
  std::set<std::string> seen;
  Object input{{"PageSize", 2}};
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = ok("DescribeTargetGroups", input);
    for (const auto& group : page.at("TargetGroups").as_array())
      seen.insert(std::string(text_member(group, "TargetGroupName")));
    if (find_member(page, "NextMarker") == nullptr) break;
    input["Marker"] = page.at("NextMarker");
  }
  EXPECT_EQ(seen.size(), 5u);
}

TEST_F(Elb, ARestartAppliesTheStateAndKeepsHealthUntilProbed) {
  const auto lb = create_balancer(), group = create_group();
  create_listener(lb, group);
  prober_.answer("10.0.1.4", 8000, 200, "/health");
  register_target(group, "10.0.1.4");
  const auto before = proxy_.config();
  proxy_.stop();
  prober_.refuse("10.0.1.4", 8000);
  restart();
  EXPECT_EQ(health(group, "10.0.1.4"), "healthy");
  EXPECT_EQ(proxy_.config(), before);
  advance(25s);
  EXPECT_EQ(health(group, "10.0.1.4"), "unhealthy Target.FailedHealthChecks");
}

TEST_F(Elb, AProxyThatFailsIsShownAndTriedAgain) {
  proxy_.set_error("no disk");
  const auto lb = create_balancer(), group = create_group();
  create_listener(lb, group);
  settle();
  auto shown = ok("DescribeLoadBalancers", Object{});
  EXPECT_EQ(text(shown, "/LoadBalancers/0/State/Code"), "active_impaired");
  EXPECT_EQ(text(shown, "/LoadBalancers/0/State/Reason"), "no disk");
  proxy_.set_error("");
  advance(6s);
  shown = ok("DescribeLoadBalancers", Object{});
  EXPECT_EQ(text(shown, "/LoadBalancers/0/State/Code"), "active");
  EXPECT_EQ(proxy_.config().listeners.size(), 1u);
}

TEST_F(Elb, MetricsAreWhatWasCountedSince) {
  const auto lb = create_balancer(), group = create_group();
  const auto listener = create_listener(lb, group);
  prober_.answer("10.0.1.4", 8000, 200, "/health");
  register_target(group, "10.0.1.4");
  drivers::ProxyCounters counters;
  auto& pool = counters.pools[proxy_name(group)];
  pool.requests = 10;
  pool.response_2xx = 9;
  pool.response_5xx = 1;
  pool.response_times_us = {{20'000, 9}, {320'000, 1}};
  auto& own = counters.listeners["web." + listener.substr(listener.rfind('/') + 1)];
  own.elb_5xx = 2;
  own.elb_statuses = {{502, 2}};
  own.redirects = own.elb_3xx = 3;
  own.fixed_responses = 4;
  own.rule_evaluations = 17;
  proxy_.set_counters(counters);
  advance(Controller::kMetricInterval);
  const std::string prefix = "ap-southeast-2/AWS/ApplicationELB/";
  EXPECT_EQ(sink_.sums[prefix + "RequestCount,LoadBalancer"], 10);
  EXPECT_EQ(sink_.sums[prefix + "RequestCount,TargetGroup,LoadBalancer"], 10);
  EXPECT_EQ(sink_.sums[prefix + "HTTPCode_Target_5XX_Count,LoadBalancer"], 1);
  EXPECT_EQ(sink_.sums[prefix + "HTTPCode_ELB_5XX_Count,LoadBalancer"], 2);
  EXPECT_EQ(sink_.last["HealthyHostCount,TargetGroup,LoadBalancer"].value, 1);
  EXPECT_EQ(sink_.last["HealthyHostCount,TargetGroup,AvailabilityZone,LoadBalancer"].value, 1);
  EXPECT_EQ(sink_.last["TargetResponseTime,LoadBalancer"].count, 1);  // the slowest
  EXPECT_DOUBLE_EQ(sink_.last["TargetResponseTime,LoadBalancer"].max, 0.32);
  EXPECT_DOUBLE_EQ(sink_.sums[prefix + "TargetResponseTime,LoadBalancer"], 0.5);
  EXPECT_EQ(sink_.sums[prefix + "RequestCountPerTarget,TargetGroup"], 10);
  EXPECT_EQ(sink_.sums[prefix + "RequestCountPerTarget,TargetGroup,LoadBalancer"], 10);
  EXPECT_EQ(sink_.sums[prefix + "HTTPCode_ELB_502_Count,LoadBalancer"], 2);
  EXPECT_FALSE(sink_.sums.contains(prefix + "HTTPCode_ELB_503_Count,LoadBalancer"));
  EXPECT_EQ(sink_.sums[prefix + "HTTPCode_ELB_3XX_Count,LoadBalancer"], 3);
  EXPECT_EQ(sink_.sums[prefix + "HTTP_Redirect_Count,LoadBalancer"], 3);
  EXPECT_EQ(sink_.sums[prefix + "HTTP_Fixed_Response_Count,LoadBalancer"], 4);
  EXPECT_EQ(sink_.sums[prefix + "RuleEvaluations,LoadBalancer"], 17);
  EXPECT_EQ(sink_.last["RequestCount,LoadBalancer"].dimensions[0].second,
            lb.substr(lb.find("app/")));
  counters.pools[proxy_name(group)].requests = 13;
  proxy_.set_counters(counters);
  advance(Controller::kMetricInterval * 2);
  EXPECT_EQ(sink_.sums[prefix + "RequestCount,LoadBalancer"], 13);
  EXPECT_EQ(sink_.sums[prefix + "HTTP_Redirect_Count,LoadBalancer"], 3);
  // Reported without traffic, too, so that a policy that tracks it can scale in.
  EXPECT_EQ(sink_.last["RequestCountPerTarget,TargetGroup"].value, 0);
}

}  // namespace
}  // namespace seatrial::services::elbv2
