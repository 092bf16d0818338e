#include "logs/run/anomalies.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "logs/run/value.h"

namespace seatrial::logs::run {
namespace {

constexpr std::size_t kLateBin = kAnomalyBins * 3 / 4;  // from which on it is late
// guess: all of these; AWS documents none.
constexpr double kFarDeviations = 6;     // of a bin's count from the median
constexpr std::int64_t kMinBurst = 5;    // events in such a bin
constexpr double kOuterFence = 3;        // interquartile ranges, as Tukey's
constexpr double kErrorsGrow = 3;        // times the share of errors before
constexpr double kMinErrorShare = 0.05;  // of late events
constexpr std::int64_t kMinErrors = 3;
constexpr double kNewPatternScore = 0.6, kNewValueScore = 0.4;
constexpr std::size_t kMaxSampleBytes = 2'048;

// Grows from 0 to 1 as `ratio` grows from 1 on.
double score_of(double ratio) { return ratio <= 1 ? 0 : 1 - 1 / std::sqrt(ratio); }

double middle(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5);
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(at));
  return values[at];
}

// 15 of "15ms", 0.2 of "0.2s"; not of an identifier.
std::optional<double> quantity(std::string_view text) {
  if (const auto plain = parse_number(text)) return plain;
  const auto unit = text.find_first_not_of("0123456789.-+");
  if (unit == std::string_view::npos || unit == 0 || text.size() - unit > 3) return std::nullopt;
  const auto rest = text.substr(unit);
  if (!std::ranges::all_of(rest, [](char c) { return (c >= 'a' && c <= 'z') || c == '%'; }))
    return std::nullopt;
  return parse_number(text.substr(0, unit));
}

bool is_http_error(std::string_view text) {
  return text.size() == 3 && (text[0] == '4' || text[0] == '5') && text[1] >= '0' &&
         text[1] <= '9' && text[2] >= '0' && text[2] <= '9';
}

// Whether a token is a status, by what stands before it: status=500, "code": 500, HTTP/1.1" 500.
bool is_status(const Templates::Cluster& cluster, std::size_t piece) {
  const auto names = [](std::string_view word) {
    std::string lower(word);
    for (auto& c : lower)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return lower.ends_with("status") || lower.ends_with("code") || lower.starts_with("http/");
  };
  if (names(cluster.kinds[piece])) return true;
  return piece >= 2 && names(cluster.pieces[piece - 2]);
}

std::string token_name(const Templates::Cluster& cluster, std::size_t piece) {
  int number = 0;
  for (std::size_t i = 0; i <= piece; ++i)
    if (!cluster.kinds[i].empty()) ++number;
  return fmt::format("<{}-{}>", cluster.kinds[piece], number);
}

}  // namespace

std::size_t Anomalies::bin_of(std::int64_t ms) const {
  const double length = std::max(1.0, static_cast<double>(end_ms_ - start_ms_) + 1);
  const double share = static_cast<double>(ms - start_ms_) / length;
  return static_cast<std::size_t>(
      std::clamp(share * kAnomalyBins, 0.0, static_cast<double>(kAnomalyBins - 1)));
}

void Anomalies::see(std::size_t cluster, std::int64_t ms, std::string_view message,
                    const std::vector<std::string_view>& pieces) {
  if (cluster >= seen_.size()) {
    growth_ += (cluster + 1 - seen_.size()) * sizeof(Seen);
    seen_.resize(cluster + 1);
  }
  auto& seen = seen_[cluster];
  const auto bin = bin_of(ms);
  ++seen.bins[bin];
  ++all_[bin];
  const auto oldest = std::ranges::min_element(seen.samples, {}, &Message::ms);
  if (seen.samples.size() < kAnomalySamples) {
    seen.samples.push_back({ms, std::string(message.substr(0, kMaxSampleBytes))});
    growth_ += sizeof(Message) + seen.samples.back().text.size();
  } else if (ms > oldest->ms) {
    *oldest = {ms, std::string(message.substr(0, kMaxSampleBytes))};
  }
  for (std::size_t i = 1; i < pieces.size(); i += 2) {
    const auto [token, fresh] = seen.tokens.try_emplace(i);
    if (fresh) growth_ += sizeof(*token) + 32;
    note(token->second, pieces[i], bin >= kLateBin);
  }
}

void Anomalies::note(Token& token, std::string_view value, bool late) {
  if (!token.many) {
    auto at = token.values.find(value);
    if (at == token.values.end()) {
      token.many = token.values.size() == kMaxTokenValues;
      if (!token.many) {
        at = token.values.emplace(std::string(value), std::array<std::int64_t, 2>{0, 0}).first;
        growth_ += 96 + value.size();
      }
    }
    if (!token.many) ++at->second[late];
  }
  if (is_http_error(value)) ++token.http_errors[late];
  const auto number = quantity(value);
  if (!number)
    ++token.others[late];
  else if (token.numbers[late].size() < kMaxTokenNumbers) {
    token.numbers[late].push_back(*number);
    growth_ += sizeof *number;
  }
}

std::array<std::int64_t, 2> Anomalies::split(const Seen& seen) {
  const auto late = seen.bins.begin() + kLateBin;
  return {std::accumulate(seen.bins.begin(), late, std::int64_t{0}),
          std::accumulate(late, seen.bins.end(), std::int64_t{0})};
}

