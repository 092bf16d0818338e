#include "logs/run/build.h"

#include <algorithm>

namespace seatrial::logs::run {

void Columns::show(std::string name, int slot) {
  const auto known = std::ranges::find(columns_, name, &Column::name);
  if (known != columns_.end())
    known->slot = slot;
  else
    columns_.push_back({std::move(name), slot});
}

std::vector<Column> Columns::named(std::string_view pattern) const {
  std::vector<Column> out;
  const bool prefix = pattern.ends_with('*');
  if (prefix) pattern.remove_suffix(1);
  for (const auto& column : columns_)
    if (prefix ? column.name.starts_with(pattern) : column.name == pattern) out.push_back(column);
  return out;
}

std::string Builder::name_of(const query::Item& item) const {
  if (!item.alias.empty()) return item.alias;
  if (item.value.kind == query::Expression::Kind::kField) return item.value.text;
  return std::string(around.written(item.value));
}

int Builder::slot_of(const query::Expression& e) const {
  if (e.kind != query::Expression::Kind::kField) return -1;
  const auto place = scope.find(e.text);
  return place.path.empty() ? place.slot : -1;
}

}  // namespace seatrial::logs::run
