// Where deliveries may go, and mail without a relay. HTTP itself is tested live
// (tests/live/test_messaging.py).
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <unistd.h>

#include <fstream>
#include <future>

#include "base/temp_folder.h"
#include "drivers/delivery/deliverer.h"

namespace seatrial::drivers {
namespace {

using testing::HasSubstr;
using Kind = DeliveryResult::Kind;

class DeliveryTest : public testing::Test {
 protected:
  DeliveryTest() {
    std::ofstream(folder / "hosts") << "# x\n127.0.0.2 here.test other.test\n192.0.2.1 far.test\n";
    options.routes.hosts_file = (folder / "hosts").string();
    options.mail_folder = folder / "mail";
  }
  DeliveryResult deliver(DeliveryRequest request) {
    Deliverer deliverer(options);
    std::promise<DeliveryResult> got;
    deliverer.deliver(std::move(request), [&](DeliveryResult r) { got.set_value(std::move(r)); });
    return got.get_future().get();
  }
  DeliveryResult post(const std::string& url) {
    DeliveryRequest request;
    request.url = url;
    return deliver(std::move(request));
  }
  TempFolder folder{"delivery"};
  DelivererOptions options;
};

TEST_F(DeliveryTest, NothingLeavesLoopback) {
  for (const char* url : {"http://example.com/", "https://hooks.slack.com/services/T/B/x",
                          "http://192.0.2.1/", "http://far.test/", "http://3221225985/",
                          "http://[2001:db8::1]/", "http://127.0.0.1.example.com/"}) {
    const auto result = post(url);
    EXPECT_EQ(result.kind, Kind::kForbidden) << url << " " << result.why;
    EXPECT_THAT(result.why, HasSubstr("nothing was sent")) << url;
  }
  for (const char* url : {"ftp://127.0.0.1/", "file:///etc/passwd", "http://", "x"})
    EXPECT_EQ(post(url).kind, Kind::kFailed) << url;
}

TEST_F(DeliveryTest, LoopbackIsTried) {
  for (const char* url : {"http://127.0.0.1:1/", "http://localhost:1/", "http://here.test:1/",
                          "http://other.test:1/", "http://[::1]:1/"})
    EXPECT_EQ(post(url).kind, Kind::kFailed) << url;  // refused there, by nobody
  ASSERT_TRUE(options.routes.add("hooks.slack.com=127.0.0.1:1"));
  EXPECT_EQ(post("http://hooks.slack.com/services/T/B/x").kind, Kind::kFailed);
}

TEST_F(DeliveryTest, RoutesAreRead) {
  DeliveryRoutes routes;
  EXPECT_TRUE(routes.add("a.test=127.0.0.9:80"));
  EXPECT_EQ(routes.stand_ins["a.test"], "127.0.0.9:80");
  EXPECT_TRUE(routes.add("b.test"));
  EXPECT_TRUE(routes.allows("b.test"));
  for (const char* bad :
       {"", "=127.0.0.1:1", "a=127.0.0.1", "a=192.0.2.1:80", "a=b:80", "a=127.0.0.1:x"})
    EXPECT_FALSE(routes.add(bad)) << bad;
}

TEST_F(DeliveryTest, MailWithoutARelayIsPutIntoMailboxes) {
  DeliveryRequest request;
  request.mail_from = "a@b";
  request.mail_to = "../up@c";
  request.body = "Subject: x\r\n\r\ny";
  EXPECT_EQ(deliver(request).status, 250);
  EXPECT_EQ(deliver(request).status, 250);
  std::size_t mails = 0;
  for (const auto& mail :
       std::filesystem::directory_iterator(options.mail_folder / "_.._up@c" / "new")) {
    std::ifstream in(mail.path());
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), request.body);
    ++mails;
  }
  EXPECT_EQ(mails, 2u);
}

}  // namespace
}  // namespace seatrial::drivers
