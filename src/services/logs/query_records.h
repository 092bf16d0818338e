// What the room keeps of Insights queries and of saved ones. Keys: "region/id".
//
// A query's rows are not among it: they are made of the logs, and made again when somebody asks for
// them after a restart.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/record.h"
#include "base/time.h"

namespace seatrial::services::logs {

struct QueryRecord {
  std::string id, region;
  std::string text;
  std::vector<std::string> groups;  // keys, those of SOURCE included
  std::int64_t start_s = 0, end_s = 0;
  std::int64_t limit = 0;  // 0: none given
  Time created{};
  std::string status;  // as AWS names it
  std::string user;    // ARN
  std::int64_t duration_ms = 0, bytes_scanned = 0;

  template <class F>
  static void fields(F&& f) {
    f("id", &QueryRecord::id);
    f("region", &QueryRecord::region);
    f("text", &QueryRecord::text);
    f("groups", &QueryRecord::groups);
    f("start_s", &QueryRecord::start_s);
    f("end_s", &QueryRecord::end_s);
    f("limit", &QueryRecord::limit);
    f("created", &QueryRecord::created);
    f("status", &QueryRecord::status);
    f("user", &QueryRecord::user);
    f("duration_ms", &QueryRecord::duration_ms);
    f("bytes_scanned", &QueryRecord::bytes_scanned);
  }
};

struct QueryParameterRecord {
  std::string name;
  std::optional<std::string> preset, description;

  template <class F>
  static void fields(F&& f) {
    f("name", &QueryParameterRecord::name);
    f("preset", &QueryParameterRecord::preset);
    f("description", &QueryParameterRecord::description);
  }
};

struct QueryDefinitionRecord {
  std::string id, name, text;
  std::vector<std::string> groups;
  std::vector<QueryParameterRecord> parameters;
  Time modified{};
  std::string client_token;

  template <class F>
  static void fields(F&& f) {
    f("id", &QueryDefinitionRecord::id);
    f("name", &QueryDefinitionRecord::name);
    f("text", &QueryDefinitionRecord::text);
    f("groups", &QueryDefinitionRecord::groups);
    f("parameters", &QueryDefinitionRecord::parameters);
    f("modified", &QueryDefinitionRecord::modified);
    f("client_token", &QueryDefinitionRecord::client_token);
  }
};

}  // namespace seatrial::services::logs
