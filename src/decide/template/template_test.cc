// Loading, parameters, conditions, functions, the dependency graph and the difference of states.
#include "decide/template/template.h"

#include <gmock/gmock.h>

namespace seatrial::decide {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::set<std::string> kTypes = {"AWS::Logs::LogGroup", "AWS::ECS::Cluster",
                                      "AWS::ECS::Service", "AWS::IAM::Role",
                                      "AWS::ECS::TaskDefinition"};

Outcome<Template> load(std::string_view text) {
  auto raw = parse_text(text);
  if (!raw) return std::unexpected(raw.error());
  return load_template(*raw, kTypes);
}

std::string load_error(std::string_view text) {
  auto t = load(text);
  return t ? "accepted" : t.error().message;
}

Outcome<std::string> no_ssm(const std::string& name) {
  return model::fail("ValidationError", "no " + name);
}

Scope scope_of(const Template& t, std::map<std::string, std::string> given = {}) {
  Scope scope;
  scope.declared = &t;
  auto values = resolve_parameters(t, given, no_ssm);
  EXPECT_TRUE(values.has_value()) << (values ? "" : values.error().message);
  if (values) scope.parameters = *values;
  scope.pseudo = {"us-east-1", "123456789012", "web",
                  "arn:aws:cloudformation:us-east-1:123456789012:stack/web/1"};
  scope.ref = [](const std::string& id) { return Outcome<Value>(Value("phys-" + id)); };
  scope.get_att = [](const std::string& id, const std::string& a) {
    return Outcome<Value>(Value(id + "/" + a));
  };
  scope.import_value = [](const std::string& name) -> Outcome<Value> {
    if (name == "net-vpc") return Value("vpc-1");
    return model::fail("ValidationError", "No export named " + name + " found.");
  };
  scope.zones = [](const std::string& region) { return std::vector{region + "a", region + "b"}; };
  return scope;
}

std::string resources(std::string_view body) {
  return "Resources:\n  A:\n    Type: AWS::Logs::LogGroup\n" + std::string(body);
}

TEST(TemplateLoad, StructureErrorsInAwsWords) {
  EXPECT_EQ(load_error("Resource: {}\nResources: {A: {Type: T}}"),
            "Invalid template property or properties [Resource]");
  EXPECT_EQ(load_error("Parameters: {}"),
            "Template format error: At least one Resources member must be defined.");
  EXPECT_EQ(load_error("Resources: {A: {Type: 'AWS::Foo::Bar'}, B: {Type: 'AWS::Logs::LogGroup'}}"),
            "Template format error: Unrecognized resource types: [AWS::Foo::Bar]");
  EXPECT_EQ(load_error("Resources: {my_name: {Type: T}}"),
            "Template format error: Resource name my_name is non alphanumeric.");
  EXPECT_EQ(
      load_error("Resources: {A: {Properties: {}}}"),
      "Template format error: [/Resources/A] Every Resources object must contain a Type member.");
  EXPECT_THAT(load_error(resources("    DependOn: B\n")),
              HasSubstr("Invalid template resource property 'DependOn'"));
  EXPECT_THAT(load_error("Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: T}}"),
              HasSubstr("Transform"));
  EXPECT_THAT(load_error(resources("    Properties: {X: {'Fn::Foo': 1}}")),
              HasSubstr("Fn::Foo is not supported"));
  EXPECT_THAT(load_error("AWSTemplateFormatVersion: '2011-01-01'\nResources: {A: {Type: T}}"),
              HasSubstr("AWSTemplateFormatVersion"));
}

TEST(TemplateLoad, UnresolvedReferencesAreNamed) {
  EXPECT_EQ(load_error(resources("    Properties: {N: !Ref Nope}")),
            "Template format error: Unresolved resource dependencies [Nope] in the Resources block "
            "of the template");
  EXPECT_EQ(load_error(resources("    Properties: {N: !Sub '${Zed}-${Abc.Arn}-${!Lit}'}")),
            "Template format error: Unresolved resource dependencies [Abc, Zed] in the Resources "
            "block of the template");
  EXPECT_EQ(load_error(resources("    DependsOn: [Nope]\n")),
            "Template format error: Unresolved resource dependencies [Nope] in the Resources block "
            "of the template");
  EXPECT_EQ(load_error(resources("Outputs: {O: {Value: !Ref Nope}}")),
            "Template format error: Unresolved resource dependencies [Nope] in the Outputs block "
            "of the template");
  EXPECT_EQ(load_error(resources("    Properties: {N: !GetAtt Nope.Arn}")),
            "Template error: instance of Fn::GetAtt references undefined resource Nope");
  EXPECT_EQ(load_error(resources("    Condition: Nope\n")),
            "Template format error: Unresolved condition dependency Nope in the Resources block of "
            "the template");
  EXPECT_THAT(load_error(resources("    Properties: {N: !GetAtt A}")),
              HasSubstr("every Fn::GetAtt object requires two"));
  EXPECT_THAT(load_error("Conditions: {C: !Equals [!Ref A, x]}\n" + resources("")),
              HasSubstr("[A] in the Conditions block"));
}

TEST(TemplateLoad, CapabilitiesAreAskedFor) {
  auto plain = load("Resources: {R: {Type: 'AWS::IAM::Role', Properties: {}}}");
  auto named = load("Resources: {R: {Type: 'AWS::IAM::Role', Properties: {RoleName: x}}}");
  auto none = load(resources(""));
  ASSERT_TRUE(plain && named && none);
  std::vector<std::string> types;
  EXPECT_EQ(required_capability(*plain, &types), "CAPABILITY_IAM");
  EXPECT_THAT(types, ElementsAre("AWS::IAM::Role"));
  EXPECT_EQ(required_capability(*named), "CAPABILITY_NAMED_IAM");
  EXPECT_EQ(required_capability(*none), std::nullopt);
}

std::string parameter_error(std::string_view declaration,
                            std::map<std::string, std::string> given) {
  auto t = load("Parameters:\n  P: " + std::string(declaration) + "\n" + resources(""));
  if (!t) return t.error().message;
  auto values = resolve_parameters(*t, given, no_ssm);
  return values ? "accepted" : values.error().message;
}

TEST(TemplateParameters, ConstraintsInAwsWords) {
  EXPECT_EQ(parameter_error("{Type: String}", {}), "Parameters: [P] must have values");
  EXPECT_EQ(parameter_error("{Type: String}", {{"P", "a"}, {"Q", "b"}}),
            "Parameters: [Q] do not exist in the template");
  EXPECT_EQ(parameter_error("{Type: String, AllowedValues: [a, b]}", {{"P", "c"}}),
            "Parameter 'P' must be one of AllowedValues");
  EXPECT_EQ(parameter_error("{Type: String, AllowedPattern: '[a-z]+'}", {{"P", "ab1"}}),
            "Parameter 'P' must match pattern [a-z]+");
  EXPECT_EQ(
      parameter_error("{Type: String, AllowedPattern: '[a-z]+', ConstraintDescription: lower case}",
                      {{"P", "1"}}),
      "Parameter P failed to satisfy constraint: lower case");
  EXPECT_EQ(parameter_error("{Type: String, MinLength: 3}", {{"P", "ab"}}),
            "Parameter 'P' must contain at least 3 characters");
  EXPECT_EQ(parameter_error("{Type: String, MaxLength: '3'}", {{"P", "abcd"}}),
            "Parameter 'P' must contain at most 3 characters");
  EXPECT_EQ(parameter_error("{Type: Number}", {{"P", "ten"}}), "Parameter 'P' must be a number.");
  EXPECT_EQ(parameter_error("{Type: Number, MinValue: 1}", {{"P", "0"}}),
            "Parameter 'P' must be a number not less than 1");
  EXPECT_EQ(parameter_error("{Type: Number, MaxValue: 9}", {{"P", "10"}}),
            "Parameter 'P' must be a number not greater than 9");
  EXPECT_EQ(parameter_error("{Type: 'List<Number>'}", {{"P", "1,b"}}),
            "Parameter 'P' must be a number.");
  EXPECT_THAT(parameter_error("{Type: Text}", {}), HasSubstr("Unrecognized parameter type: Text"));
  EXPECT_THAT(parameter_error("{Default: x}", {}), HasSubstr("must contain a Type member"));
  EXPECT_EQ(parameter_error("{Type: 'List<AWS::EC2::Subnet::Id>'}", {{"P", "subnet-1, subnet-2"}}),
            "accepted");
}

TEST(TemplateParameters, RunawayPatternIsAnErrorNotAHang) {
  const std::string result = parameter_error("{Type: String, AllowedPattern: '(a|aa|a?)+b'}",
                                             {{"P", std::string(4000, 'a')}});
  EXPECT_THAT(result, HasSubstr("Parameter 'P'"));
}

TEST(TemplateParameters, DefaultsListsAndSsm) {
  auto t = load(R"(
Parameters:
  N: {Type: Number, Default: 2}
  L: {Type: CommaDelimitedList, Default: "a, b,c"}
  S: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /app/image}
  K: {Type: String, NoEcho: true, Default: hush}
)" + resources(""));
  ASSERT_TRUE(t) << t.error().message;
  auto values = resolve_parameters(
      *t, {}, [](const std::string& name) { return Outcome<std::string>("value of " + name); });
  ASSERT_TRUE(values) << values.error().message;
  EXPECT_EQ(values->at("N").value, Value("2"));
  EXPECT_EQ(values->at("L").value, (Array{"a", "b", "c"}));
  EXPECT_EQ(values->at("S").value, Value("value of /app/image"));
  EXPECT_EQ(values->at("S").text, "/app/image");
  EXPECT_TRUE(values->at("K").no_echo);
}

