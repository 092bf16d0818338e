// What the world and other rooms ask of IAM: the world's root access key, sessions of roles.
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

struct SessionKey {
  std::string access_key_id, secret_access_key, session_token;
};

// Roles assumed by AWS services for what they run.
class RoleSessions {  // control thread
 public:
  virtual ~RoleSessions() = default;
  // Whether the role is there and its trust policy lets the service ("lambda.amazonaws.com").
  virtual bool can_assume(const std::string& role_arn, const std::string& service) const = 0;
  // Keys that sign as "arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION" until they are closed or the
  // daemon ends: they are kept in memory only.
  virtual SessionKey open_session(const std::string& role_arn, const std::string& session) = 0;
  virtual void close_session(const std::string& access_key_id) = 0;
};

}  // namespace seatrial::services::iam
