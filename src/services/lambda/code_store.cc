#include "services/lambda/code_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

#include "base/encoding.h"
#include "base/log.h"
#include "drivers/archive/zip.h"
#include "services/lambda/errors.h"

namespace seatrial::services::lambda {
namespace {

namespace fs = std::filesystem;

std::unexpected<model::AwsError> disk_refused(const std::string& why) {
  return user_error("ServiceException", "The code could not be stored: " + why, 500);
}

std::unexpected<model::AwsError> refused_zip(const drivers::ZipError& error) {
  using Kind = drivers::ZipError::Kind;
  switch (error.kind) {
    case Kind::kTooLarge:
      return invalid_parameter("Unzipped size must be smaller than 262144000 bytes");
    case Kind::kDisk:
      return disk_refused(error.message);
    case Kind::kUnsafe:
    case Kind::kNotZip:
      break;
  }
  return invalid_parameter(
      "Could not unzip uploaded file. Please check your file, then try to upload again.");
}

bool write_whole(const fs::path& file, const std::string& bytes) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << bytes;
  return out.flush().good();
}

// All of what was unpacked at once: a sync a file would take seconds.
bool sync_all(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = ::syncfs(fd) == 0;
  ::close(fd);
  return synced;
}

room::Outcome<std::string> whole(wire::BodyStream& stream) {
  std::string bytes;
  if (const auto size = stream.size(); size && *size > kMaxPackedBytes)
    return invalid_parameter("Unzipped size must be smaller than 262144000 bytes");
  for (std::string chunk = "x"; !chunk.empty(); bytes += chunk) {
    wire::BodyStream::Chunk got = std::unexpected("it gave nothing");
    stream.next([&](wire::BodyStream::Chunk read) { got = std::move(read); });
    if (!got) return disk_refused(got.error());
    chunk = std::move(*got);
  }
  return bytes;
}

}  // namespace

CodeStore::CodeStore(fs::path folder, Rng& rng) : folder_(std::move(folder)), rng_(rng) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) log::error("cannot make {}: {}", folder_.string(), error.message());
  worker_ = std::thread([this] { run(); });
}

CodeStore::~CodeStore() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  worker_.join();
}

void CodeStore::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return stopping_ || !work_.empty(); });
    if (work_.empty()) return;
    auto work = std::move(work_.front());
    work_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
}

void CodeStore::queue(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  work_.push_back(std::move(work));
  wake_.notify_one();
}

void CodeStore::store(std::string zip, Done done) {
  queue([this, zip = std::move(zip), done = std::move(done)] { done(keep(zip)); });
}

void CodeStore::store(std::shared_ptr<wire::BodyStream> zip, Done done) {
  queue([this, zip = std::move(zip), done = std::move(done)] {
    const auto bytes = whole(*zip);
    if (!bytes) return done(std::unexpected(bytes.error()));
    done(keep(*bytes));
  });
}

CodeStore::Result CodeStore::keep(const std::string& zip) {
  const std::string digest = seatrial::sha256(zip);
  auto code = std::make_shared<StoredCode>();
  code->folder = hex_encode(digest);
  code->sha256 = base64_encode(digest);
  code->size = static_cast<std::int64_t>(zip.size());
  std::error_code error;
  if (fs::exists(folder_ / code->folder, error)) return code;
  const fs::path fresh = folder_ / ("new-" + rng_.hex(16));
  fs::create_directories(fresh / "task", error);
  if (error) return disk_refused(error.message());
  const auto unpacked = drivers::unzip(zip, fresh / "task");
  if (!unpacked) {
    fs::remove_all(fresh, error);
    return refused_zip(unpacked.error());
  }
  if (write_whole(fresh / "code.zip", zip) && sync_all(fresh))
    fs::rename(fresh, folder_ / code->folder, error);
  else
    error = std::make_error_code(std::errc::io_error);
  if (!error && sync_all(folder_)) return code;
  fs::remove_all(fresh, error);
  return disk_refused("the disk does not take it");
}

std::string CodeStore::package(const std::string& code) const {
  const bool digest =
      code.size() == 64 && code.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!digest) return {};
  std::ifstream in(folder_ / code / "code.zip", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void CodeStore::sweep(const std::set<std::string>& named) {
  std::error_code error;
  std::vector<fs::path> unused;
  for (const auto& entry : fs::directory_iterator(folder_, error))
    if (!named.contains(entry.path().filename().string())) unused.push_back(entry.path());
  for (const auto& path : unused) fs::remove_all(path, error);
}

}  // namespace seatrial::services::lambda
