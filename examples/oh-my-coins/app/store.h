// A small key-value store over TCP, and the probe the backend checks it with.
//
// It holds the place of the database and of the cache in the example: both run as containers beside
// the backend. One command per line, one answer line each: AUTH password, PING, SET key value,
// GET key, DEL key; answers are OK, PONG, VALUE ..., NONE or ERR .... Everything is in memory.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "server.h"

namespace omc {

inline constexpr size_t kMaxStoreLineBytes = 4 * 1024;
inline constexpr size_t kMaxStoreKeys = 10'000;
inline constexpr int kProbeTimeoutMs = 500;

class Store {
 public:
  // With a password, a connection must say AUTH before anything else.
  explicit Store(std::string password) : password_(std::move(password)) {}

  // Serves one connection until it closes. Any thread.
  void serve(Connection& connection);

 private:
  std::string execute(std::string_view line, bool& trusted);
  std::string put(std::string key, std::string value);
  std::string get(const std::string& key);

  const std::string password_;
  std::mutex mutex_;
  std::map<std::string, std::string> values_;  // guarded by mutex_
};

// Writes a value of its own, reads it back and removes it. True only if it came back unchanged
// within kProbeTimeoutMs per step. Any thread.
bool probe_store(const StoreLink& link);

}  // namespace omc
