// See values.h. The order of the questions is the CLI's: is it a file, does it look like JSON, does
// the shape have a shorthand, else what is the type. Source: the behaviour of both versions.
#include "awscli/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "awscli/coerce.h"
#include "awscli/joined.h"
#include "awscli/scalars.h"
#include "awscli/shorthand.h"

namespace seatrial::awscli {
namespace {

using model::Kind;
using model::Shape;

constexpr std::string_view kMark("\x01", 1);

bool is_scalar(const Shape& shape) {
  return shape.kind() != Kind::kStructure && shape.kind() != Kind::kList &&
         shape.kind() != Kind::kMap && shape.kind() != Kind::kDocument;
}

// A document, or lists and maps around one: JSON only.
bool holds_document(Shape shape) {
  for (int depth = 0; depth < kMaxNodeDepth; ++depth) {
    if (shape.kind() == Kind::kDocument) return true;
    if (shape.kind() == Kind::kList)
      shape = shape.element().shape();
    else if (shape.kind() == Kind::kMap)
      shape = shape.value().shape();
    else
      return false;
  }
  return false;
}

bool has_shorthand(const Shape& shape) {
  if (holds_document(shape) || is_scalar(shape)) return false;
  return shape.kind() != Kind::kList || !is_scalar(shape.element().shape());
}

char first_char(std::string_view text) {
  const auto at = text.find_first_not_of(" \t\r\n\f\v");
  return at == std::string_view::npos ? '\0' : text[at];
}

// Lists of one-member structures that take bare values: "--instances i-1 i-2".
bool takes_bare_members(const ValueContext& context, const Option& option) {
  struct Case {
    std::string_view service, operation, option;
  };
  constexpr std::array kCases = {
      Case{"firehose", "put-record-batch", "records"},
      Case{"workspaces", "reboot-workspaces", "reboot-workspace-requests"},
      Case{"workspaces", "rebuild-workspaces", "rebuild-workspace-requests"},
      Case{"workspaces", "terminate-workspaces", "terminate-workspace-requests"},
      Case{"elb", "remove-tags", "tags"},
      Case{"elb", "describe-instance-health", "instances"},
      Case{"elb", "deregister-instances-from-load-balancer", "instances"},
      Case{"elb", "register-instances-with-load-balancer", "instances"},
  };
  return std::ranges::any_of(kCases, [&](const Case& c) {
    return c.service == context.service && c.operation == context.operation &&
           c.option == option.name;
  });
}

class ValueReader {
 public:
  ValueReader(const ValueContext& context, const Option& option)
      : context_(context), option_(option) {}

  Node read(const Shape& shape, const std::vector<Source>& sources) {
    if (shape.kind() == Kind::kList && option_.values != Values::kOne) {
      if (sources.size() != 1) return words(shape, sources);
      if (auto node = file(shape, sources[0])) return *node;
      return words(shape, sources);
    }
    if (sources.empty()) return {};
    if (auto node = file(shape, sources[0])) return *node;
    return single(shape, sources[0]);
  }

 private:
  // file://, fileb:// and, in version 1, http:// and https://.
  std::optional<Node> file(const Shape& shape, const Source& source) {
    Node node;
    node.word = source.word, node.begin = source.offset;
    node.end = source.offset + source.text.size();
    const bool web = source.text.starts_with("http://") || source.text.starts_with("https://");
    if (web && context_.cli == Cli::kV1 && shape.kind() != Kind::kString) return node;
    for (const std::string_view scheme : {"file://", "fileb://"}) {
      if (!source.text.starts_with(scheme)) continue;
      const auto path = source.text.substr(scheme.size());
      context_.call->files.push_back({std::string(path), place_of(source), option_.name, false});
      judge_file(shape, source, scheme, path);
      return node;
    }
    return std::nullopt;
  }

  void judge_file(const Shape& shape, const Source& source, std::string_view scheme,
                  std::string_view path) {
    if (shape.kind() != Kind::kBlob || option_.name == "zip-file") return;
    if (streaming()) {
      auto& problem =
          add_problem(context_, ProblemKind::kBadValue, place_of(source),
                      fmt::format("--{} takes a path without '{}'", option_.name, scheme));
      problem.suggestion = path;
      problem.mechanical = true;
    } else if (scheme == "file://" && is_plain_text(path) && !context_.raw_blobs) {
      auto& problem = add_problem(
          context_, ProblemKind::kPayloadFormat, place_of(source),
          "version 2 of the AWS CLI takes what is in this file as base64; write fileb://, or add "
          "--cli-binary-format raw-in-base64-out");
      problem.suggestion = fmt::format("fileb://{}", path);
      problem.mechanical = true;
    }
  }

  // By its name no base64.
  static bool is_plain_text(std::string_view path) {
    constexpr std::array<std::string_view, 13> kEndings = {
        ".json", ".pem", ".crt",  ".cer", ".key", ".txt", ".yaml",
        ".yml",  ".xml", ".html", ".csv", ".sh",  ".sql"};
    return std::ranges::any_of(kEndings,
                               [&](std::string_view ending) { return path.ends_with(ending); });
  }

