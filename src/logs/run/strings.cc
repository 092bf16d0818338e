// Functions of texts. Source: CWL_QuerySyntax-operations-functions, "String functions".
//
// Lengths and places count code points. isempty, isblank and strcontains answer 1 or 0.
#include <locale.h>
#include <re2/re2.h>
#include <wctype.h>

#include <algorithm>
#include <cmath>

#include "logs/query/regex.h"
#include "logs/run/json_text.h"
#include "logs/run/node.h"
#include "logs/run/text_search.h"

namespace seatrial::logs::run {
namespace {

bool starts_character(char c) { return (c & 0xC0) != 0x80; }

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, starts_character));
}

// The byte where the n-th character begins; the text's size behind the last one.
std::size_t byte_of(std::string_view text, std::size_t n) {
  for (std::size_t at = 0; at < text.size(); ++at)
    if (starts_character(text[at]) && n-- == 0) return at;
  return text.size();
}

bool is_blank_byte(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

Value is_empty(const Call& call) { return Value::of(call.text(0).empty() ? 1.0 : 0.0); }
Value is_blank_text(const Call& call) {
  return Value::of(std::ranges::all_of(call.text(0), is_blank_byte) ? 1.0 : 0.0);
}

// guess: what is absent adds nothing.
Value concat(const Call& call) {
  std::string out;
  for (std::size_t i = 0; i < call.size(); ++i) {
    out += call.text(i);
    if (out.size() > kMaxTextBytes) break;
  }
  return call.made(out);
}

// The characters to be taken off: blanks, or those of the second argument.
template <bool kLeft, bool kRight>
Value trimmed(const Call& call) {
  const auto value = call.value(0);
  if (!value.present()) return {};
  auto text = text_of(value, call.row().arena());
  const auto set = call.size() > 1 ? call.text(1) : std::string_view{};
  const auto off = [&](char c) {
    return call.size() > 1 ? set.find(c) != std::string_view::npos : is_blank_byte(c);
  };
  while (kLeft && !text.empty() && off(text.front())) text.remove_prefix(1);
  while (kRight && !text.empty() && off(text.back())) text.remove_suffix(1);
  return Value::of(text);
}

Value length(const Call& call) {
  const auto value = call.value(0);
  if (!value.present()) return {};
  return Value::of(static_cast<double>(characters(text_of(value, call.row().arena()))));
}

// The code point that begins at `at`, and how many bytes it has; none where the bytes are no UTF-8.
std::optional<std::pair<char32_t, std::size_t>> code_point(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t size = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if ((lead >= 0x80 && lead < 0xC2) || lead > 0xF4 || text.size() - at < size) return std::nullopt;
  char32_t out = size == 1 ? lead : lead & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if (starts_character(text[at + i])) return std::nullopt;
    out = out << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3Fu);
  }
  return std::pair(out, size);
}

void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
    return;
  }
  const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  out += static_cast<char>((0xF0u << (3 - more) & 0xFF) | c >> (6 * more));
  for (int i = more; i-- > 0;) out += static_cast<char>(0x80 | (c >> (6 * i) & 0x3F));
}

// guess: letter by letter, so that "ß" has no upper case.
template <wint_t (*kMap)(wint_t, locale_t)>
Value in_case(const Call& call) {
  static const locale_t kUtf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  const auto value = call.value(0);
  if (!value.present()) return {};
  const auto text = text_of(value, call.row().arena());
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto point = code_point(text, at);
    if (point && kUtf8 != nullptr)
      append_utf8(out, static_cast<char32_t>(kMap(static_cast<wint_t>(point->first), kUtf8)));
    else
      out += text[at];
    at += point ? point->second : 1;
  }
  return call.made(out);
}

// substr(text, from [, length]), from 0.
Value substr(const Call& call) {
  const auto value = call.value(0);
  const auto from = call.number(1);
  if (!value.present() || !from || std::isnan(*from)) return {};
  const auto text = text_of(value, call.row().arena());
  const auto limit = [&](double n) {
    return static_cast<std::size_t>(std::clamp(n, 0.0, static_cast<double>(text.size())));
  };
  auto rest = text.substr(byte_of(text, limit(*from)));
  if (call.size() < 3) return Value::of(rest);
  const auto count = call.number(2);
  if (!count || std::isnan(*count)) return {};
  return Value::of(rest.substr(0, byte_of(rest, limit(*count))));
}

