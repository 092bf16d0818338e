// An error as AWS answers it: what every handler, validator and codec returns for a caller's fault.
#pragma once
#include <expected>
#include <string>

#include "base/value.h"

namespace seatrial::model {

struct AwsError {
  std::string code;        // the wire code: "ClusterNotFoundException", "InvalidParameterValue"
  std::string message;
  int status = 400;        // HTTP status
  bool server_fault = false;  // <Type>Receiver</Type>, retryable by clients
  Value details = Object{};   // further modelled members of the error shape, canonical form
};

template <class T>
using Outcome = std::expected<T, AwsError>;

inline std::unexpected<AwsError> fail(std::string code, std::string message, int status = 400) {
  return std::unexpected(AwsError{std::move(code), std::move(message), status, status >= 500, Object{}});
}

}  // namespace seatrial::model
