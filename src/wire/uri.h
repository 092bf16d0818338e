// REST operations by method and URI: templates such as "/{Bucket}/{Key+}?list-type=2".
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/pack.h"
#include "wire/message.h"

namespace seatrial::wire {

using Labels = std::vector<std::pair<std::string_view, std::string_view>>;  // name, still encoded

class UriTemplate {
 public:
  explicit UriTemplate(std::string_view request_uri);  // viewed, not copied

  // Whether the raw path fits; the label values view it.
  bool match(std::string_view raw_path, Labels* labels) const;
  bool query_matches(std::string_view raw_query) const;
  // Greater is more specific: per segment literal > label > greedy label.
  const std::string& rank() const { return rank_; }
  std::size_t literal_count() const { return literals_.size(); }
  const Labels& query_literals() const { return literals_; }
  // The first segment when it is literal, else empty.
  std::string_view first_literal() const;

 private:
  struct Segment {
    std::string_view text;  // the literal, or the label's name
    char kind;              // '2' literal, '1' label, '0' greedy label
  };
  bool match_greedy(std::span<const std::string_view> path, std::size_t greedy,
                    Labels* labels) const;
  bool match_one(const Segment& segment, std::string_view text, Labels* labels) const;

  std::vector<Segment> segments_;
  Labels literals_;
  std::string rank_;
};

struct RestMatch {
  model::Operation operation;
  const UriTemplate* uri;
  int missing_bound;  // required header and query members the request does not have
  int present_bound;  // those it has
};

// The best operation of this service for the request. Builds the service's table at first use.
std::optional<RestMatch> match_rest(model::Service service, const HttpRequest& request);
bool better(const RestMatch& a, const RestMatch& b);
// The operation's compiled template; lives as long as the program. Any thread.
const UriTemplate& uri_template(model::Operation operation);

}  // namespace seatrial::wire
