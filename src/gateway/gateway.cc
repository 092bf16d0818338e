#include "gateway/gateway.h"

#include <future>

#include "base/check.h"
#include "base/log.h"
#include "wire/body.h"
#include "wire/sigv4.h"

namespace seatrial::gateway {
namespace {

using model::AwsError;
using room::Outcome;

// What a client sees when an operation has no handler. The code is the one its protocol has for an
// operation the service does not know, so that no client retries it; the message says what is so.
AwsError not_served(const wire::Route& route) {
  const std::string message = fmt::format("Seatrial does not serve {} {} yet; nothing was done.",
                                          route.service.name(), route.operation.name());
  switch (route.protocol) {
    case model::Protocol::kQuery:
    case model::Protocol::kEc2:
      return {"InvalidAction", message, 400, false, Object{}};
    case model::Protocol::kRestXml:
      return {"NotImplemented", message, 501, true, Object{}};
    default:
      return {"UnknownOperationException", message, 400, false, Object{}};
  }
}

// AWS names operations by what they do; the ones that only look need not wait for the disk.
store::Store::Kind kind_of(const model::Operation& operation) {
  for (const std::string_view verb :
       {"Describe", "List", "Get", "Head", "BatchGet", "Filter", "Validate"}) {
    if (operation.name().starts_with(verb)) return store::Store::Kind::kReads;
  }
  return store::Store::Kind::kChanges;
}

// guess: the API listens on loopback; calls of tasks inside the VPC are shown as from there, too.
constexpr const char* kClientAddress = "127.0.0.1";

AwsError too_large(bool s3) {
  if (s3) {
    return {"EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", 400, false,
            Object{}};
  }
  return {"RequestEntityTooLarge", "The request body exceeds the limit of this endpoint.", 413,
          false, Object{}};
}

AwsError not_durable(const std::string& why) {
  return {"ServiceUnavailable",
          "The change could not be written to disk and was undone: " + why +
              ". Free some space in the world's folder and try again.",
          503, true, Object{}};
}

// The links of SNS's messages, which whoever has the token may follow without a signature.
bool is_sns_link(const wire::HttpRequest& request) {
  if (request.method != "GET" || request.raw_path() != "/") return false;
  for (const auto action : {"Action=ConfirmSubscription&", "Action=Unsubscribe&"})
    if (request.raw_query().starts_with(action)) return true;
  return false;
}

// An answer that is there already.
void answer(const http::Responder& respond, wire::HttpResponse response) {
  respond([response = std::move(response)] { return response; });
}

}  // namespace

struct Gateway::Call {
  wire::Route route;
  Value input;
  std::string request_id;
  const room::Room::Handler* handler;
  store::Store::Kind kind;
  http::Responder respond;
  room::Context context;
  room::Room::Direct::Work work;  // in place of the handler
  std::string user_agent;
};

Gateway::Gateway(Options options, const Clock& clock, const Clock& wall, Rng& rng,
                 const room::Credentials& credentials)
    : options_(std::move(options)),
      clock_(clock),
      wall_(wall),
      rng_(rng),
      credentials_(credentials) {}

void Gateway::add(room::Room& room) {
  const auto service = model::find_service(room.service());
  ST_CHECK(service.has_value(), "a room of a service that no model describes");
  for (const auto& [name, handler] : room.handlers()) {
    const auto operation = service->find_operation(name);
    ST_CHECK(operation.has_value(), "a handler of an operation that no model describes");
    handlers_[operation->id()] = {&handler, room.takes_payload(name)};
  }
  for (const auto& [name, direct] : room.directs()) {
    directs_[service->find_operation(name)->id()] = &direct;
  }
}

void Gateway::open(room::Env& env, Loop& control, Internal internal) {
  env_ = &env;
  control_ = &control;
  internal_ = std::move(internal);
}

const Gateway::Served* Gateway::find_handler(const model::Operation& operation) const {
  const auto found = handlers_.find(operation.id());
  return found == handlers_.end() ? nullptr : &found->second;
}

Outcome<room::Identity> Gateway::authenticate(const wire::HttpRequest& request, bool s3,
                                              std::string& region) const {
  const auto keys = credentials_.snapshot();
  const room::Identity root{"", "arn:aws:iam::" + options_.account + ":root", options_.account};
  if (!options_.verify_signatures) {
    if (const auto signature = wire::parse_signature(request)) region = signature->region;
    return root;
  }
  const auto secret = [&](std::string_view access_key) -> std::optional<std::string> {
    const auto key = keys->find(access_key);
    if (key == keys->end() || !key->second.active) return std::nullopt;
    return key->second.secret;
  };
  wire::VerifyOptions options;
  if (s3) options.family = wire::ErrorFamily::kS3;  // what an unsigned request does not say
  auto verified = wire::verify(request, wall_.now(), secret, options);
  if (!verified) return std::unexpected(std::move(verified.error()));
  region = verified->region;
  const auto key = keys->find(verified->access_key);
  return room::Identity{verified->access_key, key->second.arn, key->second.user_id};
}

void Gateway::handle(wire::HttpRequest request, http::Responder respond) {
  if (request.target.starts_with("/_seatrial/")) return answer(respond, internal_(request));
  const std::string request_id = rng_.uuid();
  const auto signature = wire::parse_signature(request);
  const bool link = !signature && is_sns_link(request);
  const std::string signing_name = signature ? signature->service : link ? "sns" : "";
  if (auto target = wire::path_style_target(request, signing_name)) {
    request.sent_target = std::exchange(request.target, *std::move(target));
  }
  auto route = wire::route(request, signing_name);
  if (!route && request.body_too_large) {
    return answer(respond, wire::encode_unrouted_error(
                               request, signing_name, too_large(signing_name == "s3"), request_id));
  }
  if (!route) {
    return answer(respond,
                  wire::encode_unrouted_error(request, signing_name, route.error(), request_id));
  }
  room::Context context{*env_, options_.default_region, options_.account, {}, request_id};
  context.secure = request.secure;
  const auto refuse = [&](const AwsError& error) {
    if (context.identity.arn.empty())  // nobody's call: CloudTrail does not tell of it
      return answer(respond, wire::encode_error(*route, error, request_id));
    auto call = std::make_shared<Call>(
        Call{*route, Object{}, request_id, nullptr, store::Store::Kind::kReads, respond,
             std::move(context), nullptr, std::string(request.headers.get("User-Agent"))});
    this->respond(std::move(call), std::unexpected(error));
  };
  if (request.body_too_large) return refuse(too_large(route->service.name() == "s3"));
  auto identity = link ? room::Identity{}
                       : authenticate(request, route->service.name() == "s3", context.region);
  if (!identity) return refuse(identity.error());
  context.identity = *std::move(identity);
  const auto* served = find_handler(route->operation);
  if (served == nullptr) return refuse(not_served(*route));
  if (counter_ != nullptr) counter_->count(context.region, route->operation);
  if (exceeds_limit(*route, request)) return refuse(too_large(false));
  auto work = read_directly(*route, request, context.region);
  room::Outcome<Value> input = Value(Object{});
  if (!work) {
    input = decode(*route, *served, request, context.payload);
    if (!input) return refuse(input.error());
  }
  const auto kind = kind_of(route->operation);
  auto call = std::make_shared<Call>(Call{std::move(*route), std::move(*input), request_id,
                                          served->handler, kind, std::move(respond),
                                          std::move(context), work ? std::move(*work) : nullptr,
                                          std::string(request.headers.get("User-Agent"))});
  control_->run_or_post([this, call = std::move(call)]() mutable { run(std::move(call)); });
}

room::Outcome<Value> Gateway::decode(const wire::Route& route, const Served& served,
                                     wire::HttpRequest& request, std::string& payload) {
  if (auto whole = wire::check_body(route, request); !whole)
    return std::unexpected(std::move(whole.error()));
  auto input = served.takes_payload ? wire::decode_apart(route, request, payload)
                                    : wire::decode_request(route, request);
  if (!input) return input;
  if (auto valid = wire::validate(route, *input, rng_.uuid()); !valid)
    return std::unexpected(std::move(valid.error()));
  return input;
}

bool Gateway::exceeds_limit(const wire::Route& route, const wire::HttpRequest& request) const {
  const auto found = directs_.find(route.operation.id());
  return found != directs_.end() && request.body.size() > found->second->max_body;
}

std::optional<room::Room::Direct::Work> Gateway::read_directly(const wire::Route& route,
                                                               const wire::HttpRequest& request,
                                                               const std::string& region) const {
  const auto found = directs_.find(route.operation.id());
  if (found == directs_.end()) return std::nullopt;
  const auto body = wire::decoded_body(request);
  if (!body) return std::nullopt;
  return found->second->read({route.protocol, region, body->view()});
}

// An exception in a handler is our bug; it costs its caller an error, not everyone the daemon.
Outcome<Value> Gateway::handle_call(Call& call) {
  try {
    call.context.now = clock_.now();
    return call.work ? call.work(call.context) : (*call.handler)(call.context, call.input);
  } catch (const std::exception& e) {
    log::error("BUG: {} {}: {}", call.route.service.name(), call.route.operation.name(), e.what());
    return model::fail("InternalFailure",
                       "The request failed inside Seatrial; nothing was done. See seatrial.log.",
                       500);
  }
}

// The answer is encoded where the connection lives, not on the control thread.
void Gateway::respond(std::shared_ptr<Call> call, Outcome<Value> reply) {
  const auto respond = std::move(call->respond);
  if (!reply && counter_ != nullptr && serves(call->route.operation))
    counter_->failed(call->context.region, call->route.operation, reply.error().code);
  respond([this, call = std::move(call), reply = std::move(reply)]() mutable {
    auto response = reply ? wire::encode_response(call->route, *reply, call->request_id)
                          : wire::encode_error(call->route, reply.error(), call->request_id);
    if (reply) response.stream = std::move(call->context.stream);
    if (reply && call->context.status != 0) response.status = call->context.status;
    if (reply && !call->context.content_type.empty())
      response.headers.set("Content-Type", call->context.content_type);
    record(*call, reply);
    return response;
  });
}

void Gateway::record(const Call& call, const Outcome<Value>& reply) {
  if (recorder_ == nullptr || !recorder_->wants(call.route.operation)) return;
  const room::Context& of = call.context;
  recorder_->record({.operation = call.route.operation,
                     .identity = of.identity,
                     .region = of.region,
                     .request_id = call.request_id,
                     .at = clock_.now(),
                     .source_address = kClientAddress,
                     .user_agent = call.user_agent,
                     .input = call.input,
                     .output = reply ? &*reply : nullptr,
                     .error = reply ? nullptr : &reply.error()});
}

// What a handler wants done off this thread; then the call runs again.
void Gateway::prepare(std::shared_ptr<Call> call) {
  const auto work = std::exchange(call->context.prepare, nullptr);
  work([this, call = std::move(call)](Outcome<std::shared_ptr<room::Prepared>> made) mutable {
    if (!made) return respond(std::move(call), std::unexpected(std::move(made.error())));
    call->context.prepared = *std::move(made);
    control_->post([this, call = std::move(call)]() mutable { run(std::move(call)); });
  });
}

void Gateway::run(std::shared_ptr<Call> call) {
  auto reply = handle_call(*call);
  if (!reply || call->context.prepare) env_->store.rollback();
  if (!reply) return respond(std::move(call), std::move(reply));
  if (call->context.prepare) return prepare(std::move(call));
  const auto kind = call->kind;
  env_->store.commit(
      [this, call = std::move(call), reply = std::move(reply)](const std::string& error) mutable {
        respond(std::move(call),
                error.empty() ? std::move(reply) : std::unexpected(not_durable(error)));
      },
      kind);
}

// What a handler wants done elsewhere, waited for: CloudFormation's code of a function. It must not
// need this thread.
Outcome<Value> Gateway::prepare_here(room::Context& context, const room::Room::Handler& handler,
                                     const Value& input) {
  env_->store.rollback();
  std::promise<Outcome<std::shared_ptr<room::Prepared>>> made;
  std::exchange(context.prepare, nullptr)([&](auto done) { made.set_value(std::move(done)); });
  auto prepared = made.get_future().get();
  if (!prepared) return std::unexpected(std::move(prepared.error()));
  context.prepared = *std::move(prepared);
  auto reply = handler(context, input);
  ST_CHECK(!context.prepare, "an operation that prepares again was called from within");
  return reply;
}

Outcome<Value> Gateway::call(const room::Context& as, std::string_view service,
                             std::string_view operation, Value input) {
  const auto found = model::find_service(service);
  ST_CHECK(found.has_value(), "a call to a service that no model describes");
  const auto op = found->find_operation(operation);
  ST_CHECK(op.has_value(), "a call of an operation that no model describes");
  const wire::Route route{*found, *op, found->protocol(), std::string(found->json_version()),
                          false};
  const auto* served = find_handler(*op);
  if (served == nullptr) return std::unexpected(not_served(route));
  if (auto valid = wire::validate(route, input, rng_.uuid()); !valid) {
    return std::unexpected(std::move(valid.error()));
  }
  room::Context context = as;
  context.now = clock_.now();
  context.request_id = rng_.uuid();
  auto reply = (*served->handler)(context, input);
  if (reply && context.prepare) reply = prepare_here(context, *served->handler, input);
  if (reply) {
    env_->store.commit(nullptr);
  } else {
    env_->store.rollback();
  }
  return reply;
}

}  // namespace seatrial::gateway
