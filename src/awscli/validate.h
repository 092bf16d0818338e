// A value's tree against the model's shape: what the CLI's own validation refuses (types, required
// and unknown members, minimal lengths and values) and what the service will (maximal ones,
// patterns, listed values). Gives the value in canonical form (base/value.h). Pure.
#pragma once
#include <string>
#include <string_view>

#include "awscli/values.h"
#include "base/value.h"

namespace seatrial::awscli {

class Validator {
 public:
  explicit Validator(const ValueContext& context) : context_(context) {}

  // One member of the input. `shown` is how messages call it ("--filters"), `option` the option
  // that gave it, without dashes. Null stands for what is unknown or wrong.
  Value member(const model::Member& member, const Node& node, std::string_view shown,
               std::string_view option);

 private:
  void host_label(const Node& node);
  Value value(const model::Shape& shape, const Node& node);
  Value structure(const model::Shape& shape, const Node& node);
  void one_of_union(const model::Shape& shape, const Node& node);
  std::vector<std::string> missing_members(const model::Shape& shape, const Node& node) const;
  void missing_key(const Node& node, const std::string& name);
  void other_keys(const model::Shape& shape, const Node& node);
  void unknown_key(const model::Shape& shape, const Node& node, std::size_t index,
                   const std::vector<std::string>& missing);
  Value list(const model::Shape& shape, const Node& node);
  Value map(const model::Shape& shape, const Node& node);
  void map_key(const model::Shape& shape, const NodeKey& key, std::size_t word);
  Value text(const model::Shape& shape, const Node& node);
  void judge_text(const model::Shape& shape, std::string_view text, const Place& place);
  void judge_listed(const model::Shape& shape, std::string_view text, const Place& place);
  Value blob(const model::Shape& shape, const Node& node);
  Value number(const model::Shape& shape, const Node& node);
  Value boolean(const Node& node);
  Value timestamp(const Node& node);
  Value document(const Node& node);
  void length(const model::Shape& shape, std::size_t size, std::string_view unit,
              const Place& place);
  void most_bytes(const model::Shape& shape, const Node& node);
  void range(const model::Shape& shape, double number, const Node& node);
  Value wrong_type(const Node& node, std::string_view wanted);
  Problem& add(ProblemKind kind, const Place& place, std::string message);
  template <class F>
  Value inside(std::string_view key, F&& judge);

  const ValueContext& context_;
  std::string shown_;  // "--filters[0].Name"
  std::string path_;   // "Filters[0].Name"
  std::string_view option_;
};

}  // namespace seatrial::awscli
