// Access keys. Each change is published to the gateway at the end of its handler, when nothing can
// refuse it any more.
#include "services/iam/errors.h"
#include "services/iam/paging.h"
#include "services/iam/service.h"

namespace seatrial::services::iam {

const AccessKeyRecord* Iam::key_of(const std::string& id, const std::string& user) const {
  const AccessKeyRecord* key = tables_.keys.find(id);
  return key != nullptr && key->user == user ? key : nullptr;
}

room::Outcome<api::CreateAccessKeyResponse> Iam::create_access_key(
    Context& context, const api::CreateAccessKeyRequest& request) {
  const auto user = user_of(context, request.UserName);
  if (!user) return std::unexpected(user.error());
  std::size_t count = 0;
  for (const auto& [id, key] : tables_.keys) count += key.user == *user ? 1 : 0;
  if (count >= kAccessKeysPerUser) return quota_exceeded("AccessKeysPerUser", kAccessKeysPerUser);
  api::CreateAccessKeyResponse reply;
  reply.AccessKey = make_key(*user, false);
  publish_credentials();
  return reply;
}

room::Outcome<api::ListAccessKeysResponse> Iam::list_access_keys(
    Context& context, const api::ListAccessKeysRequest& request) {
  const auto user = user_of(context, request.UserName);
  if (!user) return std::unexpected(user.error());
  std::vector<std::pair<std::string, api::AccessKeyMetadata>> keys;
  for (const auto& [id, key] : tables_.keys) {
    if (key.user != *user) continue;
    keys.emplace_back(id, api::AccessKeyMetadata{key.user, id, key.status, key.created});
  }
  using Reply = api::ListAccessKeysResponse;
  return page(request, Reply{}, &Reply::AccessKeyMetadata, std::move(keys));
}

room::Outcome<model::Empty> Iam::update_access_key(Context& context,
                                                   const api::UpdateAccessKeyRequest& request) {
  const auto user = user_of(context, request.UserName);
  if (!user) return std::unexpected(user.error());
  const AccessKeyRecord* key = key_of(request.AccessKeyId, *user);
  if (key == nullptr) return no_such_key(request.AccessKeyId);
  if (request.Status != api::statusType::Active && request.Status != api::statusType::Inactive) {
    return model::fail("ValidationError", "Status must be Active or Inactive.");
  }
  if (key->of_world && request.Status != api::statusType::Active) {
    return model::fail("AccessDenied", "This is the world's own root key: it stays active.", 403);
  }
  tables_.keys.update(request.AccessKeyId,
                      [&](AccessKeyRecord& record) { record.status = request.Status; });
  publish_credentials();
  return model::Empty{};
}

room::Outcome<model::Empty> Iam::delete_access_key(Context& context,
                                                   const api::DeleteAccessKeyRequest& request) {
  const auto user = user_of(context, request.UserName);
  if (!user) return std::unexpected(user.error());
  const AccessKeyRecord* key = key_of(request.AccessKeyId, *user);
  if (key == nullptr) return no_such_key(request.AccessKeyId);
  if (key->of_world) {
    return model::fail("AccessDenied", "This is the world's own root key: it cannot be deleted.",
                       403);
  }
  tables_.keys.erase(request.AccessKeyId);
  publish_credentials();
  return model::Empty{};
}

}  // namespace seatrial::services::iam
