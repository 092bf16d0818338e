// Source: CWL_QuerySyntax-Source; of tags API_TagFilter. There is one account, and all groups are
// of the class STANDARD.
#include "services/logs/query_source.h"

#include <algorithm>

#include "base/arn.h"
#include "logs/query/lexer.h"
#include "services/logs/tag_filter.h"

namespace seatrial::services::logs {
namespace {

using seatrial::logs::query::Name;
using seatrial::logs::query::same_word;
using seatrial::logs::query::Source;

constexpr std::size_t kMaxSourceGroups = 10'000;  // AWS: more are an error

class Choice {
 public:
  Choice(const room::Context& context, const store::Table<GroupRecord>& groups)
      : context_(context), groups_(groups) {}

  bool name(const std::string& written) {
    std::string name = written;
    if (const auto arn = parse_arn(written); arn && arn->resource.starts_with("log-group:")) {
      name = arn->resource.substr(std::string_view("log-group:").size());
      if (name.ends_with(":*")) name.resize(name.size() - 2);
    }
    const auto key = context_.key(name);
    if (!groups_.contains(key)) return fail(fmt::format("there is no log group '{}'", written));
    keys_.push_back(key);
    return true;
  }
  bool call(const Source::Call& call) {
    if (!same_word(call.function.text, "logGroups"))
      return fail(fmt::format("SOURCE {} is not served", call.function.text));
    std::vector<std::string> prefixes;
    bool wanted = true;
    for (const auto& [argument, values] : call.arguments) {
      if (same_word(argument.text, "namePrefix")) {
        for (const auto& value : values) prefixes.push_back(value.text);
      } else if (same_word(argument.text, "class") || same_word(argument.text, "logGroupClass")) {
        wanted = wanted && any(values, "STANDARD");
      } else if (same_word(argument.text, "accountIdentifiers") ||
                 same_word(argument.text, "accountIdentifier")) {
        wanted = wanted && any(values, context_.account);
      } else {
        return fail(fmt::format("SOURCE logGroups({}: ...) is not served", argument.text));
      }
    }
    if (prefixes.empty()) prefixes.push_back("");
    if (!wanted) return true;
    for (const auto& prefix : prefixes)
      for (const auto& [key, group] : groups_.with_prefix(context_.key(prefix)))
        keys_.push_back(key);
    return true;
  }
  void tags(const std::vector<Source::Tag>& filters) {
    for (const auto& [key, group] : groups_.with_prefix(context_.key("")))
      if (std::ranges::all_of(filters, [&](const auto& filter) { return tagged(group, filter); }))
        keys_.push_back(key);
  }
  std::expected<std::vector<std::string>, std::string> result() {
    if (!problem_.empty()) return std::unexpected(problem_);
    std::ranges::sort(keys_);
    const auto again = std::ranges::unique(keys_);
    keys_.erase(again.begin(), again.end());
    if (keys_.size() > kMaxSourceGroups)
      return std::unexpected(fmt::format("SOURCE names more than {} log groups", kMaxSourceGroups));
    if (keys_.empty()) return std::unexpected("SOURCE names no log group that is there");
    return std::move(keys_);
  }

 private:
  static bool any(const std::vector<Name>& values, std::string_view wanted) {
    return std::ranges::any_of(values, [&](const Name& value) { return value.text == wanted; });
  }
  static bool tagged(const GroupRecord& group, const Source::Tag& filter) {
    TagFilter wanted{filter.key.text, {}};
    for (const auto& value : filter.values) wanted.values.push_back(value.text);
    return has_tag(group.tags, wanted);
  }
  bool fail(std::string why) {
    problem_ = std::move(why);
    return false;
  }

  const room::Context& context_;
  const store::Table<GroupRecord>& groups_;
  std::vector<std::string> keys_;
  std::string problem_;
};

}  // namespace

std::expected<std::vector<std::string>, std::string> groups_of_source(
    const Source& source, const room::Context& context, const store::Table<GroupRecord>& groups) {
  if (!source.rest.empty())
    return std::unexpected(fmt::format("'{}' in SOURCE is not served", source.rest));
  if (!source.tags.empty() && (!source.groups.empty() || !source.calls.empty()))
    return std::unexpected("SOURCE logGroupTags beside other log groups is not served");
  Choice choice(context, groups);
  if (!source.tags.empty()) choice.tags(source.tags);
  for (const auto& group : source.groups)
    if (!choice.name(group.text)) return choice.result();
  for (const auto& call : source.calls)
    if (!choice.call(call)) return choice.result();
  return choice.result();
}

}  // namespace seatrial::services::logs
