// Template text: YAML with short forms, JSON, and everything that must be refused.
#include <gmock/gmock.h>

#include "base/rng.h"
#include "decide/template/template.h"

namespace seatrial::decide {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Value parsed(std::string_view text) {
  auto v = parse_text(text);
  EXPECT_TRUE(v.has_value()) << (v ? "" : v.error().message);
  return v.value_or(Value());
}

std::string error_of(std::string_view text) {
  auto v = parse_text(text);
  if (v) return "accepted: " + to_json(*v);
  EXPECT_EQ(v.error().code, "ValidationError");
  return v.error().message;
}

Value json(std::string_view text) { return parse_json(text).value(); }

TEST(TemplateParse, ShortFormsAreWrittenOut) {
  EXPECT_EQ(parsed(R"(
a: !Ref B
b: !GetAtt LB.DNSName
c: !GetAtt Nested.Outputs.Url
d: !Sub "${AWS::Region}-x"
e: !Join [",", [a, !Ref B]]
f: !If [Prod, 3, !Ref "AWS::NoValue"]
g: !Select [0, !GetAZs ""]
h: !Sub
  - "${x}"
  - x: !ImportValue net-vpc
i: !Equals [!Ref Env, prod]
j: !And [!Condition P, !Not [!Condition Q]]
k: !FindInMap [M, !Ref E, n]
l: !Cidr [10.0.0.0/16, 4, 8]
m: !Base64 text
n: !Split [",", "a,b"]
)"),
            json(R"({"a":{"Ref":"B"},"b":{"Fn::GetAtt":["LB","DNSName"]},
"c":{"Fn::GetAtt":["Nested","Outputs.Url"]},"d":{"Fn::Sub":"${AWS::Region}-x"},
"e":{"Fn::Join":[",",["a",{"Ref":"B"}]]},"f":{"Fn::If":["Prod",3,{"Ref":"AWS::NoValue"}]},
"g":{"Fn::Select":[0,{"Fn::GetAZs":""}]},"h":{"Fn::Sub":["${x}",{"x":{"Fn::ImportValue":"net-vpc"}}]},
"i":{"Fn::Equals":[{"Ref":"Env"},"prod"]},"j":{"Fn::And":[{"Condition":"P"},{"Fn::Not":[{"Condition":"Q"}]}]},
"k":{"Fn::FindInMap":["M",{"Ref":"E"},"n"]},"l":{"Fn::Cidr":["10.0.0.0/16",4,8]},
"m":{"Fn::Base64":"text"},"n":{"Fn::Split":[",","a,b"]}})"));
}

TEST(TemplateParse, ScalarsAreTypedAsYaml11ButDatesAreText) {
  EXPECT_EQ(
      parsed(R"(
version: 2012-10-17
format: '2010-09-09'
port: 80
quoted: "80"
tagged: !!str 80
negative: -5
ratio: 0.5
yes: yes
off: off
account: 123456789012
big: 99999999999999999999
octal: 0644
time: 22:22
hex: 0x1F
empty: ""
dotted: 1.2.3
word: e5
)"),
      json(R"({"version":"2012-10-17","format":"2010-09-09","port":80,"quoted":"80","tagged":"80",
"negative":-5,"ratio":0.5,"yes":true,"off":false,"account":123456789012,"big":"99999999999999999999",
"octal":420,"time":"22:22","hex":31,"empty":"","dotted":"1.2.3","word":"e5"})"));
}

TEST(TemplateParse, BlockScalarsAndComments) {
  EXPECT_EQ(parsed("# head\na: |\n  one\n  two\nb: >-\n  folded\n  text\n"),
            json("{\"a\":\"one\\ntwo\\n\",\"b\":\"folded text\"}"));
}

TEST(TemplateParse, JsonWithTabsSurrogatesAndTrailingSpace) {
  EXPECT_EQ(parsed("{\n\t\"a\": [1, -2.5, true, \"\\u00e9\\ud83d\\ude00/\"],\n\t\"b\": {}\n}\n \n"),
            json("{\"a\":[1,-2.5,true,\"\xc3\xa9\xf0\x9f\x98\x80/\"],\"b\":{}}"));
}

TEST(TemplateParse, ErrorsSayWhere) {
  EXPECT_EQ(error_of("a: 1\nb: [1, 2\nc: 3\n"),
            "Template format error: YAML not well-formed. (line 3, column 2)");
  EXPECT_EQ(error_of("{\n \"a\": 1,\n \"b\" 2\n}"),
            "Template format error: JSON not well-formed. (line 3, column 6)");
  EXPECT_THAT(error_of("{\"a\":1} x"), HasSubstr("JSON not well-formed"));
  EXPECT_THAT(error_of("{\"a\":1"), HasSubstr("JSON not well-formed"));
  EXPECT_EQ(error_of(""), "Template format error: unsupported structure.");
  EXPECT_EQ(error_of("- a\n- b\n"), "Template format error: unsupported structure.");
  EXPECT_EQ(error_of("just text"), "Template format error: unsupported structure.");
}

TEST(TemplateParse, DuplicateKeysAreRefusedInBothForms) {
  EXPECT_THAT(
      error_of("R:\n  A: 1\n  A: 2\n"),
      AllOf(HasSubstr("duplicate key 'A'"), HasSubstr("/R"), HasSubstr("(line 3, column 3)")));
  EXPECT_THAT(error_of(R"({"R":{"A":1,"A":2}})"),
              AllOf(HasSubstr("duplicate key 'A'"), HasSubstr("line 1")));
}

TEST(TemplateParse, NullsAreRefusedWithTheirPath) {
  EXPECT_THAT(error_of("R:\n  A:\n    P: ~\n"),
              HasSubstr("[/R/A/P] 'null' values are not allowed in templates"));
  EXPECT_THAT(error_of("R:\n  A:\n"), HasSubstr("[/R/A] 'null' values are not allowed"));
  EXPECT_THAT(error_of(R"({"R":[1,null]})"), HasSubstr("[/R/1] 'null' values are not allowed"));
}

TEST(TemplateParse, AliasesMergesAndUnknownTagsAreRefused) {
  EXPECT_THAT(error_of("a: &x [1]\nb: *x\n"), HasSubstr("YAML aliases are not allowed"));
  std::string bomb = "a0: &a0 [x,x]\n";
  for (int i = 1; i < 30; ++i) bomb += fmt::format("a{0}: &a{0} [*a{1},*a{1},*a{1}]\n", i, i - 1);
  EXPECT_THAT(error_of(bomb), HasSubstr("(line 2,"));
  EXPECT_THAT(error_of("a:\n  <<: {b: 1}\n"), HasSubstr("<<"));
  EXPECT_THAT(error_of("a: !Reff B\n"), HasSubstr("unknown tag !Reff (line 1, column 4)"));
  EXPECT_THAT(error_of("a: !!binary aGk=\n"), HasSubstr("!!binary"));
  EXPECT_THAT(error_of("? [a, b]\n: 1\n"), HasSubstr("a key must be a scalar"));
  EXPECT_THAT(error_of("a: 1\n---\nb: 2\n"), HasSubstr("more than one document"));
}

TEST(TemplateParse, LimitsHold) {
  std::string deep = "{\"a\":";
  for (int i = 0; i < 5000; ++i) deep += "[";
  EXPECT_THAT(error_of(deep), HasSubstr("nesting is deeper than 64"));
  std::string deep_yaml = "a: ";
  for (int i = 0; i < 5000; ++i) deep_yaml += "[";
  EXPECT_THAT(error_of(deep_yaml), HasSubstr("Template format error"));
  EXPECT_THAT(error_of(std::string(kMaxTemplateBytes + 1, 'a')), HasSubstr("longer than"));
  std::string wide = "a: [";
  for (int i = 0; i < 250'000; ++i) wide += "1,";
  EXPECT_THAT(error_of(wide + "1]"), HasSubstr("more than 200000 values"));
}

TEST(TemplateParse, RefusesWhatIsNoText) {
  EXPECT_THAT(error_of("A: \xED\x8A"), HasSubstr("not valid UTF-8"));
  EXPECT_THAT(error_of("{\"A\": \"\xFF\"}"), HasSubstr("not valid UTF-8"));
}

// Cut, doubled and flipped templates are parsed or refused, never crash; what is accepted survives
// being written as JSON and read again.
TEST(TemplateParse, SurvivesMutatedInput) {
  const std::string seeds[] = {
      "Resources:\n  A:\n    Type: AWS::Logs::LogGroup\n    Properties:\n      LogGroupName: !Sub "
      "'${AWS::StackName}-x'\n"
      "      RetentionInDays: !If [P, 7, 14]\nOutputs:\n  O: {Value: !GetAtt A.Arn}\n",
      R"({"Resources":{"A":{"Type":"AWS::Logs::LogGroup","Properties":{"N":{"Fn::Join":["-",["a",{"Ref":"B"}]]}}}}})"};
  SeededRng rng(20261121);
  const std::string_view kBytes =
      "{}[]:,!&*#|>-'\"\n \t%@`?~\\\x01\xff"
      "aR0";
  for (int round = 0; round < 6000; ++round) {
    std::string text = seeds[rng.below(2)];
    for (auto edits = rng.below(6) + 1; edits > 0 && !text.empty(); --edits) {
      const auto at = rng.below(text.size());
      switch (rng.below(4)) {
        case 0:
          text[at] = kBytes[rng.below(kBytes.size())];
          break;
        case 1:
          text.insert(at, 1, kBytes[rng.below(kBytes.size())]);
          break;
        case 2:
          text.erase(at, rng.below(8) + 1);
          break;
        default:
          text.insert(at, text.substr(at, rng.below(30)));
          break;
      }
    }
    auto v = parse_text(text);
    if (!v) {
      EXPECT_THAT(v.error().message, HasSubstr("Template format error")) << text;
      continue;
    }
    auto loaded = load_template(*v, {"AWS::Logs::LogGroup"});
    if (!loaded) {
      EXPECT_EQ(loaded.error().code, "ValidationError");
      continue;
    }
    Scope scope;
    scope.ref = [](const std::string& id) { return Outcome<Value>(Value("phys-" + id)); };
    scope.get_att = [](const std::string& id, const std::string& a) {
      return Outcome<Value>(Value(id + a));
    };
    auto instance = instantiate(*loaded, scope);
    if (!instance) continue;
    for (const auto& r : instance->resources) {
      const auto e = evaluate(r.properties, scope);
      EXPECT_TRUE(e || e.error().code == "ValidationError");
    }
  }
}

}  // namespace
}  // namespace seatrial::decide
