// What every codec asks of a member, and how a decoder reports the first thing that is wrong.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "model/aws_error.h"
#include "model/pack.h"

namespace seatrial::wire {

constexpr int kMaxNesting = 64;             // of any decoded request body
constexpr std::size_t kMaxNodes = 1 << 20;  // parameters, elements or items of one request body

// The name on the wire: the member's locationName, else its shape's, else its own.
inline std::string_view wire_name(const model::Member& member) {
  if (const auto name = member.location_name(); !name.empty()) return name;
  if (const auto name = member.shape().location_name(); !name.empty()) return name;
  return member.name();
}

// The same, but empty where the model gives no name.
inline std::string_view given_name(const model::Member& member) {
  if (const auto name = member.location_name(); !name.empty()) return name;
  return member.shape().location_name();
}

// Collects a decoder's first fault; later ones are consequences of it. Decoders go on with null
// values after a fault and the caller looks here once.
class Faults {
 public:
  explicit Faults(std::string code) : code_(std::move(code)) {}

  void add(std::string message) {
    if (!error_) error_ = model::AwsError{code_, std::move(message)};
  }
  bool ok() const { return !error_.has_value(); }
  template <class T>
  model::Outcome<T> outcome(T value) {
    if (error_) return std::unexpected(*std::move(error_));
    return value;
  }

 private:
  std::string code_;
  std::optional<model::AwsError> error_;
};

}  // namespace seatrial::wire
