// What is said of queries over real operations: the part, the message, what to write instead; and
// of which nothing may be said.
#include "jmespath/infer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jmespath/cli_output.h"
#include "jmespath/nearest.h"
#include "jmespath/output_form.h"
#include "jmespath/parser.h"

namespace seatrial::jmespath {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Type output(std::string_view service, std::string_view operation, CliOutput options = {}) {
  return type_of_output(model::find_service(service)->find_cli_operation(operation).value(),
                        options);
}

// "kind part -> suggestion" of each problem.
std::vector<std::string> problems(std::string_view expression, const Type& type) {
  constexpr std::string_view kKinds[] = {"syntax", "field", "type", "enum"};
  std::vector<std::string> out;
  for (const Problem& problem : infer(expression, type).problems) {
    const Range range = problem.range;
    out.push_back(fmt::format("{} {}", kKinds[std::size_t(problem.kind)],
                              expression.substr(range.begin, range.end - range.begin)));
    if (!problem.suggestion.empty()) out.back() += " -> " + problem.suggestion;
  }
  return out;
}

std::vector<std::string> of(std::string_view service, std::string_view operation,
                            std::string_view expression) {
  return problems(expression, output(service, operation));
}

std::string message(std::string_view service, std::string_view operation,
                    std::string_view expression) {
  const auto found = infer(expression, output(service, operation)).problems;
  return found.empty() ? "none" : found.front().message;
}

std::string type_of(std::string_view service, std::string_view operation,
                    std::string_view expression) {
  return infer(expression, output(service, operation)).type.name();
}

TEST(Infer, UnknownFieldsAndTheNearest) {
  EXPECT_THAT(of("ecs", "list-tasks", "taskarn"), ElementsAre("field taskarn -> taskArns"));
  EXPECT_THAT(of("ecs", "list-tasks", "TaskArns[0]"), ElementsAre("field TaskArns -> taskArns"));
  EXPECT_THAT(of("ecs", "describe-services", "services[0].runingCount"),
              ElementsAre("field runingCount -> runningCount"));
  EXPECT_THAT(of("ecs", "describe-services", "taskDefinition"),
              ElementsAre("field taskDefinition -> services[].taskDefinition"));
  EXPECT_THAT(of("ec2", "describe-instances", "Instances[].InstanceId"),
              ElementsAre("field Instances -> Reservations[].Instances"));
  EXPECT_THAT(of("ecs", "describe-services", "services[].{a: status, b: stat, c: events[].mesage}"),
              ElementsAre("field stat -> status", "field mesage -> message"));
  EXPECT_EQ(message("ecs", "list-tasks", "taskarn"),
            "the output of list-tasks has no field 'taskarn'");
  EXPECT_EQ(message("ecs", "describe-services", "services[].xyz"),
            "structure Service has no field 'xyz'");
}

TEST(Infer, WordsThatWereMeantAsValues) {
  EXPECT_THAT(of("rds", "describe-db-instances", "DBInstances[?MultiAZ==true]"),
              ElementsAre("field true -> `true`"));
  EXPECT_THAT(of("rds", "describe-db-instances", "DBInstances[?Endpoint!=null]"), IsEmpty());
  EXPECT_THAT(of("ecs", "describe-services", "services[?status==\"ACTIVE\"]"),
              ElementsAre("field \"ACTIVE\" -> 'ACTIVE'"));
}

TEST(Infer, PagesAreMergedAndTheirTokensGone) {
  EXPECT_THAT(of("ecs", "list-tasks", "nextToken"), ElementsAre("field nextToken"));
  EXPECT_THAT(message("ecs", "list-tasks", "nextToken"), HasSubstr("follows the pages"));
  EXPECT_THAT(problems("nextToken", output("ecs", "list-tasks", {.merges_pages = false})),
              IsEmpty());
  EXPECT_THAT(problems("NextToken", output("ecs", "list-tasks", {.cuts_pages = true})), IsEmpty());
  EXPECT_THAT(of("ecs", "describe-services", "ResponseMetadata"),
              ElementsAre("field ResponseMetadata"));
  EXPECT_THAT(of("s3", "delete-objects", "ResponseMetadata.RequestId"), IsEmpty());
  EXPECT_THAT(of("iam", "delete-user", "User"), ElementsAre("field User"));
}

TEST(Infer, AccessThatIsAlwaysNull) {
  EXPECT_THAT(of("ecs", "describe-services", "services.serviceName"),
              ElementsAre("type serviceName"));
  EXPECT_EQ(message("ecs", "describe-services", "services.serviceName"),
            "a list of structure Service has no fields, so 'serviceName' is always null; its "
            "elements have it: [].serviceName");
  EXPECT_THAT(message("ec2", "describe-vpcs", "Vpcs[].Tags.Name"),
              HasSubstr("a tag's value is [?Key=='Name'].Value"));
  EXPECT_THAT(of("ecs", "register-task-definition", "taskDefinition[0].family"),
              ElementsAre("type [0]"));
  EXPECT_THAT(of("ecs", "describe-services", "services[0].status[?a]"), ElementsAre("type [?a]"));
  EXPECT_THAT(of("ecs", "describe-services", "services.*"), ElementsAre("type *"));
  EXPECT_THAT(of("ecs", "describe-services", "@[*]"), ElementsAre("type [*]"));
  EXPECT_THAT(of("ecs", "describe-services", "[].serviceName"), ElementsAre("type []"));
  EXPECT_THAT(of("ecs", "list-tasks", "taskArns[::0]"), ElementsAre("type [::0]"));
}

TEST(Infer, AnIndexBehindAProjectionGoesToEachElement) {
  EXPECT_THAT(of("ec2", "describe-instances", "Reservations[].Instances[].InstanceId[0]"),
              ElementsAre("type [0] ->  | [0]"));
  EXPECT_THAT(of("ecs", "describe-services", "services[].{a: status[0]}"), ElementsAre("type [0]"));
  EXPECT_THAT(of("ecs", "describe-services", "services[].loadBalancers[0].targetGroupArn"),
              IsEmpty());
}

TEST(Infer, ComparisonsThatNeverHold) {
  const auto on = [](std::string_view query) { return of("ec2", "describe-volumes", query); };
  EXPECT_THAT(on("Volumes[?Size == '100']"), ElementsAre("type '100' -> `100`"));
  EXPECT_THAT(on("Volumes[?Size > '100']"), ElementsAre("type '100' -> `100`"));
  EXPECT_THAT(on("Volumes[?Encrypted == 'false']"), ElementsAre("type 'false' -> `false`"));
  EXPECT_THAT(on("Volumes[?VolumeId == `5`]"), ElementsAre("type `5` -> '5'"));
  EXPECT_THAT(on("Volumes[?Attachments > `0`]"), ElementsAre("type Attachments"));
  EXPECT_THAT(on("Volumes[?Encrypted < `1`]"), ElementsAre("type Encrypted"));
  EXPECT_THAT(on("Volumes[?CreateTime < `1700000000`]"),
              ElementsAre("type `1700000000` -> '1700000000'"));
  // Python's package orders text, and so does the AWS CLI.
  EXPECT_THAT(on("Volumes[?CreateTime > '2024-01-01'].VolumeId"), IsEmpty());
  EXPECT_THAT(on("Volumes[?Size >= `100` && !Encrypted]"), IsEmpty());
  EXPECT_THAT(on("Volumes[?KmsKeyId == `null` || SnapshotId == '']"), IsEmpty());
  EXPECT_THAT(on("Volumes[?Size == VolumeId]"), IsEmpty());  // both may be null
}

TEST(Infer, ValuesThatTheModelDoesNotList) {
  const auto on = [](std::string_view query) { return of("ec2", "describe-volumes", query); };
  EXPECT_THAT(on("Volumes[?State=='avialable']"), ElementsAre("enum 'avialable' -> 'available'"));
  EXPECT_THAT(on("Volumes[?State!=`\"In-Use\"`]"),
              ElementsAre("enum `\"In-Use\"` -> `\"in-use\"`"));
  EXPECT_THAT(on("Volumes[?State==`Available`]"), ElementsAre("enum `Available` -> `available`"));
  EXPECT_THAT(on("Volumes[?'in-use'==State && VolumeType=='gp3']"), IsEmpty());
  EXPECT_THAT(on("Volumes[?starts_with(State, 'IN')]"), ElementsAre("enum 'IN'"));
  EXPECT_THAT(on("Volumes[?starts_with(State, 'in')]"), IsEmpty());
  EXPECT_THAT(on("Volumes[].State | [?contains(@, 'use')]"), IsEmpty());
  EXPECT_THAT(on("contains(Volumes[].State, 'used')"), ElementsAre("enum 'used'"));
  EXPECT_THAT(on("type(Volumes) == 'list'"), ElementsAre("enum 'list'"));
  EXPECT_THAT(of("sqs", "get-queue-attributes", "Attributes.QueueARN"),
              ElementsAre("enum QueueARN -> QueueArn"));
  EXPECT_THAT(of("sqs", "get-queue-attributes", "Attributes.SomethingNew"), IsEmpty());
}

TEST(Infer, Functions) {
  const auto on = [](std::string_view query) { return of("ecs", "describe-services", query); };
  EXPECT_THAT(on("lenght(services)"), ElementsAre("syntax lenght -> length"));
  EXPECT_THAT(on("length()"), ElementsAre("syntax length"));
  EXPECT_THAT(on("length(services[0].runningCount)"), ElementsAre("type services[0].runningCount"));
  EXPECT_THAT(on("sum(services[].status)"), ElementsAre("type services[].status"));
  EXPECT_THAT(on("join(', ', services)"), ElementsAre("type services"));
  EXPECT_THAT(on("sort_by(services, serviceName)"),
              ElementsAre("type serviceName -> &serviceName"));
  EXPECT_THAT(on("sort_by(services, &deployments)"), ElementsAre("type deployments"));
  EXPECT_THAT(on("sort_by(services, &createdat)[-1]"), ElementsAre("field createdat -> createdAt"));
  EXPECT_THAT(on("contains(services[0].status, `1`)"), ElementsAre("type `1`"));
  EXPECT_THAT(on("keys(services)"), ElementsAre("type services"));
  EXPECT_THAT(on("sort_by(services, &createdAt)[-1].taskDefinition"), IsEmpty());
  EXPECT_THAT(on("max_by(services, &desiredCount).serviceName"), IsEmpty());
  EXPECT_THAT(on("map(&status, services) | join(',', @)"), IsEmpty());
  EXPECT_THAT(on("merge(services[0], {x: `1`}).[x, status]"), IsEmpty());
  EXPECT_THAT(on("merge(services[0], {x: `1`}).y"), ElementsAre("field y"));
  EXPECT_THAT(on("not_null(services[0].platformVersion, 'none')"), IsEmpty());
  EXPECT_THAT(on("reverse(sort_by(services, &createdAt))[:3].serviceName"), IsEmpty());
  EXPECT_THAT(on("to_array(services[0])[].status"), IsEmpty());
}

TEST(Infer, WhatMayBeAnythingIsNotJudged) {
  EXPECT_THAT(of("iam", "get-role", "Role.AssumeRolePolicyDocument.Statement[0].Principal"),
              IsEmpty());
  EXPECT_THAT(of("cloudformation", "get-template", "TemplateBody.Resources.*.Type"), IsEmpty());
  EXPECT_THAT(of("dynamodb", "get-item", "Item.name.S"), IsEmpty());
  EXPECT_THAT(of("dynamodb", "get-item", "Item.a.M.b.L[0].S"), IsEmpty());
  EXPECT_THAT(of("dynamodb", "get-item", "Item.a.M.b.X"), ElementsAre("field X"));
  EXPECT_THAT(of("s3", "get-object", "Body"), IsEmpty());
  EXPECT_THAT(problems("a.b[?c > `1`] | sort_by(@, &x)[0].y", Type()), IsEmpty());
  EXPECT_THAT(of("ecs", "describe-services", "services[0] || `{}` | nothing"),
              ElementsAre("field nothing"));
  EXPECT_THAT(of("ec2", "describe-volumes", "Volumes[].[VolumeId, Tags[?Key=='Name'].Value | [0]]"),
              IsEmpty());
  EXPECT_THAT(problems("createdAt > `5`", output("ecs", "describe-services", {.v1 = true})),
              ElementsAre("field createdAt -> services[].createdAt"));
  EXPECT_THAT(
      problems("services[?createdAt > `5`]", output("ecs", "describe-services", {.v1 = true})),
      IsEmpty());
}

TEST(Infer, ListsThatServicesDoNotKeepToAreNone) {
  EXPECT_THAT(of("dms", "describe-endpoints", "Endpoints[?EndpointType=='SOURCE']"), IsEmpty());
  EXPECT_THAT(of("dms", "describe-endpoints", "Endpoints[?SslMode=='NONE']"),
              ElementsAre("enum 'NONE' -> 'none'"));
}

TEST(Infer, UnknownLiteralsMayBeAnything) {
  const auto on = [](std::string_view query) {
    const auto expression = parse(query, true);
    return expression ? infer(*expression, output("ec2", "describe-volumes")).problems.size() : 99;
  };
  EXPECT_EQ(on("Volumes[?State=='\x01'].VolumeId"), 0u);
  EXPECT_EQ(on("Volumes[?Size>`\x01` && Size=='1\x01' && contains(State, '\x01')]"), 0u);
  EXPECT_EQ(on("Volumes[?Stat=='\x01']"), 1u);
  EXPECT_EQ(on("Volumes[\x01]"), 99u);
  EXPECT_EQ(on("\"\x01\""), 99u);
}

TEST(Infer, SyntaxIsAProblemToo) {
  const auto found = infer("services[?status=='ACTIVE'", Type()).problems;
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, ProblemKind::kSyntax);
  EXPECT_EQ(found[0].range, (Range{26, 26}));
}

