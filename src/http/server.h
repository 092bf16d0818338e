// The HTTP/1.1 server in front of the API. The only folder that includes Beast.
//
// Problem: thousands of small requests a second, and a few that must be refused early (too large,
// slow, malformed). Choice: one io_context and one thread each, connections dealt to them in turn,
// so that a connection's code runs on one thread and needs no locks. Handlers answer through a
// Responder from any thread. Rejected: a strand per connection (costs a lock per step), coroutines
// (GCC 12 frees their temporaries too early).
#pragma once
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "http/certificate.h"
#include "wire/message.h"

namespace seatrial::http {

inline constexpr std::size_t kHeaderLimit = 64 * 1024;

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 4566;  // 0: the system picks one
  int threads = 1;
  std::size_t body_limit = 64u << 20;
  int idle_timeout_s = 75;
  std::optional<Certificate> certificate;  // TLS is spoken, too, on the same port
};

// Makes an answer; called once, on the connection's thread, so that encoding burdens no other.
using Reply = std::function<wire::HttpResponse()>;
// Must be called exactly once per request, from any thread.
using Responder = std::function<void(Reply)>;

// Called on a server thread. A request whose body exceeds the limit comes with body_too_large set
// and without its body; the connection is closed after the answer.
using RequestHandler = std::function<void(wire::HttpRequest, Responder)>;

// Whether the port can be bound now; the error is the one start() would give.
std::expected<void, std::string> can_listen(const std::string& address, std::uint16_t port);

class Server {
 public:
  // The error names the address and port and what to do about it.
  static std::expected<std::unique_ptr<Server>, std::string> start(ServerOptions options,
                                                                   RequestHandler handler);
  ~Server();  // stops
  std::uint16_t port() const;
  // Serves connections of a listening TCP socket made elsewhere (another network namespace); owns
  // it.
  void serve_socket(int listening_fd);
  void stop();  // no new connections; requests under way are dropped

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace seatrial::http
