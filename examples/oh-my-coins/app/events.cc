// Reads an event; the contract is in events.h.
#include "events.h"

#include <algorithm>
#include <charconv>

namespace omc {
namespace {

bool is_word(std::string_view text) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && text.size() <= 40 && std::ranges::all_of(text, is_letter);
}

// A JSON number: what from_chars takes, without its "inf", "nan" and bare points.
bool is_number(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  return error == std::errc() && end == text.data() + text.size() && !digits.empty() &&
         is_digit(digits[0]) && is_digit(digits.back()) &&
         !(digits.size() > 1 && digits[0] == '0' && is_digit(digits[1]));
}

std::expected<std::string, std::string> decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      int byte = 0;
      const char* from = text.data() + i + 1;
      if (i + 2 >= text.size() || std::from_chars(from, from + 2, byte, 16).ptr != from + 2) {
        return std::unexpected("bad percent encoding");
      }
      out += static_cast<char>(byte);
      i += 2;
    }
  }
  return out;
}

}  // namespace

std::expected<Event, std::string> read_event(std::string_view name, std::string_view query) {
  if (!is_word(name)) return std::unexpected("an event's name has letters, digits and _ only");
  Event event{.text = "event " + std::string(name), .fields = {{"event", std::string(name)}}};
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
    const size_t equals = part.find('=');
    const std::string_view key = part.substr(0, equals);
    if (equals == part.npos || !is_word(key)) return std::unexpected("a field is NAME=VALUE");
    auto value = decoded(part.substr(equals + 1));
    if (!value) return std::unexpected(value.error());
    if (value->size() > kMaxEventValue) return std::unexpected("a value is too long");
    if (key == "level") {
      event.error = *value == "ERROR";
    } else if (key == "message") {
      event.text = std::move(*value);
    } else if (event.fields.size() == kMaxEventFields) {
      return std::unexpected("too many fields");
    } else {
      const bool number = is_number(*value);
      event.fields.push_back({std::string(key), std::move(*value), number});
    }
  }
  return event;
}

}  // namespace omc