TEST(Infer, TypesOfResults) {
  const auto on = [](std::string_view query) { return type_of("ecs", "describe-tasks", query); };
  EXPECT_EQ(on("@"), "the output of describe-tasks");
  EXPECT_EQ(on("tasks"), "list of structure Task");
  EXPECT_EQ(on("tasks[]"), "list of structure Task");
  EXPECT_EQ(on("tasks[0]"), "structure Task");
  EXPECT_EQ(on("tasks[*].containers"), "list of list of structure Container");
  EXPECT_EQ(on("tasks[].containers[].name"), "list of string");
  EXPECT_EQ(on("tasks[].createdAt"), "list of timestamp");
  EXPECT_EQ(on("tasks[].[taskArn, createdAt]"), "list of list [string, timestamp]");
  EXPECT_EQ(on("tasks[0].{a: taskArn, b: version}"), "structure {a, b}");
  EXPECT_EQ(on("tasks[0].version || 'x'"), "number or string");
  EXPECT_EQ(on("length(tasks) > `0`"), "boolean");
  EXPECT_EQ(on("tasks[0].overrides.*"),
            "list of list of structure ContainerOverride or string or "
            "list of structure InferenceAcceleratorOverride or "
            "structure EphemeralStorage");
  EXPECT_EQ(type_of("sqs", "get-queue-attributes", "Attributes"), "map of string");
  EXPECT_EQ(type_of("sqs", "get-queue-attributes", "values(Attributes)"), "list of string");
  EXPECT_EQ(type_of("sqs", "get-queue-attributes", "keys(Attributes)"), "list of string");
}

