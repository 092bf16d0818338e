#include "http/server.h"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <optional>
#include <thread>
#include <vector>

#include "base/log.h"

namespace seatrial::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using tcp = asio::ip::tcp;
// With the context's own executor: the type-erased one costs a fifth of a small request.
using Stream = beast::basic_stream<tcp, asio::io_context::executor_type>;

constexpr int kDrainSeconds = 2;
constexpr std::size_t kDrainChunk = 64 * 1024, kDrainLimit = 256u << 20;
constexpr std::chrono::milliseconds kAcceptRetry{50};

std::string text_of(boost::core::string_view s) { return {s.data(), s.size()}; }

bool equals_ignoring_case(boost::core::string_view a, std::string_view b) {
  return beast::iequals(a, {b.data(), b.size()});
}

// What a header's value may not hold would end it.
void append_value(std::string_view value, std::string& out) {
  for (const char c : value) out += c == '\r' || c == '\n' ? ' ' : c;
}

void append_length(const wire::HttpResponse& response, std::string& out) {
  if (response.status == 204 || response.status == 304) return;
  if (response.headers.has("Content-Length")) return;  // HEAD tells of a body that is not sent
  std::optional<std::uint64_t> size = response.body.size();
  if (response.stream) size = response.stream->size();
  out += size ? "Content-Length: " + std::to_string(*size) + "\r\n"
              : std::string("Transfer-Encoding: chunked\r\n");
}

// The status line and the headers: Beast's serializer costs more than all else of a small answer.
std::string head_of(const wire::HttpResponse& response, bool keep_alive) {
  std::string out = "HTTP/1.1 ";
  out.reserve(256);
  const auto reason = bhttp::obsolete_reason(static_cast<bhttp::status>(response.status));
  out += std::to_string(response.status) + ' ';
  out.append(reason.data(), reason.size());
  out += "\r\n";
  for (const auto& [name, value] : response.headers.all()) {
    out += name;
    out += ": ";
    append_value(value, out);
    out += "\r\n";
  }
  append_length(response, out);
  if (!keep_alive) out += "Connection: close\r\n";
  out += "\r\n";
  return out;
}

