// What is kept of a dashboard. Dashboards are global: the key is the name alone.
#pragma once
#include <map>
#include <string>

#include "base/record.h"
#include "base/time.h"

namespace seatrial::services::cloudwatch {

struct DashboardRecord {
  std::string name;
  std::string body;  // as it was put, byte for byte
  Time modified{};
  std::map<std::string, std::string> tags;

  template <class F>
  static void fields(F&& f) {
    f("name", &DashboardRecord::name);
    f("body", &DashboardRecord::body);
    f("modified", &DashboardRecord::modified);
    f("tags", &DashboardRecord::tags);
  }
};

}  // namespace seatrial::services::cloudwatch
