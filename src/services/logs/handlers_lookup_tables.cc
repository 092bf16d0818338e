// Lookup tables: reference data that Insights' lookup and cidrlookup put beside events. Sources:
// API_CreateLookupTable, API_UpdateLookupTable, API_DescribeLookupTables, CWL_QuerySyntax-Lookup.
//
// The CSV is kept as it came; whether it is one is found out on the threads of searches.h. A query
// takes the text along and reads it when it runs.
// guess: the words of refusals; whatever makes the CSV no table is a ValidationException.
#include <algorithm>

#include "base/arn.h"
#include "room/page_token.h"
#include "services/logs/errors.h"
#include "services/logs/service.h"

namespace seatrial::services::logs {
namespace {

using seatrial::logs::run::LookupTable;

constexpr std::size_t kMaxTables = 100;                // AWS: of an account and region
constexpr std::size_t kMaxTablesBytes = 256u << 20;    // of all CSV held; ours
constexpr int kTablesPage = 50, kMaxTablesPage = 100;  // AWS
constexpr std::string_view kTableKind = "lookup-table:";

struct ReadTable {
  std::vector<std::string> columns;
  std::int64_t rows = 0;
  std::string problem;
};

ReadTable read_table(const std::shared_ptr<const std::string>& csv) {
  auto table = LookupTable::read(csv);
  if (!table) return {{}, 0, table.error()};
  return {table->columns(), static_cast<std::int64_t>(table->rows()), ""};
}

auto no_such_table() {
  return model::fail("ResourceNotFoundException", "The specified lookup table does not exist.");
}
auto no_table(const std::string& problem) {
  return model::fail("ValidationException", "The table body is not valid CSV: " + problem + ".");
}
auto too_many(std::string message) {
  return model::fail("LimitExceededException", std::move(message));
}

std::string table_arn(const room::Context& context, const std::string& name) {
  return context.arn("logs", std::string(kTableKind) + name).text();
}

aws::logs::LookupTable shape_of(const room::Context& context, const LookupTableRecord& record) {
  aws::logs::LookupTable out;
  out.lookupTableArn = table_arn(context, record.name);
  out.lookupTableName = record.name;
  if (!record.description.empty()) out.description = record.description;
  out.tableFields = {record.columns};
  out.recordsCount = record.rows;
  out.sizeBytes = static_cast<std::int64_t>(record.csv.size());
  out.lastUpdatedTime = to_ms(record.updated);
  return out;
}

}  // namespace

// The key of the table that an ARN names, which may not be there; none when the ARN is of
// something else.
std::optional<std::string> lookup_table_key(const room::Context& context, const std::string& text) {
  const auto arn = parse_arn(text);
  if (!arn || arn->service != "logs" || !arn->resource.starts_with(kTableKind)) return std::nullopt;
  if (arn->region != context.region || arn->account != context.account) return std::string();
  return context.key(arn->resource.substr(kTableKind.size()));
}

Logs::Outcome<std::string> Logs::find_lookup_table(const Context& context,
                                                   const std::string& arn) const {
  const auto key = lookup_table_key(context, arn);
  if (!key) return invalid_parameter("The ARN " + arn + " is not that of a lookup table.");
  if (!lookup_tables_.contains(*key)) return no_such_table();
  return *key;
}

Logs::Outcome<void> Logs::check_lookup_room(const Context& context, const std::string& replaced,
                                            std::size_t size) const {
  std::size_t count = 0, bytes = size;
  for (const auto& [key, table] : lookup_tables_) {
    if (key == replaced) continue;
    bytes += table.csv.size();
    if (key.starts_with(context.region + "/")) ++count;
  }
  if (count >= kMaxTables)
    return too_many(fmt::format("There are {} lookup tables already.", kMaxTables));
  if (bytes > kMaxTablesBytes)
    return too_many(
        fmt::format("The lookup tables of a world hold at most {} MB.", kMaxTablesBytes >> 20));
  return {};
}

Logs::Outcome<aws::logs::CreateLookupTableResponse> Logs::create_lookup_table(
    Context& context, const aws::logs::CreateLookupTableRequest& request) {
  if (request.kmsKeyId) return not_served("kmsKeyId (encryption of a lookup table by a KMS key)");
  if (auto ok = check_tags(request.tags); !ok) return std::unexpected(ok.error());
  const auto key = context.key(request.lookupTableName);
  if (lookup_tables_.contains(key))
    return model::fail("ResourceAlreadyExistsException",
                       "The specified lookup table already exists.");
  if (auto ok = check_lookup_room(context, key, request.tableBody.size()); !ok)
    return std::unexpected(ok.error());
  aws::logs::CreateLookupTableResponse reply;
  if (!context.prepared) {
    context.prepare = searches_.find(
        [csv = std::make_shared<const std::string>(request.tableBody)] { return read_table(csv); });
    return reply;
  }
  const auto& read = found<ReadTable>(context);
  if (!read.problem.empty()) return no_table(read.problem);
  LookupTableRecord record{request.lookupTableName,
                           request.description.value_or(""),
                           request.tableBody,
                           read.columns,
                           read.rows,
                           context.now,
                           request.tags};
  lookup_tables_.put(key, std::move(record));
  reply.lookupTableArn = table_arn(context, request.lookupTableName);
  reply.createdAt = to_ms(context.now);
  return reply;
}

Logs::Outcome<aws::logs::UpdateLookupTableResponse> Logs::update_lookup_table(
    Context& context, const aws::logs::UpdateLookupTableRequest& request) {
  if (request.kmsKeyId && !request.kmsKeyId->empty())
    return not_served("kmsKeyId (encryption of a lookup table by a KMS key)");
  const auto key = find_lookup_table(context, request.lookupTableArn);
  if (!key) return std::unexpected(key.error());
  if (auto ok = check_lookup_room(context, *key, request.tableBody.size()); !ok)
    return std::unexpected(ok.error());
  aws::logs::UpdateLookupTableResponse reply;
  if (!context.prepared) {
    context.prepare = searches_.find(
        [csv = std::make_shared<const std::string>(request.tableBody)] { return read_table(csv); });
    return reply;
  }
  const auto& read = found<ReadTable>(context);
  if (!read.problem.empty()) return no_table(read.problem);
  lookup_tables_.update(*key, [&](LookupTableRecord& record) {
    if (request.description) record.description = *request.description;
    record.csv = request.tableBody;
    record.columns = read.columns;
    record.rows = read.rows;
    record.updated = context.now;
  });
  lookup_texts_.erase(*key);
  reply.lookupTableArn = request.lookupTableArn;
  reply.lastUpdatedTime = to_ms(context.now);
  return reply;
}

Logs::Done Logs::delete_lookup_table(Context& context,
                                     const aws::logs::DeleteLookupTableRequest& request) {
  const auto key = find_lookup_table(context, request.lookupTableArn);
  if (!key) return std::unexpected(key.error());
  lookup_tables_.erase(*key);
  lookup_texts_.erase(*key);
  return model::Empty{};
}

Logs::Outcome<aws::logs::GetLookupTableResponse> Logs::get_lookup_table(
    Context& context, const aws::logs::GetLookupTableRequest& request) {
  const auto key = find_lookup_table(context, request.lookupTableArn);
  if (!key) return std::unexpected(key.error());
  const auto& record = *lookup_tables_.find(*key);
  aws::logs::GetLookupTableResponse reply;
  reply.lookupTableArn = request.lookupTableArn;
  reply.lookupTableName = record.name;
  if (!record.description.empty()) reply.description = record.description;
  reply.tableBody = record.csv;
  reply.sizeBytes = static_cast<std::int64_t>(record.csv.size());
  reply.lastUpdatedTime = to_ms(record.updated);
  return reply;
}

Logs::Outcome<aws::logs::DescribeLookupTablesResponse> Logs::describe_lookup_tables(
    Context& context, const aws::logs::DescribeLookupTablesRequest& request) {
  const auto most = check_limit(request.maxResults, kTablesPage, kMaxTablesPage);
  if (!most) return std::unexpected(most.error());
  const auto after = page_start(request.nextToken);
  if (!after) return std::unexpected(after.error());
  aws::logs::DescribeLookupTablesResponse reply;
  reply.lookupTables.given = true;
  reply.nextToken = room::add_page(
      lookup_tables_.with_prefix(context.key(request.lookupTableNamePrefix.value_or(""))), *after,
      static_cast<std::size_t>(*most),
      [&](const auto& record) { reply.lookupTables.push_back(shape_of(context, record)); });
  return reply;
}

std::expected<seatrial::logs::run::LookupSource, std::string> Logs::lookup_source(
    const std::string& region, const std::string& name) {
  const auto key = region + "/" + name;
  const auto* record = lookup_tables_.find(key);
  if (record == nullptr) return std::unexpected(fmt::format("there is no lookup table '{}'", name));
  auto& known = lookup_texts_[key];
  auto text = known.lock();
  if (!text) known = text = std::make_shared<const std::string>(record->csv);
  return seatrial::logs::run::LookupSource{record->columns, std::move(text)};
}

}  // namespace seatrial::services::logs
