// XML by shape: responses of query, ec2 and rest-xml, requests of rest-xml.
#pragma once
#include <string>
#include <string_view>

#include "base/value.h"
#include "wire/shapes.h"
#include "wire/xml.h"

namespace seatrial::wire {

// The members of a structure as child elements, without the structure's own element. A member the
// shape does not have is a BUG. `millis` writes .000Z as EC2 does.
void append_xml_members(const model::Shape& shape, const Object& value, std::string& out,
                        bool body_only = false, bool millis = false);
// A named value with its element, namespace and attributes.
void append_xml_value(const model::Member& member, std::string_view name, const Value& value,
                      std::string& out, bool millis = false);

Value xml_to_value(const model::Shape& shape, model::TimestampFormat format,
                   const XmlElement& element, Faults& faults, bool body_only = false);

}  // namespace seatrial::wire
