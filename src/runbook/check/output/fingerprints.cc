// See fingerprints.h.
#include "runbook/check/output/fingerprints.h"

#include <algorithm>
#include <unordered_map>

#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

// Of a longer line only what is near the finding counts.
constexpr std::size_t kMaxLine = 2000;

// FNV-1a: the value is kept in files, so it must be the same everywhere and for ever.
class Hash {
 public:
  void add(std::string_view text) {
    for (char c : text) mix(static_cast<unsigned char>(c));
    mix(0x100);  // no byte: ends the part
  }
  std::uint64_t value() const { return value_; }

 private:
  void mix(std::uint64_t unit) { value_ = (value_ ^ unit) * 0x100000001B3u; }
  std::uint64_t value_ = 0xCBF29CE484222325u;
};

std::uint64_t hash_of(const Finding& finding, const Document& document) {
  Hash hash;
  hash.add(finding.rule);
  const auto index = static_cast<std::size_t>(finding.line - 1);
  if (finding.line < 1 || index >= document.lines.size()) return hash.value();
  const auto line = document.lines[index];
  const auto begin = std::min(static_cast<std::size_t>(finding.column - 1), line.size());
  const auto end =
      finding.end_line == finding.line
          ? std::clamp(static_cast<std::size_t>(finding.end_column - 1), begin, line.size())
          : line.size();
  const auto from = line.size() <= kMaxLine || begin < kMaxLine / 2 ? 0 : begin - kMaxLine / 2;
  for (auto word : split_blanks(line.substr(from, kMaxLine))) hash.add(word);
  hash.add("");
  hash.add(line.substr(begin, std::min(end - begin, kMaxLine)));
  return hash.value();
}

}  // namespace

std::vector<std::string> fingerprints(std::span<const Finding> findings, const Document& document) {
  std::unordered_map<std::uint64_t, int> seen;
  std::vector<std::string> out;
  out.reserve(findings.size());
  for (const auto& finding : findings) {
    const auto hash = hash_of(finding, document);
    out.push_back(fmt::format("{:016x}:{}", hash, ++seen[hash]));
  }
  return out;
}

}  // namespace seatrial::runbook::check
