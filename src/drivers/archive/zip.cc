// See zip.h.
#include "drivers/archive/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "base/check.h"

namespace seatrial::drivers {
namespace {

namespace fs = std::filesystem;
using Kind = ZipError::Kind;
using Step = std::expected<void, ZipError>;

struct CloseReader {
  void operator()(archive* a) const { archive_read_free(a); }
};
struct CloseWriter {
  void operator()(archive* a) const { archive_write_free(a); }
};
struct DropEntry {
  void operator()(archive_entry* e) const { archive_entry_free(e); }
};

std::unexpected<ZipError> zip_error(Kind kind, std::string message) {
  return std::unexpected(ZipError{kind, std::move(message)});
}

std::string reason_of(archive* a) {
  const char* text = archive_error_string(a);
  return text == nullptr ? "unknown error" : text;
}

bool leads_outside(const fs::path& name) {
  if (name.empty() || name.is_absolute()) return true;
  return std::ranges::any_of(name, [](const fs::path& part) { return part == ".."; });
}

// A link may point to what is beside or below it, never out of the folder.
bool link_leads_outside(const fs::path& name, const char* target) {
  if (target == nullptr) return false;
  const fs::path to = target;
  return to.is_absolute() || leads_outside((name.parent_path() / to).lexically_normal());
}

Step copy_file(archive* from, archive* to, std::int64_t& total, const ZipLimits& limits) {
  const void* data = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  for (;;) {
    const int status = archive_read_data_block(from, &data, &size, &offset);
    if (status == ARCHIVE_EOF) return {};
    if (status != ARCHIVE_OK) return zip_error(Kind::kNotZip, reason_of(from));
    total += static_cast<std::int64_t>(size);
    if (total > limits.bytes) return zip_error(Kind::kTooLarge, "it unpacks to too much");
    if (archive_write_data_block(to, data, size, offset) != ARCHIVE_OK)
      return zip_error(Kind::kDisk, reason_of(to));
  }
}

Step unpack_one(archive* from, archive* to, archive_entry* entry, const fs::path& folder,
                std::int64_t& total, const ZipLimits& limits) {
  const char* raw = archive_entry_pathname(entry);
  const fs::path name = fs::path(raw == nullptr ? "" : raw).lexically_normal();
  const auto type = archive_entry_filetype(entry);
  const bool plain = type == AE_IFREG || type == AE_IFDIR || type == AE_IFLNK || type == 0;
  if (!plain || leads_outside(name) || archive_entry_hardlink(entry) != nullptr ||
      link_leads_outside(name, archive_entry_symlink(entry)))
    return zip_error(Kind::kUnsafe,
                     "entry \"" + std::string(raw == nullptr ? "" : raw) + "\" points outside");
  archive_entry_set_pathname(entry, (folder / name).c_str());
  // What its owner could not read would be of no use; zips made by programs often say 0.
  const auto mode = archive_entry_perm(entry);
  archive_entry_set_perm(entry,
                         (mode == 0 ? 0644 : mode & 0777) | (type == AE_IFDIR ? 0700 : 0400));
  if (archive_write_header(to, entry) < ARCHIVE_WARN) return zip_error(Kind::kDisk, reason_of(to));
  return copy_file(from, to, total, limits);
}

}  // namespace

std::expected<std::int64_t, ZipError> unzip(std::string_view bytes, const fs::path& into,
                                            const ZipLimits& limits) {
  std::error_code error;
  const fs::path folder = fs::canonical(into, error);
  if (error) return zip_error(Kind::kDisk, "cannot open " + into.string());
  const std::unique_ptr<archive, CloseReader> from(archive_read_new());
  archive_read_support_format_zip(from.get());
  if (archive_read_open_memory(from.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
    return zip_error(Kind::kNotZip, reason_of(from.get()));
  const std::unique_ptr<archive, CloseWriter> to(archive_write_disk_new());
  archive_write_disk_set_options(to.get(), ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_SECURE_SYMLINKS |
                                               ARCHIVE_EXTRACT_SECURE_NODOTDOT |
                                               ARCHIVE_EXTRACT_UNLINK);
  std::int64_t total = 0;
  for (int entries = 0;; ++entries) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(from.get(), &entry);
    if (status == ARCHIVE_EOF && entries > 0) break;
    if (status == ARCHIVE_EOF) return zip_error(Kind::kNotZip, "it is empty");
    if (status < ARCHIVE_WARN) return zip_error(Kind::kNotZip, reason_of(from.get()));
    if (entries >= limits.entries) return zip_error(Kind::kTooLarge, "it has too many entries");
    if (auto done = unpack_one(from.get(), to.get(), entry, folder, total, limits); !done)
      return std::unexpected(done.error());
  }
  if (archive_write_close(to.get()) != ARCHIVE_OK)
    return zip_error(Kind::kDisk, reason_of(to.get()));
  return total;
}

std::string zip_files(const std::map<std::string, std::string>& files) {
  std::size_t bytes = 1 << 16;
  for (const auto& [name, text] : files) bytes += text.size() + 4 * name.size() + 1024;
  std::string out(bytes, '\0');
  std::size_t used = 0;
  const std::unique_ptr<archive, CloseWriter> zip(archive_write_new());
  archive_write_set_format_zip(zip.get());
  ST_CHECK(archive_write_open_memory(zip.get(), out.data(), out.size(), &used) == ARCHIVE_OK,
           "libarchive does not write zips");
  for (const auto& [name, text] : files) {
    const std::unique_ptr<archive_entry, DropEntry> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0755);
    archive_entry_set_mtime(entry.get(), 315'532'800, 0);  // 1980, where zip's time begins
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(text.size()));
    ST_CHECK(archive_write_header(zip.get(), entry.get()) == ARCHIVE_OK, "a zip without room");
    archive_write_data(zip.get(), text.data(), text.size());
  }
  ST_CHECK(archive_write_close(zip.get()) == ARCHIVE_OK, "a zip without room");
  out.resize(used);
  return out;
}

}  // namespace seatrial::drivers
