// Clusters of texts that share a structure: what `pattern` shows.
//
// A text is cut into words and what is between them. Words that look made up for each event (with
// digits in them, addresses, times, long hexadecimal) are tokens at once; texts that agree in most
// of their other words are one cluster, and the words they differ in become tokens, too. That is
// the idea of Drain (He et al., 2017), with the number of pieces and the first word as the bucket.
// AWS's own method is not documented.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace seatrial::logs::run {

class Templates {
 public:
  struct Cluster {
    std::vector<std::string> pieces;  // in turn: what is between, word, between, ...; "" of a token
    std::vector<std::string> kinds;   // of each piece's token: "Time", "IPAddress", "Token", ...
    std::int64_t now = 0, before = 0;
    std::string severity;  // of the first text
  };

  // The number of its cluster. `before`: of the time that `diff` compares with. `pieces`: where to
  // put what the text was cut into.
  std::size_t add(std::string_view text, bool before,
                  std::vector<std::string_view>* pieces = nullptr);
  // How much it has grown since the last call.
  std::size_t take_growth() { return std::exchange(growth_, 0); }
  const std::vector<Cluster>& clusters() const { return clusters_; }

  // "<Time-1> [INFO] user <Token-2>"
  static std::string shown(const Cluster& cluster);
  // "<*> [INFO] user <*>", as the API's anomalies have it.
  static std::string starred(const Cluster& cluster);
  // An expression that finds such texts.
  static std::string regex(const Cluster& cluster);

 private:
  std::size_t cluster_of(const std::vector<std::string_view>& pieces,
                         const std::vector<std::string_view>& kinds);

  std::vector<Cluster> clusters_;
  std::unordered_map<std::string, std::size_t> exact_;  // of a text without its tokens
  std::unordered_map<std::string, std::vector<std::size_t>> buckets_;
  std::size_t growth_ = 0;
};

// The level that a text names: ERROR, WARN, INFO, DEBUG, TRACE, FATAL; else empty.
std::string_view severity_of(std::string_view text);

}  // namespace seatrial::logs::run
