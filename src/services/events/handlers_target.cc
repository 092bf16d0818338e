// The targets of rules.
#include <set>

#include "decide/event_input/event_input.h"
#include "services/events/errors.h"
#include "services/events/paging.h"
#include "services/events/service.h"

namespace seatrial::services::events {
namespace {

constexpr std::size_t kMaxTargets = 5;  // of a rule
constexpr std::string_view kReserved = "aws.events.";

Outcome<void> check_kind(const shape::Target& target) {
  const auto arn = parse_arn(target.Arn);
  if (!arn)
    return validation(fmt::format(
        "Parameter {} is not valid. Reason: Provided Arn is not in correct format.", target.Arn));
  const bool served = (arn->service == "lambda" && arn->resource.starts_with("function:")) ||
                      arn->service == "sns" || arn->service == "sqs" ||
                      (arn->service == "logs" && arn->resource.starts_with("log-group:")) ||
                      (arn->service == "events" && arn->resource.starts_with("event-bus/")) ||
                      (arn->service == "ecs" && arn->resource.starts_with("cluster/"));
  if (!served) return not_served("targets like " + target.Arn);
  if ((arn->service == "ecs") != target.EcsParameters.has_value())
    return validation(fmt::format("Parameter EcsParameters is {} for target {}.",
                                  target.EcsParameters ? "not valid" : "required", target.Id));
  if (target.SqsParameters && arn->service != "sqs")
    return validation(
        fmt::format("Parameter SqsParameters is not valid for target {}.", target.Id));
  if (arn->service == "sqs" && arn->resource.ends_with(".fifo") && !target.SqsParameters)
    return validation(
        fmt::format("Parameter(s) SqsParameters must be specified for target: {}.", target.Id));
  return {};
}

Outcome<void> check_parts(const shape::Target& target) {
  const std::pair<bool, const char*> parts[] = {
      {target.KinesisParameters.has_value(), "KinesisParameters"},
      {target.RunCommandParameters.has_value(), "RunCommandParameters"},
      {target.BatchParameters.has_value(), "BatchParameters"},
      {target.HttpParameters.has_value(), "HttpParameters"},
      {target.RedshiftDataParameters.has_value(), "RedshiftDataParameters"},
      {target.SageMakerPipelineParameters.has_value(), "SageMakerPipelineParameters"},
      {target.AppSyncParameters.has_value(), "AppSyncParameters"}};
  for (const auto& [given, name] : parts)
    if (given) return not_served(fmt::format("{} of a target", name));
  if (target.DeadLetterConfig && target.DeadLetterConfig->Arn) {
    const auto arn = parse_arn(*target.DeadLetterConfig->Arn);
    if (!arn || arn->service != "sqs")
      return validation(fmt::format("The dead-letter queue of target {} is no queue.", target.Id));
  }
  return {};
}

Outcome<void> check_transformer(const shape::Target& target) {
  const auto& transformer = *target.InputTransformer;
  const auto invalid = [&](const std::string& why) {
    return validation(fmt::format("Invalid InputTransformer for target {} : {}", target.Id, why));
  };
  std::map<std::string, decide::InputVariable, std::less<>> sample;
  for (const auto& [name, path] : transformer.InputPathsMap) {
    if (name.starts_with("AWS.") || name.starts_with(kReserved))
      return invalid(name + " is a reserved name.");
    if (const auto steps = decide::parse_input_path(path); !steps)
      return invalid("path " + path + ": " + steps.error());
    sample[name] = {"0", "0"};
  }
  for (const char* name : {"rule-arn", "rule-name", "event.ingestion-time", "event", "event.json"})
    sample[std::string(kReserved) + name] = {"0", "0"};
  for (const auto& name : decide::template_names(transformer.InputTemplate))
    if (!sample.contains(name)) return invalid("no path is given for <" + name + ">.");
  return {};
}

Outcome<void> check_target(const shape::Target& target) {
  if (auto good = check_kind(target); !good) return good;
  if (auto good = check_parts(target); !good) return good;
  const int inputs =
      target.Input.has_value() + target.InputPath.has_value() + target.InputTransformer.has_value();
  if (inputs > 1)
    return validation(fmt::format(
        "Only one of Input, InputPath, or InputTransformer must be provided for target {}.",
        target.Id));
  if (target.Input && !parse_json(*target.Input))
    return validation(
        fmt::format("Parameter {} is not valid. Reason: JSON syntax error in input for target {}.",
                    *target.Input, target.Id));
  if (target.InputPath)
    if (const auto steps = decide::parse_input_path(*target.InputPath); !steps)
      return validation(
          fmt::format("Parameter {} is not valid. Reason: {}.", *target.InputPath, steps.error()));
  if (target.InputTransformer) return check_transformer(target);
  return {};
}

}  // namespace

Outcome<shape::PutTargetsResponse> Events::put_targets(Context& context,
                                                       const shape::PutTargetsRequest& input) {
  const auto found = rule(context, input.Rule, input.EventBusName);
  if (!found) return std::unexpected(found.error());
  RuleRecord changed = **found;
  std::set<std::string> ids;
  for (const auto& target : input.Targets) {
    if (!ids.insert(target.Id).second)
      return validation(fmt::format("Target id {} is given more than once.", target.Id));
    if (auto good = check_target(target); !good) return std::unexpected(good.error());
    const auto old = std::ranges::find(changed.targets, target.Id, &shape::Target::Id);
    if (old == changed.targets.end())
      changed.targets.push_back(target);
    else
      *old = target;
  }
  if (changed.targets.size() > kMaxTargets)
    return fail("LimitExceededException",
                "The requested resource exceeds the maximum number allowed.");
  const std::string key = changed.key();
  tables_.rules.put(key, std::move(changed));
  shape::PutTargetsResponse reply;
  reply.FailedEntryCount = 0;
  reply.FailedEntries.given = true;
  return reply;
}

Outcome<shape::RemoveTargetsResponse> Events::remove_targets(
    Context& context, const shape::RemoveTargetsRequest& input) {
  const auto found = rule(context, input.Rule, input.EventBusName);
  if (!found) return std::unexpected(found.error());
  RuleRecord changed = **found;
  shape::RemoveTargetsResponse reply;
  reply.FailedEntries.given = true;
  for (const auto& id : input.Ids) {
    if (std::erase_if(changed.targets, [&](const auto& one) { return one.Id == id; }) > 0) continue;
    shape::RemoveTargetsResultEntry failed;  // guess: the code
    failed.TargetId = id;
    failed.ErrorCode = "ResourceNotFoundException";
    failed.ErrorMessage = fmt::format("Rule {} has no target {}.", input.Rule, id);
    reply.FailedEntries.push_back(std::move(failed));
  }
  reply.FailedEntryCount = static_cast<int>(reply.FailedEntries.size());
  const std::string key = changed.key();
  tables_.rules.put(key, std::move(changed));
  return reply;
}

Outcome<shape::ListTargetsByRuleResponse> Events::list_targets_by_rule(
    Context& context, const shape::ListTargetsByRuleRequest& input) {
  const auto found = rule(context, input.Rule, input.EventBusName);
  if (!found) return std::unexpected(found.error());
  std::vector<shape::Target> targets = (*found)->targets;
  std::ranges::sort(targets, {}, &shape::Target::Id);
  auto next = cut_page(targets, input.NextToken, input.Limit,
                       [](const shape::Target& one) { return one.Id; });
  if (!next) return std::unexpected(next.error());
  shape::ListTargetsByRuleResponse reply;
  reply.Targets = model::List<shape::Target>(std::move(targets));
  reply.NextToken = *next;
  return reply;
}

}  // namespace seatrial::services::events
