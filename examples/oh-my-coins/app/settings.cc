// Reads the settings; settings.h lists them. A host of "localhost" means the task's own address:
// where tasks have no network namespace they are told one loopback address each in HOST, and the
// containers of one task share it.
#include "settings.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstdlib>

namespace omc {
namespace {

std::string environment(const char* name, std::string otherwise = "") {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : std::move(otherwise);
}

std::expected<uint16_t, std::string> read_port(const char* name, const std::string& text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error == std::errc() && end == text.data() + text.size()) return port;
  return std::unexpected(std::string(name) + " must be a port from 0 to 65535, not '" + text + "'");
}

std::expected<Address, std::string> read_address(const std::string& prefix, std::string host,
                                                 const std::string& port_text) {
  const auto port = read_port((prefix + "PORT").c_str(), port_text);
  if (!port) return std::unexpected(port.error());
  in_addr ignored{};
  if (::inet_pton(AF_INET, host.c_str(), &ignored) != 1) {
    return std::unexpected(prefix + "HOST must be localhost or an IPv4 address, not '" + host +
                           "'");
  }
  return Address{std::move(host), *port};
}

// A link without a port variable is not configured.
std::expected<std::optional<StoreLink>, std::string> read_link(const std::string& prefix,
                                                               const std::string& own_host) {
  const std::string port = environment((prefix + "PORT").c_str());
  if (port.empty()) return std::nullopt;
  std::string host = environment((prefix + "HOST").c_str(), "localhost");
  if (host == "localhost") host = own_host == "0.0.0.0" ? "127.0.0.1" : own_host;
  auto address = read_address(prefix, std::move(host), port);
  if (!address) return std::unexpected(address.error());
  return StoreLink{std::move(*address), environment((prefix + "PASSWORD").c_str())};
}

std::expected<Role, std::string> read_role(int argc, char** argv) {
  const std::string name = argc == 2 ? argv[1] : "";
  for (const Role role : {Role::kBackend, Role::kFrontend, Role::kStore}) {
    if (name == role_name(role)) return role;
  }
  return std::unexpected("usage: omc backend|frontend|store");
}

std::expected<std::string, std::string> read_log_format() {
  const std::string form = environment("LOG_FORMAT", "text");
  if (form == "text" || form == "json") return form;
  return std::unexpected("LOG_FORMAT must be text or json, not '" + form + "'");
}

const char* default_port(Role role) {
  switch (role) {
    case Role::kBackend:
      return "8000";
    case Role::kFrontend:
      return "3000";
    case Role::kStore:
      return "5432";
  }
  std::abort();
}

}  // namespace

std::string role_name(Role role) {
  switch (role) {
    case Role::kBackend:
      return "backend";
    case Role::kFrontend:
      return "frontend";
    case Role::kStore:
      return "store";
  }
  std::abort();
}

std::expected<Settings, std::string> read_settings(int argc, char** argv) {
  const auto role = read_role(argc, argv);
  if (!role) return std::unexpected(role.error());
  std::string host = environment("HOST", "0.0.0.0");
  if (host == "localhost") host = "127.0.0.1";
  auto listen = read_address("", std::move(host), environment("PORT", default_port(*role)));
  if (!listen) return std::unexpected(listen.error());
  auto database = read_link("DATABASE_", listen->host);
  if (!database) return std::unexpected(database.error());
  auto redis = read_link("REDIS_", listen->host);
  if (!redis) return std::unexpected(redis.error());
  const auto form = read_log_format();
  if (!form) return std::unexpected(form.error());
  return Settings{.role = *role,
                  .listen = std::move(*listen),
                  .version = environment("VERSION", "1.0.0"),
                  .title = environment("PAGE_TITLE", "Oh My Coins"),
                  .health_path = environment("HEALTH_PATH"),
                  .json_log = *form == "json",
                  .environment = environment("ENVIRONMENT"),
                  .fault = environment("FAULT"),
                  .store_password = environment("STORE_PASSWORD"),
                  .database = std::move(*database),
                  .redis = std::move(*redis)};
}

}  // namespace omc
