// See surroundings.h.
#include "runbook/check/output/surroundings.h"

#include <unistd.h>

#include <cstdlib>

#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

namespace fs = std::filesystem;

using Programs = std::set<std::string, std::less<>>;

Programs programs_on_path() {
  Programs programs;
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const auto folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder.empty() ? "." : folder, error))
      if (entry.is_regular_file(error) && ::access(entry.path().c_str(), X_OK) == 0)
        programs.insert(entry.path().filename().string());
  }
  return programs;
}

Programs programs_in(std::string_view text) {
  Programs programs;
  for (auto line : split_lines(text))
    for (auto word : split_blanks(line.substr(0, line.find('#')))) programs.emplace(word);
  return programs;
}

bool leads_out(const fs::path& relative) { return !relative.empty() && *relative.begin() == ".."; }

}  // namespace

fs::path Neighbourhood::root_of(const fs::path& document) {
  std::error_code error;
  const auto folder = fs::weakly_canonical(document, error).parent_path();
  const auto known = roots_.find(folder);
  if (known != roots_.end()) return known->second;
  auto at = folder;
  while (!fs::exists(at / ".git", error)) {
    if (at == at.parent_path()) return roots_[folder] = fs::path();
    at = at.parent_path();
  }
  return roots_[folder] = at;
}

bool Neighbourhood::exists(const fs::path& path) {
  const auto [known, is_new] = exists_.try_emplace(path.string(), false);
  std::error_code error;
  if (is_new) known->second = fs::exists(path, error);
  return known->second;
}

bool Neighbourhood::has_file(const fs::path& root, const fs::path& folder, std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  const auto from_document = (folder / path).lexically_normal();
  const auto from_root = (root / path).lexically_normal();
  if (leads_out(from_document.lexically_relative(root)) || exists(from_document)) return true;
  return !leads_out(from_root.lexically_relative(root)) && exists(from_root);
}

Surroundings Neighbourhood::of(const fs::path& document) {
  Surroundings around;
  const auto root = root_of(document);
  if (root.empty()) return around;
  std::error_code error;
  const auto folder = fs::weakly_canonical(document, error).parent_path();
  around.has_file = [this, root, folder](std::string_view path) {
    return has_file(root, folder, path);
  };
  return around;
}

std::expected<Programs, std::string> read_programs(const std::string& argument) {
  if (argument == "here") return programs_on_path();
  std::error_code error;
  if (fs::is_regular_file(argument, error)) {
    const auto text = read_file(argument);
    if (!text) return std::unexpected(text.error());
    return programs_in(*text);
  }
  if (argument.contains('/') || argument.contains('.'))
    return std::unexpected(argument + ": there is no such file");
  std::string list = argument;
  std::ranges::replace(list, ',', ' ');
  return programs_in(list);
}

}  // namespace seatrial::runbook::check
