// Which series there are: each has a number, given once and kept, under which samples are stored.
//
// The numbers are the order of the records in one append-only file, which is synced before the
// first sample that names a new one. Not thread-safe: the engine's lock covers it.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <unordered_map>

#include "metrics/file.h"
#include "metrics/types.h"

namespace seatrial::metrics {

using SeriesNumber = std::uint32_t;
inline constexpr std::size_t kMaxSeries = 2'000'000;

struct Registered {
  SeriesId id;                // dimensions sorted
  std::uint32_t last_at = 0;  // of its latest sample, seconds since the epoch; 0: none
};

class Registry {
 public:
  static std::expected<Registry, std::string> open(const std::filesystem::path& file);

  // The text that is one series' name; dimensions in any order. `key_of` writes over `to`.
  static void key_of(const SeriesId& id, std::string& to);

  // The same built part by part: prefix, name, dimensions in ascending order, then the unit.
  static void begin_prefix(std::string& region, std::string_view name_space);
  static void begin_key(std::string& to, std::string_view prefix, std::string_view name);
  static void add_dimension(std::string& to, std::string_view name, std::string_view value);

  SeriesNumber number_of(const SeriesId& id);  // registers what is new
  SeriesNumber number_of_key(std::string_view key);
  std::optional<SeriesNumber> find(const SeriesId& id) const;
  // The metric's series of every unit, with the dimensions as given.
  std::vector<SeriesNumber> find_units(const SeriesId& id) const;
  std::vector<SeriesNumber> find_space(const std::string& region,
                                       const std::string& name_space) const;  // empty: any

  bool is_full() const { return series_.size() >= kMaxSeries; }
  std::size_t size() const { return series_.size(); }
  Registered& at(SeriesNumber number) { return series_[number]; }
  const Registered& at(SeriesNumber number) const { return series_[number]; }

  // Committer thread, in two steps, so that no lock is held while the disk works.
  std::string unsaved() const;  // the keys that save() has not seen
  Done save(const std::string& keys, std::size_t size_then);
  std::size_t saved() const { return saved_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const {
      return std::hash<std::string_view>{}(key);
    }
  };
  explicit Registry(File file) : file_(std::move(file)) {}
  SeriesNumber add(SeriesId id, std::string key);
  bool add_all(std::string_view record);

  File file_;
  std::size_t saved_ = 0;  // how many are in the file
  std::deque<Registered> series_;
  std::unordered_map<std::string, SeriesNumber, Hash, std::equal_to<>> numbers_;
  std::map<std::pair<std::string, std::string>, std::vector<SeriesNumber>> spaces_;
  std::unordered_map<std::string, std::vector<SeriesNumber>> units_;  // by the key without unit
};

}  // namespace seatrial::metrics
