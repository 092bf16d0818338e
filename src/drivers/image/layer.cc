// See layer.h.
#include "drivers/image/layer.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "base/encoding.h"
#include "drivers/image/files.h"

namespace seatrial::drivers {
namespace {

namespace fs = std::filesystem;
using Result = std::expected<void, std::string>;

constexpr std::size_t kChunkBytes = 256 * 1024;
constexpr int kGzipWindow = 15 + 16;  // zlib's word for "gzip framing"

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new()) {
    EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
  }
  void add(const void* data, std::size_t size) { EVP_DigestUpdate(context_.get(), data, size); }
  std::string digest() {
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_DigestFinal_ex(context_.get(), raw, &length);
    return "sha256:" + hex_encode({reinterpret_cast<char*>(raw), length});
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

// Takes tar bytes, hashes them, compresses them, hashes and writes what came out.
class GzipSink {
 public:
  explicit GzipSink(Fd file) : file_(std::move(file)) {
    ready_ = deflateInit2(&stream_, 6, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~GzipSink() { deflateEnd(&stream_); }
  GzipSink(const GzipSink&) = delete;
  GzipSink& operator=(const GzipSink&) = delete;

  bool add(const void* data, std::size_t size) {
    tar_hash_.add(data, size);
    stream_.next_in = static_cast<Bytef*>(const_cast<void*>(data));
    stream_.avail_in = static_cast<uInt>(size);
    return drain(Z_NO_FLUSH);
  }
  std::expected<PackedLayer, std::string> finish() {
    if (!drain(Z_FINISH) || ::fsync(file_.get()) != 0) {
      return std::unexpected(errno_text("cannot write the layer"));
    }
    return PackedLayer{gzip_hash_.digest(), tar_hash_.digest(), size_};
  }

 private:
  bool drain(int flush) {
    if (!ready_) return false;
    do {
      stream_.next_out = out_.data();
      stream_.avail_out = static_cast<uInt>(out_.size());
      deflate(&stream_, flush);
      const std::size_t made = out_.size() - stream_.avail_out;
      gzip_hash_.add(out_.data(), made);
      size_ += static_cast<std::int64_t>(made);
      if (!write_all(file_.get(), {reinterpret_cast<char*>(out_.data()), made})) return false;
    } while (stream_.avail_out == 0);
    return true;
  }

  Fd file_;
  bool ready_ = false;
  z_stream stream_{};
  Sha256 tar_hash_, gzip_hash_;
  std::int64_t size_ = 0;
  std::vector<Bytef> out_ = std::vector<Bytef>(kChunkBytes);
};

la_ssize_t sink_write(archive* tar, void* sink, const void* data, std::size_t size) {
  if (static_cast<GzipSink*>(sink)->add(data, size)) return static_cast<la_ssize_t>(size);
  archive_set_error(tar, errno, "cannot write the layer");
  return -1;
}

struct FreeWriter {
  void operator()(archive* a) const { archive_write_free(a); }
};
struct FreeReader {
  void operator()(archive* a) const { archive_read_free(a); }
};
struct FreeEntry {
  void operator()(archive_entry* e) const { archive_entry_free(e); }
};
using Writer = std::unique_ptr<archive, FreeWriter>;
using Reader = std::unique_ptr<archive, FreeReader>;
using Entry = std::unique_ptr<archive_entry, FreeEntry>;

std::string why(archive* a) {
  const char* text = archive_error_string(a);
  return text == nullptr ? "unknown error" : text;
}

Result copy_content(archive* tar, const fs::path& file, std::int64_t size) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return std::unexpected(errno_text("cannot open " + file.string()));
  std::vector<char> buffer(kChunkBytes);
  while (size > 0) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got <= 0) return std::unexpected(file.string() + " changed while it was read");
    const std::int64_t used = std::min<std::int64_t>(got, size);
    if (archive_write_data(tar, buffer.data(), static_cast<std::size_t>(used)) != used) {
      return std::unexpected(why(tar));
    }
    size -= used;
  }
  return {};
}

// One file, directory or link; sockets, pipes and devices have no place in an image.
Result add_entry(archive* tar, const fs::path& root, const fs::path& file, std::int64_t& total) {
  struct stat info{};
  if (::lstat(file.c_str(), &info) != 0)
    return std::unexpected(errno_text("cannot read " + file.string()));
  if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode) && !S_ISLNK(info.st_mode)) {
    return std::unexpected(file.string() +
                           " is neither a file, a directory nor a link; remove it from the "
                           "directory and build again");
  }
  Entry entry(archive_entry_new());
  std::string name = file.lexically_relative(root).string();
  if (S_ISDIR(info.st_mode)) name += '/';
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_mode(entry.get(), info.st_mode);
  archive_entry_set_mtime(entry.get(), 0, 0);
  archive_entry_set_uid(entry.get(), 0);
  archive_entry_set_gid(entry.get(), 0);
  archive_entry_set_size(entry.get(), S_ISREG(info.st_mode) ? info.st_size : 0);
  std::error_code error;
  if (S_ISLNK(info.st_mode)) {
    archive_entry_set_symlink(entry.get(), fs::read_symlink(file, error).c_str());
  }
  if (archive_write_header(tar, entry.get()) != ARCHIVE_OK) {
    return std::unexpected("cannot pack " + file.string() + ": " + why(tar));
  }
  if (!S_ISREG(info.st_mode)) return {};
  total += info.st_size;
  if (total > kMaxLayerBytes) return std::unexpected(root.string() + " is too large for one layer");
  return copy_content(tar, file, info.st_size);
}

