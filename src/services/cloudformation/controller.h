// Carries stack operations out, one short step of one resource at a time, on the control thread.
//
// Problem: an operation takes minutes, spans many rooms, and the process may be killed at any
// moment. Choice: the state machine is data (store.h). advance() looks at it, makes the steps that
// are possible now, records each before and after the call it makes, and is run again: at once
// after progress, after a poll interval while something settles, and at start for every stack with
// an operation under way. A creation that may have been made before a crash is looked for by name
// first (ResourceType::find). Rejected: a thread or coroutine per operation, whose position a kill
// would lose.
#pragma once
#include <memory>
#include <set>

#include "services/cloudformation/plan.h"
#include "services/ssm/api.h"

namespace seatrial::services::cloudformation {

inline constexpr Millis kPollInterval{500};
inline constexpr Millis kSettleTimeout = std::chrono::hours{3};  // as for an ECS service in AWS
inline constexpr Millis kVanishTimeout = std::chrono::minutes{30};
inline constexpr std::int64_t kMaxRemoveTries = 240;  // one a poll interval
inline constexpr std::int64_t kMaxCleanupTries = 3;

class Controller {
 public:
  Controller(room::Env& env, StackStore& store, ssm::Parameters& parameters);
  ~Controller();

  void start();  // takes up every operation under way
  void stop();

  // Has the stack looked at soon. Safe in a handler.
  void wake(const std::string& stack_key);
  // Values of parameters of SSM types. Safe in a handler.
  decide::SsmLookup ssm_lookup(const StackRecord& stack) const;
  // Plans a change set soon.
  void wake_change_set(const std::string& change_set_key);

 private:
  enum class Progress { kMoved, kWaiting, kFinished };

  void advance(const std::string& stack_key);
  Progress pass(StackRecord& stack);

  // controller.cc: creation and update
  Progress apply(StackRecord& stack);
  void begin(StackRecord& stack, const Loaded& loaded, const decide::ActiveResource& active,
             std::int64_t order);
  void begin_create(StackRecord& stack, ResourceRecord r, Bag bag);
  void begin_change(StackRecord& stack, ResourceRecord r, Bag bag, Value properties);
  Progress advance_resource(StackRecord& stack, const std::string& logical_id);
  Progress create(StackRecord& stack, ResourceRecord& r, Bag& bag);
  Progress configure(StackRecord& stack, ResourceRecord& r, Bag& bag);
  Progress update(StackRecord& stack, ResourceRecord& r, Bag& bag);
  Progress settle(StackRecord& stack, ResourceRecord& r, Bag& bag);
  void complete(StackRecord& stack, ResourceRecord& r, Bag& bag);
  void fail_resource(StackRecord& stack, ResourceRecord& r, const std::string& reason);
  Progress apply_failed(StackRecord& stack);
  Progress apply_done(StackRecord& stack, Loaded& loaded);
  Progress fail_operation(StackRecord& stack, const std::string& reason);

  // controller_undo.cc: deletion, rollback, cleanup
  Progress revert(StackRecord& stack);
  bool revert_resource(StackRecord& stack, ResourceRecord& r);
  Progress cleanup(StackRecord& stack);
  Progress remove_all(StackRecord& stack);
  Progress remove_finished(StackRecord& stack);
  // One step of a deletion; finished: it is gone, or given up when `r.failed`.
  Progress remove(StackRecord& stack, ResourceRecord& r, std::int64_t max_tries);

  void plan_change_set(const std::string& key);

  ApiCaller caller(const StackRecord& stack) const;
  std::expected<Loaded*, model::AwsError> loaded(const StackRecord& stack);
  Attempt<Value> callable_properties(const StackRecord& stack, const ResourceRecord& r,
                                     const Value& properties);
  std::string generate_name(const StackRecord& stack, const std::string& logical_id,
                            const ResourceType& type);
  void save(StackRecord& stack, ResourceRecord& r, const Bag& bag);
  void save(StackRecord& stack);
  void end_operation(StackRecord& stack, std::string_view status, std::string_view reason = "");
  void post(std::function<void()> work, Millis delay);

  room::Env& env_;
  StackStore& store_;
  ssm::Parameters& parameters_;
  std::set<std::string> scheduled_;
  std::set<std::string> attempts_;  // resource tokens whose create was called in this process
  std::map<std::string, std::pair<std::string, std::unique_ptr<Loaded>>>
      loaded_;  // stack key -> operation
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace seatrial::services::cloudformation
