// The commands of 2026: each is built by a function of its own; see query/command_late.cc.
#pragma once
#include "logs/run/build.h"

namespace seatrial::logs::run {

StepPtr build_accum(const query::LateCommand& command, Builder& builder);
StepPtr build_addtotals(const query::LateCommand& command, Builder& builder);
StepPtr build_autoregress(const query::LateCommand& command, Builder& builder);
StepPtr build_filldown(const query::LateCommand& command, Builder& builder);
StepPtr build_fillmissing(const query::LateCommand& command, Builder& builder);
StepPtr build_appendcols(const query::LateCommand& command, Builder& builder);
StepPtr build_logcompare(const query::LateCommand& command, Builder& builder);
StepPtr build_outlier(const query::LateCommand& command, Builder& builder);
StepPtr build_sessionize(const query::LateCommand& command, Builder& builder);

// The value of an option, else null.
const std::string* option(const query::LateCommand& command, std::string_view name);
// Refuses options that are none of those; false then.
bool known_options(const query::LateCommand& command, const Builder& builder,
                   std::initializer_list<std::string_view> known);
// Refuses all but one field; false then.
bool one_field(const query::LateCommand& command, const Builder& builder);
// The columns that the fields name, or all.
std::vector<Column> late_columns(const query::LateCommand& command, Builder& builder);

}  // namespace seatrial::logs::run
