// For the room's tests: the other rooms as far as resource handlers use them, kept in plain maps,
// with calls counted, failures ordered by operation, and a crash at a chosen call.
#pragma once
#include <set>

#include "room/testing.h"
#include "services/cloudformation/service.h"

namespace seatrial::services::cloudformation {

struct Crash {};

class FakeParameters final : public ssm::Parameters {
 public:
  room::Outcome<std::string> value(const std::string&, const std::string& name) override {
    const auto found = values.find(name);
    if (found == values.end()) return model::fail("ParameterNotFound", "");
    return found->second;
  }
  std::map<std::string, std::string> values;
};

class FakeCloud final : public room::TestWorld {
 public:
  using Outcome = room::Outcome<Value>;
  using room::TestWorld::call;

  FakeCloud() { boot(); }
  ~FakeCloud() override { stack_room.reset(); }

  // Constructs the room anew from what is durable, as a restarted process would.
  void boot() {
    if (stack_room) stack_room->stop();
    store->rollback();
    store->flush();
    stack_room = std::make_unique<CloudFormation>(*env, parameters);
    add(*stack_room);
    stack_room->start();
  }

  Outcome call(const room::Context& as, std::string_view service, std::string_view operation,
               Value input) override {
    if (service == "cloudformation")
      return TestWorld::call(as, service, operation, std::move(input));
    ++calls;
    if (calls == crash_before) throw Crash{};
    log.push_back(std::string(operation));
    if (const auto failure = failures.find(operation); failure != failures.end())
      return std::unexpected(failure->second);
    if (const auto failure = fail_once.find(operation); failure != fail_once.end()) {
      return std::unexpected(fail_once.extract(failure).mapped());
    }
    auto reply = act(service, operation, input);
    if (calls == crash_after) throw Crash{};
    return reply;
  }

  Outcome cfn(std::string_view operation, Value input) {
    return call("cloudformation", operation, std::move(input));
  }
  // A call that must succeed.
  Value must(std::string_view operation, Value input) {
    auto reply = cfn(operation, std::move(input));
    ST_CHECK(reply.has_value(), reply ? "" : operation.data() + (": " + reply.error().message));
    return *reply;
  }
  std::string error(std::string_view operation, Value input) {
    auto reply = cfn(operation, std::move(input));
    return reply ? "accepted" : reply.error().message;
  }
  Value stack(const std::string& name) {
    return must("DescribeStacks", Object{{"StackName", name}}).at("Stacks").at(0);
  }
  std::string status(const std::string& name) {
    return std::string(stack(name).at("StackStatus").as_string());
  }
  // "LogicalId STATUS reason" oldest first.
  std::vector<std::string> events(const std::string& name) {
    std::vector<std::string> out;
    const Value reply = must("DescribeStackEvents", Object{{"StackName", name}});
    for (const Value& e : reply.at("StackEvents").as_array()) {
      std::string line = text_of(e, "LogicalResourceId") + " " + text_of(e, "ResourceStatus");
      if (const auto reason = text_of(e, "ResourceStatusReason"); !reason.empty())
        line += " " + reason;
      out.insert(out.begin(), line);
    }
    return out;
  }
  void run(Millis time = std::chrono::minutes{2}) { control.advance(time); }

  std::unique_ptr<CloudFormation> stack_room;
  FakeParameters parameters;
  std::map<std::string, model::AwsError, std::less<>> failures, fail_once;
  std::vector<std::string> log;
  int calls = 0, crash_before = -1, crash_after = -1;
  bool services_start = true;  // whether an ECS service's tasks come up

  std::set<std::string> clusters, groups, roles;
  std::map<std::string, std::int64_t> retention;
  std::map<std::string, Object> services;        // by ARN
  std::map<std::string, bool> task_definitions;  // ARN -> active

 private:
  Outcome act(std::string_view service, std::string_view operation, const Value& in) {
    if (service == "logs") return logs(operation, in);
    if (service == "iam") return iam(operation, in);
    if (service == "ecs") return ecs(operation, in);
    return model::fail("UnknownOperationException", "the fake has no " + std::string(operation));
  }

