// The controller's other half: deleting stacks, rolling back, cleaning up after updates, and the
// plan of a change set. See controller.h.
#include "services/cloudformation/controller.h"
#include "services/cloudformation/errors.h"

namespace seatrial::services::cloudformation {
namespace {

bool contains_resource(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

bool is_gone(const ResourceRecord& r) {
  return r.status == "DELETE_COMPLETE" || r.status == "DELETE_SKIPPED";
}

std::string failed_to_delete(const std::vector<std::string>& ids) {
  return fmt::format("The following resource(s) failed to delete: [{}]. ", fmt::join(ids, ", "));
}

}  // namespace

// ---- deletion of one resource

Controller::Progress Controller::remove(StackRecord& stack, ResourceRecord& r,
                                        std::int64_t max_tries) {
  const ResourceType* type = find_resource_type(r.type);
  const auto failed = [&](const Failure& f) {
    r.status = "DELETE_FAILED";
    r.reason = f.reason(r.token);
    r.failed = true;
    r.step = Step::kNone;
    store_.resource_event(stack, r, r.status, r.reason);
    return Progress::kFinished;
  };
  const Bag bag = store_.open(stack, r);
  // What an interrupted change may have been made with is what has to be taken away.
  const Value& current = bag.properties.get_object().empty() ? bag.target : bag.properties;
  if (r.step == Step::kNone) {
    r.step = Step::kRemove;
    r.tries = 0;
    r.status = "DELETE_IN_PROGRESS";
    store_.resource_event(stack, r, r.status);
  }
  ApiCaller api = caller(stack);
  if (r.step == Step::kRemove && !r.physical_id.empty()) {
    auto properties = callable_properties(stack, r, current);
    // A secret that is gone must not keep its user from being deleted.
    const Value given = properties ? *properties : current;
    auto removed = type->remove(api, {r.physical_id, bag.attributes}, given);
    if (!removed && removed.error().worth_retrying() && ++r.tries < max_tries)
      return Progress::kWaiting;
    if (!removed) return failed(removed.error());
  }
  if (r.step == Step::kRemove) r.step_since = env_.clock.now();
  r.step = Step::kVanish;
  if (type->gone != nullptr && !r.physical_id.empty()) {
    auto gone = type->gone(api, {r.physical_id, bag.attributes}, current);
    const bool late = env_.clock.now() - r.step_since > kVanishTimeout;
    if (!gone && late) return failed(gone.error());
    if (gone && !*gone && late)
      return failed(Failure{"", "NotStabilized",
                            "Resource handler returned message: \"Exceeded attempts to wait\"", 400,
                            ""});
    if (!gone || !*gone) return Progress::kWaiting;
  }
  r.step = Step::kNone;
  r.status = "DELETE_COMPLETE";
  r.reason.clear();
  r.updated = env_.clock.now();
  store_.resource_event(stack, r, r.status);
  return Progress::kFinished;
}

// ---- deletion of all

Controller::Progress Controller::remove_all(StackRecord& stack) {
  for (const api::Output& output : stack.shape.Outputs) {
    if (!output.ExportName || stack.kind != Kind::kDelete) continue;
    for (const auto& [key, other] : store_.stacks.with_prefix(stack.region + "/"))
      if (other.id != stack.id && other.shape.StackStatus != "DELETE_COMPLETE" &&
          contains_resource(other.imports, *output.ExportName)) {
        const std::string reason = fmt::format("Export {} cannot be deleted as it is in use by {}",
                                               *output.ExportName, other.name);
        return end_operation(stack, "DELETE_FAILED", reason), Progress::kFinished;
      }
  }
  std::vector<ResourceRecord> all = store_.resources_of(stack);
  bool moved = false, waiting = false;
  for (auto r = all.rbegin(); r != all.rend(); ++r) {
    if (is_gone(*r) || r->failed) continue;
    const bool needed = std::any_of(all.begin(), all.end(), [&](const ResourceRecord& other) {
      return other.logical_id != r->logical_id && !is_gone(other) &&
             contains_resource(other.depends_on, r->logical_id);
    });
    if (needed) continue;
    const bool created_now = stack.kind == Kind::kCreate;
    const bool keep = r->deletion_policy == "Retain" ||
                      (r->deletion_policy == "RetainExceptOnCreate" && !created_now) ||
                      contains_resource(stack.retained, r->logical_id);
    if (keep && r->step == Step::kNone && !r->physical_id.empty()) {
      r->status = "DELETE_SKIPPED";
      store_.resource_event(stack, *r, r->status);
    } else if (remove(stack, *r, kMaxRemoveTries) == Progress::kWaiting) {
      waiting = true;
    }
    moved = moved || is_gone(*r);
    store_.put(stack, *r);
    save(stack);
  }
  for (auto& [key, r] : store_.garbage_of(stack)) {
    if (r.failed) continue;
    const Progress progress = remove(stack, r, kMaxRemoveTries);
    if (progress == Progress::kWaiting || r.failed)
      store_.garbage.put(key, r);
    else
      store_.garbage.erase(key);
    waiting = waiting || progress == Progress::kWaiting;
    save(stack);
  }
  if (moved) return Progress::kMoved;
  return waiting ? Progress::kWaiting : remove_finished(stack);
}

Controller::Progress Controller::remove_finished(StackRecord& stack) {
  std::vector<std::string> failed;
  for (const ResourceRecord& r : store_.resources_of(stack))
    if (r.failed) failed.push_back(r.logical_id);
  for (const auto& [key, r] : store_.garbage_of(stack))
    if (r.failed && !contains_resource(failed, r.logical_id)) failed.push_back(r.logical_id);
  const bool rolling_back = stack.kind == Kind::kCreate && stack.on_failure == "ROLLBACK";
  if (!failed.empty()) {
    end_operation(stack, rolling_back ? "ROLLBACK_FAILED" : "DELETE_FAILED",
                  failed_to_delete(failed));
    return Progress::kFinished;
  }
  if (rolling_back) return end_operation(stack, "ROLLBACK_COMPLETE"), Progress::kFinished;
  stack.shape.DeletionTime = env_.clock.now();
  stack.shape.Outputs.clear();
  stack.imports.clear();
  std::vector<std::string> sets;
  for (const auto& [key, set] : store_.change_sets.with_prefix(stack.key() + "/"))
    sets.push_back(key);
  for (const std::string& key : sets) store_.change_sets.erase(key);
  end_operation(stack, "DELETE_COMPLETE");
  store_.forget_deleted(stack.region);
  env_.store.commit(nullptr);
  return Progress::kFinished;
}

// ---- rollback of an update

// One step back of one resource; true when it is as it was before the update.
bool Controller::revert_resource(StackRecord& stack, ResourceRecord& r) {
  if (r.made) {
    if (!r.physical_id.empty()) store_.put_garbage(stack, r);
    store_.erase(stack, r);
    return true;
  }
  Bag bag = store_.open(stack, r);
  ResourceRecord old = record_from<ResourceRecord>(bag.previous);
  const auto restored = [&] {
    old.status = "UPDATE_COMPLETE";
    old.reason.clear();
    old.updated = env_.clock.now();
    store_.resource_event(stack, old, old.status);
    store_.put(stack, old);
    return true;
  };
  if (old.physical_id != r.physical_id) {
    if (!r.physical_id.empty()) {
      ResourceRecord left = r;
      bag.previous = Value();
      store_.seal(stack, left, bag);
      store_.put_garbage(stack, left);
    }
    return restored();
  }
  const Bag before = store_.open(stack, old);
  const ResourceType& type = *find_resource_type(r.type);
  ApiCaller api = caller(stack);
  if (r.step != Step::kSettle) {
    r.status = "UPDATE_IN_PROGRESS";
    store_.resource_event(stack, r, r.status);
    const bool completed = bag.target.get_object().empty();
    auto from = callable_properties(stack, r, completed ? bag.properties : bag.target);
    auto to = callable_properties(stack, r, before.properties);
    auto fine = from && to ? type.update(api, {r.physical_id, bag.attributes}, *from, *to)
                           : Attempt<void>(std::unexpected((from ? to : from).error()));
    // An update that was refused as a whole changed nothing: there is nothing to take back.
    if (!fine && !completed && fine.error().code == "NotUpdatable") return restored();
    if (!fine) return fail_resource(stack, r, fine.error().reason(r.token)), false;
    r.step = Step::kSettle;
    r.step_since = env_.clock.now();
    r.failed = false;
  }
  if (type.settled != nullptr) {
    Physical physical{r.physical_id, bag.attributes};
    auto settled = type.settled(api, physical, before.properties);
    if (!settled || env_.clock.now() - r.step_since > kSettleTimeout)
      return fail_resource(stack, r,
                           settled ? "Exceeded attempts to wait" : settled.error().reason(r.token)),
             false;
    if (!*settled) {
      save(stack, r, bag);
      return false;
    }
  }
  return restored();
}

Controller::Progress Controller::revert(StackRecord& stack) {
  bool waiting = false;
  const std::vector<std::string> failed_before = std::exchange(stack.failed_resources, {});
  for (ResourceRecord& r : store_.resources_of(stack)) {
    if (r.operation != stack.operation || (!r.made && !r.touched)) continue;
    if (!revert_resource(stack, r)) waiting = true;
    save(stack);
    if (!stack.failed_resources.empty()) {
      const std::string reason = fmt::format("The following resource(s) failed to update: [{}]. ",
                                             stack.failed_resources[0]);
      return end_operation(stack, "UPDATE_ROLLBACK_FAILED", reason), Progress::kFinished;
    }
  }
  stack.failed_resources = failed_before;
  if (waiting) return save(stack), Progress::kWaiting;
  stack.wanted = stack.previous;
  loaded_.erase(stack.key());
  if (auto old = load(store_, stack, stack.wanted, ssm_lookup(stack))) {
    stack.shape.Parameters = shown_parameters((*old)->scope.parameters);
    stack.shape.Description = (*old)->declared.description;
  }
  from_value(stack.wanted.tags, stack.shape.Tags);
  stack.phase = Phase::kCleanup;
  store_.stack_event(stack, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");
  save(stack);
  return Progress::kMoved;
}

Controller::Progress Controller::cleanup(StackRecord& stack) {
  auto left = store_.garbage_of(stack);
  if (left.empty()) {
    end_operation(stack, stack.failed ? "UPDATE_ROLLBACK_COMPLETE" : "UPDATE_COMPLETE");
    return Progress::kFinished;
  }
  const auto needed = [&](const ResourceRecord& r) {
    return std::any_of(left.begin(), left.end(), [&](const auto& other) {
      return other.second.logical_id != r.logical_id &&
             contains_resource(other.second.depends_on, r.logical_id);
    });
  };
  const bool stuck =
      std::all_of(left.begin(), left.end(), [&](const auto& row) { return needed(row.second); });
  bool moved = false;
  for (auto& [key, r] : left) {
    if (!stuck && needed(r)) continue;
    // AWS, too, leaves behind what it cannot delete here, and says so in an event.
    if (remove(stack, r,
               r.type == "AWS::EC2::SecurityGroup" ? kMaxRemoveTries : kMaxCleanupTries * 10) ==
        Progress::kWaiting) {
      store_.garbage.put(key, r);
    } else {
      store_.garbage.erase(key);
      moved = true;
    }
    save(stack);
  }
  return moved ? Progress::kMoved : Progress::kWaiting;
}

// ---- change sets

namespace {

api::Change shown_change(const StackStore& store, const StackRecord& stack,
                         const decide::ResourceChange& change) {
  using Action = decide::ResourceChange::Action;
  api::ResourceChange out;
  out.LogicalResourceId = change.logical_id;
  out.ResourceType = change.type;
  out.Action = change.action == Action::kAdd      ? "Add"
               : change.action == Action::kModify ? "Modify"
                                                  : "Remove";
  if (const ResourceRecord* r = store.find_resource(stack, change.logical_id)) {
    out.PhysicalResourceId = r->physical_id;
    if (change.action == Action::kRemove)
      out.PolicyAction = r->deletion_policy == "Delete" ? "Delete" : "Retain";
    if (change.replacement == decide::Replacement::kTrue)
      out.PolicyAction =
          r->update_replace_policy == "Delete" ? "ReplaceAndDelete" : "ReplaceAndRetain";
  }
  out.Scope.given = out.Details.given = true;
  if (change.action == Action::kModify) {
    const bool replaced = change.replacement == decide::Replacement::kTrue;
    out.Replacement = replaced ? "True" : "False";
    for (const decide::PropertyChange& property : change.properties) {
      const bool tags = property.name == "Tags";
      const std::string scope = tags ? "Tags" : "Properties";
      if (std::find(out.Scope.begin(), out.Scope.end(), scope) == out.Scope.end())
        out.Scope.push_back(scope);
      api::ResourceChangeDetail detail;
      detail.Target.emplace();
      detail.Target->Attribute = scope;
      if (!tags) detail.Target->Name = property.name;
      detail.Target->RequiresRecreation =
          property.requires_recreation == decide::Replacement::kTrue ? "Always" : "Never";
      detail.Evaluation = "Static";
      detail.ChangeSource = "DirectModification";
      out.Details.push_back(std::move(detail));
    }
  }
  api::Change shown;
  shown.Type = "Resource";
  shown.ResourceChange = std::move(out);
  return shown;
}

}  // namespace

void Controller::plan_change_set(const std::string& key) {
  const ChangeSetRecord* found = store_.change_sets.find(key);
  if (found == nullptr || found->planned) return;
  ChangeSetRecord set = *found;
  const StackRecord* stack = store_.stacks.find(set.stack_key);
  ST_CHECK(stack != nullptr, "a change set outlived its stack");
  set.planned = true;
  const auto failed = [&](const std::string& reason) {
    set.shape.Status = "FAILED";
    set.shape.StatusReason = reason;
    set.shape.ExecutionStatus = "UNAVAILABLE";
  };
  auto target = load(store_, *stack, set.wanted, ssm_lookup(*stack));
  auto changes =
      target ? plan_changes(store_, *stack, **target)
             : model::Outcome<std::vector<decide::ResourceChange>>(std::unexpected(target.error()));
  if (!changes) {
    failed(changes.error().message);
  } else {
    const auto current = set.type == "UPDATE" ? read_template(stack->wanted.template_text)
                                              : read_template(set.wanted.template_text);
    const bool nothing = set.type == "UPDATE" && changes->empty() && current &&
                         same_outputs(*current, (*target)->declared) &&
                         stack->wanted.tags == set.wanted.tags;
    for (const decide::ResourceChange& change : *changes)
      set.shape.Changes.push_back(shown_change(store_, *stack, change));
    set.shape.Parameters = shown_parameters((*target)->scope.parameters);
    set.shape.Status = "CREATE_COMPLETE";
    set.shape.ExecutionStatus = "AVAILABLE";
    if (nothing)
      failed(
          "The submitted information didn't contain changes. Submit different information to "
          "create a change set.");
  }
  set.shape.Changes.given = true;
  store_.change_sets.put(key, std::move(set));
  env_.store.commit(nullptr);
}

}  // namespace seatrial::services::cloudformation
