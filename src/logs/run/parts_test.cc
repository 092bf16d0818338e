// What the evaluator rests on: JSON by path, search, numbers, needles, limits, partial results.
#include <cmath>
#include <deque>
#include <thread>

#include "logs/run/chain.h"
#include "logs/run/json_text.h"
#include "logs/run/natural_order.h"
#include "logs/run/needles.h"
#include "logs/run/templates.h"
#include "logs/run/testing.h"
#include "logs/run/text_search.h"

namespace seatrial::logs::run {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string at(std::string_view json, std::string_view path) {
  Arena arena;
  return std::string(text_of(json_at(json, path, arena), arena));
}

TEST(JsonText, FindsPaths) {
  const char* json =
      R"( {"a":{"b":[{"c":"x\u00e9\n\ud83d\ude00"},2]},"a.d":3,"e":{"f.g":{"h":4}},"a":9,)"
      R"("q\"k":5,"n":null,"t":true,"s":"\\" } )";
  EXPECT_EQ(at(json, "a.b.0.c"), "xé\n😀");
  EXPECT_EQ(at(json, "a.b.1"), "2");
  EXPECT_EQ(at(json, "a.d"), "3");
  EXPECT_EQ(at(json, "e.f.g.h"), "4");
  EXPECT_EQ(at(json, "q\"k"), "5");
  EXPECT_EQ(at(json, "n"), "");
  EXPECT_EQ(at(json, "t"), "1");
  EXPECT_EQ(at(json, "s"), "\\");
  EXPECT_EQ(at(json, "a.b"), R"([{"c":"x\u00e9\n\ud83d\ude00"},2])");
  EXPECT_EQ(at(json, "a.x"), "");
}

