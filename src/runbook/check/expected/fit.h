// Values that are shown against the type of what is printed. Pure.
//
// What stands for something else ("<arn>", "...", "$ID", "A | B") fits everywhere.
#pragma once
#include <vector>

#include "jmespath/type.h"
#include "runbook/check/expected/json_part.h"
#include "runbook/check/expected/mismatch.h"
#include "runbook/check/expected/table_part.h"

namespace seatrial::runbook::check {

bool is_stand_in(std::string_view text);

std::vector<Mismatch> fit_json(const JsonPart& part, const jmespath::Type& type);
// Of a table with a header, for a type that is drawn with one.
std::vector<Mismatch> fit_table(const TablePart& table, const jmespath::Type& type);

// A value that the type's model does not list; empty where it fits.
std::vector<Mismatch> fit_value(std::string_view text, std::size_t begin, std::size_t end,
                                const jmespath::Type& type);

}  // namespace seatrial::runbook::check
