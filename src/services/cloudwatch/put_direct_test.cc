// The direct reader beside the ordinary handler: what it takes, the handler takes and stores the
// same; what the handler would refuse, or anything unusual, it leaves alone.
#include "services/cloudwatch/put_direct.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>

#include "room/testing.h"
#include "services/cloudwatch/service.h"

namespace seatrial::services::cloudwatch {
namespace {

void append_head(int major, std::uint64_t argument, std::string& out) {
  if (argument < 24) {
    out += static_cast<char>(major << 5 | static_cast<int>(argument));
    return;
  }
  out += static_cast<char>(major << 5 | 26);
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(argument >> shift & 255);
}

void append_text(std::string_view text, std::string& out) {
  append_head(3, text.size(), out);
  out += text;
}

void append_cbor(const Value& value, bool indefinite, std::string& out) {
  const auto open = [&](int major, std::size_t size) {
    if (indefinite)
      out += static_cast<char>(major << 5 | 31);
    else
      append_head(major, size, out);
  };
  if (const auto* object = value.if_object()) {
    open(5, object->size());
    for (const auto& [key, item] : *object) {
      append_text({key.data(), key.size()}, out);
      if (key == "Timestamp") out += '\xC1';
      append_cbor(item, indefinite, out);
    }
  } else if (const auto* array = value.if_array()) {
    open(4, array->size());
    for (const auto& item : *array) append_cbor(item, indefinite, out);
  } else if (value.is_string()) {
    return append_text(as_view(value.get_string()), out);
  } else if (value.is_int64()) {
    const auto number = value.get_int64();
    return append_head(number < 0 ? 1 : 0,
                       static_cast<std::uint64_t>(number < 0 ? -1 - number : number), out);
  } else if (value.is_double()) {
    out += '\xFB';
    const auto bits = std::bit_cast<std::uint64_t>(value.get_double());
    for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(bits >> shift & 255);
    return;
  } else {
    out += '\xF6';
    return;
  }
  if (indefinite) out += '\xFF';
}

std::string cbor_of(const Value& value, bool indefinite) {
  std::string out;
  append_cbor(value, indefinite, out);
  return out;
}

class PutDirectTest : public testing::Test {
 protected:
  PutDirectTest()
      : direct_(std::move(*metrics::Engine::open(world_.folder / "direct", &world_.clock))),
        cbor_(std::move(*metrics::Engine::open(world_.folder / "cbor", &world_.clock))),
        ordinary_(std::move(*metrics::Engine::open(world_.folder / "ordinary", &world_.clock))),
        room_(*world_.env, *ordinary_) {
    world_.store->add(*ordinary_);
    world_.add(room_);
  }
  ~PutDirectTest() override { world_.store->flush(); }

  static std::string text_of(metrics::Engine& engine, Time now) {
    std::string text;
    for (const auto& metric : engine.list({.region = kRegion})) {
      text += metric.name_space + "/" + metric.name;
      for (const auto& d : metric.dimensions) text += "," + d.name + "=" + d.value;
      const metrics::SeriesId id{kRegion, metric.name_space, metric.name, metric.dimensions, ""};
      for (const int period : {1, 60}) {
        for (const auto& a : engine.read(id, now - Millis{std::chrono::hours(300)},
                                         now + Millis{std::chrono::hours(3)}, period, true)) {
          text += fmt::format(" [{} {} {} n{} s{} {} {} {}]", period, to_ms(a.start), a.unit,
                              a.count, a.sum, a.min, a.max, a.values ? a.values->size() : 0);
        }
      }
      text += "\n";
    }
    return text;
  }
  bool direct(std::string_view json) {
    return keep(*direct_, read_put(*direct_, kRegion, json, world_.clock.now()));
  }
  bool direct_cbor(const std::string& cbor) {
    return keep(*cbor_, read_put_cbor(*cbor_, kRegion, cbor, world_.clock.now()));
  }
  static bool keep(metrics::Engine& engine,
                   std::optional<std::vector<metrics::HotSample>> samples) {
    if (!samples) return false;
    engine.put(std::move(*samples));
    EXPECT_TRUE(engine.commit());
    return true;
  }
  static std::string put(const std::string& data) {
    return R"({"Namespace":"App","MetricData":[)" + data + "]}";
  }

