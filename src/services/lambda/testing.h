// A Lambda room over a fake driver, with its neighbours' doubles.
#pragma once
#include <gmock/gmock.h>

#include "base/encoding.h"
#include "drivers/archive/zip.h"
#include "drivers/fake/function_fake.h"
#include "room/testing.h"
#include "services/lambda/service.h"

namespace seatrial::services::lambda {

class LogDouble final : public logs::LogSink {
 public:
  room::Outcome<void> ensure_stream(const std::string&, const std::string& group,
                                    const std::string& stream, bool) override {
    streams.insert({group, stream});
    return {};
  }
  void append(const std::string&, const std::string&, const std::string&,
              std::vector<logs::LogLine> more, std::function<void()> durable) override {
    for (auto& line : more) lines.push_back(line.message);
    durable();
  }
  std::set<std::pair<std::string, std::string>> streams;
  std::vector<std::string> lines;
};

class MetricDouble final : public cloudwatch::MetricSink {
 public:
  void put(const std::string&, std::vector<cloudwatch::Datum> data) override {
    for (auto& datum : data)
      if (datum.dimensions.size() == 1) sums[datum.name] += datum.value;
  }
  std::map<std::string, double> sums;  // of those by FunctionName alone
};

class RoleDouble final : public iam::RoleSessions {
 public:
  bool can_assume(const std::string& role, const std::string&) const override {
    return !role.ends_with("/nobody");
  }
  iam::SessionKey open_session(const std::string&, const std::string&) override {
    ++open;
    return {"ASIA" + std::to_string(open), "secret", "token"};
  }
  void close_session(const std::string&) override { --open; }
  int open = 0;
};

class TextStream final : public wire::BodyStream {
 public:
  explicit TextStream(std::string text) : text_(std::move(text)) {}
  std::optional<std::uint64_t> size() const override { return text_.size(); }
  void next(std::function<void(Chunk)> ready) override { ready(std::exchange(text_, "")); }

 private:
  std::string text_;
};

class ObjectDouble final : public s3::ObjectSource {
 public:
  room::Outcome<std::shared_ptr<wire::BodyStream>> open_object(const std::string&,
                                                               const std::string& key,
                                                               const std::string&) override {
    const auto found = objects.find(key);
    if (found == objects.end())
      return room::fail("NoSuchKey", "The specified key does not exist.", 404);
    return std::make_shared<TextStream>(found->second);
  }
  std::map<std::string, std::string> objects;
};

inline std::string package(const std::string& source = "def handler(e, c): pass\n") {
  return drivers::zip_files({{"app.py", source}});
}

class LambdaTest : public testing::Test {
 protected:
  LambdaTest() { open(); }
  ~LambdaTest() override { close(); }

  void open() {
    room = std::make_unique<Lambda>(*world.env, Parts{driver, logs, metrics, roles, objects,
                                                      [] { return "http://127.0.0.1:4566"; }});
    world.add(*room);
    room->start();
    world.control.run_due();
  }
  void close() {
    if (!room) return;
    room->stop();
    world.control.run_due();
    room.reset();
  }
  // A daemon killed and started again.
  void restart() {
    world.store->flush();
    close();
    driver.instances.clear();
    open();
  }

  room::Outcome<Value> call(const char* operation, Object input) {
    auto reply = world.call("lambda", operation, std::move(input));
    settle();
    return reply;
  }
  room::Outcome<Value> create(const std::string& name, Object more = {}) {
    Object input{{"FunctionName", name},
                 {"Runtime", "python3.12"},
                 {"Handler", "app.handler"},
                 {"Role", "arn:aws:iam::123456789012:role/fn"},
                 {"Code", Object{{"ZipFile", package()}}}};
    for (const auto& member : more) input[member.key()] = member.value();
    return call("CreateFunction", std::move(input));
  }
  // What became of an Invoke; its reply when it has one.
  struct Call {
    std::optional<room::Outcome<Value>> reply;
    room::Context context;
  };
  std::shared_ptr<Call> invoke(const std::string& name, const std::string& payload = "{}",
                               Object more = {}) {
    auto made = std::make_shared<Call>(Call{std::nullopt, world.context()});
    Object input{{"FunctionName", name}};
    for (const auto& member : more) input[member.key()] = member.value();
    made->context.payload = payload;
    const auto& handler = room->handlers().find("Invoke")->second;
    auto reply = handler(made->context, input);
    if (!reply || !made->context.prepare) {
      reply ? world.store->commit(nullptr) : world.store->rollback();
      made->reply = std::move(reply);
    } else {
      world.store->rollback();
      std::exchange(made->context.prepare, nullptr)([this, made, &handler, input](auto prepared) {
        if (!prepared) {
          made->reply = std::unexpected(prepared.error());
          return;
        }
        made->context.prepared = *prepared;
        made->reply = handler(made->context, input);
      });
    }
    settle();
    return made;
  }
  void settle() {
    do {
      world.store->flush();
    } while (world.control.run_due());
  }
  static std::string text(const room::Outcome<Value>& reply, std::string_view member) {
    return reply ? std::string(text_member(*reply, member)) : reply.error().code;
  }
  static std::string code_of(const room::Outcome<Value>& reply) {
    return reply ? "" : reply.error().code;
  }

  room::TestWorld world;
  drivers::FakeFunctions driver;
  LogDouble logs;
  MetricDouble metrics;
  RoleDouble roles;
  ObjectDouble objects;
  std::unique_ptr<Lambda> room;
};

}  // namespace seatrial::services::lambda
