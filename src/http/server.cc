#include "http/server.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <mutex>
#include <thread>
#include <vector>

#include "base/log.h"
#include "http/connection.h"

namespace seatrial::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;
using Secure = asio::ssl::stream<Socket>;

constexpr std::chrono::milliseconds kAcceptRetry{50};

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
  std::once_flag tls_once;
  std::optional<asio::ssl::context> tls_context;
  std::size_t next = 0;
  std::uint16_t port = 0;

  void serve(Socket socket) {
    beast::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.non_blocking(true, ignored);
    auto executor = socket.get_executor();
    Connection<Socket>::Upgrade upgrade;
    if (options.certificate) {
      upgrade = [this](Socket plain, std::string first_bytes) {
        std::make_shared<Connection<Secure>>(Secure(std::move(plain), tls()), options, handler)
            ->start_secure(std::move(first_bytes));
      };
    }
    auto connection = std::make_shared<Connection<Socket>>(std::move(socket), options, handler,
                                                           std::move(upgrade));
    asio::post(executor, [connection] { connection->start(); });
  }

  // Made when the first client speaks TLS: most never do.
  asio::ssl::context& tls() {
    std::call_once(tls_once, [this] {
      tls_context.emplace(asio::ssl::context::tls_server);
      tls_context->use_certificate_chain(asio::buffer(options.certificate->pem));
      tls_context->use_private_key(asio::buffer(options.certificate->key_pem),
                                   asio::ssl::context::pem);
    });
    return *tls_context;
  }

  void accept(tcp::acceptor& acceptor) {
    auto& context = *contexts[next++ % contexts.size()];
    const auto executor = context.get_executor();
    acceptor.async_accept(executor, [this, &acceptor](beast::error_code error, Socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) return accept_later(acceptor);
      serve(std::move(socket));
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
