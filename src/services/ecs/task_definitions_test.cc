// Task definitions: revisions, names, lists, and every refusal.
#include "services/ecs/task_definition_rules.h"
#include "services/ecs/testing.h"

namespace seatrial::services::ecs {
namespace {

using testing::EcsWorld;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string definition(const std::string& container_more, const std::string& task_more = "") {
  return R"({"family":"f","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],)"
         R"("cpu":"256","memory":"512","containerDefinitions":[{"name":"a","image":"i:1")" +
         container_more + "}]" + task_more + "}";
}

TEST(TaskDefinitions, RevisionsCountUpAndAreNamedInAllForms) {
  EcsWorld w;
  w.define();
  w.define("web:2");
  const auto image = [&](const std::string& name) {
    const auto reply = w.ok("DescribeTaskDefinition", R"({"taskDefinition":")" + name + R"("})");
    return std::string(
        text_member(reply.at("taskDefinition").at("containerDefinitions").at(0), "image"));
  };
  EXPECT_EQ(image("web"), "web:2");
  EXPECT_EQ(image("web:1"), "web:1");
  EXPECT_EQ(image("arn:aws:ecs:ap-southeast-2:123456789012:task-definition/web:1"), "web:1");
  w.ok("DeregisterTaskDefinition", R"({"taskDefinition":"web:2"})");
  EXPECT_EQ(image("web"), "web:1");
  EXPECT_EQ(image("web:2"), "web:2");  // inactive, still described
  w.define("web:3");
  EXPECT_EQ(image("web:3"), "web:3");  // a revision is never used twice
  EXPECT_EQ(w.error("DescribeTaskDefinition", R"({"taskDefinition":"web:9"})"),
            "ClientException: Unable to describe task definition.");
  EXPECT_EQ(w.error("DescribeTaskDefinition", R"({"taskDefinition":"web:x"})"),
            "ClientException: Invalid revision number. Number: x");
}

TEST(TaskDefinitions, ListsArePagedAndSortedByNumber) {
  EcsWorld w;
  for (int i = 0; i < 11; ++i) w.define();
  auto reply =
      w.ok("ListTaskDefinitions", R"({"familyPrefix":"web","sort":"DESC","maxResults":2})");
  const auto arns = record_from<std::vector<std::string>>(reply.at("taskDefinitionArns"));
  EXPECT_THAT(arns, ElementsAre(HasSubstr("/web:11"), HasSubstr("/web:10")));
  reply = w.ok("ListTaskDefinitions",
               R"({"familyPrefix":"web","sort":"DESC","maxResults":2,"nextToken":")" +
                   std::string(text_member(reply, "nextToken")) + R"("})");
  EXPECT_THAT(record_from<std::vector<std::string>>(reply.at("taskDefinitionArns")),
              ElementsAre(HasSubstr("/web:9"), HasSubstr("/web:8")));
  EXPECT_EQ(w.ok("ListTaskDefinitionFamilies", "{}").at("families").as_array().size(), 1u);
}

TEST(TaskDefinitions, WhatIsDescribedRegistersAgain) {
  EcsWorld w;
  w.define("web:1", R"(,"environment":[{"name":"A","value":"1"}])");
  auto shown = w.ok("DescribeTaskDefinition", R"({"taskDefinition":"web"})").at("taskDefinition");
  for (const char* name : {"taskDefinitionArn", "revision", "status", "requiresAttributes",
                           "compatibilities", "registeredAt", "registeredBy"}) {
    shown.as_object().erase(name);
  }
  const auto again = w.ok("RegisterTaskDefinition", to_json(shown));
  EXPECT_EQ(again.at("taskDefinition").at("revision"), 2);
}

TEST(TaskDefinitions, FargateSizesAreChecked) {
  EXPECT_TRUE(fargate_combination(256, 2048));
  EXPECT_FALSE(fargate_combination(256, 4096));
  EXPECT_TRUE(fargate_combination(1024, 7168));
  EXPECT_FALSE(fargate_combination(8192, 17408));
  EXPECT_EQ(cpu_units(".5 vCPU"), 512);
  EXPECT_EQ(memory_mib("2GB"), 2048);
  EXPECT_EQ(memory_mib("2 lb"), std::nullopt);
  EcsWorld w;
  EXPECT_THAT(
      w.error("RegisterTaskDefinition",
              R"({"family":"f","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],)"
              R"("cpu":"300","memory":"512","containerDefinitions":[{"name":"a","image":"i"}]})"),
      StartsWith("ClientException: No Fargate configuration exists for given values: 300 CPU"));
}

TEST(TaskDefinitions, WhatCannotBeHonouredIsRefusedByName) {
  EcsWorld w;
  const std::pair<std::string, std::string> kContainer[] = {
      {R"(,"healthCheck":{"command":["CMD","x"]})", "healthCheck"},
      {R"(,"environmentFiles":[{"value":"arn:x","type":"s3"}])", "environmentFiles"},
      {R"(,"ulimits":[{"name":"nofile","softLimit":1,"hardLimit":1}])", "ulimits"},
      {R"(,"firelensConfiguration":{"type":"fluentbit"})", "firelens"},
      {R"(,"resourceRequirements":[{"type":"GPU","value":"1"}])", "resourceRequirements"},
      {R"(,"mountPoints":[{"sourceVolume":"v","containerPath":"/v"}])", "mountPoints"},
      {R"(,"logConfiguration":{"logDriver":"splunk"})", "splunk"},
      {R"(,"readonlyRootFilesystem":true)", "readonlyRootFilesystem"},
      {R"(,"secrets":[{"name":"S","valueFrom":"x"}])", "executionRoleArn"},
      {R"(,"dependsOn":[{"containerName":"a","condition":"START"}])", "depends on"},
      {R"(,"portMappings":[{"containerPort":1,"hostPort":2}])", "must match"},
  };
  for (const auto& [more, what] : kContainer) {
    const auto error = w.error("RegisterTaskDefinition", definition(more));
    EXPECT_THAT(error, StartsWith("ClientException: ")) << more;
    EXPECT_THAT(error, HasSubstr(what)) << more;
  }
  const std::pair<std::string, std::string> kTask[] = {
      {R"(,"volumes":[{"name":"v"}])", "volumes"},
      {R"(,"proxyConfiguration":{"containerName":"a"})", "proxyConfiguration"},
      {R"(,"placementConstraints":[{"type":"memberOf"}])", "placementConstraints"},
      {R"(,"runtimePlatform":{"cpuArchitecture":"ARM64"})", "cpuArchitecture"},
  };
  for (const auto& [more, what] : kTask) {
    EXPECT_THAT(w.error("RegisterTaskDefinition", definition("", more)), HasSubstr(what)) << more;
  }
  w.ok("RegisterTaskDefinition", definition(""));
}

}  // namespace
}  // namespace seatrial::services::ecs