TEST(Infer, ProblemsAreLimited) {
  std::string query = "[x";
  for (std::size_t i = 0; i < 2 * kMaxProblems; ++i) query += ", x";
  EXPECT_EQ(infer(query + "]", output("ecs", "list-tasks")).problems.size(), kMaxProblems);
}

TEST(Type, AnswersOthers) {
  const Type services = output("ecs", "describe-services");
  const Type service = *services.field("services")->element();
  EXPECT_EQ(service.field("status")->kind(), TypeKind::kString);
  EXPECT_FALSE(service.field("Status").has_value());
  EXPECT_FALSE(service.element().has_value());
  EXPECT_THAT(service.field("launchType")->enum_values(), testing::Contains("FARGATE"));
  EXPECT_THAT(service.field("status")->enum_values(), IsEmpty());
  EXPECT_THAT(services.field_names(), ElementsAre("services", "failures"));
  const Type pair = Type::either({Type(TypeKind::kString), Type(TypeKind::kString), service});
  EXPECT_EQ(pair.alternatives().size(), 2u);
  EXPECT_TRUE(pair.field("status").has_value());
  EXPECT_THAT(pair.enum_values(), IsEmpty());
  EXPECT_TRUE(Type::either({Type(TypeKind::kString), Type()}).is_any());
  EXPECT_TRUE(Type().field("x")->is_any());
}

