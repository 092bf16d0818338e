// What the program is told: its role as first argument, everything else by environment, as a
// container is configured. Read once at start; a value that makes no sense stops the start.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

namespace omc {

enum class Role { kBackend, kFrontend, kStore };

struct Address {
  std::string host;  // dotted IPv4
  uint16_t port = 0;
};

// A key-value store the backend depends on; see store.h.
struct StoreLink {
  Address address;
  std::string password;  // empty: no AUTH is sent
};

struct Settings {
  Role role = Role::kBackend;
  Address listen;
  std::string version;
  std::string title;                  // heading of the frontend's page
  std::string health_path;            // a further path that answers while the process is well
  bool json_log = false;              // LOG_FORMAT=json
  std::string environment;            // ENVIRONMENT: a field of JSON log lines
  std::string fault;                  // what FAULT says; parsed by faults.h
  std::string store_password;         // role store: what AUTH must say; empty: no AUTH wanted
  std::optional<StoreLink> database;  // from DATABASE_HOST, DATABASE_PORT, DATABASE_PASSWORD
  std::optional<StoreLink> redis;     // from REDIS_HOST, REDIS_PORT, REDIS_PASSWORD
};

std::string role_name(Role role);

// Reads argv and the environment; the error says which value is wrong and what it may be.
std::expected<Settings, std::string> read_settings(int argc, char** argv);

}  // namespace omc
