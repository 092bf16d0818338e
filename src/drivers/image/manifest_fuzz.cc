// Index, manifest and configuration of an image from anywhere. Input: a letter that says which,
// then the JSON.
#include <cstdint>

#include "base/check.h"
#include "drivers/image/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seatrial::drivers;
  if (size == 0) return 0;
  const std::string_view json(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == 'i') {
    (void)parse_index(json);
  } else if (data[0] == 'm') {
    (void)parse_manifest(json);
  } else {
    Image image;
    (void)parse_config(json, image);
  }
  return 0;
}
