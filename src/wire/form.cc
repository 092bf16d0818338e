#include "wire/form.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/encoding.h"
#include "wire/scalars.h"
#include "wire/text.h"

namespace seatrial::wire {
namespace {

using model::Kind;
using model::Member;
using model::Shape;

std::string_view text_of(const FormNode& node) { return node.text.value_or(std::string_view{}); }

Value structure_from(const FormRules& rules, const Shape& shape, const FormNode& node,
                     Faults& faults);

// In query, a flattened list whose elements are named stands beside its own name, not below it.
const FormNode* find_field(const FormRules& rules, const Member& member, const FormNode& node) {
  if (rules.ec2) {
    if (const auto name = member.query_name(); !name.empty()) return node.child(name);
    const std::string_view given = given_name(member);
    return node.child(upper_first(given.empty() ? member.name() : given));
  }
  if (member.shape().kind() == Kind::kList && member.flattened()) {
    const std::string_view element = given_name(member.shape().element());
    if (!element.empty()) {
      if (const FormNode* found = node.child(element)) return found;
    }
  }
  return node.child(wire_name(member));
}

Value list_from(const FormRules& rules, const Shape& shape, bool flattened, const FormNode& node,
                std::string_view where, Faults& faults) {
  const Member element = shape.element();
  const FormNode* items = &node;
  if (!rules.ec2 && !flattened) {
    const std::string_view given = given_name(element);
    items = node.child(given.empty() ? "member" : given);
    if (items == nullptr && !given.empty()) items = node.child("member");
  }
  Array list;
  if (items == nullptr) {
    if (!node.children.empty())
      faults.add(fmt::format("The list {} has no numbered members.", where));
    return list;
  }
  for (const FormNode* item : items->numbered()) {
    list.push_back(
        form_to_value(rules, element.shape(), element.timestamp_format(), *item, where, faults));
  }
  return list;
}

Value map_from(const FormRules& rules, const Shape& shape, bool flattened, const FormNode& node,
               std::string_view where, Faults& faults) {
  const Member key = shape.key(), value = shape.value();
  const std::string_view key_name = given_name(key).empty() ? "key" : given_name(key);
  const std::string_view value_name = given_name(value).empty() ? "value" : given_name(value);
  const FormNode* entries = flattened ? &node : node.child("entry");
  Object map;
  if (entries == nullptr) return map;
  for (const FormNode* entry : entries->numbered()) {
    const FormNode* name = entry->child(key_name);
    const FormNode* item = entry->child(value_name);
    if (name == nullptr) {
      faults.add(fmt::format("An entry of the map {} has no {}.", where, key_name));
      return nullptr;
    }
    if (!valid_utf8(text_of(*name))) {
      faults.add(fmt::format("A key of the map {} is not valid UTF-8.", where));
      return nullptr;
    }
    const FormNode nothing;
    map[text_of(*name)] = form_to_value(rules, value.shape(), value.timestamp_format(),
                                        item == nullptr ? nothing : *item, where, faults);
  }
  return map;
}

Value structure_from(const FormRules& rules, const Shape& shape, const FormNode& node,
                     Faults& faults) {
  Object out;
  for (std::uint32_t i = 0; i < shape.member_count() && faults.ok(); ++i) {
    const Member member = shape.member(i);
    const FormNode* field = find_field(rules, member, node);
    if (field == nullptr) continue;
    const Shape target = member.shape();
    const std::string_view where = member.name();
    if (target.kind() == Kind::kList) {
      out[member.name()] = list_from(rules, target, member.flattened(), *field, where, faults);
    } else if (target.kind() == Kind::kMap) {
      out[member.name()] = map_from(rules, target, member.flattened(), *field, where, faults);
    } else {
      out[member.name()] =
          form_to_value(rules, target, member.timestamp_format(), *field, where, faults);
    }
  }
  return out;
}

}  // namespace

const FormNode* FormNode::child(std::string_view name) const {
  const auto found = children.find(name);
  return found == children.end() ? nullptr : &found->second;
}

std::vector<const FormNode*> FormNode::numbered() const {
  std::vector<std::pair<std::uint32_t, const FormNode*>> items;
  for (const auto& [name, node] : children) {
    std::uint32_t index = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
    if (error == std::errc{} && end == name.data() + name.size()) items.emplace_back(index, &node);
  }
  std::stable_sort(items.begin(), items.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<const FormNode*> out;
  for (const auto& item : items) out.push_back(item.second);
  return out;
}

FormTree::FormTree(std::string_view form, Faults& faults) {
  std::size_t nodes = 0;
  for (const auto& [raw_name, raw_value] : split_form(form)) {
    const std::string_view name = storage_.emplace_back(percent_decode(raw_name, true));
    const std::string_view value = storage_.emplace_back(percent_decode(raw_value, true));
    FormNode* node = &root_;
    int depth = 0;
    for (const std::string_view part : split(name, '.')) {
      if (++depth > kMaxNesting || ++nodes > kMaxNodes) {
        faults.add("The request has too many or too deeply nested parameters.");
        return;
      }
      node = &node->children[part];
    }
    node->text = value;
  }
}

Value form_to_value(const FormRules& rules, const Shape& shape, model::TimestampFormat format,
                    const FormNode& node, std::string_view where, Faults& faults) {
  switch (shape.kind()) {
    case Kind::kStructure:
    case Kind::kDocument:
      return structure_from(rules, shape, node, faults);
    case Kind::kList:
      return list_from(rules, shape, shape.flattened(), node, where, faults);
    case Kind::kMap:
      return map_from(rules, shape, shape.flattened(), node, where, faults);
    default:
      return scalar_from_text(shape, format, text_of(node), where, faults);
  }
}

}  // namespace seatrial::wire
