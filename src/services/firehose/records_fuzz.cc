// Whatever is put into a stream, written as a prefix or answered by an endpoint: nothing crashes,
// and what one part makes another reads. The first byte chooses the part.
#include <cstdint>

#include "base/check.h"
#include "services/firehose/bulk.h"
#include "services/firehose/prefix.h"
#include "services/firehose/processors.h"
#include "wire/body.h"

namespace {

using namespace seatrial;
using namespace seatrial::services::firehose;

void take_prefix(std::string_view text) {
  const Prefixes prefixes{std::string(text), "e/!{firehose:error-output-type}/"};
  SeededRng rng(1);
  const auto at = from_ms(1'796'000'000'000);
  const auto made = data_prefix(prefixes, at, rng);
  ST_CHECK(!prefixes.check() || text.empty() || !made.empty(), "a checked prefix is evaluated");
}

void take_answer(std::string_view text) {
  const auto verdicts = read_answer(text, 2);
  ST_CHECK(verdicts.empty() || verdicts.size() == 2, "a verdict a document");
}

void take_record(std::string_view text) {
  Processing processing;
  processing.decompress = processing.extract_messages = true;
  (void)process(processing, text);
  const auto records = process(processing, wire::gzip(text, 1));
  if (!records) return;
  for (const auto& record : *records) {
    const auto line = json_line(record);
    ST_CHECK(!line || !line->contains('\n'), "a document is one line");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      take_prefix(text);
      break;
    case 1:
      take_answer(text);
      break;
    default:
      take_record(text);
  }
  return 0;
}
