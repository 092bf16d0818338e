// Secrets Manager's records, by "region/name".
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "model/shapes/secretsmanager.h"
#include "store/table.h"

namespace seatrial::services::secretsmanager {

namespace api = aws::secretsmanager;

struct Version {
  std::string id;
  std::vector<std::string> stages;  // empty: deprecated
  std::string sealed;               // for the purpose "secretsmanager/<ARN>/<version id>"
  bool binary = false;
  Time created{};
  std::optional<Time> last_accessed;  // the day
  template <class F>
  static void fields(F&& f) {
    f("id", &Version::id);
    f("stages", &Version::stages);
    f("sealed", &Version::sealed);
    f("binary", &Version::binary);
    f("created", &Version::created);
    f("last_accessed", &Version::last_accessed);
  }
};

struct SecretRecord {
  // VersionIdsToStages is made on output. DeletedDate, when set, is the end of the recovery window:
  // the secret is marked for deletion and purged then.
  api::DescribeSecretResponse shape;
  std::vector<Version> versions;  // oldest first
  template <class F>
  static void fields(F&& f) {
    f("secret", &SecretRecord::shape);
    f("versions", &SecretRecord::versions);
  }
};

}  // namespace seatrial::services::secretsmanager
