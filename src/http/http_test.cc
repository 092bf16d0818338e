// http: the server against raw sockets and our own client.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/client.h"
#include "http/server.h"

namespace seatrial::http {
namespace {

// The numbers 1 to 5 in chunks, from a thread of its own; "broken" ends after the second.
class Counting final : public wire::BodyStream {
 public:
  explicit Counting(std::string target) : target_(std::move(target)) {}
  std::optional<std::uint64_t> size() const override {
    if (target_ == "/stream/sized" || target_ == "/stream/broken") return 5;
    return std::nullopt;
  }
  void next(std::function<void(Chunk)> ready) override {
    ++count_;
    std::thread([ready = std::move(ready), count = count_, broken = target_ == "/stream/broken"] {
      if (broken && count == 3) return ready(std::unexpected(std::string("no more")));
      ready(count > 5 ? std::string() : std::to_string(count));
    }).detach();
  }

 private:
  std::string target_;
  int count_ = 0;
};

int connected_to(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
  EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  return fd;
}

class HttpTest : public testing::Test {
 protected:
  HttpTest() {
    ServerOptions options;
    options.port = 0;
    options.body_limit = 1000;
    options.threads = 2;
    auto started = Server::start(options, [](wire::HttpRequest request, Responder respond) {
      std::thread([request = std::move(request), respond = std::move(respond)] {
        wire::HttpResponse response;
        if (request.body_too_large) response.status = 413;
        response.headers.add("Content-Type", "text/plain");
        response.body = request.method + " " + request.target + " " + request.body;
        if (request.target.starts_with("/stream"))
          response.stream = std::make_shared<Counting>(request.target);
        respond([response] { return response; });
      }).detach();
    });
    server_ = std::move(*started);
  }

