// Where runs are kept: <world>/runs/<UTC time>-<name>/record.json, with what each step printed in
// it. It is replaced as a whole, so that a crash leaves the last complete one.
#pragma once
#include <string>

#include "base/time.h"
#include "runbook/run.h"

namespace seatrial::runbook {

class RunStore {
 public:
  // Makes the run's folder; empty, else why not.
  std::string open(const std::string& world, Time now, std::string_view name);
  // Keeps the record as it stands. A full disk is told once on stderr and the run goes on.
  void save(const RunRecord& record);
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
  bool told_ = false;
};

}  // namespace seatrial::runbook
