// What CloudFormation remembers. All of it is durable, so that an operation cut off by a crash goes
// on after the restart from the step it had reached.
//
// Keys: a stack is "<region>/<name>/<uuid>"; its resources and events carry the uuid in front.
// Parameters, properties and attributes may hold secrets: they are sealed by the vault.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "decide/template/template.h"
#include "model/shapes/cloudformation.h"
#include "room/room.h"
#include "store/table.h"

namespace seatrial::services::cloudformation {

namespace api = aws::cloudformation;

// What a stack is asked to be: template text and the parameters given (defaults not filled in).
struct Wanted {
  std::string template_text;
  std::string sealed_parameters;  // {"Name": "text"}
  Value tags = Array{};           // [{Key, Value}]
  std::vector<std::string> notification_arns, capabilities;

  template <class F>
  static void fields(F&& f) {
    f("template_text", &Wanted::template_text);
    f("sealed_parameters", &Wanted::sealed_parameters);
    f("tags", &Wanted::tags);
    f("notification_arns", &Wanted::notification_arns);
    f("capabilities", &Wanted::capabilities);
  }
};

// The steps of an operation. kApply makes what is wanted; kRevert undoes an update; kCleanup
// deletes what an update left over; kDelete deletes the stack's resources.
enum class Phase { kIdle, kApply, kRevert, kCleanup, kDelete };
enum class Kind { kNone, kCreate, kUpdate, kDelete };

struct StackRecord {
  std::string region, account, name, id, uuid;
  api::Stack shape;  // as DescribeStacks shows it; Parameters and Outputs are filled in
  Wanted wanted, previous;
  Kind kind = Kind::kNone;
  Phase phase = Phase::kIdle;
  std::string operation;  // id of the running or last operation
  std::string client_token;
  std::string caller_key, caller_arn, caller_user;
  std::string on_failure = "ROLLBACK";
  bool failed = false;  // the running operation is being undone
  std::vector<std::string> failed_resources;
  std::string failure_reason;  // when the operation itself failed, not a resource
  std::vector<std::string> retained;
  std::vector<std::string> imports;  // exports of other stacks that this one uses
  Time deadline{};                   // TimeoutInMinutes; zero: none
  std::int64_t next_event = 0;
  std::int64_t next_garbage = 0;

  template <class F>
  static void fields(F&& f) {
    f("region", &StackRecord::region);
    f("account", &StackRecord::account);
    f("name", &StackRecord::name);
    f("id", &StackRecord::id);
    f("uuid", &StackRecord::uuid);
    f("shape", &StackRecord::shape);
    f("wanted", &StackRecord::wanted);
    f("previous", &StackRecord::previous);
    f("kind", &StackRecord::kind);
    f("phase", &StackRecord::phase);
    f("operation", &StackRecord::operation);
    f("client_token", &StackRecord::client_token);
    f("caller_key", &StackRecord::caller_key);
    f("caller_arn", &StackRecord::caller_arn);
    f("caller_user", &StackRecord::caller_user);
    f("on_failure", &StackRecord::on_failure);
    f("failed", &StackRecord::failed);
    f("failed_resources", &StackRecord::failed_resources);
    f("failure_reason", &StackRecord::failure_reason);
    f("retained", &StackRecord::retained);
    f("imports", &StackRecord::imports);
    f("deadline", &StackRecord::deadline);
    f("next_event", &StackRecord::next_event);
    f("next_garbage", &StackRecord::next_garbage);
  }
  std::string key() const { return region + "/" + name + "/" + uuid; }
};

// Where a resource is in its current step.
enum class Step {
  kNone,
  kCreate,     // about to call create; `attempted` tells whether the call may have been made
  kConfigure,  // created, further calls to make
  kSettle,     // waiting until it works
  kUpdate,     // about to call update
  kRemove,     // about to call remove
  kVanish      // waiting until it is gone
};

// The secret part of a resource record, sealed.
struct Bag {
  Value properties = Object{};  // as evaluated, dynamic references not resolved
  Value target = Object{};      // what the running step changes them to
  Object attributes;
  Value previous;  // null, or the state before the running update: a ResourceRecord's value
};

struct ResourceRecord {
  std::string logical_id, type, physical_id, status, reason;
  Time updated{};
  std::string sealed;      // Bag
  std::string given_name;  // generated name, empty when the template names it
  std::string token;       // of this creation
  std::vector<std::string> depends_on;
  std::string deletion_policy = "Delete", update_replace_policy = "Delete";
  std::int64_t order = 0;
  std::string operation;  // the operation that last looked at it
  bool done = false;      // ... and is done with it
  bool made = false;      // ... and made it: there was none before
  bool touched = false;   // ... and changed it: Bag.previous says what it was
  bool attempted = false;
  bool failed = false;
  Step step = Step::kNone;
  Time step_since{};
  std::int64_t tries = 0;

