#include "services/ecs/store.h"

#include <charconv>

namespace seatrial::services::ecs {

DefinitionName parse_definition_name(std::string_view text) {
  DefinitionName name;
  if (const auto arn = parse_arn(text)) {
    name.region = arn->region;
    text.remove_prefix(text.rfind('/') == std::string_view::npos ? 0 : text.rfind('/') + 1);
  }
  const auto colon = text.find(':');
  name.family = std::string(text.substr(0, colon));
  if (colon == std::string_view::npos) return name;
  name.revision_text = std::string(text.substr(colon + 1));
  const char* end = name.revision_text.data() + name.revision_text.size();
  const auto [rest, error] = std::from_chars(name.revision_text.data(), end, name.revision);
  if (error != std::errc{} || rest != end || name.revision <= 0) name.revision = -1;
  return name;
}

const TaskDefinitionRecord* State::definition_of_arn(std::string_view arn) const {
  const DefinitionName name = parse_definition_name(arn);
  return definitions.find(definition_key(name.region, name.family, name.revision));
}

}  // namespace seatrial::services::ecs
