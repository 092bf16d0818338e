// Texts in other writings: URLs, base64, hexadecimal, digests. Source:
// CWL_QuerySyntax-operations-functions, CWL_QuerySyntax-hash-functions.
#include <openssl/evp.h>

#include <charconv>
#include <cmath>

#include "base/encoding.h"
#include "logs/run/node.h"

namespace seatrial::logs::run {
namespace {

// A function of a text that is there.
template <Value (*F)(const Call&, std::string_view)>
Value of_text(const Call& call) {
  const auto value = call.value(0);
  return value.present() ? F(call, text_of(value, call.row().arena())) : Value{};
}

Value url_encode(const Call& call, std::string_view text) {
  return call.made(percent_encode(text));
}
Value url_decode(const Call& call, std::string_view text) {
  return call.made(percent_decode(text, true));
}
Value base64(const Call& call, std::string_view text) { return call.made(base64_encode(text)); }
Value from_base64(const Call& call, std::string_view text) {
  const auto decoded = base64_decode(text);
  return decoded ? call.made(*decoded) : Value{};
}

std::string_view digits_of(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  return text;
}

Value hex_to_ascii(const Call& call, std::string_view text) {
  const auto digits = digits_of(text);
  if (digits.size() % 2 != 0) return {};
  std::string out;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    unsigned byte = 0;
    const char* end = digits.data() + i + 2;
    if (std::from_chars(digits.data() + i, end, byte, 16).ptr != end) return {};
    out += static_cast<char>(byte);
  }
  return call.made(out);
}

Value hex_to_dec(const Call&, std::string_view text) {
  const auto digits = digits_of(text);
  std::uint64_t out = 0;
  const char* end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, out, 16);
  if (digits.empty() || error != std::errc{} || at != end) return {};
  return Value::of(static_cast<double>(out));
}

// guess: lower-case digits without 0x.
Value dec_to_hex(const Call& call) {
  const auto number = call.number(0);
  if (!number || !(*number >= 0) || *number > 9.0e15) return {};
  return call.made(fmt::format("{:x}", static_cast<std::uint64_t>(*number)));
}

Value digest(const Call& call, std::string_view text, const EVP_MD* kind) {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), bytes, &size, kind, nullptr) != 1) return {};
  return call.made(hex_encode({reinterpret_cast<const char*>(bytes), size}));
}
Value md5_of(const Call& call, std::string_view text) { return digest(call, text, EVP_md5()); }
Value sha256_of(const Call& call, std::string_view text) {
  return digest(call, text, EVP_sha256());
}

constexpr Builtin kEncodingsTable[] = {
    {"urlencode", of_text<url_encode>},
    {"urldecode", of_text<url_decode>},
    {"base64encode", of_text<base64>},
    {"base64decode", of_text<from_base64>},
    {"hexToAscii", of_text<hex_to_ascii>},
    {"hexToDec", of_text<hex_to_dec>},
    {"decToHex", dec_to_hex},
    {"md5", of_text<md5_of>},
    {"sha256", of_text<sha256_of>},
};

}  // namespace

const std::span<const Builtin> kEncodingBuiltins = kEncodingsTable;

}  // namespace seatrial::logs::run
