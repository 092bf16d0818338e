// Who may sign requests. The IAM room owns the keys; the gateway's threads look them up in a
// snapshot that is replaced whole, so a look-up takes no lock of a room.
#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace seatrial::room {

struct Credential {
  std::string secret;
  std::string arn;      // "arn:aws:iam::123456789012:user/alice"
  std::string user_id;  // "AIDA..."; the account id for root
  bool active = true;
};

class Credentials {
 public:
  using Map = std::map<std::string, Credential, std::less<>>;  // by access key id

  void replace(Map map) { snapshot_.store(std::make_shared<const Map>(std::move(map))); }
  std::shared_ptr<const Map> snapshot() const { return snapshot_.load(); }

 private:
  std::atomic<std::shared_ptr<const Map>> snapshot_{std::make_shared<const Map>()};
};

}  // namespace seatrial::room
