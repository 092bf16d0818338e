#include "services/sns/signer.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/check.h"
#include "base/encoding.h"

namespace seatrial::services::sns {
namespace {

constexpr const char* kPurpose = "sns/signing";
constexpr unsigned kKeyBits = 2048;
constexpr long kValidSeconds = 20L * 365 * 24 * 3600;
constexpr std::size_t kNameDigits = 32;

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

template <class Write>
std::string pem(Write write) {
  BIO* bio = BIO_new(BIO_s_mem());
  ST_CHECK(write(bio) == 1, "OpenSSL does not write a key");
  std::string text = text_of(bio);
  BIO_free(bio);
  return text;
}

// Dated by the world's clock, from the day before: a client's clock may be a little behind.
std::string make_certificate(EVP_PKEY* key, Time now) {
  X509* certificate = X509_new();
  const std::time_t from = static_cast<std::time_t>(to_ms(now) / 1000) - 24 * 3600;
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  ASN1_TIME_set(X509_getm_notBefore(certificate), from);
  ASN1_TIME_set(X509_getm_notAfter(certificate), from + kValidSeconds);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("sns.seatrial"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  ST_CHECK(X509_sign(certificate, key, EVP_sha256()) > 0, "OpenSSL does not sign");
  auto text = pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
  X509_free(certificate);
  return text;
}

}  // namespace

struct Signer::Key {
  EVP_PKEY* key = nullptr;
  ~Key() { EVP_PKEY_free(key); }
};

Signer::Signer(store::Table<SigningRecord>& records, room::Vault& vault)
    : records_(records), vault_(vault) {
  if (records_.contains("key")) adopt();
}
Signer::~Signer() = default;

// The key itself comes from OpenSSL's generator: it is no part of what a seed reproduces. One
// process makes one key, for a daemon has one world, and tests that have many need not wait for
// each.
void Signer::ensure_key(Time now) {
  if (key_ && records_.contains("key")) return;
  static EVP_PKEY* const kMade = EVP_RSA_gen(kKeyBits);
  ST_CHECK(kMade != nullptr, "OpenSSL does not make a key");
  if (!key_) {
    key_ = std::make_unique<Key>();
    EVP_PKEY_up_ref(kMade);
    key_->key = kMade;
  }
  const auto text = pem([&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key_->key, nullptr, nullptr, 0, nullptr, nullptr);
  });
  records_.put("key", {vault_.seal(text, kPurpose), make_certificate(key_->key, now)});
  adopt();
}

void Signer::adopt() {
  const auto& record = *records_.find("key");
  const std::string text = vault_.open_sealed(record.sealed_key, kPurpose);
  BIO* bio = BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
  auto key = std::make_unique<Key>();
  key->key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  ST_CHECK(key->key != nullptr, "the signing key does not load");
  key_ = std::move(key);
  const std::lock_guard lock(mutex_);
  certificate_ = record.certificate;
  name_ = "SimpleNotificationService-" + hex_encode(sha256(certificate_)).substr(0, kNameDigits) +
          ".pem";
}

std::string Signer::sign(const Signed& values, std::string_view version) const {
  ST_CHECK(key_ != nullptr, "a message is signed before there is a key");
  std::string text;
  for (const auto& [name, value] : values)
    text.append(name).append("\n").append(value).append("\n");
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const auto* digest = version == "2" ? EVP_sha256() : EVP_sha1();
  std::size_t size = 0;
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  bool good = EVP_DigestSignInit(context, nullptr, digest, nullptr, key_->key) == 1 &&
              EVP_DigestSign(context, nullptr, &size, data, text.size()) == 1;
  std::string signature(size, '\0');
  good = good && EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                                data, text.size()) == 1;
  EVP_MD_CTX_free(context);
  ST_CHECK(good, "OpenSSL does not sign");
  signature.resize(size);
  return base64_encode(signature);
}

std::string Signer::certificate_name() const {
  const std::lock_guard lock(mutex_);
  return name_;
}

std::string Signer::certificate(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  return !name_.empty() && name == name_ ? certificate_ : std::string();
}

}  // namespace seatrial::services::sns
