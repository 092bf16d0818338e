// Starting: the manifest, the footers it names, and the log over them.
#include <algorithm>

#include "base/check.h"
#include "base/log.h"
#include "logs/engine.h"

namespace seatrial::logs {
namespace {

namespace fs = std::filesystem;

fs::path manifest_path(const fs::path& folder) { return folder / "manifest"; }

Manifest read_manifest(const fs::path& folder) {
  const auto path = manifest_path(folder);
  if (!fs::exists(path)) return {};
  const auto file = File::open(path, File::Mode::kRead);
  if (!file) fail_corrupt(path.string(), file.error());
  const auto size = file->size();
  const auto bytes = size ? file->read(0, *size) : std::unexpected(size.error());
  if (!bytes) fail_corrupt(path.string(), bytes.error());
  auto manifest = decode_manifest(*bytes);
  if (!manifest) fail_corrupt(path.string(), manifest.error());
  return std::move(*manifest);
}

}  // namespace

std::expected<std::unique_ptr<Engine>, std::string> Engine::open(const fs::path& folder,
                                                                 const Limits& limits) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return std::unexpected("cannot make " + folder.string() + ": " + error.message());
  std::unique_ptr<Engine> engine(new Engine(folder, limits));
  if (auto done = engine->restore(); !done) return std::unexpected(done.error());
  engine->background_ = std::thread([raw = engine.get()] { raw->run(); });
  return engine;
}

std::expected<void, std::string> Engine::restore() {
  manifest_ = read_manifest(folder_);
  for (auto& group : manifest_.groups) restore_group(std::move(group));
  manifest_.groups.clear();
  remove_orphans();
  next_sequence_ = manifest_.next_sequence;
  due_.first_wal = manifest_.first_wal;
  due_.first_frame = manifest_.first_frame;
  due_.before_sequence = 0;  // what the log has now is flushed at the next rotation
  auto wal =
      Wal::open(folder_, manifest_.first_wal, manifest_.first_frame, [&](std::string_view payload) {
        return decode_changes(payload, [&](Change change) { apply(std::move(change)); });
      });
  if (!wal) return std::unexpected(wal.error());
  wal_ = std::move(*wal);
  return {};
}

void Engine::restore_group(ManifestGroup described) {
  auto group = std::make_shared<Group>(described.name);
  for (Stream& stream : described.streams) {
    const auto number = static_cast<std::uint32_t>(group->streams.size());
    if (!stream.dead) group->live_streams.emplace(stream.name, number);
    group->dead_streams += stream.dead ? 1 : 0;
    group->streams.push_back(std::move(stream));
  }
  group->marks = std::move(described.marks);
  for (const ManifestSegment& named : described.segments) {
    const auto path = folder_ / fmt::format("segment-{:010}", named.id);
    auto blocks = read_footers(path, named.footer);
    if (!blocks) fail_corrupt(path.string(), blocks.error());
    if (blocks->size() != named.dead_bytes.size())
      fail_corrupt(path.string(), "blocks are missing");
    Segment segment{std::make_shared<SegmentFile>(named.id, path), named.footer, {}};
    for (std::size_t i = 0; i < blocks->size(); ++i) {
      auto& [offset, info] = (*blocks)[i];
      if (info.streams.back().stream >= group->streams.size()) {
        fail_corrupt(path.string(), "a block of an unknown stream");
      }
      segment.blocks.emplace_back(offset, info.counted_bytes());
      if (named.dead_bytes[i] == info.counted_bytes()) continue;
      auto part = std::make_shared<Part>();
      part->info = std::move(info);
      part->file = segment.file;
      part->offset = offset;
      group->restore({std::move(part), named.dead_bytes[i]});
    }
    segments_[group->name].push_back(std::move(segment));
  }
  groups_.emplace(group->name, group);
}

// What a crash left between a file and the manifest that would have named it.
void Engine::remove_orphans() {
  std::vector<fs::path> named;
  for (const auto& [name, segments] : segments_) {
    for (const Segment& segment : segments) named.push_back(segment.file->path);
  }
  std::sort(named.begin(), named.end());
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder_, ignored)) {
    const std::string file = entry.path().filename().string();
    const bool segment = file.starts_with("segment-") &&
                         !std::binary_search(named.begin(), named.end(), entry.path());
    if (segment || file.ends_with(".new")) fs::remove(entry.path(), ignored);
  }
  remove_log_files(folder_, manifest_.first_wal);
}

}  // namespace seatrial::logs
