#include "metrics/registry.h"

#include <algorithm>

#include "base/check.h"
#include "base/log.h"
#include "metrics/columns.h"
#include "metrics/packing.h"

namespace seatrial::metrics {
namespace {

constexpr int kLevel = 3;  // of zstd

// No name holds a control character, so that one can stand between them.
constexpr char kBetween = '\x1f';

constexpr char kWithin = '\x1e';  // a dimension's name and value

void append_name(std::string& to, const SeriesId& id) {
  to = id.region;
  Registry::begin_prefix(to, id.name_space);
  (to += id.name) += kBetween;
  for (const auto& d : id.dimensions) Registry::add_dimension(to, d.name, d.value);
}

SeriesId sorted(SeriesId id) {
  std::sort(id.dimensions.begin(), id.dimensions.end());
  return id;
}

// A name without its unit.
std::string_view name_part(std::string_view key) { return key.substr(0, key.rfind(kBetween) + 1); }

std::optional<SeriesId> parse_key(std::string_view key) {
  std::vector<std::string> parts(1);
  for (const char c : key) {
    if (c == kBetween) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (parts.size() < 4) return std::nullopt;
  SeriesId id{parts[0], parts[1], parts[2], {}, parts.back()};
  for (std::size_t i = 3; i + 1 < parts.size(); ++i) {
    const auto cut = parts[i].find(kWithin);
    if (cut == std::string::npos) return std::nullopt;
    id.dimensions.push_back({parts[i].substr(0, cut), parts[i].substr(cut + 1)});
  }
  return id;
}

}  // namespace

void Registry::begin_prefix(std::string& region, std::string_view name_space) {
  ((region += kBetween) += name_space) += kBetween;
}

void Registry::begin_key(std::string& to, std::string_view prefix, std::string_view name) {
  ((to += prefix) += name) += kBetween;
}

void Registry::add_dimension(std::string& to, std::string_view name, std::string_view value) {
  (((to += name) += kWithin) += value) += kBetween;
}

void Registry::key_of(const SeriesId& id, std::string& to) {
  if (std::is_sorted(id.dimensions.begin(), id.dimensions.end())) {
    append_name(to, id);
  } else {
    append_name(to, sorted(id));
  }
  to += id.unit;
}

std::expected<Registry, std::string> Registry::open(const std::filesystem::path& path) {
  auto file = File::open(path, File::Mode::kWrite);
  if (!file) return std::unexpected(file.error());
  const auto bytes = file->read(0, static_cast<std::size_t>(file->size()));
  if (!bytes) return std::unexpected(bytes.error());
  Registry registry(std::move(*file));
  const auto end =
      read_records(*bytes, [&](std::string_view record) { return registry.add_all(record); });
  registry.saved_ = registry.series_.size();
  if (end < bytes->size()) {
    log::warning("{}: {} bytes of an unfinished write were dropped", path.string(),
                 bytes->size() - end);
    if (auto done = registry.file_.truncate(end); !done) return std::unexpected(done.error());
  }
  return registry;
}

// A record: how long the keys are together, then the keys, a line each, compressed.
bool Registry::add_all(std::string_view record) {
  ColumnReader reader(record);
  const auto size = static_cast<std::size_t>(reader.varint());
  const auto keys = decompress(reader.rest(), size);
  if (!reader.ok() || !keys) return false;
  for (std::string_view rest = *keys; !rest.empty();) {
    const auto line = rest.find('\n');
    if (line == std::string_view::npos) return false;
    const auto key = rest.substr(0, line);
    auto id = parse_key(key);
    if (!id || numbers_.contains(key)) return false;
    add(std::move(*id), std::string(key));
    rest.remove_prefix(line + 1);
  }
  return true;
}

SeriesNumber Registry::add(SeriesId id, std::string key) {
  const auto number = static_cast<SeriesNumber>(series_.size());
  spaces_[{id.region, id.name_space}].push_back(number);
  units_[std::string(name_part(key))].push_back(number);
  numbers_.emplace(std::move(key), number);
  series_.push_back({std::move(id), 0});
  return number;
}

SeriesNumber Registry::number_of(const SeriesId& id) {
  thread_local std::string key;
  key_of(id, key);
  const auto known = numbers_.find(key);
  return known != numbers_.end() ? known->second : add(sorted(id), key);
}

SeriesNumber Registry::number_of_key(std::string_view key) {
  const auto known = numbers_.find(key);
  if (known != numbers_.end()) return known->second;
  auto id = parse_key(key);
  ST_CHECK(id.has_value(), "a key of no series");
  return add(std::move(*id), std::string(key));
}

std::optional<SeriesNumber> Registry::find(const SeriesId& id) const {
  std::string key;
  key_of(id, key);
  const auto known = numbers_.find(key);
  return known == numbers_.end() ? std::nullopt : std::optional(known->second);
}

std::vector<SeriesNumber> Registry::find_units(const SeriesId& id) const {
  std::string key;
  key_of(id, key);
  const auto known = units_.find(std::string(name_part(key)));
  return known == units_.end() ? std::vector<SeriesNumber>{} : known->second;
}

std::vector<SeriesNumber> Registry::find_space(const std::string& region,
                                               const std::string& name_space) const {
  if (!name_space.empty()) {
    const auto known = spaces_.find({region, name_space});
    return known == spaces_.end() ? std::vector<SeriesNumber>{} : known->second;
  }
  std::vector<SeriesNumber> all;
  for (auto space = spaces_.lower_bound({region, ""});
       space != spaces_.end() && space->first.first == region; ++space) {
    all.insert(all.end(), space->second.begin(), space->second.end());
  }
  return all;
}

std::string Registry::unsaved() const {
  if (saved_ == series_.size()) return {};
  std::string keys, key;
  for (auto number = saved_; number < series_.size(); ++number) {
    key_of(series_[number].id, key);
    (keys += key) += '\n';
  }
  return keys;
}

Done Registry::save(const std::string& keys, std::size_t size_then) {
  if (keys.empty()) return {};
  std::string record, records;
  append_varint(record, keys.size());
  record += compress(keys, kLevel);
  append_record(records, record);
  const auto before = file_.size();
  auto done = file_.append(records);
  if (done) done = file_.sync();
  if (!done) {
    (void)file_.truncate(before);
    return done;
  }
  saved_ = size_then;
  return {};
}

}  // namespace seatrial::metrics