TEST(JsonText, EndsWhereItIsDamaged) {
  for (const char* json : {"{", "{\"a", "{\"a\":", "{\"a\":\"x", "{\"b\":[1,{\"c\"", "[", "{\"a\\",
                           "", "{\"b\":1,,}", "{]", "{\"b\":\"\\"})
    EXPECT_EQ(at(json, "a"), "") << json;
  EXPECT_EQ(at(R"({"a":1,"b":)", "a"), "1");
  EXPECT_EQ(at(std::string(10'000, '['), "0.0.0"), "");
  std::string deep = "1";
  for (int i = 0; i < 100; ++i) deep = "{\"k\":" + deep + "}";
  EXPECT_EQ(at(deep, "none"), "");
}

TEST(JsonText, DocumentsAndFragments) {
  EXPECT_EQ(json_document(" {\"a\":1}\n"), "{\"a\":1}");
  EXPECT_EQ(json_document("{\"a\":1} x"), "");
  EXPECT_EQ(json_fragment("x {\"a\":\"}\"} y {}"), "{\"a\":\"}\"}");
  EXPECT_EQ(json_fragment("x {\"a\""), "");
}

TEST(TextSearch, AgreesWithTheStandardLibrary) {
  std::uint64_t seed = 7;
  const auto random = [&] {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>(seed >> 33);
  };
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 70, ' ');
    for (char& c : text) c = static_cast<char>('a' + random() % 3);
    std::string needle(1 + random() % 5, ' ');
    for (char& c : needle) c = static_cast<char>('a' + random() % 3);
    ASSERT_EQ(contains(text, needle), text.find(needle) != std::string::npos) << text << needle;
  }
}

TEST(TextSearch, WhatARegexCannotDoWithout) {
  const auto required = [](const char* regex) { return required_text(regex).text; };
  EXPECT_EQ(required("ERROR"), "ERROR");
  EXPECT_TRUE(required_text("ERROR").whole);
  EXPECT_EQ(required("a.*longer\\.text[xy]z"), "longer.text");
  EXPECT_EQ(required("(optional)?fixed"), "fixed");
  EXPECT_EQ(required("abc?d"), "ab");
  EXPECT_EQ(required("caf\xC3\xA9*x"), "caf");
  EXPECT_EQ(required("x{0,3}yz"), "yz");
  EXPECT_EQ(required("a|b"), "");
  EXPECT_EQ(required("(?i)error"), "");
  EXPECT_EQ(required("\\x41bc"), "");
  EXPECT_EQ(required("[]a]bc"), "bc");
  EXPECT_FALSE(required_text("^abc").whole);
}

TEST(Numbers, AsTheyAreReadAndShown) {
  for (const char* text : {"", "x", "1x", "0x10", "inf", "nan", "-", "1 ", " 1", "1e", "+", "--1"})
    EXPECT_FALSE(parse_number(text)) << text;
  EXPECT_EQ(parse_number("-1.5e3"), -1500);
  EXPECT_EQ(parse_number("+7"), 7);
  EXPECT_EQ(format_number(0.1 + 0.2), "0.3");
  EXPECT_EQ(format_number(-0.00001), "0");
  EXPECT_EQ(format_number(1e15), "1000000000000000");
  EXPECT_EQ(format_time(1'796'040'000'007.0), "2026-11-30 12:00:00.007");
}

TEST(NaturalOrder, RunsOfDigitsByLength) {
  EXPECT_LT(natural_order("item9", "item10"), 0);
  EXPECT_LT(natural_order("a", "b"), 0);
  EXPECT_LT(natural_order("a1", "a01"), 0);
  EXPECT_EQ(natural_order("x1y", "x1y"), 0);
  EXPECT_LT(natural_order("x", "x1"), 0);
}

ScanRequest hints(const char* text) {
  const auto parsed = query::parse(text);
  ScanRequest out;
  add_hints(parsed.query, out);
  return out;
}

TEST(Needles, AreWhatEveryEventMustContain) {
  EXPECT_THAT(hints("filter @message like 'a \"b' and level = 'ERROR' | fields x").needles,
              ElementsAre("a \"b", "ERROR"));
  EXPECT_THAT(hints("fields @message | filter path like /orders\\/\\d+/ | limit 1").needles,
              ElementsAre("orders"));
  EXPECT_THAT(hints("filter url = 'https://x/y?a=1&b=22222'").needles, ElementsAre("https:"));
  EXPECT_THAT(hints("filter @logStream = 'web'").streams, ElementsAre("web"));
  for (const char* none :
       {"filter a = 'xyz' or b = 'abc'", "filter not a = 'xyz'", "filter a != 'xyz'",
        "filter status = 500", "filter @type = 'REPORT'", "fields 1 as a | filter a = 'xyz'",
        "stats count(*) as a | filter a = 'xyz'", "filter ok = 'true'",
        "limit 3 | filter a = 'xyz'"})
    EXPECT_TRUE(hints(none).needles.empty()) << none;
}

TEST(Pointers, ComeBackAsTheyWere) {
  const auto pointer = decode_pointer(encode_pointer({"us-east-1//a b", 12, 34}));
  ASSERT_TRUE(pointer);
  EXPECT_EQ(pointer->group, "us-east-1//a b");
  EXPECT_EQ(pointer->sequence, 34);
  for (const char* wrong : {"", "abc", "MSAxIDI="}) EXPECT_FALSE(decode_pointer(wrong)) << wrong;
}

TEST(Order, IsAskedOfTheSource) {
  Logs logs;
  using Order = ScanRequest::Order;
  const auto order = [&](const char* query) { return (*logs.build(query))->request().order; };
  EXPECT_EQ(order("fields a"), Order::kNewestFirst);
  EXPECT_EQ(order("fields a | sort @timestamp desc | limit 5"), Order::kNewestFirst);
  EXPECT_EQ(order("fields a | sort @timestamp asc"), Order::kOldestFirst);
  EXPECT_EQ(order("fields a | sort a"), Order::kAny);
  EXPECT_EQ(order("stats count(*)"), Order::kAny);
  EXPECT_EQ(order("dedup a"), Order::kNewestFirst);
}

// A source that ends only when it is told to.
class EndlessSource final : public EventSource {
 public:
  ScanStatistics scan(const ScanRequest&, const Take& take) override {
    const EventView event{kNoon, kNoon, 1, "us-east-1/app", "a", R"({"level":"x"})"};
    std::int64_t count = 0;
    while (take({&event, 1})) ++count;
    return {count, 0, 0, 0, 1};
  }
};

TEST(Execution, ShowsPartialResultsAndStops) {
  EndlessSource source;
  for (const char* query : {"stats count(*) as n by level", "fields level | limit 5"}) {
    auto program = build(query, {{"us-east-1/app"}, 0, nullptr});
    ASSERT_TRUE(program);
    Execution run(std::move(*program), source, {"1"}, {0, 2 * kNoon, kNoon});
    std::thread thread([&] { run.run(); });
    while (run.result()->rows.empty()) std::this_thread::yield();
    EXPECT_EQ(run.state(), Execution::State::kRunning);
    run.stop();
    thread.join();
    EXPECT_EQ(run.state(), Execution::State::kStopped);
    EXPECT_GT(run.result()->rows.size(), 0u);
  }
}

// As many different values as one likes.
class WideSource final : public EventSource {
 public:
  ScanStatistics scan(const ScanRequest&, const Take& take) override {
    std::string message(100'000, 'x');
    for (std::int64_t i = 0; i < 100'000; ++i) {
      message.replace(0, 10, fmt::format("{:010}", i));
      const EventView event{kNoon + i, kNoon, i, "us-east-1/app", "a", message};
      if (!take({&event, 1})) break;
    }
    return {};
  }
};

TEST(Execution, EndsWhenItsMemoryIsUsedUp) {
  WideSource source;
  for (const char* query : {"stats count(*) by @message", "fields @message"}) {
    auto program = build(query, {{"us-east-1/app"}, 0, nullptr});
    Execution run(std::move(*program), source, {"1"}, {0, 2 * kNoon, kNoon});
    run.run();
    EXPECT_EQ(run.state(), Execution::State::kFailed) << query;
    EXPECT_THAT(run.failure(), HasSubstr("MB of memory")) << query;
  }
}

// Blocks of all events, kept by columns: numbers where all are, tokens otherwise.
class ColumnSource final : public EventSource {
 public:
  explicit ColumnSource(std::vector<std::string> messages) : messages_(std::move(messages)) {}
  ScanStatistics scan(const ScanRequest&, const Take&) override {
    ADD_FAILURE() << "rows were asked for";
    return {};
  }
  ScanStatistics scan_blocks(const ScanRequest&, const TakeBlock& take) override {
    Shown block(messages_);
    take(block);
    return {};
  }

 private:
  class Shown final : public Block {
   public:
    explicit Shown(const std::vector<std::string>& messages) : messages_(messages) {
      for (std::size_t i = 0; i < messages.size(); ++i)
        times_.push_back(kNoon + 1'000 * static_cast<std::int64_t>(i + 1));
    }
    std::size_t size() const override { return messages_.size(); }
    std::string_view group() const override { return "us-east-1/app"; }
    std::span<const std::int64_t> timestamps_ms() override { return times_; }
    std::optional<logs::Column> column(std::string_view path) override {
      Arena arena;
      auto& made = columns_[std::string(path)];
      bool numbers = true, any = false;
      for (const auto& message : messages_) {
        const auto value = json_at(message, path, arena);
        any = any || value.present();
        numbers = numbers && (!value.present() || value.kind == Value::Kind::kNumber);
        made.numbers.push_back(value.present() ? value.number : std::nan(""));
        made.codes.push_back(value.present() ? static_cast<std::uint16_t>(made.texts.size() + 1)
                                             : 0);
        if (value.present())
          made.texts.push_back(value.kind == Value::Kind::kText ? json_quoted(value.text)
                               : value.kind == Value::Kind::kBool
                                   ? (value.number != 0 ? "true" : "false")
                                   : std::string(value.text));
      }
      for (const auto& text : made.texts) made.tokens.emplace_back(text);
      if (!any) return logs::Column{};
      if (numbers) return logs::Column{logs::Column::Kind::kNumbers, {}, {}, made.numbers};
      return logs::Column{logs::Column::Kind::kTokens, made.tokens, made.codes, {}};
    }
    std::span<const EventView> rows() override {
      ADD_FAILURE() << "rows were asked for";
      return {};
    }

   private:
    struct Made {
      std::vector<double> numbers;
      std::vector<std::uint16_t> codes;
      std::deque<std::string> texts;
      std::vector<std::string_view> tokens;
    };
    const std::vector<std::string>& messages_;
    std::vector<std::int64_t> times_;
    std::map<std::string, Made> columns_;
  };
  std::vector<std::string> messages_;
};

TEST(Columns, GiveTheSameAsRows) {
  const std::vector<std::string> messages = {
      R"({"level":"ERROR","ms":12.123456,"ok":true,"u":{"n":"a\nb"}})",
      R"({"level":"INFO","ms":1000})", R"({"level":"ERROR","ms":7,"ok":false})",
      R"({"ms":0.5,"u":{"n":5}})"};
  Logs logs;
  for (std::size_t i = 0; i < messages.size(); ++i)
    logs.add(kNoon + 1'000 * static_cast<std::int64_t>(i + 1), messages[i]);
  for (const char* query :
       {"stats count(*) by level", "stats avg(ms), pct(ms, 50), max(ms) by level, ok",
        "filter ms > 5 and level = 'ERROR' | stats count(*) as n by bin(2s), "
        "@log",
        "stats count(*) by ms", "stats sum(ms), count(*) by bin(2s), level, ok",
        "filter level like /ERR/ and ms >= 7 and not ok | stats stddev(ms), "
        "count_distinct(level)",
        "filter none != 1 or u.n = 5 | stats count(*), min(ms) by "
        "concat(level, 'x'), bin(1m)",
        "fields ms * 2 as m | filter m > 10 | stats sum(m), pct(m, 90) by "
        "level",
        "stats latest(u.n), count(none) by u.n", "countFrequent level",
        "filter ok | fields concat(ms, level) as c | stats count(*) by c | "
        "sort c"}) {
    auto program = logs.build(query);
    ASSERT_TRUE(program) << query;
    ASSERT_TRUE((*program)->by_columns()) << query;
    ColumnSource source(messages);
    Execution run(std::move(*program), source, {"123456789012"}, {0, 2 * kNoon, kNoon});
    run.run();
    EXPECT_EQ(run.result()->rows, logs.run(query)->result()->rows) << query;
  }
  for (const char* query : {"stats count(*) by @message", "fields level", "stats count(*) by l.0",
                            "stats count(*) by @logStream", "sort ms | limit 1 | stats count(*)"})
    if (const auto program = logs.build(query)) {
      EXPECT_FALSE((*program)->by_columns()) << query;
    }
}

TEST(Percentiles, AreWithinAFiveHundredthOfTheExactOnes) {
  Logs logs;
  for (int i = 1; i <= 20'000; ++i) logs.add(kNoon + i, fmt::format(R"({{"v":{}}})", i * 0.37));
  const auto row = logs.rows("stats pct(v, 50) as a, pct(v, 99) as b, pct(v, 100) as c");
  double a = 0, b = 0, c = 0;
  ASSERT_EQ(std::sscanf(row[0].c_str(), "a=%lf b=%lf c=%lf", &a, &b, &c), 3);
  EXPECT_NEAR(a, 3700, 3700 / 500.0);
  EXPECT_NEAR(b, 7326, 7326 / 500.0);
  EXPECT_NEAR(c, 7400, 7400 / 500.0);
}

TEST(CountDistinct, IsNearWhenThereAreMany) {
  Logs logs;
  for (int i = 0; i < 60'000; ++i)
    logs.add(kNoon + i, fmt::format(R"({{"v":"id{}"}})", i % 50'000));
  const auto row = logs.rows("stats count_distinct(v) as d");
  EXPECT_NEAR(std::stod(row[0].substr(2)), 50'000, 1'500);
}

TEST(Templates, HaveALimit) {
  Templates templates;
  for (int i = 0; i < 10'000; ++i) {
    std::string word;
    for (int n = i; n > 0; n /= 20) word += static_cast<char>('g' + n % 20);
    templates.add(word + " (" + std::string(static_cast<std::size_t>(i % 50), '!') + ")", false);
  }
  EXPECT_LE(templates.clusters().size(), kMaxPatterns);
}

}  // namespace
}  // namespace seatrial::logs::run
