#include "logs/run/columns.h"

#include <algorithm>
#include <cmath>

namespace seatrial::logs::run {
namespace {

using ColumnSource = EventFields::Source;

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Elements of lists are no members.
bool names_element(std::string_view path) {
  while (true) {
    const auto dot = path.find('.');
    if (is_digits(path.substr(0, dot))) return true;
    if (dot == std::string_view::npos) return false;
    path.remove_prefix(dot + 1);
  }
}

}  // namespace

ColumnFields::ColumnFields(const EventFields& fields, const Origin& origin)
    : fields_(fields), origin_(origin), slots_(fields.size()) {}

bool ColumnFields::serve(const EventFields& fields) {
  return std::ranges::all_of(fields.slots(), [](const EventFields::Slot& slot) {
    switch (slot.source) {
      case ColumnSource::kMade:
      case ColumnSource::kTimestamp:
      case ColumnSource::kLog:
        return true;
      case ColumnSource::kDiscovered:
        return !slot.name.starts_with('@') && !names_element(slot.name);
      default:
        return false;
    }
  });
}

Value ColumnFields::number(double value) {
  if (std::isnan(value)) return {};
  return {Value::Kind::kLogNumber, value, {}};
}

bool ColumnFields::load(Block& block) {
  arena_.reset();
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    auto& slot = slots_[i];
    const auto& field = fields_.slots()[i];
    slot.kind = Kind::kSame;
    slot.same = {};
    if (field.source == ColumnSource::kTimestamp)
      slot.kind = Kind::kTime, times_ = block.timestamps_ms();
    if (field.source == ColumnSource::kLog)
      slot.same = Value::of(arena_.keep(log_of(origin_, block.group())));
    if (field.source == ColumnSource::kDiscovered && !load_column(block, field.name, slot))
      return false;
  }
  return true;
}

bool ColumnFields::load_column(Block& block, const std::string& name, Slot& slot) {
  const auto column = block.column(name);
  if (!column) return false;
  switch (column->kind) {
    case logs::Column::Kind::kAbsent:
      return true;
    case logs::Column::Kind::kTokens:
      slot.kind = Kind::kToken;
      slot.codes = column->codes;
      slot.raw = column->tokens;
      slot.tokens.assign(slot.raw.size(), Value{Value::Kind::kUnread, 0, {}});
      return true;
    case logs::Column::Kind::kNumbers:
      slot.kind = Kind::kNumber;
      slot.numbers = column->numbers;
      return true;
  }
  return false;
}

}  // namespace seatrial::logs::run
