// Every command over a few events. Sources: the guide's page of each command; where a row was not
// documented it is as the command's file says.
#include "logs/run/testing.h"

namespace seatrial::logs::run {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const char* const kRequests[] = {
    R"({"level":"ERROR","service":"api","ms":12.5,"status":500,"user":{"name":"ann","tags":["a","b"]}})",
    R"({"level":"INFO","service":"api","ms":2,"status":200,"user":{"name":"bob"}})",
    R"({"level":"ERROR","service":"web","ms":40,"status":503,"ok":false})",
    R"({"level":"INFO","service":"web","ms":8,"status":200,"ok":true})",
};

Logs requests() { return Logs{kRequests[0], kRequests[1], kRequests[2], kRequests[3]}; }

TEST(Fields, ShowWhatTheyName) {
  auto logs = requests();
  // Newest first without sort.
  EXPECT_THAT(logs.rows("fields level, ms * 2 as twice | limit 2"),
              ElementsAre("level=INFO twice=16", "level=ERROR twice=80"));
  EXPECT_THAT(
      logs.rows("fields user.name, user.tags.1, user.tags | sort ms | limit 3"),
      ElementsAre("user.name=bob", "", R"(user.name=ann user.tags.1=b user.tags=["a","b"])"));
  EXPECT_THAT(logs.rows("fields level | fields ms | limit 1"), ElementsAre("level=INFO ms=8"));
  EXPECT_THAT(logs.rows("fields level, ms | display ms, service | limit 1"),
              ElementsAre("ms=8 service=web"));
  EXPECT_THAT(
      logs.rows("limit 1"),
      ElementsAre(std::string("@timestamp=2026-11-30 12:00:04.000 @message=") + kRequests[3]));
  EXPECT_THAT(logs.rows("fields @logStream, @log, @ingestionTime | limit 1"),
              ElementsAre("@logStream=a @log=123456789012:app "
                          "@ingestionTime=2026-11-30 12:00:04.005"));
  // A map is known to the next command.
  EXPECT_THAT(logs.rows("fields jsonParse(@message) as js | fields js.user.name as n, js.ms "
                        "| sort ms desc | display n, js.ms | limit 4"),
              ElementsAre("js.ms=40", "n=ann js.ms=12.5", "js.ms=8", "n=bob js.ms=2"));
}

TEST(Filter, OperatorsOfAllKinds) {
  auto logs = requests();
  const auto count = [&](const std::string& condition) {
    return logs.rows("filter " + condition).size();
  };
  EXPECT_EQ(count("level = 'ERROR'"), 2u);
  EXPECT_EQ(count("level != 'ERROR'"), 2u);
  EXPECT_EQ(count("user.name != 'ann'"), 3u);  // also where there is none
  EXPECT_EQ(count("status >= 500 and ms < 20"), 1u);
  EXPECT_EQ(count("status = '500'"), 1u);
  EXPECT_EQ(count("status > 200 or not (service = 'api')"), 3u);
  EXPECT_EQ(count("status in [200, 503]"), 3u);
  EXPECT_EQ(count("level not in ['INFO']"), 2u);
  EXPECT_EQ(count("@message like 'ann'"), 1u);
  EXPECT_EQ(count("@message not like /\"level\":\"(INFO|WARN)\"/"), 2u);
  EXPECT_EQ(count("level =~ /(?i)error/"), 2u);
  EXPECT_EQ(count("level like 'err'"), 0u);
  EXPECT_EQ(count("ok = 1"), 1u);
  EXPECT_EQ(count("ok = false"), 1u);
  EXPECT_EQ(count("ispresent(ok)"), 2u);
  EXPECT_EQ(count("ispresent(ok) and not ok"), 1u);
  EXPECT_EQ(count("none > 1"), 0u);
  EXPECT_EQ(count("none not like 'x'"), 4u);
  EXPECT_EQ(count("level > 5"), 0u);                            // a word beside a number
  EXPECT_EQ(count("@timestamp > '2020-01-01T00:00:00Z'"), 0u);  // as AWS
  EXPECT_EQ(count("toMillis(@timestamp) > 1796040002000"), 2u);
  EXPECT_EQ(count("ms % 8 = 0 and ms / 8 = 5"), 1u);
  EXPECT_EQ(logs.rows("filterIndex level = 'INFO' | filter ms > 5").size(), 1u);
}

TEST(Filter, SubqueriesGiveTheirValues) {
  auto logs = requests();
  logs.add(kNoon, R"({"service":"web","owner":"carl"})", "us-east-1/owners");
  logs.find_groups =
      [](const query::Source& source) -> std::expected<std::vector<std::string>, std::string> {
    return std::vector<std::string>{"us-east-1/" + source.groups[0].text};
  };
  EXPECT_THAT(logs.rows("filter service in (SOURCE 'owners' | filter owner = 'carl' | fields "
                        "service) | fields ms"),
              ElementsAre("ms=8", "ms=40"));
  EXPECT_THAT(logs.rows("filter service not in (SOURCE 'owners' | fields service) | fields ms"),
              ElementsAre("ms=2", "ms=12.5"));
  EXPECT_THAT(logs.refused("filter a in (SOURCE 'owners' | fields b, c)"), HasSubstr("one field"));
}

TEST(Stats, AggregatesOfAllKinds) {
  auto logs = requests();
  EXPECT_THAT(
      logs.rows("stats count(*), count(ok), sum(ms), avg(ms), min(ms), max(ms), stddev(ms)"),
      ElementsAre("count(*)=4 count(ok)=2 sum(ms)=62.5 avg(ms)=15.625 min(ms)=2 max(ms)=40 "
                  "stddev(ms)=16.8096"));
  EXPECT_THAT(logs.rows("stats pct(ms, 50) as p50, pct(ms, 99) as p99, count_distinct(level) as d"),
              ElementsAre("p50=8 p99=40 d=2"));
  EXPECT_THAT(logs.rows("stats earliest(ms) as e, latest(ms) as l, sortsFirst(service) as f, "
                        "sortsLast(service) as g, latest(@timestamp) as t"),
              ElementsAre("e=12.5 l=8 f=api g=web t=1796040004000"));
  EXPECT_THAT(logs.rows("stats sum(ms) / count(*) as mean, max(ms) - min(ms) as span by service"),
              ElementsAre("service=api mean=7.25 span=10.5", "service=web mean=24 span=32"));
  EXPECT_THAT(logs.rows("stats max(ms) as a, min(ms) as b, a - b as c"),
              ElementsAre("a=40 b=2 c=38"));
  EXPECT_THAT(logs.rows("stats values(service)"), ElementsAre(R"(values(service)=["api","web"])"));
  EXPECT_THAT(logs.rows("filter ms > 1000 | stats count(*)"), IsEmpty());
}

TEST(Stats, GroupsByTimesAndExpressions) {
  auto logs = requests();
  EXPECT_THAT(
      logs.rows("stats count(*) as n by bin(2s)"),
      ElementsAre("bin(2s)=2026-11-30 12:00:04.000 n=1", "bin(2s)=2026-11-30 12:00:02.000 n=2",
                  "bin(2s)=2026-11-30 12:00:00.000 n=1"));
  EXPECT_THAT(logs.rows("stats count(*) as n by bin(1h) as t, level"),
              ElementsAre("t=2026-11-30 12:00:00.000 level=ERROR n=2",
                          "t=2026-11-30 12:00:00.000 level=INFO n=2"));
  EXPECT_THAT(logs.rows("stats count(*) as n by bin(2s) offset 1s | sort n desc | limit 1"),
              ElementsAre("bin(2s)=2026-11-30 12:00:03.000 n=2"));
  // Over its cap a unit counts for the cap: 300s are 60s.
  EXPECT_THAT(logs.rows("stats count(*) as n by bin(300s)"),
              ElementsAre("bin(300s)=2026-11-30 12:00:00.000 n=4"));
  EXPECT_THAT(logs.rows("stats count(*) as n by histogram(ms, 10)"),
              ElementsAre("histogram(ms, 10)=0 n=2", "histogram(ms, 10)=10 n=1",
                          "histogram(ms, 10)=40 n=1"));
  EXPECT_THAT(logs.rows("stats count(*) as n by status >= 500 as bad"),
              ElementsAre("bad=0 n=2", "bad=1 n=2"));
  EXPECT_THAT(logs.rows("stats rate(ms, 1s) as r"), ElementsAre("r=-1.5"));
}

TEST(Stats, TwoInARowAndFiltersBehind) {
  auto logs = requests();
  EXPECT_THAT(logs.rows("stats sum(ms) as s by service, level | stats max(s) as top by service"),
              ElementsAre("service=api top=12.5", "service=web top=40"));
  EXPECT_THAT(logs.rows("stats count(*) by bin(1m) | stats max(count(*)) by bin(1m)"),
              ElementsAre("bin(1m)=2026-11-30 12:00:00.000 max(count(*))=4"));
  EXPECT_THAT(logs.rows("stats count(*) as c by status | filter c > 1 | fields c * 10 as ten"),
              ElementsAre("status=200 c=2 ten=20"));
}

TEST(Sort, ByNumbersTextsAndAbsence) {
  // CWL_QuerySyntax-Sort: what is no number before numbers; runs of digits by length, then value.
  Logs logs{R"({"v":10})",      R"({"v":9})", R"({"v":"item10"})",
            R"({"v":"item9"})", R"({"w":1})", R"({"v":"x"})"};
  EXPECT_THAT(logs.rows("fields v | sort v"),
              ElementsAre("", "v=item9", "v=item10", "v=x", "v=9", "v=10"));
  EXPECT_THAT(logs.rows("fields v | sort v desc | limit 2"), ElementsAre("v=10", "v=9"));
  EXPECT_THAT(logs.rows("fields v | sort @timestamp asc | limit 1"), ElementsAre("v=10"));
  EXPECT_THAT(logs.rows("fields v | sort w desc, v desc | limit 2"), ElementsAre("", "v=10"));
}

TEST(Limit, HeadTailAny) {
  Logs logs{"1", "2", "3", "4"};
  EXPECT_THAT(logs.rows("fields @message | limit 2"), ElementsAre("@message=4", "@message=3"));
  EXPECT_THAT(logs.rows("fields @message | head 1"), ElementsAre("@message=4"));
  EXPECT_THAT(logs.rows("fields @message | tail 2"), ElementsAre("@message=2", "@message=1"));
  EXPECT_EQ(logs.rows("fields @message | limit any 1").size(), 1u);
  // A limit does not end the counting, `any` does.
  EXPECT_EQ(logs.run("filter @message > 1 | limit 1")->result()->statistics.records_matched, 3);
  EXPECT_EQ(logs.run("filter @message > 1 | limit any 1")->result()->statistics.records_matched, 1);
  logs.limit = 3;
  EXPECT_EQ(logs.rows("fields @message").size(), 3u);
}

TEST(Parse, Globs) {
  // CWL_QuerySyntax-Parse: the guide's own line.
  Logs logs{"2019-02-01T12:00:00 [ERROR] user=ann, method:GET, latency := 23.5 done",
            "nothing of it"};
  EXPECT_THAT(logs.rows("parse @message \"user=*, method:*, latency := * \" as user, method, "
                        "latency | filter latency > 20 | display user, method, latency"),
              ElementsAre("user=ann method=GET latency=23.5"));
  EXPECT_THAT(logs.rows("parse @message '* [*] *' as at, level, rest | display at, level, rest "
                        "| filter ispresent(level)"),
              ElementsAre("at=2019-02-01T12:00:00 level=ERROR rest=user=ann, method:GET, latency "
                          ":= 23.5 done"));
  EXPECT_THAT(logs.rows("parse 'nothing *' as what | stats count(*) as n by what"),
              ElementsAre("n=1", "what=of it n=1"));
}

TEST(Parse, RegularExpressions) {
  Logs logs{"GET /a 200 12ms, GET /b 404 7ms"};
  EXPECT_THAT(
      logs.rows(
          R"(parse @message /(?<verb>\w+) (?<path>\/\w+) (?<code>\d+)/ | display verb, path, code)"),
      ElementsAre("verb=GET path=/a code=200"));
  EXPECT_THAT(logs.rows(R"(parse @message /(\w+) (\/\w+)/ as v, p | display v, p)"),
              ElementsAre("v=GET p=/a"));
  EXPECT_THAT(logs.rows(R"(parse @message /GET (?<p>\S+) (?<c>\d+)/ multi | display p, c)"),
              ElementsAre("p=/a c=200", "p=/b c=404"));
  EXPECT_THAT(logs.rows(R"(parse @message /(?<none>POST)/ | stats count(none) as n)"),
              ElementsAre("n=0"));
}

TEST(Parse, LogfmtAndCsv) {
  Logs logs{R"(level=info host="web 1" took=12 ok)", R"(a,"b, ""c""",3)"};
  EXPECT_THAT(
      logs.rows("parse @message logfmt as lf | filter lf.took > 10 | display lf.host, lf.ok"),
      ElementsAre("lf.host=web 1 lf.ok=1"));
  EXPECT_THAT(logs.rows("parse @message csv as x, y, z | filter z = 3 | display x, y, z"),
              ElementsAre(R"(x=a y=b, "c" z=3)"));
}

TEST(Json, OneValueOfAField) {
  Logs logs{R"(payload={"user":{"name":"ann"}} end)"};
  EXPECT_THAT(logs.rows("parse @message 'payload=* end' as payload | json field=payload "
                        "'user.name' as name | display name"),
              ElementsAre("name=ann"));
}

TEST(Dedup, KeepsTheFirstOfEach) {
  auto logs = requests();
  EXPECT_THAT(logs.rows("fields service, ms | sort ms desc | dedup service"),
              ElementsAre("service=web ms=40", "service=api ms=12.5"));
  // Rows without the field are all kept.
  EXPECT_EQ(logs.rows("dedup user.name").size(), 4u);
  EXPECT_EQ(logs.rows("dedup level, status").size(), 3u);
}

TEST(Unnest, ARowForEachElement) {
  Logs logs{R"({"id":1,"items":[{"n":"a"},{"n":"b"}]})", R"({"id":2})"};
  EXPECT_THAT(logs.rows("fields id, jsonParse(@message) as js | unnest js.items into item "
                        "| fields item.n | display id, item.n"),
              ElementsAre("id=1 item.n=a", "id=1 item.n=b"));
  EXPECT_THAT(logs.rows("unnest items into i | stats count(*) as n by i.n"),
              ElementsAre("i.n=a n=1", "i.n=b n=1"));
  EXPECT_THAT(logs.rows("expand items | display id, items"),
              ElementsAre("id=2", R"(id=1 items={"n":"a"})", R"(id=1 items={"n":"b"})"));
}

TEST(Pattern, GathersWhatIsAlike) {
  Logs logs{"2026-11-30T12:00:00Z [INFO] user ann logged in from 10.0.0.1",
            "2026-11-30T12:00:01Z [INFO] user bob logged in from 10.0.0.2",
            "2026-11-30T12:00:02Z [ERROR] ResourceID: 4f2 not found"};
  EXPECT_THAT(
      logs.rows("pattern @message | display @pattern, @sampleCount, @ratio, @severityLabel"),
      ElementsAre("@pattern=<Time-1> [INFO] user <Token-2> logged in from <IPAddress-3> "
                  "@sampleCount=2 @ratio=0.6667 @severityLabel=INFO",
                  "@pattern=<Time-1> [ERROR] ResourceID: <ResourceID-2> not found "
                  "@sampleCount=1 @ratio=0.3333 @severityLabel=ERROR"));
  EXPECT_THAT(logs.rows("pattern @message | filter @sampleCount = 1 | display @regexString"),
              ElementsAre(R"(@regexString=^.*? \[ERROR\] ResourceID: .*? not found$)"));
}

TEST(Diff, ComparesWithTheTimeBefore) {
  Logs logs;
  logs.start_ms = kNoon, logs.end_ms = kNoon + 59'999;
  logs.add(kNoon - 1'000, "job 1 done").add(kNoon + 1'000, "job 2 done");
  logs.add(kNoon + 2'000, "job 3 done").add(kNoon + 3'000, "job 4 failed");
  EXPECT_THAT(logs.rows("pattern @message | diff | display @pattern, @sampleCount, @diffEventCount"
                        " | sort @sampleCount desc"),
              ElementsAre("@pattern=job <Token-1> done @sampleCount=2 @diffEventCount=1",
                          "@pattern=job <Token-1> failed @sampleCount=1 @diffEventCount=1"));
  EXPECT_THAT(logs.refused("pattern @message | limit 5 | diff"), HasSubstr("right behind"));
}

TEST(CountFrequent, TheMostFrequentFirst) {
  auto logs = requests();
  EXPECT_THAT(logs.rows("countFrequent status"),
              ElementsAre("status=200 @count=2", "status=500 @count=1", "status=503 @count=1"));
}

TEST(Join, RowsOfTwoGroups) {
  auto logs = requests();
  logs.add(kNoon, R"({"name":"web","owner":{"n":"carl"}})", "us-east-1/owners");
  logs.find_groups =
      [](const query::Source& source) -> std::expected<std::vector<std::string>, std::string> {
    return std::vector<std::string>{"us-east-1/" + source.groups[0].text};
  };
  EXPECT_THAT(logs.rows("join type=inner left=r right=o where r.service=o.name (SOURCE 'owners') | "
                        "filter o.owner.n = 'carl' | fields r.ms, o.owner.n, o.none"),
              ElementsAre("r.ms=8 o.owner.n=carl", "r.ms=40 o.owner.n=carl"));
  EXPECT_THAT(logs.rows("join type=left left=r right=o where o.name=r.service (SOURCE 'owners') | "
                        "filter not ispresent(o.owner.n) | fields r.ms, o.owner.n"),
              ElementsAre("r.ms=2", "r.ms=12.5"));
  EXPECT_THAT(logs.refused("join left=a right=b where service=name (SOURCE 'owners')"),
              HasSubstr("a.FIELD=b.FIELD"));
}

TEST(Late, SumsAndNeighbours) {
  auto logs = requests();
  EXPECT_THAT(logs.rows("fields ms | sort @timestamp asc | accum ms as total | display total"),
              ElementsAre("total=12.5", "total=14.5", "total=54.5", "total=62.5"));
  EXPECT_THAT(logs.rows("fields ms | sort @timestamp asc | autoregress ms p=1-2 | limit 3"),
              ElementsAre("ms=12.5", "ms=2 ms_p1=12.5", "ms=40 ms_p1=2 ms_p2=12.5"));
  EXPECT_THAT(logs.rows("fields ms, user.name as n | sort @timestamp asc | filldown n | limit 3"),
              ElementsAre("ms=12.5 n=ann", "ms=2 n=bob", "ms=40 n=bob"));
  EXPECT_THAT(logs.rows("fields ms, status | addtotals col=true ms, status | limit 9"),
              ElementsAre("ms=8 status=200 Total=208", "ms=40 status=503 Total=543",
                          "ms=2 status=200 Total=202", "ms=12.5 status=500 Total=512.5",
                          "ms=62.5 status=1403 Total=1465.5"));
  EXPECT_THAT(logs.rows("stats count(*) as n by service | appendcols (stats sum(ms) as s by "
                        "service)"),
              ElementsAre("service=api n=2 s=14.5", "service=web n=2 s=48"));
}

TEST(Late, BinsWithoutEventsAreFilled) {
  Logs logs;
  logs.add(kNoon, "x").add(kNoon + 180'000, "x");
  EXPECT_THAT(logs.rows("stats count(*) as n by bin(1m) as t | fillmissing with 0 for n"),
              ElementsAre("t=2026-11-30 12:03:00.000 n=1", "t=2026-11-30 12:02:00.000 n=0",
                          "t=2026-11-30 12:01:00.000 n=0", "t=2026-11-30 12:00:00.000 n=1"));
  EXPECT_THAT(logs.refused("stats count(*) as n by x | fillmissing with 0 for n"),
              HasSubstr("bin"));
}

// CWL_QuerySyntax-Sessionize: its example, and the default of half an hour.
TEST(Sessionize, AGapEndsASession) {
  Logs logs;
  const auto add = [&](std::int64_t minute, const char* user, const char* device) {
    logs.add(kNoon + minute * 60'000,
             fmt::format(R"({{"userId":"{}","deviceId":"{}","m":{}}})", user, device, minute));
  };
  add(0, "ann", "a"), add(59, "ann", "a"), add(120, "ann", "a"), add(1, "bob", "b");
  add(2, "ann", "b");
  logs.add(kNoon + 180'000, R"({"userId":"ann","m":3})");
  EXPECT_THAT(
      logs.rows(
          "fields m | sessionize userId, deviceId maxspan 1h as s | sort m asc | display m, s"),
      ElementsAre("m=0 s=1", "m=1 s=2", "m=2 s=3", "m=3", "m=59 s=1", "m=120 s=4"));
  EXPECT_THAT(
      logs.rows("sessionize userId | stats count(*) as n by session_id | sort session_id"),
      ElementsAre("session_id=1 n=3", "session_id=2 n=1", "session_id=3 n=1", "session_id=4 n=1"));
}

// CWL_QuerySyntax-Outlier
TEST(Outlier, RowsAreCutMarkedOrLeftOut) {
  Logs logs;
  for (int i = 1; i <= 8; ++i)
    logs.add(kNoon + i, fmt::format(R"({{"cpu":{},"memory":5}})", i == 8 ? 1'000 : 10 + i));
  logs.add(kNoon + 9, R"({"cpu":-500,"memory":5})");
  // Quartiles 12 and 16.
  EXPECT_THAT(logs.rows("fields cpu | outlier cpu | sort cpu asc"),
              ElementsAre("cpu=-500", "cpu=11", "cpu=12", "cpu=13", "cpu=14", "cpu=15", "cpu=16",
                          "cpu=17", "cpu=26"));
  EXPECT_THAT(
      logs.rows("fields cpu | outlier uselower=true mark=true cpu | sort cpu desc | limit 2"),
      ElementsAre("cpu=26 is_outlier=1", "cpu=17 is_outlier=0"));
  EXPECT_THAT(
      logs.rows("outlier action=remove param=3.0 uselower=true mark=true cpu memory | stats "
                "count(*) as n, max(cpu) as most, max(is_outlier) as marked"),
      ElementsAre("n=7 most=17 marked=0"));
}

// CWL_QuerySyntax-RelevantFields
TEST(RelevantFields, WhatTellsEventsApartComesFirst) {
  Logs logs;
  for (int i = 0; i < 400; ++i)
    logs.add(kNoon + i, fmt::format(R"({{"Time":{},"Path":"{}","Size":{},"id":"r{}","Zone":"{}"}})",
                                    i % 4 == 0 ? 900 : 100, i % 4 == 0 ? "/slow" : "/quick",
                                    i % 4 == 0 ? 50 + i % 3 : i % 50, i, i % 8 < 4 ? "a" : "b"));
  const auto rows = logs.rows("relevantfields Path, Size, id, Zone where Time > 400");
  EXPECT_THAT(rows, ElementsAre("@fieldName=Path @relevanceScore=1 @topRelevanceContributors="
                                R"({"/quick":-1,"/slow":1})",
                                "@fieldName=Size @relevanceScore=1 @conditionalMedian=51 "
                                "@baselineMedian=25",
                                testing::StartsWith("@fieldName=Zone @relevanceScore=0 "),
                                testing::StartsWith("@fieldName=id @relevanceScore=0 ")));
  EXPECT_EQ(logs.rows("relevantfields where Time > 400 | limit 2").size(), 2u);
}

// CWL_QuerySyntax-Logcompare
TEST(Logcompare, TheBaselineIsShiftedBack) {
  Logs logs;
  logs.start_ms = kNoon, logs.end_ms = kNoon + 3'600'000;
  const auto week = 7 * 86'400'000ll;
  for (int i = 0; i < 3; ++i) logs.add(kNoon + i, "connection lost");
  logs.add(kNoon + 1 - week, "connection lost").add(kNoon + 5 - 2 * week, "connection lost");
  EXPECT_THAT(
      logs.rows("logcompare timeshift 7d | display @pattern, @sampleCount, @diffEventCount"),
      ElementsAre("@pattern=connection lost @sampleCount=3 @diffEventCount=2"));
}

// CWL_QuerySyntax-Anomaly: its five kinds, each in the last quarter of four hours.
TEST(Anomaly, WhatTheLastQuarterHasOfItsOwnIsTold) {
  Logs logs;
  logs.start_ms = kNoon;
  logs.end_ms = kNoon + 4 * 3'600'000 - 1;
  const auto each_minute = [&](int from, int to, auto message) {
    for (int minute = from; minute < to; ++minute)
      logs.add(kNoon + minute * 60'000, message(minute));
  };
  each_minute(0, 240, [](int m) {
    return fmt::format("order {} took {} ms", 100'000 + m * 7, 20 + m % 5);
  });
  each_minute(0, 240, [](int m) {
    return fmt::format("GET /health status={} by {}", m > 200 && m % 4 == 0 ? 503 : 200, m + 1000);
  });
  each_minute(0, 240,
              [](int m) { return fmt::format("worker of zone{} is alive", m == 230 ? 9 : m % 3); });
  for (int i = 0; i < 60; ++i) logs.add(kNoon + 13'000'000 + i * 100, "cache entry evicted");
  each_minute(0, 100, [](int) { return "cache entry evicted"; });
  EXPECT_THAT(
      logs.rows("pattern @message | anomaly | filter ispresent(@description) | display @priority"),
      ElementsAre("@priority=HIGH", "@priority=HIGH", "@priority=MEDIUM"));
  EXPECT_THAT(
      logs.rows("pattern @message | anomaly | sort @patternString | filter ispresent(@description) "
                "| display @patternString, @description"),
      ElementsAre(
          "@patternString=GET /health status=<*> by <*> @description=HTTP errors: <status-1> "
          "is an error in 9 of 60 events, 15 % where 0 % are usual",
          "@patternString=cache entry evicted @description=Unusual frequency: 60 events "
          "within 600 s, where 0 are usual",
          "@patternString=worker of <*> is alive @description=Token variation: <Token-1> is "
          "\"zone9\" for the first time in 180 events"));
  // All fields of pattern are kept, and patterns without an anomaly.
  EXPECT_THAT(logs.rows("pattern @message | anomaly | filter not ispresent(@description) "
                        "| display @pattern, @sampleCount, @priority"),
              ElementsAre("@pattern=order <Token-1> took <Token-2> ms @sampleCount=240"));
  logs.add(kNoon + 14'000'000, "order 101680 took 2500 ms");
  logs.add(kNoon + 14'000'001, "out of memory");
  EXPECT_THAT(
      logs.rows("filter @message like /order|memory/ | pattern @message | anomaly "
                "| display @pattern, @description, @anomalyLogSamples"),
      ElementsAre(
          HasSubstr("@description=Unusual number: <Token-2> is 2500, where 21 to 23 are usual"),
          "@pattern=out of memory @description=New pattern: not seen among the 180 events before "
          "@anomalyLogSamples=[{\"timestamp\":1796054000001,\"message\":\"out of memory\"}]"));
}

TEST(Anomaly, NothingIsUnusualWithoutABaseline) {
  Logs logs{"one", "two words", "three words here", "three words here"};
  EXPECT_THAT(logs.rows("pattern @message | anomaly | filter ispresent(@description)"), IsEmpty());
}

// CWL_QuerySyntax-Estimate
TEST(Estimate, TheBytesAreToldAndNothingIsRead) {
  Logs logs{"an error", "all is well"};
  EXPECT_THAT(logs.rows("fields @timestamp, @message | filter @message like /error/ | estimate"),
              ElementsAre("estimatedBytesScanned=8"));
  EXPECT_THAT(logs.rows("stats count(*) | estimate"), ElementsAre("estimatedBytesScanned=19"));
}

Logs with_table(std::initializer_list<const char*> messages, const char* name, std::string csv) {
  Logs logs(messages);
  logs.find_lookup = [name = std::string(name), csv = std::make_shared<const std::string>(csv)](
                         const std::string& wanted) -> std::expected<LookupSource, std::string> {
    if (wanted != name) return std::unexpected("there is no lookup table '" + wanted + "'");
    return LookupSource{LookupTable::read(csv)->columns(), csv};
  };
  return logs;
}

// CWL_QuerySyntax-Lookup
TEST(Lookup, OutputTakesThePlaceOfFields) {
  auto logs =
      with_table({R"({"id":1,"name":"old","n":5})", R"({"id":"2","n":7})", R"({"n":9})"},
                 "user_data", "id,name,email\n1,ann,a@x\n2,\"b, \"\"o\"\"\",b@x\n1,late,l@x\n");
  EXPECT_THAT(logs.rows("fields n, name | lookup user_data id OUTPUT name, email as mail"),
              ElementsAre("n=9", R"(n=7 name=b, "o" mail=b@x)", "n=5 name=ann mail=a@x"));
  EXPECT_THAT(logs.rows("lookup user_data id OUTPUT email | filter ispresent(email) "
                        "| stats count(*) as c by email"),
              ElementsAre("email=a@x c=1", "email=b@x c=1"));
  EXPECT_THAT(logs.rows("stats sum(n) as s by id | lookup user_data id OUTPUT name | sort s"),
              ElementsAre("id=1 s=5 name=ann", R"(id=2 s=7 name=b, "o")", "s=9"));
  EXPECT_THAT(logs.refused("lookup user_data id OUTPUT age"), HasSubstr("id, name, email"));
  EXPECT_THAT(logs.refused("lookup others id OUTPUT age"), HasSubstr("no lookup table 'others'"));
}

TEST(Lookup, OutputNewFillsWhatIsEmpty) {
  auto logs = with_table({R"({"a":"x","host":"kept"})", R"({"a":"x","host":""})", R"({"a":"x"})",
                          R"({"a":"y","host":""})"},
                         "hosts", "ip,host,region\nx,hx,r1\nz,hz,r2\n");
  EXPECT_THAT(
      logs.rows("fields host | lookup hosts ip as a OUTPUTNEW host, region | display host, "
                "region"),
      ElementsAre("host=", "host=hx region=r1", "host=hx region=r1", "host=kept region=r1"));
}

TEST(Lookup, AllMatchFieldsMustMatch) {
  auto logs = with_table({R"({"a":"x","port":80})", R"({"a":"x","port":22})"}, "services",
                         "ip,port,name\r\nx,443,tls\r\nx,80,web\r\n");
  EXPECT_THAT(logs.rows("fields port | lookup services ip as a, port OUTPUT name"),
              ElementsAre("port=22", "port=80 name=web"));
}

// CWL_QuerySyntax-Cidrlookup
TEST(CidrLookup, TheNarrowestRangeCounts) {
  auto logs = with_table({R"({"ip":"10.1.2.3"})", R"({"ip":"10.9.9.9"})", R"({"ip":"2001:db8::1"})",
                          R"({"ip":"11.0.0.1"})", R"({"ip":"no address"})", R"({"ip":"10.1.2.4"})"},
                         "nets",
                         "range,owner\n10.0.0.0/8,all\n10.1.0.0/16,one\n2001:db8::/32,six\n"
                         "10.1.2.4,host\n300.0.0.0/8,none\n");
  EXPECT_THAT(
      logs.rows("fields ip | cidrlookup nets ip AS range OUTPUT owner"),
      ElementsAre("ip=10.1.2.4 owner=host", "ip=no address", "ip=11.0.0.1",
                  "ip=2001:db8::1 owner=six", "ip=10.9.9.9 owner=all", "ip=10.1.2.3 owner=one"));
  EXPECT_THAT(logs.refused("cidrlookup nets ip OUTPUT owner"), HasSubstr("no column 'ip'"));
}

TEST(LookupTables, WhatIsNoTable) {
  const auto problem = [](const char* csv) {
    auto table = LookupTable::read(std::make_shared<const std::string>(csv));
    return table ? "" : table.error();
  };
  EXPECT_EQ(problem("a,b\n1,2\n\n3,4"), "");
  EXPECT_EQ(problem("\xEF\xBB\xBF"
                    "a,b\n1,"),
            "");
  EXPECT_EQ(problem(""), "the header row is missing");
  EXPECT_EQ(problem("a,,b\n"), "a column of the header row has no name");
  EXPECT_EQ(problem("a,a\n"), "two columns have the name 'a'");
  EXPECT_EQ(problem("a,b\n1,2\n3\n"), "line 3 has 1 fields, the header row 2");
  EXPECT_EQ(problem("a,b\n\"1\n\",2\n3\n"), "line 4 has 1 fields, the header row 2");
  EXPECT_EQ(problem("a,b\n\"1,2\n"), "line 2: a quotation mark is not closed");
  EXPECT_EQ(problem("a,b\n\"1\"x,2\n"), "line 2: text behind the quotation mark that ends a field");
  EXPECT_EQ(problem("a,b\n1\"x,2\n"), "line 2: a quotation mark within a field without them");
}

TEST(Refused, WhatCannotBeDoneIsNamed) {
  Logs logs;
  EXPECT_THAT(logs.refused("fields a | anomaly"), HasSubstr("right behind pattern"));
  EXPECT_THAT(logs.refused("pattern @message | diff | anomaly"), HasSubstr("right behind pattern"));
  EXPECT_THAT(logs.refused("stats count(*) by a | pattern a | anomaly"),
              HasSubstr("none are left"));
  EXPECT_THAT(logs.refused("lookup users id OUTPUT name"), HasSubstr("not served here"));
  EXPECT_THAT(logs.refused("stats count(*) as n | relevantfields where n > 1"),
              HasSubstr("none are left"));
  EXPECT_THAT(logs.refused("stats count(*) as n by a | sessionize a"), HasSubstr("@timestamp"));
  EXPECT_THAT(logs.refused("fields a | sessionize a span=3"), HasSubstr("span is not served"));
  EXPECT_THAT(logs.refused("fields a | outlier action=drop a"), HasSubstr("remove or transform"));
  EXPECT_THAT(logs.refused("fields a | outlier mark=maybe a"), HasSubstr("true or false"));
  EXPECT_THAT(logs.refused("stats count(*) | logcompare timeshift 7d"), HasSubstr("none are left"));
  EXPECT_THAT(logs.refused("filter a in (fields b | estimate)"), HasSubstr("whole query"));
  EXPECT_THAT(logs.refused("filter a like /(?=x)/"), HasSubstr("not served"));
  EXPECT_THAT(logs.refused("SOURCE 'x' | fields a"), HasSubstr("SOURCE"));
}

TEST(Formats, AwsOwnLines) {
  Logs logs;
  logs.add(kNoon,
           "2 123456789012 eni-1235b8ca 10.0.0.1 203.0.113.9 443 49761 6 20 4249 1418530010 "
           "1418530070 ACCEPT OK",
           "us-east-1/vpc");
  logs.add(kNoon,
           "REPORT RequestId: 6e2c\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory "
           "Size: 128 MB\tMax Memory Used: 40 MB\t",
           "us-east-1//aws/lambda/f");
  logs.add(kNoon + 1, "2026-11-30 INFO {\"a\":{\"b\":1}} tail", "us-east-1//aws/lambda/f");
  const auto ask = [&](const char* group, const char* query) {
    auto program = build(query, {{group}, 0, nullptr});
    EXPECT_TRUE(program);
    Execution run(std::move(*program), logs.source, {"1"}, {kNoon - 1, kNoon + 10, kNoon});
    run.run();
    std::string out;
    for (const auto& row : run.result()->rows)
      for (const auto& value : row) out += value.value_or("-") + " ";
    return out;
  };
  // CWL_AnalyzeLogData-discoverable-fields
  EXPECT_EQ(ask("us-east-1/vpc", "stats sum(bytes) as b by srcAddr, dstAddr, action"),
            "10.0.0.1 203.0.113.9 ACCEPT 4249 ");
  EXPECT_EQ(ask("us-east-1//aws/lambda/f",
                "filter @type = 'REPORT' | stats max(@memorySize / 1000 / 1000) as mb, "
                "max(@maxMemoryUsed) as used, avg(@duration) as d by @requestId"),
            "6e2c 128 40000000 12.34 ");
  EXPECT_EQ(ask("us-east-1//aws/lambda/f", "filter a.b = 1 | stats count(*) as n"), "1 ");
}

}  // namespace
}  // namespace seatrial::logs::run
