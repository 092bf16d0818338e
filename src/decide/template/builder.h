// Builds the template's value from parser events, whichever parser they come from, and enforces
// the limits on the way: nesting, number of nodes, duplicate keys, null values.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/value.h"

namespace seatrial::decide {

class TemplateBuilder {
 public:
  // Each returns false once something is wrong; error() then says what, without a position.
  bool begin_object(std::string_view function = {});
  bool begin_array(std::string_view function = {});
  bool end();
  bool scalar(Value v, std::string_view function = {});
  bool null();
  const std::string& error() const { return error_; }
  bool has_root() const { return has_root_; }
  Value take() { return std::move(root_); }
  // Next event is a member's name (only scalars may be).
  bool expects_key() const { return !open_.empty() && open_.back().expects_key; }
  bool key(std::string_view name);

 private:
  struct Open {
    Value value;
    std::string function;  // "Fn::Join" when the node wore a short form
    std::string key;
    bool expects_key = false;
  };
  bool begin(Value empty, std::string_view function);
  bool place(Value v);
  bool fail(std::string why);
  std::string path() const;

  std::vector<Open> open_;
  Value root_;
  bool has_root_ = false;
  std::size_t nodes_ = 0;
  std::string error_;
};

}  // namespace seatrial::decide
