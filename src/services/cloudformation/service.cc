// Operation to handler.
#include "services/cloudformation/service.h"

namespace seatrial::services::cloudformation {

CloudFormation::CloudFormation(room::Env& env, ssm::Parameters& parameters)
    : Room(env, "cloudformation"), store_(env), controller_(env, store_, parameters) {
  serve<api::CreateStackOp>(&CloudFormation::create_stack);
  serve<api::UpdateStackOp>(&CloudFormation::update_stack);
  serve<api::DeleteStackOp>(&CloudFormation::delete_stack);
  serve<api::DescribeStacksOp>(&CloudFormation::describe_stacks);
  serve<api::ListStacksOp>(&CloudFormation::list_stacks);
  serve<api::DescribeStackEventsOp>(&CloudFormation::describe_stack_events);
  serve<api::DescribeStackResourcesOp>(&CloudFormation::describe_stack_resources);
  serve<api::DescribeStackResourceOp>(&CloudFormation::describe_stack_resource);
  serve<api::ListStackResourcesOp>(&CloudFormation::list_stack_resources);
  serve<api::GetTemplateOp>(&CloudFormation::get_template);
  serve<api::GetTemplateSummaryOp>(&CloudFormation::get_template_summary);
  serve<api::ValidateTemplateOp>(&CloudFormation::validate_template);
  serve<api::CreateChangeSetOp>(&CloudFormation::create_change_set);
  serve<api::DescribeChangeSetOp>(&CloudFormation::describe_change_set);
  serve<api::ExecuteChangeSetOp>(&CloudFormation::execute_change_set);
  serve<api::DeleteChangeSetOp>(&CloudFormation::delete_change_set);
  serve<api::ListChangeSetsOp>(&CloudFormation::list_change_sets);
}

}  // namespace seatrial::services::cloudformation
