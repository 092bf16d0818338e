// Each REST service's operations are compiled once, at first use, into buckets by method and first
// literal segment. A trie was rejected: a bucket rarely holds twenty templates, and greedy labels
// with suffixes would make it backtrack.
#include "wire/uri.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "base/encoding.h"
#include "wire/shapes.h"
#include "wire/text.h"

namespace seatrial::wire {
namespace {

struct Entry {
  model::Operation operation;
  std::unique_ptr<UriTemplate> uri;
};

struct RestTable {
  std::vector<Entry> entries;
  std::map<std::string, std::vector<std::size_t>, std::less<>> buckets;  // "GET /first", "GET *"
  std::unordered_map<std::uint32_t, const UriTemplate*> by_operation;
};

std::unique_ptr<RestTable> compile(model::Service service) {
  auto table = std::make_unique<RestTable>();
  for (std::uint32_t i = 0; i < service.operation_count(); ++i) {
    const model::Operation operation = service.operation(i);
    auto uri = std::make_unique<UriTemplate>(operation.request_uri());
    const auto first = uri->first_literal();
    const std::string key =
        std::string(operation.method()) + (first.empty() ? " *" : " /" + std::string(first));
    table->buckets[key].push_back(table->entries.size());
    table->by_operation[operation.id()] = uri.get();
    table->entries.push_back({operation, std::move(uri)});
  }
  return table;
}

const RestTable& table_of(model::Service service) {
  static std::shared_mutex mutex;
  static auto& tables = *new std::unordered_map<std::uint32_t, std::unique_ptr<RestTable>>;
  {
    const std::shared_lock lock(mutex);
    if (const auto found = tables.find(service.id()); found != tables.end()) return *found->second;
  }
  auto table = compile(service);
  const std::unique_lock lock(mutex);
  return *tables.try_emplace(service.id(), std::move(table)).first->second;
}

bool has_parameter(std::string_view raw_query, std::string_view name) {
  for (const auto& [key, value] : split_form(raw_query)) {
    if (key == name || percent_decode(key) == name) return true;
  }
  return false;
}

void count_bound(const HttpRequest& request, RestMatch& match) {
  const auto input = match.operation.input();
  if (!input) return;
  for (std::uint32_t i = 0; i < input->member_count(); ++i) {
    const model::Member member = input->member(i);
    if (!member.required()) continue;
    const model::Location location = member.location();
    if (location != model::Location::kHeader && location != model::Location::kQueryString) continue;
    const bool present = location == model::Location::kHeader
                             ? request.headers.has(wire_name(member))
                             : has_parameter(request.raw_query(), wire_name(member));
    ++(present ? match.present_bound : match.missing_bound);
  }
}

std::vector<std::string_view> path_segments(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.empty()) return {};
  return split(path, '/');
}

}  // namespace

UriTemplate::UriTemplate(std::string_view request_uri) {
  const auto mark = request_uri.find('?');
  for (const std::string_view part : path_segments(request_uri.substr(0, mark))) {
    Segment segment{part, '2'};
    if (part.starts_with('{') && part.ends_with("+}")) {
      segment = {part.substr(1, part.size() - 3), '0'};
    } else if (part.starts_with('{') && part.ends_with('}')) {
      segment = {part.substr(1, part.size() - 2), '1'};
    }
    segments_.push_back(segment);
  }
  if (!segments_.empty() && segments_.back().text.empty()) segments_.pop_back();
  for (const Segment& segment : segments_) rank_.push_back(segment.kind);
  if (mark == std::string_view::npos) return;
  for (const auto& literal : split_form(request_uri.substr(mark + 1))) {
    if (literal.first != "x-id") literals_.push_back(literal);
  }
}

std::string_view UriTemplate::first_literal() const {
  return segments_.empty() || segments_[0].kind != '2' ? std::string_view{} : segments_[0].text;
}

bool UriTemplate::match_one(const Segment& segment, std::string_view text, Labels* labels) const {
  if (segment.kind == '2') return segment.text == text || segment.text == percent_decode(text);
  if (text.empty()) return false;
  if (labels != nullptr) labels->emplace_back(segment.text, text);
  return true;
}

bool UriTemplate::match_greedy(std::span<const std::string_view> path, std::size_t greedy,
                               Labels* labels) const {
  const std::size_t after = segments_.size() - greedy - 1;
  if (path.size() < greedy + after + 1) return false;
  for (std::size_t i = 0; i < greedy; ++i) {
    if (!match_one(segments_[i], path[i], labels)) return false;
  }
  for (std::size_t i = 0; i < after; ++i) {
    if (!match_one(segments_[greedy + 1 + i], path[path.size() - after + i], labels)) return false;
  }
  const std::string_view first = path[greedy], last = path[path.size() - after - 1];
  const std::string_view text(first.data(),
                              static_cast<std::size_t>(last.data() + last.size() - first.data()));
  return match_one(segments_[greedy], text, labels);
}

bool UriTemplate::match(std::string_view raw_path, Labels* labels) const {
  std::vector<std::string_view> path = path_segments(raw_path);
  if (labels != nullptr) labels->clear();
  if (const auto greedy = rank_.find('0'); greedy != std::string::npos) {
    return match_greedy(path, greedy, labels);
  }
  if (!path.empty() && path.back().empty()) path.pop_back();
  if (path.size() != segments_.size()) return false;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (!match_one(segments_[i], path[i], labels)) return false;
  }
  return true;
}

bool UriTemplate::query_matches(std::string_view raw_query) const {
  if (literals_.empty()) return true;
  const auto given = split_form(raw_query);
  for (const auto& [name, value] : literals_) {
    const bool found = std::any_of(given.begin(), given.end(), [&](const auto& pair) {
      return pair.first == name && (value.empty() || percent_decode(pair.second) == value);
    });
    if (!found) return false;
  }
  return true;
}

bool better(const RestMatch& a, const RestMatch& b) {
  if (a.uri->rank() != b.uri->rank()) return a.uri->rank() > b.uri->rank();
  if (a.uri->literal_count() != b.uri->literal_count()) {
    return a.uri->literal_count() > b.uri->literal_count();
  }
  if (a.missing_bound != b.missing_bound) return a.missing_bound < b.missing_bound;
  if (a.present_bound != b.present_bound) return a.present_bound > b.present_bound;
  return b.operation.deprecated() && !a.operation.deprecated();
}

std::optional<RestMatch> match_rest(model::Service service, const HttpRequest& request) {
  const RestTable& table = table_of(service);
  const std::string_view path = request.raw_path();
  const auto segments = path_segments(path);
  std::optional<RestMatch> best;
  const auto consider = [&](const std::string& key) {
    const auto bucket = table.buckets.find(key);
    if (bucket == table.buckets.end()) return;
    for (const std::size_t index : bucket->second) {
      const Entry& entry = table.entries[index];
      if (!entry.uri->match(path, nullptr) || !entry.uri->query_matches(request.raw_query()))
        continue;
      RestMatch match{entry.operation, entry.uri.get(), 0, 0};
      count_bound(request, match);
      if (!best || better(match, *best)) best = match;
    }
  };
  if (!segments.empty()) consider(request.method + " /" + percent_decode(segments[0]));
  consider(request.method + " *");
  return best;
}

const UriTemplate& uri_template(model::Operation operation) {
  return *table_of(operation.service()).by_operation.at(operation.id());
}

}  // namespace seatrial::wire
