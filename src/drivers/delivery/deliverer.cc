// The delivery thread; see the header.
#include "drivers/delivery/deliverer.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fstream>

#include "base/check.h"
#include "drivers/waiting.h"

namespace seatrial::drivers {
namespace {

using Kind = DeliveryResult::Kind;

std::string forbidden(std::string_view host) {
  return fmt::format(
      "Seatrial delivers over loopback only and {0} is elsewhere; nothing was sent. Start the "
      "world "
      "with --deliver {0}=127.0.0.1:PORT to have it stood in for, or --deliver {0} to reach it",
      host);
}

// '/' and leading dots would leave the mailboxes' folder.
std::string mailbox_name(const std::string& address) {
  std::string name = address;
  std::ranges::replace_if(name, [](char c) { return c == '/' || c == '\0'; }, '_');
  return name.starts_with('.') ? "_" + name : name;
}

}  // namespace

struct Deliverer::Transfer {
  DeliveryRequest request;
  std::function<void(DeliveryResult)> done;
  CURL* easy = nullptr;
  curl_slist *headers = nullptr, *addresses = nullptr, *connect_to = nullptr, *recipients = nullptr;
  std::string host, answer;
  std::size_t sent = 0, read = 0;
  bool anywhere = false, refused = false;
  char error[CURL_ERROR_SIZE] = {};

  ~Transfer() {
    curl_easy_cleanup(easy);
    for (auto* list : {headers, addresses, connect_to, recipients}) curl_slist_free_all(list);
  }

  template <class T>
  void set(CURLoption option, T value) {
    ST_CHECK(curl_easy_setopt(easy, option, value) == CURLE_OK, "libcurl lacks an option");
  }

  static std::size_t take_answer(char* data, std::size_t, std::size_t size, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    transfer.read += size;
    const auto most = transfer.request.max_answer;
    const auto room = most - std::min(transfer.answer.size(), most);
    transfer.answer.append(data, std::min(room, size));
    return transfer.read > kMaxRead ? 0 : size;
  }
  static std::size_t give_mail(char* to, std::size_t, std::size_t room, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const auto& body = transfer.request.body;
    const auto count = std::min(room, body.size() - transfer.sent);
    std::memcpy(to, body.data() + transfer.sent, count);
    transfer.sent += count;
    return count;
  }
  // The last word on where a delivery goes, whatever the URL or a name said.
  static curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* address) {
    auto& transfer = *static_cast<Transfer*>(self);
    if (!transfer.anywhere && !is_loopback(address->addr)) {
      transfer.refused = true;
      return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }
};

Deliverer::Deliverer(DelivererOptions options) : options_(std::move(options)) {
  static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
  ST_CHECK(kReady == CURLE_OK, "libcurl does not start");
  multi_ = curl_multi_init();
  ST_CHECK(multi_ != nullptr, "libcurl does not start");
  thread_ = std::thread([this] { run(); });
}

Deliverer::~Deliverer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  curl_multi_wakeup(multi_);
  thread_.join();
  for (auto& [easy, transfer] : open_) curl_multi_remove_handle(multi_, easy);
  open_.clear();
  curl_multi_cleanup(multi_);
}

void Deliverer::deliver(DeliveryRequest request, std::function<void(DeliveryResult)> done) {
  {
    const std::lock_guard lock(mutex_);
    wanted_.push_back({std::move(request), std::move(done)});
  }
  curl_multi_wakeup(multi_);
}

void Deliverer::run() {
  constexpr int kIdleMs = 60'000;
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    take_wanted();
    int running = 0;
    curl_multi_perform(multi_, &running);
    int left = 0;
    bool ended = false;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      finish(message->easy_handle, message->data.result);
      ended = true;
    }
    if (!ended) curl_multi_poll(multi_, nullptr, 0, kIdleMs, nullptr);
  }
}

void Deliverer::take_wanted() {
  TakenFromLine<Wanted> taken;
  {
    const std::lock_guard lock(mutex_);
    taken = take_from_line(wanted_, open_.size(), kMaxOpen, kMaxWaiting);
  }
  for (auto& wanted : taken.refuse)
    wanted.done({Kind::kFailed, 0, "", "too many deliveries wait", 0});
  for (auto& wanted : taken.begin) start(std::move(wanted));
}

void Deliverer::start(Wanted wanted) {
  const bool mail = wanted.request.url.empty();
  if (mail && options_.smtp_relay.empty()) return wanted.done(put_in_mailbox(wanted.request));
  auto transfer = std::make_unique<Transfer>();
  transfer->request = std::move(wanted.request);
  transfer->done = std::move(wanted.done);
  transfer->easy = curl_easy_init();
  ST_CHECK(transfer->easy != nullptr, "no memory for a delivery");
  if (mail) transfer->request.url = "smtp://" + options_.smtp_relay;
  if (const auto why = route(*transfer); !why.empty())
    return transfer->done({transfer->refused ? Kind::kForbidden : Kind::kFailed, 0, "", why, 0});
  transfer->set(CURLOPT_URL, transfer->request.url.c_str());
  transfer->set(CURLOPT_NOPROXY, "*");
  transfer->set(CURLOPT_NOSIGNAL, 1L);
  transfer->set(CURLOPT_TIMEOUT_MS, static_cast<long>(transfer->request.timeout_ms));
  transfer->set(CURLOPT_ERRORBUFFER, transfer->error);
  transfer->set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::open_socket);
  transfer->set(CURLOPT_OPENSOCKETDATA, transfer.get());
  transfer->set(CURLOPT_WRITEFUNCTION, &Transfer::take_answer);
  transfer->set(CURLOPT_WRITEDATA, transfer.get());
  mail ? prepare_mail(*transfer) : prepare_post(*transfer);
  auto* easy = transfer->easy;
  curl_multi_add_handle(multi_, easy);
  open_[easy] = std::move(transfer);
}

