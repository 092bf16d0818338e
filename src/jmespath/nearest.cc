// Distance of names. The other half: nearest.h.
#include "jmespath/nearest.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace seatrial::jmespath {
namespace {

// Longer names are compared no further.
constexpr std::size_t kMaxCompared = 128;
// A name that another one contains must be this long to mean it.
constexpr std::size_t kMinPart = 3;

std::string plain_name_of(std::string_view name) {
  std::string out;
  for (const char c : name.substr(0, kMaxCompared)) {
    if (c == '-' || c == '_') continue;
    out.push_back(c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c);
  }
  return out;
}

// Letters to change, add or drop, two swapped neighbours as one.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before, row(b.size() + 1), next(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    next[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      next[j + 1] = std::min({row[j] + (a[i] != b[j]), row[j + 1] + 1, next[j] + 1});
      if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j]) {
        next[j + 1] = std::min(next[j + 1], before[j - 1] + 1);
      }
    }
    before = row;
    std::swap(row, next);
  }
  return row[b.size()];
}

std::string by_part(const std::string& name, const std::vector<std::string>& candidates) {
  if (name.size() < kMinPart) return {};
  std::string found;
  for (const std::string& candidate : candidates) {
    const std::string plain = plain_name_of(candidate);
    if (!plain.starts_with(name) && !plain.ends_with(name)) continue;
    if (!found.empty() && found != candidate) return {};
    found = candidate;
  }
  return found;
}

}  // namespace

std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string wanted = plain_name_of(name);
  std::size_t best = std::max<std::size_t>(1, std::min<std::size_t>(3, wanted.size() / 3)) + 1;
  std::string found;
  for (const std::string& candidate : candidates) {
    const std::string plain = plain_name_of(candidate);
    const std::size_t longer = std::max(plain.size(), wanted.size());
    if (longer - std::min(plain.size(), wanted.size()) >= best) continue;
    const std::size_t distance = edit_distance(wanted, plain);
    if (distance >= best || distance >= longer) continue;
    best = distance;
    found = candidate;
  }
  return found.empty() ? by_part(wanted, candidates) : found;
}

}  // namespace seatrial::jmespath