std::expected<std::vector<fs::path>, std::string> sorted_files(const fs::path& directory) {
  std::error_code error;
  std::vector<fs::path> files;
  fs::recursive_directory_iterator walk(directory, error);
  for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    files.push_back(walk->path());
  }
  if (error) return std::unexpected("cannot read " + directory.string() + ": " + error.message());
  std::sort(files.begin(), files.end());
  return files;
}

// A relative path with no "..", or nothing.
bool stays_inside(const fs::path& name) {
  if (name.empty() || name.is_absolute()) return false;
  return std::none_of(name.begin(), name.end(), [](const fs::path& part) { return part == ".."; });
}

// OCI's marks for "removed in this layer". True when the entry was one. A parent that a link of an
// earlier layer leads out of `directory` is left alone.
bool apply_whiteout(const fs::path& target, const fs::path& directory) {
  const std::string name = target.filename().string();
  if (!name.starts_with(".wh.")) return false;
  std::error_code error;
  const fs::path parent = fs::canonical(target.parent_path(), error);
  if (error || !stays_inside(parent.lexically_relative(directory))) return true;
  if (name == ".wh..wh..opq") {
    for (const auto& child : fs::directory_iterator(target.parent_path(), error)) {
      fs::remove_all(child.path(), error);
    }
  } else {
    fs::remove_all(target.parent_path() / name.substr(4), error);
  }
  return true;
}

Result copy_data(archive* from, archive* to, std::int64_t& total) {
  const void* data = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  for (;;) {
    const int status = archive_read_data_block(from, &data, &size, &offset);
    if (status == ARCHIVE_EOF) return {};
    if (status != ARCHIVE_OK) return std::unexpected(why(from));
    total += static_cast<std::int64_t>(size);
    if (total > kMaxLayerBytes) return std::unexpected("it is too large");
    if (archive_write_data_block(to, data, size, offset) != ARCHIVE_OK) {
      return std::unexpected(why(to));
    }
  }
}

