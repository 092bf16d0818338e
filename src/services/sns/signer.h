// The signatures of messages that SNS delivers over HTTP: RSA with a key and a self-signed
// certificate of this world's own, made when the first is needed.
//
// docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html. Clients check with the
// certificate at SigningCertURL, which the world itself serves; one that insists on a host of
// amazonaws.com refuses it, and is right to.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "room/vault.h"
#include "services/sns/store.h"

namespace seatrial::services::sns {

using Signed = std::vector<std::pair<std::string_view, std::string_view>>;  // name, value; in order

class Signer {
 public:
  Signer(store::Table<SigningRecord>& records, room::Vault& vault);
  ~Signer();

  // Control thread; part of the open transaction when the key must be made first.
  void ensure_key(Time now);
  // Base64. Version "1" is SHA-1, "2" SHA-256.
  std::string sign(const Signed& values, std::string_view version) const;
  std::string certificate_name() const;  // "SimpleNotificationService-HEX.pem"
  // The certificate of that name, for any thread; empty when there is none.
  std::string certificate(std::string_view name) const;

 private:
  struct Key;
  void adopt();
  store::Table<SigningRecord>& records_;
  room::Vault& vault_;
  std::unique_ptr<Key> key_;
  mutable std::mutex mutex_;
  std::string certificate_, name_;
};

}  // namespace seatrial::services::sns
