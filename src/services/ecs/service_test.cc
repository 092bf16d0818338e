// The room through its operations: clusters, services, tasks, with fakes below.
#include "services/ecs/testing.h"

namespace seatrial::services::ecs {
namespace {

using testing::EcsWorld;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

struct EcsTest : ::testing::Test {
  EcsWorld w;
};

TEST_F(EcsTest, ClustersAreMadeOnceDescribedAndDeletedWhenEmpty) {
  w.make_cluster();
  w.make_cluster();
  EXPECT_EQ(w.ok("ListClusters", "{}").at("clusterArns").as_array().size(), 1u);
  const auto reply = w.ok("DescribeClusters", R"({"clusters":["c","nope"]})");
  EXPECT_EQ(text_member(reply.at("clusters").at(0), "status"), "ACTIVE");
  EXPECT_EQ(text_member(reply.at("failures").at(0), "reason"), "MISSING");
  w.define();
  w.make_service(1);
  EXPECT_THAT(w.error("DeleteCluster", R"({"cluster":"c"})"),
              StartsWith("ClusterContainsServicesException"));
  w.ok("DeleteService", R"({"cluster":"c","service":"s","force":true})");
  w.advance(5);
  const auto gone = w.ok("DeleteCluster", R"({"cluster":"c"})");
  EXPECT_EQ(text_member(gone.at("cluster"), "status"), "INACTIVE");
  EXPECT_EQ(w.error("ListServices", R"({"cluster":"c"})"),
            "ClusterNotFoundException: Cluster not found.");
}

TEST_F(EcsTest, AServiceComesUpAndIsSteady) {
  w.make_cluster();
  w.define();
  w.make_service(2);
  w.advance(2);
  const Value service = w.service();
  EXPECT_EQ(service.at("runningCount"), 2);
  EXPECT_EQ(service.at("pendingCount"), 0);
  EXPECT_EQ(service.at("deployments").as_array().size(), 1u);
  EXPECT_EQ(service.at("deployments").at(0).at("rolloutState"), "COMPLETED");
  EXPECT_THAT(w.events(), ElementsAre("(service s) has started 2 tasks: (task N) (task N).",
                                      "(service s) (deployment ecs-svc/N) deployment completed.",
                                      "(service s) has reached a steady state."));
  const Value task = w.task(w.task_arns().at(0));
  EXPECT_EQ(task.at("lastStatus"), "RUNNING");
  EXPECT_EQ(task.at("group"), "service:s");
  EXPECT_EQ(task.at("startedBy"), service.at("deployments").at(0).at("id"));
  EXPECT_EQ(task.at("containers").at(0).at("lastStatus"), "RUNNING");
}

TEST_F(EcsTest, ADeploymentTellsItsStepsInAwsOrder) {
  w.make_cluster();
  w.define();
  w.make_service(1, EcsWorld::behind_balancer());
  w.advance(30);
  const auto before = w.events().size();
  w.define("web:2");
  w.ok("UpdateService", R"({"cluster":"c","service":"s","taskDefinition":"web:2"})");
  EXPECT_EQ(w.service().at("deployments").as_array().size(), 2u);
  w.advance(60);
  auto events = w.events();
  events.erase(events.begin(), events.begin() + static_cast<std::ptrdiff_t>(before));
  const std::string group = testing::kTargetGroup;
  EXPECT_THAT(
      events,
      ElementsAre("(service s) has started 1 tasks: (task N).",
                  "(service s) registered 1 targets in (target-group " + group + ")",
                  "(service s) has stopped 1 running tasks: (task N).",
                  "(service s) deregistered 1 targets in (target-group " + group + ")",
                  "(service s, taskSet ecs-svc/N) has begun draining connections on 1 tasks.",
                  "(service s) (deployment ecs-svc/N) deployment completed.",
                  "(service s) has reached a steady state."));
  EXPECT_EQ(w.service().at("deployments").as_array().size(), 1u);
  EXPECT_THAT(std::string(text_member(w.service(), "taskDefinition")), HasSubstr("web:2"));
  const auto history = w.ok("ListServiceDeployments", R"({"cluster":"c","service":"s"})");
  ASSERT_EQ(history.at("serviceDeployments").as_array().size(), 2u);
  EXPECT_EQ(history.at("serviceDeployments").at(0).at("status"), "SUCCESSFUL");
}

TEST_F(EcsTest, ATaskServesUntilItsTargetHasDrained) {
  w.make_cluster();
  w.define();
  w.make_service(1, EcsWorld::behind_balancer());
  w.advance(30);
  const std::string arn = w.task_arns().at(0);
  const std::string box = EcsWorld::container_of_task(arn);
  w.ok("UpdateService", R"({"cluster":"c","service":"s","desiredCount":0})");
  w.advance(5);
  EXPECT_EQ(w.task(arn).at("lastStatus"), "DEACTIVATING");
  EXPECT_EQ(w.containers.boxes.at(box).stops, 0);
  EXPECT_EQ(w.service().at("runningCount"), 0);
  w.advance(10);
  const Value task = w.task(arn);
  EXPECT_EQ(task.at("lastStatus"), "STOPPED");
  EXPECT_EQ(task.at("stopCode"), "ServiceSchedulerInitiated");
  EXPECT_THAT(std::string(text_member(task, "stoppedReason")),
              StartsWith("Scaling activity initiated by (deployment ecs-svc/"));
  EXPECT_EQ(task.at("containers").at(0).at("exitCode"), 143);
}

TEST_F(EcsTest, ADeadTaskIsReplacedAtOnceAndSaysWhy) {
  w.make_cluster();
  w.define();
  w.make_service(1);
  w.advance(20);
  const std::string arn = w.task_arns().at(0);
  w.containers.end(EcsWorld::container_of_task(arn), 137, true);
  w.run();
  const Value dead = w.task(arn);
  EXPECT_EQ(dead.at("stopCode"), "EssentialContainerExited");
  EXPECT_EQ(dead.at("stoppedReason"), "Essential container in task exited");
  EXPECT_EQ(dead.at("containers").at(0).at("exitCode"), 137);
  EXPECT_EQ(dead.at("containers").at(0).at("reason"),
            "OutOfMemoryError: Container killed due to memory usage");
  ASSERT_THAT(w.task_arns(), SizeIs(1));
  EXPECT_NE(w.task_arns().at(0), arn);
  EXPECT_THAT(w.task_arns("STOPPED"), ElementsAre(arn));
  EXPECT_THAT(w.network.attached, SizeIs(1));
  w.advance(3'700);  // seen for an hour
  EXPECT_THAT(w.task_arns("STOPPED"), IsEmpty());
}

TEST_F(EcsTest, AnUnhealthyTaskIsReplacedFirstThenStopped) {
  w.make_cluster();
  w.define();
  w.make_service(1, EcsWorld::behind_balancer() + R"(,"healthCheckGracePeriodSeconds":60)");
  w.advance(30);
  const std::string arn = w.task_arns().at(0);
  const std::string ip = w.targets.states.at(testing::kTargetGroup).begin()->first;
  w.targets.set("ap-southeast-2", testing::kTargetGroup, ip, "unhealthy");
  w.advance(10);
  EXPECT_THAT(w.task_arns(), SizeIs(1));  // still within the grace period
  w.advance(22);
  EXPECT_THAT(w.task_arns(), SizeIs(2));
  w.advance(30);
  ASSERT_THAT(w.task_arns(), SizeIs(1));
  EXPECT_EQ(
      text_member(w.task(arn), "stoppedReason"),
      std::string("Task failed ELB health checks in (target-group ") + testing::kTargetGroup + ")");
  EXPECT_THAT(
      w.events(),
      ::testing::Contains(std::string("(service s) (port 8000) is unhealthy in (target-group ") +
                          testing::kTargetGroup +
                          ") due to (reason Health checks failed with these codes: [500])."));
}

TEST_F(EcsTest, AnImageThatIsMissingFailsTheTaskAndSpacesStartsOut) {
  w.make_cluster();
  w.define("missing:1");
  w.make_service(1);
  w.advance(120);
  const auto stopped = w.task_arns("STOPPED");
  EXPECT_GT(stopped.size(), 5u);
  EXPECT_LT(stopped.size(), 14u);
  const Value task = w.task(stopped.at(0));
  EXPECT_EQ(task.at("stopCode"), "TaskFailedToStart");
  EXPECT_EQ(task.at("stoppedReason"), "CannotPullContainerError: image missing:1 not found");
  EXPECT_FALSE(task.at("containers").at(0).as_object().contains("exitCode"));
  EXPECT_THAT(w.events(), ::testing::Contains(HasSubstr("is unable to consistently start tasks")));
  EXPECT_GT(w.service().at("deployments").at(0).at("failedTasks").as_int64(), 5);
  w.define("web:2");
  w.ok("UpdateService", R"({"cluster":"c","service":"s","taskDefinition":"web:2"})");
  w.advance(3);
  EXPECT_EQ(w.service().at("runningCount"), 1);
}

// AWS spaces out only starts that never came to RUNNING. Here starts are quick, so that programs
// that end at once are paced, too, but a repaired one comes up within seconds.
TEST_F(EcsTest, ATaskThatKeepsEndingIsStartedAgainWithinSeconds) {
  w.make_cluster();
  w.define();
  w.make_service(1);
  for (int second = 0; second < 300; ++second) {
    w.advance(1);
    for (const auto& id : w.containers.up()) w.containers.end(id, 1);
  }
  const auto ended = w.task_arns("STOPPED").size();
  EXPECT_GT(ended, 30u);
  EXPECT_LT(ended, 100u);
  EXPECT_THAT(w.events(),
              ::testing::Not(::testing::Contains(HasSubstr("unable to consistently start tasks"))));
  w.advance(10);
  EXPECT_EQ(w.service().at("runningCount"), 1);
}

TEST_F(EcsTest, DeletingDrainsAndEndsInactive) {
  w.make_cluster();
  w.define();
  w.make_service(2);
  w.advance(5);
  EXPECT_EQ(w.error("DeleteService", R"({"cluster":"c","service":"s"})"),
            "InvalidParameterException: The service cannot be stopped while it is scaled above 0.");
  w.containers.stubborn = true;
  const auto reply = w.ok("DeleteService", R"({"cluster":"c","service":"s","force":true})");
  EXPECT_EQ(reply.at("service").at("status"), "DRAINING");
  EXPECT_EQ(w.error("UpdateService", R"({"cluster":"c","service":"s","desiredCount":1})"),
            "ServiceNotActiveException: Service was not ACTIVE.");
  w.advance(20);
  EXPECT_EQ(w.service().at("status"), "DRAINING");  // its tasks ignore SIGTERM for 30 s
  w.advance(15);
  EXPECT_EQ(w.service().at("status"), "INACTIVE");
  EXPECT_THAT(w.containers.up(), IsEmpty());
  EXPECT_THAT(w.network.attached, IsEmpty());
  w.containers.stubborn = false;
  w.make_service(1);  // the name is free again
  w.advance(5);
  EXPECT_EQ(w.service().at("runningCount"), 1);
}

TEST_F(EcsTest, ServicesAreCheckedBeforeTheyAreMade) {
  w.make_cluster();
  w.define();
  const auto create = [&](const std::string& more) {
    return w.error(
        "CreateService",
        R"({"cluster":"c","serviceName":"s","taskDefinition":"web","launchType":"FARGATE",)"
        R"("networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-a"]}})" +
            more + "}");
  };
  EXPECT_THAT(
      create(
          R"(,"deploymentConfiguration":{"deploymentCircuitBreaker":{"enable":true,"rollback":true}})"),
      HasSubstr("deploymentCircuitBreaker"));
  EXPECT_THAT(create(R"(,"enableExecuteCommand":true)"), HasSubstr("enableExecuteCommand"));
  EXPECT_THAT(create(R"(,"deploymentController":{"type":"CODE_DEPLOY"})"),
              HasSubstr("CODE_DEPLOY"));
  EXPECT_THAT(
      create(R"(,"deploymentConfiguration":{"minimumHealthyPercent":100,"maximumPercent":100})"),
      HasSubstr("cannot be 100 as this will block deployments"));
  EXPECT_THAT(
      create(
          R"(,"loadBalancers":[{"targetGroupArn":"lonely","containerName":"web","containerPort":8000}])"),
      HasSubstr("does not have an associated load balancer"));
  EXPECT_THAT(
      create(
          R"(,"loadBalancers":[{"targetGroupArn":"a","containerName":"web","containerPort":1}])"),
      HasSubstr("did not have a container port 1 defined"));
  EXPECT_THAT(
      w.error("CreateService", R"({"cluster":"c","serviceName":"s","taskDefinition":"web"})"),
      HasSubstr("Launch type EC2"));
  EXPECT_THAT(
      w.error("CreateService", R"({"cluster":"c","serviceName":"s","taskDefinition":"nope"})"),
      HasSubstr("TaskDefinition not found."));
  w.make_service(1);
  EXPECT_THAT(create(""), HasSubstr("Creation of service was not idempotent."));
}

TEST_F(EcsTest, RunTaskGivesEnvironmentSecretsAndLogs) {
  w.make_cluster();
  w.define("web:1",
           R"(,"environment":[{"name":"A","value":"1"}],"secrets":[)"
           R"({"name":"P","valueFrom":"/db/user"},{"name":"S","valueFrom":)"
           R"("arn:aws:secretsmanager:ap-southeast-2:123456789012:secret:db-AbCdEf:password::"}],)"
           R"("logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/g",)"
           R"("awslogs-region":"ap-southeast-2","awslogs-stream-prefix":"ecs"}})");
  const auto reply = w.ok(
      "RunTask", R"({"cluster":"c","taskDefinition":"web","launchType":"FARGATE","startedBy":"me",)"
                 R"("networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-a"]}},)"
                 R"("overrides":{"containerOverrides":[{"name":"web","command":["x"],)"
                 R"("environment":[{"name":"A","value":"2"}]}]}})");
  EXPECT_EQ(reply.at("tasks").at(0).at("lastStatus"), "PROVISIONING");
  const std::string arn(text_member(reply.at("tasks").at(0), "taskArn"));
  const std::string box = EcsWorld::container_of_task(arn);
  const auto& spec = w.containers.boxes.at(box).spec;
  EXPECT_EQ(spec.environment.at("A"), "2");
  EXPECT_EQ(spec.environment.at("P"), "parameter /db/user");
  EXPECT_EQ(spec.environment.at("S"),
            "secret arn:aws:secretsmanager:ap-southeast-2:123456789012:secret:db-AbCdEf [password] "
            "[] []");
  EXPECT_EQ(spec.environment.at("AWS_ENDPOINT_URL"), "http://169.254.170.2:4566");
  EXPECT_THAT(spec.command, ElementsAre("x"));
  EXPECT_EQ(spec.memory_limit_bytes, 512LL * 1024 * 1024);
  EXPECT_FALSE(spec.environment.contains("HOST"));
  w.containers.print(box, "hello");
  w.run();
  EXPECT_THAT(w.rooms.lines.at("ecs/web/" + short_name(arn)), ElementsAre("hello"));
  EXPECT_EQ(w.containers.acknowledged.at(box), 1u);
  const Value task = w.task(arn);
  EXPECT_EQ(task.at("attachments").at(0).at("status"), "ATTACHED");
  EXPECT_EQ(task.at("group"), "family:web");
  w.containers.end(box, 0);
  w.run();
  EXPECT_EQ(w.task(arn).at("lastStatus"), "STOPPED");
  EXPECT_EQ(w.task(arn).at("containers").at(0).at("exitCode"), 0);
}

TEST_F(EcsTest, WhatCannotBePreparedFailsTheTaskWithTheReason) {
  w.make_cluster();
  const auto run = [&] {
    const auto reply = w.ok(
        "RunTask", R"({"cluster":"c","taskDefinition":"web","launchType":"FARGATE",)"
                   R"("networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-a"]}}})");
    const Value task = w.task(std::string(text_member(reply.at("tasks").at(0), "taskArn")));
    EXPECT_EQ(task.at("lastStatus"), "STOPPED");
    EXPECT_EQ(task.at("stopCode"), "TaskFailedToStart");
    return std::string(text_member(task, "stoppedReason"));
  };
  w.define("web:1", R"(,"secrets":[{"name":"P","valueFrom":"/absent"}])");
  EXPECT_THAT(run(), HasSubstr("unable to retrieve secrets from ssm"));
  w.define("web:1",
           R"(,"logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/absent",)"
           R"("awslogs-region":"ap-southeast-2","awslogs-stream-prefix":"ecs"}})");
  EXPECT_THAT(run(), HasSubstr("The specified log group does not exist."));
  w.network.broken = true;
  EXPECT_THAT(run(), HasSubstr("no address left in 10.0.1.0/24"));
}

TEST_F(EcsTest, StopTaskSaysWhoAndWhy) {
  w.make_cluster();
  w.define();
  w.make_service(1);
  w.advance(20);
  const std::string arn = w.task_arns().at(0);
  const auto reply =
      w.ok("StopTask", fmt::format(R"({{"cluster":"c","task":"{}","reason":"drill"}})", arn));
  EXPECT_EQ(reply.at("task").at("desiredStatus"), "STOPPED");
  w.advance(2);
  const Value task = w.task(arn);
  EXPECT_EQ(task.at("lastStatus"), "STOPPED");
  EXPECT_EQ(task.at("stopCode"), "UserInitiated");
  EXPECT_EQ(task.at("stoppedReason"), "drill");
  EXPECT_EQ(w.service().at("runningCount"), 1);
  EXPECT_EQ(w.error("StopTask", R"({"cluster":"c","task":"0123"})"),
            "InvalidParameterException: The referenced task was not found.");
}

TEST_F(EcsTest, ContainersStartAndStopInTheOrderOfTheirDependencies) {
  w.make_cluster();
  w.ok(
      "RegisterTaskDefinition",
      R"({"family":"web","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],)"
      R"("cpu":"256","memory":"512","containerDefinitions":[)"
      R"({"name":"app","image":"a:1","dependsOn":[{"containerName":"setup","condition":"SUCCESS"},)"
      R"({"containerName":"side","condition":"START"}]},)"
      R"({"name":"setup","image":"a:1","essential":false},{"name":"side","image":"a:1"}]})");
  w.make_service(1);
  w.run();
  const std::string arn = w.task_arns().at(0);
  EXPECT_EQ(w.task(arn).at("lastStatus"), "PENDING");
  EXPECT_FALSE(w.containers.boxes.contains(EcsWorld::container_of_task(arn, "app")));
  w.containers.end(EcsWorld::container_of_task(arn, "setup"), 0);
  w.advance(1);
  EXPECT_EQ(w.task(arn).at("lastStatus"), "RUNNING");
  w.containers.stubborn = true;
  w.ok("UpdateService", R"({"cluster":"c","service":"s","desiredCount":0})");
  EXPECT_EQ(w.containers.boxes.at(EcsWorld::container_of_task(arn, "app")).stops, 1);
  EXPECT_EQ(w.containers.boxes.at(EcsWorld::container_of_task(arn, "side")).stops, 0);
  w.advance(70);
  EXPECT_EQ(w.task(arn).at("lastStatus"), "STOPPED");
}

TEST_F(EcsTest, AfterAKillTasksAreAdoptedReplacedAndOrphansSwept) {
  w.make_cluster();
  w.define();
  w.make_service(3);
  w.advance(20);
  const auto arns = w.task_arns();
  w.close();
  w.containers.end(EcsWorld::container_of_task(arns[0]), 1);                    // died meanwhile
  w.containers.boxes.erase(EcsWorld::container_of_task(arns[1]));               // vanished
  w.containers.start({.id = std::string(32, 'f') + "-web", .image = "web:1"});  // nobody's
  w.network.attached["stranger"] = "10.0.9.9";
  w.run();
  w.open();
  w.advance(2);
  EXPECT_EQ(w.service().at("runningCount"), 3);
  EXPECT_EQ(w.task(arns[2]).at("lastStatus"), "RUNNING");
  EXPECT_EQ(w.task(arns[0]).at("containers").at(0).at("exitCode"), 1);
  EXPECT_EQ(w.task(arns[1]).at("containers").at(0).at("exitCode"), 137);
  EXPECT_THAT(w.containers.up(), SizeIs(3));
  EXPECT_FALSE(w.containers.boxes.contains(std::string(32, 'f') + "-web"));
  EXPECT_FALSE(w.network.attached.contains("stranger"));
  EXPECT_THAT(w.network.attached, SizeIs(3));
}

TEST_F(EcsTest, TasksThatEndedWhileTheWorldWasDownAreReplacedAtOnce) {
  w.make_cluster();
  w.define();
  w.make_service(8);
  w.advance(2);
  const auto arns = w.task_arns();
  w.close();
  for (std::size_t i = 0; i < 6; ++i) w.containers.end(EcsWorld::container_of_task(arns[i]), 143);
  for (std::size_t i = 6; i < 8; ++i)
    w.containers.boxes.erase(EcsWorld::container_of_task(arns[i]));
  w.run();
  w.open();
  w.advance(1);
  EXPECT_EQ(w.service().at("runningCount"), 8);
  EXPECT_EQ(w.service().at("deployments").at(0).at("failedTasks"), 0);
}

TEST_F(EcsTest, ARestartAmidADeploymentKeepsTheOldTasks) {
  w.make_cluster();
  w.define();
  w.make_service(2, EcsWorld::behind_balancer());
  w.advance(30);
  const auto old = w.task_arns();
  w.targets.settle = Millis{1'000'000};  // the new tasks never turn healthy
  w.define("web:2");
  w.ok("UpdateService", R"({"cluster":"c","service":"s","taskDefinition":"web:2"})");
  w.advance(5);
  w.close();
  for (auto& [ip, state] : w.targets.states.at(testing::kTargetGroup)) state.state = "initial";
  w.open();
  w.advance(10);
  EXPECT_THAT(w.task_arns(), SizeIs(4));
  for (const auto& arn : old) EXPECT_EQ(w.task(arn).at("desiredStatus"), "RUNNING");
}

TEST_F(EcsTest, UsageIsPublishedPerTaskAndMinute) {
  w.make_cluster();
  w.define();
  w.make_service(2);
  w.containers.cpu_ns_per_sample = 1'250'000'000;  // half of a quarter CPU in ten seconds
  w.advance(125);
  ASSERT_THAT(w.rooms.data, ::testing::Not(IsEmpty()));
  int service_level = 0;
  for (const auto& datum : w.rooms.data) {
    EXPECT_EQ(datum.name_space, "AWS/ECS");
    EXPECT_NEAR(datum.value, datum.name == "CPUUtilization" ? 50.0 : 12.5, 0.01);
    service_level += datum.dimensions.size() == 2;
  }
  EXPECT_EQ(service_level, 8);  // two tasks, two minutes, two metrics
}

TEST_F(EcsTest, ExecuteCommandIsRefusedInAwsWords) {
  w.make_cluster();
  w.define();
  w.make_service(1);
  w.advance(2);
  EXPECT_THAT(
      w.error("ExecuteCommand",
              fmt::format(R"({{"cluster":"c","task":"{}","command":"ls","interactive":true}})",
                          w.task_arns().at(0))),
      StartsWith("InvalidParameterException: The execute command failed because"));
}

TEST_F(EcsTest, TagsAreKeptAndPropagated) {
  w.make_cluster();
  w.define();
  w.make_service(1, R"(,"tags":[{"key":"team","value":"ops"}],"propagateTags":"SERVICE")");
  w.advance(2);
  const std::string arn = w.task_arns().at(0);
  w.ok("TagResource",
       fmt::format(R"({{"resourceArn":"{}","tags":[{{"key":"a","value":"b"}}]}})", arn));
  w.ok("UntagResource", fmt::format(R"({{"resourceArn":"{}","tagKeys":["a"]}})", arn));
  const auto tags = w.ok("ListTagsForResource", fmt::format(R"({{"resourceArn":"{}"}})", arn));
  ASSERT_EQ(tags.at("tags").as_array().size(), 1u);
  EXPECT_EQ(tags.at("tags").at(0).at("value"), "ops");
}

}  // namespace
}  // namespace seatrial::services::ecs
