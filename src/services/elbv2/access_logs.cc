// Spool files: "ID.open", then "ID.END-NUMBER.ready", END being the world's time in milliseconds.
// Their first line is a JSON header, every other one a time in milliseconds, a blank, the log's
// line.
#include "services/elbv2/access_logs.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <unistd.h>

#include <fstream>

#include "base/encoding.h"
#include "base/log.h"
#include "wire/body.h"

namespace seatrial::services::elbv2 {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kRandomLength = 8;

std::string header_of(const AccessDestination& to) {
  Object header{{"region", to.region}};
  if (to.bucket.empty()) {
    header["group"] = to.group;
    header["stream"] = to.stream;
  } else {
    header["bucket"] = to.bucket;
    header["folder"] = to.folder;
    header["file"] = to.file_name;
  }
  return to_json(Value(std::move(header))) + "\n";
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto done = ::write(fd, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// "ID.1767225600000-3.ready" -> the time.
Time end_of(const std::string& name) {
  const auto dot = name.find('.');
  return from_ms(dot == name.npos ? 0 : std::atoll(name.c_str() + dot + 1));
}

template <class F>
void each_line(std::string_view lines, F&& take) {
  for (auto end = lines.find('\n'); end != lines.npos; end = lines.find('\n')) {
    const auto line = lines.substr(0, end);
    lines.remove_prefix(end + 1);
    const auto blank = line.find(' ');
    if (blank == line.npos) continue;
    take(from_ms(std::atoll(std::string(line.substr(0, blank)).c_str())), line.substr(blank + 1));
  }
}

}  // namespace

AccessLogs::AccessLogs(room::Env& env, drivers::ProxyDriver& proxy, s3::ObjectSink* objects,
                       logs::LogSink* groups)
    : env_(env),
      proxy_(proxy),
      objects_(objects),
      groups_(groups),
      folder_(env.world / "access-logs") {}

AccessLogs::~AccessLogs() {
  stop();
  for (auto& [id, spool] : spools_)
    if (spool.fd >= 0) ::close(spool.fd);
}

void AccessLogs::start() {
  *running_ = true;
  adopt();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = false;
    lines_for_groups_ = true;
  }
  thread_ = std::thread([this] { run(); });
  proxy_.record_requests([this](std::span<const drivers::ProxyRecord> records) { take(records); });
  tick();
}

void AccessLogs::stop() {
  if (!thread_.joinable()) return;
  *running_ = false;
  proxy_.record_requests({});
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

// What the last daemon was writing is whole but for its last line, which no reader takes.
void AccessLogs::adopt() {
  std::error_code failed;
  fs::create_directories(folder_, failed);
  for (const auto& entry : fs::directory_iterator(folder_, failed)) {
    if (entry.path().extension() != ".open") continue;
    const auto to = fmt::format("{}.{}-{}.ready", entry.path().stem().string(),
                                to_ms(env_.clock.now()), ++files_);
    fs::rename(entry.path(), folder_ / to, failed);
  }
}

// Files are for intervals that end at :00, :05, ...
void AccessLogs::tick() {
  const Millis interval = kInterval;
  const Millis next = interval - env_.clock.now().time_since_epoch() % interval;
  env_.control.post_after(next, [this, running = running_] {
    if (!*running) return;
    {
      const std::lock_guard lock(mutex_);
      files_due_ = true;
    }
    wake_.notify_all();
    tick();
  });
}

void AccessLogs::serve(AccessPlan plan) {
  const std::lock_guard lock(mutex_);
  for (auto& [id, to] : plan.destinations) {
    auto& spool = spools_[id];
    if (header_of(spool.to) != header_of(to)) set_aside(spool);
    spool.to = to;
  }
  for (auto& [id, spool] : spools_)
    if (!plan.destinations.contains(id)) set_aside(spool);
  std::erase_if(spools_, [&](const auto& one) { return !plan.destinations.contains(one.first); });
  plan_ = std::move(plan);
  wake_.notify_all();
}

std::int64_t AccessLogs::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

// ---- the proxy's thread

void AccessLogs::take(std::span<const drivers::ProxyRecord> records) {
  const std::lock_guard lock(mutex_);
  now_wall_us_ = to_ms(WallClock().now()) * 1000;
  now_world_us_ = to_ms(env_.clock.now()) * 1000;
  const auto wall = env_.clock.wall(std::chrono::seconds(1)).count();
  speed_ = wall > 0 ? 1e9 / static_cast<double>(wall) : 1;
  for (const auto& record : records) {
    const auto listener = plan_.listeners.find(record.listener);
    if (listener != plan_.listeners.end()) take_one(record, listener->second);
  }
  for (auto& [id, spool] : spools_)
    if (!spool.batch.empty()) write_batch(spool);
  if (lines_for_groups_) wake_.notify_all();
}

// The proxy dates by the machine's clock; the world's may run faster.
std::int64_t AccessLogs::world_micros(std::int64_t wall) const {
  const auto ago = std::max<std::int64_t>(now_wall_us_ - wall, 0);
  return now_world_us_ - static_cast<std::int64_t>(static_cast<double>(ago) * speed_);
}

void AccessLogs::take_one(const drivers::ProxyRecord& record,
                          const AccessPlan::Listener& listener) {
  AccessFacts facts;
  const auto ended = record.replied != 0 ? record.replied : now_wall_us_;
  facts.time_us = world_micros(ended);
  facts.created_us = world_micros(record.begun != 0 ? record.begun : ended);
  facts.balancer = listener.balancer;
  facts.listener_port = listener.port;
  facts.priority = -1;
  if (record.rule >= 0 && static_cast<std::size_t>(record.rule) < listener.rules.size()) {
    const auto& [priority, action] = listener.rules[static_cast<std::size_t>(record.rule)];
    facts.priority = priority;
    facts.action = action;
  }
  const auto group = plan_.groups.find(record.pool);
  if (group != plan_.groups.end()) facts.target_group = group->second;
  for (const auto& id : listener.destinations) {
    auto& spool = spools_[id];
    fmt::format_to(std::back_inserter(spool.batch), "{} ", facts.time_us / 1000);
    append_access(spool.batch, spool.to.format, record, facts);
    spool.batch += '\n';
  }
}

void AccessLogs::write_batch(Spool& spool) {
  const bool group = spool.to.bucket.empty();
  if (group && spool.bytes > kMaxUnsentBytes) return drop(spool, "they are not taken in time");
  if (spool.fd < 0) {
    const auto path = folder_ / (spool.to.id + ".open");
    spool.fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (spool.fd < 0 || !write_all(spool.fd, header_of(spool.to)))
      return drop(spool, std::strerror(errno));
  }
  if (!write_all(spool.fd, spool.batch)) return drop(spool, std::strerror(errno));
  spool.bytes += spool.batch.size();
  spool.batch.clear();
  if (group)
    lines_for_groups_ = true;
  else if (spool.bytes > kMaxOpenBytes)
    set_aside(spool);
}

void AccessLogs::drop(Spool& spool, const char* why) {
  const auto lines = std::ranges::count(spool.batch, '\n');
  if (dropped_ == 0 || (dropped_ + lines) / 10'000 != dropped_ / 10'000)
    log::warning("elbv2: lines of access logs are dropped ({} so far): {}", dropped_ + lines, why);
  dropped_ += lines;
  spool.batch.clear();
}

void AccessLogs::set_aside(Spool& spool) {
  if (spool.fd < 0) return;
  ::close(std::exchange(spool.fd, -1));
  spool.bytes = 0;
  std::error_code failed;
  fs::rename(
      folder_ / (spool.to.id + ".open"),
      folder_ / fmt::format("{}.{}-{}.ready", spool.to.id, to_ms(env_.clock.now()), ++files_),
      failed);
  lines_for_groups_ = true;  // somebody has to look
}

// ---- the thread that packs

void AccessLogs::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || lines_for_groups_ || files_due_; });
    if (!stopping_) wake_.wait_for(lock, kGather, [this] { return stopping_; });
    if (stopping_) return;
    if (under_way_.size() >= kMaxWaitingFiles) {  // sent() wakes
      wake_.wait(lock, [this] { return stopping_ || under_way_.size() < kMaxWaitingFiles; });
      continue;
    }
    const bool due = std::exchange(files_due_, false);
    for (auto& [id, spool] : spools_)
      if (due || spool.to.bucket.empty()) set_aside(spool);
    lines_for_groups_ = false;
    lock.unlock();
    pick_up(due);
    lock.lock();
  }
}

