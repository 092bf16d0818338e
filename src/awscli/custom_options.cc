// See custom_options.h. Source: the behaviour of both versions.
#include "awscli/custom_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "awscli/scalars.h"

namespace seatrial::awscli {
namespace {

std::vector<std::string_view> split_words(std::string_view text, char mark) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto end = text.find(mark);
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

// The one value of an option, when it was given and is known.
std::optional<Source> value_of(const ValueContext& context, std::string_view option) {
  const Given* given = context.call->find(option);
  if (given == nullptr) return std::nullopt;
  const auto sources = sources_of(context.words, *given);
  if (sources.size() != 1 || sources[0].several || sources[0].text.contains(kUnknownMark))
    return std::nullopt;
  return sources[0];
}

bool is_file(std::string_view text) {
  return text.starts_with("file://") || text.starts_with("fileb://");
}

void refuse(const ValueContext& context, std::string_view option, const Place& place,
            ProblemKind kind, std::string message) {
  add_problem(context, kind, place, std::move(message)).option = option;
}

// --- cloudwatch put-metric-data --------------------------------------------------------------

// --metric-name, --value and so on are one element of --metric-data.
class MetricDatum {
 public:
  explicit MetricDatum(const ValueContext& context) : context_(context) {
    datum_.kind = NodeKind::kMap;
  }

  void judge() {
    text("metric-name", "MetricName");
    text("timestamp", "Timestamp");
    text("unit", "Unit");
    number("value", "Value");
    dimensions();
    statistics();
    resolution();
    if (!any_) return;
    Node list;
    list.kind = NodeKind::kList;
    list.word = datum_.word, list.begin = datum_.begin, list.end = datum_.end;
    list.items.push_back(std::move(datum_));
    const auto member = context_.call->command->operation->input()->find("MetricData");
    context_.call->input.as_object()["MetricData"] =
        Validator(context_).member(*member, list, "the metric", "metric-name");
  }

 private:
  std::optional<Source> take(std::string_view option) {
    const Given* given = context_.call->find(option);
    if (given == nullptr) return std::nullopt;
    if (!any_) datum_.word = given->word, datum_.end = option.size() + 2;
    any_ = true;
    auto source = value_of(context_, option);
    if (source && is_file(source->text)) source.reset();
    if (!source) datum_.open = true;
    return source;
  }

  void set(std::string_view member, Node node, const Source& source) {
    node.begin = 0, node.end = source.text.size();
    place_node(node, source.word, source.offset);
    set_member(datum_, {std::string(member), 0, 0}, std::move(node));
  }

  void text(std::string_view option, std::string_view member) {
    if (const auto source = take(option))
      set(member, text_node(std::string(source->text), 0, 0), *source);
  }

  void bad(std::string_view option, const Source& source, std::string_view wanted) {
    refuse(context_, option, place_of(source), ProblemKind::kBadValue,
           fmt::format("--{} takes {}, not '{}'", option, wanted, shortened(source.text)));
    datum_.open = true;
  }

  void number(std::string_view option, std::string_view member) {
    const auto source = take(option);
    if (!source) return;
    if (auto node = read_float(source->text))
      set(member, std::move(*node), *source);
    else
      bad(option, *source, "a number");
  }

  void resolution() {
    const auto source = take("storage-resolution");
    if (!source) return;
    if (auto node = read_integer(source->text))
      set("StorageResolution", std::move(*node), *source);
    else
      bad("storage-resolution", *source, "a whole number");
  }

  // Key=Value pairs by commas; empty when they are none.
  std::vector<std::pair<std::string, std::string>> pairs(std::string_view option,
                                                         const Source& source) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto part : split_words(source.text, ',')) {
      const auto halves = split_words(part, '=');
      if (halves.size() != 2) {
        bad(option, source, "Key=Value pairs separated by commas");
        return {};
      }
      out.emplace_back(halves[0], halves[1]);
    }
    return out;
  }

  void dimensions() {
    const auto source = take("dimensions");
    if (!source || source->text.find_first_of("\"'\\[]") != std::string_view::npos) return;
    const auto given = pairs("dimensions", *source);
    if (given.size() == 2 && given[0].first == "Name" && given[1].first == "Value") {
      auto& problem = add_problem(
          context_, ProblemKind::kBadShorthand, place_of(*source),
          fmt::format("put-metric-data takes {}={} here; this makes dimensions called Name and "
                      "Value",
                      given[0].second, given[1].second));
      problem.suggestion = fmt::format("{}={}", given[0].second, given[1].second);
      problem.refuser = Refuser::kNobody;
      problem.option = "dimensions";
    }
    Node list;
    list.kind = NodeKind::kList;
    for (const auto& [name, value] : given) {
      Node item;
      item.kind = NodeKind::kMap;
      item.end = source->text.size();
      set_member(item, {"Name", 0, 0}, text_node(name, 0, source->text.size()));
      set_member(item, {"Value", 0, 0}, text_node(value, 0, source->text.size()));
      list.items.push_back(std::move(item));
    }
    if (!given.empty()) set("Dimensions", std::move(list), *source);
  }

  void statistics() {
    const auto source = take("statistic-values");
    if (!source) return;
    Node map;
    map.kind = NodeKind::kMap;
    for (const auto& [name, value] : pairs("statistic-values", *source)) {
      auto node = read_float(value);
      if (!node) return bad("statistic-values", *source, "numbers");
      node->end = source->text.size();
      set_member(map, {name, 0, source->text.size()}, std::move(*node));
    }
    if (!map.keys.empty()) set("StatisticValues", std::move(map), *source);
  }