Result unpack_entry(archive* from, archive* to, archive_entry* entry, const fs::path& directory,
                    std::int64_t& total) {
  const char* raw = archive_entry_pathname(entry);
  const fs::path name = fs::path(raw == nullptr ? "" : raw).lexically_normal();
  if (!stays_inside(name)) {
    return std::unexpected("entry \"" + std::string(raw == nullptr ? "" : raw) +
                           "\" points outside the image");
  }
  const mode_t type = archive_entry_filetype(entry);
  if (type == AE_IFCHR || type == AE_IFBLK || type == AE_IFIFO || type == AE_IFSOCK) return {};
  if (const char* link = archive_entry_hardlink(entry); link != nullptr) {
    const fs::path source = fs::path(link).lexically_normal();
    if (!stays_inside(source)) {
      return std::unexpected("hard link \"" + name.string() + "\" points outside the image");
    }
    archive_entry_set_hardlink(entry, (directory / source).c_str());
  }
  const fs::path target = directory / name;
  archive_entry_set_pathname(entry, target.c_str());
  if (apply_whiteout(target, directory)) return {};
  if (archive_write_header(to, entry) < ARCHIVE_WARN) return std::unexpected(why(to));
  return copy_data(from, to, total);
}

}  // namespace

std::expected<PackedLayer, std::string> pack_layer(const fs::path& directory, const fs::path& to) {
  const auto files = sorted_files(directory);
  if (!files) return std::unexpected(files.error());
  Fd file(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!file) return std::unexpected(errno_text("cannot create " + to.string()));
  GzipSink sink(std::move(file));
  Writer tar(archive_write_new());
  archive_write_set_format_pax_restricted(tar.get());
  archive_write_set_bytes_in_last_block(tar.get(), 1);
  if (archive_write_open(tar.get(), &sink, nullptr, sink_write, nullptr) != ARCHIVE_OK) {
    return std::unexpected(why(tar.get()));
  }
  std::int64_t total = 0;
  for (const fs::path& path : *files) {
    if (auto added = add_entry(tar.get(), directory, path, total); !added) {
      return std::unexpected(added.error());
    }
  }
  if (archive_write_close(tar.get()) != ARCHIVE_OK) return std::unexpected(why(tar.get()));
  return sink.finish();
}

Result unpack_layer(const fs::path& layer, const fs::path& into) {
  std::error_code error;
  const fs::path directory = fs::canonical(into, error);  // its own links are not the layer's
  if (error) return std::unexpected("cannot open " + into.string() + ": " + error.message());
  Reader from(archive_read_new());
  archive_read_support_format_tar(from.get());
  archive_read_support_filter_all(from.get());
  if (archive_read_open_filename(from.get(), layer.c_str(), kChunkBytes) != ARCHIVE_OK) {
    return std::unexpected("cannot read layer " + layer.string() + ": " + why(from.get()));
  }
  Writer to(archive_write_disk_new());
  int flags = ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_SECURE_SYMLINKS |
              ARCHIVE_EXTRACT_SECURE_NODOTDOT | ARCHIVE_EXTRACT_UNLINK;
  if (::geteuid() == 0) flags |= ARCHIVE_EXTRACT_OWNER;
  archive_write_disk_set_options(to.get(), flags);
  std::int64_t total = 0;
  for (;;) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(from.get(), &entry);
    if (status == ARCHIVE_EOF) break;
    Result done;
    if (status < ARCHIVE_WARN)
      done = std::unexpected(why(from.get()));
    else
      done = unpack_entry(from.get(), to.get(), entry, directory, total);
    if (!done) return std::unexpected("layer " + layer.filename().string() + ": " + done.error());
  }
  if (archive_write_close(to.get()) != ARCHIVE_OK) return std::unexpected(why(to.get()));
  return {};
}

std::expected<std::string, std::string> file_digest(const fs::path& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::unexpected(errno_text("cannot open " + path.string()));
  Sha256 hash;
  std::vector<char> buffer(kChunkBytes);
  for (;;) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0) return std::unexpected(errno_text("cannot read " + path.string()));
    if (got == 0) return hash.digest();
    hash.add(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace seatrial::drivers
