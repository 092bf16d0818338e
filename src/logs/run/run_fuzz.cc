// A query and a log, both anything: the first line is the query, each other line an event.
#include "logs/run/memory_source.h"
#include "logs/run/run.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seatrial::logs::run;
  constexpr std::int64_t kNoon = 1'796'040'000'000;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = std::min(text.find('\n'), text.size());
  BuildOptions options{{"us-east-1/app"}, 0, nullptr};
  options.find_groups = [](const auto&) { return std::vector<std::string>{"us-east-1/app"}; };
  options.find_lookup = [csv = std::make_shared<const std::string>("a,b\n1,x\n10.0.0.0/8,y\n")](
                            const auto&) { return LookupSource{{"a", "b"}, csv}; };
  auto program = build(text.substr(0, end), options);
  if (!program) return 0;
  MemorySource source;
  text.remove_prefix(std::min(end + 1, text.size()));
  for (std::int64_t at = kNoon; !text.empty(); at += 700) {
    const auto line = std::min(text.find('\n'), text.size());
    source.add({at, std::string(text.substr(0, line))});
    text.remove_prefix(std::min(line + 1, text.size()));
  }
  Execution run(std::move(*program), source, {"123456789012"}, {0, 2 * kNoon, kNoon});
  run.run();
  return 0;
}
