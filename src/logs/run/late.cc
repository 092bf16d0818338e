#include "logs/run/late.h"

#include <algorithm>

#include "logs/query/commands.h"

namespace seatrial::logs::run {

const std::string* option(const query::LateCommand& command, std::string_view name) {
  for (const auto& [key, value] : command.options)
    if (folded(key.text) == name) return &value;
  return nullptr;
}

bool known_options(const query::LateCommand& command, const Builder& builder,
                   std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : command.options)
    if (std::ranges::find(known, folded(key.text)) == known.end()) {
      builder.around.refuse(key.span, fmt::format("the option {} is not served", key.text));
      return false;
    }
  return true;
}

bool one_field(const query::LateCommand& command, const Builder& builder) {
  if (command.fields.size() == 1) return true;
  builder.refuse("one field stands here");
  return false;
}

std::vector<Column> late_columns(const query::LateCommand& command, Builder& builder) {
  if (command.fields.empty()) return builder.columns.all();
  std::vector<Column> out;
  for (const auto& field : command.fields) {
    auto named = builder.columns.named(field.text);
    if (named.empty() && !field.text.ends_with('*'))
      named.push_back({field.text, builder.scope.find(field.text).slot});
    std::ranges::move(named, std::back_inserter(out));
  }
  return out;
}

StepPtr build_step(const query::LateCommand& command, Builder& builder) {
  struct Kind {
    std::string_view name;
    StepPtr (*build)(const query::LateCommand&, Builder&);
  };
  static constexpr Kind kKinds[] = {
      {"accum", build_accum},
      {"addtotals", build_addtotals},
      {"filldown", build_filldown},
      {"autoregress", build_autoregress},
      {"fillmissing", build_fillmissing},
      {"appendcols", build_appendcols},
      {"logcompare", build_logcompare},
      {"outlier", build_outlier},
      {"sessionize", build_sessionize},
  };
  const auto name = builder.command->kind->name;
  for (const auto& kind : kKinds)
    if (kind.name == name) return kind.build(command, builder);
  builder.refuse(fmt::format("{} is not served", name));
  return nullptr;
}

}  // namespace seatrial::logs::run
