#include "http/certificate.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>

#include "base/check.h"

namespace seatrial::http {
namespace {

constexpr long kDay = 24 * 3600, kValid = 730 * kDay;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using X509Ptr = std::unique_ptr<X509, Free>;

template <class Write>
std::string pem_of(Write write) {
  const std::unique_ptr<BIO, Free> bio(BIO_new(BIO_s_mem()));
  ST_CHECK(write(bio.get()) == 1, "OpenSSL does not write what it made");
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

void extend(X509* certificate, X509* issuer, int what, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str()));
  ST_CHECK(extension && X509_add_ext(certificate, extension.get(), -1) == 1,
           "OpenSSL refuses an extension of a certificate");
}

X509Ptr unsigned_certificate(EVP_PKEY* key, const char* common_name, long serial, Time now) {
  X509Ptr made(X509_new());
  const std::time_t from = static_cast<std::time_t>(to_ms(now) / 1000) - kDay;
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
  ASN1_TIME_set(X509_getm_notBefore(made.get()), from);
  ASN1_TIME_set(X509_getm_notAfter(made.get()), from + kValid);
  X509_set_pubkey(made.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0);
  return made;
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* key) {
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  ST_CHECK(X509_sign(certificate, key, EVP_sha256()) > 0, "OpenSSL does not sign");
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) {
    in6_addr address;
    const bool numeric = inet_pton(AF_INET, name.c_str(), &address) == 1 ||
                         inet_pton(AF_INET6, name.c_str(), &address) == 1;
    out += (out.empty() ? "" : ",") + std::string(numeric ? "IP:" : "DNS:") + name;
  }
  return out;
}

}  // namespace

Certificate make_certificate(const std::vector<std::string>& names, Time now) {
  const Key authority_key(EVP_EC_gen("P-256")), key(EVP_EC_gen("P-256"));
  ST_CHECK(authority_key && key, "OpenSSL makes no key");
  const long serial = static_cast<long>(to_ms(now) / 1000);
  auto authority = unsigned_certificate(authority_key.get(), "Seatrial world", serial, now);
  extend(authority.get(), authority.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  extend(authority.get(), authority.get(), NID_key_usage, "critical,keyCertSign");
  extend(authority.get(), authority.get(), NID_subject_key_identifier, "hash");
  sign(authority.get(), authority.get(), authority_key.get());
  auto server = unsigned_certificate(key.get(), "localhost", serial + 1, now);
  extend(server.get(), authority.get(), NID_basic_constraints, "critical,CA:FALSE");
  extend(server.get(), authority.get(), NID_ext_key_usage, "serverAuth");
  extend(server.get(), authority.get(), NID_authority_key_identifier, "keyid");
  extend(server.get(), authority.get(), NID_subject_alt_name, alternative_names(names));
  sign(server.get(), authority.get(), authority_key.get());
  return {pem_of([&](BIO* bio) { return PEM_write_bio_X509(bio, server.get()); }),
          pem_of([&](BIO* bio) {
            return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          }),
          pem_of([&](BIO* bio) { return PEM_write_bio_X509(bio, authority.get()); })};
}

}  // namespace seatrial::http
