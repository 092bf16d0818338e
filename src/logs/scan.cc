// EventSource over the SQLite store. Each scan opens a connection of its own, so that it neither
// waits for the control thread nor holds it up.
#include <deque>

#include "base/check.h"
#include "logs/engine.h"

namespace seatrial::logs {
namespace {

constexpr std::size_t kBatchEvents = 1'000;
constexpr std::size_t kBatchBytes = 1u << 20;

std::string parameters(std::size_t first, std::size_t count) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i)
    list += fmt::format("{}?{}", i == 0 ? "" : ",", first + i);
  return list;
}

std::string scan_sql(const ScanRequest& request) {
  const std::size_t groups = request.groups.size();
  std::string sql = fmt::format(
      "SELECT e.seq, e.ts, e.ingestion, e.grp, s.name, e.message FROM event e JOIN stream s ON"
      " s.id = e.stream WHERE e.ts >= ?1 AND e.ts <= ?2 AND e.grp IN ({})",
      parameters(3, groups));
  if (!request.streams.empty()) {
    sql += fmt::format(" AND s.name IN ({})", parameters(3 + groups, request.streams.size()));
  }
  if (request.order == ScanRequest::Order::kNewestFirst) sql += " ORDER BY e.ts DESC, e.seq DESC";
  if (request.order == ScanRequest::Order::kOldestFirst) sql += " ORDER BY e.ts, e.seq";
  return sql;
}

// Gathers copies of rows and shows them as views.
struct Batch {
  struct Row {
    std::string group, stream, message;
  };
  std::deque<Row> rows;
  std::vector<EventView> views;
  std::size_t bytes = 0;

  void add(const store::Statement& select) {
    const Row& row = rows.emplace_back(Row{select.text(3), select.text(4), select.text(5)});
    views.push_back({select.integer(1), select.integer(2), select.integer(0), row.group, row.stream,
                     row.message});
    bytes += row.message.size();
  }
  bool full() const { return views.size() >= kBatchEvents || bytes >= kBatchBytes; }
  void clear() { *this = {}; }
};

}  // namespace

ScanStatistics Engine::scan(const ScanRequest& request, const Take& take) {
  ScanStatistics statistics{.groups_scanned = static_cast<std::int64_t>(request.groups.size())};
  if (request.groups.empty()) return statistics;
  auto reader = store::open_database(file_, "PRAGMA query_only=1");
  if (!reader) fail_corrupt(file_.string(), reader.error());
  store::Statement select(reader->get(), scan_sql(request).c_str());
  select.bind(1, request.start_ms).bind(2, request.end_ms);
  int parameter = 3;
  for (const auto& group : request.groups) select.bind(parameter++, group);
  for (const auto& stream : request.streams) select.bind(parameter++, stream);
  Batch batch;
  while (select.row()) {
    batch.add(select);
    statistics.events_scanned += 1;
    statistics.bytes_scanned += static_cast<std::int64_t>(batch.rows.back().message.size());
    if (!batch.full()) continue;
    if (!take(batch.views)) return statistics;
    batch.clear();
  }
  if (!batch.views.empty()) (void)take(batch.views);
  return statistics;
}

}  // namespace seatrial::logs
