// What the room keeps of groups and streams. Their events are in the engine (src/logs), which knows
// a group by the same key. Keys: "region/group", "region/group:stream" (a group's name has no
// colon).
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/record.h"
#include "base/time.h"

namespace seatrial::services::logs {

struct GroupRecord {
  std::string name;
  Time created{};
  std::optional<int> retention_days;  // none: kept for ever
  std::map<std::string, std::string> tags;

  template <class F>
  static void fields(F&& f) {
    f("name", &GroupRecord::name);
    f("created", &GroupRecord::created);
    f("retention_days", &GroupRecord::retention_days);
    f("tags", &GroupRecord::tags);
  }
};

struct StreamRecord {
  std::string name;
  Time created{};

  template <class F>
  static void fields(F&& f) {
    f("name", &StreamRecord::name);
    f("created", &StreamRecord::created);
  }
};

inline std::string group_key(std::string_view region, std::string_view group) {
  return std::string(region) + "/" + std::string(group);
}
inline std::string stream_key(std::string_view group_key, std::string_view stream) {
  return std::string(group_key) + ":" + std::string(stream);
}

}  // namespace seatrial::services::logs
