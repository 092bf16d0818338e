// Form parameters as the tree their dotted names mean: "Tags.member.1.Key=x".
#pragma once
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/value.h"
#include "wire/shapes.h"

namespace seatrial::wire {

struct FormNode {
  std::optional<std::string_view> text;
  std::map<std::string_view, FormNode> children;

  const FormNode* child(std::string_view name) const;
  // The children named 1, 2, 3, ... in numeric order (gaps allowed).
  std::vector<const FormNode*> numbered() const;
};

// Owns the decoded text the nodes view.
class FormTree {
 public:
  // Faults on nesting or a number of parameters over the limits.
  FormTree(std::string_view form, Faults& faults);
  const FormNode& root() const { return root_; }

 private:
  std::deque<std::string> storage_;
  FormNode root_;
};

// The rules in which query and ec2 differ.
struct FormRules {
  bool ec2;
};

Value form_to_value(const FormRules& rules, const model::Shape& shape,
                    model::TimestampFormat format, const FormNode& node, std::string_view where,
                    Faults& faults);

}  // namespace seatrial::wire
