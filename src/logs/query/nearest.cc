#include "logs/query/nearest.h"

#include <algorithm>
#include <vector>

#include "logs/query/lexer.h"

namespace seatrial::logs::query {
namespace {

constexpr std::size_t kMaxLength = 40;

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = same_word(a.substr(i - 1, 1), b.substr(j - 1, 1));
      const std::size_t replaced = diagonal + (same ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

void Nearest::offer(std::string_view name) {
  if (wanted_.size() > kMaxLength) return;
  const std::size_t distance = edit_distance(wanted_, name);
  if (distance >= distance_ || distance > std::max<std::size_t>(2, wanted_.size() / 3) ||
      distance >= std::min(wanted_.size(), name.size()))
    return;
  distance_ = distance;
  found_ = name;
}

}  // namespace seatrial::logs::query
