// Insights queries: what is one, what its tree is, what is refused and where.
#include "logs/query/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "logs/query/commands.h"
#include "logs/query/regex.h"

namespace seatrial::logs::query {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string part(std::string_view text, Span span) {
  return std::string(text.substr(span.begin, span.end - span.begin));
}

// "PART: MESSAGE" of each problem that is not a mere guess.
std::vector<std::string> problems(std::string_view text, bool guesses = false) {
  std::vector<std::string> out;
  for (const auto& problem : parse(text).problems)
    if (guesses || problem.certainty != Certainty::kGuess)
      out.push_back(part(text, problem.span) + ": " + problem.message);
  return out;
}

Problem first(std::string_view text) {
  const auto parsed = parse(text);
  EXPECT_FALSE(parsed.problems.empty()) << text;
  return parsed.problems.empty() ? Problem{} : parsed.problems[0];
}

std::string refused(std::string_view text) { return part(text, first(text).span); }

// An expression with all its parentheses.
std::string shape(const Expression& e) {
  static const char* kSigns[] = {"or",    "and", "=", "!=", "<", "<=", ">", ">=", "like",
                                 "!like", "=~",  "+", "-",  "*", "/",  "%", "^"};
  const auto all = [&](std::size_t from) {
    std::string out;
    for (std::size_t i = from; i < e.parts.size(); ++i)
      out += (i > from ? "," : "") + shape(e.parts[i]);
    return out;
  };
  switch (e.kind) {
    case Expression::Kind::kBinary:
      return "(" + shape(e.parts[0]) + " " + kSigns[static_cast<int>(e.op)] + " " +
             shape(e.parts[1]) + ")";
    case Expression::Kind::kCall:
      return e.text + "(" + all(0) + ")";
    case Expression::Kind::kNot:
      return "not " + shape(e.parts[0]);
    case Expression::Kind::kNegate:
      return "-" + shape(e.parts[0]);
    case Expression::Kind::kElement:
      return shape(e.parts[0]) + "[" + shape(e.parts[1]) + "]";
    case Expression::Kind::kIn:
      return "(" + shape(e.parts[0]) + (e.negated ? " !in " : " in ") +
             (e.query ? "query" : "[" + all(1) + "]") + ")";
    case Expression::Kind::kRegex:
      return "/" + e.text + "/";
    case Expression::Kind::kString:
      return "'" + e.text + "'";
    case Expression::Kind::kStar:
      return "*";
    default:
      return e.text;
  }
}

std::string filter(const std::string& condition) {
  const auto parsed = parse("filter " + condition);
  EXPECT_TRUE(parsed.problems.empty()) << condition << ": " << parsed.problems[0].message;
  if (parsed.query.commands.empty()) return "";
  return shape(std::get<FilterCommand>(parsed.query.commands[0].body).condition);
}

TEST(Expression, BindsAsTheLanguageDoes) {
  EXPECT_EQ(filter("a = 1 or b = 2 and not c = 3"), "((a = 1) or ((b = 2) and not (c = 3)))");
  EXPECT_EQ(filter("a + b * c - d > -2 ^ 3 ^ x % 5"),
            "(((a + (b * c)) - d) > ((-2 ^ (3 ^ x)) % 5))");
  EXPECT_EQ(filter("(a or b) and c"), "((a or b) and c)");
  EXPECT_EQ(filter("@message like /a\\/b|c/ and x not like \"y\" or z =~ /(?i)q/"),
            "(((@message like /a\\/b|c/) and (x !like 'y')) or (z =~ /(?i)q/))");
  EXPECT_EQ(filter("status in [200, \"x\", -1] and y not in ['a']"),
            "((status in [200,'x',-1]) and (y !in ['a']))");
  EXPECT_EQ(filter("strcontains(@message, \"x\") = 1 AND ispresent(`a-b`.c.0.d)"),
            "((strcontains(@message,'x') = 1) and ispresent(a-b.c.0.d))");
  EXPECT_EQ(filter("jsonParse(@message)[0] > 1.5e3"), "(jsonParse(@message)[0] > 1.5e3)");
  EXPECT_EQ(filter("a / b / c = 1"), "(((a / b) / c) = 1)");
}

TEST(Query, TakesEveryDocumentedForm) {
  for (
      const char* text : {
          "fields @timestamp, @message, abs(a - b) as difference, `foo-bar` | sort @timestamp desc",
          "FIELDS @message | PARSE @message \"* [*] *\" as t, kind, rest | FILTER kind IN [\"E\"] "
          "| "
          "DISPLAY rest, kind = \"E\" as bad",
          "# a comment\nfields @message # another | filter x\n| limit 20",
          "stats count() by bin(5m)",
          "stats count(*) as n, pct(@duration, 99.9) as p by service, bin(1h) as t | sort t asc, n",
          "stats sum(strlen(@message)) / 1024 as kb by bin(5min) | stats max(kb), min(kb)",
          "stats max(@memorySize / 1000) as a, max(@maxMemoryUsed / 1000) as b, a - b as free",
          "stats avg (x) by y | filter y = 1 | display y, avg (x)",
          "stats count(*) by x | sort count(*) desc",
          "stats count(*) by bin(5m) offset 1h",
          "stats sum(if(x > 5, 1, 0)) as many by ispresent(y)",
          "parse @message /user=(?<user>\\S+) (?<ms>\\d+)/ | stats avg(ms) by user",
          "parse 'took * ms' as took | filter took > 5",
          "parse @message logfmt as lf | filter lf.level = 'error' | stats count(*) by lf.host",
          "parse csv as host, method | parse csv \"*\" as x | stats count(*) by host",
          "parse @message /(\\d+)/ as n multi | stats count(*) by n",
          "parse /(?<a>x)/ multi | parse @message /(?<b>{.*})/ as c | display a, c",
          "json field=payload \"user.name\" as username | display username",
          "fields @message | where level = 'x' | limit any 1",
          "relevantfields where Time > 400",
          "relevantfields Controller, Path where Time > 400",
          "fields method | countFrequent method, status",
          "cidrlookup net-table srcAddr as cidr OUTPUTNEW region, owner as o | display o",
          "fields @message | filter @message like /error/ | estimate",
          "filter @`aws.tag.aws:cloudformation:stack-name` = \"my-stack\"",
          "fields case(a > 1, 'x', b > 2, 'y', 'z') as c, round(d, 2), haversine(a, b, c, d)",
          "filter startsWith(md5(a), 'x') = 1 and strcontains(b, 'c', true) and isReservedIP(ip)",
          "fields formatDate(parseDate(a, 'yyyy'), '%Y', 'UTC'), queryEndTime() - queryStartTime()",
          "stats count(*) by histogram(d, 100)",
          "stats sum(x) as n by bin(5m) as @t | filter n > 1 | stats max(n) by dateceil(@t, 10m)",
          "stats sum(x) by bin(5m) | stats max(sum(x)) by bin(5m) | sort bin(5m) | limit 5",
          "sort @timestamp desc | dedup server, severity | limit 5",
          "fields @message | pattern @message | diff previousWeek",
          "filter @message like /x/ | pattern @message | anomaly",
          "fields jsonParse(@message) as js | unnest js.items into item | filter item.type = 'a'",
          "filterIndex requestId in ['a', 'b'] | filter x = 1",
          "fields unmask(@message)",
          "SOURCE '/ecs/app', '/ecs/db' | fields @message",
          "SOURCE logGroups(namePrefix: ['a', 'b'], class: ['STANDARD'], accountIdentifiers: "
          "['123456789012']) | fields @message",
          "SOURCE logGroupTags([{key: 'team', values: ['a', '!b*']}, {\"key\": \"x\"}]) | fields a",
          "SOURCE lg start=-1d end=now | logcompare timeshift 7d",
          "filter id in (SOURCE '/x' | filter e = 'T' | fields id) | fields id",
          "filter s >= 500 | join type=left left=api right=fn where api.id=fn.id (SOURCE '/fn') | "
          "fields api.id, fn.d",
          "lookup users id as userId OUTPUT name, mail as address | display name",
          "fields x | accum x as total | addtotals col=true x, y | filldown host cpu*",
          "stats avg(l) as a by bin(1m) | fillmissing with 0 for a",
          "fields cpu | outlier action=remove param=3.0 mark=true cpu memory",
          "fields b | autoregress b p=1-4 | sessionize user, device maxspan 1h as s",
          "stats count(*) as c by s | appendcols override=true ( SOURCE lg | stats avg(l) as a by "
          "s )",
          "filter isIpv4InSubnet(srcAddr, \"192.0.2.0/24\") | stats sum(bytes) as n by dstAddr",
          "filter dstAddr not like /^10\\./ | stats sum(bytes) as n by srcAddr | sort n desc",
          "stats earliest(@timestamp), latest(x), sortsFirst(y), count_distinct(z) by datefloor("
          "@timestamp, 1h)",
          "fields now() as n, fromMillis(toMillis(@timestamp)) as t, concat(a, '-', b)",
          "sort by @billedDuration desc | head 5",
          "expand items | stats count(*) by items",
      })
    EXPECT_THAT(problems(text, true), IsEmpty()) << text;
}

TEST(Query, SyntaxProblemsHaveTheirPlace) {
  EXPECT_EQ(refused("fields @timestamp @message"), "@message");
  EXPECT_EQ(refused("feilds @timestamp"), "feilds");
  EXPECT_EQ(first("feilds @timestamp").suggestion, "fields");
  EXPECT_EQ(refused("fields a | count()"), "count");
  EXPECT_EQ(refused("fields a |"), "|");
  EXPECT_EQ(refused("filter @message like ERROR"), "ERROR");
  EXPECT_EQ(refused("filter @message like /ERROR"), "/");
  EXPECT_EQ(refused("filter a == 1"), "==");
  EXPECT_EQ(refused("filter a = 1 && b = 2"), "&&");
  EXPECT_EQ(refused("filter a = 1 || b = 2"), "||");
  EXPECT_EQ(refused("filter a = 'x"), "'");
  EXPECT_EQ(refused("filter (a = 1"), "(");
  EXPECT_EQ(refused("filter a = 1)"), ")");
  EXPECT_EQ(refused("filter a in ('x', 'y')"), "(");
  EXPECT_EQ(refused("filter a in [1, 2"), "2");
  EXPECT_EQ(refused("filter a = /x/"), "/");
  EXPECT_EQ(refused("filter a like /(x/"), "/(x/");
  EXPECT_EQ(refused("filter"), "r");
  EXPECT_EQ(refused("stats by x"), "by");
  EXPECT_EQ(refused("stats count(*) as by x"), "by");
  EXPECT_EQ(refused("stats count(*) group by x"), "group");
  EXPECT_EQ(refused("stats count(* by x"), "by");
  EXPECT_EQ(refused("sort x descending"), "descending");
  EXPECT_EQ(refused("limit ten"), "ten");
  EXPECT_EQ(refused("limit 0"), "0");
  EXPECT_EQ(refused("limit 100001"), "100001");
  EXPECT_EQ(refused("limit 1.5"), "1.5");
  EXPECT_EQ(refused("diff lastWeek"), "lastWeek");
  EXPECT_EQ(refused("parse @message \"a=* b=*\" as x"), "\"a=* b=*\"");
  EXPECT_EQ(refused("parse @message \"a=*\""), "\"a=*\"");
  EXPECT_EQ(refused("parse @message /a=(.*)/"), "/a=(.*)/");
  EXPECT_EQ(refused("parse logfmt @message"), "@message");
  EXPECT_EQ(refused("parse @message logfmt"), "t");
  EXPECT_EQ(refused("limit any"), "y");
  EXPECT_EQ(refused("json \"a\" as b"), "\"a\"");
  EXPECT_EQ(refused("relevantfields a"), "a");
  EXPECT_EQ(refused("lookup t a, b"), "b");
  EXPECT_EQ(refused("unnest a as b"), "as");
  EXPECT_EQ(refused("fields `a"), "`");
  EXPECT_EQ(refused("SOURCE logGroups(namePrefix: ['1','2','3','4','5','6']) | fields a"),
            "namePrefix");
  EXPECT_EQ(refused("SOURCE logGroupTags([{values: ['1']}]) | fields a"), "]");
  EXPECT_EQ(refused("SOURCE logGroupTags([{key: 'a', value: ['1']}]) | fields a"), "value");
  EXPECT_EQ(refused("SOURCE logGroupTags([{key: 'a', values: [1, 2, 3, 4, 5, 6]}]) | fields a"),
            "'a'");
  EXPECT_EQ(refused("fields a, 5xx"), "5xx");
  EXPECT_EQ(first("fields a, b,").certainty, Certainty::kCertain);
  EXPECT_EQ(first("").certainty, Certainty::kGuess);
}

TEST(Query, MeaningIsJudged) {
  EXPECT_THAT(problems("filter count(*) > 5"),
              ElementsAre("count(*): count is an aggregate: it stands in `stats` only"));
  EXPECT_THAT(problems("stats count(*) by x | filter count(*) > 5"), IsEmpty());
  EXPECT_THAT(problems("fields toUper(a), lenght(b)"),
              ElementsAre(HasSubstr("toUper: there is no function"), HasSubstr("lenght: there")));
  EXPECT_EQ(first("fields toUper(a)").suggestion, "toupper");
  EXPECT_THAT(problems("fields abs(a, b), substr(c)"),
              ElementsAre("abs(a, b): abs takes 1 argument, not 2",
                          "substr(c): substr takes 2 to 3 arguments, not 1"));
  EXPECT_THAT(
      problems("stats count(*) by bin(300s), bin(5)"),
      ElementsAre(HasSubstr("300s: bin counts at most 60 seconds"), HasSubstr("5: bin takes")));
  EXPECT_EQ(first("stats count(*) by bin(300s)").suggestion, "5m");
  EXPECT_THAT(problems("stats pct(x, 101)"), ElementsAre(HasSubstr("101: a percentile")));
  EXPECT_THAT(
      problems("stats sum(*) by count(*)"),
      ElementsAre(HasSubstr("*: * stands"), HasSubstr("count(*): count is an aggregate: n")));
  EXPECT_THAT(problems("stats avg(sum(x))"),
              ElementsAre(HasSubstr("sum(x): sum is an aggregate w")));
  EXPECT_THAT(problems("stats count by x"), ElementsAre(HasSubstr("count: count without")));
  EXPECT_THAT(problems("fields a as x, b as x"), ElementsAre(HasSubstr("x: two columns")));
  EXPECT_THAT(problems("fields a as x | fields b as x"),
              ElementsAre(HasSubstr("x: 'x' is defined")));
  EXPECT_THAT(problems("stats count(*) as n by a | stats max(n) as n"), IsEmpty());
  EXPECT_THAT(problems("stats count(*) as n by bin(5m) | sort @timestamp desc"),
              ElementsAre(HasSubstr("@timestamp: behind `stats` there is no field")));
  EXPECT_THAT(problems("stats count(*) by js.a | display js.a.b | parse js.a '*' as q | sort q"),
              IsEmpty());
  EXPECT_THAT(problems("stats count(*) by a | lookup t a OUTPUT b | display b"), IsEmpty());
  EXPECT_THAT(problems("filter a in (filter b in (fields b) | fields a)"),
              ElementsAre(HasSubstr("b in (fields b): a subquery")));
  EXPECT_THAT(problems("filter @message like \"a\" or \"b\""),
              ElementsAre(HasSubstr("\"b\": alone this is no condition")));
  EXPECT_THAT(problems("filterIndex a like /x/"),
              ElementsAre(HasSubstr("a like /x/: filterIndex")));
  EXPECT_THAT(problems("filter isIpInSubnet(a, \"10.0.0.0\")"), ElementsAre(HasSubstr("a subnet")));
}

TEST(Query, CommandsHaveAnOrder) {
  EXPECT_THAT(problems("stats sum(a) as b by c | sort b | limit 5 | stats max(b)"),
              ElementsAre(HasSubstr("sort: in a query with two stats"), HasSubstr("limit: in")));
  EXPECT_THAT(problems("stats sum(a) as b | stats max(b) as b | stats min(b)"),
              ElementsAre("stats: a query has at most two stats"));
  EXPECT_THAT(problems("dedup a | limit 5 | sort b | fields c"),
              ElementsAre("sort: behind dedup there is limit only: sort stands before it"));
  EXPECT_EQ(first("dedup a | fields c").certainty, Certainty::kLikely);
  EXPECT_THAT(problems("diff | pattern @message"), ElementsAre(HasSubstr("diff: diff compares")));
  EXPECT_THAT(problems("estimate | limit 5"),
              ElementsAre("estimate: estimate is the last command"));
}

TEST(Query, BehindStatsOnlyItsResultsAreLeft) {
  const auto second = first("fields a | stats sum(a) by b | stats max(strlen(@message))");
  EXPECT_EQ(second.certainty, Certainty::kCertain);
  EXPECT_TRUE(second.refused());
  EXPECT_EQ(refused("stats sum(a) as n by @logStream | stats avg(n) by bin(5m)"), "bin(5m)");
  EXPECT_EQ(first("stats sum(a) as n | filter a > 1").certainty, Certainty::kLikely);
  EXPECT_FALSE(first("stats sum(a) as n by bin(5m) | sort @timestamp").refused());
}

TEST(Query, IntentDoesNotRefuse) {
  const auto parsed = parse("filter @message = \"*ERROR*\"");
  ASSERT_EQ(parsed.problems.size(), 1u);
  EXPECT_FALSE(parsed.refused());
  EXPECT_FALSE(parse("stats count(*) by bin(300s)").refused());
  EXPECT_TRUE(parse("filter").refused());
}

TEST(Query, MessagesSayLineAndPosition) {
  const std::string text = "fields \xC3\xA9\n| filter a ==";
  EXPECT_THAT(malformed_message(text, first(text)), HasSubstr("at line 2 and position 11"));
  EXPECT_EQ(character_offset(text, first(text).span.begin), 20u);
}

TEST(Query, IsLimited) {
  EXPECT_FALSE(problems("filter " + std::string(kMaxQueryCharacters, 'a')).empty());
  const std::string deep(200, '(');
  EXPECT_EQ(first("filter " + deep + "a" + std::string(200, ')')).certainty, Certainty::kGuess);
  std::string many = "filter not not not not 1";
  for (int i = 0; i < 2000; ++i) many += "+a";
  EXPECT_THAT(problems(many, true), IsEmpty());
}

TEST(Period, UnitsAndTheirNames) {
  for (const char* text : {"5m", "5min", "5mins", "5minute", "5minutes", "5MIN"}) {
    ASSERT_TRUE(parse_period(text)) << text;
    EXPECT_EQ(parse_period(text)->unit, PeriodUnit::kMinute) << text;
  }
  EXPECT_EQ(parse_period("3mo")->unit, PeriodUnit::kMonth);
  EXPECT_EQ(parse_period("20msec")->unit, PeriodUnit::kMillisecond);
  for (const char* text : {"5", "m", "0m", "5x", "5ss", "99999999999999999999m"})
    EXPECT_FALSE(parse_period(text)) << text;
}

TEST(Regex, GroupsAndDialect) {
  EXPECT_THAT(group_names("(?<a>x)[(?<b>](?P<c>y)\\(?<d>(?<=z)(?<!w)"), ElementsAre("a", "c"));
  EXPECT_EQ(for_re2("(?<a>x)(?P<b>y)"), "(?P<a>x)(?P<b>y)");
  EXPECT_FALSE(regex_problem("(?=lookahead)(?<!behind)a++\\1"));
  EXPECT_TRUE(regex_problem("a[b"));
}

TEST(Functions, EveryOneIsFoundOnce) {
  std::size_t all = 0;
  for (const auto family : function_families())
    for (const auto& function : family) {
      ++all;
      EXPECT_EQ(find_function(function.name), &function) << function.name;
      EXPECT_LE(function.least, function.most) << function.name;
    }
  EXPECT_GT(all, 55u);
  EXPECT_EQ(find_function("ISVALIDIP")->name, "isValidIp");
}

TEST(Commands, EveryOneIsFoundOnce) {
  for (const auto& kind : command_kinds()) EXPECT_EQ(find_command(kind.name), &kind) << kind.name;
}

TEST(QueryFuzz, DamagedQueriesNeverBreakIt) {
  const std::string text =
      "SOURCE logGroups(namePrefix: ['a']) | fields @message, abs(x)[0] as `y z` # c\n| parse @m "
      "\"a * b\" as c | filter d like /e(?<f>g)/ and h in [1, 'x'] | stats count(*) as n by bin(5m)"
      " | join left=a right=b where a.c=b.d (fields c) | sort n desc, m | limit 5";
  std::uint64_t seed = 7;
  auto next = [&] { return seed = seed * 6364136223846793005u + 1442695040888963407u, seed >> 33; };
  constexpr std::string_view kPieces[] = {"|", "(", ")", "[",  "]",    "\"", "'",    "/",
                                          "`", ",", "#", "as", " by ", "5m", "\xff", "not "};
  for (int round = 0; round < 4000; ++round) {
    std::string damaged = text;
    for (int i = 0; i < 4; ++i) {
      const auto at = next() % damaged.size();
      if (next() % 2)
        damaged.erase(at, next() % 9);
      else
        damaged.insert(at, kPieces[next() % std::size(kPieces)]);
    }
    for (const auto& problem : parse(damaged).problems) {
      ASSERT_LT(problem.span.begin, problem.span.end) << damaged;
      ASSERT_LE(problem.span.begin, damaged.size()) << damaged;
    }
  }
}

}  // namespace
}  // namespace seatrial::logs::query
