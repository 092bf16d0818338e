#include "logs/run/text_search.h"

#include <re2/re2.h>

#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "logs/query/regex.h"

namespace seatrial::logs::run {
namespace {

constexpr std::int64_t kMaxRegexMemory = 16 << 20;

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view(" _-:/\"'=,;<>@#%&!~`").find(c) != std::string_view::npos;
}
bool is_repeat(char c) { return c == '*' || c == '?' || c == '+' || c == '{'; }
bool is_sign(char c) {
  return std::string_view("\\.^$*+?()[]{}|/").find(c) != std::string_view::npos;
}
// Escapes that stand for one character of a class, or for none. Of others (\\x41, \\pL) nothing is
// said.
bool is_class_escape(char c) {
  return std::string_view("dDwWsSbBAz").find(c) != std::string_view::npos;
}
bool inside_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// One literal character of an expression; nothing when it is a sign of another kind.
std::optional<char> literal_at(std::string_view regex, std::size_t& at) {
  if (is_plain(regex[at])) return regex[at++];
  if (regex[at] == '\\' && at + 1 < regex.size() && is_sign(regex[at + 1])) {
    at += 2;
    return regex[at - 1];
  }
  return std::nullopt;
}

}  // namespace

bool contains(std::string_view text, std::string_view needle) {
  if (needle.empty()) return true;
  if (needle.size() > text.size()) return false;
  const char* at = text.data();
  const char* const last = at + (text.size() - needle.size());  // the last place it may begin
#if defined(__SSE2__)
  const __m128i first = _mm_set1_epi8(needle.front()), end = _mm_set1_epi8(needle.back());
  const std::size_t gap = needle.size() - 1;
  for (; last - at >= 15; at += 16) {
    const auto begins = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const auto ends = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + gap));
    auto hits = static_cast<unsigned>(
        _mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(begins, first), _mm_cmpeq_epi8(ends, end))));
    for (; hits != 0; hits &= hits - 1)
      if (std::memcmp(at + __builtin_ctz(hits), needle.data(), needle.size()) == 0) return true;
  }
#endif
  for (; at <= last; ++at)
    if (*at == needle.front() && std::memcmp(at, needle.data(), needle.size()) == 0) return true;
  return false;
}

// The longest run of literal characters outside groups. Only plain expressions are understood:
// with an alternative or flags nothing is sure.
Required required_text(std::string_view regex) {
  Required best;
  if (regex.find("(?") != std::string_view::npos || regex.find('|') != std::string_view::npos)
    return best;
  std::string run;
  bool all = !regex.empty();
  std::size_t depth = 0;
  const auto end_run = [&] {
    if (run.size() > best.text.size()) best.text = run;
    run.clear();
  };
  for (std::size_t at = 0; at < regex.size();) {
    const std::size_t begin = at;
    const auto literal = depth == 0 ? literal_at(regex, at) : std::nullopt;
    const bool repeated = at < regex.size() && is_repeat(regex[at]);
    if (literal && !repeated) {
      run += *literal;
      continue;
    }
    all = false;
    // What is repeated may be missing: a whole character, of which some bytes may be in the run.
    if (literal && inside_character(*literal))
      while (!run.empty() && inside_character(run.back())) run.pop_back();
    if (literal && inside_character(*literal) && !run.empty()) run.pop_back();
    end_run();
    if (literal) continue;
    at = begin + 1;
    const char c = regex[begin];
    if (c == '\\') {
      if (begin + 1 >= regex.size() || !is_class_escape(regex[begin + 1])) return {};
      at = begin + 2;
    }
    if (c == '(') ++depth;
    if (c == ')' && depth > 0) --depth;
    if (c == '[') {  // to the end of the class
      std::size_t close = begin + 1;
      if (close < regex.size() && regex[close] == '^') ++close;
      if (close < regex.size() && regex[close] == ']') ++close;
      while (close < regex.size() && regex[close] != ']') close += regex[close] == '\\' ? 2 : 1;
      at = close + 1;
    }
    if (c == '{') at = std::min(regex.find('}', begin), regex.size() - 1) + 1;
  }
  end_run();
  best.whole = all;
  return best;
}

std::shared_ptr<const Regex> Regex::compile(std::string_view source, std::string& problem) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxRegexMemory);
  std::shared_ptr<Regex> out(new Regex);
  out->re2_ = std::make_unique<RE2>(query::for_re2(source), options);
  if (!out->re2_->ok()) {
    problem = out->re2_->error();
    return nullptr;
  }
  out->required_ = required_text(source);
  return out;
}

Regex::~Regex() = default;

bool Regex::found_in(std::string_view text) const {
  if (!required_.text.empty() && !contains(text, required_.text)) return false;
  return required_.whole || RE2::PartialMatch(text, *re2_);
}

}  // namespace seatrial::logs::run
