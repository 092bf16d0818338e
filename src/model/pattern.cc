// See pattern.h.
#include "model/pattern.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <cstdlib>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>

namespace seatrial::model {
namespace {

// The models write patterns as Java or JavaScript do: \uXXXX escapes (surrogate pairs for code
// points beyond) and \Z, which RE2 spells otherwise.
std::string translated(std::string_view pattern) {
  std::string out;
  const auto unit = [&](std::size_t at) -> std::uint32_t {
    if (pattern.size() < at + 6 || pattern[at] != '\\' || pattern[at + 1] != 'u') return 0;
    return static_cast<std::uint32_t>(
        std::strtoul(std::string(pattern.substr(at + 2, 4)).c_str(), nullptr, 16));
  };
  for (std::size_t i = 0; i < pattern.size();) {
    if (pattern[i] != '\\' || i + 1 >= pattern.size()) {
      out += pattern[i++];
      continue;
    }
    const std::uint32_t high = unit(i), low = unit(i + 6);
    if (high >= 0xD800 && high < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
      out += fmt::format("\\x{{{:X}}}", 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
      i += 12;
    } else if (pattern[i + 1] == 'u' && i + 6 <= pattern.size()) {
      out += fmt::format("\\x{{{:X}}}", high);
      i += 6;
    } else if (pattern[i + 1] == 'Z') {
      out += "\\z";
      i += 2;
    } else {
      out += pattern.substr(i, 2);
      i += 2;
    }
  }
  return out;
}

// By shape; null for those RE2 does not know.
const RE2* compiled_pattern(const Shape& shape) {
  static std::shared_mutex mutex;
  static auto& patterns = *new std::unordered_map<std::uint32_t, std::unique_ptr<RE2>>;
  {
    const std::shared_lock lock(mutex);
    if (const auto found = patterns.find(shape.id()); found != patterns.end())
      return found->second.get();
  }
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(4 << 20);
  auto pattern = std::make_unique<RE2>(translated(shape.pattern()), options);
  if (!pattern->ok()) pattern.reset();
  const std::unique_lock lock(mutex);
  return patterns.try_emplace(shape.id(), std::move(pattern)).first->second.get();
}

}  // namespace

bool pattern_allows(const Shape& shape, std::string_view text) {
  if (shape.pattern().empty()) return true;
  const RE2* pattern = compiled_pattern(shape);
  return pattern == nullptr || RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *pattern);
}

}  // namespace seatrial::model
