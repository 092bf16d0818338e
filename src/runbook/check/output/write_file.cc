// See write_file.h.
#include "runbook/check/output/write_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

namespace seatrial::runbook::check {

namespace fs = std::filesystem;

std::expected<void, std::string> write_file(const fs::path& path, std::string_view bytes) {
  std::error_code error;
  const auto target = fs::exists(path, error) ? fs::canonical(path, error) : path;
  const fs::path draft = target.string() + fmt::format(".{}.tmp", ::getpid());
  const auto fail = [&](std::string_view why) {
    fs::remove(draft, error);
    return std::unexpected(fmt::format("{}: {}", path.string(), why));
  };
  {
    std::ofstream file(draft, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file) return fail(std::strerror(errno));
  }
  const auto before = fs::status(target, error);
  error.clear();  // a new file has no status
  if (fs::exists(before)) fs::permissions(draft, before.permissions(), error);
  if (error) return fail(error.message());
  fs::rename(draft, target, error);
  if (error) return fail(error.message());
  return {};
}

}  // namespace seatrial::runbook::check
