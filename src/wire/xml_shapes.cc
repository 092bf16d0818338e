#include "wire/xml_shapes.h"

#include <fmt/format.h>

#include "base/check.h"
#include "wire/scalars.h"
#include "wire/text.h"

namespace seatrial::wire {
namespace {

using model::Kind;
using model::Location;
using model::Member;
using model::Shape;

std::string_view name_or(const Member& member, std::string_view fallback) {
  const std::string_view given = given_name(member);
  return given.empty() ? fallback : given;
}

// " xmlns:xsi=\"...\" xsi:type=\"...\"" of the element for `value`.
std::string attributes_of(const Member& member, const Value& value) {
  std::string out;
  const Shape shape = member.shape();
  const auto uri = member.xml_namespace().empty() ? shape.xml_namespace() : member.xml_namespace();
  if (!uri.empty()) {
    const auto prefix = member.xml_prefix();
    out += fmt::format(" xmlns{}{}=\"", prefix.empty() ? "" : ":", prefix);
    append_xml_text(uri, out);
    out += '"';
  }
  if (shape.kind() != Kind::kStructure || !value.is_object()) return out;
  for (std::uint32_t i = 0; i < shape.member_count(); ++i) {
    const Member attribute = shape.member(i);
    const Value* given = value.get_object().if_contains(attribute.name());
    if (!attribute.xml_attribute() || given == nullptr || given->is_null()) continue;
    out += fmt::format(" {}=\"", wire_name(attribute));
    append_xml_text(scalar_to_text(attribute.shape(), attribute.timestamp_format(), *given), out);
    out += '"';
  }
  return out;
}

bool has_attributes(const Member& member, const Shape& shape) {
  return shape.kind() == Kind::kStructure || !member.xml_namespace().empty() ||
         !shape.xml_namespace().empty();
}

void append_scalar(const Member& member, const Shape& shape, const Value& value, std::string& out,
                   bool millis) {
  if (shape.kind() == Kind::kDouble || shape.kind() == Kind::kFloat)
    append_double(number_of(value), out);
  else if (shape.kind() == Kind::kString)
    append_xml_text(string_of(value), out);
  else
    append_xml_text(scalar_to_text(shape, member.timestamp_format(), value, millis), out);
}

void append_items(const Member& element, const Array& items, std::string& out, bool millis) {
  const std::string_view name = name_or(element, "member");
  for (const Value& item : items) append_xml_value(element, name, item, out, millis);
}

void append_entries(const Shape& shape, std::string_view entry_name, const Object& map,
                    std::string& out, bool millis) {
  const Member key = shape.key(), value = shape.value();
  for (const auto& [name, item] : map) {
    out += fmt::format("<{}>", entry_name);
    append_xml_element(name_or(key, "key"), {name.data(), name.size()}, out);
    append_xml_value(value, name_or(value, "value"), item, out, millis);
    out += fmt::format("</{}>", entry_name);
  }
}

// Flattened lists and maps repeat the element itself; they have none around them.
void append_member(const Member& member, const Value& value, std::string& out, bool millis) {
  const Shape shape = member.shape();
  if (member.flattened() && shape.kind() == Kind::kList) {
    ST_CHECK(value.is_array(), fmt::format("canonical {} expected", shape.name()));
    const std::string_view name = name_or(shape.element(), wire_name(member));
    for (const Value& item : value.get_array())
      append_xml_value(shape.element(), name, item, out, millis);
  } else if (member.flattened() && shape.kind() == Kind::kMap) {
    ST_CHECK(value.is_object(), fmt::format("canonical {} expected", shape.name()));
    append_entries(shape, wire_name(member), value.get_object(), out, millis);
  } else {
    append_xml_value(member, wire_name(member), value, out, millis);
  }
}

Value list_from(const Shape& shape, const XmlElement& element, Faults& faults) {
  Array list;
  const Member item = shape.element();
  for (const XmlElement& child : element.children) {
    list.push_back(xml_to_value(item.shape(), item.timestamp_format(), child, faults));
  }
  return list;
}

void add_entry(const Shape& shape, const XmlElement& entry, Object& map, Faults& faults) {
  const Member key = shape.key(), value = shape.value();
  const XmlElement* name = entry.child(name_or(key, "key"));
  const XmlElement* item = entry.child(name_or(value, "value"));
  if (name == nullptr || item == nullptr)
    return faults.add("An entry of a map lacks its key or value.");
  map[name->text] = xml_to_value(value.shape(), value.timestamp_format(), *item, faults);
}

void flattened_from(const Member& member, const XmlElement& parent, Object& out, Faults& faults) {
  const Shape shape = member.shape();
  const bool list = shape.kind() == Kind::kList;
  const std::string_view own = wire_name(member);
  const std::string_view other = list ? name_or(shape.element(), own) : own;
  Array items;
  Object entries;
  bool any = false;
  for (const XmlElement& child : parent.children) {
    if (child.name != own && child.name != other) continue;
    any = true;
    if (list) {
      items.push_back(
          xml_to_value(shape.element().shape(), shape.element().timestamp_format(), child, faults));
    } else {
      add_entry(shape, child, entries, faults);
    }
  }
  if (!any) return;
  if (list)
    out[member.name()] = std::move(items);
  else
    out[member.name()] = std::move(entries);
}

Value structure_from(const Shape& shape, const XmlElement& element, Faults& faults,
                     bool body_only) {
  Object out;
  for (std::uint32_t i = 0; i < shape.member_count(); ++i) {
    const Member member = shape.member(i);
    if (body_only && member.location() != Location::kBody) continue;
    const Shape target = member.shape();
    if (member.xml_attribute()) {
      for (const auto& [name, text] : element.attributes) {
        if (name == wire_name(member)) {
          out[member.name()] =
              scalar_from_text(target, member.timestamp_format(), text, name, faults);
        }
      }
    } else if (member.flattened() &&
               (target.kind() == Kind::kList || target.kind() == Kind::kMap)) {
      flattened_from(member, element, out, faults);
    } else if (const XmlElement* child = element.child(wire_name(member))) {
      out[member.name()] = xml_to_value(target, member.timestamp_format(), *child, faults);
    }
  }
  return out;
}

}  // namespace

void append_xml_members(const Shape& shape, const Object& value, std::string& out, bool body_only,
                        bool millis) {
  std::size_t known = 0;
  for (std::uint32_t i = 0; i < shape.member_count(); ++i) {
    const Member member = shape.member(i);
    const Value* given = value.if_contains(member.name());
    if (given == nullptr) continue;
    ++known;
    if (given->is_null() || member.xml_attribute()) continue;
    if (body_only && member.location() != Location::kBody) continue;
    append_member(member, *given, out, millis);
  }
  ST_CHECK(known == value.size(), fmt::format("a member that {} does not have", shape.name()));
}

void append_xml_value(const Member& member, std::string_view name, const Value& value,
                      std::string& out, bool millis) {
  const Shape shape = member.shape();
  if (has_attributes(member, shape))
    append_xml_tag("<", fmt::format("{}{}", name, attributes_of(member, value)), out);
  else
    append_xml_tag("<", name, out);
  switch (shape.kind()) {
    case Kind::kStructure:
    case Kind::kDocument:
      ST_CHECK(value.is_object(), fmt::format("canonical {} expected", shape.name()));
      append_xml_members(shape, value.get_object(), out, false, millis);
      break;
    case Kind::kList:
      ST_CHECK(value.is_array(), fmt::format("canonical {} expected", shape.name()));
      append_items(shape.element(), value.get_array(), out, millis);
      break;
    case Kind::kMap:
      ST_CHECK(value.is_object(), fmt::format("canonical {} expected", shape.name()));
      append_entries(shape, "entry", value.get_object(), out, millis);
      break;
    default:
      append_scalar(member, shape, value, out, millis);
  }
  append_xml_tag("</", name, out);
}

Value xml_to_value(const Shape& shape, model::TimestampFormat format, const XmlElement& element,
                   Faults& faults, bool body_only) {
  switch (shape.kind()) {
    case Kind::kStructure:
    case Kind::kDocument:
      return structure_from(shape, element, faults, body_only);
    case Kind::kList:
      return list_from(shape, element, faults);
    case Kind::kMap: {
      Object map;
      for (const XmlElement& entry : element.children) add_entry(shape, entry, map, faults);
      return map;
    }
    default:
      return scalar_from_text(shape, format, element.text, element.name, faults);
  }
}

}  // namespace seatrial::wire
