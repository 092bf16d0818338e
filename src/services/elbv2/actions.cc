// See the header. Texts of refusals name the member that is not served.
#include "services/elbv2/actions.h"

namespace seatrial::services::elbv2 {
namespace {

constexpr std::size_t kMaxConditionValues = 5, kMaxGroups = 5;
constexpr std::size_t kMaxValueLength = 128, kMaxBody = 1024;

room::Outcome<void> check_group(const Tables& tables, const std::string& balancer,
                                const std::string& listener_protocol, const std::string& arn) {
  const auto* group = tables.groups.find(arn);
  if (group == nullptr) {
    return fail("TargetGroupNotFound", fmt::format("Target groups '{}' not found", arn));
  }
  for (const auto& other : tables.balancers_of(arn)) {
    if (other == balancer) continue;
    return fail(
        "TargetGroupAssociationLimit",
        fmt::format("The following target groups cannot be associated with more than one load "
                    "balancer: {}",
                    arn));
  }
  const auto protocol = group->shape.Protocol.value_or("HTTP");
  if (protocol != listener_protocol) {
    return fail(
        "IncompatibleProtocols",
        fmt::format("The listener protocol '{}' is not supported with a target group with the "
                    "protocol '{}'",
                    listener_protocol, protocol));
  }
  return {};
}

room::Outcome<void> complete_forward(const Tables& tables, const std::string& balancer,
                                     const std::string& listener_protocol, shape::Action& action) {
  if (!action.ForwardConfig) {
    if (!action.TargetGroupArn) return validation("A target group ARN must be specified");
    action.ForwardConfig.emplace().TargetGroups.push_back({action.TargetGroupArn, 1});
  }
  auto& config = *action.ForwardConfig;
  if (config.TargetGroups.empty() || config.TargetGroups.size() > kMaxGroups) {
    return validation(fmt::format("You must specify 1-{} target groups", kMaxGroups));
  }
  for (auto& group : config.TargetGroups) {
    if (!group.Weight) group.Weight = 1;
    if (*group.Weight < 0 || *group.Weight > 999) {
      return validation("Target group weight must be between 0 and 999");
    }
    const auto good =
        check_group(tables, balancer, listener_protocol, group.TargetGroupArn.value_or(""));
    if (!good) return good;
  }
  auto& sticky = config.TargetGroupStickinessConfig;
  if (sticky && sticky->Enabled.value_or(false)) return not_served("TargetGroupStickinessConfig");
  if (!sticky) sticky.emplace().Enabled = false;
  if (config.TargetGroups.size() == 1)
    action.TargetGroupArn = config.TargetGroups[0].TargetGroupArn;
  else
    action.TargetGroupArn.reset();
  return {};
}

room::Outcome<void> complete_redirect(shape::Action& action) {
  if (!action.RedirectConfig) return validation("A redirect configuration must be specified");
  auto& redirect = *action.RedirectConfig;
  const auto fill = [](std::optional<std::string>& member, const char* text) {
    if (!member) member = text;
  };
  fill(redirect.Protocol, "#{protocol}");
  fill(redirect.Host, "#{host}");
  fill(redirect.Port, "#{port}");
  fill(redirect.Path, "/#{path}");
  fill(redirect.Query, "#{query}");
  if (!redirect.Path->starts_with('/')) return validation("The redirect path must start with '/'");
  const bool loop = redirect.Protocol == "#{protocol}" && redirect.Host == "#{host}" &&
                    redirect.Port == "#{port}" && redirect.Path == "/#{path}";
  if (loop) {
    return validation(
        "The redirect configuration must change the protocol, the host, the port or the path");
  }
  for (const auto* part : {&*redirect.Host, &*redirect.Port, &*redirect.Path, &*redirect.Query}) {
    const bool printable = std::ranges::all_of(*part, [](char c) { return c > ' ' && c < 0x7f; });
    if (!printable)
      return validation("The redirect configuration has a character that a URL cannot have");
  }
  return {};
}

room::Outcome<void> complete_fixed(shape::Action& action) {
  if (!action.FixedResponseConfig)
    return validation("A fixed response configuration must be specified");
  const auto& fixed = *action.FixedResponseConfig;
  const int status = std::atoi(fixed.StatusCode.c_str());
  if (status < 200 || status > 599 || (status >= 300 && status < 400)) {
    return validation(
        fmt::format("'{}' is not a valid fixed response status code", fixed.StatusCode));
  }
  if (fixed.MessageBody.value_or("").size() > kMaxBody) {
    return validation(
        fmt::format("The fixed response body cannot be longer than '{}' characters", kMaxBody));
  }
  constexpr std::string_view kTypes[] = {"text/plain", "text/css", "text/html",
                                         "application/javascript", "application/json"};
  if (fixed.ContentType && std::ranges::count(kTypes, *fixed.ContentType) == 0) {
    return validation(
        fmt::format("'{}' is not a valid fixed response content type", *fixed.ContentType));
  }
  return {};
}

room::Outcome<void> complete_action(const Tables& tables, const std::string& balancer,
                                    const std::string& protocol, shape::Action& action) {
  namespace Type = shape::ActionTypeEnum;
  if (action.Type == Type::forward) return complete_forward(tables, balancer, protocol, action);
  if (protocol == "TCP") {
    return fail("InvalidConfigurationRequest",
                fmt::format("The action type '{}' is not valid with a TCP listener", action.Type));
  }
  if (action.Type == Type::redirect) return complete_redirect(action);
  if (action.Type == Type::fixed_response) return complete_fixed(action);
  return not_served(fmt::format("actions of type {}", action.Type));
}

using Values = model::List<std::string>;

// A condition's values, from `Values` or the field's own structure, put in both where AWS does.
room::Outcome<void> complete_values(Values& plain, Values& own, bool both) {
  if (own.empty()) own = plain;
  if (own.empty()) return validation("A condition value must be specified");
  for (const auto& value : own) {
    if (value.empty() || value.size() > kMaxValueLength) {
      return validation(fmt::format("The condition value '{}' must have 1 to {} characters", value,
                                    kMaxValueLength));
    }
  }
  if (both)
    plain = own;
  else
    plain = {};
  return {};
}

bool has_regex(const shape::RuleCondition& c) {
  return !c.RegexValues.empty() ||
         (c.HostHeaderConfig && !c.HostHeaderConfig->RegexValues.empty()) ||
         (c.PathPatternConfig && !c.PathPatternConfig->RegexValues.empty()) ||
         (c.HttpHeaderConfig && !c.HttpHeaderConfig->RegexValues.empty());
}

bool all_of_characters(const std::string& text, std::string_view extra) {
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || extra.find(c) != extra.npos;
  });
}

