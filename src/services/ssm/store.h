// Parameter Store's records, by "region/name".
#pragma once
#include <string>
#include <vector>

#include "model/shapes/ssm.h"
#include "store/table.h"

namespace seatrial::services::ssm {

namespace api = aws::ssm;

struct ParameterRecord {
  // Oldest first, never empty. Value is the plain text or, of a SecureString, what the vault sealed
  // for the purpose "ssm/region/name".
  std::vector<api::ParameterHistory> versions;
  std::vector<api::Tag> tags;
  const api::ParameterHistory& current() const { return versions.back(); }
  template <class F>
  static void fields(F&& f) {
    f("versions", &ParameterRecord::versions);
    f("tags", &ParameterRecord::tags);
  }
};

}  // namespace seatrial::services::ssm
