// Deliveries by libcurl: many at once on one thread.
//
// Problem: HTTPS with verification, and SMTP, to endpoints that are slow or gone. Choice: libcurl's
// multi interface, which has both. Rejected: Beast and a mail dialogue of our own. Mails without a
// relay are put into the world's own mailboxes (Maildir), which is where they would be read.
#pragma once
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "drivers/delivery.h"
#include "drivers/delivery/routes.h"

namespace seatrial::drivers {

struct DelivererOptions {
  DeliveryRoutes routes;
  std::string smtp_relay;             // "127.0.0.1:1025"; empty: mails go to `mail_folder`
  std::filesystem::path mail_folder;  // ADDRESS/new/ID
};

class Deliverer final : public DeliveryDriver {
 public:
  static constexpr std::size_t kMaxOpen = 64;        // transfers at once; more wait
  static constexpr std::size_t kMaxWaiting = 16384;  // beyond: kFailed at once
  static constexpr std::size_t kMaxRead = 1 << 20;   // bytes of an answer that are read

  explicit Deliverer(DelivererOptions options);
  ~Deliverer() override;  // pending deliveries are dropped, their `done` never called

  void deliver(DeliveryRequest request, std::function<void(DeliveryResult)> done) override;

 private:
  struct Wanted {
    DeliveryRequest request;
    std::function<void(DeliveryResult)> done;
  };
  struct Transfer;

  void run();
  void take_wanted();
  void start(Wanted wanted);
  void prepare_post(Transfer& transfer);
  void prepare_mail(Transfer& transfer);
  std::string route(Transfer& transfer);
  void finish(void* easy, int code);
  DeliveryResult put_in_mailbox(const DeliveryRequest& request);

  DelivererOptions options_;
  void* multi_;
  std::uint64_t mails_ = 0;
  std::mutex mutex_;
  std::deque<Wanted> wanted_;
  bool stopping_ = false;
  std::map<void*, std::unique_ptr<Transfer>> open_;  // by easy handle; delivery thread only
  std::thread thread_;
};

}  // namespace seatrial::drivers