  std::optional<model::Member> member() const {
    const auto& operation = context_.call->command->operation;
    if (!operation || !operation->input()) return std::nullopt;
    return operation->input()->find(option_.member);
  }

  bool streaming() const {
    const auto found = member();
    return found && (found->streaming() || found->shape().streaming());
  }

  bool json_header() const {
    const auto found = member();
    return found && is_json_header(*found);
  }

  Node single(const Shape& shape, const Source& source) {
    if (source.several) return unknown(source);
    const bool json = first_char(source.text) == '[' || first_char(source.text) == '{';
    if (!json && has_shorthand(shape)) return shorthand(shape, source);
    return unpacked(shape, source);
  }

  Node words(const Shape& shape, const std::vector<Source>& sources) {
    const Shape element = shape.element().shape();
    if (sources.size() == 1 && first_char(sources[0].text) == '[')
      return json(sources[0], NodeKind::kList);
    const char first = sources.empty() ? '\0' : first_char(sources[0].text);
    const bool looks_json = first == '[' || first == '{';
    Node list;
    list.kind = NodeKind::kList;
    if (!sources.empty()) {
      list.word = sources[0].word, list.begin = sources[0].offset;
      list.end = sources[0].offset + sources[0].text.size();
    }
    for (const auto& source : sources) {
      list.open = list.open || source.several;
      if (source.several)
        continue;
      else if (!looks_json && has_shorthand(shape))
        list.items.push_back(element_shorthand(element, source));
      else
        list.items.push_back(element_word(element, source));
    }
    return list;
  }

  Node element_shorthand(const Shape& element, const Source& source) {
    if (element.kind() != Kind::kStructure || element.member_count() != 1 ||
        !takes_bare_members(context_, option_))
      return shorthand(element, source);
    Node node;
    node.kind = NodeKind::kMap;
    set_member(node, {std::string(element.member(0).name()), 0, 0},
               text_node(std::string(source.text), 0, source.text.size()));
    node.end = source.text.size();
    place_node(node, source.word, source.offset);
    return node;
  }

  Node element_word(const Shape& element, const Source& source) {
    if (is_scalar(element) && look_for_joined(context_, option_, element, source))
      return unknown(source);
    return unpacked(element, source);
  }

  Node unpacked(const Shape& shape, const Source& source) {
    if (shape.kind() == Kind::kDocument || json_header()) return json(source, std::nullopt);
    if (is_scalar(shape)) return scalar(shape, source);
    const char first = first_char(source.text);
    if (shape.kind() == Kind::kList) {
      if (first == '[') return json(source, NodeKind::kList);
    } else if (first == '{') {
      return json(source, NodeKind::kMap);
    }
    if (!source.text.contains(kUnknownMark)) not_json(shape, source);
    return unknown(source);
  }

  void not_json(const Shape& shape, const Source& source) {
    const bool list = shape.kind() == Kind::kList;
    add_problem(
        context_, ProblemKind::kBadShorthand, place_of(source),
        fmt::format("--{} takes a {} here, in JSON", option_.name, list ? "list" : "structure"));
  }

  Node json(const Source& source, std::optional<NodeKind> wanted) {
    auto read = read_json(source.text);
    if (!read) {
      if (!read.error().unsure)
        add_problem(context_, ProblemKind::kBadShorthand, place_of_error(source, read.error()),
                    fmt::format("--{}: this is no JSON: {}", option_.name, read.error().message));
      return unknown(source);
    }
    place_node(*read, source.word, source.offset);
    if (wanted && !read->is(*wanted) && !read->is(NodeKind::kUnknown)) return unknown(source);
    return std::move(*read);
  }

  Node shorthand(const Shape& shape, const Source& source) {
    if (is_bare_value(shape, source)) {
      Node node;
      node.kind = NodeKind::kMap;
      set_member(node, {"Value", 0, 0}, text_node(std::string(source.text), 0, source.text.size()));
      node.end = source.text.size();
      place_node(node, source.word, source.offset);
      return node;
    }
    auto read = read_shorthand(source.text, context_.cli);
    if (!read) {
      if (!read.error().unsure)
        add_problem(context_, ProblemKind::kBadShorthand, place_of_error(source, read.error()),
                    fmt::format("--{}: the shorthand breaks off here: {}", option_.name,
                                read.error().message));
      return unknown(source);
    }
    place_node(*read, source.word, source.offset);
    read->open = read->open || source.text.contains(kUnknownMark);
    coerce(context_, option_, shape, *read);
    return std::move(*read);
  }

  static bool is_bare_value(const Shape& shape, const Source& source) {
    return shape.kind() == Kind::kStructure && shape.member_count() == 1 &&
           shape.member(0).name() == "Value" && shape.member(0).shape().kind() == Kind::kString &&
           !source.text.contains('=');
  }