// One connection: read a request, hand it over, write the answer, again.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Stream::socket_type socket, const ServerOptions& options,
             const RequestHandler& handler)
      : stream_(std::move(socket)), options_(options), handler_(handler) {}

  void start() { read_header(); }

 private:
  using Parser = bhttp::request_parser<bhttp::string_body>;

  void read_header() {
    parser_.emplace();
    parser_->header_limit(kHeaderLimit);
    parser_->body_limit(options_.body_limit);
    stream_.expires_after(std::chrono::seconds(options_.idle_timeout_s));
    bhttp::async_read_header(stream_, buffer_, *parser_,
                             [self = shared_from_this()](beast::error_code error, std::size_t) {
                               self->on_header(error);
                             });
  }

  void on_header(beast::error_code error) {
    if (error == bhttp::error::body_limit) return hand_over(true);
    if (error) return refuse(error);
    if (equals_ignoring_case(parser_->get()[bhttp::field::expect], "100-continue")) {
      return write_continue();
    }
    read_body();
  }

  void write_continue() {
    static const std::string kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(kContinue),
                      [self = shared_from_this()](beast::error_code error, std::size_t) {
                        if (!error) self->read_body();
                      });
  }

  void read_body() {
    if (parser_->is_done()) return hand_over(false);
    stream_.expires_after(std::chrono::seconds(options_.idle_timeout_s));
    bhttp::async_read(stream_, buffer_, *parser_,
                      [self = shared_from_this()](beast::error_code error, std::size_t) {
                        if (error == bhttp::error::body_limit) return self->hand_over(true);
                        if (error) return self->refuse(error);
                        self->hand_over(false);
                      });
  }

  void hand_over(bool too_large) {
    stream_.expires_never();
    auto& message = parser_->get();
    wire::HttpRequest request;
    request.method = text_of(message.method_string());
    request.target = text_of(message.target());
    for (const auto& field : message) {
      request.headers.add(text_of(field.name_string()), text_of(field.value()));
    }
    keep_alive_ = message.keep_alive() && !too_large;
    head_ = message.method() == bhttp::verb::head;
    request.body_too_large = too_large;
    if (!too_large) request.body = std::move(message.body());
    handler_(std::move(request), [self = shared_from_this()](Reply reply) {
      asio::post(self->stream_.get_executor(),
                 [self, reply = std::move(reply)] { self->write(reply()); });
    });
  }

  void write(wire::HttpResponse response) {
    stream_.expires_after(std::chrono::seconds(options_.idle_timeout_s));
    reply_ = std::move(response);
    head_text_ = head_of(reply_, keep_alive_);
    if (head_ || reply_.stream) reply_.body.clear();
    if (head_) reply_.stream.reset();
    const std::array parts{asio::buffer(head_text_), asio::buffer(reply_.body)};
    asio::async_write(stream_, parts,
                      [self = shared_from_this()](beast::error_code error, std::size_t) {
                        if (!error && self->reply_.stream) return self->pump();
                        self->on_written(error);
                      });
  }

  // Asks a streamed body for its next chunk. It may take as long as it likes: events come when
  // they come.
  void pump() {
    stream_.expires_never();
    reply_.stream->next([self = shared_from_this()](wire::BodyStream::Chunk chunk) {
      asio::post(self->stream_.get_executor(), [self, chunk = std::move(chunk)]() mutable {
        self->write_chunk(std::move(chunk));
      });
    });
  }

  // A broken stream ends the connection short of its length: the client must not take it for whole.
  void write_chunk(wire::BodyStream::Chunk chunk) {
    if (!chunk) {
      log::warning("a reply broke off: {}", chunk.error());
      reply_ = {};
      return;
    }
    const bool last = chunk->empty();
    const bool chunked = !reply_.stream->size();
    if (last && !chunked) return on_written({});
    head_text_ = chunked ? fmt::format("{:x}\r\n", chunk->size()) : std::string();
    reply_.body = std::move(*chunk);
    if (chunked) reply_.body += "\r\n";
    stream_.expires_after(std::chrono::seconds(options_.idle_timeout_s));
    const std::array parts{asio::buffer(head_text_), asio::buffer(reply_.body)};
    asio::async_write(stream_, parts,
                      [self = shared_from_this(), last](beast::error_code error, std::size_t) {
                        if (error || last) return self->on_written(error);
                        self->pump();
                      });
  }

  void on_written(beast::error_code error) {
    reply_ = {};
    if (error) return;
    if (!keep_alive_) return close();
    read_header();
  }

  // A request that is no HTTP gets a plain 400; a vanished or idle client gets nothing.
  void refuse(beast::error_code error) {
    const bool malformed =
        error.category() == make_error_code(bhttp::error::bad_method).category() &&
        error != bhttp::error::end_of_stream;
    if (!malformed) return close();
    keep_alive_ = false;
    head_ = false;
    wire::HttpResponse response{400, {}, "malformed HTTP request: " + error.message() + "\n"};
    response.headers.add("Content-Type", "text/plain");
    write(std::move(response));
  }

  // What the client still sends is read for a moment: closing over unread bytes would reset the
  // connection and take our last answer with it.
  void close() {
    beast::error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream_.expires_after(std::chrono::seconds(kDrainSeconds));
    drain();
  }

  void drain() {
    stream_.async_read_some(buffer_.prepare(kDrainChunk),
                            [self = shared_from_this()](beast::error_code error, std::size_t n) {
                              self->drained_ += n;
                              if (!error && self->drained_ < kDrainLimit) self->drain();
                            });
  }

  Stream stream_;
  const ServerOptions& options_;
  const RequestHandler& handler_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  wire::HttpResponse reply_;
  std::string head_text_;
  bool keep_alive_ = true, head_ = false;
  std::size_t drained_ = 0;
};

