#include "logs/segment.h"

#include <algorithm>

#include "logs/crc32c.h"

namespace seatrial::logs {

SegmentFile::~SegmentFile() {
  std::error_code ignored;
  if (doomed) std::filesystem::remove(path, ignored);
}

std::string encode_footer(const FooterRef& before, std::span<const PlacedBlock> blocks) {
  std::string bytes;
  ByteWriter out(bytes);
  out.u64(before.offset);
  out.u32(before.size);
  out.u32(before.crc);
  out.varint(blocks.size());
  for (const PlacedBlock& block : blocks) {
    out.varint(block.offset);
    write_info(block.info, out);
  }
  return bytes;
}

std::expected<Footer, std::string> decode_footer(std::string_view bytes, std::uint64_t offset) {
  ByteReader in(bytes);
  Footer footer;
  footer.before.offset = in.u64();
  footer.before.size = in.u32();
  footer.before.crc = in.u32();
  const std::size_t count = in.count(32);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t at = in.varint();
    auto info = read_info(in);
    if (!info) return std::unexpected(info.error());
    if (at > offset || info->stored_bytes() > offset - at) {
      return std::unexpected("a block beyond its footer");
    }
    footer.blocks.push_back({at, std::move(*info)});
  }
  const FooterRef& before = footer.before;
  const bool earlier = before.size == 0 || (before.offset < offset && before.end() <= offset);
  if (!in.ok() || !in.at_end() || !earlier) return std::unexpected("a footer is torn");
  return footer;
}

std::expected<FooterRef, std::string> append_blocks(const std::filesystem::path& path,
                                                    const FooterRef& last,
                                                    std::span<const std::string* const> bytes,
                                                    std::span<PlacedBlock> blocks) {
  auto file = File::open(path, File::Mode::kWrite);
  if (!file) return std::unexpected(file.error());
  std::vector<iovec> pieces;
  std::uint64_t at = last.end();
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    blocks[i].offset = at;
    at += bytes[i]->size();
    pieces.push_back({const_cast<char*>(bytes[i]->data()), bytes[i]->size()});
  }
  std::string footer = encode_footer(last, blocks);
  pieces.push_back({footer.data(), footer.size()});
  if (auto done = file->write(last.end(), std::move(pieces)); !done) {
    return std::unexpected(done.error());
  }
  if (auto done = file->sync(); !done) return std::unexpected(done.error());
  return FooterRef{at, static_cast<std::uint32_t>(footer.size()), crc32c(footer)};
}

std::expected<std::vector<PlacedBlock>, std::string> read_footers(const std::filesystem::path& path,
                                                                  FooterRef last) {
  const auto file = File::open(path, File::Mode::kRead);
  if (!file) return std::unexpected(file.error());
  std::vector<std::vector<PlacedBlock>> newest_first;
  while (last.size > 0) {
    const auto bytes = file->read(last.offset, last.size);
    if (!bytes) return std::unexpected(bytes.error());
    if (crc32c(*bytes) != last.crc) return std::unexpected("a footer does not have its checksum");
    auto footer = decode_footer(*bytes, last.offset);
    if (!footer) return std::unexpected(footer.error());
    last = footer->before;
    newest_first.push_back(std::move(footer->blocks));
  }
  std::vector<PlacedBlock> blocks;
  for (auto part = newest_first.rbegin(); part != newest_first.rend(); ++part) {
    std::move(part->begin(), part->end(), std::back_inserter(blocks));
  }
  return blocks;
}

}  // namespace seatrial::logs