std::string evaluated(std::string_view expression, std::string_view head = "") {
  auto t =
      load(std::string(head) + resources("    Properties: {X: " + std::string(expression) + "}\n"));
  if (!t) return t.error().message;
  Scope scope = scope_of(*t);
  auto instance = instantiate(*t, scope);
  if (!instance) return instance.error().message;
  auto v = evaluate(instance->resources.at(0).properties, scope);
  if (!v) return v.error().message;
  const Value* x = find_member(**v, "X");
  return x == nullptr ? "left out" : to_json(*x);
}

TEST(TemplateFunctions, Values) {
  EXPECT_EQ(evaluated("!Sub '${AWS::StackName}-${AWS::Region}-${!Keep}'"),
            R"("web-us-east-1-${Keep}")");
  EXPECT_EQ(evaluated("!Sub ['${a}/${b}', {a: 1, b: !Ref 'AWS::AccountId'}]"),
            R"("1/123456789012")");
  EXPECT_EQ(evaluated("!Join ['-', [a, 2, true]]"), R"("a-2-true")");
  EXPECT_EQ(evaluated("!Select ['1', !GetAZs '']"), R"("us-east-1b")");
  EXPECT_EQ(evaluated("!Select [0, !Split ['|', 'x|y']]"), R"("x")");
  EXPECT_EQ(evaluated("!Split [',', 'a,,b']"), R"(["a","","b"])");
  EXPECT_EQ(evaluated("{'Fn::Base64': !Sub 'hi ${AWS::Partition}'}"), R"("aGkgYXdz")");
  EXPECT_EQ(evaluated("!Cidr [10.0.1.7/16, 3, 8]"),
            R"(["10.0.0.0/24","10.0.1.0/24","10.0.2.0/24"])");
  EXPECT_EQ(evaluated("!ImportValue net-vpc"), R"("vpc-1")");
  EXPECT_EQ(evaluated("!Ref 'AWS::NoValue'"), "left out");
  EXPECT_EQ(evaluated("[1, !Ref 'AWS::NoValue', 2]"), "[1,2]");
  EXPECT_EQ(
      evaluated("!FindInMap [M, !Ref 'AWS::Region', n]", "Mappings: {M: {us-east-1: {n: 7}}}\n"),
      "7");
}

