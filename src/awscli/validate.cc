// See validate.h. The division of labour between CLI and service is the CLI's: its validation knows
// types, members and minima only.
//
// Listed values (enums): the model may be older than the service, so a value that is not listed is
// open to doubt (kOpenChoice). Lists grow where they name things: types, versions, resources, seen
// by their digits or their number. A list of few words made of letters names kinds or states; what
// is not in it is wrong (kBadChoice), and so is what is surely a misspelling of a listed value: the
// same but for case and separators, or, for words of letters only, one letter off.
#include "awscli/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "awscli/scalars.h"
#include "model/pattern.h"

namespace seatrial::awscli {
namespace {

using model::Kind;
using model::Shape;

constexpr std::size_t kNamesShown = 12;

std::vector<std::string> member_names(const Shape& shape) {
  std::vector<std::string> out;
  for (std::uint32_t i = 0; i < shape.member_count(); ++i) out.emplace_back(shape.member(i).name());
  return out;
}

std::vector<std::string> listed_values(const Shape& shape) {
  std::vector<std::string> out;
  for (std::uint32_t i = 0; i < shape.enum_count(); ++i) out.emplace_back(shape.enum_value(i));
  return out;
}

std::string some_of(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < kNamesShown; ++i)
    out += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kNamesShown) out += ", ...";
  return out;
}

// Lower-case, without separators.
std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (!std::string_view("-_. ").contains(c))
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool only_letters(std::string_view text) {
  return std::ranges::all_of(text,
                             [](unsigned char c) { return std::isalpha(c) != 0 || c == '_'; });
}

bool one_letter_off(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1 || b.size() < 5 || !only_letters(a) || !only_letters(b)) return false;
  std::size_t same = 0;
  while (same < a.size() && a[same] == b[same]) ++same;
  return a.substr(same + (a.size() == b.size() ? 1 : 0)) == b.substr(same + 1);
}

// The listed value of which the text is surely a misspelling, or empty.
std::string meant(const std::vector<std::string>& listed, std::string_view text) {
  const auto plain = folded(text);
  for (const auto& candidate : listed)
    if (folded(candidate) == plain) return candidate;
  for (const auto& candidate : listed)
    if (one_letter_off(candidate, text)) return candidate;
  return "";
}

// Few words of letters.
bool is_closed(const std::vector<std::string>& listed) {
  constexpr std::size_t kFew = 12;
  return listed.size() <= kFew && std::ranges::none_of(listed, [](const std::string& text) {
           return text.find_first_of("0123456789.:/") != std::string::npos;
         });
}

// Dimensions, tags and filters written "Cluster=main": "Name=Cluster,Value=main". Empty for other
// shapes and values.
std::string as_pairs(const Shape& shape, const Node& node) {
  const auto name = shape.find("Name") ? "Name" : shape.find("Key") ? "Key" : "";
  const auto value = shape.find("Value") ? "Value" : shape.find("Values") ? "Values" : "";
  if (*name == '\0' || *value == '\0') return "";
  std::string out;
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    if (!node.items[i].is(NodeKind::kText) || node.items[i].text.contains(kUnknownMark)) return "";
    out += fmt::format("{}{}={},{}={}", out.empty() ? "" : " ", name, node.keys[i].text, value,
                       node.items[i].text);
  }
  return out;
}

std::string number_text(double number) {
  return std::floor(number) == number && std::abs(number) < 1e15 ? fmt::format("{:.0f}", number)
                                                                 : fmt::format("{}", number);
}

}  // namespace

Problem& Validator::add(ProblemKind kind, const Place& place, std::string message) {
  auto& problem = add_problem(context_, kind, place, std::move(message));
  problem.option = option_;
  return problem;
}

template <class F>
Value Validator::inside(std::string_view key, F&& judge) {
  const auto shown = shown_.size(), path = path_.size();
  shown_ += key, path_ += key;
  Value out = judge();
  shown_.resize(shown), path_.resize(path);
  return out;
}

Value Validator::member(const model::Member& member, const Node& node, std::string_view shown,
                        std::string_view option) {
  shown_ = shown, path_ = member.name(), option_ = option;
  if (member.host_label() && node.is(NodeKind::kText)) host_label(node);
  if (!is_json_header(member)) return value(member.shape(), node);
  context_.call->places.try_emplace(path_, place_of(node));
  return document(node);
}

