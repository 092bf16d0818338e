// The cloudformation room: stacks and change sets. Handlers record what is wanted and wake the
// controller (controller.h), which reaches the other rooms through the dispatcher.
#pragma once
#include "services/cloudformation/controller.h"

namespace seatrial::services::cloudformation {

class CloudFormation final : public room::Room {
 public:
  CloudFormation(room::Env& env, ssm::Parameters& parameters);

  void start() override { controller_.start(); }
  void stop() override { controller_.stop(); }

 private:
  using Context = room::Context;
  template <class T>
  using Outcome = model::Outcome<T>;

  // handlers_stacks.cc
  Outcome<api::CreateStackOutput> create_stack(Context&, const api::CreateStackInput&);
  Outcome<api::UpdateStackOutput> update_stack(Context&, const api::UpdateStackInput&);
  Outcome<model::Empty> delete_stack(Context&, const api::DeleteStackInput&);

  // handlers_descriptions.cc
  Outcome<api::DescribeStacksOutput> describe_stacks(Context&, const api::DescribeStacksInput&);
  Outcome<api::ListStacksOutput> list_stacks(Context&, const api::ListStacksInput&);
  Outcome<api::DescribeStackEventsOutput> describe_stack_events(
      Context&, const api::DescribeStackEventsInput&);
  Outcome<api::DescribeStackResourcesOutput> describe_stack_resources(
      Context&, const api::DescribeStackResourcesInput&);
  Outcome<api::DescribeStackResourceOutput> describe_stack_resource(
      Context&, const api::DescribeStackResourceInput&);
  Outcome<api::ListStackResourcesOutput> list_stack_resources(Context&,
                                                              const api::ListStackResourcesInput&);

  // handlers_templates.cc
  Outcome<api::GetTemplateOutput> get_template(Context&, const api::GetTemplateInput&);
  Outcome<api::GetTemplateSummaryOutput> get_template_summary(Context&,
                                                              const api::GetTemplateSummaryInput&);
  Outcome<api::ValidateTemplateOutput> validate_template(Context&,
                                                         const api::ValidateTemplateInput&);

  // handlers_change_sets.cc
  Outcome<api::CreateChangeSetOutput> create_change_set(Context&, const api::CreateChangeSetInput&);
  Outcome<api::DescribeChangeSetOutput> describe_change_set(Context&,
                                                            const api::DescribeChangeSetInput&);
  Outcome<api::ExecuteChangeSetOutput> execute_change_set(Context&,
                                                          const api::ExecuteChangeSetInput&);
  Outcome<api::DeleteChangeSetOutput> delete_change_set(Context&, const api::DeleteChangeSetInput&);
  Outcome<api::ListChangeSetsOutput> list_change_sets(Context&, const api::ListChangeSetsInput&);

  // What CreateStack, UpdateStack and CreateChangeSet have in common.
  struct Given {
    const std::optional<std::string>& template_body;
    const std::optional<std::string>& template_url;
    bool use_previous_template = false;
    const model::List<api::Parameter>& parameters;
    const model::List<std::string>& capabilities;
    const model::List<api::Tag>& tags;
    const model::List<std::string>& notification_arns;
  };
  Outcome<Wanted> wanted_from(const Given& given, const StackRecord* existing);
  // Checks the wanted state as far as it can be without calling other rooms.
  Outcome<std::unique_ptr<Loaded>> check_wanted(const StackRecord& stack, const Wanted& wanted);
  StackRecord new_stack(const Context& context, const std::string& name);
  void describe_wanted(StackRecord& stack, const Loaded& loaded);
  // Starts an operation: its event is recorded and the controller woken.
  void begin(Context& context, StackRecord stack, Kind kind, Phase phase, std::string_view status,
             const std::optional<std::string>& token);
  const ChangeSetRecord* find_change_set(const Context& context, std::string_view name_or_id,
                                         const std::optional<std::string>& stack_name) const;

  StackStore store_;
  Controller controller_;
};

}  // namespace seatrial::services::cloudformation
