// What a dashboard's body may look like, said as values: a Rule looks at one JSON value and notes
// what is wrong with it. Trees of them, built once, are the schema (body.cc reads like it).
//
// CloudWatch checks bodies with a JSON schema and shows the schema checker's messages, so ours have
// that checker's words. Rejected: a general JSON Schema library. None in Debian has these words,
// and CloudWatch's own rules (widgets, rows of metrics) are none a schema can say.
#pragma once
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/value.h"
#include "decide/dashboard/dashboard.h"

namespace seatrial::decide::dashboard {

// `path` is the value's JSON pointer: "/widgets/0/properties".
using Rule = std::function<void(const Value& value, const std::string& path, Verdict& verdict)>;

Rule anything();
Rule text();
Rule boolean();
Rule number();
Rule integer(std::int64_t least, std::int64_t most);
Rule one_of(std::vector<std::string> allowed);
// A string that `matches`; `pattern` is what the message shows.
Rule pattern(std::string pattern, bool (*matches)(std::string_view));
Rule list(Rule item, std::size_t least, std::size_t most);

struct Fields {
  std::map<std::string, Rule, std::less<>> known;
  std::vector<std::string> required;
  // What a member that is not known is: a warning, as CloudWatch gives for most objects, or (of a
  // row's rendering properties) an error.
  bool strict = false;
};
Rule object(Fields fields);

// Whether a value passes a rule without errors (warnings do not count).
bool passes(const Rule& rule, const Value& value);

std::string element_path(const std::string& path, std::size_t index);
std::string member_path(const std::string& path, std::string_view name);

// ---- words that several rules share
bool is_color(std::string_view text);      // "#1f77b4"
bool is_statistic(std::string_view text);  // "Average", "p99.9", "TM(10%:90%)"
bool is_query_id(std::string_view text);   // "m1"
bool is_account(std::string_view text);    // twelve digits
bool is_time(std::string_view text);       // ISO 8601, or "-PT3H"
bool is_time_zone(std::string_view text);  // "+0130"
bool is_arn(std::string_view text);
Rule period();  // 1, 5, 10, 20, 30 or a multiple of 60

}  // namespace seatrial::decide::dashboard