// The parts of a query that a table cannot have.
std::vector<std::string> undrawn(std::string_view service, std::string_view operation,
                                 std::string_view query) {
  const auto expression = parse(query).value();
  const Type type = infer(expression, output(service, operation)).type;
  std::vector<std::string> out;
  for (const Problem& problem : table_problems(expression, type)) {
    out.emplace_back(query.substr(problem.range.begin, problem.range.end - problem.range.begin));
  }
  return out;
}

TEST(OutputForm, WhatATableCannotDraw) {
  const auto on = [](std::string_view query) {
    return undrawn("rds", "describe-db-clusters", query);
  };
  EXPECT_THAT(on("DBClusters[0].[Status,MultiAZ,ServerlessV2ScalingConfiguration]"),
              ElementsAre("ServerlessV2ScalingConfiguration"));
  EXPECT_THAT(on("DBClusters[].[Status, DBClusterMembers]"), ElementsAre("DBClusterMembers"));
  EXPECT_THAT(on("DBClusters[?MultiAZ] | [*].[{a: Status, b: MultiAZ}, Status]"),
              ElementsAre("{a: Status, b: MultiAZ}"));
  EXPECT_THAT(on("DBClusters[].[Status, {a: MultiAZ}]"), IsEmpty());       // one value
  EXPECT_THAT(on("DBClusters[].[Status, AvailabilityZones]"), IsEmpty());  // maybe one
  EXPECT_THAT(on("DBClusters[].[ServerlessV2ScalingConfiguration]"), IsEmpty());
  EXPECT_THAT(on("DBClusters[].{a: Status, b: DBClusterMembers}"), IsEmpty());
}

