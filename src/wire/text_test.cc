// Numbers as text: the short way for a few decimals writes what the general one does.
#include "wire/text.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "base/rng.h"

namespace seatrial::wire {
namespace {

std::string plainly(double number) {
  std::string text = fmt::format("{}", number);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

TEST(Text, NumbersOfFewDecimals) {
  for (const double number : {0.0, -0.0, 1.0, -1.0, 0.001, -0.001, 0.0005, 1.5, 99.99, 0.1 + 0.2,
                              1e12, 999'999'999'999.999, 1e15, 1e16, 1e-7, 123456.789, -42.03}) {
    EXPECT_EQ(format_double(number), plainly(number));
  }
  EXPECT_EQ(format_double(20), "20.0");
  EXPECT_EQ(format_double(0.25), "0.25");
  EXPECT_EQ(format_double(std::numeric_limits<double>::infinity()), "Infinity");
  EXPECT_EQ(format_double(-std::numeric_limits<double>::infinity()), "-Infinity");
  EXPECT_EQ(format_double(std::nan("")), "NaN");
}

TEST(Text, RandomNumbersAsFmtWritesThem) {
  SeededRng random(1);
  for (int i = 0; i < 200'000; ++i) {
    const auto any = std::bit_cast<double>(random.next());
    const auto decimals = std::pow(10, i % 5);
    const auto rounded = std::round(static_cast<double>(random.below(10'000'000'000))) / decimals;
    if (std::isfinite(any)) {
      ASSERT_EQ(format_double(any), plainly(any));
    }
    ASSERT_EQ(format_double(-rounded), plainly(-rounded));
    const auto near = std::nextafter(rounded, 0);  // as close to few decimals as it gets
    ASSERT_EQ(format_double(near), plainly(near));
  }
}

}  // namespace
}  // namespace seatrial::wire
