// A started logs room for its tests: calls that are durable when they return.
#pragma once
#include <gtest/gtest.h>

#include "logs/engine.h"
#include "room/testing.h"
#include "services/logs/service.h"

namespace seatrial::services::logs {

class StartedLogs : public testing::Test {
 protected:
  StartedLogs() : engine_(std::move(*seatrial::logs::Engine::open(world_.folder / "logs.db"))) {
    world_.store->add(*engine_);
    open();
  }
  ~StartedLogs() override {
    room_->stop();
    world_.store->flush();
  }
  void open() {
    room_ = std::make_unique<Logs>(*world_.env, *engine_);
    world_.add(*room_);
    room_->start();
  }
  room::Outcome<Value> call(const char* operation, const Value& input) {
    auto reply = world_.call("logs", operation, input);
    world_.store->flush();
    return reply;
  }
  Value must(const char* operation, const Value& input) {
    auto reply = call(operation, input);
    EXPECT_TRUE(reply) << operation << ": " << reply.error().code << " " << reply.error().message;
    return reply ? *reply : Value(Object{});
  }
  std::string error(const char* operation, const Value& input) {
    const auto reply = call(operation, input);
    return reply ? "" : reply.error().code + ": " + reply.error().message;
  }

  room::TestWorld world_;
  std::unique_ptr<seatrial::logs::Engine> engine_;
  std::unique_ptr<Logs> room_;
};

}  // namespace seatrial::services::logs
