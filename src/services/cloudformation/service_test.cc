// Stacks and change sets through the room's handlers and controller, over a fake of the other
// rooms: the states and events a client sees, and that a crash at any call loses and doubles
// nothing.
#include <gmock/gmock.h>

#include "services/cloudformation/fake_cloud.h"

namespace seatrial::services::cloudformation {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kSystem = R"(
Parameters:
  Count: {Type: Number, Default: 2}
  Image: {Type: String, Default: "web:1"}
  Secret: {Type: String, NoEcho: true, Default: hush}
Resources:
  Service:
    Type: AWS::ECS::Service
    Properties: {ServiceName: web, Cluster: !Ref Cluster, TaskDefinition: !Ref Task, DesiredCount: !Ref Count}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: web
      TaskRoleArn: !GetAtt Role.Arn
      ContainerDefinitions:
        - {Name: web, Image: !Ref Image, Essential: "true", PortMappings: [{ContainerPort: "8000"}],
           LogConfiguration: {LogDriver: awslogs, Options: {awslogs-group: !Ref Logs}}}
  Role:
    Type: AWS::IAM::Role
    Properties: {AssumeRolePolicyDocument: {Version: 2012-10-17, Statement: []}}
  Logs: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: 7}}
  Cluster: {Type: AWS::ECS::Cluster, Properties: {ClusterName: prod}}
Outputs:
  Role: {Value: !Ref Role, Export: {Name: !Sub "${AWS::StackName}-role"}}
  Arn: {Value: !GetAtt Cluster.Arn}
)";

Value request(const std::string& name, const std::string& body, Object more = {}) {
  Object in{{"StackName", name}, {"TemplateBody", body}, {"Capabilities", Array{"CAPABILITY_IAM"}}};
  for (const auto& member : more) in[member.key()] = member.value();
  return in;
}

Value parameter(std::string_view key, std::string_view value) {
  return Object{{"ParameterKey", key}, {"ParameterValue", value}};
}

TEST(CloudFormationCreate, MakesTheSystemInOrder) {
  FakeCloud cloud;
  cloud.must("CreateStack", request("web", kSystem));
  EXPECT_EQ(cloud.status("web"), "CREATE_IN_PROGRESS");
  cloud.run();
  ASSERT_EQ(cloud.status("web"), "CREATE_COMPLETE") << testing::PrintToString(cloud.events("web"));
  EXPECT_EQ(cloud.clusters, std::set<std::string>{"prod"});
  ASSERT_EQ(cloud.groups.size(), 1u);
  EXPECT_THAT(*cloud.groups.begin(), StartsWith("web-Logs-"));
  EXPECT_EQ(cloud.retention[*cloud.groups.begin()], 7);
  const Object& service = cloud.services.begin()->second;
  EXPECT_EQ(service.at("desiredCount"), Value(2));
  EXPECT_EQ(service.at("taskDefinition"), Value(cloud.task_definitions.begin()->first));
  const auto events = cloud.events("web");
  EXPECT_EQ(events.front(), "web CREATE_IN_PROGRESS User Initiated");
  EXPECT_EQ(events.back(), "web CREATE_COMPLETE");
  EXPECT_THAT(events, Contains("Cluster CREATE_IN_PROGRESS Resource creation Initiated"));
  const auto at = [&](const std::string& line) {
    return std::find(events.begin(), events.end(), line) - events.begin();
  };
  EXPECT_LT(at("Task CREATE_COMPLETE"), at("Service CREATE_IN_PROGRESS"));
  EXPECT_LT(at("Role CREATE_COMPLETE"), at("Task CREATE_IN_PROGRESS"));
  const Value stack = cloud.stack("web");
  EXPECT_THAT(to_json(stack.at("Outputs")), HasSubstr("web-role"));
  EXPECT_THAT(to_json(stack.at("Parameters")),
              HasSubstr(R"({"ParameterKey":"Secret","ParameterValue":"****"})"));
}

TEST(CloudFormationCreate, WaitsForTheServiceToBeSteady) {
  FakeCloud cloud;
  cloud.services_start = false;
  cloud.must("CreateStack", request("web", kSystem));
  cloud.run();
  EXPECT_EQ(cloud.status("web"), "CREATE_IN_PROGRESS");
  cloud.services_start = true;
  cloud.run();
  EXPECT_EQ(cloud.status("web"), "CREATE_COMPLETE");
}

