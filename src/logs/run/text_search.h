// Texts within texts: what `like` and the choice of blocks rest on.
#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace seatrial::logs::run {

// Whether `needle` is in `text`; sixteen places at a time.
bool contains(std::string_view text, std::string_view needle);

// A text that each match of the expression contains; empty when none is sure. `whole`: the
// expression is that text and nothing more.
struct Required {
  std::string text;
  bool whole = false;
};
Required required_text(std::string_view regex);

// A regular expression of a query. RE2, behind a look for the text it cannot do without.
class Regex {
 public:
  // Empty and a reason when the dialect has it not (look-around, back references).
  static std::shared_ptr<const Regex> compile(std::string_view source, std::string& problem);
  ~Regex();

  bool found_in(std::string_view text) const;
  const re2::RE2& re2() const { return *re2_; }
  const Required& required() const { return required_; }

 private:
  Regex() = default;
  std::unique_ptr<re2::RE2> re2_;
  Required required_;
};

}  // namespace seatrial::logs::run