  template <class F>
  static void fields(F&& f) {
    f("logical_id", &ResourceRecord::logical_id);
    f("type", &ResourceRecord::type);
    f("physical_id", &ResourceRecord::physical_id);
    f("status", &ResourceRecord::status);
    f("reason", &ResourceRecord::reason);
    f("updated", &ResourceRecord::updated);
    f("sealed", &ResourceRecord::sealed);
    f("given_name", &ResourceRecord::given_name);
    f("token", &ResourceRecord::token);
    f("depends_on", &ResourceRecord::depends_on);
    f("deletion_policy", &ResourceRecord::deletion_policy);
    f("update_replace_policy", &ResourceRecord::update_replace_policy);
    f("order", &ResourceRecord::order);
    f("operation", &ResourceRecord::operation);
    f("done", &ResourceRecord::done);
    f("made", &ResourceRecord::made);
    f("touched", &ResourceRecord::touched);
    f("attempted", &ResourceRecord::attempted);
    f("failed", &ResourceRecord::failed);
    f("step", &ResourceRecord::step);
    f("step_since", &ResourceRecord::step_since);
    f("tries", &ResourceRecord::tries);
  }
};

struct EventRecord {
  api::StackEvent shape;
  template <class F>
  static void fields(F&& f) {
    f("shape", &EventRecord::shape);
  }
};

struct ChangeSetRecord {
  std::string stack_key, name, id;
  std::string type;  // CREATE or UPDATE
  Wanted wanted;
  api::DescribeChangeSetOutput shape;
  bool planned = false;
  template <class F>
  static void fields(F&& f) {
    f("stack_key", &ChangeSetRecord::stack_key);
    f("name", &ChangeSetRecord::name);
    f("id", &ChangeSetRecord::id);
    f("type", &ChangeSetRecord::type);
    f("wanted", &ChangeSetRecord::wanted);
    f("shape", &ChangeSetRecord::shape);
    f("planned", &ChangeSetRecord::planned);
  }
};

inline constexpr std::int64_t kMaxEventsPerStack = 5000;
inline constexpr std::size_t kMaxStacks = 2000;        // live ones of a region
inline constexpr std::size_t kMaxDeletedStacks = 200;  // remembered of a region (AWS: for 90 days)

class StackStore {
 public:
  explicit StackStore(room::Env& env);

  // By name (the live stack of that name) or id (also a deleted one); region of the caller.
  const StackRecord* find(std::string_view region, std::string_view name_or_id) const;
  const ResourceRecord* find_resource(const StackRecord& stack, std::string_view logical_id) const;
  std::vector<ResourceRecord> resources_of(const StackRecord& stack) const;
  std::string resource_key(const StackRecord& stack, std::string_view logical_id) const;

  void put(const StackRecord& stack) { stacks.put(stack.key(), stack); }
  void put(const StackRecord& stack, const ResourceRecord& resource);
  void erase(const StackRecord& stack, const ResourceRecord& resource);
  // What an update left over, to be deleted in its cleanup.
  void put_garbage(StackRecord& stack, const ResourceRecord& resource);
  std::vector<std::pair<std::string, ResourceRecord>> garbage_of(const StackRecord& stack) const;

  // Forgets the deleted stacks of a region beyond the newest kMaxDeletedStacks.
  void forget_deleted(const std::string& region);
  std::size_t live_stacks(const std::string& region) const;

  void stack_event(StackRecord& stack, std::string_view status, std::string_view reason = "");
  void resource_event(StackRecord& stack, const ResourceRecord& resource, std::string_view status,
                      std::string_view reason = "");

  Bag open(const StackRecord& stack, const ResourceRecord& resource) const;
  void seal(const StackRecord& stack, ResourceRecord& resource, const Bag& bag);
  std::string seal_parameters(const std::map<std::string, std::string>& parameters);
  std::map<std::string, std::string> open_parameters(const Wanted& wanted) const;

  // The stack that exports this name in a region, if any.
  const StackRecord* exporter(std::string_view region, std::string_view export_name,
                              std::string* value) const;

  store::Table<StackRecord> stacks;
  store::Table<ResourceRecord> resources;
  store::Table<ResourceRecord> garbage;
  store::Table<EventRecord> events;
  store::Table<ChangeSetRecord> change_sets;  // "<stack key>/<change set name>"

 private:
  void add_event(StackRecord& stack, api::StackEvent event);
  room::Env& env_;
};

bool in_progress(std::string_view status);

}  // namespace seatrial::services::cloudformation