TEST(CloudFormationCreate, FailureRollsBackAndSaysWhy) {
  FakeCloud cloud;
  cloud.failures["RegisterTaskDefinition"] = {"ClientException",
                                              "No Fargate configuration exists for given values."};
  cloud.must("CreateStack", request("web", kSystem));
  cloud.run();
  EXPECT_EQ(cloud.status("web"), "ROLLBACK_COMPLETE");
  const auto events = cloud.events("web");
  EXPECT_THAT(
      events,
      Contains(HasSubstr(
          "Task CREATE_FAILED Resource handler returned message: \"No Fargate configuration "
          "exists for given values. (Service: Ecs, Status Code: 400, Request ID: ")));
  EXPECT_THAT(events, Contains("web ROLLBACK_IN_PROGRESS The following resource(s) failed to "
                               "create: [Task]. Rollback requested by user."));
  EXPECT_THAT(cloud.clusters, IsEmpty());
  EXPECT_THAT(cloud.groups, IsEmpty());
  EXPECT_THAT(cloud.roles, IsEmpty());
  EXPECT_EQ(cloud.error("UpdateStack", request("web", kSystem)),
            "Stack:" + text_of(cloud.stack("web"), "StackId") +
                " is in ROLLBACK_COMPLETE state and can not be updated.");
}

TEST(CloudFormationCreate, OnFailureChoosesWhatIsLeft) {
  FakeCloud cloud;
  cloud.failures["RegisterTaskDefinition"] = {"ClientException", "no"};
  cloud.must("CreateStack", request("keep", kSystem, {{"OnFailure", "DO_NOTHING"}}));
  cloud.run();
  EXPECT_EQ(cloud.status("keep"), "CREATE_FAILED");
  EXPECT_EQ(cloud.roles.size(), 1u);
  cloud.must("DeleteStack", Object{{"StackName", "keep"}});
  cloud.run();
  EXPECT_THAT(cloud.roles, IsEmpty());
  const Value made = cloud.must("CreateStack", request("gone", kSystem, {{"OnFailure", "DELETE"}}));
  cloud.run();
  EXPECT_EQ(cloud.error("DescribeStacks", Object{{"StackName", "gone"}}),
            "Stack with id gone does not exist");
  EXPECT_EQ(cloud.status(text_of(made, "StackId")), "DELETE_COMPLETE");
}

TEST(CloudFormationCreate, TimeoutRollsBack) {
  FakeCloud cloud;
  cloud.services_start = false;
  cloud.must("CreateStack", request("web", kSystem, {{"TimeoutInMinutes", 5}}));
  cloud.run(std::chrono::minutes{10});
  EXPECT_EQ(cloud.status("web"), "ROLLBACK_COMPLETE");
  EXPECT_THAT(cloud.services, IsEmpty());
}

