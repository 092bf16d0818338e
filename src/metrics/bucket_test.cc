// Buckets: percentiles of rounded distributions beside exact ones, and that what is written is
// read.
#include "metrics/bucket.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/rng.h"
#include "metrics/series_column.h"
#include "metrics/statistic.h"

namespace seatrial::metrics {
namespace {

Bucket one(std::uint32_t at, double value, double n = 1) {
  return {at, n, value * n, value, value, false, {}};
}

double normal(Rng& rng) {
  const auto uniform = [&] { return (static_cast<double>(rng.below(1u << 30)) + 1) / (1u << 30); };
  return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * M_PI * uniform());
}

TEST(Bucket, PercentilesOfManyValuesAreWithinTwoPercent) {
  for (const double spread : {0.1, 1.0, 3.0}) {
    SeededRng rng(11);
    std::vector<double> exact;
    std::vector<Bucket> buckets;
    for (int i = 0; i < 20'000; ++i) {
      exact.push_back(std::exp(spread * normal(rng)));
      buckets.push_back(one(static_cast<std::uint32_t>(i % 7) * 60, exact.back()));
    }
    std::sort(exact.begin(), exact.end());
    auto minutes = fold(std::move(buckets), 60);
    ASSERT_EQ(minutes.size(), 7u);
    const auto hour = fold(std::move(minutes), 3600);
    ASSERT_EQ(hour.size(), 1u);
    EXPECT_LE(hour[0].values.size(), kMaxExactValues);
    const Aggregate all{{}, hour[0].n, hour[0].sum, hour[0].min, hour[0].max, "", hour[0].values};
    EXPECT_EQ(hour[0].min, exact.front());
    EXPECT_EQ(hour[0].max, exact.back());
    for (const auto* name : {"p1", "p25", "p50", "p90", "p99", "p99.9"}) {
      const auto rank = std::ceil(std::stod(name + 1) / 100 * 20'000 - 1e-9);
      const double wanted = exact[static_cast<std::size_t>(rank) - 1];
      EXPECT_NEAR(*Statistic::parse(name)->of(all) / wanted, 1, 0.02) << name << " " << spread;
    }
    EXPECT_EQ(*Statistic::parse("tc100")->of(all), 20'000);
  }
}

TEST(Bucket, WithNegativeValuesManyAreNotKept) {
  std::vector<Bucket> buckets;
  for (int i = 0; i < 2'000; ++i) buckets.push_back(one(0, i - 1'000));
  const auto folded = fold(std::move(buckets), 60);
  EXPECT_TRUE(folded[0].hidden);
  EXPECT_EQ(folded[0].n, 2'000);
  EXPECT_EQ(folded[0].min, -1'000);
}

TEST(Bucket, IsReadAsItWasWritten) {
  SeededRng rng(5);
  for (int round = 0; round < 300; ++round) {
    std::vector<Bucket> buckets;
    std::uint32_t at = static_cast<std::uint32_t>(rng.below(1'000'000)) * 60;
    for (auto left = rng.below(40); left > 0; --left) {
      at += 60 * static_cast<std::uint32_t>(1 + (rng.below(4) == 0 ? rng.below(5) : 0));
      const double value =
          rng.below(3) == 0 ? normal(rng) : static_cast<double>(rng.below(900)) / 8;
      Bucket bucket = one(at, value, rng.below(4) == 0 ? 3 : 1);
      if (rng.below(5) == 0) bucket = {at, 4, value * 3, value, value + 1, true, {}};
      if (rng.below(5) == 0) {
        bucket.merge(one(at, value + 0.1));
        bucket.settle();
      }
      buckets.push_back(std::move(bucket));
    }
    std::string bytes;
    append_series(bytes, buckets);
    const auto read = read_series(bytes);
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), buckets.size());
    for (std::size_t i = 0; i < buckets.size(); ++i) {
      const auto &a = buckets[i], &b = (*read)[i];
      EXPECT_EQ(std::tie(a.at, a.n, a.sum, a.min, a.max, a.hidden, a.values),
                std::tie(b.at, b.n, b.sum, b.min, b.max, b.hidden, b.values));
    }
    for (std::size_t cut = 0; cut < bytes.size(); ++cut)  // whatever is read of it, nothing breaks
      (void)read_series(std::string_view(bytes).substr(0, cut));
  }
}

}  // namespace
}  // namespace seatrial::metrics
