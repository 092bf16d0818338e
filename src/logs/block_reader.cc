#include "logs/block_reader.h"

#include <algorithm>
#include <map>

#include "logs/part_rows.h"
#include "logs/row_block.h"

namespace seatrial::logs {
namespace {

// A sealed part of which every event is wanted.
class PartBlock final : public Block {
 public:
  PartBlock(const GroupView& view, const Part& part, PartReader& reader)
      : view_(view), part_(part), reader_(&reader) {}
  // From now on another thread asks.
  void give_to(PartReader& reader) { reader_ = &reader; }

  std::size_t size() const override { return part_.info.events; }
  std::string_view group() const override { return view_.group->name; }
  std::span<const std::int64_t> timestamps_ms() override {
    if (times_.empty()) {
      for (const EventMeta& event : reader_->meta(part_)) times_.push_back(event.timestamp_ms);
    }
    return times_;
  }
  std::optional<Column> column(std::string_view path) override {
    const auto known = columns_.find(path);
    if (known != columns_.end()) return view_of(known->second);
    if (!index_) index_ = reader_->columns(part_);
    return view_of(columns_[std::string(path)] = reader_->column(part_, *index_, path));
  }
  std::span<const EventView> rows() override {
    if (!chunk_) {
      chunk_ = reader_->chunk(part_);
      rows_ = rows_of(view_, part_, *chunk_, {});
    }
    return rows_;
  }

 private:
  static std::optional<Column> view_of(const std::unique_ptr<ColumnData>& data) {
    return data ? std::optional(data->view()) : std::nullopt;
  }

  const GroupView& view_;
  const Part& part_;
  PartReader* reader_;
  std::optional<ColumnIndex> index_;
  std::map<std::string, std::unique_ptr<ColumnData>, std::less<>> columns_;
  std::vector<std::int64_t> times_;
  std::shared_ptr<const Chunk> chunk_;
  std::vector<EventView> rows_;
};

void count_rows(const BlockInfo& info, std::int64_t& events, std::int64_t& bytes) {
  events += static_cast<std::int64_t>(info.events);
  bytes += static_cast<std::int64_t>(info.message_bytes);
}

void add(const ScanStatistics& from, ScanStatistics& to) {
  to.events_scanned += from.events_scanned;
  to.bytes_scanned += from.bytes_scanned;
  to.events_skipped += from.events_skipped;
  to.bytes_skipped += from.bytes_skipped;
}

}  // namespace

BlockReader::BlockReader(std::span<const GroupView> views, const ScanRequest& request,
                         ScanStatistics& statistics)
    : request_(request), statistics_(statistics) {
  for (const GroupView& view : views) {
    for (const PartPtr& part : view.parts) jobs_.push_back({&view, part.get()});
  }
}

BlockReader::~BlockReader() { stop(); }

void BlockReader::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
  add(ahead_, statistics_);
}

BlockReader::Ready BlockReader::prepare(const Job& job, PartReader& reader,
                                        ScanStatistics& statistics) const {
  const Part& part = *job.part;
  if (!reader.may_contain(part, request_.needles)) {
    count_rows(part.info, statistics.events_skipped, statistics.bytes_skipped);
    return {};
  }
  count_rows(part.info, statistics.events_scanned, statistics.bytes_scanned);
  if (!part.chunk && job.view->takes_all(part.info)) {
    auto block = std::make_unique<PartBlock>(*job.view, part, reader);
    const auto kept = [&](const std::string& path) { return block->column(path).has_value(); };
    if (std::ranges::all_of(request_.columns, kept) && request_.times) block->timestamps_ms();
    block->give_to(const_cast<PartReader&>(reader_));
    return {nullptr, std::move(block)};
  }
  auto chunk = reader.chunk(part);
  auto rows = rows_of(*job.view, part, *chunk, request_.needles);
  if (rows.empty()) return {};
  auto block = std::make_unique<RowBlock>(std::move(rows));
  return {std::move(chunk), std::move(block)};
}

const BlockReader::Job* BlockReader::next_job() {
  return begun_ < jobs_.size() ? &jobs_[begun_++] : nullptr;
}

void BlockReader::read_ahead() {
  PartReader reader;
  ScanStatistics statistics;
  std::unique_lock lock(mutex_);
  while (true) {
    if (ready_.size() >= kReadyBlocks) {
      resting_ = true;
      changed_.wait(lock, [this] { return stopping_ || ready_.size() <= kFewReady; });
      resting_ = false;
    }
    const Job* job = stopping_ ? nullptr : next_job();
    if (job == nullptr) break;
    busy_ = true;
    lock.unlock();
    auto made = prepare(*job, reader, statistics);
    lock.lock();
    busy_ = false;
    if (made.block) ready_.push_back(std::move(made));
    if (waited_for_) changed_.notify_all();
  }
  ahead_ = statistics;
  changed_.notify_all();
}

// One that is ready, else one made here; waits only for the last one of the other thread.
BlockReader::Ready BlockReader::next(bool& more) {
  std::unique_lock lock(mutex_);
  const auto take_ready = [this] {
    Ready out = std::move(ready_.back());
    ready_.pop_back();
    if (resting_ && ready_.size() <= kFewReady) changed_.notify_all();
    return out;
  };
  if (!ready_.empty()) return take_ready();
  if (const Job* job = next_job()) {
    lock.unlock();
    return prepare(*job, reader_, statistics_);
  }
  waited_for_ = true;
  changed_.wait(lock, [this] { return !ready_.empty() || !busy_; });
  waited_for_ = false;
  if (!ready_.empty()) return take_ready();
  more = false;
  return {};
}

void BlockReader::read(const EventSource::TakeBlock& take) {
  if (jobs_.size() >= kLeastForTwo) thread_ = std::thread([this] { read_ahead(); });
  bool more = true;
  while (more) {
    const Ready ready = next(more);
    if (ready.block && !take(*ready.block)) break;
  }
  stop();
}

}  // namespace seatrial::logs
