// Types over shapes and over what queries build. The other half: type.h, infer.cc.
#include "jmespath/type.h"

#include <fmt/format.h>

#include <algorithm>

#include "jmespath/open_enums.h"

namespace seatrial::jmespath {
namespace {

// Levels and names that a printed type shows.
constexpr int kMaxShownDepth = 3;
constexpr std::size_t kMaxShownNames = 4;

// The shape by which IAM's model marks text that botocore decodes into an object.
constexpr std::string_view kPolicyDocument = "policyDocumentType";

TypeKind kind_of(const model::Shape& shape, ShapeView view) {
  switch (shape.kind()) {
    case model::Kind::kStructure:
      return shape.event_stream() ? TypeKind::kAny : TypeKind::kStructure;
    case model::Kind::kList:
      return TypeKind::kList;
    case model::Kind::kMap:
      return TypeKind::kMap;
    case model::Kind::kString: {
      const bool policy = view.service == "iam" && shape.name() == kPolicyDocument;
      return policy || shape.json_value() ? TypeKind::kAny : TypeKind::kString;
    }
    case model::Kind::kBlob:
      return view.raw_scalars || shape.streaming() ? TypeKind::kAny : TypeKind::kBlob;
    case model::Kind::kTimestamp:
      return view.raw_scalars ? TypeKind::kAny : TypeKind::kTimestamp;
    case model::Kind::kBoolean:
      return TypeKind::kBoolean;
    case model::Kind::kDocument:
      return TypeKind::kAny;
    default:
      return TypeKind::kNumber;
  }
}

bool is_plain(TypeKind kind) {
  return kind != TypeKind::kString && kind != TypeKind::kList && kind != TypeKind::kStructure &&
         kind != TypeKind::kMap && kind != TypeKind::kUnion;
}

std::string_view plain_name(TypeKind kind) {
  switch (kind) {
    case TypeKind::kNull:
      return "null";
    case TypeKind::kBoolean:
      return "boolean";
    case TypeKind::kNumber:
      return "number";
    case TypeKind::kString:
      return "string";
    case TypeKind::kTimestamp:
      return "timestamp";
    case TypeKind::kBlob:
      return "blob";
    case TypeKind::kExpression:
      return "&expression";
    default:
      return "any value";
  }
}

}  // namespace

// Of a shape, or of what a query built; never both.
struct Type::Data {
  std::optional<model::Shape> shape;
  ShapeView view;
  std::vector<Type> types;  // a union's alternatives, a tuple's items, a list's or map's one
  bool tuple = false;
  Fields fields;
  bool complete = false;
  std::string title;
  std::vector<std::string> left_out;
  std::vector<std::string> values;
};

Type::Type(TypeKind kind, Data data)
    : kind_(kind), data_(std::make_shared<const Data>(std::move(data))) {}

Type Type::list(Type element) { return {TypeKind::kList, Data{.types = {std::move(element)}}}; }

Type Type::tuple(std::vector<Type> items) {
  return {TypeKind::kList, Data{.types = std::move(items), .tuple = true}};
}

Type Type::structure(Fields fields, std::string title, std::vector<std::string> left_out) {
  return {TypeKind::kStructure, Data{.fields = std::move(fields),
                                     .title = std::move(title),
                                     .left_out = std::move(left_out)}};
}

Type Type::selection(Fields fields) {
  return {TypeKind::kStructure, Data{.fields = std::move(fields), .complete = true}};
}

Type Type::map(Type value) { return {TypeKind::kMap, Data{.types = {std::move(value)}}}; }

Type Type::text_of(std::vector<std::string> values) {
  return {TypeKind::kString, Data{.values = std::move(values)}};
}

Type Type::of(const model::Shape& shape, ShapeView view) {
  const TypeKind kind = kind_of(shape, view);
  if (is_plain(kind)) return Type(kind);
  const bool listed = shape.enum_count() > 0 && !is_open_enum(view.service, shape.name());
  if (kind == TypeKind::kString && !listed) return Type(kind);
  return {kind, Data{.shape = shape, .view = view}};
}

Type Type::of(const model::Member& member, ShapeView view) {
  return member.streaming() ? Type() : of(member.shape(), view);
}

Type Type::either(std::vector<Type> types) {
  std::vector<Type> out;
  for (const Type& type : types) {
    for (Type& alternative : type.alternatives()) {
      if (alternative.is_any()) return {};
      const auto known = [&](const Type& other) { return other.same(alternative); };
      if (alternative.is(TypeKind::kNull) || std::any_of(out.begin(), out.end(), known)) continue;
      out.push_back(std::move(alternative));
    }
  }
  if (out.size() > kMaxAlternatives) return {};
  if (out.empty()) return types.empty() ? Type() : Type(TypeKind::kNull);
  if (out.size() == 1) return std::move(out.front());
  return {TypeKind::kUnion, Data{.types = std::move(out)}};
}

// Certainly the same; types that are built anew count as different.
bool Type::same(const Type& other) const {
  if (kind_ != other.kind_) return false;
  if (data_ == other.data_) return true;
  return data_ && other.data_ && data_->shape && data_->shape == other.data_->shape;
}

bool Type::is_text() const {
  return kind_ == TypeKind::kString || kind_ == TypeKind::kTimestamp || kind_ == TypeKind::kBlob;
}

bool Type::is_object() const { return kind_ == TypeKind::kStructure || kind_ == TypeKind::kMap; }

std::vector<Type> Type::alternatives() const {
  return kind_ == TypeKind::kUnion ? data_->types : std::vector<Type>{*this};
}

std::optional<Type> Type::field(std::string_view name) const {
  std::vector<Type> found;
  for (const Type& type : alternatives()) {
    if (auto field = type.own_field(name)) found.push_back(std::move(*field));
  }
  return found.empty() ? std::nullopt : std::optional(either(std::move(found)));
}

std::optional<Type> Type::own_field(std::string_view name) const {
  if (kind_ == TypeKind::kAny) return Type();
  if (kind_ == TypeKind::kMap) return own_value();
  if (kind_ != TypeKind::kStructure) return std::nullopt;
  if (data_->shape) {
    const auto member = data_->shape->find(name);
    return member ? std::optional(of(*member, data_->view)) : std::nullopt;
  }
  const auto found = std::find_if(data_->fields.begin(), data_->fields.end(),
                                  [&](const auto& field) { return field.first == name; });
  return found == data_->fields.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Type> Type::element() const {
  std::vector<Type> found;
  for (const Type& type : alternatives()) {
    if (auto element = type.own_element()) found.push_back(std::move(*element));
  }
  return found.empty() ? std::nullopt : std::optional(either(std::move(found)));
}

std::optional<Type> Type::own_element() const {
  if (kind_ == TypeKind::kAny) return Type();
  if (kind_ != TypeKind::kList) return std::nullopt;
  if (data_->shape) return of(data_->shape->element(), data_->view);
  return either(data_->types);
}

std::optional<Type> Type::value() const {
  std::vector<Type> found;
  for (const Type& type : alternatives()) {
    if (auto value = type.own_value()) found.push_back(std::move(*value));
  }
  return found.empty() ? std::nullopt : std::optional(either(std::move(found)));
}

std::optional<Type> Type::own_value() const {
  if (kind_ == TypeKind::kAny) return Type();
  if (!is_object()) return std::nullopt;
  std::vector<Type> values;
  if (!data_->shape) {
    values = data_->types;
    for (const auto& [ignored, type] : data_->fields) values.push_back(type);
  } else if (kind_ == TypeKind::kMap) {
    values.push_back(of(data_->shape->value(), data_->view));
  } else {
    for (std::uint32_t i = 0; i < data_->shape->member_count(); ++i) {
      values.push_back(of(data_->shape->member(i), data_->view));
    }
  }
  return either(std::move(values));
}

const std::vector<Type>* Type::items() const {
  return kind_ == TypeKind::kList && data_->tuple ? &data_->types : nullptr;
}

std::vector<std::string> Type::field_names() const {
  std::vector<std::string> names;
  for (const Type& type : alternatives()) {
    if (!type.is_object()) continue;
    for (const auto& [name, ignored] : type.data_->fields) names.push_back(name);
    const auto& shape = type.data_->shape;
    if (!shape) continue;
    if (type.kind_ == TypeKind::kMap) {
      const model::Shape key = shape->key().shape();
      for (std::uint32_t i = 0; i < key.enum_count(); ++i) names.emplace_back(key.enum_value(i));
    } else {
      for (std::uint32_t i = 0; i < shape->member_count(); ++i) {
        names.emplace_back(shape->member(i).name());
      }
    }
  }
  return names;
}

bool Type::has_every_field() const { return data_ && data_->complete; }

bool Type::leaves_out(std::string_view field) const {
  if (kind_ != TypeKind::kStructure) return false;
  const auto& names = data_->left_out;
  return std::find(names.begin(), names.end(), field) != names.end();
}

std::vector<std::string> Type::enum_values() const {
  std::vector<std::string> all;
  for (const Type& type : alternatives()) {
    const auto values = type.own_enum_values();
    if (values.empty()) return {};
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

std::vector<std::string> Type::own_enum_values() const {
  if (kind_ != TypeKind::kString || !data_) return {};
  if (!data_->shape) return data_->values;
  std::vector<std::string> values;
  for (std::uint32_t i = 0; i < data_->shape->enum_count(); ++i) {
    values.emplace_back(data_->shape->enum_value(i));
  }
  return values;
}

std::string Type::name() const { return name(kMaxShownDepth); }

std::string Type::name(int depth) const {
  if (depth < 0) return "...";
  switch (kind_) {
    case TypeKind::kList:
      return list_name(depth);
    case TypeKind::kStructure:
      return structure_name();
    case TypeKind::kMap:
      return "map of " + own_value()->name(depth - 1);
    case TypeKind::kUnion: {
      std::vector<std::string> names;
      for (const Type& type : data_->types) {
        std::string name = type.name(depth - 1);
        if (std::find(names.begin(), names.end(), name) != names.end()) continue;
        names.push_back(names.size() == kMaxShownNames ? "others" : std::move(name));
        if (names.size() > kMaxShownNames) break;
      }
      return fmt::format("{}", fmt::join(names, " or "));
    }
    default:
      return std::string(plain_name(kind_));
  }
}

std::string Type::list_name(int depth) const {
  if (!data_->tuple) return "list of " + own_element()->name(depth - 1);
  std::vector<std::string> names;
  for (const Type& type : data_->types) {
    if (names.size() == kMaxShownNames) break;
    names.push_back(type.name(depth - 1));
  }
  if (names.size() < data_->types.size()) names.emplace_back("...");
  return fmt::format("list [{}]", fmt::join(names, ", "));
}

std::string Type::structure_name() const {
  if (data_->shape) return fmt::format("structure {}", data_->shape->name());
  if (!data_->title.empty()) return data_->title;
  std::vector<std::string> names;
  for (const auto& [name, ignored] : data_->fields) {
    if (names.size() == kMaxShownNames) break;
    names.push_back(name);
  }
  if (names.size() < data_->fields.size()) names.emplace_back("...");
  return fmt::format("structure {{{}}}", fmt::join(names, ", "));
}

std::string with_article(const Type& type) {
  const std::string name = type.name();
  if (name.starts_with("the ") || type.is(TypeKind::kNull)) return name;
  const bool vowel = std::string_view("aeiou&").find(name.front()) != std::string_view::npos;
  return (vowel ? "an " : "a ") + name;
}

}  // namespace seatrial::jmespath
