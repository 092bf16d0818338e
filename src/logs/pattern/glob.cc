#include "logs/pattern/glob.h"

namespace seatrial::logs::pattern {

Glob::Glob(std::string_view text) {
  for (const char c : text) {
    if (c == '*')
      pieces_.emplace_back();
    else
      pieces_.back() += c;
  }
}

bool Glob::matches(std::string_view text) const {
  if (!wild()) return text == pieces_[0];
  const auto &first = pieces_.front(), &last = pieces_.back();
  if (text.size() < first.size() + last.size()) return false;
  if (!text.starts_with(first) || !text.ends_with(last)) return false;
  text = text.substr(first.size(), text.size() - first.size() - last.size());
  for (std::size_t i = 1; i + 1 < pieces_.size(); ++i) {
    const auto at = text.find(pieces_[i]);
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + pieces_[i].size());
  }
  return true;
}

}  // namespace seatrial::logs::pattern