void Anomalies::frequency(const Seen& seen, std::vector<Anomaly>& out) const {
  const auto most = std::ranges::max_element(seen.bins);
  if (*most < kMinBurst) return;
  std::vector<double> others, distances;
  for (auto at = seen.bins.begin(); at != seen.bins.end(); ++at)
    if (at != most) others.push_back(static_cast<double>(*at));
  const double usual = middle(others, 0.5);
  for (const double count : others) distances.push_back(std::abs(count - usual));
  // No less than what chance alone does to such a count.
  const double spread = std::max(1.4826 * middle(distances, 0.5), std::sqrt(std::max(usual, 1.0)));
  const double far = (static_cast<double>(*most) - usual) / spread;
  if (far <= kFarDeviations) return;
  out.push_back(
      {fmt::format("Unusual frequency: {} events within {} s, where {} are usual", *most,
                   (end_ms_ - start_ms_ + 1) / 1'000 / static_cast<std::int64_t>(kAnomalyBins),
                   format_number(usual)),
       score_of(far / kFarDeviations * 2)});
}

void Anomalies::fresh(const Seen& seen, std::vector<Anomaly>& out) const {
  const auto first = static_cast<std::size_t>(
      std::ranges::find_if(seen.bins, [](auto n) { return n > 0; }) - seen.bins.begin());
  if (first < kLateBin) return;
  const auto before = std::accumulate(all_.begin(), all_.begin() + kLateBin, std::int64_t{0});
  if (before < kMinBaseline) return;
  out.push_back(
      {fmt::format("New pattern: not seen among the {} events before", before), kNewPatternScore});
}

void Anomalies::values(const Token& token, const std::string& name,
                       std::vector<Anomaly>& out) const {
  if (token.many || token.others[0] + token.others[1] == 0) return;  // all are numbers
  std::int64_t before = 0, known = 0;
  for (const auto& [value, counts] : token.values) {
    before += counts[0];
    known += counts[0] > 0 ? 1 : 0;
  }
  if (before < kMinBaseline || known * 4 > before) return;
  for (const auto& [value, counts] : token.values)
    if (counts[0] == 0)
      out.push_back({fmt::format("Token variation: {} is \"{}\" for the first time in {} events",
                                 name, value, before),
                     kNewValueScore});
}

void Anomalies::numbers(const Token& token, const std::string& name,
                        std::vector<Anomaly>& out) const {
  const auto& [before, late] = token.numbers;
  if (token.others[0] + token.others[1] > 0 || late.empty() ||
      static_cast<std::int64_t>(before.size()) < kMinBaseline)
    return;
  const double low = middle(before, 0.25), high = middle(before, 0.75);
  // A tenth of the value itself where all are alike.
  const double range = std::max(high - low, 0.1 * std::max(std::abs(high), std::abs(low)));
  if (range <= 0) return;
  const auto [least, most] = std::ranges::minmax(late);
  const double over = (most - high) / range, under = (low - least) / range;
  const double far = std::max(over, under);
  if (far <= kOuterFence) return;
  out.push_back({fmt::format("Unusual number: {} is {}, where {} to {} are usual", name,
                             format_number(over >= under ? most : least), format_number(low),
                             format_number(high)),
                 score_of(far / kOuterFence)});
}

void Anomalies::http(const Token& token, const std::string& name, std::vector<Anomaly>& out) const {
  const auto before = static_cast<double>(token.numbers[0].size());
  const auto late = static_cast<double>(token.numbers[1].size());
  const auto [errors_before, errors] = token.http_errors;
  if (before < static_cast<double>(kMinBaseline) || errors < kMinErrors || late == 0) return;
  const double usual = (static_cast<double>(errors_before) + 0.5) / (before + 1);
  const double share = std::min(1.0, static_cast<double>(errors) / late);
  if (share < std::max(kMinErrorShare, kErrorsGrow * usual)) return;
  out.push_back(
      {fmt::format(
           "HTTP errors: {} is an error in {} of {} events, {} % where {} % are "
           "usual",
           name, errors, token.numbers[1].size(), format_number(std::round(1000 * share) / 10),
           format_number(std::round(1000 * static_cast<double>(errors_before) / before) / 10)),
       std::max(0.7, score_of(share / usual))});
}

std::vector<Anomaly> Anomalies::of(std::size_t at, const Templates::Cluster& cluster) const {
  std::vector<Anomaly> out;
  if (at >= seen_.size()) return out;
  const auto& seen = seen_[at];
  fresh(seen, out);
  const bool is_new = !out.empty();
  if (split(seen)[0] >= kMinBaseline) frequency(seen, out);
  for (std::size_t i = 1; i < cluster.kinds.size() && !is_new; i += 2) {
    const auto token = seen.tokens.find(i);
    if (cluster.kinds[i].empty() || cluster.kinds[i] == "Time" || token == seen.tokens.end())
      continue;
    const auto name = token_name(cluster, i);
    const auto found = out.size();
    if (is_status(cluster, i)) http(token->second, name, out);
    if (out.size() == found) values(token->second, name, out);
    if (out.size() == found && !is_status(cluster, i)) numbers(token->second, name, out);
  }
  std::ranges::stable_sort(out, std::greater(), &Anomaly::score);
  return out;
}

std::vector<Anomalies::Message> Anomalies::samples(std::size_t cluster) const {
  auto out = cluster < seen_.size() ? seen_[cluster].samples : std::vector<Message>{};
  std::ranges::sort(out, std::greater(), &Message::ms);
  return out;
}

}  // namespace seatrial::logs::run