// It becomes a part of the host's name.
void Validator::host_label(const Node& node) {
  if (node.text.contains(kUnknownMark)) return;
  const bool right = !node.text.empty() && std::ranges::all_of(node.text, [](unsigned char c) {
    return (std::isalnum(c) != 0 && c < 0x80) || c == '-' || c == '.';
  });
  if (right) return;
  add(ProblemKind::kBadValue, place_of(node),
      fmt::format("{} takes letters, digits and '-' only, not '{}'", shown_, shortened(node.text)));
}

Value Validator::value(const Shape& shape, const Node& node) {
  context_.call->places.try_emplace(path_, place_of(node));
  if (node.is(NodeKind::kUnknown)) return nullptr;
  switch (shape.kind()) {
    case Kind::kStructure:
      return structure(shape, node);
    case Kind::kList:
      return list(shape, node);
    case Kind::kMap:
      return map(shape, node);
    case Kind::kString:
      return text(shape, node);
    case Kind::kBlob:
      return blob(shape, node);
    case Kind::kBoolean:
      return boolean(node);
    case Kind::kTimestamp:
      return timestamp(node);
    case Kind::kDocument:
      return document(node);
    default:
      return number(shape, node);
  }
}

Value Validator::wrong_type(const Node& node, std::string_view wanted) {
  if (node.is(NodeKind::kText) && node.text.contains(kUnknownMark)) return nullptr;
  add(ProblemKind::kBadValue, place_of(node),
      fmt::format("{} must be {}, not {}", shown_, wanted, describe(node)));
  return nullptr;
}

// --- structures ------------------------------------------------------------------------------

Value Validator::structure(const Shape& shape, const Node& node) {
  if (!node.is(NodeKind::kMap)) return wrong_type(node, "a structure");
  one_of_union(shape, node);
  std::vector<std::size_t> unknown;
  Object out;
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    const auto& key = node.keys[i];
    if (key.text.contains(kUnknownMark)) continue;
    if (const auto found = shape.find(key.text))
      out[key.text] = inside("." + key.text, [&] { return value(found->shape(), node.items[i]); });
    else
      unknown.push_back(i);
  }
  const auto missing = missing_members(shape, node);
  if (unknown.size() > 1 && !missing.empty())
    other_keys(shape, node);
  else if (unknown.empty())
    for (const auto& name : missing) missing_key(node, name);
  else
    for (const auto i : unknown) unknown_key(shape, node, i, missing);
  return out;
}

void Validator::one_of_union(const Shape& shape, const Node& node) {
  if (!shape.is_union() || node.open || node.keys.size() == 1) return;
  add(ProblemKind::kBadShorthand, place_of(node),
      fmt::format("{} takes exactly one of {}", shown_, some_of(member_names(shape))));
}

std::vector<std::string> Validator::missing_members(const Shape& shape, const Node& node) const {
  std::vector<std::string> out;
  for (std::uint32_t i = 0; i < shape.member_count() && !node.open; ++i) {
    const auto member = shape.member(i);
    if (!member.required() || node.find(member.name()) != nullptr) continue;
    // The CLI takes the bytes of some structures by an option of its own ("--data-file").
    const bool hoisted = context_.own_options && member.shape().kind() == Kind::kBlob;
    if (!hoisted) out.emplace_back(member.name());
  }
  return out;
}

void Validator::missing_key(const Node& node, const std::string& name) {
  add(ProblemKind::kBadShorthand, place_of(node), fmt::format("{} needs '{}'", shown_, name))
      .suggestion = name + "=";
}

// One report for a structure that is written with the keys of another.
void Validator::other_keys(const Shape& shape, const Node& node) {
  std::vector<std::string> given;
  for (const auto& key : node.keys) given.push_back(key.text);
  auto& problem = add(ProblemKind::kBadShorthand, place_of(node),
                      fmt::format("{} has the keys {}, not {}", shown_,
                                  some_of(member_names(shape)), shortened(some_of(given))));
  problem.suggestion = as_pairs(shape, node);
}