Value replace(const Call& call) {
  const auto value = call.value(0);
  if (!value.present()) return {};
  const auto text = text_of(value, call.row().arena());
  const auto search = call.text(1), instead = call.text(2);
  if (search.empty()) return Value::of(text);
  std::string out;
  std::size_t copied = 0;
  for (auto at = text.find(search); at != std::string_view::npos && out.size() <= kMaxTextBytes;
       at = text.find(search, copied)) {
    out.append(text.substr(copied, at - copied)).append(instead);
    copied = at + search.size();
  }
  return call.made(out.append(text.substr(copied)));
}

// The expression is compiled for every event unless it is the one of the event before.
const Regex* regex_of(std::string_view source) {
  thread_local std::string last;
  thread_local std::shared_ptr<const Regex> compiled;
  if (compiled == nullptr || last != source) {
    std::string problem;
    last = source;
    compiled = Regex::compile(source, problem);
  }
  return compiled.get();
}

Value regex_replace(const Call& call) {
  const auto value = call.value(0);
  if (!value.present()) return {};
  const Regex* regex = regex_of(call.text(1));
  if (regex == nullptr) return {};
  std::string out(text_of(value, call.row().arena()));
  std::string instead(call.text(2));
  for (std::size_t i = 0; i + 1 < instead.size(); ++i)  // $1 of AWS's is \1 of RE2's
    if (instead[i] == '$' && instead[i + 1] >= '0' && instead[i + 1] <= '9') instead[i] = '\\';
  RE2::GlobalReplace(&out, regex->re2(), instead);
  return call.made(out);
}

// The third argument: whether letters' case counts not (guess).
Value strcontains(const Call& call) {
  const auto text = call.text(0), part = call.text(1);
  const bool folds = call.size() > 2 && call.holds(2);
  const auto lower = [](std::string_view from) {
    std::string out(from);
    for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
  };
  const bool found = folds ? contains(lower(text), lower(part)) : contains(text, part);
  return Value::of(found ? 1.0 : 0.0);
}

Value starts_with(const Call& call) {
  return Value::of(call.text(0).starts_with(call.text(1)) ? 1.0 : 0.0);
}
Value ends_with(const Call& call) {
  return Value::of(call.text(0).ends_with(call.text(1)) ? 1.0 : 0.0);
}

// A list, as jsonParse makes one.
Value split(const Call& call) {
  const auto value = call.value(0);
  if (!value.present()) return {};
  const auto text = text_of(value, call.row().arena()), separator = call.text(1);
  std::string out = "[";
  std::size_t begin = 0;
  while (!separator.empty() && out.size() <= kMaxTextBytes) {
    const auto at = text.find(separator, begin);
    if (at == std::string_view::npos) break;
    out += json_quoted(text.substr(begin, at - begin)) + ",";
    begin = at + separator.size();
  }
  const auto made = call.made(out + json_quoted(text.substr(begin)) + "]");
  return made.present() ? Value::json(made.text) : made;
}

constexpr Builtin kStringsTable[] = {
    {"isempty", is_empty},
    {"isblank", is_blank_text},
    {"concat", concat},
    {"ltrim", trimmed<true, false>},
    {"rtrim", trimmed<false, true>},
    {"trim", trimmed<true, true>},
    {"strlen", length},
    {"toupper", in_case<towupper_l>},
    {"tolower", in_case<towlower_l>},
    {"substr", substr},
    {"replace", replace},
    {"regexReplace", regex_replace},
    {"regex_replace", regex_replace},
    {"strcontains", strcontains},
    {"startsWith", starts_with},
    {"endsWith", ends_with},
    {"split", split},
};

}  // namespace

const std::span<const Builtin> kStringBuiltins = kStringsTable;

}  // namespace seatrial::logs::run
