// Filter patterns: what is a pattern, what it matches, what is refused and where.
#include "logs/pattern/pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seatrial::logs::pattern {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

bool matches(std::string_view pattern, std::string_view message) {
  const auto parsed = Pattern::parse(pattern);
  EXPECT_TRUE(parsed) << pattern << ": " << parsed.error().message;
  return parsed && parsed->matches(message);
}

Problem refusal(std::string_view pattern) {
  const auto parsed = Pattern::parse(pattern);
  EXPECT_FALSE(parsed) << pattern;
  return parsed ? Problem{} : parsed.error();
}

// The refused part of a pattern.
std::string refused(std::string_view pattern) {
  const auto span = refusal(pattern).span;
  return std::string(pattern.substr(span.begin, span.end - span.begin));
}

std::string misleading(std::string_view pattern) {
  const auto parsed = Pattern::parse(pattern);
  EXPECT_TRUE(parsed) << pattern;
  std::string out;
  for (const auto& problem : parsed->misleading())
    out += std::string(pattern.substr(problem.span.begin, problem.span.end - problem.span.begin)) +
           ": " + problem.message + "\n";
  return out;
}

TEST(TextPattern, EmptyPatternsMatchEverything) {
  for (const char* pattern : {"", "   ", "\" \"", "\"\""}) {
    EXPECT_TRUE(matches(pattern, "anything")) << pattern;
    EXPECT_TRUE(matches(pattern, "")) << pattern;
  }
}

TEST(TextPattern, AllTermsMustOccurInTheirCase) {
  EXPECT_TRUE(matches("ERROR", "[ERROR 400] bad request"));
  EXPECT_FALSE(matches("ERROR", "[error 400] bad request"));
  EXPECT_TRUE(matches("request ERROR", "[ERROR 400] bad request"));
  EXPECT_FALSE(matches("ERROR timeout", "[ERROR 400] bad request"));
  EXPECT_TRUE(matches("exit_code", "exit_code=1"));
}

