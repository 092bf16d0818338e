// AWS Lambda: functions as real processes, invoked by clients and by other services.
//
// The room keeps the records and the resource policies (handlers_*.cc); environments.h decides
// which process carries out what, async_queue.h holds accepted events, code_store.h the packages.
#pragma once
#include "services/lambda/api.h"
#include "services/lambda/async_queue.h"
#include "services/lambda/environments.h"
#include "services/lambda/event_sources.h"
#include "services/lambda/names.h"

namespace seatrial::services::lambda {

inline constexpr std::size_t kMaxFunctions = 10'000, kPage = 50, kMaxTags = 50;
inline constexpr std::size_t kMaxVersions = 10'000;  // of a function
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

  // What a qualified name means: what is run, by which ARN, and the alias if it is one.
  struct Resolved {
    const FunctionRecord* record = nullptr;  // an alias's own version
    const AliasRecord* alias = nullptr;
    std::string arn;
    const std::vector<Value>& statements() const {
      return alias != nullptr ? alias->statements : record->statements;
    }
    const std::string& policy_revision() const {
      return alias != nullptr ? alias->policy_revision : record->policy_revision;
    }
  };

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
  // handlers_version.cc
  Reply<Configuration> publish_version(Context&, const shape::PublishVersionRequest&);
  Reply<shape::ListVersionsByFunctionResponse> list_versions(
      Context&, const shape::ListVersionsByFunctionRequest&);
  Reply<void> delete_version(const FunctionRecord& version);
  const FunctionRecord& publish(const FunctionRecord& latest,
                                const std::optional<std::string>& description);
  std::vector<const FunctionRecord*> versions_of(const std::string& function_key) const;
  void forget_versions(const std::string& function_key);
  // handlers_alias.cc
  Reply<shape::AliasConfiguration> create_alias(Context&, const shape::CreateAliasRequest&);
  Reply<shape::AliasConfiguration> update_alias(Context&, const shape::UpdateAliasRequest&);
  Reply<shape::AliasConfiguration> get_alias(Context&, const shape::GetAliasRequest&);
  Reply<Empty> delete_alias(Context&, const shape::DeleteAliasRequest&);
  Reply<shape::ListAliasesResponse> list_aliases(Context&, const shape::ListAliasesRequest&);
  Reply<const AliasRecord*> alias(const Context& context, const std::string& function_name,
                                  const std::string& name) const;
  Reply<void> check_alias(const FunctionRecord& function,
                          const shape::AliasConfiguration& alias) const;
  std::string pick_version(const AliasRecord& record);
  // handlers_mapping.cc
  using Mapping = shape::EventSourceMappingConfiguration;
  Reply<Mapping> create_mapping(Context&, const shape::CreateEventSourceMappingRequest&);
  Reply<Mapping> get_mapping(Context&, const shape::GetEventSourceMappingRequest&);
  Reply<Mapping> update_mapping(Context&, const shape::UpdateEventSourceMappingRequest&);
  Reply<Mapping> delete_mapping(Context&, const shape::DeleteEventSourceMappingRequest&);
  Reply<shape::ListEventSourceMappingsResponse> list_mappings(
      Context&, const shape::ListEventSourceMappingsRequest&);
  Reply<const MappingRecord*> mapping(const Context& context, const std::string& uuid) const;
  Reply<void> check_queue(const Context& context, const std::string& queue_arn,
                          const FunctionRecord& function);
  // handlers_invoke.cc
  Reply<shape::InvocationResponse> invoke(Context&, const shape::InvocationRequest&);
  Reply<shape::InvocationResponse> invoke_and_wait(Context&, const shape::InvocationRequest&,
                                                   const Resolved&);
  // handlers_policy.cc
  Reply<shape::AddPermissionResponse> add_permission(Context&, const shape::AddPermissionRequest&);
  Reply<Empty> remove_permission(Context&, const shape::RemovePermissionRequest&);
  Reply<shape::GetPolicyResponse> get_policy(Context&, const shape::GetPolicyRequest&);
  template <class F>
  Reply<void> change_policy(const Context& context, const std::string& name,
                            const std::optional<std::string>& qualifier, F change);
  // handlers_tags.cc
  Reply<shape::ListTagsResponse> list_tags(Context&, const shape::ListTagsRequest&);
  Reply<Empty> tag_resource(Context&, const shape::TagResourceRequest&);
  Reply<Empty> untag_resource(Context&, const shape::UntagResourceRequest&);

  // The function itself: a name with a qualifier but $LATEST is no function's.
  Reply<const FunctionRecord*> function(const Context& context, const std::string& name,
                                        const std::optional<std::string>& qualifier) const;
  std::optional<Resolved> resolve(const FunctionName& name) const;
  Reply<Resolved> qualified(const Context& context, const std::string& name,
                            const std::optional<std::string>& qualifier) const;
  Reply<void> check_invoker(const Resolved& function, const Invoker& invoker) const;
  // The key of what an invocation runs.
  std::string chosen(const Resolved& function);
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
  EventSources sources_;
};

}  // namespace seatrial::services::lambda
