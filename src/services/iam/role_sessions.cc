// Roles that services assume for what they run. A session is a key in memory: what it was made for
// does not outlive the daemon either.
#include <algorithm>

#include "base/encoding.h"
#include "decide/resource_policy/resource_policy.h"
#include "services/iam/service.h"

namespace seatrial::services::iam {
namespace {

constexpr std::size_t kSessionSecretBytes = 30, kTokenBytes = 96;

}  // namespace

const RoleRecord* Iam::role_of(const std::string& arn) const {
  const auto slash = arn.rfind('/');
  if (slash == std::string::npos) return nullptr;
  const RoleRecord* role = tables_.roles.find(arn.substr(slash + 1));
  return role != nullptr && role->shape.Arn == arn ? role : nullptr;
}

bool Iam::can_assume(const std::string& role_arn, const std::string& service) const {
  const RoleRecord* role = role_of(role_arn);
  if (role == nullptr || !role->shape.AssumeRolePolicyDocument) return false;
  const auto trust = parse_json(*role->shape.AssumeRolePolicyDocument);
  return trust && decide::evaluate_policy(*trust, {service, "sts:AssumeRole", role_arn, {}}) ==
                      decide::PolicyVerdict::kAllow;
}

SessionKey Iam::open_session(const std::string& role_arn, const std::string& session) {
  const RoleRecord* role = role_of(role_arn);
  const std::string role_id = role == nullptr ? "AROA" : role->shape.RoleId;
  const std::string name = role_arn.substr(role_arn.rfind('/') + 1);
  SessionKey key{"ASIA" + env_.rng.alphanumeric(16),
                 base64_encode(env_.rng.bytes(kSessionSecretBytes)),
                 base64_encode(env_.rng.bytes(kTokenBytes))};
  const std::string arn = "arn:aws:sts::" + env_.account + ":assumed-role/" + name + "/" + session;
  sessions_[key.access_key_id] = {key.secret_access_key, arn, role_id + ":" + session, true};
  publish_credentials();
  return key;
}

void Iam::close_session(const std::string& access_key_id) {
  if (sessions_.erase(access_key_id) > 0) publish_credentials();
}

}  // namespace seatrial::services::iam
