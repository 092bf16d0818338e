#include "services/sqs/digest.h"

#include <openssl/evp.h>

#include "base/encoding.h"

namespace seatrial::services::sqs {
namespace {

void append_sized(std::string& out, std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(size >> shift & 0xFF);
  out += text;
}

}  // namespace

std::string md5_hex(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_md5(), nullptr);
  return hex_encode({reinterpret_cast<const char*>(digest), size});
}

std::string md5_of_attributes(const AttributeMap& attributes) {
  if (attributes.empty()) return {};
  std::string text;
  for (const auto& [name, attribute] : attributes) {  // in order of the name
    const bool binary = attribute.type.starts_with("Binary");
    append_sized(text, name);
    append_sized(text, attribute.type);
    text += binary ? '\2' : '\1';
    append_sized(text, binary ? base64_decode(attribute.value).value_or("") : attribute.value);
  }
  return md5_hex(text);
}

}  // namespace seatrial::services::sqs
