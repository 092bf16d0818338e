// When a room looks at what is due: once what it put down is durable, and when a time has come.
//
// Control thread. After stop() nothing that was asked for happens.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "room/room.h"

namespace seatrial::room {

class Wake {
 public:
  // `before_commit` adds to the transaction after which when_durable() looks.
  Wake(Env& env, std::function<void()> look, std::function<void()> before_commit = nullptr)
      : env_(env), look_(std::move(look)), before_commit_(std::move(before_commit)) {}

  void start() { *running_ = true; }
  void stop() { *running_ = false; }
  // For callbacks of others: whether to go on, also when the owner may be gone.
  const std::shared_ptr<bool>& running() const { return running_; }

  void post(Millis delay, std::function<void()> work) {
    auto guarded = [running = running_, work = std::move(work)] {
      if (*running) work();
    };
    if (delay <= Millis{0}) return env_.control.post(std::move(guarded));
    env_.control.post_after(delay, std::move(guarded));
  }

  // Posted, so that it runs after the transaction at hand and ends up behind it in the committer's
  // line.
  void when_durable() {
    if (std::exchange(posted_, true)) return;
    post(Millis{0}, [this] {
      posted_ = false;
      if (before_commit_) before_commit_();
      env_.store.commit(
          [this, running = running_, &control = env_.control](const std::string& error) {
            if (!error.empty()) return;
            control.post([this, running] {
              if (*running) look_();
            });
          });
    });
  }

  void at(Time when) {
    if (when_ && *when_ <= when) return;
    when_ = when;
    post(when - env_.clock.now(), [this, when] {
      if (when_ != when) return;
      when_.reset();
      look_();
    });
  }

 private:
  Env& env_;
  std::function<void()> look_, before_commit_;
  std::shared_ptr<bool> running_ = std::make_shared<bool>(false);
  std::optional<Time> when_;
  bool posted_ = false;
};

}  // namespace seatrial::room
