// Metric streams: which there are, and what they send.
//
// Each minute the controller takes from the engine which minutes of which series are new, and gives
// each running stream its part, as JSON lines or OpenTelemetry's messages (otel.h), in records of
// its Firehose delivery stream. A stream notes up to where it has sent: what a killed daemon or a
// full delivery stream left out is made up for from the engine. So a data point may come twice, as
// it does when late samples change it. Source: "CloudWatch metric stream output in JSON format" of
// the user guide, API_PutMetricStream. guess: data points more than two hours old are not sent.
#pragma once
#include "metrics/engine.h"
#include "model/shapes/cloudwatch.h"
#include "services/cloudwatch/api.h"
#include "store/table.h"

namespace seatrial::services::cloudwatch {

namespace shape = aws::cloudwatch;

struct MetricStreamRecord {
  shape::PutMetricStreamInput input;  // without tags
  bool running = true;
  Time created{}, changed{};
  Time sent_until{};  // minutes before it were sent
  std::map<std::string, std::string> tags;

  template <class F>
  static void fields(F&& f) {
    f("input", &MetricStreamRecord::input);
    f("running", &MetricStreamRecord::running);
    f("created", &MetricStreamRecord::created);
    f("changed", &MetricStreamRecord::changed);
    f("sent_until", &MetricStreamRecord::sent_until);
    f("tags", &MetricStreamRecord::tags);
  }
};

using MetricStreamTable = store::Table<MetricStreamRecord>;  // "region/name"

// Whether the stream's filters let a metric pass.
bool passes(const shape::PutMetricStreamInput& stream, const metrics::SeriesId& series);

// One line, with the newline. `more` are additional statistics by name.
std::string stream_line(const shape::PutMetricStreamInput& stream, const std::string& account,
                        const metrics::ChangedMinute& minute,
                        const std::vector<std::pair<std::string, double>>& more);

class MetricStreams {  // control thread
 public:
  MetricStreams(room::Env& env, metrics::Engine& engine);

  MetricStreamTable table;
  MetricStreamTarget* target = nullptr;  // none: no stream can be put

  void start();
  void changed();  // streams were put, started, stopped or deleted

 private:
  using Minutes = std::vector<metrics::ChangedMinute>;
  void tick_later();
  void tick();
  void send(const std::string& key, const Minutes& changes, Time before);
  using Chosen = std::vector<const metrics::ChangedMinute*>;
  room::Outcome<void> send_minutes(const MetricStreamRecord& record, const Chosen& minutes);
  room::Outcome<void> send_lines(const MetricStreamRecord& record, const Chosen& minutes);
  room::Outcome<void> send_otel(const MetricStreamRecord& record, const Chosen& minutes);
  std::vector<std::pair<std::string, double>> additional(const MetricStreamRecord& record,
                                                         const metrics::ChangedMinute& minute);

  room::Env& env_;
  metrics::Engine& engine_;
  Time last_before_{};  // of the last tick
};

}  // namespace seatrial::services::cloudwatch