TEST(TemplateFunctions, Errors) {
  EXPECT_EQ(evaluated("!Select [5, [a]]"),
            "Template error: Fn::Select cannot select nonexistent value at index 5");
  EXPECT_EQ(evaluated("!FindInMap [M, eu, n]", "Mappings: {M: {us: {n: 7}}}\n"),
            "Template error: Unable to get mapping for M::eu::n");
  EXPECT_THAT(evaluated("!FindInMap [Q, eu, n]"), HasSubstr("Mapping named 'Q' is not present"));
  EXPECT_EQ(evaluated("!ImportValue nope"), "No export named nope found.");
  EXPECT_THAT(evaluated("!Join [a]"), HasSubstr("every Fn::Join object requires two parameters"));
  EXPECT_THAT(evaluated("!Cidr [10.0.0.0/24, 3, 8]"), HasSubstr("cannot fit"));
  EXPECT_THAT(evaluated("!Cidr ['fd00::/8', 3, 8]"), HasSubstr("IPv4 only"));
  EXPECT_THAT(evaluated("!Sub '${a b}'"), HasSubstr("variable names in Fn::Sub"));
  EXPECT_THAT(evaluated("!Equals [a, b]"), HasSubstr("Conditions block"));
}

TEST(TemplateConditions, DecideResourcesBranchesAndOutputs) {
  const std::string text = R"(
Parameters: {Env: {Type: String, Default: dev}}
Conditions:
  Prod: !Equals [!Ref Env, prod]
  NotProd: !Not [!Condition Prod]
  Either: !Or [!Condition Prod, !Condition NotProd]
  Both: !And [!Condition Prod, !Condition NotProd]
Resources:
  Always: {Type: AWS::ECS::Cluster, Properties: {ClusterName: !If [Prod, !Ref OnlyProd, small]}}
  OnlyProd: {Type: AWS::Logs::LogGroup, Condition: Prod}
  Never: {Type: AWS::Logs::LogGroup, Condition: Both}
Outputs:
  P: {Condition: Prod, Value: !Ref OnlyProd}
  A: {Value: !If [Prod, 1, 2], Description: d, Export: {Name: !Sub '${AWS::StackName}-a'}}
)";
  auto t = load(text);
  ASSERT_TRUE(t) << t.error().message;
  Scope dev = scope_of(*t), prod = scope_of(*t, {{"Env", "prod"}});
  auto in_dev = instantiate(*t, dev), in_prod = instantiate(*t, prod);
  ASSERT_TRUE(in_dev && in_prod);
  ASSERT_EQ(in_dev->resources.size(), 1u);
  ASSERT_EQ(in_prod->resources.size(), 2u);
  EXPECT_EQ(in_prod->resources[0].declared->logical_id,
            "OnlyProd");  // what Always needs comes first
  auto outputs = evaluate_outputs(*t, dev);
  ASSERT_TRUE(outputs) << outputs.error().message;
  ASSERT_EQ(outputs->size(), 1u);
  EXPECT_EQ(outputs->at(0).value, "2");
  EXPECT_EQ(outputs->at(0).export_name, "web-a");
  EXPECT_EQ(evaluate_outputs(*t, prod)->at(0).value, "phys-OnlyProd");
}

