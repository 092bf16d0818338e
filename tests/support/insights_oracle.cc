// Insights queries for tests/oracle/test_insights.py: a line {"query", "events": [[ms, message]],
// "tables": {name: CSV}} in, the rows or what is wrong out.
#include <iostream>

#include "base/check.h"
#include "base/value.h"
#include "logs/run/memory_source.h"
#include "logs/run/run.h"

namespace seatrial {
namespace {

namespace run = logs::run;

constexpr const char* kGroup = "us-east-1/app";

Value rows_of(const run::Execution& execution, const run::Result& result) {
  Array rows;
  for (const auto& row : result.rows) {
    Object fields;
    for (std::size_t i = 0; i < row.size(); ++i)
      if (row[i]) fields[execution.program().columns()[i].name] = *row[i];
    rows.push_back(std::move(fields));
  }
  return rows;
}

Value answer(const Value& in) {
  run::BuildOptions options{{kGroup}, 0, nullptr};
  options.find_groups = [](const auto&) { return std::vector<std::string>{kGroup}; };
  options.find_lookup =
      [&](const std::string& name) -> std::expected<run::LookupSource, std::string> {
    const auto* tables = in.as_object().if_contains("tables");
    if (tables == nullptr || !tables->as_object().contains(name))
      return std::unexpected("no table " + name);
    const auto csv = std::make_shared<const std::string>(as_view(tables->at(name).as_string()));
    return run::LookupSource{run::LookupTable::read(csv)->columns(), csv};
  };
  auto program = run::build(text_member(in, "query"), options);
  if (!program) return Object{{"error", program.error().message}};
  run::MemorySource source;
  std::int64_t first = INT64_MAX, last = 0;
  for (const auto& event : in.at("events").as_array()) {
    const auto at = event.as_array()[0].as_int64();
    source.add({at, std::string(as_view(event.as_array()[1].as_string()))});
    first = std::min(first, at), last = std::max(last, at);
  }
  run::Execution execution(std::move(*program), source, {"123456789012"}, {first, last, last});
  execution.run();
  if (!execution.failure().empty()) return Object{{"failed", execution.failure()}};
  const auto result = execution.result();
  return Object{{"rows", rows_of(execution, *result)},
                {"matched", result->statistics.records_matched}};
}

}  // namespace
}  // namespace seatrial

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    const auto in = seatrial::parse_json(line);
    ST_CHECK(in.has_value(), "a line that is no JSON");
    std::cout << seatrial::to_json(seatrial::answer(*in)) << '\n';
  }
  return 0;
}