room::Outcome<void> complete_header(shape::RuleCondition& c) {
  if (!c.HttpHeaderConfig) return validation("An HTTP header configuration must be specified");
  const auto name = c.HttpHeaderConfig->HttpHeaderName.value_or("");
  if (name.size() > 40 || !all_of_characters(name, "-_")) {
    return validation(fmt::format("'{}' is not a valid HTTP header name", name));
  }
  return complete_values(c.Values, c.HttpHeaderConfig->Values, false);
}

room::Outcome<void> complete_query(shape::RuleCondition& c) {
  if (!c.QueryStringConfig || c.QueryStringConfig->Values.empty()) {
    return validation("A query string configuration must be specified");
  }
  for (const auto& pair : c.QueryStringConfig->Values) {
    if (pair.Value.value_or("").empty())
      return validation("A query string value must be specified");
  }
  return {};
}

room::Outcome<void> complete_restricted(Values& plain, Values& own, std::string_view extra,
                                        const char* what) {
  if (auto good = complete_values(plain, own, false); !good) return good;
  for (const auto& value : own) {
    if (!all_of_characters(value, extra))
      return validation(fmt::format("'{}' is not a valid {}", value, what));
  }
  return {};
}

room::Outcome<void> complete_condition(shape::RuleCondition& c) {
  const auto field = c.Field.value_or("");
  if (has_regex(c)) return not_served("RegexValues in conditions");
  const auto in = [](auto& member) -> auto& { return member ? *member : member.emplace(); };
  if (field == "path-pattern")
    return complete_values(c.Values, in(c.PathPatternConfig).Values, true);
  if (field == "host-header") return complete_values(c.Values, in(c.HostHeaderConfig).Values, true);
  if (field == "http-header") return complete_header(c);
  if (field == "query-string") return complete_query(c);
  if (field == "http-request-method") {
    return complete_restricted(c.Values, in(c.HttpRequestMethodConfig).Values, "-_",
                               "HTTP request method");
  }
  if (field == "source-ip")
    return complete_restricted(c.Values, in(c.SourceIpConfig).Values, ".:/", "CIDR");
  return validation(
      fmt::format("Condition field '{}' must be one of '[http-request-method, path-pattern, "
                  "host-header, query-string, http-header, source-ip]'",
                  field));
}

