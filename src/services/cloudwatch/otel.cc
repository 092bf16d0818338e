#include "services/cloudwatch/otel.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <map>

namespace seatrial::services::cloudwatch {
namespace {

constexpr std::uint64_t kNanos = 1'000'000'000, kPointSeconds = 60;

// A message's bytes. Fields that have their default are left out, as proto3 has it.
class Message {
 public:
  Message& text(int field, std::string_view value) {
    if (!value.empty()) bytes(field, value);
    return *this;
  }
  Message& message(int field, const Message& value) {
    bytes(field, value.out_);
    return *this;
  }
  Message& fixed(int field, std::uint64_t value) {
    if (value == 0) return *this;
    varint(static_cast<std::uint64_t>(field) << 3 | kFixed64);
    for (int shift = 0; shift < 64; shift += 8) out_ += static_cast<char>(value >> shift & 0xff);
    return *this;
  }
  Message& number(int field, double value) {
    return fixed(field, std::bit_cast<std::uint64_t>(value));
  }
  std::string delimited() const {
    Message out;
    out.varint(out_.size());
    return out.out_ + out_;
  }

 private:
  static constexpr std::uint64_t kFixed64 = 1, kBytes = 2;  // wire types

  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>(value | 0x80);
    out_ += static_cast<char>(value);
  }
  void bytes(int field, std::string_view value) {
    varint(static_cast<std::uint64_t>(field) << 3 | kBytes);
    varint(value.size());
    out_ += value;
  }

  std::string out_;
};

// KeyValue with an AnyValue in it: string_value is 1, kvlist_value 6.
Message key_value(std::string_view key, std::string_view value) {
  // An oneof's member is there even when it is empty.
  Message any;
  any.message(1, Message().text(1, ""));
  return Message().text(1, key).message(2, value.empty() ? any : Message().text(1, value));
}

// StringKeyValue of 0.7.
Message label(std::string_view key, std::string_view value) {
  return Message().text(1, key).text(2, value);
}

void add_labels(const metrics::SeriesId& series, Message& point) {
  point.message(1, label("Namespace", series.name_space));
  point.message(1, label("MetricName", series.name));
  for (const auto& d : series.dimensions) point.message(1, label(d.name, d.value));
}

void add_attributes(const metrics::SeriesId& series, Message& point) {
  point.message(7, key_value("Namespace", series.name_space));
  point.message(7, key_value("MetricName", series.name));
  if (series.dimensions.empty()) return;
  Message dimensions;
  for (const auto& d : series.dimensions) dimensions.message(1, key_value(d.name, d.value));
  point.message(7, Message().text(1, "Dimensions").message(2, Message().message(6, dimensions)));
}

Message quantile(double which, double value) { return Message().number(1, which).number(2, value); }

// SummaryDataPoint, DoubleSummaryDataPoint.
Message data_point(OtelVersion version, const OtelPoint& given) {
  const auto& series = given.minute->series;
  const auto& totals = given.minute->totals;
  Message point;
  if (version == OtelVersion::k07) add_labels(series, point);
  point.fixed(2, totals.at * kNanos).fixed(3, (totals.at + kPointSeconds) * kNanos);
  point.fixed(4, static_cast<std::uint64_t>(std::llround(totals.count))).number(5, totals.sum);
  point.message(6, quantile(0, totals.min));
  for (const auto& [which, value] : given.quantiles) point.message(6, quantile(which, value));
  point.message(6, quantile(1, totals.max));
  if (version == OtelVersion::k10) add_attributes(series, point);
  return point;
}

bool is_same_metric(const OtelPoint& a, const OtelPoint& b) {
  const auto &one = a.minute->series, &other = b.minute->series;
  return one.name_space == other.name_space && one.name == other.name && one.unit == other.unit;
}

Message resource(const OtelSource& source) {
  return Message()
      .message(1, key_value("cloud.provider", "aws"))
      .message(1, key_value("cloud.account.id", source.account))
      .message(1, key_value("cloud.region", source.region))
      .message(1, key_value("aws.exporter.arn", source.stream_arn));
}

std::string single_unit(const std::string& unit) {
  static const std::map<std::string, std::string, std::less<>> kUnits = {
      {"Second", "s"},      {"Seconds", "s"},     {"Microseconds", "us"}, {"Milliseconds", "ms"},
      {"Bytes", "By"},      {"Kilobytes", "kBy"}, {"Megabytes", "MBy"},   {"Gigabytes", "GBy"},
      {"Terabytes", "TBy"}, {"Bits", "bit"},      {"Kilobits", "kbit"},   {"Megabits", "MBit"},
      {"Gigabits", "GBit"}, {"Terabits", "Tbit"}, {"Percent", "%"},       {"Count", "{Count}"},
      {"None", "1"}};
  const auto found = kUnits.find(unit);
  return found == kUnits.end() ? "1" : found->second;
}

}  // namespace

std::string otel_unit(const std::string& unit) {
  const auto slash = unit.find('/');
  if (slash == std::string::npos) return single_unit(unit);
  return single_unit(unit.substr(0, slash)) + "/" + single_unit(unit.substr(slash + 1));
}

std::optional<double> otel_quantile(const std::string& statistic) {
  if (!statistic.starts_with('p')) return std::nullopt;
  double percent = 0;
  const auto* end = statistic.data() + statistic.size();
  const auto [at, error] = std::from_chars(statistic.data() + 1, end, percent);
  if (error != std::errc{} || at != end) return std::nullopt;
  return percent / 100;
}

std::string otel_message(OtelVersion version, const OtelSource& source,
                         std::span<const OtelPoint> points) {
  Message library;
  for (std::size_t from = 0, to = 0; from < points.size(); from = to) {
    Message summary;
    for (to = from; to < points.size() && is_same_metric(points[from], points[to]); ++to)
      summary.message(1, data_point(version, points[to]));
    const auto& series = points[from].minute->series;
    library.message(2, Message()
                           .text(1, "amazonaws.com/" + series.name_space + "/" + series.name)
                           .text(3, otel_unit(series.unit))
                           .message(11, summary));
  }
  return Message()
      .message(1, Message().message(1, resource(source)).message(2, library))
      .delimited();
}

}  // namespace seatrial::services::cloudwatch
