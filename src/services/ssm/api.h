// What other rooms may ask of Parameter Store.
#pragma once
#include <string>

#include "room/room.h"

namespace seatrial::services::ssm {

class Parameters {  // control thread
 public:
  virtual ~Parameters() = default;
  // The current value, decrypted. Errors as GetParameter gives them.
  virtual room::Outcome<std::string> value(const std::string& region,
                                           const std::string& name_or_arn) = 0;
};

}  // namespace seatrial::services::ssm
