#include "logs/run/scope.h"

#include <algorithm>

namespace seatrial::logs::run {

Scope::Place Scope::find(std::string_view name) {
  if (const auto made = made_.find(name); made != made_.end()) {
    note_read(made->second);
    return {made->second, ""};
  }
  if (of_right_ && name.starts_with(left_)) return find(name.substr(left_.size()));
  if (of_right_ && name.starts_with(right_)) {
    const int slot = of_right_(name.substr(right_.size()));
    note_read(slot);
    return {slot, ""};
  }
  for (auto dot = name.rfind('.'); dot != std::string_view::npos && dot > 0;
       dot = name.rfind('.', dot - 1)) {
    const auto made = made_.find(name.substr(0, dot));
    if (made == made_.end()) continue;
    note_read(made->second);
    return {made->second, std::string(name.substr(dot + 1))};
  }
  if (closed_) return {};
  const int slot = fields_->add(name, early_);
  note_read(slot);
  return {slot, ""};
}

int Scope::define(std::string_view name) {
  const int slot = fields_->add_made();
  made_[std::string(name)] = slot;
  if (std::ranges::find(order_, name) == order_.end()) order_.emplace_back(name);
  return slot;
}

std::string folded(std::string_view written) {
  std::string out;
  for (const char c : written)
    if (c != ' ' && c != '\n' && c != '\t' && c != '\r')
      out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

}  // namespace seatrial::logs::run
