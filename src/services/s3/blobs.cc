#include "services/s3/blobs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/check.h"
#include "base/log.h"
#include "wire/checksums.h"

namespace seatrial::services::s3 {
namespace {

constexpr std::size_t kKeyBytes = 32, kBlock = 16;

std::string purpose_of(const std::string& blob) { return "s3/blob/" + blob; }

// Encrypts or decrypts in place, counter mode being its own inverse; `offset` is the text's place
// in its blob. The counter starts at zero for each key, and a key encrypts one blob only.
class Cipher {
 public:
  Cipher(const std::string& key, std::uint64_t offset)
      : context_(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free) {
    std::string counter(kBlock, '\0');
    std::uint64_t block = offset / kBlock;
    for (std::size_t i = kBlock; block != 0; block >>= 8)
      counter[--i] = static_cast<char>(block & 255);
    const bool ok = EVP_EncryptInit_ex(context_.get(), EVP_aes_256_ctr(), nullptr, bytes_of(key),
                                       bytes_of(counter)) == 1;
    ST_CHECK(ok, "AES-CTR did not start");
    std::string skipped(offset % kBlock, '\0');
    apply(skipped);
  }

  void apply(std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = std::min<std::size_t>(text.size() - at, 1u << 30);
      auto* bytes = reinterpret_cast<unsigned char*>(text.data() + at);
      int length = 0;
      const bool ok =
          EVP_EncryptUpdate(context_.get(), bytes, &length, bytes, static_cast<int>(size)) == 1;
      ST_CHECK(ok, "AES-CTR did not encrypt");
      at += size;
    }
  }

 private:
  static const unsigned char* bytes_of(const std::string& s) {
    return reinterpret_cast<const unsigned char*>(s.data());
  }
  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context_;
};

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

// The digests of bytes that come piece by piece.
class Digests {
 public:
  explicit Digests(const std::vector<std::string>& algorithms) : md5_("MD5") {
    for (const auto& algorithm : algorithms) others_.emplace(algorithm, wire::Checksum(algorithm));
  }
  void add(std::string_view bytes) {
    md5_.add(bytes);
    for (auto& [algorithm, checksum] : others_) checksum.add(bytes);
  }
  void finish(Digested& out) {
    out.md5 = md5_.digest();
    for (auto& [algorithm, checksum] : others_) out.checksums[algorithm] = checksum.digest();
  }

 private:
  wire::Checksum md5_;
  std::map<std::string, wire::Checksum> others_;
};

}  // namespace

Segments slice(const Segments& segments, std::uint64_t offset, std::uint64_t length) {
  Segments out;
  for (const Segment& segment : segments) {
    if (length == 0) break;
    if (offset >= segment.size) {
      offset -= segment.size;
      continue;
    }
    Segment part = segment;
    part.offset += offset;
    part.size = std::min(segment.size - offset, length);
    length -= part.size;
    offset = 0;
    out.push_back(std::move(part));
  }
  return out;
}

// Reads through the segments in order. One thread at a time.
class BlobReader final : public wire::BodyStream {
 public:
  BlobReader(Blobs& blobs, Segments segments)
      : blobs_(blobs), pins_(blobs.pins_), segments_(std::move(segments)) {
    for (const Segment& segment : segments_) size_ += segment.size;
    pins_->pin(segments_);
  }
  ~BlobReader() override {
    close();
    pins_->unpin(segments_);
  }

  std::optional<std::uint64_t> size() const override { return size_; }
  void next(std::function<void(Chunk)> ready) override { ready(read()); }

  Chunk read() {
    while (at_ < segments_.size()) {
      const Segment& segment = segments_[at_];
      if (read_ == segment.size) {
        close();
        ++at_;
        read_ = 0;
        continue;
      }
      if (fd_ < 0 && !open(segment)) return std::unexpected(broken(segment));
      return chunk_of(segment);
    }
    return std::string();
  }

 private:
  bool open(const Segment& segment) {
    fd_ = ::open(blobs_.path_of(segment.blob).c_str(), O_RDONLY | O_CLOEXEC);
    if (fd_ < 0) return false;
    cipher_.emplace(blobs_.vault_.open_sealed(segment.sealed_key, purpose_of(segment.blob)),
                    segment.offset);
    return true;
  }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  Chunk chunk_of(const Segment& segment) {
    std::string chunk(std::min<std::uint64_t>(kReadChunk, segment.size - read_), '\0');
    const ssize_t n =
        ::pread(fd_, chunk.data(), chunk.size(), static_cast<off_t>(segment.offset + read_));
    if (n <= 0) return std::unexpected(broken(segment));
    chunk.resize(static_cast<std::size_t>(n));
    read_ += chunk.size();
    cipher_->apply(chunk);
    return chunk;
  }
  std::string broken(const Segment& segment) const {
    return fmt::format("{}: {}", blobs_.path_of(segment.blob).string(), std::strerror(errno));
  }

  Blobs& blobs_;
  const std::shared_ptr<Pins> pins_;
  const Segments segments_;
  std::uint64_t size_ = 0, read_ = 0;  // read_: of the segment at hand
  std::size_t at_ = 0;
  int fd_ = -1;
  std::optional<Cipher> cipher_;
};

