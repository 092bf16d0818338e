// See json_part.h. A reader of its own, because Boost.JSON gives no places and takes no ellipses.
#include "runbook/check/expected/json_part.h"

#include "base/value.h"

namespace seatrial::runbook::check {
namespace {

constexpr std::string_view kEllipsis = "\xe2\x80\xa6";

class PartReader {
 public:
  explicit PartReader(std::string_view text) : text_(text) {}

  std::optional<JsonPart> whole() {
    JsonPart part;
    skip();
    if (!value(part, 0)) return std::nullopt;
    skip();
    return at_ == text_.size() ? std::optional(std::move(part)) : std::nullopt;
  }

 private:
  bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }
  bool take(std::string_view what) {
    if (!starts(what)) return false;
    at_ += what.size();
    return true;
  }

  // Blanks, comments.
  void skip() {
    for (;;) {
      at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
      if (!starts("//")) return;
      at_ = std::min(text_.find('\n', at_), text_.size());
    }
  }
  // Ellipses and commas between elements; false where two elements touch.
  bool separator(bool first) {
    bool separated = first;
    for (skip(); at_ < text_.size(); skip()) {
      if (!take(",") && !take("...") && !take(kEllipsis)) return separated;
      separated = true;
    }
    return separated;
  }

  bool value(JsonPart& part, int depth) {
    if (depth > kMaxJsonPartDepth) return false;
    part.begin = at_;
    const bool read = starts("{")    ? object(part, depth)
                      : starts("[")  ? array(part, depth)
                      : starts("\"") ? string(part)
                                     : scalar(part);
    part.end = at_;
    return read;
  }

  bool object(JsonPart& part, int depth) {
    part.kind = JsonPart::Kind::kObject;
    ++at_;
    for (bool first = true;; first = false) {
      const bool separated = separator(first);
      if (take("}")) return true;
      if (!separated || !member(part, depth)) return false;
    }
  }

  bool member(JsonPart& part, int depth) {
    JsonPart name;
    name.begin = at_;
    if (!starts("\"") || !string(name)) return false;
    JsonMember member{name.text, name.begin + 1, at_ - 1, {}};
    skip();
    if (!take(":")) return false;
    skip();
    if (!value(member.value, depth + 1)) return false;
    part.members.push_back(std::move(member));
    return true;
  }

  bool array(JsonPart& part, int depth) {
    part.kind = JsonPart::Kind::kArray;
    ++at_;
    for (bool first = true;; first = false) {
      const bool separated = separator(first);
      if (take("]")) return true;
      if (!separated || !value(part.elements.emplace_back(), depth + 1)) return false;
    }
  }

  bool string(JsonPart& part) {
    part.kind = JsonPart::Kind::kString;
    const std::size_t start = at_++;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    if (at_ >= text_.size()) return false;
    ++at_;
    const auto read = parse_json(text_.substr(start, at_ - start));
    if (!read || !read->is_string()) return false;
    part.text = as_view(read->get_string());
    return true;
  }

  bool scalar(JsonPart& part) {
    const std::size_t start = at_;
    at_ = std::min(text_.find_first_of(" \t\r\n,]}", at_), text_.size());
    part.text = text_.substr(start, at_ - start);
    const auto read = parse_json(part.text);
    if (!read) return false;
    part.kind = read->is_null()   ? JsonPart::Kind::kNull
                : read->is_bool() ? JsonPart::Kind::kBoolean
                                  : JsonPart::Kind::kNumber;
    return read->is_null() || read->is_bool() || read->is_number();
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<JsonPart> parse_json_part(std::string_view text) { return PartReader(text).whole(); }

}  // namespace seatrial::runbook::check
