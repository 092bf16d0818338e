// What generated shapes (build/gen/model/shapes/<service>.h) are made of: containers that know
// whether the caller gave them, and the binding of structures to the generic value.
//
// Problem: hundreds of structures must turn into a Value and back, compile fast and stay readable.
// Choice: each generated structure has a constant table of its members (wire name, offset, Codec);
// one loop walks any table (shape_support.cc). A Codec is instantiated per member type, not per
// member. Rejected: a function per structure, whose code and compile time grow with every member.
// The other half: tools/modelc/shapes.py.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/record.h"
#include "base/time.h"
#include "base/value.h"

namespace seatrial::model {

// The input or output of an operation that has none.
struct Empty {};
inline Value to_value(const Empty&) { return Object{}; }
inline void from_value(const Value&, Empty&) {}

// A list member. `given` tells an empty list from an absent one; to_value leaves a list out that is
// neither given nor filled.
template <class T>
struct List : std::vector<T> {
  using std::vector<T>::vector;
  List() = default;
  List(std::vector<T> items) : std::vector<T>(std::move(items)), given(true) {}
  bool given = false;
};

// A map member, likewise.
template <class T>
struct Map : std::map<std::string, T> {
  using std::map<std::string, T>::map;
  Map() = default;
  Map(std::map<std::string, T> items) : std::map<std::string, T>(std::move(items)), given(true) {}
  bool given = false;
};

// A member whose structure contains itself: on the heap, empty at first, copied deeply. It is used
// like the std::optional that other members are.
template <class T>
class Box {
 public:
  Box() = default;
  Box(T item) : item_(std::make_unique<T>(std::move(item))) {}
  Box(const Box& other) : item_(other.item_ ? std::make_unique<T>(*other.item_) : nullptr) {}
  Box(Box&&) noexcept = default;
  Box& operator=(Box other) noexcept {
    item_ = std::move(other.item_);
    return *this;
  }
  ~Box() = default;

  bool has_value() const { return item_ != nullptr; }
  explicit operator bool() const { return has_value(); }
  T& emplace() { return *(item_ = std::make_unique<T>()); }
  void reset() { item_.reset(); }
  T& operator*() { return *item_; }
  const T& operator*() const { return *item_; }
  T* operator->() { return item_.get(); }
  const T* operator->() const { return item_.get(); }

 private:
  std::unique_ptr<T> item_;
};

// How a member of one C++ type is written to and read from a Value. `present` says whether it
// appears at all; `read` is called for a key that is there and not null.
struct Codec {
  bool (*present)(const void* member);
  Value (*write)(const void* member);
  void (*read)(const Value& v, void* member);
  bool keeps_null;  // a document: null is a value, not an absence
};

struct MemberBinding {
  std::string_view name;
  std::uint32_t offset;
  const Codec* codec;
};

// Walks the table over the structure at `shape`. Unknown keys are ignored, absent ones leave the
// default; a value of the wrong type leaves the default too (validation is the wire's).
Value write_members(std::span<const MemberBinding> table, const void* shape);
void read_members(std::span<const MemberBinding> table, const Value& v, void* shape);

namespace detail {

// These see base/record.h's functions for scalars, and by argument-dependent look-up those of
// generated structures and of List and Map.
template <class T>
Value item_to_value(const T& item) {
  using seatrial::to_value;
  return to_value(item);
}
template <class T>
void item_from_value(const Value& v, T& item) {
  using seatrial::from_value;
  from_value(v, item);
}

template <class T>
struct Binding {  // required scalars and structures
  static bool present(const T&) { return true; }
  static Value write(const T& member) { return item_to_value(member); }
  static void read(const Value& v, T& member) { item_from_value(v, member); }
};
template <class T>
struct OptionalBinding {
  static bool present(const T& member) { return member.has_value(); }
  static Value write(const T& member) { return item_to_value(*member); }
  static void read(const Value& v, T& member) { item_from_value(v, member.emplace()); }
};
template <class T>
struct ContainerBinding : Binding<T> {
  static bool present(const T& member) { return member.given || !member.empty(); }
};
template <class T>
struct Binding<std::optional<T>> : OptionalBinding<std::optional<T>> {};
template <class T>
struct Binding<Box<T>> : OptionalBinding<Box<T>> {};

template <class T>
inline constexpr bool kIsContainer = false;
template <class T>
inline constexpr bool kIsContainer<List<T>> = true;
template <class T>
inline constexpr bool kIsContainer<Map<T>> = true;

template <class T>
using BindingOf = std::conditional_t<kIsContainer<T>, ContainerBinding<T>, Binding<T>>;

template <class T>
inline constexpr bool kKeepsNull = std::same_as<T, Value> || std::same_as<T, std::optional<Value>>;

}  // namespace detail

template <class T>
inline constexpr Codec kCodec = {
    [](const void* m) { return detail::BindingOf<T>::present(*static_cast<const T*>(m)); },
    [](const void* m) { return detail::BindingOf<T>::write(*static_cast<const T*>(m)); },
    [](const Value& v, void* m) { detail::BindingOf<T>::read(v, *static_cast<T*>(m)); },
    detail::kKeepsNull<T>};

template <class T>
Value to_value(const List<T>& list) {
  Array array;
  array.reserve(list.size());
  for (const auto& item : list) array.push_back(detail::item_to_value(static_cast<const T&>(item)));
  return array;
}

template <class T>
Value to_value(const Map<T>& map) {
  Object object;
  object.reserve(map.size());
  for (const auto& [key, item] : map) object[key] = detail::item_to_value(item);
  return object;
}

template <class T>
void from_value(const Value& v, List<T>& list) {
  list.clear();
  list.given = true;
  if (!v.is_array()) return;
  list.reserve(v.get_array().size());
  for (const auto& element : v.get_array()) {
    T item{};
    detail::item_from_value(element, item);
    list.push_back(std::move(item));
  }
}

template <class T>
void from_value(const Value& v, Map<T>& map) {
  map.clear();
  map.given = true;
  if (!v.is_object()) return;
  for (const auto& [key, element] : v.get_object()) {
    detail::item_from_value(element, map[std::string(key)]);
  }
}

}  // namespace seatrial::model