std::expected<std::unique_ptr<tcp::acceptor>, std::string> listen_on(asio::io_context& context,
                                                                     const std::string& text,
                                                                     std::uint16_t port) {
  beast::error_code error;
  const auto address = asio::ip::make_address(text, error);
  if (error) return std::unexpected("not an address: " + text);
  auto acceptor = std::make_unique<tcp::acceptor>(context);
  const tcp::endpoint endpoint(address, port);
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
  if (!error) return acceptor;
  return std::unexpected(
      fmt::format("cannot listen on {}:{}: {}; choose another with --port, or "
                  "--port 0 for any that is free",
                  text, port, error.message()));
}

}  // namespace

std::expected<void, std::string> can_listen(const std::string& address, std::uint16_t port) {
  asio::io_context context(1);
  auto acceptor = listen_on(context, address, port);
  if (!acceptor) return std::unexpected(acceptor.error());
  return {};
}

struct Server::Impl {
  // Out of descriptors, say: try again after a moment, not at once and for ever.
  void accept_later(tcp::acceptor& acceptor) {
    auto timer = std::make_shared<asio::steady_timer>(*contexts.front(), kAcceptRetry);
    timer->async_wait([this, timer, &acceptor](beast::error_code error) {
      if (!error) accept(acceptor);
    });
  }

  ServerOptions options;
  RequestHandler handler;
  std::vector<std::unique_ptr<asio::io_context>> contexts;
  std::vector<asio::executor_work_guard<asio::io_context::executor_type>> guards;
  std::vector<std::unique_ptr<tcp::acceptor>> acceptors;
  std::vector<std::thread> threads;
  std::size_t next = 0;
  std::uint16_t port = 0;

  void accept(tcp::acceptor& acceptor) {
    auto& context = *contexts[next++ % contexts.size()];
    const auto executor = context.get_executor();
    acceptor.async_accept(
        executor, [this, &acceptor](beast::error_code error, Stream::socket_type socket) {
          if (error == asio::error::operation_aborted) return;
          if (error) return accept_later(acceptor);
          {
            beast::error_code ignored;
            socket.set_option(tcp::no_delay(true), ignored);
            auto executor = socket.get_executor();
            auto connection = std::make_shared<Connection>(std::move(socket), options, handler);
            asio::post(executor, [connection] { connection->start(); });
          }
          accept(acceptor);
        });
  }
};

std::expected<std::unique_ptr<Server>, std::string> Server::start(ServerOptions options,
                                                                  RequestHandler handler) {
  auto impl = std::make_unique<Impl>();
  impl->options = std::move(options);
  impl->handler = std::move(handler);
  for (int i = 0; i < std::max(1, impl->options.threads); ++i) {
    impl->contexts.push_back(std::make_unique<asio::io_context>(1));
    impl->guards.push_back(asio::make_work_guard(*impl->contexts.back()));
  }
  auto acceptor = listen_on(*impl->contexts.front(), impl->options.address, impl->options.port);
  if (!acceptor) return std::unexpected(acceptor.error());
  impl->port = (*acceptor)->local_endpoint().port();
  impl->acceptors.push_back(std::move(*acceptor));
  impl->accept(*impl->acceptors.back());
  for (auto& context : impl->contexts) {
    impl->threads.emplace_back([&context] { context->run(); });
  }
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() { stop(); }

std::uint16_t Server::port() const { return impl_->port; }

void Server::serve_socket(int listening_fd) {
  asio::post(*impl_->contexts.front(), [this, listening_fd] {
    auto acceptor = std::make_unique<tcp::acceptor>(*impl_->contexts.front());
    beast::error_code error;
    acceptor->assign(tcp::v4(), listening_fd, error);
    if (error) {
      log::error("cannot serve the socket of the VPC: {}", error.message());
      return;
    }
    impl_->acceptors.push_back(std::move(acceptor));
    impl_->accept(*impl_->acceptors.back());
  });
}

void Server::stop() {
  for (auto& context : impl_->contexts) context->stop();
  for (auto& thread : impl_->threads) {
    if (thread.joinable()) thread.join();
  }
  impl_->threads.clear();
  impl_->acceptors.clear();
}

}  // namespace seatrial::http
