#include "services/events/router.h"

#include <algorithm>

#include "base/log.h"
#include "decide/event_input/event_input.h"
#include "decide/schedule/schedule.h"
#include "services/events/errors.h"

namespace seatrial::services::events {
namespace {

constexpr const char* kPrincipal = "events.amazonaws.com";

std::string delivery_key(Time at, std::uint64_t number, const std::string& random) {
  return fmt::format("{:013d}-{:08d}-{}", to_ms(at), number, random);
}

// Worth another attempt: the other side could not just now.
bool is_passing(const model::AwsError& error) {
  return error.server_fault || error.status >= 500 || error.status == 429;
}

}  // namespace

std::string input_for(const shape::Target& target, const Value& event, const RuleRecord& rule,
                      Time ingested) {
  if (target.Input) return *target.Input;
  if (target.InputPath) {
    const auto steps = decide::parse_input_path(*target.InputPath);
    const auto* part = steps ? decide::part_of(event, *steps) : nullptr;
    return part == nullptr ? "{}" : to_json(*part);
  }
  if (!target.InputTransformer) return to_json(event);
  std::map<std::string, decide::InputVariable, std::less<>> variables;
  for (const auto& [name, path] : target.InputTransformer->InputPathsMap) {
    const auto steps = decide::parse_input_path(path);
    variables[name] = decide::variable_of(steps ? decide::part_of(event, *steps) : nullptr);
  }
  const auto text = [](const std::string& value) {
    const Value v(value);
    return decide::variable_of(&v);
  };
  Value without = event;
  without.get_object().erase("detail");
  variables["aws.events.rule-arn"] = text(rule.arn);
  variables["aws.events.rule-name"] = text(rule.name);
  variables["aws.events.event.ingestion-time"] = text(format_iso8601(ingested));
  variables["aws.events.event"] = decide::variable_of(&without);
  variables["aws.events.event.json"] = decide::variable_of(&event);
  return decide::fill_template(target.InputTransformer->InputTemplate, variables);
}

void Router::start() {
  wake_.start();
  for (const auto& [key, delivery] : tables_.deliveries) due_.emplace(delivery.due, key);
  pass();
  reschedule();
}

bool Router::matches(const RuleRecord& rule, const Value& event) {
  if (rule.pattern.empty()) return false;
  auto found = compiled_.find(rule.pattern);
  if (found == compiled_.end()) {
    auto compiled = decide::EventPattern::compile(rule.pattern, decide::PatternDialect::kEvent);
    if (!compiled) return false;  // it was checked when it was put
    if (compiled_.size() >= kMaxCompiled) compiled_.clear();
    found = compiled_.emplace(rule.pattern, std::move(*compiled)).first;
  }
  return found->second.matches(event);
}

void Router::route(const std::string& region, const std::string& bus, const Value& event,
                   int hops) {
  for (const auto& [key, rule] : tables_.on_bus(region, bus)) {
    if (!rule.enabled() || !matches(rule, event)) continue;
    count(rule, "MatchedEvents");
    deliver_to_targets(rule, event, hops);
  }
}

void Router::deliver_to_targets(const RuleRecord& rule, const Value& event, int hops) {
  const Time now = env_.clock.now();
  count(rule, "TriggeredRules");
  for (const auto& target : rule.targets) {
    DeliveryRecord delivery;
    delivery.rule_arn = rule.arn;
    delivery.rule_name = rule.name;
    delivery.region = rule.region;
    delivery.target = target;
    delivery.input = input_for(target, event, rule, now);
    if (target.Arn.find(":event-bus/") != std::string::npos) delivery.event = to_json(event);
    delivery.put = delivery.due = now;
    delivery.hops = hops;
    const auto key = delivery_key(now, ++numbers_, env_.rng.hex(8));
    tables_.deliveries.put(key, std::move(delivery));
    due_.emplace(now, key);
  }
  wake_.when_durable();
}

void Router::put_metrics() {
  for (auto& [region, data] : std::exchange(metrics_, {})) parts_.metrics.put(region, data);
}

void Router::pass() {
  const Time now = env_.clock.now();
  std::vector<std::string> keys;
  while (!due_.empty() && due_.begin()->first <= now) {
    keys.push_back(due_.begin()->second);
    due_.erase(due_.begin());
  }
  for (const auto& key : keys) attempt(key);
  if (!due_.empty()) wake_.at(std::max(due_.begin()->first, now + Millis{1}));
}

void Router::attempt(const std::string& key) {
  const auto* found = tables_.deliveries.find(key);
  if (found == nullptr) return;
  const DeliveryRecord delivery = *found;
  count(delivery.region, delivery.rule_name, "Invocations");
  const auto arn = parse_arn(delivery.target.Arn);
  if (arn && arn->service == "logs") {
    if (const auto failed = to_log(key, delivery)) settle(key, failed);
    return;
  }
  settle(key, deliver(delivery));
}

Router::Result Router::deliver(const DeliveryRecord& delivery) {
  const auto arn = parse_arn(delivery.target.Arn);
  const auto failed = [](const model::AwsError& error) {
    return Result(Failed{error.code, error.message, is_passing(error)});
  };
  if (arn->service == "sns") {
    const auto sent = parts_.topics.publish_as(kPrincipal, delivery.rule_arn, delivery.target.Arn,
                                               delivery.input);
    return sent ? Result() : failed(sent.error());
  }
  if (arn->service == "sqs") {
    sqs::Outgoing message{delivery.input, {}, "", ""};
    if (delivery.target.SqsParameters)
      message.group_id = delivery.target.SqsParameters->MessageGroupId.value_or("");
    const auto sent =
        parts_.queues.send(delivery.target.Arn, message, {kPrincipal, delivery.rule_arn});
    return sent ? Result() : failed(sent.error());
  }
  if (arn->service == "events") return to_bus(delivery);
  if (arn->service == "lambda") {
    if (parts_.functions == nullptr) return Failed{"NO_FUNCTIONS", "There are none here", false};
    const auto accepted = parts_.functions->invoke_async(delivery.target.Arn, delivery.input,
                                                         {kPrincipal, delivery.rule_arn});
    return accepted ? Result() : failed(accepted.error());
  }
  return run_task(delivery);
}

Router::Result Router::to_bus(const DeliveryRecord& delivery) {
  const auto arn = parse_arn(delivery.target.Arn);
  const std::string bus(arn->resource_name());
  if (bus != "default" && !tables_.buses.contains(arn->region + "/" + bus))
    return Failed{"RESOURCE_NOT_FOUND", "Event bus " + bus + " does not exist.", false};
  if (delivery.hops >= kMaxHops)
    return Failed{"TOO_MANY_HOPS", "The event has come through too many buses", false};
  route(arn->region, bus, parse_json(delivery.event).value_or(Value()), delivery.hops + 1);
  return {};
}

// The line is durable before the record is erased: at least once.
Router::Result Router::to_log(const std::string& key, const DeliveryRecord& delivery) {
  const auto arn = parse_arn(delivery.target.Arn);
  std::string group = arn->resource.substr(std::string_view("log-group:").size());
  if (group.ends_with(":*")) group.resize(group.size() - 2);
  const std::string stream = env_.rng.uuid();
  const auto made = parts_.logs.ensure_stream(arn->region, group, stream, false);
  if (!made) return Failed{made.error().code, made.error().message, is_passing(made.error())};
  parts_.logs.append(arn->region, group, stream, {{env_.clock.now(), delivery.input}},
                     [this, key, running = wake_.running(), &control = env_.control] {
                       control.post([this, key, running] {
                         if (*running) settle(key, {});
                       });
                     });
  return {};
}

Router::Result Router::run_task(const DeliveryRecord& delivery) {
  const auto arn = parse_arn(delivery.target.Arn);
  static const std::map<std::string, std::string> kNames = {
      {"TaskDefinitionArn", "taskDefinition"},
      {"TaskCount", "count"},
      {"EnableECSManagedTags", "enableECSManagedTags"}};
  Value parameters = to_value(*delivery.target.EcsParameters);
  Object input{{"cluster", delivery.target.Arn}};
  for (auto& member : parameters.get_object()) {
    std::string name(member.key());
    if (const auto found = kNames.find(name); found != kNames.end())
      name = found->second;
    else
      name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
    input[name] = member.value();
  }
  if (const auto* network = input.if_contains("networkConfiguration")) {
    Object vpc;  // AwsvpcConfiguration{Subnets, ...} -> awsvpcConfiguration{subnets, ...}
    if (const auto* of = find_member(*network, "awsvpcConfiguration"))
      for (const auto& member : of->get_object()) {
        std::string name(member.key());
        name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
        vpc[name] = member.value();
      }
    input["networkConfiguration"] = Object{{"awsvpcConfiguration", vpc}};
  }
  input["startedBy"] = "events-rule/" + delivery.rule_name;
  if (delivery.target.Input || delivery.target.InputTransformer)
    if (auto overrides = parse_json(delivery.input); overrides && overrides->is_object())
      input["overrides"] = std::move(*overrides);
  const room::Context context{env_,
                              arn->region,
                              env_.account,
                              {"", "arn:aws:iam::" + env_.account + ":root", env_.account},
                              env_.rng.uuid(),
                              env_.clock.now(),
                              true};
  const auto done = env_.api.call(context, "ecs", "RunTask", std::move(input));
  if (!done) return Failed{done.error().code, done.error().message, is_passing(done.error())};
  const auto* failures = find_member(*done, "failures");
  if (failures == nullptr || !failures->is_array() || failures->get_array().empty()) return {};
  return Failed{"RunTaskFailure", to_json(*failures), false};
}

void Router::settle(const std::string& key, const Result& failed) {
  const auto* found = tables_.deliveries.find(key);
  if (found == nullptr) return env_.store.commit(nullptr);
  DeliveryRecord delivery = *found;
  const Time now = env_.clock.now();
  if (failed) {
    count(delivery.region, delivery.rule_name, "FailedInvocations");
    const auto& policy = delivery.target.RetryPolicy;
    const int most =
        policy ? policy->MaximumRetryAttempts.value_or(kDefaultRetries) : kDefaultRetries;
    const int age = policy ? policy->MaximumEventAgeInSeconds.value_or(kDefaultAge) : kDefaultAge;
    const Millis delay = std::min(kLastRetry, kFirstRetry * (1 << std::min(delivery.attempts, 10)));
    const bool in_time = now + delay <= delivery.put + Millis{age * 1000LL};
    if (failed->retry && delivery.attempts < most && in_time) {
      ++delivery.attempts;
      delivery.due = now + delay;
      due_.emplace(delivery.due, key);
      wake_.at(delivery.due);
      tables_.deliveries.put(key, std::move(delivery));
      return env_.store.commit(nullptr);
    }
    give_up(delivery, *failed,
            !failed->retry ? ""
            : in_time      ? "MaximumRetryAttempts"
                           : "MaximumEventAgeInSeconds");
  }
  tables_.deliveries.erase(key);
  env_.store.commit(nullptr);
  if (!metrics_.empty()) wake_.when_durable();
}

// To the target's dead-letter queue, if it has one.
void Router::give_up(const DeliveryRecord& delivery, const Failed& why,
                     std::string_view condition) {
  const auto& dead = delivery.target.DeadLetterConfig;
  if (!dead || !dead->Arn) {
    return log::warning("events: rule {} could not reach {}: {}: {}", delivery.rule_arn,
                        delivery.target.Arn, why.code, why.message);
  }
  sqs::Outgoing message{delivery.input, {}, "", ""};
  const auto note = [&](const char* name, std::string value) {
    if (!value.empty()) message.attributes[name] = {"String", std::move(value)};
  };
  note("RULE_ARN", delivery.rule_arn);
  note("TARGET_ARN", delivery.target.Arn);
  note("ERROR_CODE", why.code);
  note("ERROR_MESSAGE", why.message);
  note("EXHAUSTED_RETRY_CONDITION", std::string(condition));
  message.attributes["RETRY_ATTEMPTS"] = {"Number", std::to_string(delivery.attempts)};
  const auto sent = parts_.queues.send(*dead->Arn, message, {kPrincipal, delivery.rule_arn});
  if (!sent)
    log::warning("events: an event of {} is lost: its dead-letter queue does not take it: {}",
                 delivery.rule_arn, sent.error().message);
}

void Router::count(const RuleRecord& rule, const char* metric) {
  count(rule.region, rule.name, metric);
}
void Router::count(const std::string& region, const std::string& rule, const char* metric) {
  metrics_[region].push_back(
      {"AWS/Events", metric, {{"RuleName", rule}}, 1, "Count", env_.clock.now()});
}

// Rules that were due while the world was down are not made up for.
void Router::reschedule() {
  const Time now = env_.clock.now();
  std::map<std::string, Time> next;
  for (const auto& [key, rule] : tables_.rules) {
    if (rule.schedule.empty() || !rule.enabled()) continue;
    const auto schedule = decide::parse_schedule(rule.schedule);
    if (!schedule) continue;  // it was checked when it was put
    if (const auto at = decide::next_time(*schedule, now, rule.anchor)) next[key] = *at;
  }
  next_fire_ = std::move(next);
  if (next_fire_.empty()) return;
  const Time first =
      std::ranges::min_element(next_fire_, {}, [](const auto& e) { return e.second; })->second;
  if (fire_wake_ && *fire_wake_ <= first && *fire_wake_ > now) return;
  fire_wake_ = first;
  wake_.post(first - now, [this, first] {
    if (fire_wake_ != first) return;
    fire_wake_.reset();
    fire_due();
  });
}

void Router::fire_due() {
  const Time now = env_.clock.now();
  for (const auto& [key, at] : next_fire_) {
    const auto* rule = at <= now ? tables_.rules.find(key) : nullptr;
    if (rule == nullptr || !rule->enabled()) continue;
    const Object event{{"version", "0"},
                       {"id", env_.rng.uuid()},
                       {"detail-type", "Scheduled Event"},
                       {"source", "aws.events"},
                       {"account", env_.account},
                       {"time", format_iso8601_seconds(at)},
                       {"region", rule->region},
                       {"resources", Array{Value(rule->arn)}},
                       {"detail", Object{}}};
    deliver_to_targets(*rule, event, 0);
  }
  env_.store.commit(nullptr);
  reschedule();
}

}  // namespace seatrial::services::events
