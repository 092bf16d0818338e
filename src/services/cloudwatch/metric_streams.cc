#include "services/cloudwatch/metric_streams.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "metrics/statistic.h"
#include "services/cloudwatch/otel.h"
#include "wire/text.h"

namespace seatrial::services::cloudwatch {
namespace {

constexpr Millis kStreamEvery{60'000};
constexpr std::chrono::hours kStreamReach{2};
constexpr std::size_t kStreamRecordBytes = 512 * 1024;  // about, of one Firehose record

bool names(const shape::MetricStreamFilter& filter, const metrics::SeriesId& series) {
  if (filter.Namespace.value_or("") != series.name_space) return false;
  return filter.MetricNames.empty() ||
         std::ranges::find(filter.MetricNames, series.name) != filter.MetricNames.end();
}

Time minute_of(const metrics::ChangedMinute& minute) { return from_ms(minute.totals.at * 1000LL); }

// No less than its bytes in a message.
std::size_t otel_size(const OtelPoint& point) {
  constexpr std::size_t kFixed = 256, kPair = 32;  // numbers, and what is around two texts
  const auto& series = point.minute->series;
  std::size_t size = kFixed + 2 * (series.name_space.size() + series.name.size());
  for (const auto& d : series.dimensions) size += kPair + d.name.size() + d.value.size();
  return size + kPair * point.quantiles.size();
}

void add_statistic(const std::string& name, double value, std::string& line) {
  line += "\"" + name + "\":";
  wire::append_double(value, line);
  line += ',';
}

}  // namespace

bool passes(const shape::PutMetricStreamInput& stream, const metrics::SeriesId& series) {
  const auto named_by = [&](const auto& filters) {
    return std::ranges::any_of(filters, [&](const auto& filter) { return names(filter, series); });
  };
  if (!stream.IncludeFilters.empty()) return named_by(stream.IncludeFilters);
  return !named_by(stream.ExcludeFilters);
}

std::string stream_line(const shape::PutMetricStreamInput& stream, const std::string& account,
                        const metrics::ChangedMinute& minute,
                        const std::vector<std::pair<std::string, double>>& more) {
  Object dimensions;
  for (const auto& d : minute.series.dimensions) dimensions[d.name] = d.value;
  const auto& totals = minute.totals;
  std::string line = to_json(Object{{"metric_stream_name", stream.Name},
                                    {"account_id", account},
                                    {"region", minute.series.region},
                                    {"namespace", minute.series.name_space},
                                    {"metric_name", minute.series.name},
                                    {"dimensions", std::move(dimensions)},
                                    {"timestamp", totals.at * std::int64_t{1000}}});
  line.back() = ',';
  line += "\"value\":{";
  add_statistic("count", totals.count, line);
  add_statistic("sum", totals.sum, line);
  add_statistic("max", totals.max, line);
  add_statistic("min", totals.min, line);
  for (const auto& [name, number] : more) add_statistic(name, number, line);
  line.back() = '}';
  return line + ",\"unit\":" + to_json(Value(minute.series.unit)) + "}\n";
}

MetricStreams::MetricStreams(room::Env& env, metrics::Engine& engine)
    : table(env.store, "cloudwatch.metric_stream"), env_(env), engine_(engine) {}

void MetricStreams::start() {
  changed();
  tick_later();
}

void MetricStreams::changed() {
  const bool wanted =
      std::ranges::any_of(table, [](const auto& row) { return row.second.running; });
  if (wanted && !engine_.keeps_changes()) last_before_ = {};  // what was is made up for
  engine_.keep_changes(wanted);
}

void MetricStreams::tick_later() {
  const auto past = to_ms(env_.clock.now()) % kStreamEvery.count();
  env_.control.post_after(kStreamEvery - Millis{past}, [this] {
    tick();
    tick_later();
  });
}

void MetricStreams::tick() {
  changed();  // a transaction may have been undone since
  if (!engine_.keeps_changes() || target == nullptr) return;
  const Time before = std::chrono::floor<std::chrono::minutes>(env_.clock.now());
  const auto changes = engine_.take_changes(before);
  std::vector<std::string> running;
  for (const auto& [key, record] : table)
    if (record.running) running.push_back(key);
  for (const auto& key : running) send(key, changes, before);
  last_before_ = before;
}

// A stream that has not sent up to the last tick's end gets what it lacks from the engine.
void MetricStreams::send(const std::string& key, const Minutes& changes, Time before) {
  const auto record = *table.find(key);
  const auto region = key.substr(0, key.find('/'));
  const Time oldest = before - kStreamReach;
  const bool behind = record.sent_until != last_before_;
  Minutes lacking;
  if (behind) lacking = engine_.minutes_of(region, std::max(record.sent_until, oldest), before);
  std::vector<const metrics::ChangedMinute*> minutes;
  const auto add = [&](const metrics::ChangedMinute& minute) {
    if (minute.series.region == region && minute_of(minute) >= oldest &&
        passes(record.input, minute.series))
      minutes.push_back(&minute);
  };
  for (const auto& minute : changes)
    if (!behind || minute_of(minute) < record.sent_until) add(minute);
  for (const auto& minute : lacking) add(minute);
  if (auto sent = send_minutes(record, minutes); !sent) {
    env_.store.rollback();
    log::warning("the metric stream {} could not send: {}", key, sent.error().message);
    return;
  }
  table.update(key, [&](MetricStreamRecord& changed) { changed.sent_until = before; });
  env_.store.commit(nullptr);
}

room::Outcome<void> MetricStreams::send_minutes(const MetricStreamRecord& record,
                                                const Chosen& minutes) {
  if (minutes.empty()) return {};
  if (!target->may_assume(record.input.RoleArn)) {
    return model::fail("AccessDenied",
                       "The role " + record.input.RoleArn + " cannot be assumed any more.");
  }
  if (record.input.OutputFormat == shape::MetricStreamOutputFormat::json)
    return send_lines(record, minutes);
  return send_otel(record, minutes);
}

room::Outcome<void> MetricStreams::send_lines(const MetricStreamRecord& record,
                                              const Chosen& minutes) {
  std::string lines;
  const auto flush = [&]() -> room::Outcome<void> {
    if (lines.empty()) return {};
    return target->put_record(record.input.FirehoseArn, std::exchange(lines, {}));
  };
  for (const auto* minute : minutes) {
    lines += stream_line(record.input, env_.account, *minute, additional(record, *minute));
    if (lines.size() < kStreamRecordBytes) continue;
    if (auto put = flush(); !put) return put;
  }
  return flush();
}

// One message a record: what a reader has to hold at once stays small.
room::Outcome<void> MetricStreams::send_otel(const MetricStreamRecord& record,
                                             const Chosen& minutes) {
  const auto& in = record.input;
  const auto region = minutes.front()->series.region;
  const Arn arn{"aws", "cloudwatch", region, env_.account, "metric-stream/" + in.Name};
  const OtelSource source{env_.account, region, arn.text()};
  const auto version = in.OutputFormat == shape::MetricStreamOutputFormat::opentelemetry0_7
                           ? OtelVersion::k07
                           : OtelVersion::k10;
  std::vector<OtelPoint> points;
  std::size_t size = 0;
  for (std::size_t i = 0; i < minutes.size(); ++i) {
    auto& point = points.emplace_back(OtelPoint{minutes[i], {}});
    for (const auto& [name, value] : additional(record, *minutes[i]))
      if (const auto quantile = otel_quantile(name)) point.quantiles.emplace_back(*quantile, value);
    std::ranges::sort(point.quantiles);
    size += otel_size(point);
    if (size < kStreamRecordBytes && i + 1 < minutes.size()) continue;
    if (auto put = target->put_record(in.FirehoseArn, otel_message(version, source, points)); !put)
      return put;
    points.clear();
    size = 0;
  }
  return {};
}

std::vector<std::pair<std::string, double>> MetricStreams::additional(
    const MetricStreamRecord& record, const metrics::ChangedMinute& minute) {
  std::vector<std::pair<std::string, double>> out;
  for (const auto& configuration : record.input.StatisticsConfigurations) {
    const bool meant = std::ranges::any_of(configuration.IncludeMetrics, [&](const auto& metric) {
      return metric.Namespace == minute.series.name_space &&
             metric.MetricName == minute.series.name;
    });
    if (!meant) continue;
    const auto at = minute_of(minute);
    const auto whole = engine_.read(minute.series, at, at + kStreamEvery, 60, true);
    for (const auto& name : configuration.AdditionalStatistics) {
      const auto statistic = metrics::Statistic::parse(name);
      const auto value = statistic && !whole.empty() ? statistic->of(whole.front()) : std::nullopt;
      if (value) out.emplace_back(name, *value);
    }
  }
  return out;
}

}  // namespace seatrial::services::cloudwatch
