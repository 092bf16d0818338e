// The JSON documents of an OCI layout (image-spec v1): index, manifest, config, to and from what
// the store works with. A document that is not what it should be is an error that says which
// member.
#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/image/image_store.h"
#include "drivers/image/layer.h"

namespace seatrial::drivers {

struct IndexEntry {
  std::string name;    // ref.name annotation; may be empty
  std::string digest;  // of a manifest
  std::int64_t size_bytes = 0;
};

struct Manifest {
  std::string config_digest;
  std::vector<std::string> layers;
  std::int64_t layers_bytes = 0;
};

// Is it "sha256:" and 64 lower-case hex digits? Anything else never becomes a path.
bool is_digest(std::string_view text);

std::expected<std::vector<IndexEntry>, std::string> parse_index(std::string_view json);
std::string write_index(const std::vector<IndexEntry>& entries);

std::expected<Manifest, std::string> parse_manifest(std::string_view json);
std::string write_manifest(std::string_view config_json, const PackedLayer& layer);

// Fills config and created.
std::expected<void, std::string> parse_config(std::string_view json, Image& image);
std::string write_config(const ImageConfig& config, const PackedLayer& layer, Time created);

}  // namespace seatrial::drivers