std::string instantiate_error(std::string_view text) {
  auto t = load(text);
  if (!t) return "load: " + t.error().message;
  Scope scope = scope_of(*t);
  auto instance = instantiate(*t, scope);
  return instance ? "accepted" : instance.error().message;
}

TEST(TemplateConditions, ReferenceToAResourceThatIsLeftOut) {
  EXPECT_EQ(
      instantiate_error("Conditions: {Never: !Equals [a, b]}\nResources:\n  A: {Type: "
                        "AWS::Logs::LogGroup, Condition: Never}\n"
                        "  B: {Type: AWS::ECS::Cluster, Properties: {ClusterName: !Ref A}}\n"),
      "Template format error: Unresolved resource dependencies [A] in the Resources block of the "
      "template");
  EXPECT_EQ(instantiate_error("Conditions: {Never: !Equals [a, b]}\nResources:\n  A: {Type: "
                              "AWS::Logs::LogGroup, Condition: Never}\n"
                              "  B: {Type: AWS::ECS::Cluster, DependsOn: A}\n"),
            "accepted");
  EXPECT_THAT(instantiate_error("Conditions: {X: !Not [!Condition Y], Y: !Not [!Condition X]}\n" +
                                resources("")),
              HasSubstr("Circular dependency between conditions: [X, Y]"));
}

TEST(TemplateGraph, OrderFollowsEveryKindOfReference) {
  auto t = load(R"(
Resources:
  D: {Type: AWS::ECS::Service, DependsOn: C, Properties: {A: !Sub '${B.Arn}'}}
  C: {Type: AWS::ECS::Cluster, Properties: {A: !GetAtt A.Arn}}
  B: {Type: AWS::ECS::Cluster, Properties: {A: !Ref A}}
  A: {Type: AWS::Logs::LogGroup}
)");
  ASSERT_TRUE(t);
  Scope scope = scope_of(*t);
  auto instance = instantiate(*t, scope);
  ASSERT_TRUE(instance);
  std::vector<std::string> order;
  for (const auto& r : instance->resources) order.push_back(r.declared->logical_id);
  EXPECT_THAT(order, ElementsAre("A", "C", "B", "D"));
  EXPECT_THAT(instance->find("D")->depends_on, ElementsAre("B", "C"));
}

