// See store.h.
#include "runbook/store.h"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "runbook/report.h"

namespace seatrial::runbook {
namespace fs = std::filesystem;

namespace {

bool write_whole(const std::string& path, const std::string& text) {
  const auto temporary = path + ".new";
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) {
    std::remove(temporary.c_str());
    return false;
  }
  return std::rename(temporary.c_str(), path.c_str()) == 0;
}

}  // namespace

std::string RunStore::open(const std::string& world, Time now, std::string_view name) {
  const auto base = fmt::format("{}/runs/{}-{}", world, format_basic(now), name.substr(0, 60));
  std::error_code error;
  fs::create_directories(world + "/runs", error);
  if (error) return fmt::format("cannot create {}/runs: {}", world, error.message());
  for (int i = 1; i < 1000; ++i) {  // runs that begin in the same second
    folder_ = i == 1 ? base : fmt::format("{}-{}", base, i);
    if (fs::create_directory(folder_, error)) {
      fs::permissions(folder_, fs::perms::owner_all, error);
      return "";
    }
    if (error) break;
  }
  return fmt::format("cannot create {}: {}", folder_, error ? error.message() : "it exists");
}

void RunStore::save(const RunRecord& record) {
  if (write_whole(folder_ + "/record.json", json_report(record)) || told_) return;
  told_ = true;
  fmt::print(stderr, "seatrial: cannot write {}/record.json: {}\n", folder_, std::strerror(errno));
}

}  // namespace seatrial::runbook
