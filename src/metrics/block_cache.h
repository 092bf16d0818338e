// The last blocks that were read, decompressed: questions come in groups that touch the same ones.
#pragma once
#include <deque>
#include <map>
#include <mutex>

#include "metrics/segment.h"

namespace seatrial::metrics {

inline constexpr std::size_t kBlockCacheBytes = 16u << 20;

class BlockCache {
 public:
  using Block = std::shared_ptr<const std::string>;

  // Any thread; the error is the segment's.
  std::expected<Block, std::string> get(const Segment& segment, std::uint32_t index) {
    const Key key{segment.name().number, index};
    {
      const std::lock_guard lock(mutex_);
      if (const auto known = blocks_.find(key); known != blocks_.end()) return known->second;
    }
    auto raw = segment.block(index);
    if (!raw) return std::unexpected(raw.error());
    auto block = std::make_shared<const std::string>(std::move(*raw));
    keep(key, block);
    return block;
  }

 private:
  using Key = std::pair<std::uint64_t, std::uint32_t>;

  void keep(const Key& key, const Block& block) {
    const std::lock_guard lock(mutex_);
    if (!blocks_.emplace(key, block).second) return;
    order_.push_back(key);
    bytes_ += block->size();
    while (bytes_ > kBlockCacheBytes && order_.size() > 1) {
      const auto oldest = blocks_.find(order_.front());
      bytes_ -= oldest->second->size();
      blocks_.erase(oldest);
      order_.pop_front();
    }
  }

  std::mutex mutex_;
  std::map<Key, Block> blocks_;
  std::deque<Key> order_;
  std::size_t bytes_ = 0;
};

}  // namespace seatrial::metrics