  const ValueContext& context_;
  Node datum_;
  bool any_ = false;
};

// --- ec2 -------------------------------------------------------------------------------------

void judge_protocol(const ValueContext& context) {
  const auto source = value_of(context, "protocol");
  if (!source || source->text.empty()) return;
  constexpr std::array kNames = {"tcp", "udp", "icmp", "all"};
  const auto number = read_integer(source->text);
  const bool right = number ? number->integer >= -1 && number->integer <= 255
                            : std::ranges::find(kNames, source->text) != kNames.end();
  if (right) return;
  refuse(context, "protocol", place_of(*source), ProblemKind::kBadValue,
         fmt::format("--protocol takes tcp, udp, icmp, all or a number up to 255, not '{}'",
                     shortened(source->text)));
}

void judge_port(const ValueContext& context) {
  const auto source = value_of(context, "port");
  if (!source || source->text.empty() || source->text == "-1" || source->text == "all") return;
  const auto dash = source->text.find('-');
  const auto from = source->text.substr(0, dash);
  const auto to = dash == std::string_view::npos ? from : source->text.substr(dash + 1);
  if (read_integer(from) && read_integer(to)) return;
  refuse(context, "port", place_of(*source), ProblemKind::kBadValue,
         fmt::format("--port takes a port or a range (22 or 22-25), not '{}'",
                     shortened(source->text)));
}

void judge_count(const ValueContext& context) {
  const auto source = value_of(context, "count");
  if (!source) return;
  const auto parts = split_words(source->text, ':');
  if (parts.size() <= 2 &&
      std::ranges::all_of(parts, [](auto part) { return read_integer(part).has_value(); }))
    return;
  refuse(context, "count", place_of(*source), ProblemKind::kBadValue,
         fmt::format("--count takes a number or min:max, not '{}'", shortened(source->text)));
}

// --- lambda ----------------------------------------------------------------------------------

void judge_zip_file(const ValueContext& context) {
  const auto source = value_of(context, "zip-file");
  if (!source || source->text.starts_with("fileb://")) return;
  auto& problem = add_problem(context, ProblemKind::kBadValue, place_of(*source),
                              "--zip-file takes the path of a zip file with fileb://");
  const auto path = source->text.substr(source->text.starts_with("file://") ? 7 : 0);
  problem.suggestion = fmt::format("fileb://{}", path);
  problem.option = "zip-file";
}

// A zip file inside a structure is refused; it has an option of its own.
void judge_code(const ValueContext& context, std::string_view option, std::string_view member) {
  const Value* code = find_member(context.call->input, member);
  if (code == nullptr || find_member(*code, "ZipFile") == nullptr) return;
  const auto place = context.call->place_of(fmt::format("{}.ZipFile", member));
  refuse(context, option, place.value_or(Place{}), ProblemKind::kBadShorthand,
         fmt::format("--{} takes no ZipFile; write --zip-file fileb://...", option));
}

// --- s3api, ses ------------------------------------------------------------------------------

void judge_bucket(const ValueContext& context) {
  const Value* bucket = find_member(context.call->input, "Bucket");
  if (bucket == nullptr || !bucket->is_string()) return;
  const auto name = as_view(bucket->get_string());
  if (name.contains(kUnknownMark) || name.starts_with("arn:")) return;
  if (is_bucket_name(name)) return;
  refuse(context, "bucket", context.call->place_of("Bucket").value_or(Place{}),
         ProblemKind::kBadValue, fmt::format("'{}' is no bucket's name", shortened(name)));
}

bool any_given(const ValueContext& context, std::initializer_list<std::string_view> options) {
  return std::ranges::any_of(options,
                             [&](auto option) { return context.call->find(option) != nullptr; });
}

void need(const ValueContext& context, std::string_view option) {
  auto& problem = add_problem(context, ProblemKind::kMissingOption, {0, 0, std::string::npos},
                              fmt::format("'aws {}' needs --{}", context.path, option));
  problem.suggestion = fmt::format("--{}", option);
  problem.option = option;
}

void judge_mail(const ValueContext& context) {
  if (context.call->incomplete ||
      any_given(context, {"cli-input-json", "cli-input-yaml", "generate-cli-skeleton"}))
    return;
  if (!any_given(context, {"destination", "to", "cc", "bcc"})) need(context, "to");
  if (!any_given(context, {"message", "subject"})) need(context, "subject");
}

}  // namespace

void judge_custom_options(const ValueContext& context) {
  const std::string_view path = context.path;
  if (context.service == "s3api") judge_bucket(context);
  if (path == "cloudwatch put-metric-data") MetricDatum(context).judge();
  if (path.starts_with("ec2 ") && path.contains("-security-group-")) {
    judge_protocol(context);
    judge_port(context);
  }
  if (path == "ec2 run-instances") judge_count(context);
  if (path.starts_with("lambda ")) judge_zip_file(context);
  if (path == "lambda create-function") judge_code(context, "code", "Code");
  if (path == "lambda publish-layer-version") judge_code(context, "content", "Content");
  if (path == "ses send-email") judge_mail(context);
}

}  // namespace seatrial::awscli
