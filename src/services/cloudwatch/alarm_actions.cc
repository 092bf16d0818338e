// Which actions an alarm may have: ARNs of known forms, in this region, of a kind that something
// here carries out. Source: PutMetricAlarm, PutCompositeAlarm.
#include <regex>
#include <set>

#include "services/cloudwatch/alarm_actions.h"
#include "services/cloudwatch/errors.h"

namespace seatrial::services::cloudwatch {
namespace {

using room::Outcome;

// Resources of the actions' ARNs, by the ARN's service; swf is the old form of an EC2 action.
const std::map<std::string, std::regex, std::less<>>& forms() {
  static const std::map<std::string, std::regex, std::less<>> kForms = {
      {"sns", std::regex("[A-Za-z0-9_-]{1,256}(\\.fifo)?")},
      {"lambda", std::regex("function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_$-]{1,128})?")},
      {"automate", std::regex("stop|terminate|reboot|recover")},  // its account is "ec2"
      {"swf", std::regex("action/actions/AWS_EC2\\.InstanceId\\."
                         "(Stop|Terminate|Reboot|Recover)/1\\.0")},
      {"autoscaling", std::regex("scalingPolicy:[^:]+:.+")},
      {"ssm", std::regex("opsitem:[1-4](#CATEGORY=[A-Za-z]+)?")},
      {"ssm-incidents", std::regex("response-?plan/.+")},
      {"aiops", std::regex("investigation-group:?.+")},
  };
  return kForms;
}

bool is_ec2(std::string_view service) { return service == "automate" || service == "swf"; }

// What is allowed by what the alarm watches.
Outcome<void> check_allowed(const std::string& service, AlarmKind kind, bool watches_instance) {
  if (is_ec2(service) && kind == AlarmKind::kFleet) return {};
  if (is_ec2(service) && kind != AlarmKind::kMetric)
    return validation_error("EC2 actions are not supported for this type of alarm.");
  if (is_ec2(service) && !watches_instance) {
    return validation_error(
        "EC2 actions are supported only for alarms on a metric that has the dimension InstanceId.");
  }
  if (service == "autoscaling" && (kind == AlarmKind::kComposite || kind == AlarmKind::kAnomaly))
    return validation_error("Auto Scaling actions are not supported for this type of alarm.");
  return {};
}

Outcome<void> check_one(const room::Context& context, const std::string& action, AlarmKind kind,
                        bool watches_instance, const AlarmActionKinds& kinds) {
  const auto arn = parse_arn(action);
  const auto form = arn ? forms().find(arn->service) : forms().end();
  if (!arn || form == forms().end() || !std::regex_match(arn->resource, form->second))
    return validation_error("Invalid arn syntax: " + action);
  if (!arn->region.empty() && arn->region != context.region) {
    return validation_error(fmt::format("Invalid region {} specified. Only {} is supported.",
                                        arn->region, context.region));
  }
  if (auto allowed = check_allowed(arn->service, kind, watches_instance); !allowed) return allowed;
  const bool foreign = arn->account != (arn->service == "automate" ? "ec2" : context.account);
  if (!arn->account.empty() && foreign)
    return validation_error(fmt::format(
        "Seatrial has one account, {}; the action {} names another.", context.account, action));
  if (kinds.contains(arn->service)) return {};
  return validation_error(fmt::format(
      "Seatrial cannot carry out the alarm action {}: no service {} is served here that would. "
      "The alarm was not stored.",
      action, arn->service));
}

}  // namespace

Outcome<void> check_actions(const room::Context& context, const AlarmActionLists& lists,
                            AlarmKind kind, bool watches_instance, const AlarmActionKinds& kinds) {
  for (const auto* list : lists) {
    if (list->size() > kMaxAlarmActions) {
      return validation_error(
          fmt::format("An alarm can have at most {} actions for each state.", kMaxAlarmActions));
    }
    for (const auto& action : *list)
      if (auto ok = check_one(context, action, kind, watches_instance, kinds); !ok) return ok;
  }
  return {};
}

}  // namespace seatrial::services::cloudwatch
