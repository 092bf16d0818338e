// The format of a container's output file: one frame a line, a fixed header and the bytes. The shim
// appends whole frames with one write; a reader takes whole frames only, so a line that a crash cut
// in the middle is not there at all. A text format was left out: a line may hold any byte.
#pragma once
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace seatrial::drivers {

struct FrameHeader {
  std::uint32_t mark = 0;
  std::uint32_t length = 0;  // of the text that follows
  std::int64_t at_ms = 0;    // wall clock
  std::uint64_t stream = 0;  // kOut or kError
};
static_assert(sizeof(FrameHeader) == 24);

inline constexpr std::uint32_t kFrameMark = 0x31525453;  // "STR1"
inline constexpr std::uint64_t kStreamOut = 1, kStreamError = 2;
inline constexpr std::size_t kMaxFrameText = 256 * 1024;

inline void append_frame(std::string& out, std::uint64_t stream, std::int64_t at_ms,
                         std::string_view text) {
  const FrameHeader header{kFrameMark, static_cast<std::uint32_t>(text.size()), at_ms, stream};
  out.append(reinterpret_cast<const char*>(&header), sizeof header);
  out.append(text);
}

enum class FrameState { kWhole, kPartial, kBroken };

// Takes the first frame off `bytes`; kPartial leaves them as they are.
inline FrameState take_frame(std::string_view& bytes, FrameHeader& header, std::string_view& text) {
  if (bytes.size() < sizeof header) return FrameState::kPartial;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.mark != kFrameMark || header.length > kMaxFrameText) return FrameState::kBroken;
  if (bytes.size() < sizeof header + header.length) return FrameState::kPartial;
  text = bytes.substr(sizeof header, header.length);
  bytes.remove_prefix(sizeof header + header.length);
  return FrameState::kWhole;
}

}  // namespace seatrial::drivers
