#include "room/vault.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <memory>

#include "base/check.h"
#include "base/encoding.h"

namespace seatrial::room {
namespace {

constexpr std::size_t kKeyBytes = 32, kNonceBytes = 12, kTagBytes = 16;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes_of(std::string_view s) {
  return reinterpret_cast<const unsigned char*>(s.data());
}
unsigned char* bytes_of(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }

// Written aside, synced and renamed, the folder synced too: a key that was used is never lost, and
// a crash leaves either no key or a whole one.
std::expected<void, std::string> write_key(const std::filesystem::path& file,
                                           const std::string& key) {
  const std::string temporary = file.string() + ".new";
  const auto failed = [&](int error) -> std::expected<void, std::string> {
    return std::unexpected("cannot write " + file.string() + ": " + std::strerror(error));
  };
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return failed(errno);
  const bool written =
      ::write(fd, key.data(), key.size()) == static_cast<ssize_t>(key.size()) && ::fsync(fd) == 0;
  const int error = errno;
  ::close(fd);
  if (!written) return failed(error);
  if (::rename(temporary.c_str(), file.c_str()) != 0) return failed(errno);
  const int folder = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = folder >= 0 && ::fsync(folder) == 0;
  if (folder >= 0) ::close(folder);
  if (!synced) return failed(errno);
  return {};
}

}  // namespace

std::expected<Vault, std::string> Vault::open(const std::filesystem::path& key_file, Rng& rng) {
  std::ifstream in(key_file, std::ios::binary);
  if (in) {
    std::string key{std::istreambuf_iterator<char>(in), {}};
    if (key.size() != kKeyBytes)
      return std::unexpected(key_file.string() + " is not a world's key");
    return Vault(std::move(key), rng);
  }
  std::string key = rng.bytes(kKeyBytes);
  if (auto written = write_key(key_file, key); !written) return std::unexpected(written.error());
  return Vault(std::move(key), rng);
}

std::string Vault::seal(std::string_view plain, std::string_view purpose) {
  const std::string nonce = rng_->bytes(kNonceBytes);
  std::string sealed(plain.size(), '\0'), tag(kTagBytes, '\0');
  const Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int length = 0;
  bool ok =
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(std::string_view(key_)),
                         bytes_of(std::string_view(nonce))) == 1;
  ok = ok && EVP_EncryptUpdate(cipher.get(), nullptr, &length, bytes_of(purpose),
                               static_cast<int>(purpose.size())) == 1;
  ok = ok && EVP_EncryptUpdate(cipher.get(), bytes_of(sealed), &length, bytes_of(plain),
                               static_cast<int>(plain.size())) == 1;
  ok = ok && EVP_EncryptFinal_ex(cipher.get(), bytes_of(sealed), &length) == 1;
  ok = ok && EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag.data()) == 1;
  ST_CHECK(ok, "AES-GCM did not encrypt");
  return base64_encode(nonce + sealed + tag);
}

std::string Vault::open_sealed(std::string_view text, std::string_view purpose) const {
  const auto raw = base64_decode(text);
  if (!raw || raw->size() < kNonceBytes + kTagBytes)
    fail_corrupt(purpose, "the sealed value is damaged");
  const std::string_view all = *raw;
  const auto sealed = all.substr(kNonceBytes, all.size() - kNonceBytes - kTagBytes);
  std::string tag(all.substr(all.size() - kTagBytes)), plain(sealed.size(), '\0');
  const Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int length = 0;
  bool ok = EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr,
                               bytes_of(std::string_view(key_)), bytes_of(all)) == 1;
  ok = ok && EVP_DecryptUpdate(cipher.get(), nullptr, &length, bytes_of(purpose),
                               static_cast<int>(purpose.size())) == 1;
  ok = ok && EVP_DecryptUpdate(cipher.get(), bytes_of(plain), &length, bytes_of(sealed),
                               static_cast<int>(sealed.size())) == 1;
  ok = ok && EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1;
  ok = ok && EVP_DecryptFinal_ex(cipher.get(), bytes_of(plain), &length) == 1;
  if (!ok) fail_corrupt(purpose, "the sealed value does not open with the world's key");
  return plain;
}

}  // namespace seatrial::room
