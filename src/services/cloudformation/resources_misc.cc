// AWS::Logs::LogGroup, LogStream; AWS::SSM::Parameter; AWS::SecretsManager::Secret.
#include "services/cloudformation/resource_type.h"

namespace seatrial::services::cloudformation {
namespace {

Attempt<void> carried_out(Attempt<Value> reply) {
  if (!reply) return std::unexpected(std::move(reply.error()));
  return {};
}

Object tag_map(const Value& properties) {
  Object out;
  for (const auto& [key, value] : tags_of(properties)) out[key] = value;
  return out;
}

// ---- log group

Physical log_group_physical(ApiCaller& api, const std::string& name) {
  const auto& as = api.as();
  return {name, Object{{"Arn", as.arn("logs", "log-group:" + name + ":*").text()}}};
}

Attempt<std::optional<Physical>> find_log_group(ApiCaller& api, const Request& r) {
  const std::string name = text_of(r.properties, "LogGroupName");
  auto reply = api.call("logs", "DescribeLogGroups", Object{{"logGroupNamePrefix", name}});
  if (!reply) return std::unexpected(reply.error());
  for (const Value& group : list_of(*reply, "logGroups"))
    if (text_member(group, "logGroupName") == name) return log_group_physical(api, name);
  return std::nullopt;
}

Attempt<Physical> create_log_group(ApiCaller& api, const Request& r) {
  auto input =
      map_properties({"logs", "CreateLogGroup", {}, {"RetentionInDays", "Tags"}}, r.properties);
  if (!input) return std::unexpected(input.error());
  if (Object tags = tag_map(r.properties); !tags.empty())
    input->get_object()["tags"] = std::move(tags);
  if (auto reply = api.call("logs", "CreateLogGroup", std::move(*input)); !reply)
    return std::unexpected(reply.error());
  return log_group_physical(api, text_of(r.properties, "LogGroupName"));
}

Attempt<void> configure_log_group(ApiCaller& api, const Physical& p, const Value& properties) {
  if (!properties.get_object().contains("RetentionInDays")) return {};
  auto input =
      map_properties({"logs", "PutRetentionPolicy", {}, {}}, pick(properties, {"RetentionInDays"}));
  if (!input) return std::unexpected(input.error());
  input->get_object()["logGroupName"] = p.id;
  return carried_out(api.call("logs", "PutRetentionPolicy", std::move(*input)));
}

Attempt<void> update_log_group(ApiCaller& api, const Physical& p, const Value& before,
                               const Value& after) {
  if (auto r = cannot_change("AWS::Logs::LogGroup", before, after, {"KmsKeyId"}); !r) return r;
  if (differs(before, after, "RetentionInDays")) {
    if (after.get_object().contains("RetentionInDays")) {
      if (auto r = configure_log_group(api, p, after); !r) return r;
    } else if (auto r = carried_out(
                   api.call("logs", "DeleteRetentionPolicy", Object{{"logGroupName", p.id}}));
               !r) {
      return r;
    }
  }
  const auto old_tags = tags_of(before), new_tags = tags_of(after);
  const std::string arn = api.as().arn("logs", "log-group:" + p.id).text();
  if (old_tags != new_tags && !new_tags.empty())
    if (auto r = carried_out(api.call("logs", "TagResource",
                                      Object{{"resourceArn", arn}, {"tags", tag_map(after)}}));
        !r)
      return r;
  const TagChange change = tag_change(before, after, "Key", "Value");
  if (change.removed.empty()) return {};
  return carried_out(
      api.call("logs", "UntagResource", Object{{"resourceArn", arn}, {"tagKeys", change.removed}}));
}

Attempt<void> remove_log_group(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase("logs", "DeleteLogGroup", Object{{"logGroupName", p.id}});
}

// ---- log stream

Attempt<std::optional<Physical>> find_log_stream(ApiCaller& api, const Request& r) {
  const std::string name = text_of(r.properties, "LogStreamName");
  auto reply = api.call("logs", "DescribeLogStreams",
                        Object{{"logGroupName", text_of(r.properties, "LogGroupName")},
                               {"logStreamNamePrefix", name}});
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  for (const Value& stream : list_of(*reply, "logStreams"))
    if (text_member(stream, "logStreamName") == name) return Physical{name, {}};
  return std::nullopt;
}

Attempt<Physical> create_log_stream(ApiCaller& api, const Request& r) {
  auto input = map_properties({"logs", "CreateLogStream", {}, {}}, r.properties);
  if (!input) return std::unexpected(input.error());
  if (auto reply = api.call("logs", "CreateLogStream", std::move(*input)); !reply)
    return std::unexpected(reply.error());
  return Physical{text_of(r.properties, "LogStreamName"), {}};
}

Attempt<void> remove_log_stream(ApiCaller& api, const Physical& p, const Value& properties) {
  return api.erase(
      "logs", "DeleteLogStream",
      Object{{"logGroupName", text_of(properties, "LogGroupName")}, {"logStreamName", p.id}});
}

// ---- parameter

Physical parameter_physical(const Value& properties) {
  return {text_of(properties, "Name"),
          Object{{"Type", text_of(properties, "Type")}, {"Value", text_of(properties, "Value")}}};
}

Attempt<std::optional<Physical>> find_parameter(ApiCaller& api, const Request& r) {
  auto reply = api.call("ssm", "GetParameter", Object{{"Name", text_of(r.properties, "Name")}});
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  return parameter_physical(r.properties);
}

Attempt<Value> parameter_input(const Value& properties) {
  if (text_of(properties, "Type") == "SecureString")
    return refuse("InvalidRequest", "AWS::SSM::Parameter does not support the type SecureString");
  return map_properties({"ssm", "PutParameter", {}, {"Tags"}}, properties);
}

Array parameter_tags(const Value& properties) {
  Array tags;
  for (const auto& [key, value] : tags_of(properties))
    tags.push_back(Object{{"Key", key}, {"Value", value}});
  return tags;
}

Attempt<Physical> create_parameter(ApiCaller& api, const Request& r) {
  auto input = parameter_input(r.properties);
  if (!input) return std::unexpected(input.error());
  if (Array tags = parameter_tags(r.properties); !tags.empty())
    input->get_object()["Tags"] = std::move(tags);
  if (auto reply = api.call("ssm", "PutParameter", std::move(*input)); !reply)
    return std::unexpected(reply.error());
  return parameter_physical(r.properties);
}

Attempt<void> update_parameter(ApiCaller& api, const Physical& p, const Value& before,
                               const Value& after) {
  Value named = after;
  named.get_object()["Name"] = p.id;
  auto input = parameter_input(named);
  if (!input) return std::unexpected(input.error());
  input->get_object()["Overwrite"] = true;
  if (auto r = carried_out(api.call("ssm", "PutParameter", std::move(*input))); !r) return r;
  const TagChange change = tag_change(before, after, "Key", "Value");
  const Object target{{"ResourceType", "Parameter"}, {"ResourceId", p.id}};
  if (!change.set.empty()) {
    Object tags = target;
    tags["Tags"] = change.set;
    if (auto r = carried_out(api.call("ssm", "AddTagsToResource", std::move(tags))); !r) return r;
  }
  if (change.removed.empty()) return {};
  Object keys = target;
  keys["TagKeys"] = change.removed;
  return carried_out(api.call("ssm", "RemoveTagsFromResource", std::move(keys)));
}

Attempt<bool> parameter_settled(ApiCaller& api, Physical& p, const Value& properties) {
  auto reply = api.call("ssm", "GetParameter", Object{{"Name", p.id}});
  if (!reply) return std::unexpected(reply.error());
  p.attributes["Type"] = text_of(properties, "Type");
  p.attributes["Value"] = text_of(member_of(*reply, "Parameter"), "Value");
  return true;
}

Attempt<void> remove_parameter(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase("ssm", "DeleteParameter", Object{{"Name", p.id}});
}

// ---- secret

// The template's string with the generated one put in, or the generated one alone.
Attempt<std::string> generate(ApiCaller& api, const Value& how) {
  auto input = map_properties(
      {"secretsmanager", "GetRandomPassword", {}, {"SecretStringTemplate", "GenerateStringKey"}},
      how);
  if (!input) return std::unexpected(input.error());
  const bool templated = how.get_object().contains("SecretStringTemplate");
  if (templated != how.get_object().contains("GenerateStringKey"))
    return refuse("InvalidRequest",
                  "SecretStringTemplate and GenerateStringKey must be specified together");
  auto reply = api.call("secretsmanager", "GetRandomPassword", std::move(*input));
  if (!reply) return std::unexpected(reply.error());
  const std::string password = text_of(*reply, "RandomPassword");
  if (!templated) return password;
  auto around = parse_json(text_of(how, "SecretStringTemplate"));
  if (!around || !around->is_object())
    return refuse("InvalidRequest", "SecretStringTemplate must be a JSON object");
  around->get_object()[text_of(how, "GenerateStringKey")] = password;
  return to_json(*around);
}

Attempt<Value> secret_input(ApiCaller& api, std::string_view operation, const Value& properties,
                            bool with_value) {
  auto input = map_properties(
      {"secretsmanager", operation, {}, {"GenerateSecretString", "Tags", "SecretString"}},
      properties);
  if (!input || !with_value) return input;
  const Value* how = find_member(properties, "GenerateSecretString");
  const Value* given = find_member(properties, "SecretString");
  if (how != nullptr && given != nullptr)
    return refuse("InvalidRequest",
                  "Only one of SecretString and GenerateSecretString can be specified");
  if (how != nullptr && !how->is_object())
    return refuse("InvalidRequest", "GenerateSecretString must be an object");
  if (given != nullptr)
    input->get_object()["SecretString"] = given->is_string() ? *given : Value(to_json(*given));
  if (how == nullptr) return input;
  auto generated = generate(api, *how);
  if (!generated) return std::unexpected(generated.error());
  input->get_object()["SecretString"] = *generated;
  return input;
}

Attempt<std::optional<Physical>> find_secret(ApiCaller& api, const Request& r) {
  auto reply = api.call("secretsmanager", "DescribeSecret",
                        Object{{"SecretId", text_of(r.properties, "Name")}});
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  const std::string arn = text_of(*reply, "ARN");
  return Physical{arn, Object{{"Id", arn}}};
}

Attempt<Physical> create_secret(ApiCaller& api, const Request& r) {
  auto input = secret_input(api, "CreateSecret", r.properties, true);
  if (!input) return std::unexpected(input.error());
  if (Array tags = parameter_tags(r.properties); !tags.empty())
    input->get_object()["Tags"] = std::move(tags);
  input->get_object()["ClientRequestToken"] = r.token;
  auto reply = api.call("secretsmanager", "CreateSecret", std::move(*input));
  if (!reply) return std::unexpected(reply.error());
  const std::string arn = text_of(*reply, "ARN");
  return Physical{arn, Object{{"Id", arn}}};
}

Attempt<void> update_secret(ApiCaller& api, const Physical& p, const Value& before,
                            const Value& after) {
  const bool value_changed =
      differs(before, after, "SecretString") || differs(before, after, "GenerateSecretString");
  auto input =
      secret_input(api, "UpdateSecret",
                   pick(after, {"Description", "KmsKeyId", "SecretString", "GenerateSecretString"}),
                   value_changed);
  if (!input) return std::unexpected(input.error());
  input->get_object()["SecretId"] = p.id;
  if (auto r = carried_out(api.call("secretsmanager", "UpdateSecret", std::move(*input))); !r)
    return r;
  const TagChange change = tag_change(before, after, "Key", "Value");
  if (!change.set.empty())
    if (auto r = carried_out(api.call("secretsmanager", "TagResource",
                                      Object{{"SecretId", p.id}, {"Tags", change.set}}));
        !r)
      return r;
  if (change.removed.empty()) return {};
  return carried_out(api.call("secretsmanager", "UntagResource",
                              Object{{"SecretId", p.id}, {"TagKeys", change.removed}}));
}

Attempt<void> remove_secret(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase("secretsmanager", "DeleteSecret",
                   Object{{"SecretId", p.id}, {"ForceDeleteWithoutRecovery", true}});
}

}  // namespace

std::vector<ResourceType> misc_types() {
  using Tags = ResourceType::Tags;
  ResourceType log_group{
      .name = "AWS::Logs::LogGroup",
      .properties = {"KmsKeyId", "LogGroupClass", "LogGroupName", "RetentionInDays", "Tags"},
      .name_property = "LogGroupName",
      .tags = Tags::kList,
      .find = find_log_group,
      .create = create_log_group,
      .configure = configure_log_group,
      .update = update_log_group,
      .remove = remove_log_group};
  ResourceType log_stream{.name = "AWS::Logs::LogStream",
                          .properties = {"LogGroupName", "LogStreamName"},
                          .required = {"LogGroupName"},
                          .name_property = "LogStreamName",
                          .find = find_log_stream,
                          .create = create_log_stream,
                          .remove = remove_log_stream};
  ResourceType parameter{.name = "AWS::SSM::Parameter",
                         .properties = {"AllowedPattern", "DataType", "Description", "Name",
                                        "Policies", "Tags", "Tier", "Type", "Value"},
                         .required = {"Type", "Value"},
                         .name_property = "Name",
                         .tags = Tags::kMap,
                         .find = find_parameter,
                         .create = create_parameter,
                         .settled = parameter_settled,
                         .update = update_parameter,
                         .remove = remove_parameter};
  ResourceType secret{.name = "AWS::SecretsManager::Secret",
                      .properties = {"Description", "GenerateSecretString", "KmsKeyId", "Name",
                                     "SecretString", "Tags"},
                      .name_property = "Name",
                      .tags = Tags::kList,
                      .find = find_secret,
                      .create = create_secret,
                      .update = update_secret,
                      .remove = remove_secret};
  return {log_group, log_stream, parameter, secret};
}

}  // namespace seatrial::services::cloudformation
