// The state of one inference, shared by infer.cc (nodes), infer_compare.cc (comparisons) and
// infer_functions.cc (functions).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "jmespath/functions.h"
#include "jmespath/infer.h"

namespace seatrial::jmespath {

class Inferrer {
 public:
  explicit Inferrer(const Expression& expression) : text_(expression.text) {}

  Type visit(const Node& node, const Type& current);
  std::vector<Problem> take_problems() { return std::move(problems_); }

 private:
  // infer.cc
  Type field(const Node& node, const Type& current);
  Type no_field(const Node& node, const Type& current);
  Type no_object(const Node& node, const Type& current);
  Type any_name(const Node& node, const Type& map, Type value);
  Type index(const Node& node, const Type& current);
  Type slice(const Node& node, const Type& current);
  Type chain(const Node& node, const Type& current);
  Type project(const Node& node, const Type& current);
  Type project_values(const Node& node, const Type& current);
  Type filter(const Node& node, const Type& current);
  Type flatten(const Node& node, const Type& current);
  Type select_list(const Node& node, const Type& current);
  Type select_hash(const Node& node, const Type& current);
  Type both(const Node& node, const Type& current);
  Type projected(const Node& node, const Type& element);
  Type unprojected(const Node& node, const Type& current);
  // The elements of what must be a list, any after telling that it is none.
  Type elements(const Node& node, const Type& list, std::string_view what);

  // infer_compare.cc
  Type compare(const Node& node, const Type& current);
  void check_equality(const Node& node, const Type& left, const Type& right);
  void check_order(const Node& node, const Type& left, const Type& right);
  bool check_orderable(const Node& node, const Node& side, const Type& type);
  // The literal against values that are known; `what` says what it is compared to.
  void check_literal(const Node& node, const Node& literal, const Type& other, Claim claim);
  std::string literal_like(const Node& literal, std::string_view value) const;

  // infer_functions.cc
  Type function(const Node& node, const Type& current);
  Type unknown_function(const Node& node, const Type& current);
  std::vector<Type> arguments(const Node& node, const Signature& signature, const Type& current);
  Type reference(const Node& node, const Node& argument, const Signature& signature,
                 const Type& element, const Type& current);
  void check_argument(const Node& node, const Node& argument, const Signature& signature,
                      Accepts accepts, const Type& type);
  void check_key(const Node& node, const Node& body, const Signature& signature, const Type& key);
  void check_search(const Node& node, const Signature& signature, const std::vector<Type>& types);
  Type result(const Signature& signature, const std::vector<Type>& types);
  Type result_of_list(const Signature& signature, const std::vector<Type>& types);

  Problem& problem(ProblemKind kind, const Node& node, Claim claim, Range range,
                   std::string message);
  std::string_view source(Range range) const {
    return std::string_view(text_).substr(range.begin, range.end - range.begin);
  }

  const std::string& text_;
  std::vector<Problem> problems_;
  int projections_ = 0;  // around the node that is visited
  Problem dropped_;      // takes what comes after kMaxProblems
};

// Whether values of the two types can be equal; `nested`: within lists, where true equals 1.
bool can_be_equal(const Type& left, const Type& right, bool nested = false);
// A literal that is not null: the one operand that certainly has a value.
bool is_solid(const Node& node);
bool is_text_literal(const Node& node);

}  // namespace seatrial::jmespath