  static Place place_of_error(const Source& source, const SyntaxError& error) {
    const auto length = error.at < source.text.size() ? 1 : 0;
    return {source.word, source.offset + error.at, static_cast<std::size_t>(length)};
  }

  static Node unknown(const Source& source) {
    Node node;
    node.word = source.word, node.begin = source.offset;
    node.end = source.offset + source.text.size();
    return node;
  }

  Node scalar(const Shape& shape, const Source& source) {
    Node node = text_node(std::string(source.text), 0, source.text.size());
    place_node(node, source.word, source.offset);
    if (shape.kind() == Kind::kBlob && streaming()) {
      context_.call->files.push_back(
          {std::string(source.text), place_of(source), option_.name, false});
      return unknown(source);
    }
    if (shape.kind() == Kind::kBoolean) {  // an element of a list; anything but "false" is true
      node.kind = NodeKind::kBoolean;
      std::string lowered = node.text;
      std::ranges::transform(lowered, lowered.begin(), [](unsigned char c) { return tolower(c); });
      node.boolean = lowered != "false";
      return source.text.contains(kUnknownMark) ? unknown(source) : node;
    }
    coerce(context_, option_, shape, node);
    return node;
  }

  const ValueContext& context_;
  const Option& option_;
};

// `--flag`, `--no-flag`, and a structure around a boolean that the CLI takes as a flag.
Node flag(const Option& option, const Given& given, std::size_t name_length) {
  Node node;
  node.kind = NodeKind::kBoolean;
  node.boolean = !option.negative;
  node.word = given.word, node.end = name_length;
  if (option.shape->kind() != Kind::kStructure) return node;
  node.boolean = !option.name.starts_with("no-");
  Node map;
  map.kind = NodeKind::kMap;
  map.word = given.word, map.end = name_length;
  set_member(map, {"Value", 0, name_length}, std::move(node));
  return map;
}

}  // namespace

bool is_json_header(const model::Member& member) {
  return member.shape().json_value() && member.location() == model::Location::kHeader;
}

std::vector<Source> sources_of(std::span<const Word> words, const Given& given) {
  std::vector<Source> out;
  if (given.inline_value) {
    const auto& text = words[given.word].text;
    const auto begin = text.size() - given.inline_value->size();
    out.push_back({std::string_view(text).substr(begin), given.word, begin, false});
    return out;
  }
  for (const auto index : given.values) {
    const auto& word = words[index];
    // Words that the shell multiplies (braces) have no mark.
    const bool marked = word.known || word.text.contains(kUnknownMark);
    out.push_back(
        {marked ? std::string_view(word.text) : kMark, index, 0, !word.known && !word.quoted});
  }
  return out;
}

std::optional<Node> read_option(const ValueContext& context, const Option& option,
                                const Given& given) {
  if (!option.shape || option.paging) return std::nullopt;
  const auto sources = sources_of(context.words, given);
  const bool may_be_bare = option.values == Values::kNone || option.values == Values::kOptional;
  if (sources.empty() && !may_be_bare && option.values != Values::kAny) return std::nullopt;
  if (sources.empty() && may_be_bare) return flag(option, given, option.name.size() + 2);
  return ValueReader(context, option).read(*option.shape, sources);
}

Node read_input_json(const ValueContext& context, const Option& option, const Given& given) {
  const auto sources = sources_of(context.words, given);
  if (sources.size() != 1 || sources[0].several) return {};
  const auto& source = sources[0];
  for (const std::string_view scheme : {"file://", "fileb://"}) {
    if (!source.text.starts_with(scheme)) continue;
    context.call->files.push_back(
        {std::string(source.text.substr(scheme.size())), place_of(source), option.name, false});
    return {};
  }
  auto read = read_json(source.text);
  if (!read) {
    if (!read.error().unsure)
      add_problem(context, ProblemKind::kBadShorthand,
                  {source.word, source.offset + read.error().at, 1},
                  fmt::format("--{}: this is no JSON: {}", option.name, read.error().message));
    return {};
  }
  place_node(*read, source.word, source.offset);
  if (!read->is(NodeKind::kMap) && !read->is(NodeKind::kUnknown)) {
    add_problem(context, ProblemKind::kBadShorthand, place_of(source),
                fmt::format("--{} takes a JSON object", option.name));
    return {};
  }
  return std::move(*read);
}

Problem& add_problem(const ValueContext& context, ProblemKind kind, const Place& place,
                     std::string message) {
  auto& problem = context.call->problems.emplace_back();
  problem.kind = kind;
  problem.word = place.word, problem.offset = place.offset, problem.length = place.length;
  problem.message = std::move(message);
  return problem;
}

Place place_of(const Node& node) { return {node.word, node.begin, node.end - node.begin}; }

Place place_of(const Source& source) { return {source.word, source.offset, source.text.size()}; }

}  // namespace seatrial::awscli
