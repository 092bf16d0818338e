// A value during evaluation: a part of the document, or made of such parts.
//
// Problem: projections pass large parts of an output along; a Value copies them at every step.
// Choice: an Item is a pointer, to a Value (the document's, a literal's, one kept in the arena) or
// to a list or object of Items in the arena; only the result is copied. Besides, Items have a kind
// that JSON has not: the reference to an expression, which Python treats as a value like any other.
// An Item is valid as long as its arena, the document and the expression.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/value.h"
#include "jmespath/ast.h"

namespace seatrial::jmespath {

enum class ItemKind : std::uint8_t {
  kNull,
  kBoolean,
  kNumber,
  kString,
  kArray,
  kObject,
  kExpression
};

// As type() names them; "expref" for the last.
std::string_view kind_name(ItemKind kind);

class Item;
using ItemList = std::vector<Item>;

// Members in the order in which their names first came, as in a Python dict.
class ItemHash {
 public:
  void set(std::string_view name, Item item);
  const Item* find(std::string_view name) const;
  const std::vector<std::pair<std::string, Item>>& members() const { return members_; }

 private:
  std::vector<std::pair<std::string, Item>> members_;
  std::unordered_map<std::string, std::size_t> places_;
};

class Item {
 public:
  Item();  // null
  explicit Item(const Value& value) : form_(Form::kValue), at_(&value) {}
  explicit Item(const ItemList& list) : form_(Form::kList), at_(&list) {}
  explicit Item(const ItemHash& hash) : form_(Form::kHash), at_(&hash) {}
  explicit Item(const Node& expression) : form_(Form::kExpression), at_(&expression) {}

  ItemKind kind() const;
  bool is(ItemKind kind) const { return this->kind() == kind; }
  bool same_object(const Item& other) const { return at_ == other.at_; }

  // A scalar.
  const Value& scalar() const { return *static_cast<const Value*>(at_); }
  std::string_view text() const { return as_view(scalar().get_string()); }
  // The reference's expression.
  const Node& expression() const { return *static_cast<const Node*>(at_); }
  // An array's or object's.
  std::size_t size() const;
  Item element(std::size_t index) const;                    // of an array
  std::optional<Item> member(std::string_view name) const;  // empty for anything but objects
  template <class F>
  void each_member(F&& f) const;  // f(name, item)

 private:
  enum class Form : std::uint8_t { kValue, kList, kHash, kExpression };
  const ItemList& list() const { return *static_cast<const ItemList*>(at_); }
  const ItemHash& hash() const { return *static_cast<const ItemHash*>(at_); }

  Form form_;
  const void* at_;
};

// Keeps what an evaluation makes, at addresses that stay.
class Arena {
 public:
  Item keep(Value value) { return Item(values_.emplace_back(std::move(value))); }
  Item keep(ItemList list) { return Item(lists_.emplace_back(std::move(list))); }
  Item keep(ItemHash hash) { return Item(hashes_.emplace_back(std::move(hash))); }

 private:
  std::deque<Value> values_;
  std::deque<ItemList> lists_;
  std::deque<ItemHash> hashes_;
};

template <class F>
void Item::each_member(F&& f) const {
  if (form_ == Form::kHash) {
    for (const auto& [name, item] : hash().members()) f(std::string_view(name), item);
  } else {
    for (const auto& member : scalar().get_object()) {
      f(std::string_view(member.key().data(), member.key().size()), Item(member.value()));
    }
  }
}

}  // namespace seatrial::jmespath
