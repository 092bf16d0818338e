// What is unusual about the patterns of some logs: what `anomaly` adds to `pattern`.
//
// Problem: AWS's command rests on models it trains, and documents the five kinds it finds, not how.
// Choice: the period of the query is its own baseline. Its last quarter is compared with what was
// before, by tests that need nothing trained: how often (the median of bins of time and its
// deviation), a pattern or a value that is new, numbers beyond Tukey's outer fences, the share of
// HTTP errors. With less than kMinBaseline events before, nothing is called unusual. Rejected: a
// random score that looks like a model's.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "logs/run/templates.h"

namespace seatrial::logs::run {

inline constexpr std::size_t kAnomalyBins = 24;         // of the query's period
inline constexpr std::int64_t kMinBaseline = 20;        // events before anything is unusual
inline constexpr std::size_t kMaxTokenValues = 16;      // more: an identifier
inline constexpr std::size_t kMaxTokenNumbers = 2'000;  // of a token, before and after each
inline constexpr std::size_t kAnomalySamples = 3;       // messages that are kept of a pattern

struct Anomaly {
  std::string description;
  double score = 0;  // of 1
};

class Anomalies {
 public:
  Anomalies(std::int64_t start_ms, std::int64_t end_ms) : start_ms_(start_ms), end_ms_(end_ms) {}

  // A message of a cluster, cut as Templates cuts it.
  void see(std::size_t cluster, std::int64_t ms, std::string_view message,
           const std::vector<std::string_view>& pieces);
  // The most unusual first; none: nothing is.
  std::vector<Anomaly> of(std::size_t at, const Templates::Cluster& cluster) const;

  struct Message {
    std::int64_t ms = 0;
    std::string text;
  };
  // The latest messages of a cluster.
  std::vector<Message> samples(std::size_t cluster) const;
  std::size_t take_growth() { return std::exchange(growth_, 0); }

 private:
  struct Token {
    std::map<std::string, std::array<std::int64_t, 2>, std::less<>> values;  // before, late
    bool many = false;  // more values than are kept
    std::array<std::vector<double>, 2> numbers;
    std::array<std::int64_t, 2> others{0, 0};  // that are no numbers
    std::array<std::int64_t, 2> http_errors{0, 0};
  };
  struct Seen {
    std::array<std::int64_t, kAnomalyBins> bins{};
    std::vector<Message> samples;
    std::unordered_map<std::size_t, Token> tokens;  // by the number of the piece
  };
  std::size_t bin_of(std::int64_t ms) const;
  void note(Token& token, std::string_view value, bool late);
  void frequency(const Seen& seen, std::vector<Anomaly>& out) const;
  void fresh(const Seen& seen, std::vector<Anomaly>& out) const;
  void values(const Token& token, const std::string& name, std::vector<Anomaly>& out) const;
  void numbers(const Token& token, const std::string& name, std::vector<Anomaly>& out) const;
  void http(const Token& token, const std::string& name, std::vector<Anomaly>& out) const;
  static std::array<std::int64_t, 2> split(const Seen& seen);

  std::int64_t start_ms_, end_ms_;
  std::vector<Seen> seen_;  // by cluster
  std::array<std::int64_t, kAnomalyBins> all_{};
  std::size_t growth_ = 0;
};

}  // namespace seatrial::logs::run
