// What a command printed against what a document expects: both from anywhere. A text is always as
// expected when it is the expectation itself. Input: the expected text, a line "----", the actual.
#include <cstdint>

#include "base/check.h"
#include "runbook/compare.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seatrial::runbook;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto cut = std::min(text.find("\n----\n"), text.size());
  const auto expected = text.substr(0, cut);
  const auto actual = text.substr(std::min(cut + 6, text.size()));
  const Expectation expectation{.kind = Expectation::Kind::kOutput, .text = std::string(expected)};
  (void)is_comparable(expectation, actual);
  const auto result = compare_output(expectation, actual);
  ST_CHECK(result.met == result.differences.empty(), "met with differences, or failed without");
  ST_CHECK(compare_output(expectation, expected).met, "a text is not as expected by itself");
  return 0;
}
