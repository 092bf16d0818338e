// See builder.h. Duplicate keys are refused rather than the last one winning: a template in which
// a resource is written twice would otherwise silently lose one.
#include "decide/template/builder.h"

#include <fmt/format.h>

#include "decide/template/template.h"

namespace seatrial::decide {
namespace {

// "!GetAtt A.B" means ["A", "B"]; every other short form keeps its argument.
Value function_argument(std::string_view function, Value v) {
  if (function != "Fn::GetAtt" || !v.is_string()) return v;
  const std::string_view text = as_view(v.get_string());
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return v;
  return Array{Value(text.substr(0, dot)), Value(text.substr(dot + 1))};
}

Value wrapped(std::string_view function, Value v) {
  if (function.empty()) return v;
  Object call;
  call[function] = function_argument(function, std::move(v));
  return call;
}

}  // namespace

bool TemplateBuilder::begin_object(std::string_view function) { return begin(Object{}, function); }
bool TemplateBuilder::begin_array(std::string_view function) { return begin(Array{}, function); }

bool TemplateBuilder::begin(Value empty, std::string_view function) {
  if (expects_key()) return fail("a key must be a scalar");
  if (open_.size() >= kMaxTemplateNesting)
    return fail(fmt::format("nesting is deeper than {} levels", kMaxTemplateNesting));
  const bool object = empty.is_object();
  open_.push_back({std::move(empty), std::string(function), "", object});
  return true;
}

bool TemplateBuilder::end() {
  Open closed = std::move(open_.back());
  open_.pop_back();
  return place(wrapped(closed.function, std::move(closed.value)));
}

bool TemplateBuilder::scalar(Value v, std::string_view function) {
  return place(wrapped(function, std::move(v)));
}

bool TemplateBuilder::null() {
  return fail(fmt::format("[{}] 'null' values are not allowed in templates", path()));
}

bool TemplateBuilder::key(std::string_view name) {
  Open& top = open_.back();
  if (name == "<<") return fail("hash merges (<<) are not supported");
  if (top.value.get_object().contains(name))
    return fail(fmt::format("duplicate key '{}' in [{}]", name, path()));
  top.key.assign(name);
  top.expects_key = false;
  return true;
}

bool TemplateBuilder::place(Value v) {
  if (++nodes_ > kMaxTemplateNodes)
    return fail(fmt::format("more than {} values", kMaxTemplateNodes));
  if (open_.empty()) {
    if (has_root_) return fail("more than one document");
    root_ = std::move(v);
    has_root_ = true;
    return true;
  }
  Open& top = open_.back();
  if (auto* array = top.value.if_array()) {
    array->push_back(std::move(v));
    return true;
  }
  top.value.get_object()[top.key] = std::move(v);
  top.expects_key = true;
  return true;
}

bool TemplateBuilder::fail(std::string why) {
  if (error_.empty()) error_ = std::move(why);
  return false;
}

std::string TemplateBuilder::path() const {
  std::string text;
  for (const Open& level : open_) {
    if (const auto* array = level.value.if_array())
      text += fmt::format("/{}", array->size());
    else if (!level.expects_key)
      text += "/" + level.key;
  }
  return text.empty() ? "/" : text;
}

}  // namespace seatrial::decide
