// From an HTTP request to a room's handler and back.
//
//   HTTP thread: route -> verify SigV4 -> decode -> validate from the model
//   control loop (on its thread, or lent to this one): handler within one store transaction
//   after the commit is durable, on the HTTP thread: encode, answer
//
// A request that cannot be carried out ends at the first of these steps with a modelled error in
// the client's protocol. There is no other way out: never an HTML page, never success for what was
// not done. The other halves: wire/ (codecs), room/room.h (handlers), store/store.h (durability).
#pragma once
#include <map>
#include <string>

#include "base/loop.h"
#include "http/server.h"
#include "room/call_counter.h"
#include "room/credentials.h"
#include "room/recorder.h"
#include "room/room.h"
#include "wire/codec.h"

namespace seatrial::gateway {

struct Options {
  bool verify_signatures = true;             // --auth off: any credentials are accepted
  std::string default_region = "us-east-1";  // for unsigned requests with --auth off
  std::string account = "123456789012";
};

class Gateway final : public room::Dispatcher {
 public:
  // Answers requests under /_seatrial/ (health, status); any thread.
  using Internal = std::function<wire::HttpResponse(const wire::HttpRequest&)>;

  // `wall` dates signatures: clients sign by the machine's clock, whatever the world's speed.
  Gateway(Options options, const Clock& clock, const Clock& wall, Rng& rng,
          const room::Credentials& credentials);

  // Both before the first request.
  void add(room::Room& room);
  void open(room::Env& env, Loop& control, Internal internal);
  void record_to(room::Recorder& recorder) { recorder_ = &recorder; }
  void count_calls(room::CallCounter& counter) { counter_ = &counter; }

  bool serves(const model::Operation& operation) const {
    return find_handler(operation) != nullptr;
  }

  void handle(wire::HttpRequest request, http::Responder respond);  // any thread

  room::Outcome<Value> call(const room::Context& as, std::string_view service,
                            std::string_view operation, Value input) override;

 private:
  struct Call;

  struct Served {
    const room::Room::Handler* handler = nullptr;
    bool takes_payload = false;
  };

  room::Outcome<room::Identity> authenticate(const wire::HttpRequest& request, bool s3,
                                             std::string& region) const;
  const Served* find_handler(const model::Operation& operation) const;
  // What the room's own reader of this operation makes of the bytes, if it has one and they suit
  // it.
  std::optional<room::Room::Direct::Work> read_directly(const wire::Route& route,
                                                        const wire::HttpRequest& request,
                                                        const std::string& region) const;
  bool exceeds_limit(const wire::Route& route, const wire::HttpRequest& request) const;
  room::Outcome<Value> decode(const wire::Route& route, const Served& served,
                              wire::HttpRequest& request, std::string& payload);
  room::Outcome<Value> handle_call(Call& call);
  room::Outcome<Value> prepare_here(room::Context& context, const room::Room::Handler& handler,
                                    const Value& input);
  void prepare(std::shared_ptr<Call> call);
  void run(std::shared_ptr<Call> call);
  void respond(std::shared_ptr<Call> call, room::Outcome<Value> reply);
  void record(const Call& call, const room::Outcome<Value>& reply);

  Options options_;
  const Clock& clock_;
  const Clock& wall_;
  Rng& rng_;
  const room::Credentials& credentials_;
  room::Env* env_ = nullptr;
  Loop* control_ = nullptr;
  Internal internal_;
  room::Recorder* recorder_ = nullptr;
  room::CallCounter* counter_ = nullptr;
  std::map<std::uint32_t, Served> handlers_;                    // by the operation's id
  std::map<std::uint32_t, const room::Room::Direct*> directs_;  // the same
};

}  // namespace seatrial::gateway
