// One connection: read a request, hand it over, write the answer, again.
//
// Problem: an API's requests are small, and of a small request the ceremony costs more than the
// work. Choice: whole reads into one buffer, the parser fed from it, an answer tried at once
// without waiting for the socket, and one timer that looks now and then whether anything moved.
// Rejected: Beast's stream and composed reads, which set a timer for every step.
//
// Stream is a TCP socket or TLS over one. Everything runs on the connection's thread.
#pragma once
#include <fmt/format.h>

#include <array>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>

#include "base/log.h"
#include "http/reply_head.h"
#include "http/request_parser.h"
#include "http/server.h"

namespace seatrial::http {

using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

template <class Stream>
class Connection : public std::enable_shared_from_this<Connection<Stream>> {
 public:
  // Takes over a connection whose first bytes are TLS's, not HTTP's.
  using Upgrade = std::function<void(Socket, std::string first_bytes)>;

  Connection(Stream stream, const ServerOptions& options, const RequestHandler& handler,
             Upgrade upgrade = nullptr)
      : stream_(std::move(stream)),
        options_(options),
        handler_(handler),
        upgrade_(std::move(upgrade)),
        timer_(stream_.get_executor()) {}

  void start() {
    watch();
    next_request();
  }

  // The same over TLS, whose first bytes somebody read already.
  void start_secure(std::string first_bytes) {
    watch();
    await_peer();
    head_text_ = std::move(first_bytes);
    stream_.async_handshake(boost::asio::ssl::stream_base::server, boost::asio::buffer(head_text_),
                            [self = this->shared_from_this()](Error error, std::size_t) {
                              self->waiting_ = false;
                              if (error) return self->abort();
                              self->next_request();
                            });
  }

 private:
  using Error = boost::beast::error_code;
  using HttpError = boost::beast::http::error;
  static constexpr std::size_t kRead = 16 * 1024, kReadBody = 128 * 1024;
  static constexpr std::size_t kDrainChunk = 64 * 1024, kDrainLimit = 256u << 20;
  static constexpr int kDrainSeconds = 2;
  static constexpr int kIdleLooks = 2;  // without anything moved: closed
  static constexpr bool kPlain = std::is_same_v<Stream, Socket>;
  static constexpr char kTlsHandshake = 0x16;

  static std::string text_of(boost::asio::const_buffer bytes) {
    return {static_cast<const char*>(bytes.data()), bytes.size()};
  }

  auto& socket() { return stream_.lowest_layer(); }

  // Looks twice in the idle time, so that an idle client is gone after one to one and a half of it.
  void watch() {
    timer_.expires_after(std::chrono::milliseconds(options_.idle_timeout_s * 1000 / kIdleLooks));
    timer_.async_wait([weak = this->weak_from_this()](Error error) {
      const auto self = weak.lock();
      if (error || !self) return;
      if (self->waiting_ && ++self->idle_looks_ > kIdleLooks) return self->abort();
      self->watch();
    });
  }

  void abort() {
    Error ignored;
    socket().close(ignored);
  }

  // The peer's turn: as long as it lasts, it is watched.
  void await_peer() {
    waiting_ = true;
    idle_looks_ = 0;
  }

  void next_request() {
    parser_.emplace();
    parser_->header_limit(kHeaderLimit);
    parser_->body_limit(options_.body_limit);
    if (buffer_.size() == 0) return read(kRead);
    // The next request is here already: not from within this one's answer, or the stack would grow.
    boost::asio::post(stream_.get_executor(), [self = this->shared_from_this()] { self->parse(); });
  }

  void read(std::size_t most) {
    await_peer();
    stream_.async_read_some(buffer_.prepare(most),
                            [self = this->shared_from_this()](Error error, std::size_t size) {
                              self->on_read(error, size);
                            });
  }

  void on_read(Error error, std::size_t size) {
    waiting_ = false;
    if (error && parser_->got_some()) return refuse(HttpError::partial_message);
    if (error) return close();
    buffer_.commit(size);
    if constexpr (kPlain) {
      if (upgrade_ && *static_cast<const char*>(buffer_.data().data()) == kTlsHandshake)
        return upgrade_(std::move(stream_), text_of(buffer_.data()));
      upgrade_ = nullptr;
    }
    parse();
  }

  void parse() {
    Error error;
    const bool in_header = !parser_->is_header_done();
    buffer_.consume(parser_->put(buffer_.data(), error));
    if (error == HttpError::body_limit) return hand_over(true);
    if (error && error != HttpError::need_more) return refuse(error);
    const bool header_ended = in_header && parser_->is_header_done();
    // Also of an empty body: who asked waits for this and takes nothing else at first.
    if (header_ended && parser_->expects_continue()) return write_continue();
    if (header_ended || parser_->is_done()) return read_body();
    read(in_header ? kRead : kReadBody);
  }

  void write_continue() {
    static const std::string kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    await_peer();
    boost::asio::async_write(stream_, boost::asio::buffer(kContinue),
                             [self = this->shared_from_this()](Error error, std::size_t) {
                               self->waiting_ = false;
                               if (!error) self->read_body();
                             });
  }

