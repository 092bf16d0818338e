#include "services/logs/live_tail.h"

#include "wire/event_stream.h"

namespace seatrial::services::logs {
namespace {

struct Found {
  const std::string* identifier;
  seatrial::logs::Event event;
};

// Evenly spread over what there is.
std::vector<Found> sample(std::vector<Found> all, std::size_t most) {
  if (all.size() <= most) return all;
  std::vector<Found> some;
  for (std::size_t i = 0; i < most; ++i) some.push_back(std::move(all[i * all.size() / most]));
  return some;
}

std::string update_json(const std::vector<Found>& events, bool sampled) {
  Array results;
  for (const auto& [identifier, event] : events)
    results.push_back(Object{{"logStreamName", event.stream},
                             {"logGroupIdentifier", *identifier},
                             {"message", event.message},
                             {"timestamp", to_ms(event.timestamp)},
                             {"ingestionTime", to_ms(event.ingestion)}});
  return to_json(Object{{"sessionMetadata", Object{{"sampled", sampled}}},
                        {"sessionResults", std::move(results)}});
}

}  // namespace

// Lives with the connection; knows the session by its number, for either may end first.
class LiveTails::Body final : public wire::BodyStream {
 public:
  Body(LiveTails& tails, std::uint64_t id)
      : tails_(tails), alive_(tails.alive_), control_(tails.env_.control), id_(id) {}
  ~Body() override {
    control_.post([&tails = tails_, alive = alive_, id = id_] {
      if (*alive) tails.close(id);
    });
  }
  std::optional<std::uint64_t> size() const override { return std::nullopt; }
  void next(std::function<void(Chunk)> ready) override {
    control_.post([&tails = tails_, alive = alive_, id = id_, ready = std::move(ready)]() mutable {
      if (*alive) return tails.want(id, std::move(ready));
      ready(std::string());
    });
  }

 private:
  LiveTails& tails_;
  std::shared_ptr<bool> alive_;  // the control thread's
  Executor& control_;
  std::uint64_t id_;
};

std::shared_ptr<wire::BodyStream> LiveTails::begin(Request request) {
  const std::uint64_t id = next_id_++;
  Session session{std::move(request)};
  session.from_sequence.assign(session.request.groups.size(), engine_.next_sequence());
  session.begun = env_.clock.now();
  session.frames = {wire::initial_response("{}"),
                    wire::json_event("sessionStart", session.request.start)};
  sessions_.emplace(id, std::move(session));
  later(id);
  return std::make_shared<Body>(*this, id);
}

void LiveTails::stop() {
  *alive_ = false;
  sessions_.clear();
}

void LiveTails::later(std::uint64_t id) {
  env_.control.post_after(kUpdate, [this, id, alive = alive_] {
    if (*alive) tick(id);
  });
}

void LiveTails::want(std::uint64_t id, Ready ready) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return ready(std::string());
  Session& session = found->second;
  if (!session.frames.empty()) {
    std::string frame = std::move(session.frames.front());
    session.frames.pop_front();
    return ready(std::move(frame));
  }
  if (session.ended) return ready(std::string());
  session.ready = std::move(ready);
}

void LiveTails::push(Session& session, std::string frame) {
  if (session.ready) return std::exchange(session.ready, nullptr)(std::move(frame));
  session.frames.push_back(std::move(frame));
}

void LiveTails::tick(std::uint64_t id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  Session& session = found->second;
  if (env_.clock.now() - session.begun >= kLongest) {
    session.ended = true;
    return push(session, wire::json_exception("SessionTimeoutException",
                                              R"({"message":"Your session has timed out."})"));
  }
  later(id);
  std::string frame = update(session);
  if (session.frames.size() < kMaxQueued) return push(session, std::move(frame));
  session.left_out = true;
}

std::string LiveTails::update(Session& session) {
  std::vector<Found> found;
  bool sampled = std::exchange(session.left_out, false);
  for (std::size_t i = 0; i < session.request.groups.size(); ++i) {
    seatrial::logs::ArrivalQuery query;
    query.group = session.request.groups[i].key;
    query.streams = session.request.streams;
    query.stream_prefixes = session.request.stream_prefixes;
    query.from_sequence = session.from_sequence[i];
    query.limit = kReadAtOnce;
    query.matches = [&](const seatrial::logs::EventView& event) {
      return session.request.pattern.matches(event.message);
    };
    auto arrivals = engine_.read_arrivals(query);
    sampled |= arrivals.more;
    session.from_sequence[i] = arrivals.more ? engine_.next_sequence() : arrivals.next_sequence;
    for (auto& event : arrivals.events)
      found.push_back({&session.request.groups[i].identifier, std::move(event)});
  }
  sampled |= found.size() > kMaxEvents;
  return wire::json_event("sessionUpdate",
                          update_json(sample(std::move(found), kMaxEvents), sampled));
}

}  // namespace seatrial::services::logs
