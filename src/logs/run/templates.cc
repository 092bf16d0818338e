#include "logs/run/templates.h"

#include <algorithm>

#include "logs/run/limits.h"

namespace seatrial::logs::run {
namespace {

constexpr std::size_t kMaxPieces = 512;  // the rest of a text is one token
constexpr double kAlike = 0.6;           // of the words of two texts of one cluster

bool is_template_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) {
  return is_template_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_between(char c) {
  return static_cast<unsigned char>(c) <= ' ' ||
         std::string_view("\"'`,;=()[]{}<>|:").find(c) != std::string_view::npos;
}

// 2026-11-30T19:10:00.123Z, 2026-11-30 19:10:00,123, 19:10:00: its length, else 0.
std::size_t time_at(std::string_view text) {
  const auto shaped = [&](std::string_view shape, std::size_t from) {
    if (text.size() < from + shape.size()) return false;
    for (std::size_t i = 0; i < shape.size(); ++i)
      if (shape[i] == '9' ? !is_template_digit(text[from + i]) : text[from + i] != shape[i])
        return false;
    return true;
  };
  std::size_t at = 0;
  if (shaped("9999-99-99", 0) || shaped("9999/99/99", 0)) {
    at = 10;
    if (text.size() == at || (text[at] != 'T' && text[at] != ' ') || !shaped("99:99", at + 1))
      return at;
    ++at;
  }
  if (!shaped("99:99:99", at)) return at > 0 ? at - 1 : 0;
  at += 8;
  if (at + 1 < text.size() && (text[at] == '.' || text[at] == ',') &&
      is_template_digit(text[at + 1]))
    for (++at; at < text.size() && is_template_digit(text[at]);) ++at;
  if (at < text.size() && text[at] == 'Z') return at + 1;
  if (at < text.size() && (text[at] == '+' || text[at] == '-') && shaped("99:99", at + 1))
    return at + 6;
  if (at < text.size() && (text[at] == '+' || text[at] == '-') && shaped("9999", at + 1))
    return at + 5;
  return at;
}

bool is_address(std::string_view word) {
  int dots = 0;
  for (const char c : word) {
    if (c == '.')
      ++dots;
    else if (!is_template_digit(c))
      return false;
  }
  return dots == 3;
}

// The kind of token that a word is by itself; empty of a plain word.
std::string_view kind_of(std::string_view word) {
  if (is_address(word)) return "IPAddress";
  if (std::ranges::any_of(word, is_template_digit)) return "Token";
  if (word.size() >= 12 && std::ranges::all_of(word, is_hex)) return "Token";
  return "";
}

bool is_name(std::string_view word) {
  return word.size() > 1 && word.size() <= 40 && std::ranges::all_of(word, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' ||
                  c == '.';
         });
}

struct Cut {
  std::vector<std::string_view> pieces, kinds;
};

Cut cut(std::string_view text) {
  Cut out;
  const auto add = [&](std::string_view piece, std::string_view kind) {
    out.pieces.push_back(piece);
    out.kinds.push_back(kind);
  };
  while (!text.empty()) {
    const auto end =
        static_cast<std::size_t>(std::ranges::find_if_not(text, is_between) - text.begin());
    add(text.substr(0, end), "");
    text.remove_prefix(end);
    if (text.empty()) break;
    if (out.pieces.size() >= kMaxPieces) {
      add(text, "Token");
      break;
    }
    if (const auto time = time_at(text)) {
      add(text.substr(0, time), "Time");
      text.remove_prefix(time);
      continue;
    }
    const auto size =
        static_cast<std::size_t>(std::ranges::find_if(text, is_between) - text.begin());
    auto kind = kind_of(text.substr(0, size));
    // The name of a value is what stands before it: ResourceID: 12ab
    const auto n = out.pieces.size();
    if (kind == "Token" && n >= 2 && out.kinds[n - 2].empty() && is_name(out.pieces[n - 2]) &&
        out.pieces[n - 1].find_first_of(":=") != std::string_view::npos)
      kind = out.pieces[n - 2];
    add(text.substr(0, size), kind);
    text.remove_prefix(size);
  }
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\.^$*+?()[]{}|/").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::size_t Templates::add(std::string_view text, bool before,
                           std::vector<std::string_view>* pieces_out) {
  auto [pieces, kinds] = cut(text);
  std::string key;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    key += kinds[i].empty() ? pieces[i] : kinds[i];
    key += kinds[i].empty() ? '\x01' : '\x02';
  }
  auto known = exact_.find(key);
  if (known == exact_.end()) {
    const auto at = cluster_of(pieces, kinds);
    if (clusters_[at].now + clusters_[at].before == 0) clusters_[at].severity = severity_of(text);
    growth_ += 2 * key.size() + 64;
    known = exact_.emplace(std::move(key), at).first;
  }
  ++(before ? clusters_[known->second].before : clusters_[known->second].now);
  if (pieces_out != nullptr) *pieces_out = std::move(pieces);
  return known->second;
}

