// See property_map.h. The messages are those of CloudFormation's own property validation.
#include "services/cloudformation/property_map.h"

#include "model/pack.h"

namespace seatrial::services::cloudformation {
namespace {

using model::Kind;
using model::Shape;

std::string_view name_of(const boost::json::key_value_pair& member) {
  return {member.key().data(), member.key().size()};
}

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](unsigned char x, unsigned char y) {
           return std::tolower(x) == std::tolower(y);
         });
}

std::optional<model::Member> find_member_of(const Shape& shape, std::string_view name) {
  if (auto exact = shape.find(name)) return exact;
  for (std::uint32_t i = 0; i < shape.member_count(); ++i)
    if (same_name(shape.member(i).name(), name)) return shape.member(i);
  return std::nullopt;
}

std::string_view kind_of(const Value& v) {
  if (v.is_object()) return "JSONObject";
  if (v.is_array()) return "JSONArray";
  if (v.is_string()) return "String";
  return v.is_bool() ? "Boolean" : "Number";
}

std::unexpected<Failure> wrong_type(const std::string& path, std::string_view expected,
                                    const Value& found) {
  return refuse("InvalidRequest",
                fmt::format("Properties validation failed with message: #{}: expected type: {}, "
                            "found: {}",
                            path, expected, kind_of(found)));
}

bool is_document(std::string_view member) {
  return member.ends_with("olicyDocument") || member == "Policy" || member == "PolicyText";
}

Attempt<Value> convert(const Shape& shape, std::string_view member, const Value& v,
                       const std::string& path);

Attempt<Value> convert_structure(const Shape& shape, const Value& v, const std::string& path) {
  if (!v.is_object()) return wrong_type(path, "JSONObject", v);
  Object out;
  for (const auto& member : v.get_object()) {
    const auto target = find_member_of(shape, name_of(member));
    if (!target)
      return refuse("InvalidRequest",
                    fmt::format("Properties validation failed with message: #{}: extraneous key "
                                "[{}] is not permitted",
                                path.empty() ? "" : path, name_of(member)));
    auto converted = convert(target->shape(), target->name(), member.value(),
                             path + "/" + std::string(name_of(member)));
    if (!converted) return converted;
    out[target->name()] = std::move(*converted);
  }
  return Value(std::move(out));
}

Attempt<Value> convert_list(const Shape& shape, const Value& v, const std::string& path) {
  if (!v.is_array()) return wrong_type(path, "JSONArray", v);
  Array out;
  for (const Value& element : v.get_array()) {
    auto converted =
        convert(shape.element().shape(), "", element, fmt::format("{}/{}", path, out.size()));
    if (!converted) return converted;
    out.push_back(std::move(*converted));
  }
  return Value(std::move(out));
}

Attempt<Value> convert_map(const Shape& shape, const Value& v, const std::string& path) {
  if (!v.is_object()) return wrong_type(path, "JSONObject", v);
  Object out;
  for (const auto& member : v.get_object()) {
    auto converted = convert(shape.value().shape(), "", member.value(),
                             path + "/" + std::string(name_of(member)));
    if (!converted) return converted;
    out[member.key()] = std::move(*converted);
  }
  return Value(std::move(out));
}

Attempt<Value> convert_text(std::string_view member, const Value& v, const std::string& path) {
  if (v.is_string()) return v;
  if (v.is_bool()) return Value(v.get_bool() ? "true" : "false");
  if (v.is_int64()) return Value(std::to_string(v.get_int64()));
  if (v.is_double()) return Value(fmt::format("{}", v.get_double()));
  if (is_document(member)) return Value(to_json(v));
  return wrong_type(path, "String", v);
}

template <class T>
Attempt<Value> convert_number(const Value& v, const std::string& path) {
  if (v.is_int64()) return Value(static_cast<T>(v.get_int64()));
  if constexpr (std::is_floating_point_v<T>)
    if (v.is_double()) return v;
  if (!v.is_string()) return wrong_type(path, "Number", v);
  const std::string_view text = as_view(v.get_string());
  T out{};
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || ec != std::errc{} || end != text.data() + text.size())
    return wrong_type(path, "Number", v);
  return Value(out);
}

Attempt<Value> convert_boolean(const Value& v, const std::string& path) {
  if (v.is_bool()) return v;
  if (v == Value("true") || v == Value("True")) return Value(true);
  if (v == Value("false") || v == Value("False")) return Value(false);
  return wrong_type(path, "Boolean", v);
}

Attempt<Value> convert(const Shape& shape, std::string_view member, const Value& v,
                       const std::string& path) {
  switch (shape.kind()) {
    case Kind::kStructure:
      return convert_structure(shape, v, path);
    case Kind::kList:
      return convert_list(shape, v, path);
    case Kind::kMap:
      return convert_map(shape, v, path);
    case Kind::kString:
    case Kind::kBlob:
      return convert_text(member, v, path);
    case Kind::kBoolean:
      return convert_boolean(v, path);
    case Kind::kInteger:
    case Kind::kLong:
      return convert_number<std::int64_t>(v, path);
    case Kind::kFloat:
    case Kind::kDouble:
      return convert_number<double>(v, path);
    case Kind::kTimestamp:
    case Kind::kDocument:
      return v;
  }
  return v;
}

}  // namespace

Attempt<Value> map_properties(const Mapping& mapping, const Value& properties) {
  const auto service = model::find_service(mapping.service);
  const auto operation = service ? service->find_operation(mapping.operation) : std::nullopt;
  ST_CHECK(operation && operation->input(), "a resource type names an operation that has no model");
  Object renamed;
  for (const auto& member : properties.get_object()) {
    if (mapping.elsewhere.contains(name_of(member))) continue;
    const auto other = mapping.renamed.find(name_of(member));
    renamed[other == mapping.renamed.end() ? name_of(member) : other->second] = member.value();
  }
  return convert_structure(*operation->input(), Value(std::move(renamed)), "");
}

}  // namespace seatrial::services::cloudformation
