// GetRandomPassword.
#include <algorithm>
#include <vector>

#include "services/secretsmanager/errors.h"
#include "services/secretsmanager/service.h"

namespace seatrial::services::secretsmanager {
namespace {

constexpr std::int64_t kDefaultLength = 32, kMaxLength = 4096;

// The kinds of characters a request allows, each without those it excludes.
std::vector<std::string> classes_of(const api::GetRandomPasswordRequest& request) {
  std::vector<std::string> classes;
  const auto add = [&](bool wanted, std::string characters) {
    if (!wanted) return;
    std::erase_if(characters, [&](char c) {
      return request.ExcludeCharacters.value_or("").find(c) != std::string::npos;
    });
    if (!characters.empty()) classes.push_back(std::move(characters));
  };
  add(!request.ExcludeUppercase.value_or(false), "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  add(!request.ExcludeLowercase.value_or(false), "abcdefghijklmnopqrstuvwxyz");
  add(!request.ExcludeNumbers.value_or(false), "0123456789");
  add(!request.ExcludePunctuation.value_or(false), "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");
  add(request.IncludeSpace.value_or(false), " ");
  return classes;
}

char pick(Rng& rng, const std::string& from) { return from[rng.below(from.size())]; }

}  // namespace

room::Outcome<api::GetRandomPasswordResponse> SecretsManager::get_random_password(
    Context&, const api::GetRandomPasswordRequest& request) {
  const auto length = request.PasswordLength.value_or(kDefaultLength);
  if (length < 1 || length > kMaxLength) {
    return invalid_parameter("PasswordLength must be between 1 and 4096.");
  }
  const auto classes = classes_of(request);
  if (classes.empty()) return invalid_parameter("No characters are left to make a password of.");
  const bool each = request.RequireEachIncludedType.value_or(true);
  if (each && length < static_cast<std::int64_t>(classes.size())) {
    return invalid_parameter(
        "PasswordLength is too short for one character of each included type.");
  }
  std::string all, password;
  for (const auto& characters : classes) all += characters;
  if (each) {
    for (const auto& characters : classes) password += pick(env_.rng, characters);
  }
  while (static_cast<std::int64_t>(password.size()) < length) password += pick(env_.rng, all);
  for (std::size_t i = password.size(); i > 1; --i) {
    std::swap(password[i - 1], password[env_.rng.below(i)]);
  }
  return api::GetRandomPasswordResponse{password};
}

}  // namespace seatrial::services::secretsmanager
