// See tame_markdown.h: three linear passes.
#include "runbook/tame_markdown.h"

#include <algorithm>
#include <vector>

#include "runbook/text.h"

namespace seatrial::runbook {
namespace {

bool is_blank_byte(char c) { return c == ' ' || c == '\t'; }
bool is_digit_byte(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Ranges of the source to blank, and what is left of a document's allowances.
class Tamer {
 public:
  explicit Tamer(std::string_view source) : source_(source), lines_(split_lines(source)) {}

  std::optional<std::string> tame() {
    for (auto line : lines_) limit_containers(line);
    limit_declarations();
    limit_tables();
    if (blanked_.empty()) return std::nullopt;
    std::string out(source_);
    for (const auto& text : blanked_) std::fill_n(out.begin() + offset(text), text.size(), 'x');
    return out;
  }

 private:
  std::ptrdiff_t offset(std::string_view text) const { return text.data() - source_.data(); }

  // The length of a list's or quote's marker at the front of `text`, or 0.
  static std::size_t marker_length(std::string_view text) {
    if (text.empty()) return 0;
    if (text[0] == '>') return 1;
    std::size_t length = 0;
    if (text[0] == '-' || text[0] == '*' || text[0] == '+') length = 1;
    while (length < 10 && length < text.size() && is_digit_byte(text[length])) ++length;
    if (is_digit_byte(text[0])) {
      if (length >= text.size() || (text[length] != '.' && text[length] != ')')) return 0;
      ++length;
    }
    return length > 0 && (length == text.size() || is_blank_byte(text[length])) ? length : 0;
  }

  // `- - - -` is a line across the page, however long.
  static bool is_break(std::string_view line) {
    const auto first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos || (line[first] != '-' && line[first] != '*')) return false;
    return std::ranges::all_of(line, [&](char c) { return c == line[first] || is_blank_byte(c); });
  }

  void limit_containers(std::string_view line) {
    if (is_break(line)) return;
    std::size_t at = 0, markers = 0;
    while (true) {
      const auto begin = at;
      while (at < line.size() && is_blank_byte(line[at])) ++at;
      const auto length = marker_length(line.substr(at));
      if (length == 0) return;
      if (++markers > kMaxContainersInLine || at - begin > kMaxListIndent)
        return blanked_.push_back(line.substr(at, length));
      at += length;
    }
  }

  static std::string_view closing_of(std::string_view text) {
    if (text.starts_with("<?")) return "?>";
    if (text.starts_with("<![CDATA[")) return "]]>";
    return text.starts_with("<!") && text.size() > 2 && is_letter(text[2]) ? ">" : "";
  }

  // An opening at the front of a line begins a block, which is read once; one inside text is
  // looked up to the paragraph's end, each anew.
  void limit_declarations() {
    std::vector<std::string_view> unclosed;
    for (auto line : lines_)
      if (line.contains("<?") || line.contains("<!")) find_unclosed(line, unclosed);
    if (unclosed.size() > kMaxUnclosedDeclarations)
      std::ranges::move(unclosed, std::back_inserter(blanked_));
  }

  static void find_unclosed(std::string_view line, std::vector<std::string_view>& unclosed) {
    constexpr std::string_view kClosings[] = {"?>", "]]>", ">"};
    std::size_t last[3];
    for (int i = 0; i < 3; ++i) {
      const auto at = line.rfind(kClosings[i]);
      last[i] = at == std::string_view::npos ? 0 : at;
    }
    const auto first = std::min(line.find_first_not_of(" \t"), line.size());
    for (auto at = first; (at = line.find('<', at + 1)) != std::string_view::npos;) {
      const auto closing = std::ranges::find(kClosings, closing_of(line.substr(at, 10)));
      if (closing != std::end(kClosings) && last[closing - kClosings] <= at)
        unclosed.push_back(line.substr(at, 1));
    }
  }

  static bool is_delimiter_row(std::string_view line) {
    return line.contains('-') && line.contains('|') &&
           line.find_first_not_of("|-: \t>") == std::string_view::npos;
  }

  static std::size_t pipes(std::string_view line) {
    return static_cast<std::size_t>(std::ranges::count(line, '|'));
  }

  // A table ends at a blank line at the latest.
  void limit_tables() {
    std::size_t missing = 0;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (!is_delimiter_row(lines_[i])) continue;
      const auto columns = pipes(lines_[i]) + 1;
      auto end = i + 1;
      for (; end < lines_.size() && !trim(lines_[end]).empty(); ++end)
        missing += columns - std::min(columns, pipes(lines_[end]) + 1);
      if (columns > kMaxTableColumns || missing > kMaxMissingCells) {
        for (auto row = i; row < end; ++row)
          if (is_delimiter_row(lines_[row])) blanked_.push_back(lines_[row]);
      }
      i = end - 1;
    }
  }

  std::string_view source_;
  std::vector<std::string_view> lines_;
  std::vector<std::string_view> blanked_;
};

}  // namespace

std::optional<std::string> tame_markdown(std::string_view source) { return Tamer(source).tame(); }

}  // namespace seatrial::runbook
