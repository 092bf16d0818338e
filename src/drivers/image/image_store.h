// The world's images, as an OCI image layout: any OCI tool can read it, and what another tool wrote
// there runs here. A registry protocol was left out: images are built into the world directly.
//
//   oci-layout, index.json         one manifest a "NAME:TAG" (org.opencontainers.image.ref.name)
//   blobs/sha256/<hex>             manifests, configs, layers
//   unpacked/<hex>/                the files of a manifest, made once; never written to afterwards
//   .lock, .unpack.lock            one writer at a time, of any process; readers need no lock,
//                                  since index.json is only ever replaced whole
#pragma once
#include <cstdint>
#include <expected>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"

namespace seatrial::drivers {

struct ImageConfig {
  std::vector<std::string> entry_point;
  std::vector<std::string> command;
  std::map<std::string, std::string> environment;
  std::string working_directory;
  std::string user;                        // "uid", "uid:gid" or names of the image's /etc/passwd
  std::vector<std::string> exposed_ports;  // "8080/tcp"
  std::map<std::string, std::string> labels;
};
using BuildOptions = ImageConfig;

struct Image {
  std::string name;    // "NAME:TAG"; empty when found by an untagged digest
  std::string digest;  // of the manifest: "sha256:..."
  ImageConfig config;
  std::int64_t size_bytes = 0;  // of the compressed layers
  std::string created;          // ISO 8601
};

inline constexpr std::size_t kMaxIndexBytes = 16 << 20;
inline constexpr std::size_t kMaxManifestBytes = 4 << 20;
inline constexpr std::size_t kMaxLayers = 127;

// "web" -> "web:latest"; an error when it cannot be an image's name.
std::expected<std::string, std::string> normal_image_name(const std::string& name);

// Any thread, any number of processes over one directory.
class ImageStore {
 public:
  // Makes the layout when the directory has none; an error when what is there is no OCI layout.
  static std::expected<ImageStore, std::string> open(const std::filesystem::path& directory);

  // Packs `files` as a one-layer image and points NAME:TAG at it; the manifest's digest. Nothing
  // half-made is ever visible; leftovers of an interrupted build go with the next one.
  std::expected<std::string, std::string> build(const std::string& name_tag,
                                                const std::filesystem::path& files,
                                                const BuildOptions& options, const Clock& clock);
  // By "NAME[:TAG]", "NAME@sha256:..." or "sha256:...".
  std::expected<Image, std::string> find(const std::string& reference) const;
  std::expected<std::vector<Image>, std::string> list() const;  // by name
  // Forgets NAME:TAG and the blobs no other image needs. Containers keep their own copy of files.
  std::expected<void, std::string> remove(const std::string& name_tag);
  // The image's files as a directory, to be copied and never changed. The first call unpacks.
  std::expected<std::filesystem::path, std::string> unpack(const std::string& digest);

  const std::filesystem::path& directory() const { return directory_; }

 private:
  explicit ImageStore(std::filesystem::path directory) : directory_(std::move(directory)) {}
  std::filesystem::path blob(const std::string& digest) const;

  std::filesystem::path directory_;
};

}  // namespace seatrial::drivers
