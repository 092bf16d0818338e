#include "logs/manifest.h"

#include "logs/crc32c.h"

namespace seatrial::logs {
namespace {

constexpr std::uint64_t kManifestMagic = 0x314E414D4C535453;  // "STSLMAN1"
constexpr std::size_t kManifestHeader = 12;

void write_stream(const Stream& stream, ByteWriter& out) {
  out.u8(static_cast<std::uint8_t>((stream.dead ? 1 : 0) | (stream.has_events ? 2 : 0)));
  out.text(stream.dead ? "" : stream.name);
  out.zigzag(stream.first_ms);
  out.zigzag(stream.last_ms);
  out.zigzag(stream.last_ingestion_ms);
}

Stream read_stream(ByteReader& in) {
  const std::uint8_t flags = in.u8();
  Stream stream{std::string(in.text()), (flags & 1) != 0, (flags & 2) != 0};
  stream.first_ms = in.zigzag();
  stream.last_ms = in.zigzag();
  stream.last_ingestion_ms = in.zigzag();
  return stream;
}

void write_segment(const ManifestSegment& segment, ByteWriter& out) {
  out.varint(segment.id);
  out.varint(segment.footer.offset);
  out.u32(segment.footer.size);
  out.u32(segment.footer.crc);
  out.varint(segment.dead_bytes.size());
  for (const std::int64_t dead : segment.dead_bytes) out.zigzag(dead);
}

ManifestSegment read_segment(ByteReader& in) {
  ManifestSegment segment;
  segment.id = in.varint();
  segment.footer.offset = in.varint();
  segment.footer.size = in.u32();
  segment.footer.crc = in.u32();
  segment.dead_bytes.resize(in.count());
  for (std::int64_t& dead : segment.dead_bytes) dead = in.zigzag();
  return segment;
}

void write_group(const ManifestGroup& group, ByteWriter& out) {
  out.text(group.name);
  out.varint(group.streams.size());
  for (const Stream& stream : group.streams) write_stream(stream, out);
  out.varint(group.marks.size());
  for (const DropMark& mark : group.marks) {
    out.zigzag(mark.before_ms);
    out.zigzag(mark.before_sequence);
  }
  out.varint(group.segments.size());
  for (const ManifestSegment& segment : group.segments) write_segment(segment, out);
}

ManifestGroup read_group(ByteReader& in) {
  ManifestGroup group;
  group.name = in.text();
  for (std::size_t left = in.count(5); left > 0; --left) group.streams.push_back(read_stream(in));
  group.marks.resize(in.count(2));
  for (DropMark& mark : group.marks) {
    mark.before_ms = in.zigzag();
    mark.before_sequence = in.zigzag();
  }
  for (std::size_t left = in.count(11); left > 0; --left) {
    group.segments.push_back(read_segment(in));
  }
  return group;
}

}  // namespace

std::string encode_manifest(const Manifest& manifest) {
  std::string body;
  ByteWriter out(body);
  out.varint(manifest.first_wal);
  out.varint(manifest.first_frame);
  out.zigzag(manifest.next_sequence);
  out.varint(manifest.next_segment);
  out.varint(manifest.groups.size());
  for (const ManifestGroup& group : manifest.groups) write_group(group, out);
  std::string bytes;
  ByteWriter header(bytes);
  header.u64(kManifestMagic);
  header.u32(crc32c(body));
  return bytes + body;
}

std::expected<Manifest, std::string> decode_manifest(std::string_view bytes) {
  ByteReader in(bytes);
  if (in.u64() != kManifestMagic) return std::unexpected("this is no manifest of log segments");
  if (in.u32() != crc32c(bytes.substr(std::min(kManifestHeader, bytes.size())))) {
    return std::unexpected("the manifest does not have its checksum");
  }
  Manifest manifest;
  manifest.first_wal = in.varint();
  manifest.first_frame = in.varint();
  manifest.next_sequence = in.zigzag();
  manifest.next_segment = in.varint();
  for (std::size_t left = in.count(4); left > 0; --left) manifest.groups.push_back(read_group(in));
  if (!in.ok() || !in.at_end()) return std::unexpected("the manifest is torn");
  return manifest;
}

}  // namespace seatrial::logs
