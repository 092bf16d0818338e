// What the engine does behind the requests: sealing closed heads into blocks, flushing blocks into
// segments, and saying in the manifest what then lies where.
//
// A flush that the disk refuses is tried again; until it succeeds no manifest is written, for it
// would list blocks whose events the log still has.
#include <algorithm>

#include "base/log.h"
#include "logs/engine.h"

namespace seatrial::logs {
namespace {

constexpr std::chrono::seconds kRetry{2};

}  // namespace

void Engine::run() {
  std::unique_lock lock(work_);
  while (true) {
    const auto due = [&] { return stopping_ || !jobs_.empty(); };
    if (flush_error_.empty()) {
      work_changed_.wait(lock, due);
    } else if (!work_changed_.wait_for(lock, kRetry, due)) {
      jobs_.push_back({Job::Kind::kFlush});
      jobs_.back().before_sequence = due_.before_sequence;
      jobs_.back().first_wal = due_.first_wal;
      jobs_.back().first_frame = due_.first_frame;
    }
    if (stopping_) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    busy_ = true;
    lock.unlock();
    Done done;
    if (job.kind == Job::Kind::kSeal) seal_closed(job);
    if (job.kind == Job::Kind::kFlush) due_ = job;
    if (job.kind != Job::Kind::kSeal) done = flush();
    lock.lock();
    busy_ = false;
    unsealed_bytes_ -= job.closed.bytes;
    if (!done) log::error("log segments could not be written: {}", done.error());
    if (job.kind != Job::Kind::kSeal) flush_error_ = done ? "" : done.error();
    work_changed_.notify_all();
  }
}

void Engine::settle() {
  std::unique_lock lock(work_);
  work_changed_.wait(lock, [&] { return jobs_.empty() && !busy_; });
}

void Engine::seal_closed(const Job& job) {
  std::vector<PartPtr> parts;
  {
    const std::shared_lock lock(state_);
    for (const Held& held : job.group->parts) {
      const auto& closed = job.closed.parts;
      if (std::find(closed.begin(), closed.end(), held.part) != closed.end()) {
        parts.push_back(held.part);
      }
    }
    if (parts.empty() || job.group->removed) return;
  }
  std::vector<const Chunk*> chunks;
  for (const PartPtr& part : parts) chunks.push_back(part->chunk.get());
  const bool whole =
      chunks.size() == 1 && chunks[0]->in_order &&
      chunks[0]->bytes.size() == parts[0]->info.message_bytes + parts[0]->info.events;
  SealedBlock block = whole ? seal(*chunks[0]) : seal(merge_chunks(chunks));
  auto sealed = std::make_shared<Part>();
  sealed->info = std::move(block.info);
  block.bytes.shrink_to_fit();
  sealed->sealed = std::make_shared<const std::string>(std::move(block.bytes));
  {
    const std::lock_guard lock(work_);
    unflushed_bytes_ += sealed->sealed->size();
  }
  const std::unique_lock lock(state_);
  if (!job.group->removed) job.group->replace(parts, std::move(sealed));
}

// Everything sealed before the newest rotation goes to segments, then the manifest says so.
Done Engine::flush() {
  std::vector<std::pair<std::shared_ptr<Group>, std::vector<PartPtr>>> waiting;
  {
    const std::shared_lock lock(state_);
    for (const auto& [name, group] : groups_) {
      std::vector<PartPtr> parts;
      for (const Held& held : group->parts) {
        const bool due = held.part->end_sequence() <= due_.before_sequence;
        if (held.part->sealed && due) parts.push_back(held.part);
      }
      if (!parts.empty()) waiting.emplace_back(group, std::move(parts));
    }
  }
  for (auto& [group, parts] : waiting) {
    if (auto done = flush_group(group, std::move(parts)); !done) return done;
  }
  count_unflushed();
  return write_manifest();
}

void Engine::count_unflushed() {
  std::size_t bytes = 0;
  {
    const std::shared_lock lock(state_);
    for (const auto& [name, group] : groups_) {
      for (const Held& held : group->parts) {
        bytes += held.part->sealed ? held.part->sealed->size() : 0;
      }
    }
  }
  const std::lock_guard lock(work_);
  unflushed_bytes_ = bytes;
}

Done Engine::flush_group(const std::shared_ptr<Group>& group, std::vector<PartPtr> parts) {
  std::span<const PartPtr> left = parts;
  while (!left.empty()) {
    std::uint64_t size = open_segment(group->name).footer.end();
    std::size_t count = 0;
    while (count < left.size() && (count == 0 || size < kSegmentBytes)) {
      size += left[count++]->sealed->size();
    }
    if (auto done = append_to_segment(group, left.first(count)); !done) return done;
    left = left.subspan(count);
  }
  return {};
}

Engine::Segment& Engine::open_segment(const std::string& group) {
  auto& segments = segments_[group];
  if (segments.empty() || segments.back().footer.end() >= kSegmentBytes) {
    const std::uint64_t id = manifest_.next_segment++;
    const auto path = folder_ / fmt::format("segment-{:010}", id);
    segments.push_back({std::make_shared<SegmentFile>(id, path), {}, {}});
  }
  return segments.back();
}

Done Engine::append_to_segment(const std::shared_ptr<Group>& group,
                               std::span<const PartPtr> parts) {
  Segment& segment = open_segment(group->name);
  std::vector<const std::string*> bytes;
  std::vector<PlacedBlock> blocks;
  for (const PartPtr& part : parts) {
    bytes.push_back(part->sealed.get());
    blocks.push_back({0, part->info});
  }
  const auto footer = append_blocks(segment.file->path, segment.footer, bytes, blocks);
  if (!footer) return std::unexpected(footer.error());
  segment.footer = *footer;
  const std::unique_lock lock(state_);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    segment.blocks.emplace_back(blocks[i].offset, blocks[i].info.counted_bytes());
    auto moved = std::make_shared<Part>();
    moved->info = std::move(blocks[i].info);
    moved->file = segment.file;
    moved->offset = blocks[i].offset;
    group->swap_part(parts[i], std::move(moved));
  }
  return {};
}

