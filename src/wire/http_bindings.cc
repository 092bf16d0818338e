#include "wire/http_bindings.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/encoding.h"
#include "wire/scalars.h"
#include "wire/text.h"
#include "wire/uri.h"

namespace seatrial::wire {
namespace {

using model::Kind;
using model::Location;
using model::Member;
using model::Shape;
using model::TimestampFormat;
using Form = std::vector<std::pair<std::string, std::string>>;

TimestampFormat header_format(const Member& member) {
  const TimestampFormat format = member.timestamp_format();
  return format == TimestampFormat::kDefault ? TimestampFormat::kRfc822 : format;
}

bool header_json(const Member& member) {
  return member.location() == Location::kHeader && member.shape().json_value();
}

Form decoded_form(std::string_view raw) {
  Form form;
  for (const auto& [name, value] : split_form(raw)) {
    form.emplace_back(percent_decode(name, true), percent_decode(value, true));
  }
  return form;
}

// Takes one element off a header list: quoted strings with \" inside, dates with their comma.
std::string take_element(std::string_view& rest, bool dates) {
  rest = trim(rest);
  std::string out;
  bool quoted = rest.starts_with('"');
  if (quoted) rest.remove_prefix(1);
  int commas = dates ? 1 : 0;
  while (!rest.empty()) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (quoted && c == '\\' && !rest.empty()) {
      out.push_back(rest.front());
      rest.remove_prefix(1);
    } else if (quoted && c == '"') {
      quoted = false;
    } else if (!quoted && c == ',' && commas-- == 0) {
      return out;
    } else {
      out.push_back(c);
    }
  }
  return out;
}

Value header_list(const Member& member, std::string_view text, Faults& faults) {
  const Member element = member.shape().element();
  const bool dates = element.shape().kind() == Kind::kTimestamp &&
                     header_format(element) == TimestampFormat::kRfc822;
  Array list;
  while (!trim(text).empty() && list.size() < kMaxNodes) {
    const std::string item = take_element(text, dates);
    list.push_back(scalar_from_text(element.shape(), header_format(element), trim(item),
                                    member.name(), faults));
  }
  return list;
}

void decode_header(const Member& member, const HttpRequest& request, Object& out, Faults& faults) {
  const std::string_view name = wire_name(member);
  if (!request.headers.has(name)) return;
  const std::string_view text = request.headers.get(name);
  if (member.shape().kind() == Kind::kList) {
    out[member.name()] = header_list(member, text, faults);
  } else if (header_json(member)) {
    const auto bytes = base64_decode(trim(text));
    if (!bytes || !valid_utf8(*bytes))
      return faults.add(fmt::format("The header {} is not valid base64.", name));
    out[member.name()] = *bytes;
  } else {
    out[member.name()] =
        scalar_from_text(member.shape(), header_format(member), text, member.name(), faults);
  }
}

void decode_prefix_headers(const Member& member, const HttpRequest& request, Object& out) {
  const std::string_view prefix = member.location_name();
  Object map;
  for (const auto& [name, value] : request.headers.all()) {
    if (name.size() < prefix.size() ||
        !same_ignoring_case(std::string_view(name).substr(0, prefix.size()), prefix))
      continue;
    if (valid_utf8(name) && valid_utf8(value)) map[name.substr(prefix.size())] = value;
  }
  if (!map.empty()) out[member.name()] = std::move(map);
}

// A map takes every parameter that no other member and no literal of the template has claimed.
void decode_query_map(const Member& member, const Route& route, const Form& form, Object& out,
                      Faults& faults) {
  const Shape input = *route.operation.input();
  const auto claimed = [&](std::string_view name) {
    for (const auto& literal : uri_template(route.operation).query_literals()) {
      if (literal.first == name) return true;
    }
    for (std::uint32_t i = 0; i < input.member_count(); ++i) {
      const Member other = input.member(i);
      if (other.location() == Location::kQueryString && other.shape().kind() != Kind::kMap &&
          wire_name(other) == name) {
        return true;
      }
    }
    return false;
  };
  const Member value = member.shape().value();
  Object map;
  for (const auto& [name, text] : form) {
    if (claimed(name) || !valid_utf8(name)) continue;
    if (value.shape().kind() == Kind::kList) {
      Value& list = map[name];
      if (!list.is_array()) list = Array{};
      list.get_array().push_back(scalar_from_text(value.shape().element().shape(),
                                                  TimestampFormat::kDefault, text, name, faults));
    } else {
      map[name] = scalar_from_text(value.shape(), value.timestamp_format(), text, name, faults);
    }
  }
  if (!map.empty()) out[member.name()] = std::move(map);
}

void decode_query(const Member& member, const Form& form, Object& out, Faults& faults) {
  const std::string_view name = wire_name(member);
  for (const auto& [key, text] : form) {
    if (key != name) continue;
    if (member.shape().kind() != Kind::kList) {
      out[member.name()] =
          scalar_from_text(member.shape(), member.timestamp_format(), text, name, faults);
      return;
    }
    Value& list = out[member.name()];
    if (!list.is_array()) list = Array{};
    const Member element = member.shape().element();
    list.get_array().push_back(
        scalar_from_text(element.shape(), element.timestamp_format(), text, name, faults));
  }
}

void decode_label(const Member& member, const Labels& labels, Object& out, Faults& faults) {
  const std::string_view name = wire_name(member);
  for (const auto& [label, text] : labels) {
    if (label != name) continue;
    out[member.name()] = scalar_from_text(member.shape(), member.timestamp_format(),
                                          percent_decode(text), name, faults);
  }
}

std::string header_text(const Member& member, const Shape& shape, const Value& value) {
  if (shape.kind() == Kind::kList) {
    ST_CHECK(value.is_array(), "canonical list expected");
    std::string out;
    for (const Value& item : value.get_array()) {
      const std::string text = header_text(shape.element(), shape.element().shape(), item);
      if (!out.empty()) out += ",";
      const bool quote = shape.element().shape().kind() == Kind::kString &&
                         text.find_first_of(",\"") != std::string::npos;
      if (!quote) {
        out += text;
        continue;
      }
      out += '"';
      for (const char c : text) out += c == '"' ? std::string("\\\"") : std::string(1, c);
      out += '"';
    }
    return out;
  }
  if (header_json(member)) return base64_encode(string_of(value));
  std::string text = scalar_to_text(shape, header_format(member), value);
  // A line break in a header would let a value forge further headers.
  for (char& c : text) {
    if (c == '\r' || c == '\n' || c == '\0') c = ' ';
  }
  return text;
}

}  // namespace

