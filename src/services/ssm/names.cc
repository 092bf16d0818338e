#include "services/ssm/names.h"

#include <algorithm>
#include <boost/algorithm/string/predicate.hpp>
#include <cctype>

#include "base/arn.h"
#include "services/ssm/errors.h"

namespace seatrial::services::ssm {
namespace {

constexpr std::size_t kMaxLevels = 15;
constexpr std::size_t kMaxNameLength = 1011;  // with the ARN before it

bool allowed(unsigned char c) {
  return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-' || c == '/';
}

}  // namespace

model::Outcome<void> check_new_name(std::string_view name) {
  const std::string_view bare = name.starts_with('/') ? name.substr(1) : name;
  if (boost::istarts_with(bare, "aws")) {
    return model::fail("AccessDeniedException",
                       "No access to reserved parameter name: " + std::string(name) + ".");
  }
  const bool shaped = !bare.empty() && !name.ends_with('/') && std::ranges::all_of(name, allowed) &&
                      name.find("//") == std::string_view::npos;
  if (!shaped || boost::istarts_with(bare, "ssm")) {
    return validation(
        "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a path, "
        "it "
        "can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of "
        "letters, numbers and the following 3 symbols .-_");
  }
  if (!name.starts_with('/') && name.find('/') != std::string_view::npos) {
    return validation("Parameter name must be a fully qualified name.");
  }
  if (name.size() > kMaxNameLength) {
    return validation("Parameter name must not be longer than " + std::to_string(kMaxNameLength) +
                      " characters.");
  }
  if (static_cast<std::size_t>(std::ranges::count(bare, '/')) + 1 > kMaxLevels) {
    return model::fail("HierarchyLevelLimitExceededException",
                       "A parameter hierarchy can have a maximum of " + std::to_string(kMaxLevels) +
                           " levels. For more information, see Requirements and constraints for "
                           "parameter names in the AWS Systems Manager User Guide.");
  }
  return {};
}

Reference parse_reference(std::string_view text) {
  Reference reference;
  std::string name(text);
  if (const auto arn = parse_arn(text)) {
    reference.region = arn->region;
    reference.account = arn->account;
    name = arn->resource;
    if (name.starts_with("parameter/")) name = name.substr(9);
    // A name without a path has no slash of its own: "parameter/db" is "db".
    if (name.find('/', 1) == std::string::npos) name = name.substr(1);
  }
  if (const auto colon = name.find(':'); colon != std::string::npos) {
    reference.selector = name.substr(colon + 1);
    name.resize(colon);
  }
  reference.name = std::move(name);
  return reference;
}

std::string arn_of(std::string_view region, std::string_view account, std::string_view name) {
  std::string resource = "parameter";
  if (!name.starts_with('/')) resource += '/';
  return Arn{"aws", "ssm", std::string(region), std::string(account), resource + std::string(name)}
      .text();
}

bool under_path(std::string_view name, std::string_view path, bool recursive) {
  std::string base(path);
  while (base.ends_with('/')) base.pop_back();
  base += '/';
  std::string full(name);
  if (!full.starts_with('/')) full = "/" + full;  // guess: names without a path lie under "/"
  if (!full.starts_with(base)) return false;
  return recursive || full.find('/', base.size()) == std::string::npos;
}

}  // namespace seatrial::services::ssm
