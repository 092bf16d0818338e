#include "metrics/shelf.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <set>
#include <sstream>

#include "base/log.h"
#include "metrics/series_column.h"

namespace seatrial::metrics {
namespace {

constexpr int kSealLevel = 1, kMergeLevel = 3;  // of zstd
constexpr const char* kManifest = "manifest";

// Walks one segment's series in order, holding one block at a time.
class Walk {
 public:
  explicit Walk(const Segment& segment) : segment_(segment) {}
  bool at_end() const { return next_ == segment_.places().size(); }
  SeriesNumber series() const { return segment_.places()[next_].series; }

  Done take(std::vector<Bucket>& to) {
    const auto& place = segment_.places()[next_++];
    if (!block_ || place.block != block_index_) {
      auto block = segment_.block(place.block);
      if (!block) return std::unexpected(block.error());
      block_ = std::move(*block);
      block_index_ = place.block;
    }
    auto buckets = read_series(std::string_view(*block_).substr(place.at, place.size));
    if (!buckets) return std::unexpected(segment_.name().file() + " is damaged");
    std::move(buckets->begin(), buckets->end(), std::back_inserter(to));
    return {};
  }

 private:
  const Segment& segment_;
  std::size_t next_ = 0;
  std::optional<std::string> block_;
  std::uint32_t block_index_ = 0;
};

// The writer of each partition that a seal touches.
class Writers {
 public:
  using Name = std::function<SegmentName(int tier, std::uint32_t partition)>;
  Writers(const std::filesystem::path& folder, Name name)
      : folder_(folder), name_(std::move(name)) {}

  Done add(int tier, SeriesNumber series, const std::vector<Bucket>& buckets) {
    for (auto from = buckets.begin(); from != buckets.end();) {
      const auto partition = partition_of(tier, from->at);
      const auto to = std::find_if(from, buckets.end(), [&](const Bucket& b) {
        return partition_of(tier, b.at) != partition;
      });
      auto writer = of(tier, partition);
      if (!writer) return std::unexpected(writer.error());
      if (auto done = (*writer)->add(series, {from, to}); !done) return done;
      from = to;
    }
    return {};
  }
  std::vector<SegmentWriter> all() {
    std::vector<SegmentWriter> all;
    for (auto& [where, writer] : writers_) all.push_back(std::move(writer));
    return all;
  }

 private:
  std::expected<SegmentWriter*, std::string> of(int tier, std::uint32_t partition) {
    const auto known = writers_.find({tier, partition});
    if (known != writers_.end()) return &known->second;
    auto made = SegmentWriter::create(folder_, name_(tier, partition), kSealLevel);
    if (!made) return std::unexpected(made.error());
    return &writers_.emplace(std::pair{tier, partition}, std::move(*made)).first->second;
  }

  const std::filesystem::path& folder_;
  Name name_;
  std::map<std::pair<int, std::uint32_t>, SegmentWriter> writers_;
};

void remove_quietly(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::remove(path, error);
}

int size_class(std::uint64_t bytes) { return std::bit_width(bytes) / 2; }  // within four times

}  // namespace

std::expected<std::unique_ptr<Shelf>, std::string> Shelf::open(const std::filesystem::path& folder,
                                                               std::mutex& mutex) {
  std::unique_ptr<Shelf> shelf(new Shelf(folder, mutex));
  if (auto done = shelf->read_manifest(); !done) return std::unexpected(done.error());
  shelf->remove_leftovers();
  return shelf;
}

// "wal 3", "next 17", then a line per segment: "segment 1 1767225600 12".
Done Shelf::read_manifest() {
  const auto path = folder_ / kManifest;
  if (!std::filesystem::exists(path)) return {};
  auto file = File::open(path, File::Mode::kRead);
  if (!file) return std::unexpected(file.error());
  const auto bytes = file->read(0, static_cast<std::size_t>(file->size()));
  if (!bytes) return std::unexpected(bytes.error());
  const auto damaged = std::unexpected(path.string() + " is damaged");
  std::string text;
  if (read_records(*bytes, [&](auto record) { return text = record, true; }) != bytes->size()) {
    return damaged;
  }
  Segments segments;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    SegmentName name;
    if (word == "wal") {
      words >> first_wal_;
    } else if (word == "next") {
      words >> next_number_;
    } else if (word == "segment" && words >> name.tier >> name.partition >> name.number) {
      auto segment = Segment::open(folder_, name);
      if (!segment) return std::unexpected(segment.error());
      segments.push_back(std::move(*segment));
    } else {
      return damaged;
    }
  }
  segments_ = std::make_shared<Segments>(std::move(segments));
  return {};
}

Done Shelf::write_manifest(const Segments& segments, std::uint64_t first_wal) {
  std::string text = fmt::format("wal {}\nnext {}\n", first_wal, next_number_);
  for (const auto& segment : segments) {
    const auto& name = segment->name();
    text += fmt::format("segment {} {} {}\n", name.tier, name.partition, name.number);
  }
  std::string record;
  append_record(record, text);
  return replace_file(folder_ / kManifest, record);
}

