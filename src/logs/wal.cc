#include "logs/wal.h"

#include <cstring>

#include "base/check.h"
#include "base/log.h"
#include "logs/bytes.h"
#include "logs/crc32c.h"

namespace seatrial::logs {
namespace {

constexpr std::uint64_t kWalMagic = 0x314C41574C535453;  // "STSLWAL1"
constexpr std::size_t kMaxFrame = 1u << 30;

std::filesystem::path wal_path(const std::filesystem::path& folder, std::uint64_t number) {
  return folder / fmt::format("wal-{:010}", number);
}

struct Frame {
  std::uint64_t number = 0, length = 0;
  std::uint32_t payload_crc = 0;
};

std::string encode_header(const Frame& frame) {
  std::string header;
  ByteWriter out(header);
  out.u64(kWalMagic);
  out.u64(frame.number);
  out.u64(frame.length);
  out.u32(frame.payload_crc);
  out.u32(crc32c(header));
  return header;
}

std::optional<Frame> header_at(std::string_view bytes) {
  if (bytes.size() < kFrameHeader) return std::nullopt;
  ByteReader in(bytes.substr(0, kFrameHeader));
  const std::uint64_t magic = in.u64();
  const Frame frame{in.u64(), in.u64(), in.u32()};
  const bool valid = magic == kWalMagic && in.u32() == crc32c(bytes.substr(0, kFrameHeader - 4));
  if (!valid || frame.length > kMaxFrame) return std::nullopt;
  return frame;
}

// The payload of a whole, undamaged frame at the beginning of `bytes`.
std::optional<std::string_view> payload_at(std::string_view bytes, const Frame& frame) {
  if (bytes.size() - kFrameHeader < frame.length) return std::nullopt;
  const std::string_view payload = bytes.substr(kFrameHeader, frame.length);
  if (crc32c(payload) != frame.payload_crc) return std::nullopt;
  return payload;
}

// Whether a frame that was written after number `from` stands anywhere in these bytes.
bool has_later_frame(std::string_view bytes, std::uint64_t from) {
  const std::string magic = encode_header({}).substr(0, 8);
  for (auto at = bytes.find(magic); at != std::string_view::npos; at = bytes.find(magic, at + 1)) {
    const std::string_view rest = bytes.substr(at);
    const auto frame = header_at(rest);
    if (frame && frame->number > from && payload_at(rest, *frame)) return true;
  }
  return false;
}

}  // namespace

std::expected<std::uint64_t, std::string> read_frames(std::string_view bytes, std::uint64_t& next,
                                                      const TakeFrame& take) {
  std::uint64_t at = 0;
  while (at < bytes.size()) {
    const std::string_view rest = bytes.substr(at);
    const auto frame = header_at(rest);
    const auto payload = frame && frame->number == next ? payload_at(rest, *frame) : std::nullopt;
    if (!payload) {
      if (has_later_frame(rest, next)) {
        return std::unexpected(
            fmt::format("frame {} at byte {} is damaged, and frames follow it", next, at));
      }
      return at;
    }
    if (auto taken = take(*payload); !taken) {
      return std::unexpected(fmt::format("frame {} at byte {}: {}", next, at, taken.error()));
    }
    ++next;
    at += kFrameHeader + frame->length;
  }
  return at;
}

std::expected<Wal, std::string> Wal::open(const std::filesystem::path& folder, std::uint64_t first,
                                          std::uint64_t next_frame, const TakeFrame& take) {
  Wal wal;
  wal.folder_ = folder;
  wal.number_ = first;
  wal.next_frame_ = next_frame;
  while (true) {
    if (auto done = wal.replay(take); !done) return std::unexpected(done.error());
    if (!std::filesystem::exists(wal_path(folder, wal.number_ + 1))) break;
    ++wal.number_;
  }
  if (auto done = wal.file_.truncate(wal.end_); !done) return std::unexpected(done.error());
  return wal;
}

std::expected<void, std::string> Wal::open_file() {
  auto file = File::open(wal_path(folder_, number_), File::Mode::kWrite);
  if (!file) return std::unexpected(file.error());
  if (auto done = sync_folder(folder_); !done) return done;
  file_ = std::move(*file);
  return {};
}

std::expected<void, std::string> Wal::replay(const TakeFrame& take) {
  if (auto done = open_file(); !done) return done;
  const auto size = file_.size();
  if (!size) return std::unexpected(size.error());
  const auto bytes = file_.read(0, *size);
  const std::string path = wal_path(folder_, number_).string();
  if (!bytes) return std::unexpected(path + ": " + bytes.error());
  const auto end = read_frames(*bytes, next_frame_, take);
  if (!end) fail_corrupt(path, end.error());
  if (*end < *size) {
    log::warning("{}: the last {} bytes were never acknowledged and are cut off", path,
                 *size - *end);
  }
  end_ = *end;
  bytes_ += *end;
  return {};
}

Done Wal::append(std::vector<iovec> payload) {
  Frame frame{next_frame_, 0, 0};
  for (const iovec& piece : payload) {
    frame.length += piece.iov_len;
    frame.payload_crc =
        crc32c({static_cast<const char*>(piece.iov_base), piece.iov_len}, frame.payload_crc);
  }
  if (frame.length > kMaxFrame) return std::unexpected("more log events than one commit may hold");
  std::string header = encode_header(frame);
  payload.insert(payload.begin(), iovec{header.data(), header.size()});
  Done done = file_.write(end_, std::move(payload));
  if (done) done = file_.sync();
  if (!done) {
    (void)file_.truncate(end_);
    (void)file_.sync();
    return done;
  }
  end_ += kFrameHeader + frame.length;
  bytes_ += kFrameHeader + frame.length;
  ++next_frame_;
  return {};
}

Done Wal::rotate() {
  ++number_;
  if (auto done = open_file(); !done) {
    --number_;
    return done;
  }
  end_ = 0;
  bytes_ = 0;
  return {};
}

void remove_log_files(const std::filesystem::path& folder, std::uint64_t number) {
  std::error_code ignored;
  while (number-- > 0) {
    if (!std::filesystem::remove(wal_path(folder, number), ignored)) return;
  }
}

}  // namespace seatrial::logs
