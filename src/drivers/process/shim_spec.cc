// See shim_spec.h. Every field is a length and that many bytes; a list is a count and its fields.
#include "drivers/process/shim_spec.h"

#include <cstring>

namespace seatrial::drivers {
namespace {

class Encoder {
 public:
  void number(std::int64_t value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(const std::string& value) {
    number(static_cast<std::int64_t>(value.size()));
    out += value;
  }
  void list(const std::vector<std::string>& values) {
    number(static_cast<std::int64_t>(values.size()));
    for (const std::string& value : values) text(value);
  }
  std::string out;
};

class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : left_(bytes) {}
  void number(std::int64_t& value) {
    if (left_.size() < sizeof value) {
      ok = false;
      value = 0;
      return;
    }
    std::memcpy(&value, left_.data(), sizeof value);
    left_.remove_prefix(sizeof value);
  }
  void text(std::string& value) {
    const std::size_t size = count();
    value.assign(left_.substr(0, size));
    left_.remove_prefix(size);
  }
  void list(std::vector<std::string>& values) {
    const std::size_t size = count();
    for (std::size_t i = 0; ok && i < size; ++i) text(values.emplace_back());
  }
  bool ok = true;
  bool empty() const { return left_.empty(); }

 private:
  // No count can exceed the bytes that are left.
  std::size_t count() {
    std::int64_t value = 0;
    number(value);
    if (value < 0 || static_cast<std::uint64_t>(value) > left_.size()) ok = false;
    return ok ? static_cast<std::size_t>(value) : 0;
  }
  std::string_view left_;
};

// One list of fields for both directions.
template <class Coder, class Spec>
void each_field(Coder& coder, Spec& spec) {
  coder.text(spec.id);
  coder.text(spec.directory);
  coder.text(spec.program);
  coder.list(spec.arguments);
  coder.list(spec.environment);
  coder.text(spec.root);
  coder.text(spec.working_directory);
  coder.text(spec.network_namespace);
  coder.text(spec.hostname);
  coder.text(spec.cgroup_parent);
  coder.number(spec.memory_limit_bytes);
  coder.number(spec.uid);
  coder.number(spec.gid);
}

}  // namespace

std::string encode_shim_spec(const ShimSpec& spec) {
  Encoder encoder;
  each_field(encoder, spec);
  return std::move(encoder.out);
}

std::optional<ShimSpec> decode_shim_spec(std::string_view bytes) {
  Decoder decoder(bytes);
  ShimSpec spec;
  each_field(decoder, spec);
  if (!decoder.ok || !decoder.empty()) return std::nullopt;
  return spec;
}

}  // namespace seatrial::drivers
