// See manifest.h.
#include "drivers/image/manifest.h"

#include "base/encoding.h"
#include "base/time.h"
#include "base/value.h"

namespace seatrial::drivers {
namespace {

constexpr std::string_view kRefName = "org.opencontainers.image.ref.name";
constexpr std::string_view kManifestType = "application/vnd.oci.image.manifest.v1+json";
constexpr std::string_view kConfigType = "application/vnd.oci.image.config.v1+json";
constexpr std::string_view kLayerType = "application/vnd.oci.image.layer.v1.tar+gzip";

using Bad = std::unexpected<std::string>;

std::string digest_of(std::string_view bytes) { return "sha256:" + hex_encode(sha256(bytes)); }

Object descriptor(std::string_view type, std::string_view digest, std::int64_t size_bytes) {
  return Object{{"mediaType", type}, {"digest", digest}, {"size", size_bytes}};
}

std::int64_t int_member(const Value& v, std::string_view key) {
  const Value* member = find_member(v, key);
  return member != nullptr && member->is_int64() ? member->get_int64() : 0;
}

std::vector<std::string> texts(const Value* list) {
  std::vector<std::string> out;
  if (list == nullptr || !list->is_array()) return out;
  for (const Value& item : list->get_array()) {
    if (item.is_string()) out.emplace_back(as_view(item.get_string()));
  }
  return out;
}

Array array_of(const std::vector<std::string>& items) {
  Array out;
  for (const std::string& item : items) out.emplace_back(item);
  return out;
}

Array environment_array(const std::map<std::string, std::string>& environment) {
  Array out;
  for (const auto& [key, value] : environment) out.emplace_back(key + "=" + value);
  return out;
}

void read_run_config(const Value& run, ImageConfig& config) {
  config.entry_point = texts(find_member(run, "Entrypoint"));
  config.command = texts(find_member(run, "Cmd"));
  config.working_directory = text_member(run, "WorkingDir");
  config.user = text_member(run, "User");
  for (const std::string& pair : texts(find_member(run, "Env"))) {
    const std::size_t equals = pair.find('=');
    if (equals != std::string::npos) {
      config.environment[pair.substr(0, equals)] = pair.substr(equals + 1);
    }
  }
  if (const Value* ports = find_member(run, "ExposedPorts");
      ports != nullptr && ports->is_object()) {
    for (const auto& port : ports->get_object()) config.exposed_ports.emplace_back(port.key());
  }
  if (const Value* labels = find_member(run, "Labels"); labels != nullptr && labels->is_object()) {
    for (const auto& label : labels->get_object()) {
      if (label.value().is_string())
        config.labels[label.key()] = as_view(label.value().get_string());
    }
  }
}

}  // namespace

bool is_digest(std::string_view text) {
  if (text.size() != 71 || !text.starts_with("sha256:")) return false;
  return text.substr(7).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::expected<std::vector<IndexEntry>, std::string> parse_index(std::string_view json) {
  const auto value = parse_json(json);
  const Value* manifests = value ? find_member(*value, "manifests") : nullptr;
  if (manifests == nullptr || !manifests->is_array()) return Bad("it has no list \"manifests\"");
  std::vector<IndexEntry> entries;
  for (const Value& item : manifests->get_array()) {
    IndexEntry entry;
    entry.digest = text_member(item, "digest");
    entry.size_bytes = int_member(item, "size");
    if (const Value* notes = find_member(item, "annotations"))
      entry.name = text_member(*notes, kRefName);
    if (!is_digest(entry.digest))
      return Bad("manifest digest \"" + entry.digest + "\" is no sha256");
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::string write_index(const std::vector<IndexEntry>& entries) {
  Array manifests;
  for (const IndexEntry& entry : entries) {
    Object item = descriptor(kManifestType, entry.digest, entry.size_bytes);
    if (!entry.name.empty()) item["annotations"] = Object{{kRefName, entry.name}};
    manifests.emplace_back(std::move(item));
  }
  Object index;
  index["schemaVersion"] = 2;
  index["manifests"] = std::move(manifests);
  return to_pretty_json(index, 2) + "\n";
}

std::expected<Manifest, std::string> parse_manifest(std::string_view json) {
  const auto value = parse_json(json);
  if (!value || !value->is_object()) return Bad("it is not JSON");
  if (find_member(*value, "manifests") != nullptr) {
    return Bad("it is an index of several platforms; put the manifest of one platform there");
  }
  Manifest manifest;
  const Value* config = find_member(*value, "config");
  const Value* layers = find_member(*value, "layers");
  if (config == nullptr || layers == nullptr || !layers->is_array()) {
    return Bad("it has no \"config\" or no \"layers\"");
  }
  manifest.config_digest = text_member(*config, "digest");
  if (!is_digest(manifest.config_digest)) return Bad("its config's digest is no sha256");
  if (layers->get_array().size() > kMaxLayers) return Bad("it has too many layers");
  for (const Value& layer : layers->get_array()) {
    manifest.layers.emplace_back(text_member(layer, "digest"));
    manifest.layers_bytes += int_member(layer, "size");
    if (!is_digest(manifest.layers.back())) return Bad("a layer's digest is no sha256");
  }
  return manifest;
}

std::string write_manifest(std::string_view config_json, const PackedLayer& layer) {
  Object manifest;
  manifest["schemaVersion"] = 2;
  manifest["mediaType"] = kManifestType;
  manifest["config"] = descriptor(kConfigType, digest_of(config_json),
                                  static_cast<std::int64_t>(config_json.size()));
  Array layers;
  layers.emplace_back(descriptor(kLayerType, layer.digest, layer.size_bytes));
  manifest["layers"] = std::move(layers);
  return to_json(manifest);
}

std::expected<void, std::string> parse_config(std::string_view json, Image& image) {
  const auto value = parse_json(json);
  if (!value || !value->is_object()) return Bad("it is not JSON");
  image.created = text_member(*value, "created");
  if (const Value* run = find_member(*value, "config")) read_run_config(*run, image.config);
  return {};
}

std::string write_config(const ImageConfig& config, const PackedLayer& layer, Time created) {
  Object run;
  if (!config.entry_point.empty()) run["Entrypoint"] = array_of(config.entry_point);
  if (!config.command.empty()) run["Cmd"] = array_of(config.command);
  if (!config.environment.empty()) run["Env"] = environment_array(config.environment);
  if (!config.working_directory.empty()) run["WorkingDir"] = config.working_directory;
  if (!config.user.empty()) run["User"] = config.user;
  Object ports, labels;
  for (const std::string& port : config.exposed_ports) ports[port] = Object{};
  for (const auto& [key, value] : config.labels) labels[key] = value;
  if (!ports.empty()) run["ExposedPorts"] = std::move(ports);
  if (!labels.empty()) run["Labels"] = std::move(labels);
  Array diffs;
  diffs.emplace_back(layer.diff_id);
  Object document;
  document["created"] = format_iso8601(created);
  document["architecture"] = "amd64";
  document["os"] = "linux";
  document["config"] = std::move(run);
  document["rootfs"] = Object{{"type", "layers"}, {"diff_ids", std::move(diffs)}};
  return to_json(document);
}

}  // namespace seatrial::drivers
