#include "logs/pattern/json_probe.h"

#include <algorithm>

#include "logs/pattern/cursor.h"
#include "logs/pattern/pattern.h"

namespace seatrial::logs::pattern {
namespace {

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

std::uint32_t hex_value(std::string_view digits) {
  std::uint32_t value = 0;
  for (const char c : digits)
    value = value * 16 + static_cast<std::uint32_t>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
  return value;
}

class Probe {
 public:
  Probe(std::string_view text, const std::vector<Selector>& selectors)
      : text_(text), selectors_(selectors), found_(selectors.size()), fresh_(selectors.size()) {}

  std::optional<std::vector<Found>> run() {
    std::vector<std::size_t> all(selectors_.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    skip_spaces();
    if (!value(all, 0)) return std::nullopt;
    skip_spaces();
    if (at_ != text_.size()) return std::nullopt;
    return std::move(found_);
  }

 private:
  using Kind = Selector::Step::Kind;
  using Active = std::vector<std::size_t>;  // selectors that lead to or through the value

  // Reads the value at at_, which lies `depth` steps deep. False: no JSON.
  bool value(const Active& active, std::size_t depth) {
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    if (c == '{' || c == '[') {
      if (depth >= kMaxJsonNesting) return false;
      set(active, depth, Found::Kind::kContainer, {});
      return c == '{' ? object(active, depth) : array(active, depth);
    }
    if (c == '"') {
      std::string* wanted = anyone_ends(active, depth) ? &buffer_ : nullptr;
      if (!string(wanted)) return false;
      if (wanted != nullptr) set(active, depth, Found::Kind::kString, buffer_);
      return true;
    }
    if (c == 't') return word("true", active, depth, Found::Kind::kTrue);
    if (c == 'f') return word("false", active, depth, Found::Kind::kFalse);
    if (c == 'n') return word("null", active, depth, Found::Kind::kNull);
    return number(active, depth);
  }
  bool object(const Active& active, std::size_t depth) {
    ++at_;
    skip_spaces();
    if (take('}')) return true;
    std::string key;
    do {
      skip_spaces();
      if (!string(active.empty() ? nullptr : &key)) return false;
      skip_spaces();
      if (!take(':')) return false;
      skip_spaces();
      const Active inside = through(active, depth, [&](const Selector::Step& step) {
        return step.kind == Kind::kAnyField || (step.kind == Kind::kKey && step.key == key);
      });
      if (!value(inside, depth + 1)) return false;
      skip_spaces();
    } while (take(','));
    return take('}');
  }
  bool array(const Active& active, std::size_t depth) {
    ++at_;
    skip_spaces();
    if (take(']')) return true;
    std::size_t index = 0;
    do {
      skip_spaces();
      const Active inside = through(active, depth, [&](const Selector::Step& step) {
        return step.kind == Kind::kAnyElement ||
               (step.kind == Kind::kElement && step.index == index);
      });
      if (!value(inside, depth + 1)) return false;
      skip_spaces();
      ++index;
    } while (take(','));
    return take(']');
  }
  // The selectors whose step at `depth` fits. What they led to before (a key given twice) is void.
  template <class Fits>
  Active through(const Active& active, std::size_t depth, Fits fits) {
    Active inside;
    for (const std::size_t i : active) {
      const auto& steps = selectors_[i].steps;
      if (steps.size() <= depth || !fits(steps[depth])) continue;
      inside.push_back(i);
      forget(i, depth);
    }
    return inside;
  }
  // What a selector led to by way of the same step, or through what its wildcard stands for now.
  void forget(std::size_t i, std::size_t depth) {
    const auto wild = selectors_[i].wild;
    auto& found = found_[i];
    if (!wild || depth < *wild) {
      found = {};
    } else if (depth > *wild && fresh_[i]) {
      if (found.more.empty())
        found = {};
      else
        found.more.pop_back();
    }
    fresh_[i] = false;
  }
  bool anyone_ends(const Active& active, std::size_t depth) const {
    return std::ranges::any_of(active,
                               [&](std::size_t i) { return selectors_[i].steps.size() == depth; });
  }
  void set(const Active& active, std::size_t depth, Found::Kind kind, std::string_view text) {
    for (const std::size_t i : active) {
      if (selectors_[i].steps.size() != depth) continue;
      const bool another = selectors_[i].wild && found_[i].kind != Found::Kind::kAbsent;
      (another ? found_[i].more.emplace_back() : found_[i]) = {kind, std::string(text), {}};
      fresh_[i] = true;
    }
  }
  bool word(std::string_view word, const Active& active, std::size_t depth, Found::Kind kind) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    set(active, depth, kind, {});
    return true;
  }
  bool number(const Active& active, std::size_t depth) {
    const std::size_t begin = at_;
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (!digits()) return false;
    }
    set(active, depth, Found::Kind::kNumber, text_.substr(begin, at_ - begin));
    return true;
  }
  bool digits() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    return at_ > begin;
  }
  bool string(std::string* out) {
    if (out != nullptr) out->clear();
    if (!take('"')) return false;
    while (at_ < text_.size()) {
      const std::size_t plain = at_;
      while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' &&
             static_cast<unsigned char>(text_[at_]) >= 0x20)
        ++at_;
      if (out != nullptr) out->append(text_.substr(plain, at_ - plain));
      if (take('"')) return true;
      if (!take('\\') || !escape(out)) return false;
    }
    return false;
  }
  bool escape(std::string* out) {
    if (at_ >= text_.size()) return false;
    const char c = text_[at_++];
    static constexpr std::string_view kNames = "\"\\/bfnrt", kValues = "\"\\/\b\f\n\r\t";
    if (const auto which = kNames.find(c); which != std::string_view::npos) {
      if (out != nullptr) *out += kValues[which];
      return true;
    }
    return c == 'u' && unicode(out);
  }
  bool unicode(std::string* out) {
    auto code = four_digits();
    if (!code) return false;
    if (*code >= 0xD800 && *code < 0xDC00 && text_.substr(at_).starts_with("\\u")) {
      const std::size_t before = at_;
      at_ += 2;
      const auto low = four_digits();
      if (!low) return false;
      if (*low >= 0xDC00 && *low < 0xE000)
        code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
      else
        at_ = before;
    }
    // Half a pair stands for no character: the replacement character, as decoders put it.
    if (*code >= 0xD800 && *code < 0xE000) code = 0xFFFD;
    if (out != nullptr) append_utf8(*out, *code);
    return true;
  }
  std::optional<std::uint32_t> four_digits() {
    const auto digits = text_.substr(at_, 4);
    if (digits.size() != 4 || !std::ranges::all_of(digits, is_hex)) return std::nullopt;
    at_ += 4;
    return hex_value(digits);
  }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void skip_spaces() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  std::string_view text_;
  const std::vector<Selector>& selectors_;
  std::vector<Found> found_;
  std::vector<bool> fresh_;  // the last finding came of what the wildcard stands for now
  std::string buffer_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::vector<Found>> probe_json(std::string_view text,
                                             const std::vector<Selector>& selectors) {
  return Probe(text, selectors).run();
}

}  // namespace seatrial::logs::pattern
