// See image_store.h.
#include "drivers/image/image_store.h"

#include <unistd.h>

#include <algorithm>
#include <set>

#include "base/encoding.h"
#include "drivers/image/files.h"
#include "drivers/image/layer.h"
#include "drivers/image/manifest.h"

namespace seatrial::drivers {
namespace {

namespace fs = std::filesystem;
using Bad = std::unexpected<std::string>;

constexpr std::string_view kTemporary = ".tmp-";

std::expected<std::vector<IndexEntry>, std::string> read_index(const fs::path& directory) {
  const fs::path path = directory / "index.json";
  const auto text = read_whole_file(path, kMaxIndexBytes);
  if (!text) return Bad(text.error());
  auto entries = parse_index(*text);
  if (!entries) return Bad(path.string() + " is no OCI image index: " + entries.error());
  return entries;
}

// What an interrupted build or unpacking left. Only under the lock, so none of it is in use.
void sweep(const fs::path& directory) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    if (entry.path().filename().string().starts_with(kTemporary)) {
      fs::remove_all(entry.path(), error);
    }
  }
}

struct Documents {
  Manifest manifest;
  Image image;
};

// Reads a blob and checks that it is what its name says.
std::expected<std::string, std::string> read_document(const fs::path& path,
                                                      std::string_view digest) {
  auto text = read_whole_file(path, kMaxManifestBytes);
  if (!text) return text;
  if ("sha256:" + hex_encode(sha256(*text)) != digest) {
    return Bad(path.string() + " is damaged: its digest differs from its name");
  }
  return text;
}

std::expected<Documents, std::string> read_image(const fs::path& blobs, const IndexEntry& entry) {
  const auto at = [&](const std::string& digest) { return blobs / digest.substr(7); };
  const auto manifest_text = read_document(at(entry.digest), entry.digest);
  if (!manifest_text) return Bad(manifest_text.error());
  auto manifest = parse_manifest(*manifest_text);
  if (!manifest) return Bad("manifest " + entry.digest + ": " + manifest.error());
  const auto config_text = read_document(at(manifest->config_digest), manifest->config_digest);
  if (!config_text) return Bad(config_text.error());
  Documents documents{std::move(*manifest), {entry.name, entry.digest, {}, 0, {}}};
  documents.image.size_bytes = documents.manifest.layers_bytes;
  if (auto parsed = parse_config(*config_text, documents.image); !parsed) {
    return Bad("config " + documents.manifest.config_digest + ": " + parsed.error());
  }
  return documents;
}

bool only_of(std::string_view text, std::string_view more) {
  if (text.empty() || text.size() > 255) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' ||
           more.find(c) != std::string_view::npos;
  });
}

// "omc/backend", "123456789012.dkr.ecr.us-east-1.amazonaws.com/omc", "localhost:5000/omc".
bool valid_repository(std::string_view name) {
  const std::size_t slash = name.find('/');
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos) return only_of(name, "/");
  if (slash == std::string_view::npos || colon > slash) return false;
  const std::string_view port = name.substr(colon + 1, slash - colon - 1);
  return !port.empty() && port.find_first_not_of("0123456789") == std::string_view::npos &&
         only_of(name.substr(0, colon), "") && only_of(name.substr(slash + 1), "/");
}

void collect_garbage(const fs::path& directory, const std::vector<IndexEntry>& kept) {
  std::set<std::string> used;
  for (const IndexEntry& entry : kept) {
    used.insert(entry.digest.substr(7));
    const auto documents = read_image(directory / "blobs/sha256", entry);
    if (!documents) return;  // what it needs is unknown: keep all
    used.insert(documents->manifest.config_digest.substr(7));
    for (const std::string& layer : documents->manifest.layers) used.insert(layer.substr(7));
  }
  std::error_code error;
  for (const char* folder : {"blobs/sha256", "unpacked"}) {
    for (const auto& entry : fs::directory_iterator(directory / folder, error)) {
      if (!used.contains(entry.path().filename().string())) fs::remove_all(entry.path(), error);
    }
  }
}

}  // namespace

std::expected<std::string, std::string> normal_image_name(const std::string& name) {
  const std::size_t slash = name.rfind('/');
  const std::size_t colon = name.find(':', slash == std::string::npos ? 0 : slash);
  const std::string repository = name.substr(0, colon);
  const std::string tag = colon == std::string::npos ? "latest" : name.substr(colon + 1);
  constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  if (!valid_repository(repository) || !only_of(tag, kUpper) || tag.size() > 128) {
    return Bad("\"" + name +
               "\" is no image name: NAME[:TAG], NAME of a-z 0-9 . _ - /, TAG also A-Z");
  }
  return repository + ":" + tag;
}

fs::path ImageStore::blob(const std::string& digest) const {
  return directory_ / "blobs/sha256" / digest.substr(7);
}

std::expected<ImageStore, std::string> ImageStore::open(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory / "blobs/sha256", error);
  if (!error) fs::create_directories(directory / "unpacked", error);
  if (error) return Bad("cannot make " + directory.string() + ": " + error.message());
  const auto lock = lock_file(directory / ".lock");
  if (!lock) return Bad(lock.error());
  if (!fs::exists(directory / "index.json")) {
    const auto index = replace_file(directory / "index.json", write_index({}));
    if (!index) return Bad(index.error());
  }
  if (!fs::exists(directory / "oci-layout")) {
    const auto layout =
        replace_file(directory / "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}\n");
    if (!layout) return Bad(layout.error());
  }
  if (const auto index = read_index(directory); !index) return Bad(index.error());
  return ImageStore(directory);
}

