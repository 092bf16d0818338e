// `--fix`: shows what would be mended in all documents, asks, writes.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "runbook/check/output/fix.h"

namespace seatrial::runbook::check {

class FixSession {
 public:
  FixSession(bool yes, bool dry_run) : yes_(yes), dry_run_(dry_run) {}

  // Whether there is a decision already, or a terminal to ask at.
  bool can_decide() const;
  // Prints the diff of one file's mends, if there are any.
  void look(const std::string& path, const std::string& bytes, const Recheck& recheck);
  // Asks if need be, and writes. False when a file could not be written; says so itself.
  bool decide_and_write();
  bool anything() const { return !pending_.empty(); }

 private:
  struct Pending {
    std::string path, before, after;
  };

  bool ask() const;

  bool yes_, dry_run_;
  std::vector<Pending> pending_;
  std::size_t count_ = 0;  // findings
};

}  // namespace seatrial::runbook::check