void Validator::unknown_key(const Shape& shape, const Node& node, std::size_t index,
                            const std::vector<std::string>& missing) {
  const auto& key = node.keys[index];
  const auto names = member_names(shape);
  const Place place{node.word, key.begin, key.end - key.begin};
  if (key.text.empty()) {
    add(ProblemKind::kBadShorthand, place, fmt::format("a key of {} is missing", shown_));
    return;
  }
  auto& problem = add(ProblemKind::kBadShorthand, place,
                      names.empty() ? fmt::format("{} takes no keys", shown_)
                                    : fmt::format("{} has no key '{}', only {}", shown_,
                                                  shortened(key.text), some_of(names)));
  if (!missing.empty() && nearest(key.text, missing).empty())
    problem.suggestion = as_pairs(shape, node);
  if (!problem.suggestion.empty()) return;
  problem.suggestion = meant(names, key.text);
  problem.mechanical = !problem.suggestion.empty();
  if (problem.suggestion.empty()) problem.suggestion = nearest(key.text, names);
}

// --- lists and maps --------------------------------------------------------------------------

Value Validator::list(const Shape& shape, const Node& node) {
  if (!node.is(NodeKind::kList)) return wrong_type(node, "a list");
  if (!node.open) length(shape, node.items.size(), "elements", place_of(node));
  Array out;
  const auto element = shape.element().shape();
  for (std::size_t i = 0; i < node.items.size(); ++i)
    out.push_back(inside(fmt::format("[{}]", i), [&] { return value(element, node.items[i]); }));
  return out;
}

Value Validator::map(const Shape& shape, const Node& node) {
  if (!node.is(NodeKind::kMap)) return wrong_type(node, "a map");
  Object out;
  const auto key_shape = shape.key().shape(), element = shape.value().shape();
  if (!node.open && shape.max() && static_cast<double>(node.keys.size()) > *shape.max())
    length(shape, node.keys.size(), "entries", place_of(node));
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    const auto& key = node.keys[i];
    map_key(key_shape, key, node.word);
    Value item = inside("." + key.text, [&] { return value(element, node.items[i]); });
    if (!key.text.contains(kUnknownMark)) out[key.text] = std::move(item);
  }
  return out;
}

void Validator::map_key(const Shape& shape, const NodeKey& key, std::size_t word) {
  if (key.text.contains(kUnknownMark)) return;
  judge_text(shape, key.text, {word, key.begin, key.end - key.begin});
}

// --- scalars ---------------------------------------------------------------------------------

Value Validator::text(const Shape& shape, const Node& node) {
  if (!node.is(NodeKind::kText)) return wrong_type(node, "a text");
  if (!node.text.contains(kUnknownMark)) judge_text(shape, node.text, place_of(node));
  return Value(node.text);
}

void Validator::judge_text(const Shape& shape, std::string_view text, const Place& place) {
  const auto before = context_.call->problems.size();
  length(shape, code_points(text), "characters", place);
  if (context_.call->problems.size() > before) return;
  if (shape.enum_count() > 0) return judge_listed(shape, text, place);
  if (model::pattern_allows(shape, text)) return;
  add(ProblemKind::kBadValue, place,
      fmt::format("the service refuses '{}' for {}: it must match {}", shortened(text), shown_,
                  shape.pattern()))
      .refuser = Refuser::kService;
}

void Validator::judge_listed(const Shape& shape, std::string_view text, const Place& place) {
  for (std::uint32_t i = 0; i < shape.enum_count(); ++i)
    if (shape.enum_value(i) == text) return;
  const auto listed = listed_values(shape);
  const auto sure = meant(listed, text);
  const bool closed = !sure.empty() || is_closed(listed);
  auto& problem =
      add(closed ? ProblemKind::kBadChoice : ProblemKind::kOpenChoice, place,
          fmt::format("'{}' is no value of {}: {}", shortened(text), shown_, some_of(listed)));
  problem.refuser = Refuser::kService;
  problem.suggestion = sure.empty() ? nearest(text, listed) : sure;
  problem.mechanical = !sure.empty();
}

Value Validator::blob(const Shape& shape, const Node& node) {
  if (!node.is(NodeKind::kText)) return wrong_type(node, "bytes");
  if (node.text.contains(kUnknownMark)) return nullptr;
  if (context_.raw_blobs) {
    most_bytes(shape, node);
    return Value(node.text);
  }
  const auto form = look_at_base64(node.text);
  if (form == Base64::kClean) return Value(bytes_of_base64(node.text));
  auto& problem = add(
      ProblemKind::kPayloadFormat, place_of(node),
      fmt::format("version 2 of the AWS CLI takes {} as base64, and this is none{}; add "
                  "--cli-binary-format raw-in-base64-out",
                  shown_,
                  form == Base64::kGarbage ? ": what it makes of it is sent without a word" : ""));
  if (form == Base64::kGarbage) problem.refuser = Refuser::kNobody;
  problem.suggestion = "--cli-binary-format raw-in-base64-out";
  return nullptr;
}

