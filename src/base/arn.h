// Amazon Resource Names: arn:partition:service:region:account:resource.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace seatrial {

struct Arn {
  std::string partition = "aws";
  std::string service;
  std::string region;
  std::string account;
  std::string resource;  // everything after the fifth colon, e.g. "cluster/web"

  std::string text() const;
  // The part after the first '/' or ':' of the resource ("cluster/web" -> "web").
  std::string_view resource_name() const;
};

std::optional<Arn> parse_arn(std::string_view text);  // empty when it is not an ARN

}  // namespace seatrial