  // Sends raw bytes, half-closes, and returns all that comes back.
  std::string raw(std::string_view bytes) {
    const int fd = connected_to(server_->port());
    EXPECT_EQ(send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
    shutdown(fd, SHUT_WR);
    std::string all;
    char chunk[4096];
    for (ssize_t n; (n = recv(fd, chunk, sizeof chunk, 0)) > 0;)
      all.append(chunk, static_cast<std::size_t>(n));
    close(fd);
    return all;
  }

  std::unique_ptr<Server> server_;
};

TEST_F(HttpTest, StreamsBodies) {
  const std::string sized = raw("GET /stream/sized HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(sized.find("Content-Length: 5\r\n"), std::string::npos) << sized;
  EXPECT_TRUE(sized.ends_with("\r\n\r\n12345")) << sized;
  const std::string chunked = raw("GET /stream/chunked HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(chunked.find("Transfer-Encoding: chunked\r\n"), std::string::npos) << chunked;
  EXPECT_TRUE(chunked.ends_with("1\r\n1\r\n1\r\n2\r\n1\r\n3\r\n1\r\n4\r\n1\r\n5\r\n0\r\n\r\n"))
      << chunked;
  const std::string head = raw("HEAD /stream/sized HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(head.ends_with("Content-Length: 5\r\n\r\n")) << head;
  EXPECT_TRUE(raw("GET /stream/broken HTTP/1.1\r\nHost: h\r\n\r\n").ends_with("\r\n\r\n12"));
}

TEST_F(HttpTest, AnswersRequestsThatComeTogetherInTheirOrder) {
  constexpr int kRequests = 2000;
  std::string all;
  for (int i = 0; i < kRequests; ++i)
    all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string answers = raw(all);
  std::size_t at = 0;
  for (int i = 0; i < kRequests && at != std::string::npos; ++i) {
    at = answers.find("GET /" + std::to_string(i) + " ", at);
    EXPECT_NE(at, std::string::npos) << i;
  }
}

TEST_F(HttpTest, TakesBodiesInPiecesOfAnySize) {
  const std::string head = "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_NE(raw(head + "3\r\nabc\r\n1;x=y\r\nd\r\n0\r\nTrailer: t\r\n\r\n").find("PUT / abcd"),
            std::string::npos);
  EXPECT_EQ(raw(head + "zz\r\n").find("HTTP/1.1 400"), 0u);
  EXPECT_EQ(raw("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nshort").find("HTTP/1.1 400"),
            0u);
}

TEST(HttpIdle, AClientThatSendsNothingIsLetGo) {
  ServerOptions options;
  options.port = 0;
  options.idle_timeout_s = 1;
  const auto server = Server::start(options, {});
  ASSERT_TRUE(server);
  for (const std::string_view sent :
       {"", "GET / HT", "PUT / HTTP/1.1\r\nContent-Length: 9\r\n\r\nsh"}) {
    const int fd = connected_to((*server)->port());
    EXPECT_EQ(send(fd, sent.data(), sent.size(), MSG_NOSIGNAL), static_cast<ssize_t>(sent.size()));
    char byte;
    EXPECT_LE(recv(fd, &byte, 1, 0), 0) << sent;  // ends when the server closes
    close(fd);
  }
}

// A client that reads late gets all of an answer larger than what the socket takes at once.
TEST(HttpSlow, AReaderWhoIsLateGetsEverything) {
  ServerOptions options;
  options.port = 0;
  const std::string body(20 << 20, 'b');
  const auto server = Server::start(options, [&](wire::HttpRequest, Responder respond) {
    respond([&] { return wire::HttpResponse{200, {}, body}; });
  });
  ASSERT_TRUE(server);
  const auto whole = http::request("127.0.0.1", (*server)->port(), {"GET", "/", {}, ""});
  ASSERT_TRUE(whole) << whole.error();
  EXPECT_EQ(whole->body, body);
}

TEST_F(HttpTest, AnswersFromAnotherThread) {
  const wire::HttpRequest request{"POST", "/a?b=c", {}, "hello"};
  const auto response = http::request("127.0.0.1", server_->port(), request);
  ASSERT_TRUE(response) << response.error();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "POST /a?b=c hello");
}

TEST_F(HttpTest, ContinuesWhenExpected) {
  const auto all =
      raw("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nhi");
  EXPECT_EQ(all.find("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"), 0u) << all;
  const auto empty =
      raw("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(empty.find("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"), 0u) << empty;
}

TEST_F(HttpTest, RefusesBodiesOverTheLimit) {
  const auto all = raw("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n");
  EXPECT_EQ(all.find("HTTP/1.1 413"), 0u) << all;
  const auto chunked =
      raw("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" +
          std::string(2000, 'x') + "\r\n0\r\n\r\n");
  EXPECT_EQ(chunked.find("HTTP/1.1 413"), 0u) << chunked;
}

TEST_F(HttpTest, RefusesWhatIsNotHttp) {
  EXPECT_EQ(raw("\x16\x03\x01 hello\r\n\r\n").find("HTTP/1.1 400"), 0u);
  EXPECT_EQ(
      raw("GET / HTTP/1.1\r\nX: " + std::string(70'000, 'a') + "\r\n\r\n").find("HTTP/1.1 400"),
      0u);
  EXPECT_EQ(raw(""), "");
}

TEST_F(HttpTest, HeadHasNoBodyAndKeepsTheConnection) {
  const auto all = raw("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\nGET /y HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(all.find("GET /y"), std::string::npos) << all;
  EXPECT_EQ(all.find("HEAD /x"), std::string::npos) << all;
}

// A client's side of TLS over a socket, which trusts `authority` only.
class TlsClient {
 public:
  TlsClient(int port, const std::string& authority) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
        BIO_new_mem_buf(authority.data(), static_cast<int>(authority.size())), BIO_free);
    X509* trusted = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), trusted);
    X509_free(trusted);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    stream_.reset(BIO_new_ssl_connect(context_.get()));
    SSL* ssl = nullptr;
    BIO_get_ssl(stream_.get(), &ssl);
    SSL_set1_host(ssl, "localhost");
    BIO_set_conn_hostname(stream_.get(), ("127.0.0.1:" + std::to_string(port)).c_str());
  }
  bool connect() { return BIO_do_handshake(stream_.get()) == 1; }
  // Sends a request and reads until its answer's end is there.
  std::string ask(const std::string& request, std::string_view end) {
    BIO_write(stream_.get(), request.data(), static_cast<int>(request.size()));
    std::string all;
    char chunk[4096];
    for (int n; !all.ends_with(end) && (n = BIO_read(stream_.get(), chunk, sizeof chunk)) > 0;)
      all.append(chunk, static_cast<std::size_t>(n));
    return all;
  }

 private:
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{SSL_CTX_new(TLS_client_method()),
                                                             SSL_CTX_free};
  std::unique_ptr<BIO, decltype(&BIO_free_all)> stream_{nullptr, BIO_free_all};
};

TEST(HttpTls, SpeaksBothOnOnePort) {
  const Time now = WallClock().now();
  const auto certificate = make_certificate({"localhost", "127.0.0.1"}, now);
  ServerOptions options;
  options.port = 0;
  options.certificate = certificate;
  const auto server = Server::start(options, [](wire::HttpRequest request, Responder respond) {
    respond([body = request.target] { return wire::HttpResponse{200, {}, body}; });
  });
  ASSERT_TRUE(server);
  const auto plain = http::request("127.0.0.1", (*server)->port(), {"GET", "/plain", {}, ""});
  ASSERT_TRUE(plain) << plain.error();
  EXPECT_EQ(plain->body, "/plain");
  TlsClient client((*server)->port(), certificate.authority_pem);
  ASSERT_TRUE(client.connect());
  EXPECT_TRUE(
      client.ask("GET /one HTTP/1.1\r\nHost: h\r\n\r\n", "/one").starts_with("HTTP/1.1 200"));
  const std::string large(60'000, 'x');  // of several TLS records, on the same connection
  EXPECT_TRUE(client.ask("GET /" + large + " HTTP/1.1\r\nHost: h\r\n\r\n", "xxx")
                  .starts_with("HTTP/1.1 200"));
  TlsClient stranger((*server)->port(), make_certificate({"localhost"}, now).authority_pem);
  EXPECT_FALSE(stranger.connect());
}

TEST_F(HttpTest, AnOccupiedPortIsNamed) {
  ServerOptions options;
  options.port = server_->port();
  const auto second = Server::start(options, {});
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().find("--port 0"), std::string::npos);
}

}  // namespace
}  // namespace seatrial::http