void decode_bindings(const Route& route, const HttpRequest& request, Object& out, Faults& faults) {
  const auto input = route.operation.input();
  if (!input) return;
  std::optional<Labels> labels;
  std::optional<Form> form;
  for (std::uint32_t i = 0; i < input->member_count(); ++i) {
    const Member member = input->member(i);
    switch (member.location()) {
      case Location::kUri:
        if (!labels) uri_template(route.operation).match(request.raw_path(), &labels.emplace());
        decode_label(member, *labels, out, faults);
        break;
      case Location::kQueryString:
        if (!form) form = decoded_form(request.raw_query());
        if (member.shape().kind() == Kind::kMap)
          decode_query_map(member, route, *form, out, faults);
        else
          decode_query(member, *form, out, faults);
        break;
      case Location::kHeader:
        decode_header(member, request, out, faults);
        break;
      case Location::kHeaders:
        decode_prefix_headers(member, request, out);
        break;
      case Location::kBody:
      case Location::kStatusCode:
        break;
    }
  }
}

void encode_bindings(const Shape& shape, const Object& value, HttpResponse& response) {
  for (std::uint32_t i = 0; i < shape.member_count(); ++i) {
    const Member member = shape.member(i);
    const Location location = member.location();
    if (location == Location::kBody) continue;
    const Value* given = value.if_contains(member.name());
    if (given == nullptr || given->is_null()) continue;
    if (location == Location::kStatusCode) {
      response.status = static_cast<int>(integer_of(*given));
    } else if (location == Location::kHeaders) {
      ST_CHECK(given->is_object(), "canonical map expected");
      for (const auto& [key, item] : given->get_object()) {
        response.headers.set(
            std::string(member.location_name()) + std::string(key),
            header_text(member.shape().value(), member.shape().value().shape(), item));
      }
    } else if (location == Location::kHeader) {
      response.headers.set(wire_name(member), header_text(member, member.shape(), *given));
    }
  }
}

std::optional<Member> payload_member(const Shape& shape) {
  const std::string_view name = shape.payload();
  return name.empty() ? std::nullopt : shape.find(name);
}

bool raw_payload(const Member& payload) {
  return payload.shape().kind() == Kind::kBlob || payload.shape().kind() == Kind::kString;
}

void decode_raw_payload(const Member& payload, std::string_view body, Object& out, Faults& faults) {
  if (payload.shape().kind() == Kind::kString && !valid_utf8(body)) {
    return faults.add(fmt::format("The payload {} is not valid UTF-8.", payload.name()));
  }
  if (!body.empty()) out[payload.name()] = Value(body);
}

void encode_raw_payload(const Member& payload, const Object& value, HttpResponse& response) {
  const Value* given = value.if_contains(payload.name());
  if (given == nullptr || given->is_null()) return;
  response.body = string_of(*given);
  if (response.headers.has("Content-Type")) return;
  const bool text = payload.shape().kind() == Kind::kString;
  response.headers.set("Content-Type", text ? "text/plain" : "application/octet-stream");
}

}  // namespace seatrial::wire