std::expected<std::string, std::string> ImageStore::build(const std::string& name_tag,
                                                          const fs::path& files,
                                                          const BuildOptions& options,
                                                          const Clock& clock) {
  const auto name = normal_image_name(name_tag);
  if (!name) return Bad(name.error());
  if (!fs::is_directory(files)) return Bad(files.string() + " is no directory");
  const auto lock = lock_file(directory_ / ".lock");
  if (!lock) return Bad(lock.error());
  const fs::path blobs = directory_ / "blobs/sha256";
  sweep(blobs);
  auto index = read_index(directory_);
  if (!index) return Bad(index.error());

  const fs::path temporary = blobs / (std::string(kTemporary) + "layer");
  const auto layer = pack_layer(files, temporary);
  std::error_code error;
  if (layer) fs::rename(temporary, blob(layer->digest), error);
  if (!layer || error) {
    const std::string why = layer ? error.message() : layer.error();
    fs::remove(temporary, error);
    return Bad("cannot build " + *name + ": " + why);
  }
  const std::string config = write_config(options, *layer, clock.now());
  const std::string manifest = write_manifest(config, *layer);
  const std::string digest = "sha256:" + hex_encode(sha256(manifest));
  std::erase_if(*index, [&](const IndexEntry& entry) { return entry.name == *name; });
  index->push_back({*name, digest, static_cast<std::int64_t>(manifest.size())});
  auto done = replace_file(blobs / hex_encode(sha256(config)), config);
  if (done) done = replace_file(blob(digest), manifest);
  if (done) done = replace_file(directory_ / "index.json", write_index(*index));
  if (!done) return Bad("cannot build " + *name + ": " + done.error());
  return digest;
}

std::expected<Image, std::string> ImageStore::find(const std::string& reference) const {
  const auto index = read_index(directory_);
  if (!index) return Bad(index.error());
  const std::size_t at = reference.find('@');
  const std::string tail = at == std::string::npos ? reference : reference.substr(at + 1);
  const bool by_digest = is_digest(tail);
  const auto name = by_digest ? tail : normal_image_name(reference);
  if (!name) return Bad(name.error());
  const auto found = std::find_if(index->begin(), index->end(), [&](const IndexEntry& entry) {
    return by_digest ? entry.digest == *name : entry.name == *name;
  });
  if (found == index->end() && by_digest && fs::exists(blob(*name))) {  // its tag moved on
    auto untagged = read_image(directory_ / "blobs/sha256", {"", *name, 0});
    if (untagged) return std::move(untagged->image);
  }
  if (found == index->end()) {
    return Bad("image " + reference + " not found in " + directory_.string());
  }
  auto documents = read_image(directory_ / "blobs/sha256", *found);
  if (!documents) return Bad("image " + reference + ": " + documents.error());
  return std::move(documents->image);
}

std::expected<std::vector<Image>, std::string> ImageStore::list() const {
  auto index = read_index(directory_);
  if (!index) return Bad(index.error());
  std::vector<Image> images;
  for (const IndexEntry& entry : *index) {
    auto documents = read_image(directory_ / "blobs/sha256", entry);
    if (!documents) return Bad("image " + entry.name + ": " + documents.error());
    images.push_back(std::move(documents->image));
  }
  std::sort(images.begin(), images.end(),
            [](const Image& a, const Image& b) { return a.name < b.name; });
  return images;
}

std::expected<void, std::string> ImageStore::remove(const std::string& name_tag) {
  const auto name = normal_image_name(name_tag);
  if (!name) return Bad(name.error());
  const auto lock = lock_file(directory_ / ".lock");
  if (!lock) return Bad(lock.error());
  const auto unpack_lock = lock_file(directory_ / ".unpack.lock");
  if (!unpack_lock) return Bad(unpack_lock.error());
  auto index = read_index(directory_);
  if (!index) return Bad(index.error());
  if (std::erase_if(*index, [&](const IndexEntry& e) { return e.name == *name; }) == 0) {
    return Bad("image " + *name + " not found in " + directory_.string());
  }
  if (auto done = replace_file(directory_ / "index.json", write_index(*index)); !done) return done;
  collect_garbage(directory_, *index);
  return {};
}

std::expected<fs::path, std::string> ImageStore::unpack(const std::string& digest) {
  if (!is_digest(digest)) return Bad("\"" + digest + "\" is no sha256 digest");
  const fs::path unpacked = directory_ / "unpacked";
  const fs::path target = unpacked / digest.substr(7);
  if (fs::exists(target)) return target;
  const auto lock = lock_file(directory_ / ".unpack.lock");
  if (!lock) return Bad(lock.error());
  if (fs::exists(target)) return target;
  sweep(unpacked);
  const auto documents = read_image(directory_ / "blobs/sha256", {"", digest, 0});
  if (!documents) return Bad(documents.error());
  const fs::path temporary = unpacked / (std::string(kTemporary) + digest.substr(7));
  std::error_code error;
  fs::create_directory(temporary, error);
  if (error) return Bad("cannot make " + temporary.string() + ": " + error.message());
  for (const std::string& layer : documents->manifest.layers) {
    const auto actual = file_digest(blob(layer));
    if (!actual) return Bad(actual.error());
    if (*actual != layer) return Bad("layer " + layer + " is damaged: its bytes have " + *actual);
    if (auto done = unpack_layer(blob(layer), temporary); !done) {
      sweep(unpacked);
      return Bad(done.error());
    }
  }
  fs::rename(temporary, target, error);
  if (error) return Bad("cannot finish " + target.string() + ": " + error.message());
  return target;
}

}  // namespace seatrial::drivers