TEST(TextPattern, PhrasesMatchAsTheyStand) {
  EXPECT_TRUE(matches("\"bad request\"", "[ERROR 400] bad request"));
  EXPECT_FALSE(matches("\"request bad\"", "[ERROR 400] bad request"));
  EXPECT_TRUE(matches("\"GET /health\" 200", "GET /health -> 200"));
  EXPECT_TRUE(matches(R"("\"id\": 7")", R"({"id": 7})"));
}

TEST(TextPattern, OneOfTheOptionalTermsMustOccur) {
  EXPECT_TRUE(matches("?ERROR ?WARN", "WARN: disk"));
  EXPECT_TRUE(matches("?ERROR ?\"disk full\"", "disk full"));
  EXPECT_FALSE(matches("?ERROR ?WARN", "INFO: disk"));
  EXPECT_TRUE(matches("?WARN INFO", "INFO: disk"));
  EXPECT_TRUE(matches("?WARN -INFO", "ERROR"));
}

TEST(TextPattern, ExcludedTermsMustNotOccur) {
  EXPECT_TRUE(matches("ERROR -timeout", "ERROR: refused"));
  EXPECT_FALSE(matches("ERROR -timeout", "ERROR: timeout"));
  EXPECT_FALSE(matches("-\"GET /health\"", "GET /health"));
  EXPECT_TRUE(matches("-\"GET /health\"", "GET /"));
}

TEST(TextPattern, HyphensExcludeWhatFollows) {
  EXPECT_TRUE(matches("order-id", "order 7"));
  EXPECT_FALSE(matches("order-id", "order-id 7"));
  EXPECT_TRUE(matches("\"order-id\"", "order-id 7"));
  EXPECT_THAT(misleading("x ?order-id-7 y"), HasSubstr("order-id-7: a - outside"));
  EXPECT_EQ(Pattern::parse("order-id-7")->misleading().at(0).suggestion, "\"order-id-7\"");
  EXPECT_EQ(misleading("order -id"), "");
  EXPECT_EQ(refused("a- b"), "a-");
  EXPECT_EQ(refused("\"a\"-b"), "\"a\"-b");
}

TEST(TextPattern, RegularExpressions) {
  EXPECT_TRUE(matches("%AUTHORIZED%", "[ERROR 401] UNAUTHORIZED"));
  EXPECT_TRUE(matches("%^[hc]at%", "hat trick"));
  EXPECT_FALSE(matches("%^[hc]at%", "what"));
  EXPECT_TRUE(matches("%10\\.10\\.0\\.1%", "from 10.10.0.1"));
  EXPECT_FALSE(matches("%10\\.10\\.0\\.1%", "from 10a10.0.1"));
  EXPECT_TRUE(matches("%a{3,5}%", "aaaa"));
  EXPECT_TRUE(matches("%done\\x28\\d+\\x29%", "done(12)"));
  EXPECT_TRUE(matches("%^starting|^shutting down%", "shutting down"));
  EXPECT_TRUE(matches("%^a{,2}b[{,3}]]{2,}$%", "aab3]]"));
  EXPECT_FALSE(matches("%^a{,2}b%", "aaab"));
  EXPECT_EQ(refused("%(a|b)%"), "(");
  EXPECT_EQ(refused("%something!%"), "!");
  EXPECT_EQ(refused("%a"), "%");
  EXPECT_EQ(refused("%a[%"), "a[");
  EXPECT_EQ(refused("ERROR %4..%"), "%4..%");
  EXPECT_EQ(refusal("%\\bERROR%").certainty, Certainty::kGuess);
}

TEST(TextPattern, MalformedPatternsAreRefusedAtTheirPlace) {
  EXPECT_EQ(refused("\"open"), "\"");
  EXPECT_EQ(refused("ERROR \"open"), "\"");
  EXPECT_EQ(refused("GET /health x"), "/health");
  EXPECT_EQ(refusal("GET /health x").suggestion, "\"/health\"");
  EXPECT_EQ(refused("a=b"), "a=b");
  EXPECT_EQ(refused("ERROR: x"), "ERROR:");
  EXPECT_EQ(refused("a || b"), "||");
  EXPECT_EQ(refused("ERROR -"), "-");
  for (const char* pattern : {"?", "?\"\"", "\"a\"b", "??a", "h\xC3\xA9"})
    EXPECT_NE(refusal(pattern).message, "") << pattern;
  EXPECT_EQ(refusal("h\xC3\xA9").certainty, Certainty::kGuess);
}

TEST(TextPattern, ThatCannotDoWhatItIsMeantTo) {
  EXPECT_EQ(misleading("?ERROR ?WARN"), "");
  EXPECT_THAT(misleading("?ERROR FATAL"), HasSubstr("?ERROR: ?ERROR is ignored"));
  EXPECT_THAT(misleading("ERROR OR WARN"), HasSubstr("OR: OR is a term"));
  EXPECT_EQ(misleading("ERROR \"OR\" WARN"), "");
  EXPECT_THAT(misleading("ERRORS -ERROR"), HasSubstr("-ERROR: no event"));
  EXPECT_EQ(misleading("ERROR -ERRORS"), "");
}

TEST(JsonPattern, ComparesStrings) {
  const char* event = R"({"eventType":"UpdateTrail","ip":"111.111.111.111","list":["value","x"],
                          "objects":[{"id":1},{"id":2,"name":"b"}],"none":null})";
  EXPECT_TRUE(matches("{ $.eventType = \"UpdateTrail\" }", event));
  EXPECT_TRUE(matches("{$.eventType=UpdateTrail}", event));
  EXPECT_TRUE(matches("{ $.eventType = \"*Trail\" }", event));
  EXPECT_FALSE(matches("{ $.eventType = \"Trail\" }", event));
  EXPECT_TRUE(matches("{ $.ip != 123.123.* }", event));
  EXPECT_FALSE(matches("{ $.ip != 111.* }", event));
  EXPECT_TRUE(matches("{ $.list[0] = \"value\" }", event));
  EXPECT_TRUE(matches("{ $.objects[1].id = 2 }", event));
  EXPECT_TRUE(matches("{ $.eventType = %^Update[A-Z]% }", event));
  EXPECT_FALSE(matches("{ $.list = * }", event));
  EXPECT_FALSE(matches("{ $.none = * }", event));
  EXPECT_TRUE(matches("{ $.none IS NULL }", event));
  EXPECT_TRUE(matches("{ $.other NOT EXISTS }", event));
  EXPECT_FALSE(matches("{ $.none NOT EXISTS }", event));
  EXPECT_FALSE(matches("{ $.other != a }", event));
  EXPECT_FALSE(matches("{ $.other NOT EXISTS }", "no JSON"));
}

