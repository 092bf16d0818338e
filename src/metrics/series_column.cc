#include "metrics/series_column.h"

#include <algorithm>

#include "metrics/columns.h"

namespace seatrial::metrics {
namespace {

// What a bucket is made of, least first: most hold one value once.
enum Kind : unsigned char {
  kOnce,      // value
  kOneValue,  // value; count
  kExact,     // sum, values; how many, their counts
  kHidden,    // sum, min, max; count
  kKinds
};

Kind kind_of(const Bucket& bucket) {
  if (bucket.hidden) return kHidden;
  if (!bucket.is_one_value()) return kExact;
  return bucket.n == 1 && bucket.sum == bucket.min ? kOnce : kOneValue;
}

struct Columns {
  std::vector<double> values, sums, counts;

  void add(const Bucket& bucket, Kind kind) {
    switch (kind) {
      case kOnce:
        values.push_back(bucket.min);
        return;
      case kOneValue:
        values.push_back(bucket.min);
        sums.push_back(bucket.sum);
        counts.push_back(bucket.n);
        return;
      case kHidden:
        values.insert(values.end(), {bucket.min, bucket.max});
        sums.push_back(bucket.sum);
        counts.push_back(bucket.n);
        return;
      default:
        sums.push_back(bucket.sum);
        counts.push_back(static_cast<double>(bucket.values.size()));
        for (const auto& [value, count] : bucket.values) {
          values.push_back(value);
          counts.push_back(count);
        }
    }
  }
};

void append_column(std::string& to, const std::vector<double>& column) {
  append_varint(to, column.size());
  append_doubles(to, column);
}

// Takes numbers off three columns, bucket by bucket.
class Cursor {
 public:
  explicit Cursor(ColumnReader& reader)
      : values_(column(reader)), sums_(column(reader)), counts_(column(reader)) {}

  bool take(Kind kind, Bucket& bucket) {
    if (kind == kOnce) {
      bucket.n = 1;
      return next(values_, value_, bucket.min) && (bucket.max = bucket.sum = bucket.min, true);
    }
    double n = 0;
    if (!next(sums_, sum_, bucket.sum) || !next(counts_, count_, n)) return false;
    bucket.n = n;
    bucket.hidden = kind == kHidden;
    if (kind == kExact) return take_values(n, bucket);
    if (!next(values_, value_, bucket.min)) return false;
    bucket.max = bucket.min;
    return kind == kOneValue || next(values_, value_, bucket.max);
  }

 private:
  static std::vector<double> column(ColumnReader& reader) {
    return reader.doubles(static_cast<std::size_t>(reader.varint()));
  }
  static bool next(const std::vector<double>& column, std::size_t& at, double& to) {
    if (at >= column.size()) return false;
    to = column[at++];
    return true;
  }
  bool take_values(double how_many, Bucket& bucket) {
    if (!(how_many >= 2 && how_many <= static_cast<double>(values_.size()))) return false;
    bucket.n = 0;
    for (double i = 0; i < how_many; ++i) {
      double value = 0, count = 0;
      if (!next(values_, value_, value) || !next(counts_, count_, count)) return false;
      bucket.values.emplace_back(value, count);
      bucket.n += count;
    }
    bucket.min = bucket.values.front().first;
    bucket.max = bucket.values.back().first;
    return true;
  }

  std::vector<double> values_, sums_, counts_;
  std::size_t value_ = 0, sum_ = 0, count_ = 0;
};

}  // namespace

void append_series(std::string& to, const std::vector<Bucket>& buckets) {
  std::vector<std::uint32_t> times;
  std::string kinds;
  Columns columns;
  bool all_once = true;
  for (const auto& bucket : buckets) {
    const auto kind = kind_of(bucket);
    times.push_back(bucket.at);
    kinds += static_cast<char>(kind);
    all_once = all_once && kind == kOnce;
    columns.add(bucket, kind);
  }
  append_varint(to, buckets.size() << 1 | (all_once ? 1 : 0));
  append_times(to, times);
  if (all_once) return append_doubles(to, columns.values);
  to += kinds;
  append_column(to, columns.values);
  append_column(to, columns.sums);
  append_column(to, columns.counts);
}

namespace {

std::vector<Bucket> once_buckets(ColumnReader& reader, std::size_t count, std::uint32_t from,
                                 std::uint32_t to) {
  const auto times = reader.times(count);
  const auto values = reader.doubles(count);
  std::vector<Bucket> buckets;
  if (!reader.ok()) return buckets;
  const auto first = std::lower_bound(times.begin(), times.end(), from);
  const auto last = std::lower_bound(first, times.end(), to);
  buckets.reserve(static_cast<std::size_t>(last - first));
  for (auto t = first; t != last; ++t) {
    const double v = values[static_cast<std::size_t>(t - times.begin())];
    buckets.push_back({*t, 1, v, v, v, false, {}});
  }
  return buckets;
}

}  // namespace

std::optional<std::vector<Bucket>> read_series(std::string_view bytes, std::uint32_t from,
                                               std::uint32_t to) {
  ColumnReader reader(bytes);
  const auto head = reader.varint();
  const auto count = static_cast<std::size_t>(head >> 1);
  if (!reader.ok() || count > kMaxBuckets) return std::nullopt;
  if (head & 1) {
    auto buckets = once_buckets(reader, count, from, to);
    return reader.ok() ? std::optional(std::move(buckets)) : std::nullopt;
  }
  const auto times = reader.times(count);
  const auto kinds = reader.bytes(count);
  Cursor cursor(reader);
  if (!reader.ok()) return std::nullopt;
  std::vector<Bucket> buckets;
  for (std::size_t i = 0; i < count; ++i) {
    Bucket bucket;
    bucket.at = times[i];
    const auto kind = static_cast<unsigned char>(kinds[i]);
    if (kind >= kKinds || !cursor.take(static_cast<Kind>(kind), bucket)) return std::nullopt;
    if (bucket.at >= from && bucket.at < to) buckets.push_back(std::move(bucket));
  }
  return buckets;
}

bool visit_series(std::string_view bytes, std::uint32_t from, std::uint32_t to,
                  const std::function<void(const Totals&)>& add) {
  ColumnReader reader(bytes);
  const auto head = reader.varint();
  const auto count = static_cast<std::size_t>(head >> 1);
  if (!reader.ok() || count > kMaxBuckets) return false;
  if ((head & 1) == 0) {
    const auto buckets = read_series(bytes, from, to);
    if (buckets)
      for (const auto& b : *buckets) add({b.at, b.n, b.sum, b.min, b.max});
    return buckets.has_value();
  }
  const auto times = reader.times(count);
  const auto values = reader.doubles(count);
  if (!reader.ok()) return false;
  const auto first = std::lower_bound(times.begin(), times.end(), from);
  for (auto i = static_cast<std::size_t>(first - times.begin()); i < count && times[i] < to; ++i)
    add({times[i], 1, values[i], values[i], values[i]});
  return true;
}

}  // namespace seatrial::metrics
