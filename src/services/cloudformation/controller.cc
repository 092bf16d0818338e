// See controller.h. This half makes and changes resources; controller_undo.cc deletes and reverts.
#include "services/cloudformation/controller.h"

#include "services/cloudformation/errors.h"

namespace seatrial::services::cloudformation {
namespace {

char lower_letter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool contains(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// "The following resource(s) failed to create: [A]. The following ... to update: [B]. "
std::string failure_text(const StackStore& store, const StackRecord& stack) {
  if (!stack.failure_reason.empty()) return stack.failure_reason + " ";
  std::vector<std::string> made, changed;
  for (const std::string& id : stack.failed_resources) {
    const ResourceRecord* r = store.find_resource(stack, id);
    (r == nullptr || r->made ? made : changed).push_back(id);
  }
  std::string text;
  if (!made.empty())
    text +=
        fmt::format("The following resource(s) failed to create: [{}]. ", fmt::join(made, ", "));
  if (!changed.empty())
    text +=
        fmt::format("The following resource(s) failed to update: [{}]. ", fmt::join(changed, ", "));
  return text;
}

}  // namespace

Controller::Controller(room::Env& env, StackStore& store, ssm::Parameters& parameters)
    : env_(env), store_(store), parameters_(parameters) {}
Controller::~Controller() { stop(); }

void Controller::start() {
  for (const auto& [key, stack] : store_.stacks)
    if (stack.phase != Phase::kIdle) wake(key);
  for (const auto& [key, set] : store_.change_sets)
    if (!set.planned) wake_change_set(key);
}

void Controller::stop() { *alive_ = false; }

void Controller::post(std::function<void()> work, Millis delay) {
  auto guarded = [alive = alive_, work = std::move(work)] {
    if (*alive) work();
  };
  if (delay.count() == 0)
    env_.control.post(std::move(guarded));
  else
    env_.control.post_after(delay, std::move(guarded));
}

void Controller::wake(const std::string& stack_key) {
  if (!scheduled_.insert(stack_key).second) return;
  post([this, stack_key] { advance(stack_key); }, Millis{0});
}

void Controller::wake_change_set(const std::string& key) {
  post([this, key] { plan_change_set(key); }, Millis{0});
}

void Controller::advance(const std::string& stack_key) {
  scheduled_.erase(stack_key);
  const StackRecord* found = store_.stacks.find(stack_key);
  if (found == nullptr || found->phase == Phase::kIdle) return;
  StackRecord stack = *found;
  const Progress progress = pass(stack);
  if (progress == Progress::kFinished || !scheduled_.insert(stack_key).second) return;
  post([this, stack_key] { advance(stack_key); },
       progress == Progress::kMoved ? Millis{0} : kPollInterval);
}

Controller::Progress Controller::pass(StackRecord& stack) {
  switch (stack.phase) {
    case Phase::kApply:
      return apply(stack);
    case Phase::kRevert:
      return revert(stack);
    case Phase::kCleanup:
      return cleanup(stack);
    case Phase::kDelete:
      return remove_all(stack);
    case Phase::kIdle:
      break;
  }
  return Progress::kFinished;
}

// ---- apply

Controller::Progress Controller::apply(StackRecord& stack) {
  if (!stack.failed_resources.empty()) return apply_failed(stack);
  auto target = loaded(stack);
  if (!target) return fail_operation(stack, target.error().message);
  if (to_ms(stack.deadline) != 0 && env_.clock.now() > stack.deadline)
    return fail_operation(stack, "Stack creation time exceeded the specified timeout.");
  bool moved = false, all_done = true;
  std::int64_t order = 0;
  for (const decide::ActiveResource& active : (*target)->instance.resources) {
    ++order;
    const ResourceRecord* r = store_.find_resource(stack, active.declared->logical_id);
    const bool begun = r != nullptr && r->operation == stack.operation;
    if (begun && r->done) continue;
    all_done = false;
    const bool ready =
        std::all_of(active.depends_on.begin(), active.depends_on.end(), [&](const std::string& id) {
          const ResourceRecord* needed = store_.find_resource(stack, id);
          return needed != nullptr && needed->operation == stack.operation && needed->done;
        });
    if (!begun && !ready) continue;
    if (!begun) begin(stack, **target, active, order);
    if (!begun || advance_resource(stack, active.declared->logical_id) == Progress::kMoved)
      moved = true;
    if (!stack.failed_resources.empty()) return Progress::kMoved;
  }
  if (all_done) return apply_done(stack, **target);
  return moved ? Progress::kMoved : Progress::kWaiting;
}

void Controller::begin(StackRecord& stack, const Loaded& target,
                       const decide::ActiveResource& active, std::int64_t order) {
  const ResourceRecord* old = store_.find_resource(stack, active.declared->logical_id);
  const bool exists = old != nullptr && !old->physical_id.empty();
  ResourceRecord r = exists ? *old : ResourceRecord{};
  Bag bag = exists ? store_.open(stack, r) : Bag{};
  const Value before = exists ? to_value(r) : Value();
  r.logical_id = active.declared->logical_id;
  r.type = active.declared->type;
  r.depends_on = active.depends_on;
  r.deletion_policy = active.declared->deletion_policy;
  r.update_replace_policy = active.declared->update_replace_policy;
  r.order = order;
  r.operation = stack.operation;
  r.done = r.touched = r.failed = false;
  r.made = !exists;
  r.step = Step::kNone;
  bag.previous = Value();
  auto properties = evaluated_properties(target, active);
  if (properties && exists && *properties == bag.properties) {
    r.done = true;
    return save(stack, r, bag);
  }
  if (exists) bag.previous = before;
  r.touched = exists;
  bag.target = properties.value_or(Value(Object{}));
  if (!properties) {
    store_.seal(stack, r, bag);
    return fail_resource(stack, r, properties.error().message);
  }
  if (auto fine = check_properties(*find_resource_type(r.type), *properties); !fine) {
    store_.seal(stack, r, bag);
    return fail_resource(stack, r, fine.error().reason(""));
  }
  if (exists)
    begin_change(stack, std::move(r), std::move(bag), std::move(*properties));
  else
    begin_create(stack, std::move(r), std::move(bag));
}

void Controller::begin_create(StackRecord& stack, ResourceRecord r, Bag bag) {
  const ResourceType& type = *find_resource_type(r.type);
  const bool named = bag.target.get_object().contains(type.name_property);
  r.given_name =
      type.name_property.empty() || named ? "" : generate_name(stack, r.logical_id, type);
  r.token = env_.rng.uuid();
  r.attempted = false;
  r.physical_id.clear();
  bag.attributes.clear();
  r.step = Step::kCreate;
  r.step_since = env_.clock.now();
  r.status = r.made ? "CREATE_IN_PROGRESS" : "UPDATE_IN_PROGRESS";
  r.reason = r.made ? ""
                    : "Requested update requires the creation of a new physical resource; hence "
                      "creating one.";
  store_.resource_event(stack, r, r.status, r.reason);
  save(stack, r, bag);
}

void Controller::begin_change(StackRecord& stack, ResourceRecord r, Bag bag, Value properties) {
  const ResourceType& type = *find_resource_type(r.type);
  bool replace = false;
  for (const auto& change : decide::diff_properties(r.type, bag.properties, properties))
    replace = replace || change.requires_recreation == decide::Replacement::kTrue;
  store_.seal(stack, r, bag);
  const std::string name = text_of(properties, type.name_property);
  if (replace && type.name_is_unique && !name.empty() &&
      name == text_of(bag.properties, type.name_property))
    return fail_resource(
        stack, r,
        fmt::format("CloudFormation cannot update a stack when a custom-named resource "
                    "requires replacing. Rename {} and update the stack again.",
                    name));
  if (replace) return begin_create(stack, std::move(r), std::move(bag));
  if (type.update == nullptr)
    return fail_resource(
        stack, r,
        fmt::format("Update of {} in place is not supported by this implementation", r.type));
  r.step = Step::kUpdate;
  r.step_since = env_.clock.now();
  r.status = "UPDATE_IN_PROGRESS";
  r.reason.clear();
  store_.resource_event(stack, r, r.status);
  save(stack, r, bag);
}

Controller::Progress Controller::advance_resource(StackRecord& stack,
                                                  const std::string& logical_id) {
  const ResourceRecord* found = store_.find_resource(stack, logical_id);
  if (found == nullptr || found->step == Step::kNone) return Progress::kMoved;
  ResourceRecord r = *found;
  Bag bag = store_.open(stack, r);
  Progress progress = Progress::kMoved;
  while (progress == Progress::kMoved && r.step != Step::kNone) {
    switch (r.step) {
      case Step::kCreate:
        progress = create(stack, r, bag);
        break;
      case Step::kConfigure:
        progress = configure(stack, r, bag);
        break;
      case Step::kUpdate:
        progress = update(stack, r, bag);
        break;
      default:
        progress = settle(stack, r, bag);
        break;
    }
  }
  return progress == Progress::kWaiting ? progress : Progress::kMoved;
}

Controller::Progress Controller::create(StackRecord& stack, ResourceRecord& r, Bag& bag) {
  const ResourceType& type = *find_resource_type(r.type);
  auto properties = callable_properties(stack, r, bag.target);
  if (!properties)
    return fail_resource(stack, r, properties.error().reason(r.token)), Progress::kFinished;
  ApiCaller api = caller(stack);
  const Request request{r.logical_id, r.token, *properties};
  const bool resumed = r.attempted && !attempts_.contains(r.token);
  auto made = Attempt<Physical>(std::unexpect);
  auto found = type.find == nullptr ? Attempt<std::optional<Physical>>() : type.find(api, request);
  if (!found) return fail_resource(stack, r, found.error().reason(r.token)), Progress::kFinished;
  if (*found && !resumed) {
    const std::string reason = fmt::format(
        "Resource of type '{}' with identifier '{}' already exists.", r.type, (*found)->id);
    return fail_resource(stack, r, reason), Progress::kFinished;
  }
  if (*found) {
    made = std::move(**found);
  } else {
    r.attempted = true;
    save(stack, r, bag);
    attempts_.insert(r.token);
    made = type.create(api, request);
  }
  if (!made) return fail_resource(stack, r, made.error().reason(r.token)), Progress::kFinished;
  r.physical_id = made->id;
  bag.attributes = made->attributes;
  r.step = Step::kConfigure;
  store_.resource_event(stack, r, r.status, "Resource creation Initiated");
  save(stack, r, bag);
  return Progress::kMoved;
}

Controller::Progress Controller::configure(StackRecord& stack, ResourceRecord& r, Bag& bag) {
  const ResourceType& type = *find_resource_type(r.type);
  if (type.configure != nullptr) {
    auto properties = callable_properties(stack, r, bag.target);
    if (!properties)
      return fail_resource(stack, r, properties.error().reason(r.token)), Progress::kFinished;
    ApiCaller api = caller(stack);
    if (auto fine = type.configure(api, {r.physical_id, bag.attributes}, *properties); !fine)
      return fail_resource(stack, r, fine.error().reason(r.token)), Progress::kFinished;
  }
  r.step = Step::kSettle;
  r.step_since = env_.clock.now();
  save(stack, r, bag);
  return Progress::kMoved;
}

Controller::Progress Controller::update(StackRecord& stack, ResourceRecord& r, Bag& bag) {
  const ResourceType& type = *find_resource_type(r.type);
  auto before = callable_properties(stack, r, bag.properties);
  auto after = callable_properties(stack, r, bag.target);
  if (!after || !before)
    return fail_resource(stack, r, (after ? before : after).error().reason(r.token)),
           Progress::kFinished;
  ApiCaller api = caller(stack);
  if (auto fine = type.update(api, {r.physical_id, bag.attributes}, *before, *after); !fine)
    return fail_resource(stack, r, fine.error().reason(r.token)), Progress::kFinished;
  r.step = Step::kSettle;
  r.step_since = env_.clock.now();
  save(stack, r, bag);
  return Progress::kMoved;
}

Controller::Progress Controller::settle(StackRecord& stack, ResourceRecord& r, Bag& bag) {
  const ResourceType& type = *find_resource_type(r.type);
  if (type.settled != nullptr) {
    ApiCaller api = caller(stack);
    Physical physical{r.physical_id, bag.attributes};
    auto settled = type.settled(api, physical, bag.target);
    if (!settled)
      return fail_resource(stack, r, settled.error().reason(r.token)), Progress::kFinished;
    if (!*settled && env_.clock.now() - r.step_since > kSettleTimeout) {
      const std::string reason = fmt::format(
          "Resource handler returned message: \"Exceeded attempts to wait\" "
          "(RequestToken: {}, HandlerErrorCode: NotStabilized)",
          r.token);
      return fail_resource(stack, r, reason), Progress::kFinished;
    }
    if (!*settled) return Progress::kWaiting;
    bag.attributes = physical.attributes;
  }
  complete(stack, r, bag);
  return Progress::kMoved;
}

void Controller::complete(StackRecord& stack, ResourceRecord& r, Bag& bag) {
  bag.properties = std::exchange(bag.target, Object{});
  r.done = true;
  r.step = Step::kNone;
  r.status = r.made ? "CREATE_COMPLETE" : "UPDATE_COMPLETE";
  r.reason.clear();
  attempts_.erase(r.token);
  store_.resource_event(stack, r, r.status);
  save(stack, r, bag);
}

void Controller::fail_resource(StackRecord& stack, ResourceRecord& r, const std::string& reason) {
  r.failed = true;
  r.step = Step::kNone;
  r.status = r.made ? "CREATE_FAILED" : "UPDATE_FAILED";
  r.reason = reason;
  r.updated = env_.clock.now();
  if (!contains(stack.failed_resources, r.logical_id))
    stack.failed_resources.push_back(r.logical_id);
  store_.resource_event(stack, r, r.status, reason);
  store_.put(stack, r);
  save(stack);
}

Controller::Progress Controller::fail_operation(StackRecord& stack, const std::string& reason) {
  stack.failure_reason = reason;
  return apply_failed(stack);
}

Controller::Progress Controller::apply_failed(StackRecord& stack) {
  for (ResourceRecord& r : store_.resources_of(stack)) {
    if (r.operation != stack.operation || r.done || r.step == Step::kNone) continue;
    fail_resource(stack, r, r.made ? "Resource creation cancelled" : "Resource update cancelled");
  }
  const std::string text = failure_text(store_, stack);
  stack.failed = true;
  // From here on `failed` says that a deletion or a reversal failed.
  for (ResourceRecord& r : store_.resources_of(stack)) {
    if (!std::exchange(r.failed, false)) continue;
    store_.put(stack, r);
  }
  const bool creating = stack.kind == Kind::kCreate;
  if (stack.on_failure == "DO_NOTHING") {
    for (ResourceRecord& r : store_.resources_of(stack)) {
      // A replacement that was never made: the resource is still the old one.
      if (r.operation != stack.operation || !r.touched || !r.physical_id.empty()) continue;
      ResourceRecord old = record_from<ResourceRecord>(store_.open(stack, r).previous);
      old.status = r.status;
      old.reason = r.reason;
      store_.put(stack, old);
    }
    end_operation(stack, creating ? "CREATE_FAILED" : "UPDATE_FAILED", text);
    return Progress::kFinished;
  }
  if (!creating) {
    stack.phase = Phase::kRevert;
    store_.stack_event(stack, "UPDATE_ROLLBACK_IN_PROGRESS", text);
  } else if (stack.on_failure == "DELETE") {
    stack.phase = Phase::kDelete;
    store_.stack_event(stack, "DELETE_IN_PROGRESS", text + "Delete requested by user.");
  } else {
    stack.phase = Phase::kDelete;
    store_.stack_event(stack, "ROLLBACK_IN_PROGRESS", text + "Rollback requested by user.");
  }
  stack.deadline = Time{};
  save(stack);
  return Progress::kMoved;
}

Controller::Progress Controller::apply_done(StackRecord& stack, Loaded& target) {
  auto outputs = decide::evaluate_outputs(target.declared, target.scope);
  if (!outputs) return fail_operation(stack, outputs.error().message);
  model::List<api::Output> shown;
  for (const decide::OutputValue& output : *outputs) {
    const StackRecord* owner = output.export_name.empty()
                                   ? nullptr
                                   : store_.exporter(stack.region, output.export_name, nullptr);
    if (owner != nullptr && owner->id != stack.id)
      return fail_operation(stack,
                            fmt::format("Export with name {} is already exported by stack {}.",
                                        output.export_name, owner->name));
    api::Output one;
    one.OutputKey = output.name;
    one.OutputValue = output.value;
    if (!output.description.empty()) one.Description = output.description;
    if (!output.export_name.empty()) one.ExportName = output.export_name;
    shown.push_back(std::move(one));
  }
  stack.shape.Outputs = std::move(shown);
  stack.imports = target.imports;
  stack.failed = false;
  if (stack.kind == Kind::kCreate)
    return end_operation(stack, "CREATE_COMPLETE"), Progress::kFinished;
  for (ResourceRecord& r : store_.resources_of(stack)) {
    if (target.instance.find(r.logical_id) == nullptr) {
      if (r.deletion_policy == "Delete" || r.deletion_policy == "RetainExceptOnCreate")
        store_.put_garbage(stack, r);
      else
        store_.resource_event(stack, r, "DELETE_SKIPPED");
      store_.erase(stack, r);
      continue;
    }
    if (r.operation != stack.operation || !r.touched) continue;
    Bag bag = store_.open(stack, r);
    const auto old = record_from<ResourceRecord>(bag.previous);
    if (old.physical_id != r.physical_id) {
      if (r.update_replace_policy == "Delete")
        store_.put_garbage(stack, old);
      else
        store_.resource_event(stack, old, "DELETE_SKIPPED");
    }
    bag.previous = Value();
    store_.seal(stack, r, bag);
    store_.put(stack, r);
  }
  stack.phase = Phase::kCleanup;
  store_.stack_event(stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
  save(stack);
  return Progress::kMoved;
}

// ---- shared

ApiCaller Controller::caller(const StackRecord& stack) const {
  return {env_, room::Context{env_,
                              stack.region,
                              stack.account,
                              {stack.caller_key, stack.caller_arn, stack.caller_user},
                              env_.rng.uuid(),
                              env_.clock.now(),
                              true}};
}

decide::SsmLookup Controller::ssm_lookup(const StackRecord& stack) const {
  return [this, region = stack.region](const std::string& name) -> model::Outcome<std::string> {
    auto value = parameters_.value(region, name);
    if (value) return std::move(*value);
    return validation_error(fmt::format(
        "Unable to fetch parameters [{}] from parameter store for this account.", name));
  };
}

std::expected<Loaded*, model::AwsError> Controller::loaded(const StackRecord& stack) {
  auto& [operation, cached] = loaded_[stack.key()];
  if (cached != nullptr && operation == stack.operation) return cached.get();
  auto fresh = load(store_, stack, stack.wanted, ssm_lookup(stack));
  if (!fresh) return std::unexpected(fresh.error());
  operation = stack.operation;
  cached = std::move(*fresh);
  return cached.get();
}

Attempt<Value> Controller::callable_properties(const StackRecord& stack, const ResourceRecord& r,
                                               const Value& properties) {
  ApiCaller api = caller(stack);
  const auto lookup = [&](const std::string& service,
                          const std::string& reference) -> model::Outcome<std::string> {
    Attempt<Value> reply = refuse("InvalidRequest", "");
    if (service == "ssm" || service == "ssm-secure") {
      reply = api.call("ssm", "GetParameter",
                       Object{{"Name", reference}, {"WithDecryption", service == "ssm-secure"}});
      if (reply) return text_of(member_of(*reply, "Parameter"), "Value");
    } else if (service == "secretsmanager") {
      // <secret id or ARN>:SecretString:<key>:<stage>:<version>
      const auto at = reference.find(":SecretString");
      std::vector<std::string> rest;
      std::string_view tail = at == std::string::npos ? std::string_view{}
                                                      : std::string_view(reference).substr(at + 13);
      while (tail.starts_with(':')) {
        tail.remove_prefix(1);
        rest.emplace_back(tail.substr(0, tail.find(':')));
        tail.remove_prefix(rest.back().size());
      }
      rest.resize(3);
      Object input{{"SecretId", reference.substr(0, at)}};
      if (!rest[1].empty()) input["VersionStage"] = rest[1];
      if (!rest[2].empty()) input["VersionId"] = rest[2];
      reply = api.call("secretsmanager", "GetSecretValue", std::move(input));
      if (reply && rest[0].empty()) return text_of(*reply, "SecretString");
      if (reply) {
        const auto inside = parse_json(text_of(*reply, "SecretString"));
        if (inside && find_member(*inside, rest[0]) != nullptr) return text_of(*inside, rest[0]);
        return validation_error(fmt::format(
            "Could not find a value associated with JSONKey in SecretString for {}", reference));
      }
    } else {
      return validation_error(
          fmt::format("Dynamic reference to {} is not supported by this implementation", service));
    }
    return validation_error(reply.error().message);
  };
  auto resolved = decide::resolve_dynamic(properties, lookup);
  if (!resolved) return refuse("InvalidRequest", resolved.error().message);
  if (!r.given_name.empty())
    resolved->get_object()[find_resource_type(r.type)->name_property] = r.given_name;
  return std::move(*resolved);
}

// "<stack>-<logical id>-<random>", cut to the type's limit from the front parts.
std::string Controller::generate_name(const StackRecord& stack, const std::string& logical_id,
                                      const ResourceType& type) {
  const std::string random = env_.rng.alphanumeric(12);
  const std::size_t room = type.name_limit - random.size() - 1;
  std::string front = stack.name + "-" + logical_id;
  if (front.size() > room) {
    const std::size_t half = (room - 1) / 2;
    const std::string id =
        logical_id.substr(0, std::max(half, room - 1 - std::min(half, stack.name.size())));
    front = stack.name.substr(0, room - 1 - id.size()) + "-" + id;
  }
  std::string name = front + "-" + random;
  if (type.name_is_lower) std::ranges::transform(name, name.begin(), lower_letter);
  return name;
}

void Controller::save(StackRecord& stack, ResourceRecord& r, const Bag& bag) {
  r.updated = env_.clock.now();
  store_.seal(stack, r, bag);
  store_.put(stack, r);
  save(stack);
}

void Controller::save(StackRecord& stack) {
  store_.put(stack);
  env_.store.commit(nullptr);
}

void Controller::end_operation(StackRecord& stack, std::string_view status,
                               std::string_view reason) {
  stack.phase = Phase::kIdle;
  stack.deadline = Time{};
  store_.stack_event(stack, status, reason);
  loaded_.erase(stack.key());
  save(stack);
}

}  // namespace seatrial::services::cloudformation