TEST(JsonPattern, SelectsByWildcardAndByQuotedKey) {
  const char* event = R"({"list":["value",7,null,{"id":2}],"a.b":"c","deep":{"x":{"ip":"10.0.0.1"},
                          "y":{"ip":"10.0.0.2","ip":"10.0.0.3"}}})";
  EXPECT_TRUE(matches("{ $.list[*] = %val.{2}% }", event));
  EXPECT_TRUE(matches("{ $.list[*] > 6 && $.list[*] IS NULL }", event));
  EXPECT_FALSE(matches("{ $.list[*] = 8 }", event));
  EXPECT_TRUE(matches("{ $.list[*].id = 2 }", event));
  EXPECT_TRUE(matches("{ $.list[*].x NOT EXISTS }", event));
  EXPECT_FALSE(matches("{ $.list[*].id NOT EXISTS }", event));
  EXPECT_FALSE(matches("{ $.list.* = 7 }", event));
  EXPECT_TRUE(matches("{ $.* = c }", event));
  EXPECT_TRUE(matches("{ $.deep.*.ip = 10.0.0.1 && $.deep.*.ip = 10.0.0.3 }", event));
  EXPECT_FALSE(matches("{ $.deep.*.ip = 10.0.0.2 }", event));
  EXPECT_TRUE(matches("{ $.['a.b'] = \"c\" && $['deep'].x.ip != 1 }", event));
  EXPECT_EQ(refused("{ $.a[*].b.* = 1 }"), ".*");
  EXPECT_EQ(refused("{ $.* = 1 || $.b.* = 2 || $.c[*] = 3 || $.d[*].e = 4 }"), "$.d[*].e");
  EXPECT_EQ(refused("{ $.\"a b\" = 1 }"), "\"a b\"");
  EXPECT_EQ(refusal("{ $.\"a b\" = 1 }").suggestion, "['a b']");
  EXPECT_EQ(refused("{ $.['a = 1 }"), "['");
}

TEST(JsonPattern, ComparesNumbers) {
  const char* event = R"({"n":1000,"f":0.5,"s":"404","t":true,"x":false,"big":1.50e3})";
  EXPECT_TRUE(matches("{ $.n = 1e+3 }", event));
  EXPECT_FALSE(matches("{ $.n != 1e3 }", event));
  EXPECT_TRUE(matches("{ $.n >= 1000 && $.n <= 1000 && $.n < 1000.5 && $.n > -1 }", event));
  EXPECT_TRUE(matches("{ $.f > .25 }", event));
  EXPECT_TRUE(matches("{ $.n = 10* }", event));
  EXPECT_TRUE(matches("{ $.big = 1.50* }", event));
  EXPECT_TRUE(matches("{ $.s = 404 }", event));
  EXPECT_FALSE(matches("{ $.s > 400 }", event));
  EXPECT_TRUE(matches("{ $.t IS TRUE && $.x IS FALSE }", event));
  EXPECT_FALSE(matches("{ $.t = true }", event));
}

TEST(JsonPattern, AndBindsBeforeOr) {
  const char* event = R"({"a":1,"b":2})";
  EXPECT_TRUE(matches("{ $.a = 1 || $.b = 9 && $.a = 9 }", event));
  EXPECT_FALSE(matches("{ ($.a = 1 || $.b = 9) && $.a = 9 }", event));
  EXPECT_TRUE(matches("{ (($.a = 1) && ($.b = 2 || ($.b = 3))) }", event));
}

TEST(JsonPattern, ReadsJsonStrictly) {
  EXPECT_TRUE(matches("{ $.a = \"x\\\"y\" }", R"( {"a" : "x\"y"} )"));
  EXPECT_TRUE(matches("{ $.a = \"\xC3\xA9\xF0\x9F\x98\x80\" }", R"({"a":"\u00e9\ud83d\ude00"})"));
  EXPECT_TRUE(matches("{ $.a = 2 }", R"({"a":{"b":1},"a":2})"));
  EXPECT_TRUE(matches("{ $.a.b NOT EXISTS }", R"({"a":{"b":1},"a":2})"));
  for (const char* broken : {"{\"a\":1", "{\"a\":01}", "{\"a\":1}x", "{'a':1}", "{\"a\":1,}", "",
                             "{\"a\":+1}", "{\"a\":\"\n\"}", "{\"a\":nul}", "{\"a\":1.}"})
    EXPECT_FALSE(matches("{ $.a = 1 || $.z NOT EXISTS }", broken)) << broken;
  const std::string deep(kMaxJsonNesting + 1, '[');
  EXPECT_FALSE(matches("{ $.z NOT EXISTS }", deep + std::string(deep.size(), ']')));
}

