// Runs a fuzz target without a fuzzer: the seeds of tests/fuzz/<target>/, then mutations of them.
//
// The coverage-guided run needs Clang and time (tools/fuzz); this one needs neither and is part of
// every ./test. An input that ends the process is written to ./crash-<target> first.
// Usage: <target> [--rounds N] SEEDS_FOLDER    SEATRIAL_SEED chooses the mutations.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/rng.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using seatrial::Rng;

constexpr std::size_t kMaxInput = 1 << 16;
constexpr std::string_view kBytes =
    "{}[]()<>\"'`\\$@#%&*?!|;:,.=+-~^/ \t\r\n\x01\x7f\xff\xc3\xa9"
    "aA0z9";

const std::string* at_work = nullptr;
std::string crash_file;

extern "C" void save_input(int signal_number) {
  if (FILE* file = std::fopen(crash_file.c_str(), "wb"); file != nullptr && at_work != nullptr) {
    std::fwrite(at_work->data(), 1, at_work->size(), file);
    std::fclose(file);
    std::fprintf(stderr, "\nended by signal %d; the input is in %s\n", signal_number,
                 crash_file.c_str());
  }
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

std::string mutated(std::string text, const std::vector<std::string>& seeds, Rng& rng) {
  for (auto times = 1 + rng.below(6); times > 0; --times) {
    const std::size_t at = text.empty() ? 0 : rng.below(text.size());
    switch (rng.below(6)) {
      case 0:
        text.insert(at, 1, kBytes[rng.below(kBytes.size())]);
        break;
      case 1:
        if (!text.empty()) text[at] = static_cast<char>(rng.next());
        break;
      case 2:
        text.erase(at, 1 + rng.below(8));
        break;
      case 3:
        text.insert(at, text.substr(rng.below(text.size() + 1), rng.below(60)));
        break;
      case 4: {
        const auto& other = seeds[rng.below(seeds.size())];
        text.insert(at, other.substr(rng.below(other.size() + 1), rng.below(60)));
        break;
      }
      default:
        if (!text.empty()) text[at] = kBytes[rng.below(kBytes.size())];
    }
  }
  return text.substr(0, kMaxInput);
}

void run_one(const std::string& input) {
  at_work = &input;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  at_work = nullptr;
}

std::vector<std::string> read_seeds(const std::filesystem::path& folder) {
  std::vector<std::string> seeds;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  std::sort(seeds.begin(), seeds.end());  // a folder has no order of its own
  return seeds;
}

}  // namespace

int main(int argc, char** argv) {
  long rounds = 20'000;
  int argument = 1;
  if (argc > 2 && std::string_view(argv[1]) == "--rounds")
    rounds = std::atol(argv[2]), argument = 3;
  if (argument + 1 != argc || !std::filesystem::is_directory(argv[argument])) {
    std::fprintf(stderr, "usage: %s [--rounds N] SEEDS_FOLDER\n", argv[0]);
    return 2;
  }
  crash_file = "crash-" + std::filesystem::path(argv[0]).filename().string();
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) signal(number, save_input);
  const char* wanted = std::getenv("SEATRIAL_SEED");
  const std::uint64_t seed = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 20261121;
  const auto seeds = read_seeds(argv[argument]);
  if (seeds.empty()) {
    std::fprintf(stderr, "%s has no seeds\n", argv[argument]);
    return 2;
  }
  std::printf("%zu seeds, %ld mutations, SEATRIAL_SEED=%llu\n", seeds.size(), rounds,
              static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  seatrial::SeededRng rng(seed);
  for (const auto& input : seeds) run_one(input);
  for (long round = 0; round < rounds; ++round)
    run_one(mutated(seeds[rng.below(seeds.size())], seeds, rng));
  return 0;
}
