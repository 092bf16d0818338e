// A room's records of one kind: an ordered map in memory, written through to the Store.
//
//   store::Table<ServiceRecord> services{env.store, "ecs.service"};
//   services.put(key, record);  if (const auto* s = services.find(key)) ...
//   for (const auto& [key, record] : services.with_prefix("ap-southeast-2/")) ...
//
// T converts by base/record.h's to_value/from_value (a Record or a generated shape). Control thread
// only. References stay valid until the same key is put or erased.
#pragma once
#include <map>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/record.h"
#include "store/store.h"

namespace seatrial::store {

template <class T>
class Table {
 public:
  using Map = std::map<std::string, T, std::less<>>;

  Table(Store& store, std::string name) : store_(store), name_(std::move(name)) {
    for (auto& [key, body] : store_.load(name_)) {
      const auto value = parse_json(body);
      if (!value) fail_corrupt(name_ + "/" + key, "the record is not JSON");
      from_value(*value, rows_[key]);
    }
  }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  const T* find(std::string_view key) const {
    const auto row = rows_.find(key);
    return row == rows_.end() ? nullptr : &row->second;
  }
  bool contains(std::string_view key) const { return rows_.contains(key); }
  std::size_t size() const { return rows_.size(); }
  auto begin() const { return rows_.begin(); }
  auto end() const { return rows_.end(); }

  // All rows whose key is not before this one.
  auto from(std::string_view key) const {
    return std::ranges::subrange(rows_.lower_bound(key), rows_.end());
  }
  auto with_prefix(std::string_view prefix) const {
    return std::ranges::subrange(rows_.lower_bound(prefix), end_of_prefix(prefix));
  }

  const T& put(const std::string& name, T value) {
    const std::string key = name;  // a copy: it may be part of the record that is replaced
    std::string body = to_json(to_value(value));
    auto row = rows_.find(key);
    if (row == rows_.end()) {
      row = rows_.emplace(key, std::move(value)).first;
      store_.put(name_, key, std::move(body), [this, key] { rows_.erase(key); });
    } else {
      store_.put(name_, key, std::move(body), [this, key, old = std::move(row->second)]() mutable {
        rows_[key] = std::move(old);
      });
      row->second = std::move(value);
    }
    return row->second;
  }

  // Changes a copy of the record and puts it; false when there is none.
  template <class F>
  bool update(std::string_view key, F&& change) {
    const auto row = rows_.find(key);
    if (row == rows_.end()) return false;
    T copy = row->second;
    change(copy);
    put(row->first, std::move(copy));
    return true;
  }

  bool erase(std::string_view key) {
    const auto row = rows_.find(key);
    if (row == rows_.end()) return false;
    const std::string name = row->first;
    store_.erase(name_, name, [this, name, old = std::move(row->second)]() mutable {
      rows_[name] = std::move(old);
    });
    rows_.erase(row);
    return true;
  }

 private:
  typename Map::const_iterator end_of_prefix(std::string_view prefix) const {
    std::string after(prefix);
    while (!after.empty() && static_cast<unsigned char>(after.back()) == 255) after.pop_back();
    if (after.empty()) return rows_.end();
    after.back() = static_cast<char>(static_cast<unsigned char>(after.back()) + 1);
    return rows_.lower_bound(after);
  }

  Store& store_;
  std::string name_;
  Map rows_;
};

}  // namespace seatrial::store