TEST(JsonPattern, MalformedPatternsAreRefusedAtTheirPlace) {
  EXPECT_EQ(refused("{ $.a == 1 }"), "==");
  EXPECT_EQ(refusal("{ $.a == 1 }").suggestion, "=");
  EXPECT_EQ(refused("{ $.a = 1"), "{ $.a = 1");
  EXPECT_EQ(refused("{ level = \"x\" }"), "level");
  EXPECT_EQ(refusal("{ a.b = 1 }").suggestion, "$.a.b");
  EXPECT_EQ(refused("{ $.a = 'x' }"), "'x'");
  EXPECT_EQ(refused("{ $.a = /x/y }"), "/x/y");
  EXPECT_EQ(refused("{ $.a > high }"), "high");
  EXPECT_EQ(refused("{ $.a = 1 and $.b = 2 }"), "and");
  EXPECT_EQ(refused("{ $.a = 1 & $.b = 2 }"), "&");
  EXPECT_EQ(refused("{ ($.a = 1 }"), "(");
  EXPECT_EQ(refused("{ $.a IS NOT NULL }"), "IS NOT");
  EXPECT_EQ(refused("{ $.a EXISTS }"), "EXISTS");
  EXPECT_EQ(refused("{ $.a = %x% && $.b = %y% && $.c = %z% }"), "%z%");
  EXPECT_EQ(refused("{ $.a[x] = 1 }"), "[x");
  EXPECT_EQ(refused("{}"), "{");
  EXPECT_EQ(refused("{ $.a = \"x }"), "\"");
  EXPECT_EQ(refused("{ $.a = }"), "}");
  const std::string deep(kMaxNesting + 1, '(');
  EXPECT_NE(refusal("{" + deep + "$.a=1" + std::string(deep.size(), ')') + "}").message, "");
}

TEST(JsonPattern, ThatCannotDoWhatItIsMeantTo) {
  EXPECT_THAT(misleading("{ $.a = x && $.a = y }"), HasSubstr("$.a = y: no event"));
  EXPECT_THAT(misleading("{ $.a != x || $.b = 1 || $.a != y }"), HasSubstr("every value"));
  EXPECT_EQ(misleading("{ $.a = x* && $.a = *y }"), "");
  EXPECT_EQ(misleading("{ $.a = x || $.a = y }"), "");
  EXPECT_EQ(misleading("{ $.a = 1 && $.a = 1.0 }"), "");
}

constexpr const char* kAccess =
    "127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] \"GET /index.html HTTP/1.0\" 404 1534";

TEST(DelimitedPattern, LaysFieldsOnSlots) {
  EXPECT_TRUE(matches("[ip, user, username, timestamp, request, status_code, bytes]", kAccess));
  EXPECT_TRUE(matches("[ip, user, username, timestamp, request =*.html*, status_code = 4*, bytes]",
                      kAccess));
  EXPECT_TRUE(matches("[..., request =*.html*, status_code = 4*, bytes]", kAccess));
  EXPECT_TRUE(matches("[..., status_code = 404 || status_code = 410, bytes > 1000]", kAccess));
  EXPECT_FALSE(matches("[..., status_code = 404, bytes > 2000]", kAccess));
  EXPECT_FALSE(matches("[..., status_code = 4*]", kAccess));
  EXPECT_TRUE(matches("[ip=%127\\.0\\.0\\.[1-9]%, ...]", kAccess));
  EXPECT_TRUE(matches("[ip != 10.*, ..., size]", kAccess));
  EXPECT_FALSE(matches("[a, b, c, d, e, f, g, h]", kAccess));
  EXPECT_TRUE(matches("[]", kAccess));
  EXPECT_TRUE(matches("[..., word = frank, ...]", kAccess));
  EXPECT_FALSE(matches("[..., word = jane, ...]", kAccess));
}

TEST(DelimitedPattern, TheLastSlotTakesTheRest) {
  EXPECT_TRUE(matches("[w1=ERROR, w2]", "ERROR disk is full"));
  EXPECT_TRUE(matches("[w1=ERROR || W1=WARNING, w2]", "WARNING disk"));
  EXPECT_FALSE(matches("[w1!=ERROR && w1!=WARNING, w2]", "WARNING disk"));
  EXPECT_FALSE(matches("[w1=ERROR, w2]", "ERROR"));
  const auto lambda = Pattern::parse("[timestamp=*Z, request_id=\"*-*\", event]");
  ASSERT_TRUE(lambda);
  const auto captured = lambda->captures("2016-01-01T00:00:00Z\t7-a\thello to you \n");
  ASSERT_TRUE(captured);
  EXPECT_THAT(*captured, ElementsAre(Pair("$timestamp", "2016-01-01T00:00:00Z"),
                                     Pair("$request_id", "7-a"), Pair("$event", "hello to you")));
}