Value Validator::number(const Shape& shape, const Node& node) {
  const bool whole = shape.kind() == Kind::kInteger || shape.kind() == Kind::kLong;
  const bool right = node.is(NodeKind::kInteger) || node.is(NodeKind::kBoolean) ||
                     (!whole && node.is(NodeKind::kFloat));
  if (!right) return wrong_type(node, whole ? "a whole number" : "a number");
  const double number = node.is(NodeKind::kBoolean) ? (node.boolean ? 1 : 0) : node.number;
  range(shape, number, node);
  if (!whole) return Value(number);
  return Value(node.is(NodeKind::kBoolean) ? static_cast<std::int64_t>(node.boolean)
                                           : node.integer);
}

Value Validator::boolean(const Node& node) {
  if (!node.is(NodeKind::kBoolean)) return wrong_type(node, "true or false");
  return Value(node.boolean);
}

Value Validator::timestamp(const Node& node) {
  Moment moment;
  if (node.is(NodeKind::kText)) {
    if (node.text.contains(kUnknownMark)) return nullptr;
    moment = read_timestamp(node.text);
  } else if (node.is(NodeKind::kInteger) || node.is(NodeKind::kFloat)) {
    moment = timestamp_of_number(node.number);
  } else if (node.is(NodeKind::kBoolean)) {
    moment = timestamp_of_number(node.boolean ? 1 : 0);
  }
  if (!moment.accepted) {
    add(ProblemKind::kBadValue, place_of(node),
        fmt::format("{} must be a time (2024-01-15T10:00:00Z or seconds since 1970), not {}",
                    shown_, describe(node)));
    return nullptr;
  }
  return moment.ms ? Value(*moment.ms) : Value(nullptr);
}

Value Validator::document(const Node& node) {
  switch (node.kind) {
    case NodeKind::kBoolean:
      return Value(node.boolean);
    case NodeKind::kInteger:
      return Value(node.integer);
    case NodeKind::kFloat:
      return Value(node.number);
    case NodeKind::kText:
      return Value(node.text);
    case NodeKind::kList: {
      Array out;
      for (const auto& item : node.items) out.push_back(document(item));
      return out;
    }
    case NodeKind::kMap: {
      Object out;
      for (std::size_t i = 0; i < node.keys.size(); ++i)
        out[node.keys[i].text] = document(node.items[i]);
      return out;
    }
    default:
      return nullptr;
  }
}

// --- constraints -----------------------------------------------------------------------------

void Validator::length(const Shape& shape, std::size_t size, std::string_view unit,
                       const Place& place) {
  const auto number = static_cast<double>(size);
  if (const auto min = shape.min(); min && number < *min) {
    add(ProblemKind::kBadValue, place,
        fmt::format("{} has {} {}; at least {} are needed", shown_, size, unit, number_text(*min)));
  } else if (const auto max = shape.max(); max && number > *max) {
    add(ProblemKind::kBadValue, place,
        fmt::format("the service refuses {}: it has {} {}, at most {} are allowed", shown_, size,
                    unit, number_text(*max)))
        .refuser = Refuser::kService;
  }
}

// The CLI does not look at the length of bytes.
void Validator::most_bytes(const Shape& shape, const Node& node) {
  if (const auto max = shape.max(); max && static_cast<double>(node.text.size()) > *max)
    length(shape, node.text.size(), "bytes", place_of(node));
}

void Validator::range(const Shape& shape, double number, const Node& node) {
  if (const auto min = shape.min(); min && number < *min) {
    add(ProblemKind::kBadValue, place_of(node),
        fmt::format("{} is {}; {} is the least", shown_, number_text(number), number_text(*min)));
  } else if (const auto max = shape.max(); max && number > *max) {
    add(ProblemKind::kBadValue, place_of(node),
        fmt::format("the service refuses {} for {}: {} is the most", number_text(number), shown_,
                    number_text(*max)))
        .refuser = Refuser::kService;
  }
}

}  // namespace seatrial::awscli