ManifestGroup Engine::describe_group(const Group& group) {
  ManifestGroup out{group.name, {group.streams.begin(), group.streams.end()}, group.marks, {}};
  std::map<std::pair<const SegmentFile*, std::uint64_t>, std::int64_t> dead;
  for (const Held& held : group.parts) {
    if (held.part->file) dead[{held.part->file.get(), held.part->offset}] = held.dead_bytes;
  }
  std::vector<Segment> used;
  for (Segment& segment : segments_[group.name]) {
    ManifestSegment described{segment.file->id, segment.footer, {}};
    bool live = false;
    for (const auto& [offset, counted] : segment.blocks) {
      const auto found = dead.find({segment.file.get(), offset});
      live = live || found != dead.end();
      described.dead_bytes.push_back(found == dead.end() ? counted : found->second);
    }
    if (!live) continue;
    out.segments.push_back(std::move(described));
    used.push_back(std::move(segment));
  }
  segments_[group.name] = std::move(used);
  return out;
}

Manifest Engine::make_manifest() {
  Manifest manifest;
  manifest.first_wal = due_.first_wal;
  manifest.first_frame = due_.first_frame;
  manifest.next_sequence = next_sequence_;
  manifest.next_segment = manifest_.next_segment;
  for (const auto& [name, group] : groups_) {
    group->prune_marks();
    manifest.groups.push_back(describe_group(*group));
  }
  return manifest;
}

// Segments of which nothing lives go when no manifest names them any more, with their last reader.
Done Engine::write_manifest() {
  std::vector<std::shared_ptr<SegmentFile>> before;
  for (const auto& [name, segments] : segments_) {
    for (const Segment& segment : segments) before.push_back(segment.file);
  }
  {
    const std::unique_lock lock(state_);
    manifest_ = make_manifest();
    std::erase_if(segments_, [&](const auto& entry) { return !groups_.contains(entry.first); });
  }
  if (auto done = sync_folder(folder_); !done) return done;
  if (auto done = replace_file(folder_ / "manifest", encode_manifest(manifest_)); !done) {
    return done;
  }
  std::vector<std::shared_ptr<SegmentFile>> kept;
  for (const auto& [name, segments] : segments_) {
    for (const Segment& segment : segments) kept.push_back(segment.file);
  }
  for (const auto& file : before) {
    if (std::find(kept.begin(), kept.end(), file) == kept.end()) file->doomed = true;
  }
  remove_log_files(folder_, manifest_.first_wal);
  manifest_.groups.clear();
  return {};
}

}  // namespace seatrial::logs
