// Access logs over a fake proxy: where lines go, when, and what a restart keeps.
#include "services/elbv2/access_logs.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include "drivers/fake/proxy_fake.h"
#include "room/testing.h"

namespace seatrial::services::elbv2 {
namespace {

using namespace std::chrono_literals;

std::string unpacked(const std::string& bytes) {
  z_stream stream{};
  inflateInit2(&stream, 31);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out(1 << 20, '\0');
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

class FakeAccessBucket final : public s3::ObjectSink {
 public:
  std::optional<std::string> region_of_bucket(const std::string&) const override { return "r"; }
  void put_object(const std::string& bucket, const std::string& key, std::string bytes,
                  const std::string&, const std::string&, Done done) override {
    ++asked;
    if (error.empty()) objects[bucket + "/" + key] = std::move(bytes);
    done(error);
  }
  std::map<std::string, std::string> objects;
  std::string error;
  int asked = 0;
};

class FakeAccessGroups final : public logs::LogSink {
 public:
  room::Outcome<void> ensure_stream(const std::string&, const std::string&, const std::string&,
                                    bool) override {
    return {};
  }
  void append(const std::string& region, const std::string& group, const std::string& stream,
              std::vector<logs::LogLine> lines, std::function<void()> durable) override {
    for (auto& line : lines) got[region + "/" + group + "/" + stream].push_back(line.message);
    if (safe) durable();
  }
  std::map<std::string, std::vector<std::string>> got;
  bool safe = true;
};

class AccessLogsTest : public testing::Test {
 protected:
  AccessLogsTest() { restart(); }
  ~AccessLogsTest() override { logs_->stop(); }

  void restart() {
    logs_.reset();
    logs_ = std::make_unique<AccessLogs>(*world_.env, proxy_, &bucket_, &groups_);
    AccessPlan plan;
    auto& listener = plan.listeners["web.l1"];
    listener = {"app/web/ab", 8080, {{0, "forward"}, {5, "redirect"}}, {"g", "b"}};
    plan.destinations["g"] = {"g", "r", "group", "stream", "", "", "", {}};
    plan.destinations["b"] = {
        "b", "r", "", "", "bucket", "AWSLogs/1/elasticloadbalancing/r/", "1_x_r_app.web.ab", {}};
    plan.groups["tg"] = "arn:tg";
    logs_->serve(plan);
    logs_->start();
  }
  void serve(const std::string& uri, const std::string& listener = "web.l1", int rule = 0) {
    drivers::ProxyRecord r;
    r.listener = listener;
    r.client = "10.9.8.7:1234";
    r.status = 200;
    r.method = "GET";
    r.version = "HTTP/1.1";
    r.uri = uri;
    r.host = "web";
    r.rule = rule;
    proxy_.served(std::array{r});
  }
  // The packing thread posts what it has; there is no other sign of it.
  template <class F>
  void await(F&& there) {
    for (int i = 0; i < 2'000 && !there(); ++i) {
      world_.control.run_due();
      std::this_thread::sleep_for(5ms);
    }
    EXPECT_TRUE(there());
  }
  std::size_t files() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry :
         std::filesystem::directory_iterator(world_.env->world / "access-logs"))
      ++count;
    return count;
  }

  room::TestWorld world_;
  drivers::FakeProxy proxy_{world_.control};
  FakeAccessBucket bucket_;
  FakeAccessGroups groups_;
  std::unique_ptr<AccessLogs> logs_;
};

TEST_F(AccessLogsTest, ALogGroupGetsLinesAtOnceABucketEveryFiveMinutes) {
  serve("/a");
  serve("/b", "other.l9");
  await([&] { return !groups_.got.empty(); });
  const auto& lines = groups_.got["r/group/stream"];
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], testing::HasSubstr(" app/web/ab 10.9.8.7:1234 - -1 -1 -1 200 - 0 0 "
                                           "\"GET http://web:8080/a HTTP/1.1\""));
  EXPECT_TRUE(bucket_.objects.empty());
  serve("/c", "web.l1", 1);
  world_.control.advance(5min);
  await([&] { return !bucket_.objects.empty(); });
  const auto& [name, bytes] = *bucket_.objects.begin();
  EXPECT_THAT(name,
              testing::MatchesRegex("bucket/AWSLogs/1/elasticloadbalancing/r/2026/01/01/"
                                    "1_x_r_app.web.ab_20260101T0005Z_10.0.0.4_[0-9a-f]+.log.gz"));
  const auto text = unpacked(bytes);
  EXPECT_EQ(std::ranges::count(text, '\n'), 2);
  EXPECT_THAT(text, testing::HasSubstr(" 5 20"));
  EXPECT_THAT(text, testing::HasSubstr("\"redirect\""));
  await([&] { return files() == 0; });
}

TEST_F(AccessLogsTest, ARestartDeliversWhatWasNotYet) {
  groups_.safe = false;  // the daemon dies before it hears that they are safe
  serve("/a");
  await([&] { return !groups_.got.empty(); });
  logs_->stop();
  groups_.safe = true;
  groups_.got.clear();
  restart();
  await([&] { return groups_.got["r/group/stream"].size() == 1; });
  await([&] { return bucket_.objects.size() == 1; });
}

TEST_F(AccessLogsTest, ABucketThatRefusesIsAskedAgainWithTheNextFile) {
  bucket_.error = "no such bucket";
  serve("/a");
  world_.control.advance(5min);
  await([&] { return bucket_.asked == 1; });
  serve("/b");  // lines for the group do not make it ask again
  await([&] { return groups_.got["r/group/stream"].size() == 2; });
  EXPECT_EQ(bucket_.asked, 1);
  bucket_.error.clear();
  world_.control.advance(5min);
  await([&] { return bucket_.objects.size() == 2; });
}

TEST_F(AccessLogsTest, WhatADestinationHasIsDeliveredWhenItEnds) {
  serve("/a");
  logs_->serve({});
  await([&] { return bucket_.objects.size() == 1; });
  serve("/b");
  EXPECT_EQ(logs_->dropped(), 0);
}

}  // namespace
}  // namespace seatrial::services::elbv2
