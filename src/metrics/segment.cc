#include "metrics/segment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "metrics/columns.h"
#include "metrics/packing.h"
#include "metrics/series_column.h"

namespace seatrial::metrics {
namespace {

constexpr std::string_view kMark = "STmetr01";

struct Trailer {
  std::uint64_t at;
  std::uint32_t size, raw, checksum, own_checksum;
  char mark[8];
};
static_assert(sizeof(Trailer) == 32);

std::uint32_t own_checksum(const Trailer& trailer) {
  return checksum({reinterpret_cast<const char*>(&trailer), offsetof(Trailer, own_checksum)});
}

}  // namespace

std::string SegmentName::file() const {
  return fmt::format("{}-{}-{}.segment", tier, partition, number);
}

std::expected<SegmentWriter, std::string> SegmentWriter::create(const std::filesystem::path& folder,
                                                                SegmentName name, int level) {
  auto file = File::open(folder / name.file(), File::Mode::kWrite);
  if (!file) return std::unexpected(file.error());
  if (auto done = file->truncate(0); !done) return std::unexpected(done.error());
  return SegmentWriter(std::move(*file), name, level);
}

Done SegmentWriter::add(SeriesNumber series, const std::vector<Bucket>& buckets) {
  if (buckets.empty()) return {};
  if (raw_.size() >= kBlockBytes) {
    if (auto done = end_block(); !done) return done;
  }
  const auto at = raw_.size();
  append_series(raw_, buckets);
  places_.push_back({series, static_cast<std::uint32_t>(blocks_.size()),
                     static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(raw_.size() - at),
                     buckets.back().at});
  return {};
}

Done SegmentWriter::end_block() {
  if (raw_.empty()) return {};
  const auto packed = compress(raw_, level_);
  if (packed.empty()) return std::unexpected("zstd cannot compress a block");
  blocks_.push_back({file_.size(), static_cast<std::uint32_t>(packed.size()),
                     static_cast<std::uint32_t>(raw_.size()), checksum(packed)});
  raw_.clear();
  return file_.append(packed);
}

std::string SegmentWriter::directory() const {
  std::string raw;
  append_varint(raw, blocks_.size());
  for (const auto& block : blocks_)
    for (const std::uint64_t part : {block.at, std::uint64_t{block.size}, std::uint64_t{block.raw},
                                     std::uint64_t{block.checksum}})
      append_varint(raw, part);
  append_varint(raw, places_.size());
  SeriesNumber before = 0;
  std::uint32_t block = 0;
  for (const auto& place : places_) {
    append_varint(raw, place.series - before);
    append_varint(raw, place.block - block);
    append_varint(raw, place.size);  // they stand one behind the other
    append_varint(raw, place.last - name_.partition);
    before = place.series;
    block = place.block;
  }
  return raw;
}

Done SegmentWriter::finish() {
  if (auto done = end_block(); !done) return done;
  const auto raw = directory();
  const auto packed = compress(raw, level_);
  Trailer trailer{file_.size(),
                  static_cast<std::uint32_t>(packed.size()),
                  static_cast<std::uint32_t>(raw.size()),
                  checksum(packed),
                  0,
                  {}};
  trailer.own_checksum = own_checksum(trailer);
  std::memcpy(trailer.mark, kMark.data(), kMark.size());
  auto done = file_.append(packed);
  if (done) done = file_.append({reinterpret_cast<const char*>(&trailer), sizeof trailer});
  if (done) done = file_.sync();
  return done;
}

std::expected<std::shared_ptr<Segment>, std::string> Segment::open(
    const std::filesystem::path& folder, SegmentName name) {
  auto file = File::open(folder / name.file(), File::Mode::kRead);
  if (!file) return std::unexpected(file.error());
  std::shared_ptr<Segment> segment(new Segment(std::move(*file), name));
  if (auto done = segment->read_directory(); !done) return std::unexpected(done.error());
  return segment;
}

Done Segment::read_directory() {
  const auto damaged = std::unexpected(file_.path().string() + " is damaged");
  Trailer trailer;
  if (file_.size() < sizeof trailer) return damaged;
  const auto end = file_.read(file_.size() - sizeof trailer, sizeof trailer);
  if (!end) return std::unexpected(end.error());
  std::memcpy(&trailer, end->data(), sizeof trailer);
  if (std::string_view(trailer.mark, 8) != kMark || trailer.own_checksum != own_checksum(trailer)) {
    return damaged;
  }
  const auto packed = file_.read(trailer.at, trailer.size);
  if (!packed) return std::unexpected(packed.error());
  if (checksum(*packed) != trailer.checksum) return damaged;
  const auto raw = decompress(*packed, trailer.raw);
  if (!raw || !parse_directory(*raw)) return damaged;
  return {};
}

bool Segment::parse_directory(std::string_view raw) {
  ColumnReader reader(raw);
  const auto word = [&] { return static_cast<std::uint32_t>(reader.varint()); };
  const auto blocks = reader.varint();
  for (std::uint64_t i = 0; i < blocks && reader.ok(); ++i) {
    const auto at = reader.varint();
    const auto size = word(), raw_size = word(), sum = word();
    blocks_.push_back({at, size, raw_size, sum});
  }
  const auto places = reader.varint();
  Place place{0, 0, 0, 0, 0};
  for (std::uint64_t i = 0; i < places && reader.ok(); ++i) {
    place.series += word();
    const auto blocks_on = word();
    place.at = blocks_on == 0 ? place.at + place.size : 0;
    place.block += blocks_on;
    place.size = word();
    place.last = name_.partition + word();
    if (place.block >= blocks_.size() ||
        std::uint64_t{place.at} + place.size > blocks_[place.block].raw) {
      return false;
    }
    places_.push_back(place);
  }
  return reader.ok() && reader.at_end();
}

const Segment::Place* Segment::find(SeriesNumber series) const {
  const auto found =
      std::lower_bound(places_.begin(), places_.end(), series,
                       [](const Place& place, SeriesNumber n) { return place.series < n; });
  return found == places_.end() || found->series != series ? nullptr : &*found;
}

std::expected<std::string, std::string> Segment::block(std::uint32_t index) const {
  const auto& block = blocks_[index];
  auto packed = file_.read(block.at, block.size);
  if (!packed) return packed;
  auto raw = checksum(*packed) == block.checksum ? decompress(*packed, block.raw) : std::nullopt;
  if (!raw) return std::unexpected(file_.path().string() + " is damaged");
  return std::move(*raw);
}

}  // namespace seatrial::metrics
