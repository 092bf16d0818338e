// IAM's records. The AWS-visible part of each is the generated shape; policy documents are kept as
// given and URL-encoded on output only. IAM is global, so keys carry no region.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "model/shapes/iam.h"
#include "store/table.h"

namespace seatrial::services::iam {

namespace api = aws::iam;

struct UserRecord {
  api::User shape;
  std::map<std::string, std::string> inline_policies;  // document by policy name
  std::vector<std::string> attached;                   // policy ARNs, in order of attachment
  template <class F>
  static void fields(F&& f) {
    f("user", &UserRecord::shape);
    f("inline_policies", &UserRecord::inline_policies);
    f("attached", &UserRecord::attached);
  }
};

struct RoleRecord {
  api::Role shape;
  std::map<std::string, std::string> inline_policies;
  std::vector<std::string> attached;
  template <class F>
  static void fields(F&& f) {
    f("role", &RoleRecord::shape);
    f("inline_policies", &RoleRecord::inline_policies);
    f("attached", &RoleRecord::attached);
  }
};

struct PolicyRecord {
  api::Policy shape;  // AttachmentCount is counted on output
  std::vector<api::PolicyVersion> versions;
  int last_version = 0;
  template <class F>
  static void fields(F&& f) {
    f("policy", &PolicyRecord::shape);
    f("versions", &PolicyRecord::versions);
    f("last_version", &PolicyRecord::last_version);
  }
};

// The secret is sealed for the purpose "iam/<access key id>". An empty user is the root.
struct AccessKeyRecord {
  std::string user;
  std::string sealed_secret;
  std::string status = "Active";
  Time created{};
  bool of_world = false;  // the key by which the world's own tools sign
  template <class F>
  static void fields(F&& f) {
    f("user", &AccessKeyRecord::user);
    f("sealed_secret", &AccessKeyRecord::sealed_secret);
    f("status", &AccessKeyRecord::status);
    f("created", &AccessKeyRecord::created);
    f("of_world", &AccessKeyRecord::of_world);
  }
};

struct Tables {
  explicit Tables(store::Store& store)
      : users(store, "iam.user"),
        roles(store, "iam.role"),
        policies(store, "iam.policy"),
        keys(store, "iam.access_key") {}
  store::Table<UserRecord> users;       // by user name
  store::Table<RoleRecord> roles;       // by role name
  store::Table<PolicyRecord> policies;  // customer-managed, by ARN
  store::Table<AccessKeyRecord> keys;   // by access key id
};

}  // namespace seatrial::services::iam
