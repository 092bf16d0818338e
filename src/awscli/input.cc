// See input.h. A member counts as missing only when nothing that is not understood could set it: no
// option of the CLI's own, no file, no word made by the shell.
#include "awscli/input.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "awscli/scalars.h"
#include "awscli/validate.h"

namespace seatrial::awscli {
namespace {

const Option* option_named(const Command& command, std::string_view name) {
  for (const auto& option : command.positionals)
    if (option.name == name) return &option;
  return command.find(name);
}

class Builder {
 public:
  explicit Builder(const ValueContext& context)
      : context_(context), call_(*context.call), command_(*call_.command), validator_(context) {}

  void build(const std::vector<std::string>& reported_missing) {
    const auto input = command_.operation->input();
    judged_ = !skeleton_only();
    call_.input = Object{};
    call_.input_open = call_.incomplete;
    for (const auto& given : call_.given) {
      const Option* option = option_named(command_, given.name);
      if (option != nullptr) take(*option, given);
    }
    if (input) take_input_json(*input);
    if (input && judged_) missing(*input, reported_missing);
  }

 private:
  // --generate-cli-skeleton prints a form and sends nothing; with "output" it checks all the same.
  bool skeleton_only() const {
    const Given* given = call_.find("generate-cli-skeleton");
    if (given == nullptr) return false;
    const auto sources = sources_of(context_.words, *given);
    return sources.empty() || sources[0].text != "output";
  }

  void take(const Option& option, const Given& given) {
    if (option.name == "page-size" && option.paging && judged_) page_size(given);
    if (option.is_own() || option.name == "cli-input-yaml") call_.input_open = true;
    const auto input = command_.operation->input();
    const auto member = input ? input->find(option.member) : std::nullopt;
    const auto node = read_option(context_, option, given);
    if (!node || !member) return;
    if (!judged_ || option.name == "zip-file") return;  // custom_options.cc judges that one
    Value value = validator_.member(*member, *node, fmt::format("--{}", option.name), option.name);
    call_.input.as_object()[option.member] = std::move(value);
  }

  // It becomes the member that limits a page.
  void page_size(const Given& given) {
    const auto paginator = command_.operation->paginator();
    const auto input = command_.operation->input();
    const auto member = input && paginator ? input->find(paginator->limit_key) : std::nullopt;
    const auto sources = sources_of(context_.words, given);
    if (!member || sources.size() != 1 || sources[0].text.contains(kUnknownMark)) return;
    Node node = text_node(std::string(sources[0].text), 0, sources[0].text.size());
    if (member->shape().kind() != model::Kind::kString) {
      auto number = read_integer(node.text);
      if (!number) return;  // said already
      number->end = node.end;
      node = std::move(*number);
    }
    place_node(node, sources[0].word, sources[0].offset);
    call_.input.as_object()[member->name()] =
        validator_.member(*member, node, "--page-size", "page-size");
  }

  void take_input_json(const model::Shape& input) {
    const Given* given = call_.find("cli-input-json");
    if (given == nullptr) return;
    const Option* option = command_.find("cli-input-json");
    if (option == nullptr) return;
    const Node json = read_input_json(context_, *option, *given);
    if (!json.is(NodeKind::kMap) || json.open) call_.input_open = true;
    for (std::size_t i = 0; i < json.keys.size() && judged_; ++i) {
      const auto& key = json.keys[i];
      if (key.text.contains(kUnknownMark) || call_.input.as_object().contains(key.text)) continue;
      if (const auto member = input.find(key.text)) {
        call_.input.as_object()[key.text] =
            validator_.member(*member, json.items[i], key.text, option->name);
      } else if (!is_alias(key.text)) {
        unknown_member(input, key, json.word);
      }
    }
  }

  // botocore knows these under a second name.
  bool is_alias(std::string_view key) const {
    return (key == "Filters" && context_.service == "ec2") || key == "PaginationConfig" ||
           key == "fromTime" || key == "returnFields";
  }

  void unknown_member(const model::Shape& input, const NodeKey& key, std::size_t word) {
    std::vector<std::string> names;
    for (std::uint32_t i = 0; i < input.member_count(); ++i)
      names.emplace_back(input.member(i).name());
    auto& problem = add_problem(
        context_, ProblemKind::kBadShorthand, {word, key.begin, key.end - key.begin},
        fmt::format("'{}' is no member of the input of 'aws {}'", shortened(key.text), call_.path));
    problem.option = "cli-input-json";
    problem.suggestion = nearest(key.text, names);
  }

  // What the CLI fills in when it is not given.
  bool has_default(const model::Member& member) const {
    if (member.idempotency_token()) return true;
    if (context_.service == "glacier" && member.name() == "accountId") return true;
    return context_.service == "ec2" && context_.operation == "run-instances" &&
           (member.name() == "MinCount" || member.name() == "MaxCount");
  }

  void missing(const model::Shape& input, const std::vector<std::string>& reported) {
    if (call_.input_open) return;
    for (std::uint32_t i = 0; i < input.member_count(); ++i) {
      const auto member = input.member(i);
      if (!member.required() || has_default(member)) continue;
      if (call_.input.as_object().contains(member.name())) continue;
      const auto name = option_of(member.name());
      if (std::ranges::find(reported, name) != reported.end()) continue;
      auto& problem =
          add_problem(context_, ProblemKind::kMissingOption, {0, 0, std::string::npos},
                      fmt::format("'aws {}' needs --{}{}", call_.path, name, alternative(name)));
      problem.suggestion = "--" + name;
      problem.option = name;
    }
  }

  std::string option_of(std::string_view member) const {
    for (const auto& option : command_.options)
      if (option.member == member && !option.negative && !option.paging) return option.name;
    return option_name(member);
  }

  std::string alternative(const std::string& name) const {
    return command_.find("no-" + name) != nullptr ? " or --no-" + name : "";
  }

  const ValueContext& context_;
  ParsedCall& call_;
  const Command& command_;
  Validator validator_;
  bool judged_ = true;
};

}  // namespace

void build_input(const ValueContext& context, const std::vector<std::string>& reported_missing) {
  Builder(context).build(reported_missing);
}

}  // namespace seatrial::awscli
