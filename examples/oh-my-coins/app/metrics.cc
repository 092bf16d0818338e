// Puts metrics; the contract is in metrics.h.
#include "metrics.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <ctime>

#include "server.h"

namespace omc {
namespace {

constexpr auto kGather = std::chrono::milliseconds(250);
constexpr int kApiTimeoutS = 3;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::expected<Address, std::string> read_endpoint(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  Address address{"", 80};
  if (!url.starts_with(kScheme)) return std::unexpected("AWS_ENDPOINT_URL must begin with http://");
  url.remove_prefix(kScheme.size());
  url = url.substr(0, url.find('/'));
  const size_t colon = url.find(':');
  address.host = std::string(url.substr(0, colon));
  if (colon != url.npos) {
    const auto port = url.substr(colon + 1);
    std::from_chars(port.data(), port.data() + port.size(), address.port);
  }
  in_addr ignored{};
  if (::inet_pton(AF_INET, address.host.c_str(), &ignored) != 1) {
    return std::unexpected("AWS_ENDPOINT_URL must name an IPv4 address");
  }
  return address;
}

std::expected<std::map<std::string, MetricTarget>, std::string> read_targets(
    std::string_view text) {
  std::map<std::string, MetricTarget> targets;
  while (!text.empty()) {
    const std::string_view entry = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), entry.size() + 1));
    if (entry.empty()) continue;
    const size_t equals = entry.find('='), colon = entry.find(':');
    if (equals == entry.npos || colon == entry.npos || colon < equals) {
      return std::unexpected("METRICS holds EVENT=NAMESPACE:METRIC[:FIELD], not '" +
                             std::string(entry) + "'");
    }
    const std::string_view rest = entry.substr(colon + 1);
    const size_t second = rest.find(':');
    MetricTarget target{std::string(entry.substr(equals + 1, colon - equals - 1)),
                        std::string(rest.substr(0, second))};
    if (second != rest.npos) target.field = rest.substr(second + 1);
    targets[std::string(entry.substr(0, equals))] = target;
  }
  return targets;
}

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    out += plain ? std::string(1, c) : "%" + hex(std::string_view(&c, 1));
  }
  return out;
}

Fd connect_to(const Address& address) {
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval patience{kApiTimeoutS, 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(address.port);
  ::inet_pton(AF_INET, address.host.c_str(), &name.sin_addr);
  if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&name), sizeof name) != 0) return Fd();
  return fd;
}

// The first line of the answer; empty when there is none.
std::string ask(const Address& address, const std::string& request) {
  const Fd fd = connect_to(address);
  if (!fd) return "";
  if (::send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    return "";
  }
  std::string answer;
  char bytes[1024];
  while (answer.find("\r\n") == answer.npos) {
    const ssize_t n = ::recv(fd.get(), bytes, sizeof bytes, 0);
    if (n <= 0) break;
    answer.append(bytes, static_cast<size_t>(n));
  }
  return answer.substr(0, answer.find("\r\n"));
}

std::string signing_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts)};
}

}  // namespace

MetricPublisher* publisher = nullptr;

std::expected<std::optional<MetricSettings>, std::string> read_metric_settings() {
  const std::string targets = environment("METRICS");
  if (targets.empty()) return std::nullopt;
  auto read = read_targets(targets);
  if (!read) return std::unexpected(read.error());
  auto endpoint = read_endpoint(environment("AWS_ENDPOINT_URL"));
  if (!endpoint) return std::unexpected(endpoint.error());
  MetricSettings out{
      .targets = std::move(*read),
      .environment = {},
      .api = std::move(*endpoint),
      .signer = {environment("AWS_ACCESS_KEY_ID"), environment("AWS_SECRET_ACCESS_KEY"),
                 environment("AWS_REGION"), "monitoring"}};
  if (out.signer.access_key.empty() || out.signer.region.empty()) {
    return std::unexpected("METRICS needs AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION");
  }
  if (environment("METRICS_ENVIRONMENT") == "yes") out.environment = environment("ENVIRONMENT");
  return out;
}

MetricPublisher::MetricPublisher(MetricSettings settings)
    : settings_(std::move(settings)), thread_([this] { run(); }) {}

void MetricPublisher::event(const std::string& name, const std::vector<Field>& fields) {
  const auto target = settings_.targets.find(name);
  if (target == settings_.targets.end()) return;
  std::string value = "1";
  for (const Field& field : fields) {
    if (field.name == target->second.field && field.number) value = field.value;
  }
  const std::lock_guard lock(mutex_);
  if (count_ == kMaxWaitingDatums) return;
  waiting_[target->second.name_space].push_back({target->second.name, std::move(value)});
  ++count_;
  changed_.notify_all();
}

void MetricPublisher::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return count_ > 0; });
    changed_.wait_for(lock, kGather, [] { return false; });  // more may come
    for (auto& [name_space, datums] : waiting_) {
      while (!datums.empty()) {
        const size_t n = std::min(datums.size(), kMaxDatumsAtOnce);
        const auto end = datums.begin() + static_cast<std::ptrdiff_t>(n);
        const std::vector<Datum> some(datums.begin(), end);
        datums.erase(datums.begin(), end);
        count_ -= n;
        lock.unlock();
        put(name_space, some);
        lock.lock();
      }
    }
  }
}

void MetricPublisher::put(const std::string& name_space, const std::vector<Datum>& datums) {
  std::string body = "Action=PutMetricData&Version=2010-08-01&Namespace=" + encoded(name_space);
  for (size_t i = 0; i < datums.size(); ++i) {
    const std::string at = "&MetricData.member." + std::to_string(i + 1) + ".";
    body += at + "MetricName=" + encoded(datums[i].name) + at + "Value=" + encoded(datums[i].value);
    if (settings_.environment.empty()) continue;
    body += at + "Dimensions.member.1.Name=Environment" + at +
            "Dimensions.member.1.Value=" + encoded(settings_.environment);
  }
  const std::string host = settings_.api.host + ":" + std::to_string(settings_.api.port);
  const std::string date = signing_date();
  std::string request = "POST / HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: ";
  request.append(kFormType).append("\r\nX-Amz-Date: " + date + "\r\nAuthorization: ");
  request += settings_.signer.authorization(host, date, body) +
             "\r\nContent-Length: " + std::to_string(body.size()) +
             "\r\nConnection: close\r\n\r\n" + body;
  const std::string answer = ask(settings_.api, request);
  if (answer.find(" 200") == answer.npos) {
    log_error("metrics of " + name_space + " not put: " + (answer.empty() ? "no answer" : answer));
  }
}

}  // namespace omc
