#include "http/client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

namespace seatrial::http {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;

namespace {

bhttp::request<bhttp::string_body> message_of(const wire::HttpRequest& request) {
  bhttp::request<bhttp::string_body> message;
  message.version(11);
  message.method_string({request.method.data(), request.method.size()});
  message.target({request.target.data(), request.target.size()});
  for (const auto& [name, value] : request.headers.all()) message.insert(name, value);
  message.body() = request.body;
  message.keep_alive(false);
  message.prepare_payload();
  return message;
}

// Runs one asynchronous step to its end, so that the stream's deadline holds for blocking code too.
template <class Start>
beast::error_code finish(asio::io_context& context, Start&& start) {
  beast::error_code result = asio::error::would_block;
  start([&result](beast::error_code error, auto&&...) { result = error; });
  context.restart();
  context.run();
  return result;
}

}  // namespace

std::expected<wire::HttpResponse, std::string> request(const std::string& address, int port,
                                                       const wire::HttpRequest& request,
                                                       int timeout_ms) {
  asio::io_context context(1);
  beast::tcp_stream stream(context);
  beast::error_code error;
  const auto ip = asio::ip::make_address(address, error);
  if (error) return std::unexpected("not an address: " + address);
  stream.expires_after(std::chrono::milliseconds(timeout_ms));
  const asio::ip::tcp::endpoint endpoint(ip, static_cast<unsigned short>(port));
  error = finish(context, [&](auto done) { stream.async_connect(endpoint, done); });
  if (error) return std::unexpected("cannot connect to " + address + ": " + error.message());
  const auto message = message_of(request);
  error = finish(context, [&](auto done) { bhttp::async_write(stream, message, done); });
  if (error) return std::unexpected("cannot send to " + address + ": " + error.message());
  beast::flat_buffer buffer;
  bhttp::response_parser<bhttp::string_body> parser;
  parser.body_limit(256u << 20);
  error = finish(context, [&](auto done) { bhttp::async_read(stream, buffer, parser, done); });
  if (error) return std::unexpected("no answer from " + address + ": " + error.message());
  wire::HttpResponse response;
  response.status = static_cast<int>(parser.get().result_int());
  for (const auto& field : parser.get()) {
    response.headers.add(std::string(field.name_string().data(), field.name_string().size()),
                         std::string(field.value().data(), field.value().size()));
  }
  response.body = std::move(parser.get().body());
  return response;
}

}  // namespace seatrial::http
