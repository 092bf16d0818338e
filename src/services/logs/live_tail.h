// Live Tail: sessions that are told each second what came. Source: API_StartLiveTail.
//
// Problem: a client follows groups for hours over one reply. Choice: a session remembers from which
// sequence it has not looked yet; each second of the world's time it reads on from there and makes
// one frame, which the connection takes when it can. A client that is slow loses events, never
// memory: what does not fit is left out and the update says that it is a sample, as AWS's says.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "logs/engine.h"
#include "logs/pattern/pattern.h"
#include "model/shapes/logs.h"
#include "room/room.h"

namespace seatrial::services::logs {

class LiveTails {  // control thread
 public:
  static constexpr std::size_t kMaxSessions = 15;    // AWS: at once
  static constexpr std::size_t kMaxGroups = 10;      // AWS: of a session
  static constexpr std::size_t kMaxEvents = 500;     // AWS: of an update; more are sampled
  static constexpr std::size_t kReadAtOnce = 2'000;  // events of a group to choose from
  static constexpr std::size_t kMaxQueued = 8;       // updates a client has not taken yet
  static constexpr std::chrono::seconds kUpdate{1};
  static constexpr std::chrono::hours kLongest{3};  // AWS

  struct Request {
    struct Group {
      std::string key, identifier;  // as results name it: "123456789012:/app"
    };
    std::vector<Group> groups;
    std::vector<std::string> streams, stream_prefixes;
    seatrial::logs::pattern::Pattern pattern;
    std::string start;  // the sessionStart event's JSON
  };

  LiveTails(room::Env& env, seatrial::logs::Engine& engine) : env_(env), engine_(engine) {}
  ~LiveTails() { stop(); }

  bool full() const { return sessions_.size() >= kMaxSessions; }
  // The reply's body; the session ends with it.
  std::shared_ptr<wire::BodyStream> begin(Request request);
  void stop();

 private:
  using Ready = std::function<void(wire::BodyStream::Chunk)>;
  struct Session {
    Request request;
    std::vector<std::int64_t> from_sequence{};  // by group
    Time begun{};
    std::deque<std::string> frames{};
    Ready ready{};  // the client waits for a frame
    bool left_out = false;
    bool ended = false;
  };
  class Body;

  void want(std::uint64_t id, Ready ready);
  void close(std::uint64_t id) { sessions_.erase(id); }
  void tick(std::uint64_t id);
  std::string update(Session& session);
  void push(Session& session, std::string frame);
  void later(std::uint64_t id);

  room::Env& env_;
  seatrial::logs::Engine& engine_;
  std::map<std::uint64_t, Session> sessions_;
  std::uint64_t next_id_ = 1;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace seatrial::services::logs
