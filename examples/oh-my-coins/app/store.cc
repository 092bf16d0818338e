// Both sides of the store's protocol; store.h describes it.
#include "store.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <optional>

namespace omc {
namespace {

constexpr int kStoreIdleTimeoutMs = 60'000;

// Takes one whole line off the buffer, without its end.
std::optional<std::string> take_line(std::string& buffer) {
  const size_t end = buffer.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string line = buffer.substr(0, end);
  buffer.erase(0, end + 1);
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::string_view take_word(std::string_view& text) {
  const size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

Fd connect_to(const Address& address) {
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval patience{0, kProbeTimeoutMs * 1000};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(address.port);
  ::inet_pton(AF_INET, address.host.c_str(), &name.sin_addr);
  if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&name), sizeof name) != 0) return Fd();
  return fd;
}

// Sends one command and compares its answer line.
bool answers(int fd, const std::string& command, std::string_view expected) {
  const std::string line = command + "\n";
  if (::send(fd, line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size())) {
    return false;
  }
  std::string buffer;
  while (buffer.size() <= kMaxStoreLineBytes) {
    if (const auto answer = take_line(buffer)) return *answer == expected;
    char bytes[512];
    const ssize_t n = ::recv(fd, bytes, sizeof bytes, 0);
    if (n <= 0) return false;
    buffer.append(bytes, static_cast<size_t>(n));
  }
  return false;
}

}  // namespace

void Store::serve(Connection& connection) {
  std::string buffer;
  bool trusted = password_.empty();
  while (true) {
    while (const auto line = take_line(buffer)) {
      if (!connection.write(execute(*line, trusted) + "\n")) return;
    }
    if (buffer.size() > kMaxStoreLineBytes) {
      connection.write("ERR line too long\n");
      return;
    }
    const auto got = connection.read(buffer, kStoreIdleTimeoutMs, buffer.empty());
    if (got != Connection::Got::kBytes) return;
  }
}

std::string Store::execute(std::string_view line, bool& trusted) {
  const std::string_view verb = take_word(line);
  if (verb == "AUTH") {
    trusted = line == password_;
    return trusted ? "OK" : "ERR wrong password";
  }
  if (!trusted) return "ERR AUTH first";
  if (verb == "PING") return "PONG";
  const std::string key(take_word(line));
  if (key.empty()) return "ERR expected PING, AUTH, SET key value, GET key or DEL key";
  if (verb == "SET") return put(key, std::string(line));
  if (verb == "GET") return get(key);
  if (verb == "DEL") {
    const std::lock_guard lock(mutex_);
    return values_.erase(key) > 0 ? "OK" : "NONE";
  }
  return "ERR expected PING, AUTH, SET key value, GET key or DEL key";
}

std::string Store::put(std::string key, std::string value) {
  const std::lock_guard lock(mutex_);
  if (values_.size() >= kMaxStoreKeys && !values_.contains(key)) return "ERR full";
  values_.insert_or_assign(std::move(key), std::move(value));
  return "OK";
}

std::string Store::get(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = values_.find(key);
  return found == values_.end() ? "NONE" : "VALUE " + found->second;
}

bool probe_store(const StoreLink& link) {
  static std::atomic<unsigned long> probes = 0;
  const Fd fd = connect_to(link.address);
  if (!fd) return false;
  if (!link.password.empty() && !answers(fd.get(), "AUTH " + link.password, "OK")) return false;
  const std::string value = std::to_string(++probes);
  const std::string key = "probe-" + std::to_string(::getpid()) + "-" + value;
  return answers(fd.get(), "SET " + key + " " + value, "OK") &&
         answers(fd.get(), "GET " + key, "VALUE " + value) && answers(fd.get(), "DEL " + key, "OK");
}

}  // namespace omc