void AccessLogs::pick_up(bool due) {
  std::vector<fs::path> ready;
  std::error_code failed;
  if (due) enforce_bound();
  for (const auto& entry : fs::directory_iterator(folder_, failed))
    if (entry.path().extension() == ".ready") ready.push_back(entry.path());
  std::ranges::sort(ready);
  for (const auto& file : ready) {
    const auto name = file.filename().string();
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      if (under_way_.contains(name) || (!due && failed_.contains(name))) continue;
      failed_.erase(name);
      under_way_.insert(name);
    }
    send(file);
  }
}

// What nobody takes is kept for so long; then the oldest goes.
void AccessLogs::enforce_bound() {
  std::vector<std::pair<Time, fs::path>> files;
  std::uintmax_t total = 0;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder_, failed)) {
    if (entry.path().extension() != ".ready") continue;
    files.emplace_back(end_of(entry.path().filename().string()), entry.path());
    total += entry.file_size(failed);
  }
  std::ranges::sort(files);
  for (const auto& [end, file] : files) {
    if (total <= kMaxKeptBytes) return;
    total -= std::min(total, fs::file_size(file, failed));
    log::warning("elbv2: the access log {} could not be delivered and is dropped",
                 file.filename().string());
    fs::remove(file, failed);
  }
}