Digested::~Digested() {
  if (!fresh.empty()) ::unlink(fresh.c_str());
}

Blobs::Blobs(std::filesystem::path folder, room::Vault& vault, Rng& rng)
    : folder_(std::move(folder)), pins_(std::make_shared<Pins>(folder_)), vault_(vault), rng_(rng) {
  std::error_code ignored;
  std::filesystem::create_directories(folder_, ignored);
  folder_fd_ = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder_fd_ < 0) log::error("cannot use {}: {}", folder_.string(), std::strerror(errno));
  for (int i = 0; i < kWriters; ++i) writers_.emplace_back([this] { run(); });
}

Blobs::~Blobs() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& writer : writers_) writer.join();
  if (folder_fd_ >= 0) ::close(folder_fd_);
}

void Blobs::run() {
  for (;;) {
    std::function<void()> work;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stopping_ || !work_.empty(); });
      if (work_.empty()) return;
      work = std::move(work_.front());
      work_.pop_front();
    }
    work();
  }
}

void Blobs::queue(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    work_.push_back(std::move(work));
  }
  wake_.notify_one();
}

room::Outcome<Segment> Blobs::store(std::string bytes) {
  Segment segment;
  segment.blob = rng_.uuid();
  segment.size = bytes.size();
  if (bytes.empty()) return segment;
  const std::string key = rng_.bytes(kKeyBytes);
  segment.sealed_key = vault_.seal(key, purpose_of(segment.blob));
  Cipher(key, 0).apply(bytes);
  const auto path = path_of(segment.blob);
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool ok =
      fd >= 0 && write_all(fd, bytes) && ::fdatasync(fd) == 0 && ::fsync(folder_fd_) == 0;
  const int error = errno;
  if (fd >= 0) ::close(fd);
  if (ok) return segment;
  ::unlink(path.c_str());
  return room::fail("ServiceUnavailable",
                    fmt::format("The object could not be written to {}: {}. Free some space in the "
                                "world's folder and try again.",
                                path.string(), std::strerror(error)),
                    503);
}

void Blobs::write(std::string bytes, std::vector<std::string> algorithms, wire::Headers declared,
                  Done done) {
  queue([this, bytes = std::move(bytes), algorithms = std::move(algorithms),
         declared = std::move(declared), done = std::move(done)]() mutable {
    if (auto ok = wire::check_digests(declared, bytes); !ok)
      return done(std::unexpected(std::move(ok.error())));
    auto out = std::make_shared<Digested>();
    Digests digests(algorithms);
    digests.add(bytes);
    digests.finish(*out);
    out->size = bytes.size();
    auto segment = store(std::move(bytes));
    if (!segment) return done(std::unexpected(std::move(segment.error())));
    if (segment->size > 0) {
      out->fresh = path_of(segment->blob);
      out->segments.push_back(*std::move(segment));
    }
    done(std::move(out));
  });
}

void Blobs::digest(Segments segments, std::vector<std::string> algorithms, Done done) {
  auto reader = std::make_shared<BlobReader>(*this, segments);  // pinned from here on
  queue([reader = std::move(reader), segments = std::move(segments),
         algorithms = std::move(algorithms), done = std::move(done)]() mutable {
    auto out = std::make_shared<Digested>();
    out->size = *reader->size();
    Digests digests(algorithms);
    for (auto chunk = reader->read();; chunk = reader->read()) {
      if (!chunk) return done(room::fail("InternalError", chunk.error(), 500));
      if (chunk->empty()) break;
      digests.add(*chunk);
    }
    digests.finish(*out);
    out->segments = std::move(segments);
    out->pinned = std::move(reader);
    done(std::move(out));
  });
}

std::shared_ptr<wire::BodyStream> Blobs::read(const Segments& segments, std::uint64_t offset,
                                              std::uint64_t length) {
  return std::make_shared<BlobReader>(*this, slice(segments, offset, length));
}

void Pins::pin(const Segments& segments) {
  const std::lock_guard lock(mutex_);
  for (const Segment& segment : segments) ++pins_[segment.blob];
}

void Pins::unpin(const Segments& segments) {
  const std::lock_guard lock(mutex_);
  for (const Segment& segment : segments) {
    const auto pin = pins_.find(segment.blob);
    if (--pin->second > 0) continue;
    pins_.erase(pin);
    if (doomed_.erase(segment.blob) > 0) ::unlink((folder_ / segment.blob).c_str());
  }
}

void Pins::remove(const std::string& blob) {
  const std::lock_guard lock(mutex_);
  if (pins_.contains(blob))
    doomed_.insert(blob);
  else
    ::unlink((folder_ / blob).c_str());
}

void Blobs::sweep(const std::set<std::string>& named) {
  std::error_code error;
  std::size_t removed = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    if (named.contains(entry.path().filename().string())) continue;
    std::error_code ignored;
    if (std::filesystem::remove(entry.path(), ignored)) ++removed;
  }
  if (removed > 0) log::info("{} unfinished uploads were removed", removed);
}

}  // namespace seatrial::services::s3
