// PutMetricData: every documented limit is checked before the first sample is taken, so that a
// request is taken whole or not at all. Source: API_PutMetricData, API_MetricDatum.
#include <algorithm>
#include <array>
#include <set>

#include "services/cloudwatch/errors.h"
#include "services/cloudwatch/limits.h"
#include "services/cloudwatch/put_direct.h"
#include "services/cloudwatch/service.h"

namespace seatrial::services::cloudwatch {
namespace {

using aws::cloudwatch::MetricDatum;
using room::Outcome;

std::unexpected<model::AwsError> not_ascii(const std::string& where) {
  return invalid_value("The value for parameter " + where + " contains non-ASCII characters.");
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}
bool is_blank(std::string_view text) {
  return text.find_first_not_of(' ') == std::string_view::npos;
}

// Source: API_Dimension. ASCII without control characters, not only blanks, no leading colon.
Outcome<void> check_dimension(const aws::cloudwatch::Dimension& dimension,
                              const std::string& where) {
  if (!is_printable(dimension.Name)) return not_ascii(where + ".Name");
  if (!is_printable(dimension.Value)) return not_ascii(where + ".Value");
  if (is_blank(dimension.Name) || dimension.Name.starts_with(':')) {
    return invalid_value("The value " + dimension.Name + " for parameter " + where +
                         ".Name is invalid.");
  }
  if (is_blank(dimension.Value)) {
    return invalid_value("The value " + dimension.Value + " for parameter " + where +
                         ".Value is invalid.");
  }
  return {};
}

std::string parameter(std::size_t index, const char* member) {
  return fmt::format("MetricData.member.{}.{}", index + 1, member);
}

Outcome<void> check_dimensions(const MetricDatum& datum, std::size_t index) {
  if (datum.Dimensions.size() > kMaxDimensions) {
    return invalid_value(fmt::format("The collection {} must not have a size greater than {}.",
                                     parameter(index, "Dimensions"), kMaxDimensions));
  }
  std::set<std::string> names;
  for (std::size_t i = 0; i < datum.Dimensions.size(); ++i) {
    const auto& dimension = datum.Dimensions[i];
    const auto where = fmt::format("{}.member.{}", parameter(index, "Dimensions"), i + 1);
    if (auto ok = check_dimension(dimension, where); !ok) return ok;
    if (!names.insert(dimension.Name).second) {
      return invalid_value("No Metric may specify the same dimension name more than once.");
    }
  }
  return {};
}

Outcome<void> check_time(const MetricDatum& datum, std::size_t index, Time now) {
  if (!datum.Timestamp) return {};
  if (*datum.Timestamp < now - kOldest) {
    return invalid_value("The parameter " + parameter(index, "Timestamp") +
                         " must specify a time no more than two weeks in the past.");
  }
  if (*datum.Timestamp > now + kNewest) {
    return invalid_value("The parameter " + parameter(index, "Timestamp") +
                         " must specify a time no more than two hours in the future.");
  }
  return {};
}

Outcome<void> check_statistics(const aws::cloudwatch::StatisticSet& set, std::size_t index) {
  if (!is_magnitude(set.Sum) || !is_magnitude(set.Minimum) || !is_magnitude(set.Maximum) ||
      !is_magnitude(set.SampleCount)) {
    return invalid_value("The value NaN for parameter " + parameter(index, "StatisticValues") +
                         " is invalid.");
  }
  if (set.SampleCount <= 0 || set.Maximum < set.Minimum) {
    return invalid_value(
        "The parameter " + parameter(index, "StatisticValues") +
        " must have a positive SampleCount and a Maximum of at least its Minimum.");
  }
  return {};
}

Outcome<void> check_values(const MetricDatum& datum, std::size_t index) {
  if (datum.Values.size() > kMaxValues) {
    return invalid_value(fmt::format("The collection {} must not have a size greater than {}.",
                                     parameter(index, "Values"), kMaxValues));
  }
  if (!datum.Counts.empty() && datum.Counts.size() != datum.Values.size()) {
    return invalid_value(
        fmt::format("The parameters {} and {} must have the same number of elements.",
                    parameter(index, "Values"), parameter(index, "Counts")));
  }
  const bool finite = std::all_of(datum.Values.begin(), datum.Values.end(), is_magnitude) &&
                      std::all_of(datum.Counts.begin(), datum.Counts.end(),
                                  [](double c) { return is_magnitude(c) && c > 0; });
  if (!finite)
    return invalid_value("The parameter " + parameter(index, "Values") +
                         " holds an invalid value.");
  return {};
}

Outcome<void> check_measurement(const MetricDatum& datum, std::size_t index) {
  const int given =
      (datum.Value ? 1 : 0) + (datum.StatisticValues ? 1 : 0) + (datum.Values.empty() ? 0 : 1);
  if (given == 0) {
    return missing_parameter(
        "At least one of the parameters Value, Values or StatisticValues must be specified.");
  }
  if (given > 1) {
    return invalid_combination(fmt::format("The parameters {}, {} and {} are mutually exclusive.",
                                           parameter(index, "Value"), parameter(index, "Values"),
                                           parameter(index, "StatisticValues")));
  }
  if (datum.Value && !is_magnitude(*datum.Value)) {
    return invalid_value(fmt::format("The value {} for parameter {} is invalid.", *datum.Value,
                                     parameter(index, "Value")));
  }
  if (datum.StatisticValues) return check_statistics(*datum.StatisticValues, index);
  return check_values(datum, index);
}

Outcome<void> check_datum(const MetricDatum& datum, std::size_t index, Time now) {
  if (datum.MetricName.empty()) return missing_parameter("The parameter MetricName is required.");
  if (!is_printable(datum.MetricName)) return not_ascii(parameter(index, "MetricName"));
  const int resolution = datum.StorageResolution.value_or(60);
  if (resolution != 1 && resolution != 60) {
    return invalid_value(fmt::format("The value {} for parameter {} is invalid.", resolution,
                                     parameter(index, "StorageResolution")));
  }
  if (auto ok = check_dimensions(datum, index); !ok) return ok;
  if (auto ok = check_time(datum, index, now); !ok) return ok;
  return check_measurement(datum, index);
}

std::vector<metrics::Sample> samples_of(const MetricDatum& datum, Time now) {
  const Time at = datum.Timestamp.value_or(now);
  const int resolution = datum.StorageResolution.value_or(60);
  if (datum.StatisticValues) {
    const auto& set = *datum.StatisticValues;
    return {{set.SampleCount, set.Sum, set.Minimum, set.Maximum, at, resolution}};
  }
  if (datum.Value) return {{1, *datum.Value, *datum.Value, *datum.Value, at, resolution}};
  std::vector<metrics::Sample> samples;
  for (std::size_t i = 0; i < datum.Values.size(); ++i) {
    const double value = datum.Values[i], count = datum.Counts.empty() ? 1 : datum.Counts[i];
    samples.push_back({count, value * count, value, value, at, resolution});
  }
  return samples;
}

}  // namespace

bool is_unit(std::string_view unit) {
  namespace Unit = aws::cloudwatch::StandardUnit;
  static constexpr std::array kUnits{Unit::None,
                                     Unit::Count,
                                     Unit::Percent,
                                     Unit::Seconds,
                                     Unit::Milliseconds,
                                     Unit::Microseconds,
                                     Unit::Bytes,
                                     Unit::Kilobytes,
                                     Unit::Megabytes,
                                     Unit::Gigabytes,
                                     Unit::Terabytes,
                                     Unit::Bits,
                                     Unit::Kilobits,
                                     Unit::Megabits,
                                     Unit::Gigabits,
                                     Unit::Terabits,
                                     Unit::Bytes_Second,
                                     Unit::Kilobytes_Second,
                                     Unit::Megabytes_Second,
                                     Unit::Gigabytes_Second,
                                     Unit::Terabytes_Second,
                                     Unit::Bits_Second,
                                     Unit::Kilobits_Second,
                                     Unit::Megabits_Second,
                                     Unit::Gigabits_Second,
                                     Unit::Terabits_Second,
                                     Unit::Count_Second};
  return std::find(kUnits.begin(), kUnits.end(), unit) != kUnits.end();
}

room::Room::Direct CloudWatch::direct_put() {
  return {
      kMaxPutBytes,
      [this](const room::Room::Direct::Bytes& bytes) -> std::optional<room::Room::Direct::Work> {
        const bool cbor = bytes.protocol == model::Protocol::kCbor;
        if (!cbor && bytes.protocol != model::Protocol::kJson) return std::nullopt;
        const auto read = cbor ? read_put_cbor : read_put;
        auto samples = read(engine_, bytes.region, bytes.body, env_.clock.now());
        if (!samples) return std::nullopt;
        auto kept = std::make_shared<std::vector<metrics::HotSample>>(std::move(*samples));
        return [this, kept](room::Context&) -> Outcome<Value> {
          engine_.put(std::move(*kept));
          return Value(Object{});
        };
      }};
}

Outcome<model::Empty> CloudWatch::put_metric_data(
    room::Context& context, const aws::cloudwatch::PutMetricDataInput& request) {
  if (request.Namespace.starts_with("AWS/") || is_blank(request.Namespace)) {
    return invalid_value("The value " + request.Namespace + " for parameter Namespace is invalid.");
  }
  if (!is_printable(request.Namespace)) return not_ascii("Namespace");
  if (engine_.is_full()) {
    return model::fail(
        "InternalServiceError",
        fmt::format("Seatrial keeps at most {} metrics; nothing was stored.", metrics::kMaxSeries),
        500);
  }
  if (!request.EntityMetricData.empty()) {
    return invalid_value("Seatrial does not serve EntityMetricData yet; nothing was stored.");
  }
  if (request.MetricData.empty()) return missing_parameter("The parameter MetricData is required.");
  if (request.MetricData.size() > kMaxDatums) {
    return invalid_value(
        fmt::format("The collection MetricData must not have a size greater than {}.", kMaxDatums));
  }
  for (std::size_t i = 0; i < request.MetricData.size(); ++i) {
    if (auto ok = check_datum(request.MetricData[i], i, context.now); !ok)
      return std::unexpected(ok.error());
  }
  for (const auto& datum : request.MetricData) {
    metrics::SeriesId series{
        context.region, request.Namespace, datum.MetricName, {}, datum.Unit.value_or("None")};
    for (const auto& d : datum.Dimensions) series.dimensions.push_back({d.Name, d.Value});
    engine_.put(series, samples_of(datum, context.now));
  }
  return model::Empty{};
}

}  // namespace seatrial::services::cloudwatch