TEST(TemplateGraph, CycleNamesOnlyItsMembers) {
  EXPECT_EQ(instantiate_error(R"(
Resources:
  A: {Type: AWS::ECS::Cluster, Properties: {X: !Ref B}}
  B: {Type: AWS::ECS::Cluster, DependsOn: A}
  Behind: {Type: AWS::ECS::Cluster, DependsOn: A}
  Before: {Type: AWS::ECS::Cluster}
)"),
            "Circular dependency between resources: [A, B]");
  EXPECT_EQ(instantiate_error("Resources: {A: {Type: AWS::ECS::Cluster, DependsOn: A}}"),
            "Circular dependency between resources: [A]");
}

TEST(TemplateDynamic, ReferencesAreReplacedInStringsOnly) {
  auto v = resolve_dynamic(
      parse_json(
          R"({"a":["x{{resolve:ssm:/n:2}}y{{resolve:secretsmanager:s:SecretString:k}}"],"b":7})")
          .value(),
      [](const std::string& service, const std::string& reference) {
        return Outcome<std::string>("<" + service + "|" + reference + ">");
      });
  ASSERT_TRUE(v);
  EXPECT_EQ(to_json(*v), R"({"a":["x<ssm|/n:2>y<secretsmanager|s:SecretString:k>"],"b":7})");
}

TEST(TemplateDiff, AddModifyReplaceRemove) {
  const auto v = [](std::string_view text) { return parse_json(text).value(); };
  std::vector<EvaluatedResource> before = {
      {"Gone1", "AWS::Logs::LogGroup", v("{}")},
      {"Gone2", "AWS::Logs::LogGroup", v("{}")},
      {"Same", "AWS::ECS::Cluster", v(R"({"ClusterName":"c"})")},
      {"Scaled", "AWS::ECS::Service", v(R"({"DesiredCount":1,"Tags":[]})")},
      {"Revised", "AWS::ECS::TaskDefinition", v(R"({"Cpu":"256"})")}};
  std::vector<EvaluatedResource> after = {
      {"Same", "AWS::ECS::Cluster", v(R"({"ClusterName":"c"})")},
      {"Scaled", "AWS::ECS::Service", v(R"({"DesiredCount":2})")},
      {"Revised", "AWS::ECS::TaskDefinition", v(R"({"Cpu":"512"})")},
      {"New", "AWS::Logs::LogGroup", v("{}")}};
  auto changes = diff(before, after);
  ASSERT_TRUE(changes);
  std::string seen;
  for (const auto& c : *changes) {
    seen += fmt::format("{}{}{}", "+~-"[static_cast<int>(c.action)], c.logical_id,
                        c.replacement == Replacement::kTrue ? "!" : "");
    for (const auto& p : c.properties) seen += "." + p.name;
    seen += " ";
  }
  EXPECT_EQ(seen, "~Scaled.DesiredCount.Tags ~Revised!.Cpu +New -Gone2 -Gone1 ");
  EXPECT_TRUE(diff(before, before)->empty());
  after[0].type = "AWS::Logs::LogGroup";
  EXPECT_THAT(diff(before, after).error().message,
              HasSubstr("modifies resource type of the following resources: [Same]"));
}

TEST(TemplateUnknown, SpreadsThroughFunctions) {
  auto t = load(resources(
      "    Properties: {X: !Join ['-', [a, !GetAtt B.Arn]], Y: !Select [0, !Split [',', !Ref B]]}\n"
      "  B: {Type: AWS::ECS::Cluster}\n"));
  ASSERT_TRUE(t);
  Scope scope = scope_of(*t);
  scope.ref = [](const std::string& id) { return Outcome<Value>(Value(unknown_value(id, ""))); };
  scope.get_att = [](const std::string& id, const std::string& a) {
    return Outcome<Value>(Value(unknown_value(id, a)));
  };
  auto v = evaluate(t->find_resource("A")->properties, scope);
  ASSERT_TRUE(v) << v.error().message;
  EXPECT_EQ(text_member(**v, "X"), unknown_value("B", "Arn"));
  EXPECT_TRUE(is_unknown(*find_member(**v, "Y")));
}

}  // namespace
}  // namespace seatrial::decide