// Sets how the host is found; says why it cannot be.
std::string Deliverer::route(Transfer& transfer) {
  CURLU* url = curl_url();
  const auto part = [&](CURLUPart which) {
    char* text = nullptr;
    const bool got = curl_url_get(url, which, &text, CURLU_DEFAULT_PORT) == CURLUE_OK;
    std::string out = got ? text : "";
    curl_free(text);
    return out;
  };
  const bool good = curl_url_set(url, CURLUPART_URL, transfer.request.url.c_str(), 0) == CURLUE_OK;
  transfer.host = part(CURLUPART_HOST);
  const std::string port = part(CURLUPART_PORT), scheme = part(CURLUPART_SCHEME);
  curl_url_cleanup(url);
  if (!good || transfer.host.empty()) return "the URL is not valid";
  if (scheme != "http" && scheme != "https" && scheme != "smtp")
    return "the URL's scheme is " + scheme;
  const auto& routes = options_.routes;
  transfer.anywhere = routes.allows(transfer.host);
  std::string bare = transfer.host;
  std::erase_if(bare, [](char c) { return c == '[' || c == ']'; });
  if (const auto found = routes.stand_ins.find(transfer.host); found != routes.stand_ins.end()) {
    transfer.anywhere = false;
    transfer.connect_to =
        curl_slist_append(nullptr, (transfer.host + ":" + port + ":" + found->second).c_str());
    transfer.set(CURLOPT_CONNECT_TO, transfer.connect_to);
    return {};
  }
  if (transfer.anywhere || is_address(bare)) return {};
  const auto address = routes.known_address(transfer.host);
  if (!address) {
    transfer.refused = true;
    return forbidden(transfer.host);
  }
  transfer.addresses =
      curl_slist_append(nullptr, (transfer.host + ":" + port + ":" + *address).c_str());
  transfer.set(CURLOPT_RESOLVE, transfer.addresses);
  return {};
}

void Deliverer::prepare_post(Transfer& transfer) {
  for (const auto& [name, value] : transfer.request.headers)
    transfer.headers = curl_slist_append(transfer.headers, (name + ": " + value).c_str());
  transfer.headers = curl_slist_append(transfer.headers, "Expect:");
  transfer.set(CURLOPT_HTTPHEADER, transfer.headers);
  transfer.set(CURLOPT_POST, 1L);
  transfer.set(CURLOPT_POSTFIELDS, transfer.request.body.data());
  transfer.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer.request.body.size()));
  transfer.set(CURLOPT_PROTOCOLS_STR, "http,https");
  transfer.set(CURLOPT_FOLLOWLOCATION, 0L);
  if (!options_.routes.ca_file.empty())
    transfer.set(CURLOPT_CAINFO, options_.routes.ca_file.c_str());
}

void Deliverer::prepare_mail(Transfer& transfer) {
  transfer.recipients = curl_slist_append(nullptr, transfer.request.mail_to.c_str());
  transfer.set(CURLOPT_PROTOCOLS_STR, "smtp");
  transfer.set(CURLOPT_MAIL_FROM, transfer.request.mail_from.c_str());
  transfer.set(CURLOPT_MAIL_RCPT, transfer.recipients);
  transfer.set(CURLOPT_UPLOAD, 1L);
  transfer.set(CURLOPT_READFUNCTION, &Transfer::give_mail);
  transfer.set(CURLOPT_READDATA, &transfer);
}

void Deliverer::finish(void* easy, int code) {
  curl_multi_remove_handle(multi_, easy);
  const auto transfer = std::move(open_.at(easy));
  open_.erase(easy);
  long status = 0;
  curl_off_t took_us = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &took_us);
  DeliveryResult result{Kind::kFailed, static_cast<int>(status), std::move(transfer->answer), "",
                        static_cast<int>(took_us / 1000)};
  const bool mail = !transfer->request.mail_to.empty();
  if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && transfer->read > kMaxRead)) {
    result.kind = Kind::kAnswered;
  } else if (transfer->refused) {
    result.kind = Kind::kForbidden;
    result.why = forbidden(transfer->host);
  } else {
    const auto* text = curl_easy_strerror(static_cast<CURLcode>(code));
    result.why = transfer->error[0] != '\0' ? transfer->error : text;
    if (mail && status >= 400) result.kind = Kind::kAnswered;
  }
  transfer->done(std::move(result));
}

// Written aside and renamed, as Maildir wants it.
DeliveryResult Deliverer::put_in_mailbox(const DeliveryRequest& request) {
  const auto box = options_.mail_folder / mailbox_name(request.mail_to);
  std::error_code error;
  std::filesystem::create_directories(box / "tmp", error);
  std::filesystem::create_directories(box / "cur", error);
  std::filesystem::create_directories(box / "new", error);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto name = fmt::format("{}.P{}Q{}.seatrial",
                                std::chrono::duration_cast<std::chrono::microseconds>(now).count(),
                                getpid(), ++mails_);
  std::ofstream out(box / "tmp" / name, std::ios::binary);
  out << request.body;
  out.close();
  if (out) std::filesystem::rename(box / "tmp" / name, box / "new" / name, error);
  if (!out || error) return {Kind::kFailed, 0, "", "cannot write to " + box.string(), 0};
  return {Kind::kAnswered, 250, "", "", 0};
}

}  // namespace seatrial::drivers