std::size_t Templates::cluster_of(const std::vector<std::string_view>& pieces,
                                  const std::vector<std::string_view>& kinds) {
  std::string bucket = std::to_string(pieces.size()) + ":";
  if (pieces.size() > 1) bucket += kinds[1].empty() ? pieces[1] : kinds[1];
  auto& candidates = buckets_[bucket];
  std::size_t best = SIZE_MAX;
  double best_share = kAlike;
  for (const auto at : candidates) {
    const auto& cluster = clusters_[at];
    std::size_t same = 0, words = 0;
    bool fits = true;
    for (std::size_t i = 0; i < pieces.size() && fits; ++i) {
      const bool between = i % 2 == 0;
      fits = !between || cluster.pieces[i] == pieces[i];
      if (between || (!cluster.kinds[i].empty() && !kinds[i].empty())) continue;
      ++words;
      if (!cluster.kinds[i].empty() || cluster.pieces[i] == pieces[i]) ++same;
    }
    const double share = words == 0 ? 1.0 : static_cast<double>(same) / static_cast<double>(words);
    if (fits && share >= best_share) best = at, best_share = share;
  }
  if (best == SIZE_MAX && clusters_.size() >= kMaxPatterns) best = clusters_.size() - 1;
  if (best == SIZE_MAX) {
    Cluster made;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      made.pieces.emplace_back(kinds[i].empty() ? pieces[i] : "");
      made.kinds.emplace_back(kinds[i]);
      growth_ += 2 * sizeof(std::string) + pieces[i].size();
    }
    candidates.push_back(clusters_.size());
    clusters_.push_back(std::move(made));
    return clusters_.size() - 1;
  }
  auto& cluster = clusters_[best];
  for (std::size_t i = 1; i < pieces.size() && i < cluster.pieces.size(); i += 2) {
    if (cluster.kinds[i].empty() && (!kinds[i].empty() || cluster.pieces[i] != pieces[i])) {
      cluster.kinds[i] = kinds[i].empty() ? "Token" : kinds[i];
      cluster.pieces[i].clear();
    } else if (!cluster.kinds[i].empty() && !kinds[i].empty() && cluster.kinds[i] != kinds[i]) {
      cluster.kinds[i] = "Token";
    }
  }
  return best;
}

std::string Templates::shown(const Cluster& cluster) {
  std::string out;
  int tokens = 0;
  for (std::size_t i = 0; i < cluster.pieces.size(); ++i)
    out += cluster.kinds[i].empty() ? cluster.pieces[i]
                                    : fmt::format("<{}-{}>", cluster.kinds[i], ++tokens);
  return out;
}

std::string Templates::starred(const Cluster& cluster) {
  std::string out;
  for (std::size_t i = 0; i < cluster.pieces.size(); ++i)
    out += cluster.kinds[i].empty() ? cluster.pieces[i] : "<*>";
  return out;
}

std::string Templates::regex(const Cluster& cluster) {
  std::string out = "^";
  for (std::size_t i = 0; i < cluster.pieces.size(); ++i)
    out += cluster.kinds[i].empty() ? escaped(cluster.pieces[i]) : ".*?";
  return out + "$";
}

std::string_view severity_of(std::string_view text) {
  struct Word {
    std::string_view word, label;
  };
  static constexpr Word kWords[] = {{"FATAL", "FATAL"},  {"CRITICAL", "FATAL"}, {"ERROR", "ERROR"},
                                    {"SEVERE", "ERROR"}, {"WARNING", "WARN"},   {"WARN", "WARN"},
                                    {"INFO", "INFO"},    {"DEBUG", "DEBUG"},    {"TRACE", "TRACE"}};
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
  std::string_view found;
  std::size_t first = text.size();
  for (const auto& [word, label] : kWords) {
    const auto at =
        static_cast<std::size_t>(std::ranges::search(text, word, {}, upper).begin() - text.begin());
    if (at < first) first = at, found = label;
  }
  return found;
}

}  // namespace seatrial::logs::run