TEST(DelimitedPattern, BracketsAndQuotesHoldOneField) {
  const auto all = Pattern::parse("[]")->captures("[a b] \"c d\" [e\"f g\" [ \" h");
  ASSERT_TRUE(all);
  EXPECT_THAT(*all,
              ElementsAre(Pair("$1", "a b"), Pair("$2", "c d"), Pair("$3", "[e\"f"),
                          Pair("$4", "g\""), Pair("$5", "["), Pair("$6", "\""), Pair("$7", "h")));
}

TEST(DelimitedPattern, CapturesByNameOrNumber) {
  const auto captured =
      Pattern::parse("[..., request=*.html*, status_code=4*,]")->captures(kAccess);
  ASSERT_TRUE(captured);
  EXPECT_THAT(*captured, ElementsAre(Pair("$1", "127.0.0.1"), Pair("$2", "Prod"),
                                     Pair("$3", "frank"), Pair("$4", "10/Oct/2000:13:25:15 -0700"),
                                     Pair("$request", "GET /index.html HTTP/1.0"),
                                     Pair("$status_code", "404"), Pair("$7", "1534")));
}

TEST(DelimitedPattern, MalformedPatternsAreRefusedAtTheirPlace) {
  EXPECT_EQ(refused("[ip, status = 4* && bytes > 1000]"), "bytes");
  EXPECT_EQ(refused("[ip, user"), "[ip, user");
  EXPECT_EQ(refused("[ip user]"), "user");
  EXPECT_EQ(refused("[ip=]"), "]");
  EXPECT_EQ(refused("[a==1]"), "==");
  EXPECT_EQ(refused("[a=x:y]"), "x:y");
  EXPECT_EQ(refusal("[a=x:y]").certainty, Certainty::kLikely);
  EXPECT_THAT(misleading("[ERROR]"), HasSubstr("every event"));
  EXPECT_EQ(misleading("[ERROR, ...]"), "");
}

TEST(Captures, OfJsonAndOfOtherFields) {
  const auto captured = Pattern::parse("{ $.a = * && $.b.c > 1 && $.z NOT EXISTS }")
                            ->captures(R"({"a":"x","b":{"c":2.50},"d":[true]})");
  ASSERT_TRUE(captured);
  EXPECT_THAT(*captured, ElementsAre(Pair("$.a", "x"), Pair("$.b.c", "2.50")));
  EXPECT_EQ(json_value(R"({"d":[true]})", "$.d[0]"), "true");
  EXPECT_EQ(json_value(R"({"d":[true]})", "$.d"), std::nullopt);
  EXPECT_EQ(json_value(R"({"d":[null,{},2,3]})", "$.d[*]"), "2");
  EXPECT_EQ(json_value("{}", "d"), std::nullopt);
  EXPECT_THAT(*Pattern::parse("ERROR")->captures("ERROR"), IsEmpty());
  EXPECT_FALSE(Pattern::parse("ERROR")->captures("x"));
}

TEST(Pattern, IsLimited) {
  EXPECT_TRUE(Pattern::parse(std::string(kMaxPatternCharacters, 'a')));
  EXPECT_FALSE(Pattern::parse(std::string(kMaxPatternCharacters + 1, 'a')));
  EXPECT_EQ(Pattern::parse(" {$.a=1} ")->kind(), Kind::kJson);
  EXPECT_EQ(Pattern::parse("[a]")->kind(), Kind::kDelimited);
  EXPECT_EQ(Pattern::parse("a")->kind(), Kind::kText);
}

TEST(Needles, AreWhatEveryMatchContains) {
  const auto needles = [](std::string_view text) { return Pattern::parse(text)->needles(); };
  EXPECT_THAT(needles("ERROR \"disk full\" -debug"), ElementsAre("ERROR", "disk full"));
  EXPECT_THAT(needles("?WARN ?ERROR"), ElementsAre());
  EXPECT_THAT(needles("%ERR.R%"), ElementsAre());
  EXPECT_THAT(needles("{ $.level = \"ERROR\" && ($.a = \"x-ray\" || $.b = 1) && $.c = 500 }"),
              ElementsAre("ERROR"));
  EXPECT_THAT(needles("{ $.path = \"/api/orders\" && $.user = \"j*\" && $.n != \"none\" }"),
              ElementsAre("orders"));
  EXPECT_THAT(needles("[ip, ..., level=ERROR, status=404]"), ElementsAre("ERROR"));
}

}  // namespace
}  // namespace seatrial::logs::pattern
