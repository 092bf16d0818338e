// Everything the engine reads from its disk, and the body of PutLogEvents, against any bytes. The
// first byte chooses; checksums are made to fit, for what lies behind them is the point.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "logs/change.h"
#include "logs/columns.h"
#include "logs/crc32c.h"
#include "logs/gram_filter.h"
#include "logs/manifest.h"
#include "logs/put_body.h"
#include "logs/wal.h"

namespace seatrial::logs {
namespace {

void frames(std::string_view bytes) {
  std::uint64_t next = 0;
  const auto end =
      read_frames(bytes, next, [](std::string_view) { return std::expected<void, std::string>(); });
  if (end && *end > bytes.size()) std::abort();
  (void)decode_changes(bytes, [](Change change) {
    for (std::size_t i = 0; i < change.events.size(); ++i) (void)change.events.message(i);
  });
}

void manifest(std::string_view bytes) {
  std::string whole = encode_manifest({}).substr(0, 8);
  ByteWriter(whole).u32(crc32c(bytes));
  (void)decode_manifest(whole + std::string(bytes));
}

void block(std::string_view bytes) {
  ByteReader in(bytes);
  auto info = read_info(in);
  if (!info) return;
  const auto rest = bytes.substr(bytes.size() - in.left());
  const auto events = decode_meta(*info, rest);
  if (!events) return;
  for (const auto& event : *events) {
    if (std::uint64_t{event.offset} + event.length >= info->section(SectionKind::kMessages).raw) {
      std::abort();
    }
    if (info->find_stream(event.stream) == nullptr) std::abort();
  }
}

void columns(std::string_view bytes) {
  constexpr std::size_t kEvents = 5;
  if (bytes.size() < 2) return;
  const auto size = std::min<std::size_t>(static_cast<unsigned char>(bytes[1]), bytes.size() - 2);
  const auto index = ColumnIndex::parse(static_cast<std::uint8_t>(bytes[0]), bytes.substr(2, size),
                                        2 + size, bytes.size(), kEvents);
  if (!index) return;
  for (const auto& entry : index->entries()) {
    const auto data = ColumnIndex::decode(entry, bytes.substr(entry.offset, entry.stored), kEvents);
    if (!data) continue;
    const Column column = (*data)->view();
    if (column.kind == Column::Kind::kTokens && column.codes.size() != kEvents) std::abort();
    if (column.kind == Column::Kind::kNumbers && column.numbers.size() != kEvents) std::abort();
  }
}

void put(std::string_view bytes) {
  const auto body = decode_put_body(bytes);
  if (!body) return;
  for (std::size_t i = 0; i < body->events.size(); ++i) {
    if (body->events.message(i).empty()) std::abort();
  }
}

}  // namespace
}  // namespace seatrial::logs

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seatrial::logs;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 6) {
    case 0:
      frames(bytes);
      break;
    case 1:
      manifest(bytes);
      break;
    case 2:
      block(bytes);
      break;
    case 3:
      columns(bytes);
      break;
    case 4:
      put(bytes);
      break;
    default:
      (void)decode_footer(bytes, 1u << 30);
      (void)may_contain(bytes, "a needle");
  }
  return 0;
}