void Shelf::remove_leftovers() const {
  std::set<std::string> named;
  for (const auto& segment : *segments_) named.insert(segment->name().file());
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    const auto& path = entry.path();
    if (path.extension() == ".segment" && !named.contains(path.filename().string()))
      remove_quietly(path);
  }
}

SegmentName Shelf::next_name(int tier, std::uint32_t partition) {
  return {tier, partition, next_number_++};
}

Done Shelf::exchange(const Segments& old, std::vector<SegmentWriter>& made, std::uint64_t first_wal,
                     const std::function<void()>& exchanged) {
  const auto before = segments();
  Segments after;
  for (const auto& segment : *before)
    if (std::find(old.begin(), old.end(), segment) == old.end()) after.push_back(segment);
  Done done;
  for (auto& writer : made) {
    if (done = writer.finish(); !done) break;
    auto segment = Segment::open(folder_, writer.name());
    if (done = segment ? Done{} : std::unexpected(segment.error()); !done) break;
    after.push_back(std::move(*segment));
  }
  if (done) done = write_manifest(after, first_wal);
  if (!done) {
    for (const auto& writer : made) remove_quietly(folder_ / writer.name().file());
    return done;
  }
  {
    const std::lock_guard lock(mutex_);
    segments_ = std::make_shared<Segments>(std::move(after));
    first_wal_ = first_wal;
    if (exchanged) exchanged();
  }
  for (const auto& segment : old) remove_quietly(folder_ / segment->name().file());
  return {};
}

Done Shelf::seal(const Hot& hot, std::uint64_t next_wal, const std::function<void()>& sealed) {
  Writers writers(folder_,
                  [this](int tier, std::uint32_t partition) { return next_name(tier, partition); });
  Done done;
  for (SeriesNumber series = 0; series < hot.series() && done; ++series) {
    if (!hot.has(series)) continue;
    for (const int tier : {0, 1}) {
      std::vector<Bucket> buckets;
      hot.collect(series, tier == 0, 0, UINT32_MAX, buckets);
      buckets = fold(std::move(buckets), kTiers[static_cast<std::size_t>(tier)].resolution_s);
      if (done = writers.add(tier, series, buckets); !done) break;
    }
  }
  auto made = writers.all();
  if (done) return exchange({}, made, next_wal, sealed);
  for (const auto& writer : made) remove_quietly(folder_ / writer.name().file());
  return done;
}

// All buckets of the sources, in one segment of the tier.
Done Shelf::merge(const Segments& sources, int tier, int level) {
  const auto resolution = kTiers[static_cast<std::size_t>(tier)].resolution_s;
  std::vector<Walk> walks;
  for (const auto& source : sources) walks.emplace_back(*source);
  std::vector<SegmentWriter> made;
  auto writer = SegmentWriter::create(
      folder_, next_name(tier, partition_of(tier, sources[0]->name().partition)), level);
  if (!writer) return std::unexpected(writer.error());
  made.push_back(std::move(*writer));
  Done done;
  while (done) {
    SeriesNumber next = UINT32_MAX;
    for (const auto& walk : walks)
      if (!walk.at_end()) next = std::min(next, walk.series());
    if (next == UINT32_MAX) return exchange(sources, made, first_wal_);
    std::vector<Bucket> buckets;
    for (auto& walk : walks)
      if (done && !walk.at_end() && walk.series() == next) done = walk.take(buckets);
    if (done) done = made[0].add(next, fold(std::move(buckets), resolution));
  }
  remove_quietly(folder_ / made[0].name().file());
  return done;
}

// One partition's segments that are older than the tier keeps them.
Segments Shelf::expired(int tier, std::int64_t now_s) const {
  Segments found;
  const auto& rule = kTiers[static_cast<std::size_t>(tier)];
  for (const auto& segment : *segments()) {
    const auto& name = segment->name();
    const bool old = std::int64_t{name.partition} + rule.partition_s + rule.kept_s <= now_s;
    if (name.tier != tier || !old) continue;
    if (found.empty() || found[0]->name().partition == name.partition) found.push_back(segment);
  }
  return found;
}

Done Shelf::roll_up(std::int64_t now_s) {
  for (int tier = 0; tier < static_cast<int>(kTiers.size()); ++tier) {
    while (true) {
      const auto old = expired(tier, now_s);
      if (old.empty()) break;
      std::vector<SegmentWriter> nothing;
      const bool last = tier + 1 == static_cast<int>(kTiers.size());
      auto done = last ? exchange(old, nothing, first_wal_) : merge(old, tier + 1, kMergeLevel);
      if (!done) return done;
    }
  }
  return {};
}

Segments Shelf::alike() const {
  std::map<std::tuple<int, std::uint32_t, int>, Segments> groups;
  for (const auto& segment : *segments()) {
    const auto& name = segment->name();
    auto& group = groups[{name.tier, name.partition, size_class(segment->bytes())}];
    group.push_back(segment);
    if (group.size() == kMaxAlike) return group;
  }
  return {};
}

Done Shelf::merge_alike() {
  while (true) {
    const auto group = alike();
    if (group.empty()) return {};
    if (auto done = merge(group, group[0]->name().tier, kMergeLevel); !done) return done;
  }
}

}  // namespace seatrial::metrics
