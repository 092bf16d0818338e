// The examples are shaped after those of the EventBridge and SNS guides (see the header), one or
// more per operator.
#include "decide/event_pattern/event_pattern.h"

#include <gtest/gtest.h>

namespace seatrial::decide {
namespace {

bool match(std::string_view pattern, std::string_view event,
           PatternDialect dialect = PatternDialect::kEvent) {
  const auto compiled = EventPattern::compile(pattern, dialect);
  EXPECT_TRUE(compiled) << pattern << ": " << (compiled ? "" : compiled.error());
  const auto value = parse_json(event);
  EXPECT_TRUE(value) << event;
  return compiled && value && compiled->matches(*value);
}
std::string why(std::string_view pattern, PatternDialect dialect = PatternDialect::kEvent) {
  const auto compiled = EventPattern::compile(pattern, dialect);
  return compiled ? "accepted" : compiled.error();
}

struct Case {
  const char *pattern, *event;
  bool matches;
};

TEST(EventPattern, Operators) {
  const Case cases[] = {
      {R"({"source":["aws.ec2"]})", R"({"source":"aws.ec2"})", true},
      {R"({"source":["aws.ec2"]})", R"({"source":"aws.ecs"})", false},
      {R"({"source":["aws.ec2"]})", R"({"other":1})", false},
      {R"({"r":["a","b"]})", R"({"r":["c","b"]})", true},
      {R"({"r":["a","b"]})", R"({"r":["c","d"]})", false},
      {R"({"d":{"s":["up"]},"v":[""]})", R"({"d":{"s":"up"},"v":""})", true},
      {R"({"d":{"s":[null]}})", R"({"d":{"s":null}})", true},
      {R"({"d":{"s":[null]}})", R"({"d":{}})", false},
      {R"({"n":[300]})", R"({"n":300})", true},
      {R"({"n":[300]})", R"({"n":300.0})", false},
      {R"({"t":[true]})", R"({"t":"true"})", false},
      {R"({"r":[{"prefix":"us-"}]})", R"({"r":"us-east-1"})", true},
      {R"({"r":[{"prefix":"us-"}]})", R"({"r":"eu-us-1"})", false},
      {R"({"r":[{"prefix":{"equals-ignore-case":"EventB"}}]})", R"({"r":"eventBridge"})", true},
      {R"({"f":[{"suffix":".png"}]})", R"({"f":"a.png"})", true},
      {R"({"f":[{"suffix":{"equals-ignore-case":".png"}}]})", R"({"f":"a.PNG"})", true},
      {R"({"f":[{"suffix":".png"}]})", R"({"f":"png"})", false},
      {R"({"f":[{"equals-ignore-case":"alice"}]})", R"({"f":"ALICE"})", true},
      {R"({"s":[{"anything-but":"init"}]})", R"({"s":"run"})", true},
      {R"({"s":[{"anything-but":"init"}]})", R"({"s":"init"})", false},
      {R"({"s":[{"anything-but":"init"}]})", R"({"x":1})", false},
      {R"({"s":[{"anything-but":["a","b"]}]})", R"({"s":"b"})", false},
      {R"({"s":[{"anything-but":[100,200]}]})", R"({"s":300})", true},
      {R"({"s":[{"anything-but":{"prefix":"init"}}]})", R"({"s":"initial"})", false},
      {R"({"s":[{"anything-but":{"prefix":["a","b"]}}]})", R"({"s":"cat"})", true},
      {R"({"s":[{"anything-but":{"suffix":".txt"}}]})", R"({"s":"a.txt"})", false},
      {R"({"s":[{"anything-but":{"equals-ignore-case":["X","y"]}}]})", R"({"s":"Y"})", false},
      {R"({"s":[{"anything-but":{"wildcard":"*/lib/*"}}]})", R"({"s":"a/lib/b"})", false},
      {R"({"n":[{"numeric":["<",10]}]})", R"({"n":9.5})", true},
      {R"({"n":[{"numeric":[">",0,"<=",5]}]})", R"({"n":5})", true},
      {R"({"n":[{"numeric":[">",0,"<=",5]}]})", R"({"n":0})", false},
      {R"({"n":[{"numeric":["=",3.018e2]}]})", R"({"n":301.8})", true},
      {R"({"n":[{"numeric":["=",3]}]})", R"({"n":"3"})", false},
      {R"({"d":{"x":[{"exists":true}]}})", R"({"d":{"x":null}})", true},
      {R"({"d":{"x":[{"exists":false}]}})", R"({"d":{"y":1}})", true},
      {R"({"d":{"x":[{"exists":false}]}})", R"({"d":{"x":{"c1":1}}})", true},
      {R"({"d":{"x":[{"exists":false}]}})", R"({})", true},
      {R"({"d":{"x":[{"exists":true}]}})", R"({"d":{"x":[]}})", false},
      {R"({"ip":[{"cidr":"10.0.0.0/24"}]})", R"({"ip":"10.0.0.77"})", true},
      {R"({"ip":[{"cidr":"10.0.0.0/24"}]})", R"({"ip":"10.0.1.77"})", false},
      {R"({"ip":[{"cidr":"10.0.0.0/20"}]})", R"({"ip":"10.0.15.1"})", true},
      {R"({"ip":[{"cidr":"2001:db8::/32"}]})", R"({"ip":"2001:db8:1::2"})", true},
      {R"({"ip":[{"cidr":"10.0.0.0/24"}]})", R"({"ip":"host"})", false},
      {R"({"w":[{"wildcard":"dir/*.png"}]})", R"({"w":"dir/a/b.png"})", true},
      {R"({"w":[{"wildcard":"a\\*b"}]})", R"({"w":"a*b"})", true},
      {R"({"w":[{"wildcard":"a\\*b"}]})", R"({"w":"axb"})", false},
      {R"({"$or":[{"a":[1]},{"b":[2]}]})", R"({"a":9,"b":2})", true},
      {R"({"$or":[{"a":[1]},{"b":[2]}]})", R"({"a":9,"b":9})", false},
      {R"({"s":["x"],"d":{"$or":[{"a":[1]},{"b":{"c":[2]}}]}})", R"({"s":"x","d":{"b":{"c":2}}})",
       true},
      {R"({"p":{"first":["A"],"last":["D"]}})",
       R"({"p":[{"first":"A","last":"B"},{"first":"C","last":"D"}]})", false},
      {R"({"p":{"first":["C"],"last":["D"]}})",
       R"({"p":[{"first":"A","last":"B"},{"first":"C","last":"D"}]})", true},
      {R"({"$or":["x"]})", R"({"$or":"x"})", true},
  };
  for (const auto& one : cases)
    EXPECT_EQ(match(one.pattern, one.event), one.matches) << one.pattern << " " << one.event;
}

TEST(EventPattern, WhatIsNoPattern) {
  EXPECT_EQ(why("[]"), "Filter is not an object");
  EXPECT_EQ(why("{}"), "Empty objects are not allowed");
  EXPECT_EQ(why("{"), "Filter is not valid JSON");
  EXPECT_EQ(why(R"({"source":"aws.ec2"})"), "\"source\" must be an object or an array");
  EXPECT_EQ(why(R"({"source":[]})"), "Empty arrays are not allowed");
  EXPECT_EQ(why(R"({"source":[["x"]]})"),
            "Match value must be String, number, true, false, or null");
  EXPECT_EQ(why(R"({"s":[{"regex":"a"}]})"), "Unrecognized match type regex");
  EXPECT_EQ(why(R"({"s":[{"prefix":1}]})"), "prefix match pattern must be a string");
  EXPECT_EQ(why(R"({"s":[{"exists":1}]})"), "exists match pattern must be either true or false.");
  EXPECT_NE(why(R"({"s":[{"numeric":["<"]}]})"), "accepted");
  EXPECT_NE(why(R"({"s":[{"numeric":["<",6e9]}]})"), "accepted");
  EXPECT_NE(why(R"({"s":[{"numeric":["<",1,">",0]}]})"), "accepted");
  EXPECT_NE(why(R"({"s":[{"numeric":[">",5,"<",5]}]})"), "accepted");
  EXPECT_NE(why(R"({"s":[{"cidr":"10.0.0/8"}]})"), "accepted");
  EXPECT_NE(why(R"({"s":[{"cidr":"10.0.0.0/33"}]})"), "accepted");
  EXPECT_NE(why(R"({"s":[{"wildcard":"a**b"}]})"), "accepted");
  EXPECT_NE(why(R"({"s":[{"anything-but":{"numeric":["=",1]}}]})"), "accepted");
  EXPECT_NE(why(R"({"s":[{"anything-but":[]}]})"), "accepted");
  EXPECT_NE(why(R"({"s":[{"anything-but":null}]})"), "accepted");
  std::string deep;
  for (int i = 0; i < 70; ++i) deep += R"({"a":)";
  EXPECT_NE(why(deep + "[1]" + std::string(70, '}')), "accepted");
}

TEST(FilterPolicy, AttributesAndBody) {
  const auto attributes = PatternDialect::kAttributes;
  EXPECT_TRUE(match(R"({"price":[{"numeric":[">=",100]}],"store":["a"]})",
                    R"({"price":100,"store":"a"})", attributes));
  EXPECT_TRUE(match(R"({"n":[3]})", R"({"n":3.0})", attributes));
  EXPECT_TRUE(match("{}", R"({})", attributes));
  EXPECT_FALSE(match(R"({"s":["a"]})", "{}", attributes));
  EXPECT_EQ(why(R"({"a":{"b":["c"]}})", attributes),
            "Filter policy scope MessageAttributes does not support nested filter policy");
  EXPECT_TRUE(match(R"({"a":{"b":["c"]}})", R"({"a":{"b":"c"}})", PatternDialect::kBody));
  EXPECT_EQ(why(R"({"a":[1],"b":[1],"c":[1],"d":[1],"e":[1],"f":[1]})", attributes),
            "Filter policy can not have more than 5 keys");
  std::string many = "1";
  for (int i = 2; i < 14; ++i) many += "," + std::to_string(i);
  EXPECT_EQ(why("{\"a\":[" + many + "],\"b\":[" + many + "]}", attributes),
            "Filter policy is too complex");
}

TEST(Wildcard, Matches) {
  EXPECT_TRUE(wildcard_matches("*", ""));
  EXPECT_TRUE(wildcard_matches("a*b*c", "aXbYbZc"));
  EXPECT_FALSE(wildcard_matches("a*b", "acbd"));
  EXPECT_TRUE(wildcard_matches("\\\\*", "\\x"));
  EXPECT_FALSE(wildcard_matches("a", "aa"));
  EXPECT_FALSE(wildcard_matches("", "a"));
}

}  // namespace
}  // namespace seatrial::decide
