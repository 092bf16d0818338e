// Conditions on the fields of a message between spaces. See pattern.h.
//
// A message's fields are laid on the pattern's slots one by one. "..." takes any number of them:
// the slots between two of these go to the first place where they fit, those behind the last one
// to the message's end.
#include <algorithm>

#include "logs/pattern/cursor.h"
#include "logs/pattern/match.h"

namespace seatrial::logs::pattern {
namespace {

constexpr std::size_t kMaxFields = 100'000;  // of a message; with more it matches no pattern

struct Word {
  std::string_view text;   // without its brackets or quotation marks
  std::string_view whole;  // from here to the message's end
};

// A message's words: what stands in [ ] or " " is one.
// guess: these count where a word begins and where a space or the end follows; else they are
// characters like others. Tabs separate as spaces do, as Lambda's own log lines need it.
class Words {
 public:
  explicit Words(std::string_view message) : message_(message) {}

  std::vector<Word> take() {
    std::vector<Word> words;
    while (words.size() <= kMaxFields) {
      while (at_ < message_.size() && is_space(message_[at_])) ++at_;
      if (at_ >= message_.size()) break;
      const std::size_t begin = at_;
      words.push_back({next(), message_.substr(begin)});
    }
    return words;
  }

 private:
  std::string_view next() {
    const char c = message_[at_];
    if (c == '[' || c == '"')
      if (const auto end = closing(c == '[' ? ']' : '"')) {
        const auto text = message_.substr(at_ + 1, *end - at_ - 1);
        at_ = *end + 1;
        return text;
      }
    const std::size_t begin = at_;
    while (at_ < message_.size() && !is_space(message_[at_])) ++at_;
    return message_.substr(begin, at_ - begin);
  }
  // Where the word opened at at_ ends. What was sought in vain once is not sought again.
  std::optional<std::size_t> closing(char c) {
    bool& none = c == ']' ? no_bracket_ : no_quote_;
    for (std::size_t i = at_ + 1; !none && i < message_.size(); ++i)
      if (message_[i] == c && (i + 1 == message_.size() || is_space(message_[i + 1]))) return i;
    none = true;
    return std::nullopt;
  }

  std::string_view message_;
  std::size_t at_ = 0;
  bool no_bracket_ = false, no_quote_ = false;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// Which words each slot got: [first, first + count).
struct Place {
  std::size_t first = 0;
  std::size_t count = 0;
};

class Layout {
 public:
  Layout(const DelimitedPattern& pattern, std::string_view message)
      : slots_(pattern.slots), words_(Words(message).take()) {}

  bool lay() {
    if (words_.size() > kMaxFields) return false;
    places_.resize(slots_.size());
    const auto first = std::ranges::find_if(slots_, &Slot::ellipsis);
    if (first == slots_.end()) return lay_fixed();
    const auto lead = static_cast<std::size_t>(first - slots_.begin());
    return fits(0, lead, 0) && lay_behind(lead, lead);
  }
  const std::vector<Word>& words() const { return words_; }
  const std::vector<Place>& places() const { return places_; }
  std::string_view text_of(std::size_t slot) const {
    const auto& place = places_[slot];
    if (place.count == 1) return words_[place.first].text;
    return trimmed(words_[place.first].whole);
  }

 private:
  // Without "..." the last slot takes all that is left of the message, as it does in the guide's
  // own [w1=ERROR, w2] and in the console's pattern for Lambda.
  bool lay_fixed() {
    if (slots_.empty()) return true;
    if (words_.size() < slots_.size()) return false;
    const std::size_t last = slots_.size() - 1;
    if (!fits(0, last, 0)) return false;
    places_[last] = {last, words_.size() - last};
    return holds_in(last);
  }
  // slots_[ellipsis] is "..."; the words before `word` are laid.
  bool lay_behind(std::size_t ellipsis, std::size_t word) {
    while (true) {
      const auto next = next_ellipsis(ellipsis + 1);
      const std::size_t length = next - ellipsis - 1;
      if (words_.size() < word + length) return false;
      std::size_t at = words_.size() - length;
      if (next == slots_.size()) {
        places_[ellipsis] = {word, at - word};
        return fits(ellipsis + 1, next, at);
      }
      at = word;
      while (!fits(ellipsis + 1, next, at))
        if (++at + length > words_.size()) return false;
      places_[ellipsis] = {word, at - word};
      word = at + length, ellipsis = next;
    }
  }
  std::size_t next_ellipsis(std::size_t from) const {
    while (from < slots_.size() && !slots_[from].ellipsis) ++from;
    return from;
  }
  // The slots [begin, end) one word each, from `word` on.
  bool fits(std::size_t begin, std::size_t end, std::size_t word) {
    if (words_.size() < word + (end - begin)) return false;
    for (std::size_t i = begin; i < end; ++i) {
      places_[i] = {word + (i - begin), 1};
      if (!holds_in(i)) return false;
    }
    return true;
  }
  bool holds_in(std::size_t slot) const {
    if (!slots_[slot].condition) return true;
    const auto text = text_of(slot);
    return holds(*slots_[slot].condition, [&](const Condition& test) {
      return compares({text, true}, test.op, test.value);
    });
  }

  const std::vector<Slot>& slots_;
  std::vector<Word> words_;
  std::vector<Place> places_;
};

}  // namespace

bool matches(const DelimitedPattern& pattern, std::string_view message) {
  return Layout(pattern, message).lay();
}

// A field without a name is called by its number, counted from 1, as TestMetricFilter does.
std::optional<Captures> captures(const DelimitedPattern& pattern, std::string_view message) {
  Layout layout(pattern, message);
  if (!layout.lay()) return std::nullopt;
  Captures out;
  const auto numbered = [&](std::size_t word, std::string_view text) {
    out.emplace_back(fmt::format("${}", word + 1), text);
  };
  if (pattern.slots.empty())
    for (std::size_t i = 0; i < layout.words().size(); ++i) numbered(i, layout.words()[i].text);
  for (std::size_t i = 0; i < pattern.slots.size(); ++i) {
    const auto& place = layout.places()[i];
    if (pattern.slots[i].ellipsis) {
      for (std::size_t word = place.first; word < place.first + place.count; ++word)
        numbered(word, layout.words()[word].text);
    } else if (pattern.slots[i].name.empty()) {
      numbered(place.first, layout.text_of(i));
    } else {
      out.emplace_back("$" + pattern.slots[i].name, layout.text_of(i));
    }
  }
  return out;
}

}  // namespace seatrial::logs::pattern
