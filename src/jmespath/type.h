// What is known of a value before it exists: the type of an AWS operation's output, of a query's
// result over it, or of a part of either.
//
// A type made from a model's shape looks into the shape when it is asked, so that recursive shapes
// (DynamoDB's AttributeValue) need no end. Every value may also be null: AWS leaves members out.
// kAny is the type of which nothing is known; everything about it is possible.
// Small values that share what they are made of. Any thread.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/pack.h"

namespace seatrial::jmespath {

enum class TypeKind : std::uint8_t {
  kAny,
  kNull,
  kBoolean,
  kNumber,
  kString,
  kTimestamp,  // text in the CLI's output: ISO 8601
  kBlob,       // text in the CLI's output: base64
  kList,
  kStructure,   // an object whose fields are known
  kMap,         // an object with any names
  kExpression,  // what & makes
  kUnion,       // one of several
};

// What the CLI's version and the service make of a shape.
struct ShapeView {
  bool raw_scalars = false;       // CLI v1: timestamps as on the wire, blobs as bytes
  std::string_view service = {};  // whose model it is ("iam" decodes its policy documents)
};

class Type {
 public:
  using Fields = std::vector<std::pair<std::string, Type>>;

  Type() = default;                              // any
  explicit Type(TypeKind kind) : kind_(kind) {}  // of kinds that need no more
  static Type list(Type element);
  static Type tuple(std::vector<Type> items);  // a list whose elements are known one by one
  // `title` names it in messages; `left_out` are names known to the service that the CLI drops.
  static Type structure(Fields fields, std::string title = {},
                        std::vector<std::string> left_out = {});
  static Type selection(Fields fields);  // a multi-select hash: every field is there, if only null
  static Type map(Type value);
  static Type text_of(std::vector<std::string> values);  // a string that is one of these
  // One of them; any when one is any or when they are more than kMaxAlternatives.
  static Type either(std::vector<Type> types);
  static Type of(const model::Shape& shape, ShapeView view = {});
  static Type of(const model::Member& member, ShapeView view = {});

  TypeKind kind() const { return kind_; }
  bool is(TypeKind kind) const { return kind_ == kind; }
  bool is_any() const { return kind_ == TypeKind::kAny; }
  bool is_text() const;    // string, timestamp, blob
  bool is_object() const;  // structure, map
  // "list of structure Task", "the output of list-tasks".
  std::string name() const;

  // The kinds that it can be: a union's, else itself.
  std::vector<Type> alternatives() const;

  // Of a union: what is found in any of its alternatives. Empty: it can never have one.
  std::optional<Type> field(std::string_view name) const;
  std::optional<Type> element() const;     // of lists
  std::optional<Type> value() const;       // of structures and maps: what their members can be
  const std::vector<Type>* items() const;  // of a tuple, else nullptr

  // Names that a structure has or that a map's key shape lists; empty where any are possible.
  std::vector<std::string> field_names() const;
  bool leaves_out(std::string_view field) const;
  bool has_every_field() const;  // a selection's; of others some may be absent
  // The values that it can have, where all that it can be is text of known values; else empty.
  std::vector<std::string> enum_values() const;

 private:
  struct Data;
  Type(TypeKind kind, Data data);
  std::optional<Type> own_field(std::string_view name) const;
  std::optional<Type> own_element() const;
  std::optional<Type> own_value() const;
  std::vector<std::string> own_enum_values() const;
  bool same(const Type& other) const;
  std::string name(int depth) const;
  std::string structure_name() const;
  std::string list_name(int depth) const;

  TypeKind kind_ = TypeKind::kAny;
  std::shared_ptr<const Data> data_;
};

inline constexpr std::size_t kMaxAlternatives = 32;

// "a list of string", "the output of list-tasks".
std::string with_article(const Type& type);

}  // namespace seatrial::jmespath
