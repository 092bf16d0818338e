// See own_commands.h. Source: the behaviour of both versions' commands; what they check only after
// looking at the disk or at the service's answer is left out.
#include "awscli/own_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "awscli/scalars.h"
#include "awscli/validate.h"

namespace seatrial::awscli {
namespace {

bool is_s3(std::string_view path) { return path.starts_with("s3://"); }

class OwnJudge {
 public:
  explicit OwnJudge(const ValueContext& context) : context_(context), call_(*context.call) {}

  void judge() {
    const auto path = std::string_view(context_.path);
    if (path.starts_with("s3 ")) buckets();
    if (path == "s3 cp" || path == "s3 mv" || path == "s3 sync") return transfer();
    if (path == "s3 rm" || path == "s3 mb" || path == "s3 rb") return bucket_or_object();
    if (path == "cloudformation deploy" || path == "cloudformation package") return templates();
    if (path == "configservice subscribe") delivery_bucket();
    for (const auto& [command, option] : kFileOptions)
      if (path == command) file_option(option);
  }

 private:
  struct FileOption {
    std::string_view command, option;
  };
  static constexpr std::array kFileOptions = {
      FileOption{"ecs deploy", "task-definition"},
      FileOption{"ecs deploy", "codedeploy-appspec"},
      FileOption{"deploy push", "source"},
      FileOption{"gamelift upload-build", "build-root"},
  };

  std::string_view text(const Place& place) const { return context_.words[place.word].text; }
  bool known(const Place& place) const { return context_.words[place.word].known; }
  bool given(std::string_view option) const { return call_.find(option) != nullptr; }

  Problem& add(ProblemKind kind, const Place& place, std::string message) {
    return add_problem(context_, kind, place, std::move(message));
  }

  // --- s3 ---

  void buckets() {
    for (const auto& place : call_.positionals) {
      const auto path = text(place);
      const std::size_t begin = is_s3(path) ? 5 : 0;
      if (begin == 0 && context_.path != "s3 ls" && context_.path != "s3 presign") continue;
      const auto name = path.substr(begin, path.find('/', begin) - begin);
      const bool lists_all = name.empty() && context_.path == "s3 ls";
      if (lists_all || name.starts_with("arn:") || path.contains(kUnknownMark) ||
          is_bucket_name(name))
        continue;
      add(ProblemKind::kBadValue, {place.word, begin, std::max<std::size_t>(name.size(), 1)},
          fmt::format("'{}' is no bucket's name", shortened(name)));
    }
  }

  // --- configservice subscribe: BUCKET or BUCKET/PREFIX ---

  void delivery_bucket() {
    const Given* found = call_.find("s3-bucket");
    if (found == nullptr) return;
    for (const auto& source : sources_of(context_.words, *found)) {
      const auto name = source.text.substr(0, source.text.find('/'));
      if (source.text.contains(kUnknownMark) || name.starts_with("arn:") || is_bucket_name(name))
        continue;
      add(ProblemKind::kBadValue, place_of(source),
          fmt::format("'{}' is no bucket's name", shortened(name)))
          .option = "s3-bucket";
    }
  }

  // --- s3 cp, mv, sync ---

  void transfer() {
    const auto& places = call_.positionals;
    if (places.size() != 2 || !starts_known(places[0]) || !starts_known(places[1])) return;
    const auto source = text(places[0]), target = text(places[1]);
    if (!is_s3(source) && !is_s3(target)) {
      add(ProblemKind::kBadValue, places[0],
          fmt::format("'aws {}' needs an s3:// path on one side at least", context_.path))
          .suggestion = near_s3(source, target);
      return;
    }
    streams(source == "-" ? places[0] : places[1], source, target);
    customer_keys();
    source_keys(places[0], is_s3(source) && is_s3(target));
    checksums(places[0], is_s3(source), is_s3(target));
    same_object(places);
    metadata();
    if (!is_s3(source) && source != "-")
      call_.files.push_back({std::string(source), places[0], "paths", false});
    if (!is_s3(target) && target != "-")
      call_.files.push_back({std::string(target), places[1], "paths", true});
  }

  // Enough of the word is known to tell an s3:// path from a local one.
  bool starts_known(const Place& place) const {
    const auto word = text(place);
    const auto mark = word.find(kUnknownMark);
    if (mark == std::string_view::npos) return known(place);
    const auto before = word.substr(0, mark);
    return is_s3(before) || (!before.empty() && !std::string_view("s3://").starts_with(before));
  }

  // "s3:/bucket/key" was meant to have two slashes.
  static std::string near_s3(std::string_view source, std::string_view target) {
    for (const auto path : {target, source}) {
      if (!path.starts_with("s3:/") && !path.starts_with("S3://")) continue;
      const auto bucket = std::min(path.find_first_not_of('/', 3), path.size());
      return fmt::format("s3://{}", path.substr(bucket));
    }
    return "";
  }

