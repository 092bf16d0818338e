// What the world itself asks of IAM: its root access key.
#pragma once
#include <string>

#include "room/room.h"

namespace seatrial::services::iam {

struct RootKey {
  std::string access_key_id, secret_access_key;
};

class Users {  // control thread
 public:
  virtual ~Users() = default;
  // Made once per world, kept sealed.
  virtual RootKey ensure_root_key() = 0;
};

}  // namespace seatrial::services::iam
