// Typed structures to and from the generic value, by listing their members once.
//
// A record lists its members in one static function; both directions and storage follow from it:
//   struct Instance { std::string id; std::optional<int> port; std::vector<Tag> tags;
//     template <class F> static void fields(F&& f) {
//       f("id", &Instance::id); f("port", &Instance::port); f("tags", &Instance::tags); } };
// Unknown keys are ignored and absent ones leave the default, so that an older or newer world's
// records still load. Generated AWS shapes bring their own to_value/from_value and nest freely.
#pragma once
#include <concepts>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "base/time.h"
#include "base/value.h"

namespace seatrial {

namespace detail {
struct AnyField {
  template <class M>
  void operator()(const char*, M) const {}
};
}  // namespace detail

template <class T>
concept Record = requires { T::fields(detail::AnyField{}); };

inline Value to_value(const std::string& s) { return Value(s); }
inline Value to_value(bool b) { return Value(b); }
inline Value to_value(double d) { return Value(d); }
inline Value to_value(Time t) { return Value(to_ms(t)); }
inline Value to_value(const Value& v) { return v; }
template <std::integral T>
  requires(!std::same_as<T, bool>)
Value to_value(T i) {
  return Value(static_cast<std::int64_t>(i));
}
template <class T>
  requires std::is_enum_v<T>
Value to_value(T e) {
  return Value(static_cast<std::int64_t>(e));
}
template <Record T>
Value to_value(const T& record);
template <class T, class A>
Value to_value(const std::vector<T, A>& list);
template <class T>
Value to_value(const std::map<std::string, T>& map);

inline void from_value(const Value& v, std::string& out) {
  if (v.is_string()) out.assign(as_view(v.get_string()));
}
inline void from_value(const Value& v, bool& out) {
  if (v.is_bool()) out = v.get_bool();
}
inline void from_value(const Value& v, double& out) {
  if (v.is_number()) out = v.to_number<double>();
}
inline void from_value(const Value& v, Time& out) {
  if (v.is_int64()) out = from_ms(v.get_int64());
}
inline void from_value(const Value& v, Value& out) { out = v; }
template <std::integral T>
  requires(!std::same_as<T, bool>)
void from_value(const Value& v, T& out) {
  if (v.is_int64())
    out = static_cast<T>(v.get_int64());
  else if (v.is_uint64())
    out = static_cast<T>(v.get_uint64());
}
template <class T>
  requires std::is_enum_v<T>
void from_value(const Value& v, T& out) {
  if (v.is_int64()) out = static_cast<T>(v.get_int64());
}
template <Record T>
void from_value(const Value& v, T& record);
template <class T, class A>
void from_value(const Value& v, std::vector<T, A>& list);
template <class T>
void from_value(const Value& v, std::map<std::string, T>& map);

template <class T, class A>
Value to_value(const std::vector<T, A>& list) {
  Array array;
  array.reserve(list.size());
  for (const auto& element : list) array.push_back(to_value(static_cast<const T&>(element)));
  return array;
}

template <class T>
Value to_value(const std::map<std::string, T>& map) {
  Object object;
  for (const auto& [key, element] : map) object[key] = to_value(element);
  return object;
}

template <Record T>
Value to_value(const T& record) {
  Object object;
  T::fields([&]<class M>(const char* name, M T::* member) {
    const M& value = record.*member;
    if constexpr (requires {
                    value.has_value();
                    *value;
                  }) {
      if (value.has_value()) object[name] = to_value(*value);
    } else {
      object[name] = to_value(value);
    }
  });
  return object;
}

template <class T, class A>
void from_value(const Value& v, std::vector<T, A>& list) {
  list.clear();
  if (!v.is_array()) return;
  for (const auto& element : v.get_array()) {
    T item{};
    from_value(element, item);
    list.push_back(std::move(item));
  }
}

template <class T>
void from_value(const Value& v, std::map<std::string, T>& map) {
  map.clear();
  if (!v.is_object()) return;
  for (const auto& [key, element] : v.get_object()) from_value(element, map[std::string(key)]);
}

template <Record T>
void from_value(const Value& v, T& record) {
  T::fields([&]<class M>(const char* name, M T::* member) {
    const Value* found = find_member(v, name);
    if (found == nullptr) return;
    M& target = record.*member;
    if constexpr (requires {
                    target.has_value();
                    target.emplace();
                  }) {
      from_value(*found, target.emplace());
    } else {
      from_value(*found, target);
    }
  });
}

template <class T>
T record_from(const Value& v) {
  T out{};
  from_value(v, out);
  return out;
}

}  // namespace seatrial
