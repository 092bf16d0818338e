// AWS::Lambda::Function and Permission.
//
// Code.ZipFile of a template is source text, which CloudFormation packs itself as index.py. A
// permission has no update: each of its properties replaces it. Source: the types' pages in the
// CloudFormation resource reference.
#include "drivers/archive/zip.h"
#include "services/cloudformation/resource_type.h"

namespace seatrial::services::cloudformation {
namespace {

constexpr std::size_t kMaxInlineSource = 4u << 20, kTokenDigits = 12;

Attempt<void> without_reply(Attempt<Value> reply) {
  if (!reply) return std::unexpected(std::move(reply.error()));
  return {};
}

// Code as the API takes it.
Attempt<Object> code_of(const Value& properties) {
  Object out;
  const Value& code = member_of(properties, "Code");
  if (!code.is_object()) return refuse("InvalidRequest", "Code must be an object");
  for (const auto& member : code.get_object()) {
    const std::string_view name{member.key().data(), member.key().size()};
    if (name != "ZipFile" && name != "S3Bucket" && name != "S3Key" && name != "S3ObjectVersion")
      return refuse("InvalidRequest", fmt::format("Code: {} is not carried out", name));
    out[name] = text_of(code, name);
  }
  if (!out.contains("ZipFile")) return out;
  if (!text_of(properties, "Runtime").starts_with("python"))
    return refuse("InvalidRequest",
                  "ZipFile can only be used when using the nodejs or python runtimes.");
  const std::string source = text_of(code, "ZipFile");
  if (source.size() > kMaxInlineSource)
    return refuse("InvalidRequest", "Code: ZipFile is longer than 4 MB");
  out["ZipFile"] = drivers::zip_files({{"index.py", source}});
  return out;
}

Physical function_physical(ApiCaller& api, const std::string& name) {
  return {name, Object{{"Arn", api.as().arn("lambda", "function:" + name).text()}}};
}

Attempt<std::optional<Physical>> find_function(ApiCaller& api, const Request& r) {
  const std::string name = text_of(r.properties, "FunctionName");
  auto reply = api.call("lambda", "GetFunctionConfiguration", Object{{"FunctionName", name}});
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  return function_physical(api, name);
}

Attempt<Physical> create_function(ApiCaller& api, const Request& r) {
  auto input = map_properties({"lambda", "CreateFunction", {}, {"Code", "Tags"}}, r.properties);
  if (!input) return std::unexpected(input.error());
  auto code = code_of(r.properties);
  if (!code) return std::unexpected(code.error());
  auto& members = input->get_object();
  members["Code"] = std::move(*code);
  Object tags;
  for (const auto& [key, value] : tags_of(r.properties)) tags[key] = value;
  if (!tags.empty()) members["Tags"] = std::move(tags);
  if (auto reply = api.call("lambda", "CreateFunction", std::move(*input)); !reply)
    return std::unexpected(reply.error());
  return function_physical(api, text_of(r.properties, "FunctionName"));
}

// What is no longer written goes back to what it is by default.
Attempt<void> update_settings(ApiCaller& api, const std::string& name, const Value& before,
                              const Value& after) {
  static const std::map<std::string, Value> kDefaults = {
      {"Description", Value("")},
      {"Timeout", Value(3)},
      {"MemorySize", Value(128)},
      {"Environment", Object{{"Variables", Object{}}}},
      {"LoggingConfig", Object{{"LogFormat", "Text"}}}};
  Object changed;
  for (const char* member :
       {"Description", "Environment", "EphemeralStorage", "Handler", "LoggingConfig", "MemorySize",
        "Role", "Runtime", "Timeout", "TracingConfig"}) {
    if (!differs(before, after, member)) continue;
    if (const Value* wanted = find_member(after, member))
      changed[member] = *wanted;
    else if (const auto otherwise = kDefaults.find(member); otherwise != kDefaults.end())
      changed[member] = otherwise->second;
  }
  if (changed.contains("LoggingConfig") && find_member(after, "LoggingConfig") == nullptr)
    changed["LoggingConfig"].get_object()["LogGroup"] = "/aws/lambda/" + name;
  if (changed.empty()) return {};
  auto input =
      map_properties({"lambda", "UpdateFunctionConfiguration", {}, {}}, Value(std::move(changed)));
  if (!input) return std::unexpected(input.error());
  input->get_object()["FunctionName"] = name;
  return without_reply(api.call("lambda", "UpdateFunctionConfiguration", std::move(*input)));
}

Attempt<void> update_function(ApiCaller& api, const Physical& p, const Value& before,
                              const Value& after) {
  if (auto ok = cannot_change("AWS::Lambda::Function", before, after, {"Architectures"}); !ok)
    return ok;
  if (auto ok = update_settings(api, p.id, before, after); !ok) return ok;
  if (differs(before, after, "Code")) {
    auto input = code_of(after);
    if (!input) return std::unexpected(input.error());
    (*input)["FunctionName"] = p.id;
    if (auto ok = without_reply(api.call("lambda", "UpdateFunctionCode", std::move(*input))); !ok)
      return ok;
  }
  const std::string arn = text_of(Value(p.attributes), "Arn");
  const TagChange change = tag_change(before, after, "Key", "Value");
  Object tags;
  for (const Value& tag : change.set) tags[text_of(tag, "Key")] = text_of(tag, "Value");
  if (!tags.empty())
    if (auto ok = without_reply(
            api.call("lambda", "TagResource", Object{{"Resource", arn}, {"Tags", tags}}));
        !ok)
      return ok;
  if (change.removed.empty()) return {};
  return without_reply(
      api.call("lambda", "UntagResource", Object{{"Resource", arn}, {"TagKeys", change.removed}}));
}

Attempt<void> remove_function(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase("lambda", "DeleteFunction", Object{{"FunctionName", p.id}});
}

// The statement's id is unique to the creation: one that is there already is ours.
Attempt<Physical> create_permission(ApiCaller& api, const Request& r) {
  auto input = map_properties({"lambda", "AddPermission", {}, {}}, r.properties);
  if (!input) return std::unexpected(input.error());
  const std::string id = r.logical_id + "-" + r.token.substr(0, kTokenDigits);
  input->get_object()["StatementId"] = id;
  auto reply = api.call("lambda", "AddPermission", std::move(*input));
  if (!reply && reply.error().code != "ResourceConflictException")
    return std::unexpected(reply.error());
  return Physical{id, Object{{"Id", id}}};
}

Attempt<void> remove_permission(ApiCaller& api, const Physical& p, const Value& properties) {
  return api.erase(
      "lambda", "RemovePermission",
      Object{{"FunctionName", text_of(properties, "FunctionName")}, {"StatementId", p.id}});
}

}  // namespace

std::vector<ResourceType> lambda_types() {
  ResourceType function{
      .name = "AWS::Lambda::Function",
      .properties = {"Architectures", "Code", "Description", "Environment", "EphemeralStorage",
                     "FunctionName", "Handler", "LoggingConfig", "MemorySize", "PackageType",
                     "Role", "Runtime", "Tags", "Timeout", "TracingConfig"},
      .required = {"Code", "Role"},
      .name_property = "FunctionName",
      .name_limit = 64,
      .tags = ResourceType::Tags::kList,
      .find = find_function,
      .create = create_function,
      .update = update_function,
      .remove = remove_function};
  ResourceType permission{
      .name = "AWS::Lambda::Permission",
      .properties = {"Action", "FunctionName", "Principal", "SourceAccount", "SourceArn"},
      .required = {"Action", "FunctionName", "Principal"},
      .create = create_permission,
      .remove = remove_permission};
  return {function, permission};
}

}  // namespace seatrial::services::cloudformation