std::size_t value_count(const shape::RuleCondition& c) {
  return drivers::ProxyCondition(proxy_condition(c)).values.size();
}

std::string redirect_location(const shape::RedirectActionConfig& redirect) {
  auto protocol = redirect.Protocol.value_or("#{protocol}");
  std::ranges::transform(protocol, protocol.begin(),
                         [](unsigned char c) { return std::tolower(c); });
  auto location =
      fmt::format("{}://{}:{}{}", protocol, *redirect.Host, *redirect.Port, *redirect.Path);
  if (!redirect.Query->empty()) location += "?" + *redirect.Query;
  return location;
}

}  // namespace

room::Outcome<Actions> complete_actions(const Tables& tables, const std::string& balancer,
                                        const std::string& listener_protocol,
                                        const Actions& given) {
  if (given.empty()) return validation("An action must be specified");
  if (given.size() > 1) return not_served("several actions in one rule");
  Actions actions = given;
  actions.given = true;
  auto good = complete_action(tables, balancer, listener_protocol, actions[0]);
  if (!good) return std::unexpected(good.error());
  return actions;
}

room::Outcome<model::List<shape::RuleCondition>> complete_conditions(
    const model::List<shape::RuleCondition>& given) {
  if (given.empty()) return validation("A condition must be specified");
  auto conditions = given;
  std::size_t values = 0;
  for (auto& condition : conditions) {
    if (auto good = complete_condition(condition); !good) return std::unexpected(good.error());
    values += value_count(condition);
  }
  if (values > kMaxConditionValues) {
    return validation(
        fmt::format("A rule can only have '{}' condition values", kMaxConditionValues));
  }
  return conditions;
}

drivers::ProxyAction proxy_action(const Actions& actions) {
  using Kind = drivers::ProxyAction::Kind;
  const auto& action = actions.at(0);
  drivers::ProxyAction result;
  if (action.Type == shape::ActionTypeEnum::forward) {
    for (const auto& [group, weight] : forwards_of(actions))
      result.pools.emplace_back(proxy_name(group), weight);
  } else if (action.Type == shape::ActionTypeEnum::redirect) {
    result.kind = Kind::kRedirect;
    result.status =
        action.RedirectConfig->StatusCode == shape::RedirectActionStatusCodeEnum::HTTP_302 ? 302
                                                                                           : 301;
    result.location = redirect_location(*action.RedirectConfig);
  } else {
    result.kind = Kind::kFixedResponse;
    result.status = std::atoi(action.FixedResponseConfig->StatusCode.c_str());
    result.content_type = action.FixedResponseConfig->ContentType.value_or("text/plain");
    result.body = action.FixedResponseConfig->MessageBody.value_or("");
  }
  return result;
}

drivers::ProxyCondition proxy_condition(const shape::RuleCondition& c) {
  using Kind = drivers::ProxyCondition::Kind;
  const auto field = c.Field.value_or("");
  if (field == "path-pattern") return {Kind::kPath, "", c.PathPatternConfig->Values};
  if (field == "host-header") return {Kind::kHost, "", c.HostHeaderConfig->Values};
  if (field == "http-request-method") return {Kind::kMethod, "", c.HttpRequestMethodConfig->Values};
  if (field == "source-ip") return {Kind::kSourceIp, "", c.SourceIpConfig->Values};
  if (field == "http-header") {
    return {Kind::kHeader, *c.HttpHeaderConfig->HttpHeaderName, c.HttpHeaderConfig->Values};
  }
  drivers::ProxyCondition query{Kind::kQuery, "", {}};
  for (const auto& pair : c.QueryStringConfig->Values) {
    query.values.push_back((pair.Key.value_or("").empty() ? "*" : *pair.Key) + "=" + *pair.Value);
  }
  return query;
}

}  // namespace seatrial::services::elbv2
