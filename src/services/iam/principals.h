// What users and roles have alike: names taken without regard to case, inline policies, attached
// policies, tags. The handlers of both call these with their own table and words.
#pragma once
#include <algorithm>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "services/iam/errors.h"
#include "services/iam/policy_document.h"
#include "services/iam/service.h"

namespace seatrial::services::iam {

template <class T>
bool name_taken(const store::Table<T>& table, std::string_view name) {
  return std::ranges::any_of(table,
                             [&](const auto& row) { return boost::iequals(row.first, name); });
}

inline model::Outcome<void> check_tags(const model::List<api::Tag>& tags) {
  std::set<std::string> keys;
  for (const auto& tag : tags) {
    if (!keys.insert(boost::to_lower_copy(tag.Key)).second) {
      return invalid_input(
          "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    }
  }
  if (keys.size() > kTagsPerResource) return quota_exceeded("TagsPerResource", kTagsPerResource);
  return {};
}

// Adds the document to the record, within the limit of all inline policies together.
template <class Record>
model::Outcome<void> put_inline(Record& record, const std::string& name,
                                const std::string& document, std::size_t limit,
                                const std::string& whose) {
  if (auto ok = check_policy_document(document, PolicyKind::kIdentityInline); !ok) return ok;
  record.inline_policies[name] = document;
  std::size_t size = 0;
  for (const auto& [policy, text] : record.inline_policies) size += policy_size(text);
  if (size > limit) {
    return limit_exceeded("Maximum policy size of " + std::to_string(limit) +
                          " bytes exceeded for " + whose);
  }
  return {};
}

template <class Record>
std::vector<std::pair<std::string, std::string>> inline_names(const Record& record) {
  std::vector<std::pair<std::string, std::string>> names;
  for (const auto& [name, document] : record.inline_policies) names.emplace_back(name, name);
  return names;
}

// Attaching what is attached already succeeds and changes nothing.
template <class Record>
model::Outcome<void> attach(Record& record, const std::string& arn, std::string_view quota) {
  if (std::ranges::find(record.attached, arn) != record.attached.end()) return {};
  if (record.attached.size() >= kAttachedPoliciesPerPrincipal) {
    return quota_exceeded(quota, kAttachedPoliciesPerPrincipal);
  }
  record.attached.push_back(arn);
  return {};
}

template <class Record>
model::Outcome<void> detach(Record& record, const std::string& arn) {
  if (std::erase(record.attached, arn) == 0) return no_such_policy(arn);
  return {};
}

// The attached policies under a path, in order of name; `find` gives a policy's shape by ARN.
template <class Record, class Find>
std::vector<std::pair<std::string, api::AttachedPolicy>> attached_policies(
    const Record& record, const std::optional<std::string>& path_prefix, Find&& find) {
  std::vector<std::pair<std::string, api::AttachedPolicy>> list;
  for (const auto& arn : record.attached) {
    const auto policy = find(arn);
    ST_CHECK(policy.has_value(), "an attached policy was deleted");
    if (!policy->Path->starts_with(path_prefix.value_or("/"))) continue;
    list.emplace_back(*policy->PolicyName + " " + arn,
                      api::AttachedPolicy{policy->PolicyName, arn});
  }
  std::ranges::sort(list, {}, &std::pair<std::string, api::AttachedPolicy>::first);
  return list;
}

template <class Record>
model::Outcome<void> check_deletable(const Record& record) {
  if (!record.attached.empty()) {
    return delete_conflict("Cannot delete entity, must detach all policies first.");
  }
  if (!record.inline_policies.empty()) {
    return delete_conflict("Cannot delete entity, must delete policies first.");
  }
  return {};
}

// Changes a copy of the record by `change`, which may refuse, and puts it.
template <class Record, class F>
model::Outcome<model::Empty> change_record(store::Table<Record>& table, const std::string& name,
                                           const Record& record, F&& change) {
  Record copy = record;
  if (model::Outcome<void> ok = change(copy); !ok) return std::unexpected(ok.error());
  table.put(name, std::move(copy));
  return model::Empty{};
}

}  // namespace seatrial::services::iam
