#include "decide/event_input/event_input.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace seatrial::decide {
namespace {

bool name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
}

// The name within <>, at `at`, which is a '<'; empty when there is none.
std::string_view name_at(std::string_view text, std::size_t at) {
  const auto end = text.find('>', at);
  if (end == std::string_view::npos || end == at + 1) return {};
  const auto name = text.substr(at + 1, end - at - 1);
  return std::ranges::all_of(name, name_character) ? name : std::string_view{};
}

// Calls `plain` for each character and `named` for each <name>, with whether quotes are around it.
template <class Plain, class Named>
void walk(std::string_view text, Plain plain, Named named) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto name = text[i] == '<' ? name_at(text, i) : std::string_view{};
    if (!name.empty()) {
      named(name, quoted);
      i += name.size() + 1;
      continue;
    }
    if (quoted && text[i] == '\\' && i + 1 < text.size())
      plain(text[i++]);
    else if (text[i] == '"')
      quoted = !quoted;
    plain(text[i]);
  }
}

}  // namespace

std::expected<std::vector<std::string>, std::string> parse_input_path(std::string_view path) {
  if (!path.starts_with('$')) return std::unexpected("a path begins with $");
  std::vector<std::string> steps;
  std::size_t i = 1;
  while (i < path.size()) {
    if (path[i] == '.') {
      const auto end = std::min(path.find_first_of(".[", i + 1), path.size());
      if (end == i + 1) return std::unexpected("a name is missing after '.'");
      const auto name = path.substr(i + 1, end - i - 1);
      if (name.find_first_of("*?()@") != name.npos)
        return std::unexpected("only names and indices can follow $");
      steps.emplace_back(name);
      i = end;
      continue;
    }
    const auto end = path[i] == '[' ? path.find(']', i) : std::string_view::npos;
    if (end == std::string_view::npos || end == i + 1) return std::unexpected("'[' is not closed");
    auto inside = path.substr(i + 1, end - i - 1);
    const bool quoted = inside.size() > 2 && (inside.front() == '\'' || inside.front() == '"') &&
                        inside.back() == inside.front();
    if (quoted) inside = inside.substr(1, inside.size() - 2);
    const bool index = std::ranges::all_of(inside, [](char c) { return c >= '0' && c <= '9'; });
    if (!quoted && !index) return std::unexpected("only names and indices can follow $");
    steps.emplace_back(inside);
    i = end + 1;
  }
  return steps;
}

const Value* part_of(const Value& event, const std::vector<std::string>& steps) {
  const Value* at = &event;
  for (const auto& step : steps) {
    if (const auto* list = at->if_array()) {
      std::size_t index = 0;
      const auto* end = step.data() + step.size();
      const auto read = std::from_chars(step.data(), end, index);
      if (read.ec != std::errc{} || read.ptr != end || index >= list->size()) return nullptr;
      at = &(*list)[index];
    } else {
      at = find_member(*at, step);
      if (at == nullptr) return nullptr;
    }
  }
  return at;
}

std::string fill_template(std::string_view text,
                          const std::map<std::string, InputVariable, std::less<>>& variables) {
  std::string out;
  walk(
      text, [&](char c) { out += c; },
      [&](std::string_view name, bool quoted) {
        const auto found = variables.find(name);
        if (found == variables.end())
          out.append("<").append(name).append(">");
        else
          out += quoted ? found->second.text : found->second.json;
      });
  return out;
}

std::vector<std::string> template_names(std::string_view text) {
  std::vector<std::string> names;
  walk(text, [](char) {}, [&](std::string_view name, bool) { names.emplace_back(name); });
  return names;
}

// Within quotes a text stands as it would in a JSON string, anything else as its JSON, escaped.
InputVariable variable_of(const Value* value) {
  if (value == nullptr) return {"null", ""};
  std::string json = to_json(*value);
  if (value->is_string()) return {json, json.substr(1, json.size() - 2)};
  std::string text;
  for (const char c : json) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return {std::move(json), std::move(text)};
}

}  // namespace seatrial::decide