TEST(OutputForm, ColumnsOfATable) {
  const auto columns = [](std::string_view query) {
    const auto form =
        table_form(infer(query, output("ecs", "describe-services")).type).value_or(TableForm{});
    auto names = form.columns;
    if (form.every_column) names.emplace_back("all");
    return names;
  };
  EXPECT_THAT(columns("services[].{Name: serviceName, Desired: desiredCount}"),
              ElementsAre("Desired", "Name", "all"));
  EXPECT_THAT(columns("services[0].{b: status, a: deployments, c: events[0].message}"),
              ElementsAre("b", "c", "all"));
  EXPECT_THAT(columns("services[0].deploymentController"), ElementsAre("type"));
  EXPECT_THAT(columns("services[].[status]"), IsEmpty());
  EXPECT_THAT(columns("services[].status"), IsEmpty());
}

TEST(Nearest, Names) {
  EXPECT_EQ(nearest_name("taskarn", {"taskArns", "nextToken"}), "taskArns");
  EXPECT_EQ(nearest_name("task_arns", {"taskArns", "nextToken"}), "taskArns");
  EXPECT_EQ(nearest_name("name", {"clusterName", "clusterArn"}), "clusterName");
  EXPECT_EQ(nearest_name("name", {"clusterName", "serviceName"}), "");
  EXPECT_EQ(nearest_name("sttaus", {"status", "state"}), "status");
  EXPECT_EQ(nearest_name("x", {"status", "y"}), "");
  EXPECT_EQ(nearest_name("", {"a"}), "");
}

}  // namespace
}  // namespace seatrial::jmespath