  static constexpr const char* kRegion = "ap-southeast-2";
  room::TestWorld world_;
  std::unique_ptr<metrics::Engine> direct_, cbor_, ordinary_;
  CloudWatch room_;
};

TEST_F(PutDirectTest, StoresWhatTheHandlerStores) {
  const auto now_s = to_ms(world_.clock.now()) / 1000;
  const std::string requests[] = {
      put(R"({"MetricName":"a","Value":1})"),
      put(R"({"MetricName":"a","Value":-2.5e3,"Unit":"Count"},{"MetricName":"a","Value":7})"),
      put(R"({"MetricName":"d","Dimensions":[{"Name":"z","Value":"1"},{"Value":"x y","Name":"b"}],)"
          R"("Value":3,"StorageResolution":1})"),
      put(fmt::format(R"({{"MetricName":"t","Value":1,"Timestamp":{}}})", now_s - 3600)),
      put(fmt::format(R"({{"MetricName":"t","Value":1,"Timestamp":{}.75}})", now_s + 60)),
      put(R"({"MetricName":"v","Values":[1,2,2,3],"Counts":[1,2,3,0.5]})"),
      put(R"({"MetricName":"v","Values":[5]})"),
      put(R"({"MetricName":"s","StatisticValues":{"SampleCount":4,"Sum":10,"Minimum":1,"Maximum":4}})"),
      put(R"({"MetricName":"q\"\u0041","Value":1})")};
  for (const auto& request : requests) {
    auto canonical = *parse_json(request);
    for (auto& datum : canonical.at("MetricData").as_array()) {
      if (auto* t = datum.as_object().if_contains("Timestamp"))
        *t = static_cast<std::int64_t>(t->to_number<double>() * 1000);
    }
    EXPECT_TRUE(direct(request)) << request;
    EXPECT_TRUE(direct_cbor(cbor_of(*parse_json(request), &request == requests))) << request;
    EXPECT_TRUE(world_.call("cloudwatch", "PutMetricData", std::move(canonical))) << request;
    world_.store->flush();
  }
  const auto stored = text_of(*direct_, world_.clock.now());
  EXPECT_EQ(stored, text_of(*ordinary_, world_.clock.now()));
  EXPECT_EQ(stored, text_of(*cbor_, world_.clock.now()));
  EXPECT_EQ(std::count(stored.begin(), stored.end(), '\n'), 6);
}

TEST_F(PutDirectTest, LeavesTheUnusualAlone) {
  const auto now_s = to_ms(world_.clock.now()) / 1000;
  std::string many = R"({"MetricName":"m","Value":1})", values = "1";
  for (int i = 0; i < 1000; ++i) many += R"(,{"MetricName":"m","Value":1})";
  for (int i = 0; i < 150; ++i) values += ",1";
  std::string dimensions;
  for (int i = 0; i < 31; ++i)
    dimensions += fmt::format(R"({}{{"Name":"d{}","Value":"v"}})", i == 0 ? "" : ",", i);
  const std::string requests[] = {
      "",
      "[]",
      "{",
      put(""),
      put(many),
      R"({"MetricData":[{"MetricName":"m","Value":1}]})",
      R"({"MetricData":[{"MetricName":"m","Value":1}],"Namespace":"App"})",
      R"({"Namespace":"AWS/ECS","MetricData":[{"MetricName":"m","Value":1}]})",
      R"({"Namespace":":x","MetricData":[{"MetricName":"m","Value":1}]})",
      R"({"Namespace":"App","EntityMetricData":[],"MetricData":[{"MetricName":"m","Value":1}]})",
      put(R"({"MetricName":"m"})"),
      put(R"({"Value":1})"),
      put(R"({"MetricName":"m","Value":"1"})"),
      put(R"({"MetricName":"m","Value":"NaN"})"),
      put(R"({"MetricName":"m","Value":1e110})"),
      put(R"({"MetricName":"m","Value":null})"),
      put(R"({"MetricName":"m","Value":1,"Values":[1]})"),
      put(R"({"MetricName":"m","Value":1,"Extra":1})"),
      put(R"({"MetricName":"m","Value":1,"Unit":"Furlongs"})"),
      put(R"({"MetricName":"m","Value":1,"StorageResolution":7})"),
      put(R"({"MetricName":"m","Value":1,"Timestamp":"2026-01-01T00:00:00Z"})"),
      put(fmt::format(R"({{"MetricName":"m","Value":1,"Timestamp":{}}})", now_s + 7300)),
      put(fmt::format(R"({{"MetricName":"m","Value":1,"Timestamp":{}}})", now_s - 15 * 86400)),
      put(R"({"MetricName":"m\u0001","Value":1})"),
      put(R"({"MetricName":"mä","Value":1})"),
      put(R"({"MetricName":"m","Values":[1,2],"Counts":[1]})"),
      put(R"({"MetricName":"m","Values":[1],"Counts":[0]})"),
      put(R"({"MetricName":"m","Values":[)" + values + "]}"),
      put(R"({"MetricName":"m","StatisticValues":{"SampleCount":0,"Sum":1,"Minimum":1,"Maximum":1}})"),
      put(R"({"MetricName":"m","StatisticValues":{"SampleCount":1,"Sum":1,"Minimum":2,"Maximum":1}})"),
      put(R"({"MetricName":"m","StatisticValues":{"SampleCount":1,"Sum":1}})"),
      put(R"({"MetricName":"m","Value":1,"Dimensions":[)" + dimensions + "]}"),
      put(R"({"MetricName":"m","Value":1,"Dimensions":[{"Name":"a","Value":"1"},{"Name":"a","Value":"2"}]})"),
      put(R"({"MetricName":"m","Value":1,"Dimensions":[{"Name":"a"}]})"),
      put(R"({"MetricName":"m","Value":1,"Dimensions":[{"Name":"a","Value":" "}]})"),
      put(R"({"MetricName":"m","Value":1})") + "x"};
  for (const auto& request : requests) {
    EXPECT_FALSE(read_put(*direct_, kRegion, request, world_.clock.now()))
        << request.substr(0, 200);
    if (const auto value = parse_json(request)) {
      for (const bool indefinite : {false, true}) {
        const auto cbor = cbor_of(*value, indefinite);
        EXPECT_FALSE(read_put_cbor(*direct_, kRegion, cbor, world_.clock.now()))
            << request.substr(0, 200);
      }
    }
  }
  EXPECT_EQ(text_of(*direct_, world_.clock.now()), "");
}

TEST_F(PutDirectTest, LeavesBrokenCborAlone) {
  const auto whole = cbor_of(
      *parse_json(put(R"({"MetricName":"m","Dimensions":[{"Name":"a","Value":"1"}],"Value":1})")),
      false);
  ASSERT_TRUE(read_put_cbor(*direct_, kRegion, whole, world_.clock.now()));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(read_put_cbor(*direct_, kRegion, whole.substr(0, size), world_.clock.now()));
  EXPECT_FALSE(read_put_cbor(*direct_, kRegion, whole + "x", world_.clock.now()));
  for (std::size_t i = 0; i < whole.size(); ++i) {  // whatever becomes of it, it is read in bounds
    for (const int bit : {1, 0x20, 0x80}) {
      auto changed = whole;
      changed[i] = static_cast<char>(changed[i] ^ bit);
      (void)read_put_cbor(*direct_, kRegion, changed, world_.clock.now());
    }
  }
}

}  // namespace
}  // namespace seatrial::services::cloudwatch
