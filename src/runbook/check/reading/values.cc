// See values.h.
#include "runbook/check/reading/values.h"

#include <algorithm>

#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

// "$(" or a backquote before it, and nothing but the call up to the end.
bool is_all_of(const Fence& fence, const Command& call, std::size_t begin, std::size_t end) {
  const std::string_view script = fence.script;
  if (begin >= end || end > script.size() || call.shell.begin < begin || call.shell.end > end)
    return false;
  auto inner = script.substr(begin, end - begin);
  if (inner.starts_with("\"")) return false;
  const bool dollar = inner.starts_with("$(") && inner.ends_with(')');
  const bool backquotes = inner.size() > 2 && inner.starts_with('`') && inner.ends_with('`');
  if (!dollar && !backquotes) return false;
  inner.remove_prefix(dollar ? 2 : 1);
  inner.remove_suffix(1);
  return trim(inner) == trim(script.substr(call.shell.begin, call.shell.end - call.shell.begin));
}

std::size_t begin_of(const Command* command) { return command->shell.begin; }
std::size_t end_of(const Command* command) { return command->shell.end; }

}  // namespace

ValueSources::ValueSources(const Analysis& analysis) : analysis_(analysis) {
  for (const auto& fence : analysis.fences()) {
    for (const auto& assignment : fence.facts.assignments)
      setters_[assignment.name].push_back({&fence, &assignment});
    Places places;
    for (const auto& command : fence.commands) {
      if (command.aws && command.shell.in_substitution) places.inner.push_back(&command);
      if (command.shell.in_pipeline) places.by_end.push_back(&command);
    }
    if (places.inner.empty() && places.by_end.empty()) continue;
    std::ranges::stable_sort(places.inner, {}, begin_of);
    std::ranges::stable_sort(places.by_end, {}, end_of);
    places_.emplace(&fence, std::move(places));
  }
}

std::optional<ValueSource> ValueSources::of(const Command& command,
                                            const ShellExpansion& expansion) const {
  if (expansion.kind == ShellExpansion::Kind::kSubstitution)
    return of(*command.fence, expansion.begin, expansion.end);
  if (expansion.kind == ShellExpansion::Kind::kVariable && !command.shell.remote)
    return of_variable(*command.fence, expansion.begin, expansion.name);
  return std::nullopt;
}

std::optional<ValueSource> ValueSources::of(const Fence& fence, std::size_t begin,
                                            std::size_t end) const {
  const auto places = places_.find(&fence);
  if (places == places_.end()) return std::nullopt;
  const auto found = std::ranges::lower_bound(places->second.inner, begin, {}, begin_of);
  if (found == places->second.inner.end()) return std::nullopt;
  const Command& call = **found;
  if (call.shell.damaged || !is_all_of(fence, call, begin, end)) return std::nullopt;
  const auto type = type_printed(analysis_, call);
  if (!type) return std::nullopt;
  return ValueSource{&call, output_form(call), *type, begin, end, false};
}

std::optional<ValueSource> ValueSources::of_variable(const Fence& fence, std::size_t use,
                                                     const std::string& name) const {
  const auto found = setters_.find(name);
  if (found == setters_.end()) return std::nullopt;
  const Setter* last = nullptr;
  for (const auto& setter : found->second) {
    if (setter.fence->index > fence.index) break;
    if (setter.fence == &fence && setter.assignment->begin >= use) break;
    last = &setter;
  }
  if (last == nullptr) return std::nullopt;
  const auto& value = last->assignment->value;
  if (last->assignment->how != ShellAssignment::How::kValue || last->assignment->list ||
      value.text != std::string_view("\x01", 1) || value.expansions.size() != 1 ||
      value.expansions[0].kind != ShellExpansion::Kind::kSubstitution)
    return std::nullopt;
  auto source = of(*last->fence, value.expansions[0].begin, value.expansions[0].end);
  if (source) source->by_variable = true;
  return source;
}

const Command* ValueSources::piped_into(const Command& command) const {
  const auto places = places_.find(command.fence);
  if (places == places_.end() || !command.shell.in_pipeline || command.shell.damaged)
    return nullptr;
  const auto& all = places->second.by_end;
  const auto behind = std::ranges::upper_bound(all, std::size_t{command.shell.begin}, {}, end_of);
  if (behind == all.begin()) return nullptr;
  const Command* before = *(behind - 1);
  if (!before->aws || before->shell.damaged ||
      before->shell.pipeline_begin != command.shell.pipeline_begin ||
      before->shell.pipeline_end != command.shell.pipeline_end)
    return nullptr;
  const auto between = std::string_view(command.fence->script)
                           .substr(before->shell.end, command.shell.begin - before->shell.end);
  const auto sign = between.find_first_not_of(" \t\n\\");
  const bool plain = sign != std::string_view::npos && between[sign] == '|' &&
                     between.find_first_not_of(" \t\n\\", sign + 1) == std::string_view::npos;
  return plain ? before : nullptr;
}

}  // namespace seatrial::runbook::check
