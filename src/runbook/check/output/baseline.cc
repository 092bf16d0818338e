// See baseline.h.
#include "runbook/check/output/baseline.h"

#include <algorithm>

#include "base/value.h"
#include "runbook/check/output/write_file.h"

namespace seatrial::runbook::check {
namespace {

namespace fs = std::filesystem;

constexpr int kVersion = 1;

}  // namespace

Baseline::Baseline(fs::path path)
    : path_(std::move(path)), folder_(fs::absolute(path_).lexically_normal().parent_path()) {}

std::expected<void, std::string> Baseline::load() {
  const auto text = read_file(path_.string());
  if (!text) return std::unexpected(text.error());
  const auto json = parse_json(*text);
  const Value* version = json ? find_member(*json, "version") : nullptr;
  const Value* findings = json ? find_member(*json, "findings") : nullptr;
  if (version == nullptr || *version != Value(kVersion) || findings == nullptr ||
      !findings->is_array())
    return std::unexpected(path_.string() + ": no baseline; write one with --write-baseline");
  for (const auto& finding : findings->get_array())
    known_[std::string(text_member(finding, "file"))].push_back(
        {std::string(text_member(finding, "rule")),
         std::string(text_member(finding, "fingerprint")),
         std::string(text_member(finding, "message"))});
  for (auto& [file, entries] : known_) std::ranges::sort(entries);
  return {};
}

std::string Baseline::key_of(const Report& report) const {
  if (report.name == report.document.path || fs::exists(report.document.path))
    return fs::absolute(report.document.path).lexically_normal().lexically_relative(folder_);
  return report.name;
}

std::size_t Baseline::subtract(Report& report) {
  const auto key = key_of(report);
  checked_.insert(key);
  const auto known = known_.find(key);
  if (known == known_.end()) return 0;
  std::vector<Finding> findings;
  std::vector<std::string> prints;
  for (std::size_t i = 0; i < report.findings.size(); ++i) {
    const Entry wanted{report.findings[i].rule, report.fingerprints[i], {}};
    const auto entry = std::ranges::lower_bound(known->second, wanted);
    if (entry != known->second.end() && *entry == wanted) {
      entry->met = true;
      continue;
    }
    findings.push_back(std::move(report.findings[i]));
    prints.push_back(std::move(report.fingerprints[i]));
  }
  const auto taken = report.findings.size() - findings.size();
  report.findings = std::move(findings), report.fingerprints = std::move(prints);
  return taken;
}

void Baseline::note(const Report& report) {
  const auto key = key_of(report);
  checked_.insert(key);
  auto& entries = noted_[key];
  for (std::size_t i = 0; i < report.findings.size(); ++i)
    entries.push_back(
        {report.findings[i].rule, report.fingerprints[i], report.findings[i].message});
}

std::size_t Baseline::gone(const std::set<std::string, std::less<>>& rules) const {
  std::size_t count = 0;
  for (const auto& file : checked_)
    if (const auto known = known_.find(file); known != known_.end())
      count += static_cast<std::size_t>(std::ranges::count_if(
          known->second, [&](const Entry& e) { return !e.met && rules.contains(e.rule); }));
  return count;
}

std::expected<void, std::string> Baseline::save(const std::set<std::string, std::less<>>& rules) {
  for (const auto& [file, entries] : known_) {
    if (!checked_.contains(file) && !fs::exists(folder_ / file)) continue;
    for (const auto& entry : entries)
      if (!checked_.contains(file) || !rules.contains(entry.rule)) noted_[file].push_back(entry);
  }
  std::string out = fmt::format(
      "{{\"about\": \"findings that seatrial check leaves out; written by --write-baseline\",\n"
      "\"version\": {},\n\"findings\": [",
      kVersion);
  bool first = true;
  for (auto& [file, entries] : noted_) {
    std::ranges::stable_sort(entries);
    for (const auto& entry : entries)
      out += (std::exchange(first, false) ? "\n" : ",\n") +
             to_json(Object{{"file", file},
                            {"rule", entry.rule},
                            {"fingerprint", entry.fingerprint},
                            {"message", entry.message}});
  }
  return write_file(path_, out + "\n]}\n");
}

}  // namespace seatrial::runbook::check
