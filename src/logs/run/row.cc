#include "logs/run/row.h"

#include <cstring>

namespace seatrial::logs::run {

Kept::Kept(Row& row, std::span<const int> slots) {
  std::size_t texts = 0;
  for (const int slot : slots) texts += row.get(slot).text.size();
  size_ = texts + slots.size() * sizeof(Value) + sizeof(Kept);
  if (!row.context().hold(size_)) {
    size_ = 0;
    values_.resize(slots.size());
    return;
  }
  values_.reserve(slots.size());
  bytes_ = std::make_unique<char[]>(texts);
  char* at = bytes_.get();
  for (const int slot : slots) {
    Value value = row.get(slot);
    if (!value.text.empty()) {
      std::memcpy(at, value.text.data(), value.text.size());
      value.text = {at, value.text.size()};
      at += value.text.size();
    }
    values_.push_back(value);
  }
}

void Kept::restore(Row& row, std::span<const int> slots) const {
  row.begin_made();
  for (std::size_t i = 0; i < slots.size(); ++i) row.set(slots[i], values_[i]);
}

void Kept::release(Context& context) {
  context.held -= size_;
  size_ = 0;
  values_.clear();
  bytes_.reset();
}

}  // namespace seatrial::logs::run
