// One layer of an image: a directory as tar+gzip and back. Packing is deterministic (names sorted,
// times, owners and device numbers fixed), so the same files give the same digest on any machine.
// Unpacking trusts nothing: an entry that would land outside its directory is an error.
// tar is libarchive's; gzip is zlib's, because the digest of the bare tar is needed as well.
#pragma once
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>

namespace seatrial::drivers {

struct PackedLayer {
  std::string digest;   // "sha256:..." of the gzipped file
  std::string diff_id;  // "sha256:..." of the tar inside
  std::int64_t size_bytes = 0;
};

// Files of a directory larger than this in sum are refused.
inline constexpr std::int64_t kMaxLayerBytes = std::int64_t{16} << 30;

// Packs all under `directory` into the new file `to`, synced. On an error `to` may be left behind.
std::expected<PackedLayer, std::string> pack_layer(const std::filesystem::path& directory,
                                                   const std::filesystem::path& to);

// Applies the layer over what is in `directory` (tar, plain or compressed; whiteouts honoured).
std::expected<void, std::string> unpack_layer(const std::filesystem::path& layer,
                                              const std::filesystem::path& directory);

// "sha256:..." of a file's bytes.
std::expected<std::string, std::string> file_digest(const std::filesystem::path& path);

}  // namespace seatrial::drivers