  Outcome logs(std::string_view operation, const Value& in) {
    const std::string name = text_of(in, "logGroupName");
    if (operation == "DescribeLogGroups") {
      Array found;
      const std::string prefix = text_of(in, "logGroupNamePrefix");
      for (const auto& group : groups)
        if (group.starts_with(prefix)) found.push_back(Object{{"logGroupName", group}});
      return Object{{"logGroups", found}};
    }
    if (operation == "CreateLogGroup")
      return groups.insert(name).second ? Outcome(Object{})
                                        : model::fail("ResourceAlreadyExistsException", "exists");
    if (!groups.contains(name))
      return model::fail("ResourceNotFoundException", "The specified log group does not exist.");
    if (operation == "DeleteLogGroup") groups.erase(name), retention.erase(name);
    if (operation == "PutRetentionPolicy") retention[name] = in.at("retentionInDays").as_int64();
    return Object{};
  }

  Outcome iam(std::string_view operation, const Value& in) {
    const std::string name = text_of(in, "RoleName");
    const Value role = Object{{"Role", Object{{"RoleName", name},
                                              {"Arn", "arn:aws:iam::123456789012:role/" + name},
                                              {"RoleId", "AROA1"}}}};
    if (operation == "CreateRole")
      return roles.insert(name).second ? Outcome(role)
                                       : model::fail("EntityAlreadyExists", "exists", 409);
    if (!roles.contains(name))
      return model::fail("NoSuchEntity", "The role with name " + name + " cannot be found.", 404);
    if (operation == "GetRole") return role;
    if (operation == "DeleteRole") roles.erase(name);
    return Object{};
  }

  Outcome ecs(std::string_view operation, const Value& in) {
    if (operation == "DescribeClusters") {
      const std::string name(in.at("clusters").at(0).as_string());
      Array found;
      if (clusters.contains(name)) found.push_back(cluster(name));
      return Object{{"clusters", found}};
    }
    if (operation == "CreateCluster") {
      clusters.insert(text_of(in, "clusterName"));
      return Object{{"cluster", cluster(text_of(in, "clusterName"))}};
    }
    if (operation == "DeleteCluster") {
      if (!services.empty())
        return model::fail("ClusterContainsServicesException",
                           "The Cluster cannot be deleted while Services are active.");
      clusters.erase(text_of(in, "cluster"));
      return Object{};
    }
    if (operation == "RegisterTaskDefinition") {
      const std::string arn =
          fmt::format("arn:aws:ecs:ap-southeast-2:123456789012:task-definition/{}:{}",
                      text_of(in, "family"), ++revision_);
      task_definitions[arn] = true;
      return Object{{"taskDefinition", Object{{"taskDefinitionArn", arn}}}};
    }
    if (operation == "DeregisterTaskDefinition") {
      task_definitions[text_of(in, "taskDefinition")] = false;
      return Object{};
    }
    return service(operation, in);
  }

  Value cluster(const std::string& name) {
    return Object{{"clusterName", name},
                  {"status", "ACTIVE"},
                  {"clusterArn", "arn:aws:ecs:ap-southeast-2:123456789012:cluster/" + name}};
  }

  Outcome service(std::string_view operation, const Value& in) {
    const auto by_name = [](std::string name) {
      return name.starts_with("arn:") ? name
                                      : "arn:aws:ecs:ap-southeast-2:123456789012:service/c/" + name;
    };
    if (operation == "CreateService") {
      const std::string arn = by_name(text_of(in, "serviceName"));
      Object made = in.as_object();
      made["serviceArn"] = arn;
      made["status"] = "ACTIVE";
      services[arn] = made;
      return Object{{"service", made}};
    }
    const std::string arn = operation == "DescribeServices"
                                ? by_name(std::string(in.at("services").at(0).as_string()))
                                : by_name(text_of(in, "service"));
    const auto found = services.find(arn);
    if (operation == "DescribeServices") {
      Array list;
      if (found != services.end()) {
        Object shown = found->second;
        shown["runningCount"] = services_start ? shown.at("desiredCount").as_int64() : 0;
        shown["deployments"] = Array{Object{{"status", "PRIMARY"}}};
        list.push_back(shown);
      }
      return Object{{"services", list}};
    }
    if (found == services.end())
      return model::fail("ServiceNotFoundException", "Service not found.");
    if (operation == "DeleteService") services.erase(found);
    if (operation == "UpdateService")
      for (const auto& member : in.as_object())
        if (member.key() != "service") found->second[member.key()] = member.value();
    return Object{};
  }

  int revision_ = 0;
};

}  // namespace seatrial::services::cloudformation