TEST(CloudFormationCreate, RefusesWhatItWouldNotDo) {
  FakeCloud cloud;
  EXPECT_EQ(
      cloud.error("CreateStack", request("web", "Resources: {Q: {Type: 'AWS::Kinesis::Stream'}}")),
      "Template format error: Unrecognized resource types: [AWS::Kinesis::Stream]");
  EXPECT_THAT(
      cloud.error("CreateStack", request("web", kSystem, {{"RoleARN", "arn:aws:iam::1:role/x"}})),
      HasSubstr("RoleARN is not supported"));
  EXPECT_EQ(cloud.error("CreateStack", request("web", kSystem, {{"Capabilities", Array{}}})),
            "Requires capabilities : [CAPABILITY_IAM]");
  EXPECT_THAT(cloud.error("CreateStack", request("web", std::string(51'201, ' '))),
              HasSubstr("less than or equal to 51200"));
  EXPECT_THAT(cloud.error("CreateStack", request("no_good", kSystem)),
              HasSubstr("[a-zA-Z][-a-zA-Z0-9]*"));
  cloud.must("CreateStack", request("web", kSystem));
  EXPECT_EQ(cloud.error("CreateStack", request("web", kSystem)), "Stack [web] already exists");
}

TEST(CloudFormationCreate, UnknownPropertiesFailTheResourceAtAnyDepth) {
  FakeCloud cloud;
  cloud.must(
      "CreateStack",
      request("a", "Resources: {C: {Type: 'AWS::ECS::Cluster', Properties: {Colour: red}}}"));
  cloud.must("CreateStack", request("b",
                                    "Resources: {T: {Type: 'AWS::ECS::TaskDefinition', Properties: "
                                    "{ContainerDefinitions: [{Name: x, Imgae: y}]}}}"));
  cloud.run();
  EXPECT_THAT(
      cloud.events("a"),
      Contains(HasSubstr("C CREATE_FAILED Properties validation failed for resource of type "
                         "AWS::ECS::Cluster with message: #: extraneous key [Colour]")));
  EXPECT_THAT(
      cloud.events("b"),
      Contains(HasSubstr("#/ContainerDefinitions/0: extraneous key [Imgae] is not permitted")));
}

TEST(CloudFormationCreate, WillNotTakeOverWhatExists) {
  FakeCloud cloud;
  cloud.clusters.insert("prod");
  cloud.must("CreateStack", request("web", kSystem));
  cloud.run();
  EXPECT_THAT(cloud.events("web"),
              Contains("Cluster CREATE_FAILED Resource of type 'AWS::ECS::Cluster' with identifier "
                       "'prod' already exists."));
  EXPECT_EQ(cloud.clusters.size(), 1u);
}

TEST(CloudFormationUpdate, ChangesOnlyWhatDiffersAndReplacesTheRest) {
  FakeCloud cloud;
  cloud.must("CreateStack", request("web", kSystem));
  cloud.run();
  const std::string old_task = cloud.task_definitions.begin()->first;
  EXPECT_EQ(cloud.error("UpdateStack", request("web", kSystem)), "No updates are to be performed.");
  cloud.log.clear();
  cloud.must("UpdateStack",
             Object{{"StackName", "web"},
                    {"UsePreviousTemplate", true},
                    {"Capabilities", Array{"CAPABILITY_IAM"}},
                    {"Parameters", Array{parameter("Image", "web:2"), parameter("Count", "3")}}});
  cloud.run();
  EXPECT_EQ(cloud.status("web"), "UPDATE_COMPLETE");
  EXPECT_EQ(cloud.task_definitions.size(), 2u);
  EXPECT_FALSE(cloud.task_definitions.at(old_task));
  const Object& service = cloud.services.begin()->second;
  EXPECT_EQ(service.at("desiredCount"), Value(3));
  EXPECT_NE(service.at("taskDefinition"), Value(old_task));
  EXPECT_THAT(cloud.log, Not(Contains("CreateRole")));
  EXPECT_THAT(cloud.log, Not(Contains("CreateLogGroup")));
  EXPECT_THAT(cloud.events("web"), Contains("web UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"));
}

TEST(CloudFormationUpdate, PreviousValueOutlivesAChangedDefault) {
  FakeCloud cloud;
  const std::string body =
      "Parameters: {N: {Type: String, Default: one}}\n"
      "Resources: {A: {Type: 'AWS::Logs::LogGroup', Properties: {LogGroupName: !Ref N}}}";
  cloud.must("CreateStack", request("s", body));
  cloud.run();
  std::string changed = body;
  changed.replace(changed.find("one"), 3, "two");
  const Value previous = Object{{"ParameterKey", "N"}, {"UsePreviousValue", true}};
  EXPECT_EQ(cloud.error("UpdateStack", request("s", changed, {{"Parameters", Array{previous}}})),
            "No updates are to be performed.");
  cloud.must("UpdateStack", request("s", changed));
  cloud.run();
  EXPECT_EQ(cloud.groups, std::set<std::string>{"two"});
}

TEST(CloudFormationUpdate, FailureBringsBackTheFormerState) {
  FakeCloud cloud;
  cloud.must("CreateStack", request("web", kSystem));
  cloud.run();
  const std::string old_task = cloud.task_definitions.begin()->first;
  std::string changed = kSystem;
  changed.replace(changed.find("RetentionInDays: 7"), 18, "RetentionInDays: 9");
  changed.replace(changed.find("Outputs:"), 0,
                  "  New: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: fresh}}\n");
  cloud.fail_once["UpdateService"] = {"InvalidParameterException", "no such image"};
  cloud.must("UpdateStack",
             request("web", changed, {{"Parameters", Array{parameter("Image", "web:2")}}}));
  cloud.run();
  EXPECT_EQ(cloud.status("web"), "UPDATE_ROLLBACK_COMPLETE")
      << testing::PrintToString(cloud.events("web"));
  EXPECT_THAT(cloud.events("web"),
              Contains(HasSubstr("web UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed "
                                 "to update: [Service]")));
  EXPECT_EQ(cloud.services.begin()->second.at("taskDefinition"), Value(old_task));
  EXPECT_TRUE(cloud.task_definitions.at(old_task));
  EXPECT_FALSE(cloud.task_definitions.rbegin()->second);
  EXPECT_FALSE(cloud.groups.contains("fresh"));
  EXPECT_EQ(cloud.retention.begin()->second, 7);
  EXPECT_THAT(to_json(cloud.stack("web").at("Parameters")), HasSubstr("web:1"));
  // And the next update starts from there.
  cloud.must("UpdateStack", request("web", changed));
  cloud.run();
  EXPECT_EQ(cloud.status("web"), "UPDATE_COMPLETE");
  EXPECT_TRUE(cloud.groups.contains("fresh"));
}

TEST(CloudFormationUpdate, RemovedResourcesGoUnlessRetained) {
  FakeCloud cloud;
  const std::string head =
      "Resources:\n  A: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: a}}\n";
  cloud.must("CreateStack",
             request("s", head + "  B: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: b}}\n"
                                 "  C: {Type: AWS::Logs::LogGroup, DeletionPolicy: Retain, "
                                 "Properties: {LogGroupName: c}}\n"));
  cloud.run();
  cloud.must("UpdateStack", request("s", head));
  cloud.run();
  EXPECT_EQ(cloud.groups, (std::set<std::string>{"a", "c"}));
  EXPECT_THAT(cloud.events("s"), Contains("C DELETE_SKIPPED"));
}

TEST(CloudFormationUpdate, NamedResourceIsNotReplaced) {
  FakeCloud cloud;
  const auto text = [](std::string name) {
    return "Resources: {S: {Type: 'AWS::ECS::Service', Properties: {ServiceName: s, "
           "TaskDefinition: t, Cluster: " +
           name + "}}}";
  };
  cloud.must("CreateStack", request("s", text("one")));
  cloud.run();
  cloud.must("UpdateStack", request("s", text("two")));
  cloud.run();
  EXPECT_EQ(cloud.status("s"), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_THAT(cloud.events("s"),
              Contains(HasSubstr("CloudFormation cannot update a stack when a custom-named "
                                 "resource requires replacing. Rename s")));
  EXPECT_EQ(cloud.services.size(), 1u);
}

TEST(CloudFormationDelete, GoesBackwardsAndReportsWhatStays) {
  FakeCloud cloud;
  cloud.must("CreateStack", request("web", kSystem));
  cloud.run();
  cloud.failures["DeleteRole"] = {"AccessDenied", "no"};
  const std::string id = text_of(cloud.stack("web"), "StackId");
  cloud.must("DeleteStack", Object{{"StackName", "web"}});
  cloud.run();
  EXPECT_EQ(cloud.status("web"), "DELETE_FAILED");
  EXPECT_EQ(text_of(cloud.stack("web"), "StackStatusReason"),
            "The following resource(s) failed to delete: [Role]. ");
  EXPECT_THAT(cloud.services, IsEmpty());
  cloud.failures.clear();
  cloud.must("DeleteStack", Object{{"StackName", "web"}});
  cloud.run();
  EXPECT_EQ(cloud.status(id), "DELETE_COMPLETE");
  EXPECT_THAT(cloud.roles, IsEmpty());
  cloud.must("DeleteStack", Object{{"StackName", "web"}});  // no such stack: as AWS, no error
}

TEST(CloudFormationDelete, DeletedStacksAreForgottenInTheEnd) {
  FakeCloud cloud;
  const std::string body = "Resources: {A: {Type: 'AWS::Logs::LogGroup'}}";
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < kMaxDeletedStacks + 2; ++i) {
    ids.push_back(text_of(cloud.must("CreateStack", request("s", body)), "StackId"));
    cloud.run(std::chrono::seconds{1});
    cloud.must("DeleteStack", Object{{"StackName", "s"}});
    cloud.run(std::chrono::seconds{1});
  }
  EXPECT_THAT(cloud.error("DescribeStacks", Object{{"StackName", ids[1]}}),
              HasSubstr("does not exist"));
  EXPECT_EQ(cloud.status(ids[2]), "DELETE_COMPLETE");
  EXPECT_EQ(cloud.status(ids.back()), "DELETE_COMPLETE");
  EXPECT_THAT(cloud.groups, IsEmpty());
}

TEST(CloudFormationDelete, ImportsAndProtectionHold) {
  FakeCloud cloud;
  cloud.must("CreateStack", request("web", kSystem));
  cloud.run();
  cloud.must("CreateStack", request("user",
                                    "Resources: {A: {Type: 'AWS::Logs::LogGroup', Properties: "
                                    "{LogGroupName: !ImportValue web-role}}}",
                                    {{"EnableTerminationProtection", true}}));
  cloud.run();
  ASSERT_EQ(cloud.status("user"), "CREATE_COMPLETE");
  cloud.must("DeleteStack", Object{{"StackName", "web"}});
  cloud.run();
  EXPECT_EQ(text_of(cloud.stack("web"), "StackStatusReason"),
            "Export web-role cannot be deleted as it is in use by user");
  EXPECT_EQ(cloud.error("DeleteStack", Object{{"StackName", "user"}}),
            "Stack [user] cannot be deleted while TerminationProtection is enabled");
}

TEST(CloudFormationChangeSet, DeploysLikeTheCli) {
  FakeCloud cloud;
  Object create{{"ChangeSetName", "first"}, {"ChangeSetType", "CREATE"}};
  cloud.must("CreateChangeSet", request("web", kSystem, create));
  EXPECT_EQ(cloud.status("web"), "REVIEW_IN_PROGRESS");
  cloud.run(Millis{0});
  const Object name{{"StackName", "web"}, {"ChangeSetName", "first"}};
  Value set = cloud.must("DescribeChangeSet", name);
  EXPECT_EQ(text_of(set, "Status"), "CREATE_COMPLETE");
  EXPECT_EQ(set.at("Changes").as_array().size(), 5u);
  EXPECT_THAT(cloud.groups, IsEmpty());
  cloud.must("ExecuteChangeSet", name);
  cloud.run();
  EXPECT_EQ(cloud.status("web"), "CREATE_COMPLETE");
  EXPECT_EQ(text_of(cloud.must("DescribeChangeSet", name), "ExecutionStatus"), "EXECUTE_COMPLETE");

  cloud.must("CreateChangeSet", request("web", kSystem, {{"ChangeSetName", "same"}}));
  cloud.run(Millis{0});
  set = cloud.must("DescribeChangeSet", Object{{"StackName", "web"}, {"ChangeSetName", "same"}});
  EXPECT_EQ(text_of(set, "Status"), "FAILED");
  EXPECT_EQ(text_of(set, "StatusReason"),
            "The submitted information didn't contain changes. Submit different information to "
            "create a change set.");
  EXPECT_THAT(
      cloud.error("ExecuteChangeSet", Object{{"StackName", "web"}, {"ChangeSetName", "same"}}),
      HasSubstr("UNAVAILABLE"));

  cloud.must("CreateChangeSet", request("web", kSystem,
                                        {{"ChangeSetName", "image"},
                                         {"Parameters", Array{parameter("Image", "web:9")}}}));
  cloud.run(Millis{0});
  set = cloud.must("DescribeChangeSet", Object{{"StackName", "web"}, {"ChangeSetName", "image"}});
  std::map<std::string, std::string> replaced;
  for (const Value& change : set.at("Changes").as_array())
    replaced[text_of(change.at("ResourceChange"), "LogicalResourceId")] =
        text_of(change.at("ResourceChange"), "Replacement");
  EXPECT_THAT(replaced, ElementsAre(std::pair("Service", "False"), std::pair("Task", "True")));
}

TEST(CloudFormationTemplates, SsmParametersAndDynamicReferences) {
  FakeCloud cloud;
  cloud.parameters.values["/image"] = "web:7";
  cloud.must(
      "CreateStack",
      request("s",
              "Parameters: {P: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /image}}\n"
              "Resources: {A: {Type: 'AWS::Logs::LogGroup', Properties: {LogGroupName: !Ref P}}}"));
  cloud.run();
  EXPECT_TRUE(cloud.groups.contains("web:7"));
  EXPECT_EQ(
      cloud.error(
          "CreateStack",
          request("t",
                  "Parameters: {P: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /none}}\n"
                  "Resources: {A: {Type: 'AWS::Logs::LogGroup'}}")),
      "Unable to fetch parameters [/none] from parameter store for this account.");
}

TEST(CloudFormationPaging, EventsComeNewestFirstInPages) {
  FakeCloud cloud;
  std::string body = "Resources:\n";
  for (int i = 0; i < 60; ++i)
    body += fmt::format(
        "  L{0}: {{Type: AWS::Logs::LogGroup, Properties: {{LogGroupName: l{0}}}}}\n", i);
  cloud.must("CreateStack", request("many", body));
  cloud.run();
  std::set<std::string> seen;
  Value page = cloud.must("DescribeStackEvents", Object{{"StackName", "many"}});
  EXPECT_EQ(text_of(page.at("StackEvents").at(0), "ResourceStatus"), "CREATE_COMPLETE");
  while (true) {
    for (const Value& e : page.at("StackEvents").as_array())
      EXPECT_TRUE(seen.insert(text_of(e, "EventId")).second);
    const std::string next = text_of(page, "NextToken");
    if (next.empty()) break;
    page = cloud.must("DescribeStackEvents", Object{{"StackName", "many"}, {"NextToken", next}});
  }
  EXPECT_EQ(seen.size(), 2u + 60 * 3);
}

// Runs until the operation ends, crashing once at call `n` (before or after its effect) and going
// on with a room built from what was durable.
void run_with_crash(FakeCloud& cloud, int n, bool after) {
  cloud.calls = 0;
  (after ? cloud.crash_after : cloud.crash_before) = n;
  try {
    cloud.run();
  } catch (const Crash&) {
    cloud.crash_after = cloud.crash_before = -1;
    cloud.boot();
    cloud.run();
  }
  cloud.crash_after = cloud.crash_before = -1;
}

TEST(CloudFormationCrash, AtAnyCallOfACreationNothingIsLostOrDoubled) {
  int calls = 1;
  for (int n = 1; n <= calls; ++n) {
    for (bool after : {false, true}) {
      SCOPED_TRACE(fmt::format("call {} {}", n, after ? "after" : "before"));
      FakeCloud cloud;
      cloud.must("CreateStack", request("web", kSystem));
      run_with_crash(cloud, n, after);
      calls = std::max(calls, cloud.calls);
      ASSERT_EQ(cloud.status("web"), "CREATE_COMPLETE")
          << testing::PrintToString(cloud.events("web"));
      EXPECT_EQ(cloud.clusters.size(), 1u);
      EXPECT_EQ(cloud.groups.size(), 1u);
      EXPECT_EQ(cloud.roles.size(), 1u);
      EXPECT_EQ(cloud.services.size(), 1u);
      EXPECT_EQ(cloud.retention.size(), 1u);
    }
    if (n == 1) calls = 12;  // at least so many; grows with what is seen
  }
}

TEST(CloudFormationCrash, AtAnyCallOfAnUpdateAndADeletion) {
  for (int n = 1; n <= 14; ++n) {
    SCOPED_TRACE(n);
    FakeCloud cloud;
    cloud.must("CreateStack", request("web", kSystem));
    cloud.run();
    cloud.must("UpdateStack",
               request("web", kSystem, {{"Parameters", Array{parameter("Image", "web:2")}}}));
    run_with_crash(cloud, n, n % 2 == 0);
    ASSERT_EQ(cloud.status("web"), "UPDATE_COMPLETE")
        << testing::PrintToString(cloud.events("web"));
    cloud.must("DeleteStack", Object{{"StackName", "web"}});
    run_with_crash(cloud, n, n % 2 == 1);
    EXPECT_THAT(cloud.error("DescribeStacks", Object{{"StackName", "web"}}),
                HasSubstr("does not exist"));
    EXPECT_THAT(cloud.clusters, IsEmpty());
    EXPECT_THAT(cloud.groups, IsEmpty());
    EXPECT_THAT(cloud.roles, IsEmpty());
    EXPECT_THAT(cloud.services, IsEmpty());
  }
}

TEST(CloudFormationSecrets, AreNotStoredInTheClear) {
  FakeCloud cloud;
  cloud.must("CreateStack", request("s",
                                    "Parameters: {K: {Type: String, NoEcho: true}}\n"
                                    "Resources: {A: {Type: 'AWS::Logs::LogGroup', Properties: "
                                    "{Tags: [{Key: k, Value: !Ref K}]}}}",
                                    {{"Parameters", Array{parameter("K", "very-secret-value")}}}));
  cloud.run();
  ASSERT_EQ(cloud.status("s"), "CREATE_COMPLETE");
  cloud.store->flush();
  for (const char* table :
       {"cloudformation.stack", "cloudformation.resource", "cloudformation.event"}) {
    const auto rows = cloud.store->load(table);
    EXPECT_THAT(rows, Not(IsEmpty())) << table;
    for (const auto& [key, body] : rows)
      EXPECT_THAT(body, Not(HasSubstr("very-secret-value"))) << table;
  }
}

}  // namespace
}  // namespace seatrial::services::cloudformation
