// See mask.h.
#include "runbook/mask.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "runbook/text.h"

namespace seatrial::runbook {
namespace {

constexpr std::string_view kMask = "****";

constexpr std::array<std::string_view, 6> kNames = {"secretaccesskey",   "aws_secret_access_key",
                                                    "secret_access_key", "sessiontoken",
                                                    "aws_session_token", "masteruserpassword"};

bool is_value_byte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '/' || c == '+' || c == '=' ||
         c == '_' || c == '-';
}

void replace_all(std::string& text, std::string_view what) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += kMask.size())
    text.replace(at, what.size(), kMask);
}

// NAME, then quotes, blanks, ':' or '=', then the value: at least 16 bytes of key alphabet.
void mask_after(std::string& text, std::string_view name) {
  auto folded = lower(text);
  for (std::size_t at = 0; (at = folded.find(name, at)) != std::string::npos;) {
    at += name.size();
    auto begin = folded.find_first_not_of("\"' \t:=|", at);
    if (begin == std::string::npos || begin == at || begin - at > 8) continue;
    auto end = begin;
    while (end < text.size() && is_value_byte(text[end])) ++end;
    if (end - begin < 16) continue;
    text.replace(begin, end - begin, kMask);
    folded.replace(begin, end - begin, kMask);
    at = begin;
  }
}

void mask_private_keys(std::string& text) {
  constexpr std::string_view kBegin = "PRIVATE KEY-----", kEnd = "-----END";
  for (std::size_t at = 0; (at = text.find(kBegin, at)) != std::string::npos;) {
    at += kBegin.size();
    const auto end = std::min(text.find(kEnd, at), text.size());
    text.replace(at, end - at, kMask);
    at = std::min(text.find('\n', at), text.size());
  }
}

}  // namespace

Masker::Masker(std::vector<std::string> secrets) : secrets_(std::move(secrets)) {
  std::erase_if(secrets_, [](const std::string& s) { return s.size() < 6; });
}

std::string Masker::mask(std::string_view text) const {
  std::string out(text);
  for (const auto& secret : secrets_) replace_all(out, secret);
  for (auto name : kNames) mask_after(out, name);
  mask_private_keys(out);
  return out;
}

}  // namespace seatrial::runbook
