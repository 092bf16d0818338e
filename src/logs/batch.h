// Events as they come in: one stream's, one buffer for all messages, so that a batch of ten
// thousand events is decoded, logged and shown without ten thousand strings.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace seatrial::logs {

// Bytes that grow at their end, with kPadding readable and writable ones behind them (simdjson
// reads and writes in whole vectors).
class Buffer {
 public:
  static constexpr std::size_t kPadding = 64;

  Buffer() = default;
  explicit Buffer(std::size_t capacity) { reserve(capacity); }
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    swap(other);
    return *this;
  }

  char* data() { return data_.get(); }
  const char* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  std::string_view view() const { return {data_.get(), size_}; }
  void set_size(std::size_t size) { size_ = size; }  // at most the capacity
  void reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    auto grown = std::make_unique_for_overwrite<char[]>(capacity + kPadding);
    if (size_ > 0) std::memcpy(grown.get(), data_.get(), size_);
    std::memset(grown.get() + capacity, 0, kPadding);
    data_ = std::move(grown);
    capacity_ = capacity;
  }
  void append(std::string_view bytes) {
    if (size_ + bytes.size() > capacity_) reserve(std::max(size_ + bytes.size(), 2 * capacity_));
    if (!bytes.empty()) std::memcpy(data_.get() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }

 private:
  void swap(Buffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }
  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0, capacity_ = 0;
};

// Events of one stream in their order of arrival.
struct EventBatch {
  struct Item {
    std::int64_t timestamp_ms = 0;
    std::uint32_t offset = 0, length = 0;  // of the message in `bytes`
  };
  std::vector<Item> items;
  Buffer bytes;  // the messages in order, each followed by a line feed that is not part of it

  std::size_t size() const { return items.size(); }
  bool empty() const { return items.empty(); }
  std::string_view message(std::size_t index) const {
    return bytes.view().substr(items[index].offset, items[index].length);
  }
  void add(std::int64_t timestamp_ms, std::string_view message) {
    items.push_back({timestamp_ms, static_cast<std::uint32_t>(bytes.size()),
                     static_cast<std::uint32_t>(message.size())});
    bytes.append(message);
    bytes.append("\n");
  }
  // Leaves only the events [first, last).
  void keep(std::size_t first, std::size_t last) {
    items.resize(last);
    items.erase(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(first));
    const std::size_t begin = items.empty() ? 0 : items.front().offset;
    const std::size_t end = items.empty() ? 0 : items.back().offset + items.back().length + 1;
    if (begin > 0) std::memmove(bytes.data(), bytes.data() + begin, end - begin);
    for (auto& item : items) item.offset -= static_cast<std::uint32_t>(begin);
    bytes.set_size(end - begin);
  }
};

}  // namespace seatrial::logs
