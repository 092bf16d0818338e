#include "services/iam/policy_document.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string>

#include "base/value.h"
#include "services/iam/errors.h"

namespace seatrial::services::iam {
namespace {

using model::Outcome;

constexpr std::array<std::string_view, 9> kStatementKeys = {
    "Sid",       "Effect",   "Principal",   "NotPrincipal", "Action",
    "NotAction", "Resource", "NotResource", "Condition"};
constexpr std::array<std::string_view, 4> kPrincipalKinds = {"AWS", "Service", "Federated",
                                                             "CanonicalUser"};

auto syntax_error() { return malformed_policy("Syntax errors in policy."); }

template <class List>
bool in(const List& list, std::string_view key) {
  return std::ranges::find(list, key) != list.end();
}

// Calls `each` for a string or every string of a non-empty list; false when it is neither.
template <class F>
bool each_text(const Value& v, F&& each) {
  if (v.is_string()) {
    each(as_view(v.get_string()));
    return true;
  }
  if (!v.is_array() || v.get_array().empty()) return false;
  for (const auto& item : v.get_array()) {
    if (!item.is_string()) return false;
    each(as_view(item.get_string()));
  }
  return true;
}

Outcome<void> check_actions(const Value& actions, PolicyKind kind) {
  bool vendor = true, assume = true;
  const bool texts = each_text(actions, [&](std::string_view action) {
    const auto colon = action.find(':');
    if (action != "*" && (colon == std::string_view::npos || colon == 0)) vendor = false;
    if (!action.starts_with("sts:")) assume = false;
  });
  if (!texts) return syntax_error();
  if (!vendor) {
    return malformed_policy(
        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  }
  if (kind == PolicyKind::kTrust && !assume) {
    return malformed_policy("AssumeRole policy may only specify STS AssumeRole actions.");
  }
  return {};
}

Outcome<void> check_resources(const Value& resources) {
  std::string bad;
  const bool texts = each_text(resources, [&](std::string_view resource) {
    const bool arn = resource.starts_with("arn:") && std::ranges::count(resource, ':') >= 5;
    if (resource != "*" && !arn && bad.empty()) bad = resource;
  });
  if (!texts) return syntax_error();
  if (!bad.empty()) {
    return malformed_policy("Resource " + bad + " must be in ARN format or \"*\".");
  }
  return {};
}

Outcome<void> check_principal(const Value& principal) {
  if (principal.is_string() && as_view(principal.get_string()) == "*") return {};
  if (!principal.is_object() || principal.get_object().empty()) {
    return malformed_policy("Invalid principal in policy.");
  }
  for (const auto& [kind, names] : principal.get_object()) {
    if (!in(kPrincipalKinds, std::string_view(kind)) || !each_text(names, [](auto) {})) {
      return malformed_policy("Invalid principal in policy.");
    }
  }
  return {};
}

bool is_condition_value(const Value& v) {
  const auto scalar = [](const Value& s) { return s.is_string() || s.is_bool() || s.is_number(); };
  return scalar(v) || (v.is_array() && std::ranges::all_of(v.get_array(), scalar));
}

Outcome<void> check_condition(const Value& condition) {
  if (!condition.is_object()) return syntax_error();
  for (const auto& [op, keys] : condition.get_object()) {
    if (!keys.is_object()) return syntax_error();
    for (const auto& [key, value] : keys.get_object()) {
      if (!is_condition_value(value)) return syntax_error();
    }
  }
  return {};
}

Outcome<void> check_trust_fields(const Object& statement) {
  if (!statement.contains("Principal")) return malformed_policy("Missing required field Principal");
  for (const char* field : {"Resource", "NotResource"}) {
    if (statement.contains(field)) {
      return malformed_policy("Has prohibited field " + std::string(field));
    }
  }
  return check_principal(statement.at("Principal"));
}

Outcome<void> check_identity_fields(const Object& statement) {
  if (statement.contains("Principal") || statement.contains("NotPrincipal")) {
    return malformed_policy("Policy document should not specify a principal.");
  }
  const Value* resource = statement.if_contains("Resource");
  if (resource == nullptr) resource = statement.if_contains("NotResource");
  if (resource == nullptr) return malformed_policy("Policy statement must contain resources.");
  return check_resources(*resource);
}

Outcome<void> check_sid(const Object& statement, std::set<std::string>& sids) {
  const Value* sid = statement.if_contains("Sid");
  if (sid == nullptr) return {};
  if (!sid->is_string()) return syntax_error();
  const auto text = as_view(sid->get_string());
  if (!std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) != 0; })) {
    return malformed_policy(
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular "
        "expression [0-9A-Za-z]*");
  }
  if (!text.empty() && !sids.emplace(text).second) {
    return malformed_policy("Statement IDs (SID) in a single policy must be unique.");
  }
  return {};
}

