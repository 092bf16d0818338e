// Reads and counts; the line's fields are written by haproxy_config.cc's log-format.
#include "drivers/haproxy/traffic_log.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace seatrial::drivers {
namespace {

std::vector<std::string_view> split_words(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const auto end = std::min(line.find(' '), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

// "L_web" -> "web"; empty when it has another prefix.
std::string_view without_prefix(std::string_view name, std::string_view prefix) {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : std::string_view{};
}

void count_status(PoolCounters& pool, std::int64_t status) {
  switch (status / 100) {
    case 2:
      ++pool.response_2xx;
      break;
    case 3:
      ++pool.response_3xx;
      break;
    case 4:
      ++pool.response_4xx;
      break;
    case 5:
      ++pool.response_5xx;
      break;
    default:
      break;
  }
}

constexpr std::string_view kNoServer = "<NOSRV>";
constexpr std::size_t kCountedWords = 13, kRecordWords = 25;

// What HAProxy's url_enc wrote; "-" is its word for nothing.
std::string decoded(std::string_view word) {
  std::string out;
  if (word == "-") return out;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool escaped = word[i] == '%' && i + 2 < word.size() &&
                         std::isxdigit(static_cast<unsigned char>(word[i + 1])) != 0 &&
                         std::isxdigit(static_cast<unsigned char>(word[i + 2])) != 0;
    out += escaped ? static_cast<char>(digit(word[i + 1]) * 16 + digit(word[i + 2])) : word[i];
    if (escaped) i += 2;
  }
  return out;
}

// Behind the counted words: begun replied client:port target:port connection trace host
// user-agent location method version uri
ProxyRecord record_of(const std::vector<std::string_view>& w) {
  ProxyRecord r;
  r.listener = without_prefix(w[1], "L_");
  r.status = static_cast<int>(number(w[4]).value_or(0));
  r.sent = number(w[5]).value_or(0);
  r.answered = number(w[6]).value_or(0);
  r.received_bytes = number(w[7]).value_or(0);
  r.sent_bytes = number(w[8]).value_or(0);
  r.begun = number(w[13]).value_or(0);
  r.replied = number(w[14]).value_or(0);
  r.client = w[15];
  r.pool = without_prefix(w[2], "P_");
  if (w[3] != kNoServer) r.target = w[16];
  r.rule = static_cast<int>(number(w[11]).value_or(-1));
  r.connection = w[17];
  r.trace = decoded(w[18]);
  r.host = decoded(w[19]);
  r.user_agent = decoded(w[20]);
  r.location = decoded(w[21]);
  r.method = w[22];
  r.version = w[23];
  r.uri = w[24];
  return r;
}

// What the proxy answered itself. "LR" outside of a pool: by a rule's action, whose redirects alone
// have a 3xx. In a pool it is that no server is up, and any other 503 went out as 502.
void count_own(ListenerCounters& listener, std::int64_t status, bool in_pool, bool local) {
  const bool by_rule = local && !in_pool;
  const bool redirect = status >= 300 && status < 400;
  if (by_rule) ++(redirect ? listener.redirects : listener.fixed_responses);
  if (status < 300 || status >= 600) return;
  if (status == 503 && in_pool && !local) status = 502;
  ++listener.elb_statuses[static_cast<int>(status)];
  ++(redirect ? listener.elb_3xx : status < 500 ? listener.elb_4xx : listener.elb_5xx);
}

void count_time(PoolCounters& pool, std::int64_t us) {
  pool.response_time_sum_ms += static_cast<double>(us) / 1000;
  ++pool.response_time_count;
  std::int64_t unit = 1;
  while (us / unit >= 1000) unit *= 10;
  ++pool.response_times_us[(us + unit / 2) / unit * unit];
}

}  // namespace

TrafficLog::TrafficLog(const std::string& path) {
  struct stat about{};
  if (::stat(path.c_str(), &about) == 0 && !S_ISFIFO(about.st_mode)) ::unlink(path.c_str());
  if (::mkfifo(path.c_str(), 0600) != 0 && errno != EEXIST) {
    error_ = fmt::format("cannot make {}: {}", path, std::strerror(errno));
    return;
  }
  read_end_ = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  write_end_ = ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  stop_ = ::eventfd(0, EFD_CLOEXEC);
  if (read_end_ < 0 || write_end_ < 0 || stop_ < 0) {
    error_ = fmt::format("cannot open {}: {}", path, std::strerror(errno));
    return;
  }
  // A plain user may get less: it still works.
  if (::fcntl(write_end_, F_SETPIPE_SZ, kLargePipeBytes) < 0)
    ::fcntl(write_end_, F_SETPIPE_SZ, kPipeBytes);
  thread_ = std::thread([this] { run(); });
}

TrafficLog::~TrafficLog() {
  if (thread_.joinable()) {
    ::eventfd_write(stop_, 1);
    thread_.join();
  }
  for (const int fd : {read_end_, write_end_, stop_}) {
    if (fd >= 0) ::close(fd);
  }
}

void TrafficLog::run() {
  std::string pending;
  std::vector<char> buffer(64 * 1024);
  while (true) {
    pollfd fds[2] = {{read_end_, POLLIN, 0}, {stop_, POLLIN, 0}};
    if (::poll(fds, 2, -1) < 0) continue;
    if (fds[1].revents != 0) return;
    const auto got = ::read(read_end_, buffer.data(), buffer.size());
    if (got <= 0) continue;
    pending.append(buffer.data(), static_cast<std::size_t>(got));
    std::size_t start = 0;
    for (auto end = pending.find('\n'); end != pending.npos; end = pending.find('\n', start)) {
      count(std::string_view(pending).substr(start, end - start));
      start = end + 1;
    }
    hand_over();
    pending.erase(0, start);
    if (pending.size() > kMaxLine) pending.clear();
  }
}

void TrafficLog::record_to(RecordSink sink) {
  const std::lock_guard lock(sink_mutex_);
  sink_ = std::move(sink);
  if (!sink_) return;
  const auto waiting = std::exchange(waiting_, {});
  std::string_view rest = waiting;
  for (auto end = rest.find('\n'); end != rest.npos; end = rest.find('\n')) {
    records_.push_back(record_of(split_words(rest.substr(0, end))));
    rest.remove_prefix(end + 1);
  }
  if (!records_.empty()) sink_(records_);
  records_.clear();
}

void TrafficLog::take_record(std::string_view line, const std::vector<std::string_view>& words) {
  const std::lock_guard lock(sink_mutex_);
  if (sink_)
    records_.push_back(record_of(words));
  else if (waiting_.size() + line.size() < kMaxWaiting)
    waiting_.append(line).append(1, '\n');
}

void TrafficLog::hand_over() {
  const std::lock_guard lock(sink_mutex_);
  if (sink_ && !records_.empty()) sink_(records_);
  records_.clear();
}

void TrafficLog::count(std::string_view line) {
  const auto words = split_words(line);
  if (words.size() == kRecordWords && words[0] == "H") take_record(line, words);
  const std::lock_guard lock(mutex_);
  if (words.size() >= kCountedWords && words[0] == "H") count_http(words);
  if (words.size() == 8 && words[0] == "T") count_tcp(words);
}

// H listener pool server status sent answered bytes-in bytes-out termination retries rule rules
void TrafficLog::count_http(const std::vector<std::string_view>& w) {
  auto& listener = counters_.listeners[std::string(without_prefix(w[1], "L_"))];
  const auto status = number(w[4]).value_or(-1);
  const auto sent = number(w[5]), answered = number(w[6]);
  listener.bytes_in += number(w[7]).value_or(0);
  listener.bytes_out += number(w[8]).value_or(0);
  const bool chosen = w[3] != kNoServer;
  if (chosen) ++listener.requests;
  const auto pool_id = without_prefix(w[2], "P_");
  if (!answered) count_own(listener, status, !pool_id.empty(), w[9] == "LR");
  if (const auto rule = number(w[11]))  // its number, 0: the default one; not there: none was asked
    listener.rule_evaluations += *rule > 0 ? *rule : number(w[12]).value_or(0);
  if (pool_id.empty() || !chosen) return;
  auto& pool = counters_.pools[std::string(pool_id)];
  ++pool.requests;
  if (w[9].size() == 2 && w[9][1] == 'C' && (w[9][0] == 'S' || w[9][0] == 's'))
    ++pool.connection_errors;
  if (!answered) return;
  count_status(pool, status);
  if (!sent) return;
  count_time(pool, std::max<std::int64_t>(*answered - *sent, 0));
}

// T listener pool server bytes-in bytes-out termination retries
void TrafficLog::count_tcp(const std::vector<std::string_view>& w) {
  auto& listener = counters_.listeners[std::string(without_prefix(w[1], "L_"))];
  listener.bytes_in += number(w[4]).value_or(0);
  listener.bytes_out += number(w[5]).value_or(0);
  const auto pool_id = without_prefix(w[2], "P_");
  if (pool_id.empty() || w[3] == kNoServer) return;
  ++listener.requests;
  auto& pool = counters_.pools[std::string(pool_id)];
  ++pool.requests;
  if (w[6].size() == 2 && w[6][1] == 'C' && (w[6][0] == 'S' || w[6][0] == 's'))
    ++pool.connection_errors;
}

ProxyCounters TrafficLog::snapshot() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

}  // namespace seatrial::drivers
