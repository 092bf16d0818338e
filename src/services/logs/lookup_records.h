// What the room keeps of lookup tables. Keys: "region/name".
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/record.h"
#include "base/time.h"

namespace seatrial::services::logs {

struct LookupTableRecord {
  std::string name, description;
  std::string csv;
  std::vector<std::string> columns;
  std::int64_t rows = 0;  // without the header
  Time updated{};
  std::map<std::string, std::string> tags;

  template <class F>
  static void fields(F&& f) {
    f("name", &LookupTableRecord::name);
    f("description", &LookupTableRecord::description);
    f("csv", &LookupTableRecord::csv);
    f("columns", &LookupTableRecord::columns);
    f("rows", &LookupTableRecord::rows);
    f("updated", &LookupTableRecord::updated);
    f("tags", &LookupTableRecord::tags);
  }
};

}  // namespace seatrial::services::logs