Outcome<void> check_keys_and_effect(const Object& statement) {
  for (const auto& [key, value] : statement) {
    if (!in(kStatementKeys, std::string_view(key))) return syntax_error();
  }
  for (const char* key : {"Action", "Resource", "Principal"}) {
    if (statement.contains(key) && statement.contains(std::string("Not") + key)) {
      return syntax_error();
    }
  }
  const Value* effect = statement.if_contains("Effect");
  const auto text = effect != nullptr && effect->is_string() ? as_view(effect->get_string()) : "";
  if (text != "Allow" && text != "Deny") return syntax_error();
  return {};
}

Outcome<void> check_statement(const Value& v, PolicyKind kind, std::set<std::string>& sids) {
  if (!v.is_object()) return syntax_error();
  const Object& statement = v.get_object();
  if (auto ok = check_keys_and_effect(statement); !ok) return ok;
  if (auto ok = check_sid(statement, sids); !ok) return ok;
  const Value* action = statement.if_contains("Action");
  if (action == nullptr) action = statement.if_contains("NotAction");
  if (action == nullptr) return malformed_policy("Policy statement must contain actions.");
  if (auto ok = check_actions(*action, kind); !ok) return ok;
  if (const Value* condition = statement.if_contains("Condition")) {
    if (auto ok = check_condition(*condition); !ok) return ok;
  }
  return kind == PolicyKind::kTrust ? check_trust_fields(statement)
                                    : check_identity_fields(statement);
}

Outcome<void> check_top(const Object& policy, PolicyKind kind) {
  for (const auto& [key, value] : policy) {
    if (key != "Version" && key != "Id" && key != "Statement") return syntax_error();
  }
  const Value* version = policy.if_contains("Version");
  const auto text =
      version != nullptr && version->is_string() ? as_view(version->get_string()) : "";
  if (version != nullptr && text != "2012-10-17" && text != "2008-10-17") return syntax_error();
  if (kind == PolicyKind::kManaged && text != "2012-10-17") {
    return malformed_policy("Policy document must be version 2012-10-17 or greater.");
  }
  if (const Value* id = policy.if_contains("Id"); id != nullptr && !id->is_string()) {
    return syntax_error();
  }
  return {};
}

}  // namespace

model::Outcome<void> check_policy_document(std::string_view text, PolicyKind kind) {
  const auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) {
    return kind == PolicyKind::kTrust ? malformed_policy("This policy contains invalid Json")
                                      : syntax_error();
  }
  const Object& policy = parsed->get_object();
  if (auto ok = check_top(policy, kind); !ok) return ok;
  const Value* statements = policy.if_contains("Statement");
  if (statements == nullptr) return syntax_error();
  std::set<std::string> sids;
  if (statements->is_object()) return check_statement(*statements, kind, sids);
  if (!statements->is_array() || statements->get_array().empty()) return syntax_error();
  for (const auto& statement : statements->get_array()) {
    if (auto ok = check_statement(statement, kind, sids); !ok) return ok;
  }
  return {};
}

std::size_t policy_size(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](unsigned char c) { return std::isspace(c) == 0; }));
}

}  // namespace seatrial::services::iam
