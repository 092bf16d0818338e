// Anomaly detectors: which metrics have a band of expected values. The band itself is computed by
// the metrics engine when it is asked for. Source: API_PutAnomalyDetector.
// guess: how many datapoints make a model TRAINED.
#include "room/page_token.h"
#include "services/cloudwatch/errors.h"
#include "services/cloudwatch/service.h"

namespace seatrial::services::cloudwatch {
namespace {

using room::Outcome;
using Single = shape::SingleMetricAnomalyDetector;

constexpr std::size_t kDefaultDetectorPage = 10, kLargestDetectorPage = 100, kMaxDetectors = 10'000;
constexpr std::size_t kTrained = 30;  // datapoints
constexpr std::chrono::hours kTraining{14 * 24};
constexpr int kTrainingPeriod_s = 300;

// The one metric a request names, in the old form or the new.
template <class Input>
Outcome<Single> single_of(const Input& request) {
  const bool old =
      request.Namespace || request.MetricName || request.Stat || !request.Dimensions.empty();
  if (request.MetricMathAnomalyDetector) {
    if (old || request.SingleMetricAnomalyDetector) {
      return invalid_combination(
          "MetricMathAnomalyDetector must not be specified together with the parameters of a "
          "single metric's anomaly detector.");
    }
    return invalid_value(
        "Seatrial does not train anomaly detectors of metric math (MetricMathAnomalyDetector) "
        "yet.");
  }
  if (request.SingleMetricAnomalyDetector && old) {
    return invalid_combination(
        "SingleMetricAnomalyDetector must not be specified together with Namespace, MetricName, "
        "Dimensions or Stat.");
  }
  Single single = request.SingleMetricAnomalyDetector.value_or(Single{
      std::nullopt, request.Namespace, request.MetricName, request.Dimensions, request.Stat});
  if (!single.Namespace) return missing_parameter("The parameter Namespace is required.");
  if (!single.MetricName) return missing_parameter("The parameter MetricName is required.");
  if (!single.Stat) return missing_parameter("The parameter Stat is required.");
  return single;
}

std::string identity(const Single& single) {
  std::vector<std::string> dimensions;
  for (const auto& d : single.Dimensions) dimensions.push_back(d.Name + "=" + d.Value);
  std::ranges::sort(dimensions);
  return fmt::format("{}|{}|{}|{}", *single.Namespace, *single.MetricName,
                     fmt::join(dimensions, ","), *single.Stat);
}

Outcome<void> check_configuration(const shape::PutAnomalyDetectorInput& request) {
  if (request.Configuration && (!request.Configuration->ExcludedTimeRanges.empty() ||
                                request.Configuration->MetricTimezone)) {
    return invalid_value(
        "Seatrial's model uses all of the last two weeks in UTC: Configuration with "
        "ExcludedTimeRanges or MetricTimezone would be ignored.");
  }
  if (request.MetricCharacteristics && request.MetricCharacteristics->PeriodicSpikes == true) {
    return invalid_value("Seatrial's model does not know PeriodicSpikes; it would be ignored.");
  }
  return {};
}

bool is_detector_selected(const shape::DescribeAnomalyDetectorsInput& request,
                          const Single& single) {
  if (request.Namespace && request.Namespace != single.Namespace) return false;
  if (request.MetricName && request.MetricName != single.MetricName) return false;
  return std::ranges::all_of(request.Dimensions, [&](const shape::Dimension& wanted) {
    return std::ranges::any_of(single.Dimensions, [&](const shape::Dimension& d) {
      return d.Name == wanted.Name && d.Value == wanted.Value;
    });
  });
}

}  // namespace

void CloudWatch::keep_detector(const Context& context, const Single& single) {
  const std::string key = context.key(identity(single));
  if (alarms_.detectors.contains(key)) return;
  AnomalyDetectorRecord record;
  record.detector.SingleMetricAnomalyDetector = single;
  record.detector.Namespace = single.Namespace;
  record.detector.MetricName = single.MetricName;
  record.detector.Dimensions = single.Dimensions;
  record.detector.Dimensions.given = true;
  record.detector.Stat = single.Stat;
  record.created = context.now;
  alarms_.detectors.put(key, std::move(record));
}

Outcome<shape::PutAnomalyDetectorOutput> CloudWatch::put_anomaly_detector(
    Context& context, const shape::PutAnomalyDetectorInput& request) {
  const auto single = single_of(request);
  if (!single) return std::unexpected(single.error());
  if (single->AccountId && *single->AccountId != context.account)
    return invalid_value("Seatrial has one account; AccountId names another.");
  if (auto ok = check_configuration(request); !ok) return std::unexpected(ok.error());
  if (alarms_.detectors.size() >= kMaxDetectors) {
    return model::fail("LimitExceededException",
                       fmt::format("Seatrial keeps at most {} anomaly detectors.", kMaxDetectors));
  }
  const auto query = detector_query(context.region, *single);
  if (auto problem = alarm_data_.check(std::span(&query, 1)))
    return invalid_value(problem->message);
  keep_detector(context, *single);
  return shape::PutAnomalyDetectorOutput{};
}

Outcome<shape::DeleteAnomalyDetectorOutput> CloudWatch::delete_anomaly_detector(
    Context& context, const shape::DeleteAnomalyDetectorInput& request) {
  const auto single = single_of(request);
  if (!single) return std::unexpected(single.error());
  if (!alarms_.detectors.erase(context.key(identity(*single)))) {
    return model::fail("ResourceNotFoundException", "The anomaly detector does not exist.", 404);
  }
  return shape::DeleteAnomalyDetectorOutput{};
}

metrics::DataQuery CloudWatch::detector_query(const std::string& region, const Single& single) {
  metrics::DataQuery query;
  query.id = "m1";
  query.stat = {
      {region, *single.Namespace, *single.MetricName, {}, ""}, kTrainingPeriod_s, *single.Stat};
  for (const auto& d : single.Dimensions)
    query.stat->series.dimensions.push_back({d.Name, d.Value});
  std::ranges::sort(query.stat->series.dimensions);
  return query;
}

std::string CloudWatch::detector_state(const Context& context, const Single& single) {
  using State = std::string;
  const auto query = detector_query(context.region, single);
  const auto answer = alarm_data_.query(context.region, std::span(&query, 1),
                                        context.now - kTraining, context.now, nullptr);
  const std::size_t points = answer && !answer->empty() ? answer->front().points.size() : 0;
  if (points >= kTrained) return State(shape::AnomalyDetectorStateValue::TRAINED);
  return State(points > 0 ? shape::AnomalyDetectorStateValue::TRAINED_INSUFFICIENT_DATA
                          : shape::AnomalyDetectorStateValue::PENDING_TRAINING);
}

Outcome<shape::DescribeAnomalyDetectorsOutput> CloudWatch::describe_anomaly_detectors(
    Context& context, const shape::DescribeAnomalyDetectorsInput& request) {
  const auto& types = request.AnomalyDetectorTypes;
  const bool wanted = types.empty() || std::ranges::find(types, "SINGLE_METRIC") != types.end();
  std::string after;
  if (request.NextToken) {
    const auto key = room::page_token_key(*request.NextToken);
    if (!key) return invalid_next_token();
    after = *key;
  }
  const auto size =
      std::min(static_cast<std::size_t>(request.MaxResults.value_or(kDefaultDetectorPage)),
               kLargestDetectorPage);
  shape::DescribeAnomalyDetectorsOutput reply;
  reply.AnomalyDetectors.given = true;
  std::string last;
  for (const auto& [key, record] : alarms_.detectors.with_prefix(context.key(""))) {
    const auto& single = *record.detector.SingleMetricAnomalyDetector;
    if (!wanted || key <= after || !is_detector_selected(request, single)) continue;
    if (reply.AnomalyDetectors.size() == size) {
      reply.NextToken = room::page_token(last);
      break;
    }
    last = key;
    reply.AnomalyDetectors.push_back(record.detector);
    reply.AnomalyDetectors.back().StateValue = detector_state(context, single);
  }
  return reply;
}

}  // namespace seatrial::services::cloudwatch
