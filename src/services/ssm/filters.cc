#include "services/ssm/filters.h"

#include <algorithm>
#include <boost/algorithm/string/join.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <vector>

#include "services/ssm/errors.h"
#include "services/ssm/names.h"

namespace seatrial::services::ssm {
namespace {

using Option = std::string;
using Test = std::function<bool(const ParameterRecord&, const Option&, const std::string& value)>;

struct Key {
  std::string name;
  std::vector<Option> options;  // the first is the default
  bool by_path;                 // also in GetParametersByPath
  Test test;
};

bool matches(std::string_view text, const Option& option, std::string_view value) {
  if (option == "BeginsWith") return text.starts_with(value);
  if (option == "Contains") return text.find(value) != std::string_view::npos;
  return text == value;
}

Test on(std::optional<std::string> api::ParameterHistory::* member) {
  return [member](const ParameterRecord& record, const Option& option, const std::string& value) {
    const auto& text = record.current().*member;
    return text && matches(*text, option, value);
  };
}

const std::vector<Key>& keys() {
  static const std::vector<Key> all = {
      {"Type", {"Equals", "BeginsWith"}, true, on(&api::ParameterHistory::Type)},
      {"KeyId", {"Equals", "BeginsWith"}, true, on(&api::ParameterHistory::KeyId)},
      {"Name", {"Equals", "BeginsWith", "Contains"}, false, on(&api::ParameterHistory::Name)},
      {"Tier", {"Equals"}, false, on(&api::ParameterHistory::Tier)},
      {"DataType", {"Equals"}, false, on(&api::ParameterHistory::DataType)},
      {"Path",
       {"OneLevel", "Recursive"},
       false,
       [](const ParameterRecord& record, const Option& option, const std::string& value) {
         return under_path(*record.current().Name, value, option == "Recursive");
       }}};
  return all;
}

Key tag_key(const std::string& key) {
  return {key,
          {"Equals", "BeginsWith"},
          false,
          [tag = key.substr(4)](const ParameterRecord& record, const Option& option,
                                const std::string& value) {
            return std::ranges::any_of(record.tags, [&](const api::Tag& t) {
              return t.Key == tag && matches(t.Value, option, value);
            });
          }};
}

model::Outcome<Key> find_key(const std::string& name, bool by_path) {
  if (!by_path && name.starts_with("tag:")) return tag_key(name);
  std::vector<std::string> valid;
  for (const auto& key : keys()) {
    if (by_path && !key.by_path) continue;
    if (key.name == name) return key;
    valid.push_back(key.name);
  }
  return model::fail("InvalidFilterKey", "The following filter key is not valid: " + name +
                                             ". Valid filter keys include: [" +
                                             boost::join(valid, ", ") + "].");
}

bool any_value(const Key& key, const Option& option, const model::List<std::string>& values,
               const ParameterRecord& record) {
  // Without values a filter asks that the tag or member be there at all.
  if (values.empty()) return key.test(record, "BeginsWith", "");
  return std::ranges::any_of(
      values, [&](const std::string& value) { return key.test(record, option, value); });
}

model::Outcome<void> check_path(const Key& key, const model::List<std::string>& values) {
  for (const auto& value : values) {
    if (key.name == "Path" && !value.starts_with('/')) {
      return validation("The parameter path must begin with a forward slash \"/\": " + value);
    }
  }
  return {};
}

}  // namespace

model::Outcome<Wanted> make_filter(const model::List<api::ParameterStringFilter>& filters,
                                   bool by_path) {
  std::vector<Wanted> all;
  for (const auto& filter : filters) {
    auto key = find_key(filter.Key, by_path);
    if (!key) return std::unexpected(key.error());
    const Option option = filter.Option.value_or(key->options.front());
    if (std::ranges::find(key->options, option) == key->options.end()) {
      return model::fail("InvalidFilterOption",
                         "The following filter option is not valid: " + option +
                             ". Valid options include: [" + boost::join(key->options, ", ") + "].");
    }
    if (auto ok = check_path(*key, filter.Values); !ok) return std::unexpected(ok.error());
    all.push_back([key = *key, option, values = filter.Values](const ParameterRecord& record) {
      return any_value(key, option, values, record);
    });
  }
  return [all = std::move(all)](const ParameterRecord& record) {
    return std::ranges::all_of(all, [&](const Wanted& wanted) { return wanted(record); });
  };
}

model::Outcome<Wanted> make_filter(const model::List<api::ParametersFilter>& filters) {
  model::List<api::ParameterStringFilter> newer;
  for (const auto& filter : filters) {
    // guess: the older Name filter matches beginnings.
    const Option option = filter.Key == "Name" ? "BeginsWith" : "Equals";
    newer.push_back({filter.Key, option, filter.Values});
  }
  return make_filter(newer, false);
}

}  // namespace seatrial::services::ssm
