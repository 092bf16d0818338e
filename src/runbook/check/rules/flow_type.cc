// What a call prints goes where its form or kind can never fit: JSON as words, a name or an id
// where an ARN is needed. docs/rules/flow-type.md
#include <algorithm>
#include <array>

#include "runbook/check/query.h"
#include "runbook/check/reading/values.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

using jmespath::NodeKind;
using jmespath::Type;
using jmespath::TypeKind;

bool is_compound(const Type& type) { return type.is(TypeKind::kList) || type.is_object(); }

// `aws ... | xargs`: brackets, quotation marks and commas become words.
void judge_xargs(const Analysis& analysis, const ValueSources& sources, const Command& command,
                 Reports& reports) {
  const Command* call = sources.piped_into(command);
  const auto type = call == nullptr ? std::nullopt : type_printed(analysis, *call);
  if (!type || !is_compound(*type)) return;
  const auto form = output_form(*call);
  if (form != OutputForm::kJson && form != OutputForm::kTable) return;
  const bool json = form == OutputForm::kJson;
  reports.at_word(
      command, 0,
      {fmt::format("xargs reads words, and the command before it prints {}: brackets, names and "
                   "commas become arguments",
                   json ? "JSON" : "a table"),
       "--query '...' --output text"});
}

// The name of the member that a query takes last: "Cluster.clusterName" -> "clusterName".
std::string last_field(const jmespath::Node& node) {
  switch (node.kind) {
    case NodeKind::kField:
      return node.text;
    case NodeKind::kSubexpression:
    case NodeKind::kPipe:
      return node.children.empty() ? "" : last_field(node.children.back());
    case NodeKind::kIndexExpression:
      return node.children.empty() ? "" : last_field(node.children.front());
    case NodeKind::kProjection:
    case NodeKind::kFilterProjection: {
      const auto& applied = node.children[1];
      return applied.kind == NodeKind::kIdentity ? last_field(node.children[0])
                                                 : last_field(applied);
    }
    default:
      return "";
  }
}

std::string member_taken(const ValueSource& source) {
  const auto query = query_text(*source.call);
  const auto expression =
      query ? jmespath::parse(query->text, true) : std::unexpected(jmespath::SyntaxError{});
  return expression ? last_field(expression->root) : "";
}

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> endings) {
  return std::ranges::any_of(endings, [&](auto ending) { return text.ends_with(ending); });
}

// Why the member cannot be what the option takes; empty: it may be.
std::string misfit(std::string_view option, std::string_view service, std::string_view member) {
  const bool arn = ends_with_any(member, {"Arn", "ARN", "arn", "Arns", "arns"});
  const bool other = ends_with_any(member, {"Name", "name", "Id", "ID", "Identifier", "identifier",
                                            "Status", "status", "State", "state"});
  if (ends_with_any(option, {"-arn", "-arns"}) && other)
    return fmt::format("--{} takes an ARN, and this is a {}", option, member);
  // Identifiers of EC2 are never ARNs.
  if (service == "ec2" && ends_with_any(option, {"-id", "-ids"}) && arn)
    return fmt::format("--{} takes an id, and this is a {}", option, member);
  return "";
}

class Options {
 public:
  Options(const ValueSources& sources, const Command& command, Reports& reports)
      : sources_(sources), command_(command), reports_(reports) {}

  void judge() {
    for (const auto& given : command_.aws->given)
      if (const auto* option =
              command_.aws->command == nullptr ? nullptr : command_.aws->command->find(given.name))
        judge(given, *option);
  }

 private:
  void judge(const awscli::Given& given, const awscli::Option& option) {
    if (given.name == "query" || given.name.starts_with("cli-input")) return;
    if (given.inline_value) return judge_word(given.word, option, given.name.size() + 3);
    for (const auto word : given.values) judge_word(word, option, 0);
  }

  // The whole value is what the shell puts there.
  void judge_word(std::size_t index, const awscli::Option& option, std::size_t begin) {
    const auto& word = command_.shell.words[index];
    if (word.text.size() != begin + 1 || word.expansions.size() != 1) return;
    const auto source = sources_.of(command_, word.expansions[0]);
    if (!source) return;
    if (source->form == OutputForm::kJson && takes_text(option)) return judge_json(word, *source);
    if (source->form != OutputForm::kText) return;
    const auto member = member_taken(*source);
    const auto name = command_.aws->path;
    const auto service = std::string_view(name).substr(0, name.find(' '));
    if (auto why = misfit(option.name, service, member); !member.empty() && !why.empty())
      at(word, std::move(why), "");
  }

  // Not one that takes JSON itself, or a number, which JSON writes as text does.
  static bool takes_text(const awscli::Option& option) {
    if (!option.shape) return false;
    auto shape = *option.shape;
    if (shape.kind() == model::Kind::kList) shape = shape.element().shape();
    return shape.kind() == model::Kind::kString && !shape.json_value();
  }

  void judge_json(const ShellWord& word, const ValueSource& source) {
    const bool text = source.type.is_text();
    if (!text && !is_compound(source.type)) return;
    // Policies and the like are JSON in a text: their option takes what the call printed.
    if (is_compound(source.type) && word.quoted) return;
    at(word,
       text ? "the call prints JSON: its quotation marks become part of the value"
            : "the call prints JSON: brackets, names and commas become words",
       "--output text");
  }

  void at(const ShellWord& word, std::string message, std::string suggestion) {
    reports_.at(*command_.fence, word.expansions[0].begin, word.expansions[0].end,
                {std::move(message), std::move(suggestion)});
  }

  const ValueSources& sources_;
  const Command& command_;
  Reports& reports_;
};

void check_flow_type(const Analysis& analysis, Reports& reports) {
  const ValueSources sources(analysis);
  analysis.each_command([&](const Command& command) {
    if (command.name == "xargs") judge_xargs(analysis, sources, command, reports);
    if (command.aws && !command.shell.damaged) Options(sources, command, reports).judge();
  });
}

}  // namespace

const Rule kFlowType{"flow-type", Severity::kError,
                     "the output of a call where its form or kind can never fit", check_flow_type};

}  // namespace seatrial::runbook::check
