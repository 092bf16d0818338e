#include "decide/resource_policy/resource_policy.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace seatrial::decide {
namespace {

constexpr std::size_t kMaxStatements = 200;
constexpr std::array<std::string_view, 9> kMembers = {"Sid",          "Effect",      "Principal",
                                                      "NotPrincipal", "Action",      "NotAction",
                                                      "Resource",     "NotResource", "Condition"};

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

// '*' and '?' as IAM has them.
bool like(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, from = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      from = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star;
      t = ++from;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

// One text or a list of texts; true and false are as good without quotation marks.
std::vector<std::string_view> texts(const Value* value) {
  std::vector<std::string_view> out;
  if (value == nullptr) return out;
  const auto add = [&](const Value& item) {
    if (item.is_string()) out.push_back(as_view(item.get_string()));
    if (item.is_bool()) out.push_back(item.get_bool() ? "true" : "false");
  };
  add(*value);
  if (const auto* list = value->if_array())
    for (const auto& item : *list) add(item);
  return out;
}

// Whether nothing of it is lost on texts().
bool is_texts(const Value& value) {
  const auto* list = value.if_array();
  const std::size_t count = list == nullptr ? 1 : list->size();
  return count > 0 && texts(&value).size() == count;
}

bool has_text(const std::vector<std::string_view>& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

struct Operator {
  bool known = false, negated = false, pattern = false, fold = false, if_exists = false,
       boolean = false, null = false;
};

Operator operator_of(std::string_view name) {
  Operator op;
  if (name.ends_with("IfExists")) {
    op.if_exists = true;
    name.remove_suffix(8);
  }
  const auto is = [&](std::string_view a, std::string_view b = "") {
    return name == a || name == b;
  };
  op.known = true;
  if (is("StringEquals")) return op;
  if (is("Bool")) return op.boolean = op.fold = true, op;
  if (is("StringNotEquals")) return op.negated = true, op;
  if (is("StringEqualsIgnoreCase")) return op.fold = true, op;
  if (is("StringNotEqualsIgnoreCase")) return op.fold = op.negated = true, op;
  if (is("StringLike") || is("ArnLike", "ArnEquals")) return op.pattern = true, op;
  if (is("StringNotLike") || is("ArnNotLike", "ArnNotEquals"))
    return op.pattern = op.negated = true, op;
  if (is("Null")) return op.null = true, op;
  op.known = false;
  return op;
}

bool condition_holds(std::string_view name, const Value& wanted, const PolicyQuestion& question) {
  const Operator op = operator_of(name);
  for (const auto& member : wanted.get_object()) {
    const auto found = question.context.find(lower({member.key().data(), member.key().size()}));
    if (op.null) {
      const bool absent = found == question.context.end();
      if (!has_text(texts(&member.value()), absent ? "true" : "false")) return false;
      continue;
    }
    if (found == question.context.end()) {
      if (op.if_exists || op.negated) continue;
      return false;
    }
    const std::string held = op.fold ? lower(found->second) : found->second;
    const auto matches = [&](std::string_view text) {
      if (op.pattern) return like(text, held);
      return op.fold ? lower(text) == held : text == held;
    };
    if (std::ranges::any_of(texts(&member.value()), matches) == op.negated) return false;
  }
  return true;
}

// A user or role by its ARN, a role's session by either's, everyone of an account by its id or
// root.
bool names_caller(std::string_view text, const PolicyQuestion& question) {
  if (question.caller.empty()) return false;
  if (text == question.caller || text == question.account) return true;
  if (text == "arn:aws:iam::" + question.account + ":root") return true;
  const std::string sessions = "arn:aws:sts::" + question.account + ":assumed-role/";
  if (!question.caller.starts_with(sessions)) return false;
  const auto role = question.caller.substr(sessions.size());
  const auto name = role.substr(0, role.find('/'));
  const std::string roles = "arn:aws:iam::" + question.account + ":role/";
  return text.starts_with(roles) && text.substr(text.rfind('/') + 1) == name;
}

bool principal_matches(const Value& principal, const PolicyQuestion& question) {
  if (principal.is_string()) return as_view(principal.get_string()) == "*";
  const auto has = [&](std::string_view kind, std::string_view who) {
    return std::ranges::any_of(texts(find_member(principal, kind)),
                               [&](std::string_view text) { return text == "*" || text == who; });
  };
  // {"AWS": "*"} is everyone, services too.
  if (!question.service.empty() && has("Service", question.service)) return true;
  return has("AWS", "*") ||
         std::ranges::any_of(texts(find_member(principal, "AWS")),
                             [&](std::string_view text) { return names_caller(text, question); });
}

bool any_like(const Value* value, std::string_view text, bool fold) {
  return std::ranges::any_of(texts(value), [&](std::string_view pattern) {
    return fold ? like(lower(pattern), lower(text)) : like(pattern, text);
  });
}

bool applies(const Value& statement, const PolicyQuestion& question) {
  const auto member = [&](std::string_view name) { return find_member(statement, name); };
  if (const auto* principal = member("Principal")) {
    if (!principal_matches(*principal, question)) return false;
  } else if (principal_matches(*member("NotPrincipal"), question)) {
    return false;
  }
  // "SQS:SendMessage" in policies of old, "sqs:SendMessage" today.
  if (const auto* action = member("Action")) {
    if (!any_like(action, question.action, true)) return false;
  } else if (any_like(member("NotAction"), question.action, true)) {
    return false;
  }
  if (const auto* resource = member("Resource")) {
    if (!any_like(resource, question.resource, false)) return false;
  } else if (any_like(member("NotResource"), question.resource, false)) {
    return false;
  }
  const auto* condition = member("Condition");
  if (condition == nullptr) return true;
  return std::ranges::all_of(condition->get_object(), [&](const auto& one) {
    return condition_holds({one.key().data(), one.key().size()}, one.value(), question);
  });
}

bool has_one_of(const Object& statement, std::string_view a, std::string_view b) {
  return statement.contains(a) != statement.contains(b);
}

std::string condition_problem(const Value& condition) {
  if (!condition.is_object()) return "Condition must be an object";
  for (const auto& member : condition.get_object()) {
    const std::string name(member.key());
    if (!operator_of(name).known) return "Condition operator " + name + " is not evaluated here";
    if (!member.value().is_object()) return "Condition " + name + " must be an object";
    for (const auto& key : member.value().get_object())
      if (!is_texts(key.value())) return "the values of a condition must be texts";
  }
  return {};
}

std::string statement_problem(const Value& statement) {
  const auto* object = statement.if_object();
  if (object == nullptr) return "a statement must be an object";
  for (const auto& member : *object)
    if (std::ranges::find(kMembers, std::string_view(member.key().data(), member.key().size())) ==
        kMembers.end())
      return "a statement has no member " + std::string(member.key());
  const auto effect = text_member(statement, "Effect");
  if (effect != "Allow" && effect != "Deny") return "Effect must be Allow or Deny";
  if (!has_one_of(*object, "Principal", "NotPrincipal")) return "a statement needs a Principal";
  if (!has_one_of(*object, "Action", "NotAction")) return "a statement needs an Action";
  if (object->contains("Resource") && object->contains("NotResource"))
    return "Resource and NotResource exclude each other";
  for (const char* name : {"Action", "NotAction", "Resource", "NotResource"})
    if (const auto* value = object->if_contains(name); value != nullptr && !is_texts(*value))
      return std::string(name) + " must be a text or a list of texts";
  const auto* principal = object->if_contains("Principal");
  if (principal != nullptr && !principal->is_object() &&
      !(principal->is_string() && as_view(principal->get_string()) == "*"))
    return "Principal must be * or an object";
  const auto* condition = object->if_contains("Condition");
  return condition == nullptr ? std::string{} : condition_problem(*condition);
}

Array statements_of(const Value& policy) {
  const auto* statement = find_member(policy, "Statement");
  if (statement == nullptr) return {};
  return statement->is_array() ? statement->get_array() : Array{*statement};
}

}  // namespace

std::expected<Value, std::string> parse_resource_policy(std::string_view text) {
  auto policy = parse_json(text);
  if (!policy || !policy->is_object()) return std::unexpected("the policy is not a JSON object");
  for (const auto& member : policy->get_object()) {
    const std::string name(member.key());
    if (name != "Version" && name != "Id" && name != "Statement")
      return std::unexpected("a policy has no member " + name);
  }
  const Array statements = statements_of(*policy);
  if (statements.empty()) return std::unexpected("the policy has no Statement");
  if (statements.size() > kMaxStatements) return std::unexpected("the policy is too long");
  for (const auto& statement : statements)
    if (auto why = statement_problem(statement); !why.empty()) return std::unexpected(why);
  return std::move(*policy);
}

PolicyVerdict evaluate_policy(const Value& policy, const PolicyQuestion& question) {
  auto verdict = PolicyVerdict::kNone;
  for (const auto& statement : statements_of(policy)) {
    if (!applies(statement, question)) continue;
    if (text_member(statement, "Effect") == "Deny") return PolicyVerdict::kDeny;
    verdict = PolicyVerdict::kAllow;
  }
  return verdict;
}

}  // namespace seatrial::decide