void AccessLogs::send(const fs::path& file) {
  const auto bytes = contents(file);
  const auto end = bytes.find('\n');
  const auto header = parse_json(std::string_view(bytes).substr(0, end));
  if (end == bytes.npos || !header || !header->is_object()) return sent(file, "");  // cut short
  const auto lines = std::string_view(bytes).substr(end + 1);
  if (find_member(*header, "group") != nullptr)
    to_group(file, *header, lines);
  else
    to_bucket(file, *header, lines);
}

void AccessLogs::to_group(const fs::path& file, const Value& header, std::string_view lines) {
  std::vector<logs::LogLine> events;
  each_line(lines,
            [&](Time at, std::string_view line) { events.push_back({at, std::string(line)}); });
  const auto text = [&](const char* member) { return std::string(text_member(header, member)); };
  env_.control.post([this, running = running_, file, region = text("region"), group = text("group"),
                     stream = text("stream"), events = std::move(events)]() mutable {
    if (!*running || groups_ == nullptr) return;
    groups_->append(region, group, stream, std::move(events),
                    [this, running, file, &control = env_.control] {
                      control.post([this, running, file] {
                        if (*running) sent(file, "");
                      });
                    });
  });
}

// The name's random part follows from the file's, so that a second delivery replaces the first.
void AccessLogs::to_bucket(const fs::path& file, const Value& header, std::string_view lines) {
  std::string text;
  each_line(lines, [&](Time, std::string_view line) { text.append(line).append(1, '\n'); });
  const auto name = file.filename().string();
  const auto end = std::chrono::floor<std::chrono::minutes>(end_of(name));
  const auto key = fmt::format("{}{:%Y/%m/%d}/{}_{:%Y%m%dT%H%MZ}_10.0.0.4_{}.log.gz",
                               text_member(header, "folder"), end, text_member(header, "file"), end,
                               hex_encode(sha256(name)).substr(0, kRandomLength));
  env_.control.post([this, running = running_, file, key,
                     bucket = std::string(text_member(header, "bucket")),
                     packed = wire::gzip(text, 1)]() mutable {
    if (!*running || objects_ == nullptr) return;
    objects_->put_object(bucket, key, std::move(packed), "application/octet-stream", "",
                         [this, running, file](const std::string& error) {
                           if (*running) sent(file, error);
                         });
  });
}

void AccessLogs::sent(const fs::path& file, const std::string& error) {
  const auto name = file.filename().string();
  if (error.empty()) {
    std::error_code failed;
    fs::remove(file, failed);
  } else {
    log::warning("elbv2: an access log is not delivered yet: {}", error);
  }
  {
    const std::lock_guard lock(mutex_);
    under_way_.erase(name);
    if (!error.empty()) failed_.insert(name);
  }
  wake_.notify_all();
}

}  // namespace seatrial::services::elbv2
