// Findings that were there when a team began to check: they are left out until somebody touches
// their lines.
//
// A file of JSON, kept in the repository: for each finding its document, rule and fingerprint
// (fingerprints.h), so that it survives lines that move. Paths are relative to the file's folder.
#pragma once
#include <expected>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "runbook/check/output/formats.h"

namespace seatrial::runbook::check {

class Baseline {
 public:
  explicit Baseline(std::filesystem::path path);

  // The reason when the file cannot be read or is no baseline.
  std::expected<void, std::string> load();
  // Takes the known findings out of a report and returns how many they were.
  std::size_t subtract(Report& report);
  // Notes a report's findings for save().
  void note(const Report& report);
  // Entries of the documents and rules that were asked for which no finding matched.
  std::size_t gone(const std::set<std::string, std::less<>>& rules) const;
  // Writes what was noted. Entries of other documents that still exist, and of rules that were not
  // asked, stay. The reason when it cannot be written.
  std::expected<void, std::string> save(const std::set<std::string, std::less<>>& rules);

 private:
  struct Entry {
    std::string rule, fingerprint, message;
    bool met = false;
    auto operator<=>(const Entry& other) const {
      return std::tie(rule, fingerprint) <=> std::tie(other.rule, other.fingerprint);
    }
    bool operator==(const Entry& other) const { return (*this <=> other) == 0; }
  };
  using Entries = std::vector<Entry>;  // sorted

  std::string key_of(const Report& report) const;

  std::filesystem::path path_;
  std::filesystem::path folder_;          // absolute
  std::map<std::string, Entries> known_;  // by document
  std::map<std::string, Entries> noted_;  // by document that was checked
  std::set<std::string> checked_;
};

}  // namespace seatrial::runbook::check
