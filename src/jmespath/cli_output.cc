// Output shapes as the CLI prints them. The other half: cli_output.h. What changes them is
// botocore's handlers.py and paginate.py (build_full_result) and awscli's formatter.py.
#include "jmespath/cli_output.h"

#include <fmt/format.h>

#include <algorithm>

namespace seatrial::jmespath {
namespace {

bool is_operation(const model::Operation& operation, std::string_view service,
                  std::string_view name) {
  return operation.service().name() == service && operation.name() == name;
}

// Whole outputs that handlers replace.
bool is_replaced(const model::Operation& operation) {
  return is_operation(operation, "datapipeline", "GetPipelineDefinition");
}

// Members that handlers replace, so that the model's type does not hold.
bool is_replaced(const model::Operation& operation, std::string_view member) {
  if (is_operation(operation, "cloudformation", "GetTemplate")) return member == "TemplateBody";
  if (is_operation(operation, "s3", "GetBucketLocation")) return member == "LocationConstraint";
  return operation.service().name() == "s3" && member == "Expires";
}

// Names that merged pages have no longer: where the next page begins.
std::vector<std::string> page_tokens(const model::Operation& operation) {
  const auto paginator = operation.paginator();
  std::vector<std::string> names;
  if (!paginator || paginator->result_keys.empty()) return names;
  for (const std::string_view token : paginator->output_tokens) {
    const bool name = token.find_first_of(".[]|& ") == std::string_view::npos;
    const auto& kept = paginator->result_keys;
    if (name && std::find(kept.begin(), kept.end(), token) == kept.end()) names.emplace_back(token);
  }
  return names;
}

bool has(const Type::Fields& fields, std::string_view name) {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const auto& field) { return field.first == name; });
}

Type::Fields modelled_fields(const model::Operation& operation, ShapeView view) {
  Type::Fields fields;
  const auto shape = operation.output();
  for (std::uint32_t i = 0; shape && i < shape->member_count(); ++i) {
    const model::Member member = shape->member(i);
    Type type = is_replaced(operation, member.name()) ? Type() : Type::of(member, view);
    fields.emplace_back(member.name(), std::move(type));
  }
  return fields;
}

void add_fields(const model::Operation& operation, CliOutput output, Type::Fields& fields) {
  // The CLI keeps the metadata beside a list of errors.
  if (has(fields, "Errors")) fields.emplace_back("ResponseMetadata", Type());
  if (operation.service().name() == "s3" && has(fields, "Expires")) {
    fields.emplace_back("ExpiresString", Type(TypeKind::kString));
  }
  const bool token = output.cuts_pages && operation.paginator();
  if (token && !has(fields, "NextToken")) fields.emplace_back("NextToken", Type());
}

}  // namespace

Type type_of_output(const model::Operation& operation, CliOutput output) {
  const auto shape = operation.output();
  if (is_replaced(operation) || operation.event_stream_output()) return {};
  if (shape && shape->kind() != model::Kind::kStructure) return {};
  const ShapeView view{.raw_scalars = output.v1, .service = operation.service().name()};
  Type::Fields fields = modelled_fields(operation, view);
  std::vector<std::string> left_out;
  if (output.merges_pages) {
    left_out = page_tokens(operation);
    std::erase_if(fields, [&](const auto& field) {
      return std::find(left_out.begin(), left_out.end(), field.first) != left_out.end();
    });
  }
  add_fields(operation, output, fields);
  return Type::structure(std::move(fields), fmt::format("the output of {}", operation.cli_name()),
                         std::move(left_out));
}

}  // namespace seatrial::jmespath
