// Any bytes as the words of a call: parts by line breaks, a first byte that picks the version and
// whether words may be unknown. What is reported must stand in the words.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "awscli/parse.h"
#include "base/check.h"

namespace seatrial::awscli {
namespace {

constexpr std::size_t kMaxWords = 64;

void check_places(const ParsedCall& call, const std::vector<Word>& words) {
  for (const auto& problem : call.problems) {
    ST_CHECK(problem.word < words.size(), "a problem's word is one of the call's");
    ST_CHECK(problem.offset <= words[problem.word].text.size(), "a problem's part is in its word");
    ST_CHECK(!problem.message.empty(), "a problem says what it is");
  }
  for (const auto& [path, place] : call.places)
    ST_CHECK(place.word < words.size() && place.offset <= words[place.word].text.size(),
             "a value's place is in its word");
}

}  // namespace
}  // namespace seatrial::awscli

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seatrial::awscli;
  if (size == 0) return 0;
  const Grammar grammar((data[0] & 1) != 0 ? Cli::kV1 : Cli::kV2);
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::vector<Word> words = {{"aws", true, false}};
  while (!text.empty() && words.size() < kMaxWords) {
    const auto end = std::min(text.find('\n'), text.size());
    Word word{std::string(text.substr(0, end))};
    word.known = !word.text.contains(kUnknownMark);
    word.quoted = (data[0] & 2) != 0;
    words.push_back(std::move(word));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  check_places(parse_call(grammar, words, (data[0] & 4) != 0), words);
  return 0;
}
