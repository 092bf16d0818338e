// A room: one AWS service. What each needs from its world (Env), what each call brings (Context),
// and the table from operation to handler.
//
// A handler is a plain function on the control thread: typed request in, typed reply or modelled
// error out, within one store transaction that the dispatcher opens and ends (rolled back on error,
// so a handler may fail at any point). It never waits: what takes time is recorded as desired state
// and brought about by the room's controller, which observes (drivers), decides (src/decide, pure),
// applies (drivers, idempotent) and records (Room::transact).
//
// A room is constructed with its tables, which load durable state; start() runs when all rooms
// exist, to adopt and sweep. Rooms reach each other only through services/<name>/api.h, by
// references given to their constructors in src/world/.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "base/arn.h"
#include "base/clock.h"
#include "base/executor.h"
#include "base/rng.h"
#include "base/value.h"
#include "model/aws_error.h"
#include "model/pack.h"
#include "room/vault.h"
#include "store/table.h"
#include "wire/message.h"

namespace seatrial::room {

using model::AwsError;
using model::fail;
using model::Outcome;

struct Identity {
  std::string access_key;
  std::string arn;  // who signed
  std::string user_id;
};

class Dispatcher;

// What a handler had done off the control thread; see Context::prepare.
struct Prepared {
  virtual ~Prepared() = default;
};
// Calls `done` exactly once, from any thread. Itself called on the control thread: it must not
// wait.
using Preparation =
    std::function<void(std::function<void(Outcome<std::shared_ptr<Prepared>>)> done)>;

// One per world; outlives every room.
struct Env {
  const Clock& clock;
  Rng& rng;
  store::Store& store;
  Executor& control;
  Vault& vault;
  Dispatcher& api;
  std::string account = "123456789012";
  std::filesystem::path world;  // the world's folder
};

// One per call. `region` and `account` come from the signature.
struct Context {
  Env& env;
  std::string region;
  std::string account;
  Identity identity;
  std::string request_id;
  Time now{};
  bool secure = false;  // came over TLS

  // The raw payload, of operations served by serve_payload (it is not in the request then).
  std::string payload;
  // Work that takes too long for the control thread, asked for by a handler: it is carried out and
  // the handler called again, with what became of it in `prepared`. The reply of a call that set it
  // is not used, what it changed is undone. An error is the reply.
  Preparation prepare;
  std::shared_ptr<Prepared> prepared;
  // Set by a handler: the reply's payload, too large for the generic value; and the status where it
  // is not the model's.
  std::shared_ptr<wire::BodyStream> stream;
  int status = 0;
  std::string content_type;  // of the stream, where it is not the protocol's

  // Key of a regional record: "ap-southeast-2/name".
  std::string key(std::string_view name) const { return region + "/" + std::string(name); }
  Arn arn(std::string_view service, std::string resource) const {
    return {"aws", std::string(service), region, account, std::move(resource)};
  }
};

class Room {
 public:
  using Handler = std::function<Outcome<Value>(Context&, const Value&)>;
  using Handlers = std::map<std::string, Handler, std::less<>>;

  // A reader of one operation's bytes that skips the generic value, on the connection's thread. It
  // returns what the control thread then does, or nothing for a request that is not as usual: the
  // ordinary handler takes that, and words every refusal.
  struct Direct {
    struct Bytes {
      model::Protocol protocol;
      const std::string& region;
      std::string_view body;  // without its content encoding
    };
    using Work = std::function<Outcome<Value>(Context&)>;
    std::size_t max_body = SIZE_MAX;  // of the request as sent; a longer one is refused
    std::function<std::optional<Work>(const Bytes&)> read;
  };
  using Directs = std::map<std::string, Direct, std::less<>>;

  // `service` is the model's directory name: "ecs", "elbv2", "cloudwatch".
  Room(Env& env, std::string service) : env_(env), service_(std::move(service)) {}
  virtual ~Room() = default;
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  const std::string& service() const { return service_; }
  const Handlers& handlers() const { return handlers_; }
  bool takes_payload(std::string_view operation) const { return payloads_.contains(operation); }

  const Directs& directs() const { return directs_; }

  virtual void start() {}  // control thread, after all rooms are constructed
  virtual void stop() {}   // control thread, before any is destroyed

 protected:
  // In a room's constructor: serve<aws::ecs::CreateClusterOp>(&Ecs::create_cluster);
  template <class Op, class Self>
  void serve(Outcome<typename Op::Response> (Self::*handler)(Context&,
                                                             const typename Op::Request&)) {
    handlers_[std::string(Op::kName)] = [self = static_cast<Self*>(this), handler](
                                            Context& context,
                                            const Value& input) -> Outcome<Value> {
      typename Op::Request request;
      from_value(input, request);
      auto reply = (self->*handler)(context, request);
      if (!reply) return std::unexpected(std::move(reply.error()));
      return to_value(*reply);
    };
  }

  template <class Op>
  void serve_direct(Direct direct) {
    directs_[std::string(Op::kName)] = std::move(direct);
  }
  // The same for an operation whose raw payload comes apart, in Context::payload.
  template <class Op, class Self>
  void serve_payload(Outcome<typename Op::Response> (Self::*handler)(Context&,
                                                                     const typename Op::Request&)) {
    serve<Op>(handler);
    payloads_.insert(std::string(Op::kName));
  }

  // Puts what `wrap(operation, handler)` makes of each handler in its place: what is asked before
  // every call of a room.
  template <class F>
  void wrap_handlers(F&& wrap) {
    for (auto& [operation, handler] : handlers_) handler = wrap(operation, std::move(handler));
  }

  // A controller's transaction: everything `change` puts is committed together, not waited for.
  template <class F>
  void transact(F&& change) {
    change();
    env_.store.commit(nullptr);
  }

  Env& env_;

 private:
  std::string service_;
  Handlers handlers_;
  Directs directs_;
  std::set<std::string, std::less<>> payloads_;
};

// Calls any served operation as a client would, in the caller's region, without HTTP: what
// CloudFormation does. Control thread, never from inside a handler (each call is a transaction).
class Dispatcher {
 public:
  virtual ~Dispatcher() = default;
  // `input` in canonical form; it is validated from the model. The reply is canonical.
  virtual Outcome<Value> call(const Context& as, std::string_view service,
                              std::string_view operation, Value input) = 0;
};

}  // namespace seatrial::room
