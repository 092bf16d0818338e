// AWS Lambda: functions as real processes, invoked by clients and by other services.
//
// The room keeps the records and the resource policies (handlers_*.cc); environments.h decides
// which process carries out what, async_queue.h holds accepted events, code_store.h the packages.
#pragma once
#include "services/lambda/api.h"
#include "services/lambda/async_queue.h"
#include "services/lambda/environments.h"
#include "services/lambda/names.h"

namespace seatrial::services::lambda {

inline constexpr std::size_t kMaxFunctions = 10'000, kPage = 50, kMaxTags = 50;
inline constexpr std::size_t kMaxSyncPayload = 6'291'456, kMaxPolicyBytes = 20'480;

class Lambda final : public room::Room, public Functions {
 public:
  Lambda(room::Env& env, Parts parts);

  void start() override;
  void stop() override;

  room::Outcome<std::string> invoke_async(const std::string& function_arn, std::string payload,
                                          const Invoker& invoker) override;
  room::Outcome<void> may_invoke(const std::string& function_arn,
                                 const Invoker& invoker) const override;
  bool has_function(const std::string& function_arn) const override;

  // What GetFunction's Code.Location leads to; empty when there is no such code. Any thread.
  std::string package(const std::string& code) const { return code_.package(code); }

 private:
  using Context = room::Context;
  template <class T>
  using Reply = room::Outcome<T>;
  using Empty = model::Empty;
  using Configuration = shape::FunctionConfiguration;

  // handlers_function.cc
  Reply<Configuration> create_function(Context&, const shape::CreateFunctionRequest&);
  Reply<Configuration> update_code(Context&, const shape::UpdateFunctionCodeRequest&);
  Reply<Configuration> update_configuration(Context&,
                                            const shape::UpdateFunctionConfigurationRequest&);
  Reply<shape::GetFunctionResponse> get_function(Context&, const shape::GetFunctionRequest&);
  Reply<Configuration> get_configuration(Context&, const shape::GetFunctionConfigurationRequest&);
  Reply<shape::ListFunctionsResponse> list_functions(Context&, const shape::ListFunctionsRequest&);
  Reply<shape::DeleteFunctionResponse> delete_function(Context&,
                                                       const shape::DeleteFunctionRequest&);
  // handlers_invoke.cc
  Reply<shape::InvocationResponse> invoke(Context&, const shape::InvocationRequest&);
  Reply<shape::InvocationResponse> invoke_and_wait(Context&, const shape::InvocationRequest&,
                                                   const FunctionRecord&);
  // handlers_policy.cc
  Reply<shape::AddPermissionResponse> add_permission(Context&, const shape::AddPermissionRequest&);
  Reply<Empty> remove_permission(Context&, const shape::RemovePermissionRequest&);
  Reply<shape::GetPolicyResponse> get_policy(Context&, const shape::GetPolicyRequest&);
  Reply<void> check_invoker(const FunctionRecord& function, const Invoker& invoker) const;
  // handlers_tags.cc
  Reply<shape::ListTagsResponse> list_tags(Context&, const shape::ListTagsRequest&);
  Reply<Empty> tag_resource(Context&, const shape::TagResourceRequest&);
  Reply<Empty> untag_resource(Context&, const shape::UntagResourceRequest&);

  Reply<const FunctionRecord*> function(const Context& context, const std::string& name,
                                        const std::optional<std::string>& qualifier) const;
  // Asks for the package to be stored; the call comes again with it in Context::prepared.
  Reply<void> prepare_code(Context& context, const std::optional<std::string>& zip,
                           const std::optional<std::string>& bucket,
                           const std::optional<std::string>& key,
                           const std::optional<std::string>& version);
  Reply<void> check_role(const std::string& role) const;
  // With the environment variables, as the API shows it.
  Configuration shown(const FunctionRecord& record) const;
  // Puts it as changed now, under a new revision; its processes run out.
  const FunctionRecord& put_changed(FunctionRecord record);
  void seal_variables(FunctionRecord& record, const StringMap& variables);

  Tables tables_;
  Parts parts_;
  CodeStore code_;
  Environments environments_;
  AsyncQueue queue_;
};

}  // namespace seatrial::services::lambda
