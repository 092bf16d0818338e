// JSON. The other half: fit.h.
#include <fmt/format.h>

#include <algorithm>

#include "jmespath/nearest.h"
#include "runbook/check/expected/fit.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

using jmespath::Type;
using jmespath::TypeKind;

// A list of values longer than this is not told in a message.
constexpr std::size_t kMaxToldValues = 6;

std::string_view kind_word(JsonPart::Kind kind) {
  constexpr std::string_view kWords[] = {"null",     "a boolean", "a number",
                                         "a string", "a list",    "an object"};
  return kWords[std::size_t(kind)];
}

bool fits_kind(JsonPart::Kind kind, const Type& type) {
  switch (kind) {
    case JsonPart::Kind::kBoolean:
      return type.is(TypeKind::kBoolean);
    case JsonPart::Kind::kNumber:
      return type.is(TypeKind::kNumber);
    case JsonPart::Kind::kString:
      return type.is_text();
    case JsonPart::Kind::kArray:
      return type.is(TypeKind::kList);
    case JsonPart::Kind::kObject:
      return type.is_object();
    default:
      return true;
  }
}

class JsonFit {
 public:
  void look(const JsonPart& part, const Type& type) {
    const auto alternatives = type.alternatives();
    const bool fits = std::ranges::any_of(
        alternatives, [&](const Type& one) { return one.is_any() || fits_kind(part.kind, one); });
    if (type.is_any() || part.kind == JsonPart::Kind::kNull) return;
    if (!fits) return wrong_kind(part, type);
    if (part.kind == JsonPart::Kind::kObject) return members(part, type);
    if (part.kind == JsonPart::Kind::kArray) return elements(part, type);
    if (part.kind != JsonPart::Kind::kString) return;
    std::ranges::move(fit_value(part.text, part.begin + 1, part.end - 1, type),
                      std::back_inserter(found));
  }

  std::vector<Mismatch> found;

 private:
  void wrong_kind(const JsonPart& part, const Type& type) {
    const bool text = part.kind == JsonPart::Kind::kString;
    if (text && (part.text.empty() || is_stand_in(part.text))) return;
    const bool moment = type.is(TypeKind::kTimestamp);
    found.push_back({MismatchKind::kType, part.begin, part.end,
                     fmt::format("the command prints {} here, not {}",
                                 moment ? "text in the form of ISO 8601" : with_article(type),
                                 kind_word(part.kind))});
  }

  void members(const JsonPart& part, const Type& type) {
    for (const JsonMember& member : part.members) {
      const auto field = type.field(member.name);
      if (field) {
        look(member.value, *field);
      } else if (!is_stand_in(member.name) && !type.leaves_out(member.name)) {
        found.push_back({MismatchKind::kField, member.begin, member.end,
                         fmt::format("the command cannot print '{}': {} has no such field",
                                     member.name, type.name()),
                         jmespath::nearest_name(member.name, type.field_names())});
      }
    }
  }

  void elements(const JsonPart& part, const Type& type) {
    const auto* items = type.items();
    const bool one_by_one = items != nullptr && items->size() == part.elements.size();
    for (std::size_t i = 0; i < part.elements.size(); ++i) {
      look(part.elements[i], one_by_one ? (*items)[i] : type.element().value_or(Type()));
    }
  }
};

}  // namespace

bool is_stand_in(std::string_view text) {
  constexpr std::string_view kSigns[] = {
      "<", ">", "$", "{", "}", "[", "]", "*", "|", "...", "..", "\xe2\x80\xa6", " or "};
  const std::string small = lower(text);
  return std::ranges::any_of(
             kSigns,
             [&](std::string_view sign) { return text.find(sign) != std::string_view::npos; }) ||
         small.starts_with("your") || small.find("xxx") != std::string::npos ||
         small.find("example") != std::string::npos;
}

std::vector<Mismatch> fit_value(std::string_view text, std::size_t begin, std::size_t end,
                                const Type& type) {
  const auto values = type.enum_values();
  if (values.empty() || text.empty() || is_stand_in(text)) return {};
  if (std::ranges::find(values, text) != values.end()) return {};
  std::string message = fmt::format("'{}' is not among the values that the model lists", text);
  if (values.size() <= kMaxToldValues) message += fmt::format(": {}", fmt::join(values, ", "));
  return {
      {MismatchKind::kEnum, begin, end, std::move(message), jmespath::nearest_name(text, values)}};
}

std::vector<Mismatch> fit_json(const JsonPart& part, const Type& type) {
  JsonFit fit;
  fit.look(part, type);
  return std::move(fit.found);
}

}  // namespace seatrial::runbook::check
