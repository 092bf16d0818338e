// How resource handlers reach the other rooms: as any client would, through the dispatcher, in the
// stack's account and region. A refusal is kept together with the service that refused, because
// CloudFormation names it in its reasons.
#pragma once
#include <expected>
#include <string>
#include <string_view>

#include "room/room.h"

namespace seatrial::services::cloudformation {

struct Failure {
  std::string service;  // "Ecs"; empty when we refused ourselves
  std::string code;
  std::string message;
  int status = 400;
  std::string request_id;

  bool not_found() const;
  bool already_exists() const;
  bool worth_retrying() const;  // a deletion refused because something still uses the resource
  // What AWS puts into ResourceStatusReason.
  std::string reason(std::string_view request_token) const;
};

template <class T>
using Attempt = std::expected<T, Failure>;

std::unexpected<Failure> refuse(std::string code, std::string message);

// Control thread, never from inside a handler.
class ApiCaller {
 public:
  ApiCaller(room::Env& env, const room::Context& as) : env_(env), as_(as) {}
  Attempt<Value> call(std::string_view service, std::string_view operation, Value input);
  // Deleting what is gone already is success.
  Attempt<void> erase(std::string_view service, std::string_view operation, Value input);
  const room::Context& as() const { return as_; }
  room::Env& env() { return env_; }

 private:
  room::Env& env_;
  room::Context as_;
};

}  // namespace seatrial::services::cloudformation