  void read_body() {
    if (parser_->is_done()) return hand_over(false);
    parser_->eager(true);
    if (buffer_.size() > 0) return parse();
    read(kReadBody);
  }

  void hand_over(bool too_large) {
    keep_alive_ = !too_large && parser_->keep_alive();
    head_ = parser_->head();
    wire::HttpRequest request = std::move(parser_->request());
    request.body_too_large = too_large;
    request.secure = !std::is_same_v<Stream, Socket>;
    if (too_large) request.body.clear();
    // Whoever answers keeps nothing of the connection: it ends on its own thread.
    handler_(std::move(request), [self = this->shared_from_this()](Reply reply) mutable {
      const auto executor = self->stream_.get_executor();
      boost::asio::dispatch(
          executor, [self = std::move(self), reply = std::move(reply)] { self->write(reply()); });
    });
  }

  void write(wire::HttpResponse response) {
    reply_ = std::move(response);
    head_text_ = head_of(reply_, keep_alive_);
    if (head_ || reply_.stream) reply_.body.clear();
    if (head_) reply_.stream.reset();
    send([](Connection& self) { self.reply_.stream ? self.pump() : self.on_written(); });
  }

  using Step = void (*)(Connection&);

  // Writes head_text_ and the body; what the socket does not take at once it takes later.
  void send(Step then) {
    std::array parts{boost::asio::const_buffer(boost::asio::buffer(head_text_)),
                     boost::asio::const_buffer(boost::asio::buffer(reply_.body))};
    if constexpr (kPlain) {
      Error error;
      const std::size_t size = stream_.write_some(parts, error);
      if (error && error != boost::asio::error::would_block) return;
      if (!error && size == head_text_.size() + reply_.body.size()) return then(*this);
      const std::size_t of_head = std::min(size, head_text_.size());
      parts[0] += of_head;
      parts[1] += size - of_head;
    }
    await_peer();
    boost::asio::async_write(stream_, parts,
                             [self = this->shared_from_this(), then](Error error, std::size_t) {
                               self->waiting_ = false;
                               if (!error) then(*self);
                             });
  }

  // Asks a streamed body for its next chunk. It may take as long as it likes: events come when
  // they come.
  void pump() {
    reply_.stream->next([self = this->shared_from_this()](wire::BodyStream::Chunk chunk) mutable {
      const auto executor = self->stream_.get_executor();
      boost::asio::post(executor, [self = std::move(self), chunk = std::move(chunk)]() mutable {
        self->write_chunk(std::move(chunk));
      });
    });
  }

  // A broken stream ends the connection short of its length: the client must not take it for whole.
  void write_chunk(wire::BodyStream::Chunk chunk) {
    if (!chunk) {
      log::warning("a reply broke off: {}", chunk.error());
      reply_ = {};
      return abort();
    }
    const bool last = chunk->empty();
    const bool chunked = !reply_.stream->size();
    if (last && !chunked) return on_written();
    head_text_ = chunked ? fmt::format("{:x}\r\n", chunk->size()) : std::string();
    reply_.body = std::move(*chunk);
    if (chunked) reply_.body += "\r\n";
    if (last) return send([](Connection& self) { self.on_written(); });
    send([](Connection& self) { self.pump(); });
  }

  void on_written() {
    reply_ = {};
    if (!keep_alive_) return close();
    next_request();
  }

  // A request that is no HTTP gets a plain 400; a vanished or idle client gets nothing.
  void refuse(Error error) {
    keep_alive_ = false;
    head_ = false;
    wire::HttpResponse response{400, {}, "malformed HTTP request: " + error.message() + "\n"};
    response.headers.add("Content-Type", "text/plain");
    write(std::move(response));
  }

  // What the client still sends is read for a moment: closing over unread bytes would reset the
  // connection and take our last answer with it.
  void close() {
    Error ignored;
    socket().shutdown(boost::asio::socket_base::shutdown_send, ignored);
    timer_.expires_after(std::chrono::seconds(kDrainSeconds));
    timer_.async_wait([weak = this->weak_from_this()](Error error) {
      const auto self = weak.lock();
      if (!error && self) self->abort();
    });
    drain();
  }

  void drain() {
    stream_.async_read_some(buffer_.prepare(kDrainChunk),
                            [self = this->shared_from_this()](Error error, std::size_t size) {
                              self->drained_ += size;
                              if (!error && self->drained_ < kDrainLimit) self->drain();
                            });
  }

  Stream stream_;
  const ServerOptions& options_;
  const RequestHandler& handler_;
  Upgrade upgrade_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                    boost::asio::wait_traits<std::chrono::steady_clock>, Executor>
      timer_;
  boost::beast::flat_buffer buffer_;
  std::optional<RequestParser> parser_;
  wire::HttpResponse reply_;
  std::string head_text_;
  bool keep_alive_ = true, head_ = false, waiting_ = false;
  int idle_looks_ = 0;
  std::size_t drained_ = 0;
};

}  // namespace seatrial::http
