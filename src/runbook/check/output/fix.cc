// See fix.h.
#include "runbook/check/output/fix.h"

#include <algorithm>
#include <map>

#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

// Walks a file's bytes beside the document's source (document.cc's normalisation).
class Offsets {
 public:
  explicit Offsets(std::string_view bytes)
      : bytes_(bytes), at_(bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0) {}

  // Where byte `source` of the document stands in the file. To be asked in rising order.
  std::size_t of(std::size_t source) {
    while (source_ < source && at_ < bytes_.size()) step();
    return at_;
  }

 private:
  void step() {
    constexpr std::size_t kReplacement = 3;  // bytes of U+FFFD
    if (bytes_[at_] == '\r') {
      at_ += bytes_.substr(at_).starts_with("\r\n") ? 2 : 1;
      ++source_;
      return;
    }
    const auto [code, length] = decode_utf8(bytes_.substr(at_, 4));
    const bool replaced = code == 0 || (code == 0xFFFD && length == 1);
    source_ += replaced ? kReplacement : length;
    at_ += length;
  }

  std::string_view bytes_;
  std::size_t at_;
  std::size_t source_ = 0;
};

std::string_view line_end_of(std::string_view bytes) {
  const auto at = bytes.find('\n');
  return at != bytes.npos && at > 0 && bytes[at - 1] == '\r' ? "\r\n" : "\n";
}

std::string with_line_ends(std::string_view text, std::string_view line_end) {
  std::string out;
  for (char c : text) c == '\n' ? out += line_end : out += c;
  return out;
}

bool touch(const Edit& a, const Edit& b) { return a.begin <= b.end && b.begin <= a.end; }

// Edits of the findings that go together, in order.
std::vector<Edit> choose(std::span<const Finding> findings, std::vector<std::size_t>& made) {
  std::map<std::size_t, Edit> chosen;  // by beginning
  const auto is_free = [&](const Edit& edit) {
    auto next = chosen.lower_bound(edit.begin);
    if (next != chosen.end() && touch(next->second, edit)) return false;
    return next == chosen.begin() || !touch(std::prev(next)->second, edit);
  };
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const auto& fix = findings[i].fix;
    if (fix.empty() || !std::ranges::all_of(fix, is_free)) continue;
    for (const auto& edit : fix) chosen.emplace(edit.begin, edit);
    made.push_back(i);
  }
  std::vector<Edit> edits;
  for (auto& [begin, edit] : chosen) edits.push_back(std::move(edit));
  return edits;
}

using Counts = std::map<std::pair<std::string, std::string>, std::ptrdiff_t>;

Counts counts_of(const std::vector<Finding>& findings) {
  Counts counts;
  for (const auto& finding : findings) ++counts[{finding.rule, finding.message}];
  return counts;
}

// One document on its way to being mended.
class Mender {
 public:
  Mender(std::string_view bytes, const Recheck& recheck)
      : recheck_(recheck), bytes_(bytes), findings_(recheck(bytes)) {}

  // Whether anything changed.
  bool pass() {
    std::vector<std::size_t> made;
    const auto before = count_;
    if (try_edits(findings_, made)) return true;
    if (!made.empty()) one_by_one();
    return count_ > before;
  }

  Mended take() { return {std::move(bytes_), count_}; }

 private:
  // Keeps the edits when every finding they mend is gone.
  bool try_edits(std::span<const Finding> findings, std::vector<std::size_t>& made) {
    auto edited = apply_edits(bytes_, findings, made);
    if (made.empty()) return false;
    auto after = recheck_(edited);
    auto left = counts_of(findings_);
    for (const auto i : made) --left[{findings[i].rule, findings[i].message}];
    const auto now = counts_of(after);
    for (const auto i : made) {
      const std::pair key(findings[i].rule, findings[i].message);
      const auto found = now.find(key);
      if (found != now.end() && found->second > left[key]) return false;
    }
    bytes_ = std::move(edited), findings_ = std::move(after), count_ += made.size();
    return true;
  }

  void one_by_one() {
    std::size_t at = 0;
    for (std::size_t tried = 0; at < findings_.size() && tried < kMaxSingleFixes;) {
      const Finding one = findings_[at];
      std::vector<std::size_t> made;
      // Once mended it is gone from the list, and the next one stands in its place.
      if (one.fix.empty() || !try_edits(std::span(&one, 1), made)) ++at;
      if (!one.fix.empty()) ++tried;
    }
  }

  const Recheck& recheck_;
  std::string bytes_;
  std::vector<Finding> findings_;
  std::size_t count_ = 0;
};

}  // namespace

std::string apply_edits(std::string_view bytes, std::span<const Finding> findings,
                        std::vector<std::size_t>& made) {
  const auto line_end = line_end_of(bytes);
  Offsets offsets(bytes);
  std::string out;
  std::size_t copied = 0;
  for (const auto& edit : choose(findings, made)) {
    const auto begin = offsets.of(edit.begin), end = offsets.of(edit.end);
    out += bytes.substr(copied, begin - copied);
    out += with_line_ends(edit.text, line_end);
    copied = end;
  }
  return out + std::string(bytes.substr(copied));
}

std::optional<Mended> mend(std::string_view bytes, const Recheck& recheck) {
  Mender mender(bytes, recheck);
  for (int i = 0; i < kMaxFixPasses && mender.pass(); ++i) {
  }
  auto mended = mender.take();
  return mended.count > 0 ? std::optional(std::move(mended)) : std::nullopt;
}

}  // namespace seatrial::runbook::check