  void streams(const Place& place, std::string_view source, std::string_view target) {
    if (source != "-" && target != "-") return;
    if (context_.path == "s3 cp" && !given("recursive")) return;
    add(ProblemKind::kBadValue, place,
        "'-' (standard input or output) works with 's3 cp' only, without --recursive");
  }

  void needs_other(std::string_view one, std::string_view other) {
    const Given* found = call_.find(one);
    if (found == nullptr || given(other)) return;
    auto& problem = add(ProblemKind::kMissingOption, {found->word, 0, one.size() + 2},
                        fmt::format("--{} needs --{}", one, other));
    problem.option = other;
    problem.suggestion = fmt::format("--{}", other);
  }

  void customer_keys() {
    for (const std::string_view name : {"sse-c", "sse-c-copy-source"}) {
      const auto key = fmt::format("{}-key", name);
      needs_other(name, key);
      needs_other(key, name);
    }
  }

  void source_keys(const Place& place, bool copies) {
    if (!given("sse-c-copy-source") || copies) return;
    add(ProblemKind::kBadValue, place,
        "--sse-c-copy-source is for copies from s3:// to s3:// only");
  }

  void checksums(const Place& place, bool from_s3, bool to_s3) {
    if (given("checksum-algorithm") && !to_s3)
      add(ProblemKind::kBadValue, place, "--checksum-algorithm needs an s3:// path as the target");
    if (given("checksum-mode") && (!from_s3 || to_s3))
      add(ProblemKind::kBadValue, place, "--checksum-mode is for downloads only");
  }

  void same_object(const std::vector<Place>& places) {
    if (context_.path != "s3 mv" || !known(places[0]) || !known(places[1])) return;
    const auto source = with_slash(text(places[0])), target = with_slash(text(places[1]));
    if (!is_s3(source) || !is_s3(target)) return;
    const auto name = source.substr(source.rfind('/') + 1);
    if (source != target && !(target.ends_with('/') && source == target + name)) return;
    add(ProblemKind::kBadValue, places[1], "this moves the object onto itself");
  }

  // Judged as what it becomes: the metadata of the objects that are put.
  void metadata() {
    const Given* found = call_.find("metadata");
    if (found == nullptr) return;
    const auto service = model::find_service("s3");
    const auto operation = service ? service->find_operation("PutObject") : std::nullopt;
    if (!operation) return;
    const auto member = operation->input()->find("Metadata");
    Option option{.name = "metadata", .shape = member->shape(), .member = "Metadata"};
    if (const auto node = read_option(context_, option, *found))
      Validator(context_).member(*member, *node, "--metadata", option.name);
  }

  // "s3://bucket" means "s3://bucket/".
  static std::string with_slash(std::string_view path) {
    std::string out(path);
    if (is_s3(out) && out.find('/', 5) == std::string::npos) out += '/';
    return out;
  }

  // --- s3 rm, mb, rb ---

  void bucket_or_object() {
    const auto& places = call_.positionals;
    if (places.size() != 1 || !starts_known(places[0])) return;
    const auto path = text(places[0]);
    if (!is_s3(path)) {
      add(ProblemKind::kBadValue, places[0],
          fmt::format("'aws {}' takes an s3:// path", context_.path))
          .suggestion = fmt::format("s3://{}", path);
      return;
    }
    const auto slash = path.find('/', 5);
    if (context_.path == "s3 rb" && known(places[0]) && slash != std::string_view::npos &&
        slash + 1 < path.size()) {
      add(ProblemKind::kBadValue, places[0], "'aws s3 rb' takes a bucket, without a key")
          .suggestion = path.substr(0, slash);
    }
  }

  // --- cloudformation ---

  void templates() {
    file_option("template-file");
    if (context_.path == "cloudformation package") return;
    pairs("parameter-overrides");
    pairs("tags");
  }

  void file_option(std::string_view option) {
    const Given* found = call_.find(option);
    if (found == nullptr) return;
    for (const auto& source : sources_of(context_.words, *found))
      call_.files.push_back(
          {std::string(source.text), place_of(source), std::string(option), false});
  }

  // Words of the form Key=Value; JSON and files go unjudged.
  void pairs(std::string_view option) {
    const Given* found = call_.find(option);
    if (found == nullptr) return;
    for (const auto& source : sources_of(context_.words, *found)) {
      if (source.several || source.text.contains('=') || source.text.contains(kUnknownMark))
        continue;
      if (source.text.starts_with("file://") || source.text.find_first_of("[{") < 2) continue;
      auto& problem =
          add(ProblemKind::kBadShorthand, place_of(source),
              fmt::format("--{} takes Key=Value, not '{}'", option, shortened(source.text)));
      problem.option = option;
    }
  }

  const ValueContext& context_;
  ParsedCall& call_;
};

}  // namespace

void judge_own_command(const ValueContext& context) { OwnJudge(context).judge(); }

}  // namespace seatrial::awscli
