// What other rooms may ask of Secrets Manager.
#pragma once
#include <string>

#include "room/room.h"

namespace seatrial::services::secretsmanager {

class Secrets {  // control thread
 public:
  virtual ~Secrets() = default;
  // The secret's string, or one key of it when it is JSON. Empty json_key, version_stage and
  // version_id mean: all of it, AWSCURRENT, any. Errors as GetSecretValue gives them.
  virtual room::Outcome<std::string> value(const std::string& region, const std::string& id_or_arn,
                                           const std::string& json_key,
                                           const std::string& version_stage,
                                           const std::string& version_id) = 0;
};

}  // namespace seatrial::services::secretsmanager
