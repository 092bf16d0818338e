// What lies around documents on this machine: their repositories' files, the programs they may use.
#pragma once
#include <expected>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "runbook/check/analysis.h"

namespace seatrial::runbook::check {

// Repositories are looked up once for each folder, files once for each path.
class Neighbourhood {
 public:
  // The nearest folder at or above that of `document` with a .git in it; empty when there is none.
  std::filesystem::path root_of(const std::filesystem::path& document);

  // What rules may ask about the document; refers to this object. A path is looked for from the
  // document's folder and from the repository's root; one that leads out of the repository is taken
  // to be there, since nobody knows. Without a repository nothing is known.
  Surroundings of(const std::filesystem::path& document);

 private:
  bool exists(const std::filesystem::path& path);
  bool has_file(const std::filesystem::path& root, const std::filesystem::path& folder,
                std::string_view path);

  std::map<std::filesystem::path, std::filesystem::path> roots_;  // by folder
  std::unordered_map<std::string, bool> exists_;
};

// The programs of --environment: a file of names (one a line, # comments), a list "aws,jq,curl", or
// "here" for what this shell's PATH finds.
std::expected<std::set<std::string, std::less<>>, std::string> read_programs(
    const std::string& argument);

}  // namespace seatrial::runbook::check
