#include "world/deploy.h"

#include "world/daemon.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <fstream>
#include <future>
#include <set>
#include <sstream>

namespace seatrial::world {
namespace {

constexpr int kStackTimeoutMinutes = 10;  // of world time; AWS would wait hours for a service
constexpr auto kPollInterval = std::chrono::milliseconds(50);

std::string default_stack_name(const std::filesystem::path& path) {
  std::string name =
      path.stem() == "template" ? path.parent_path().filename().string() : path.stem().string();
  for (auto& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '-';
  }
  return name.empty() ? "stack" : name;
}

// One API call made on the control thread, waited for.
room::Outcome<Value> call(room::Env& env, const room::Context& as, const char* operation,
                          Value input) {
  std::promise<room::Outcome<Value>> promise;
  auto future = promise.get_future();
  env.control.post(
      [&] { promise.set_value(env.api.call(as, "cloudformation", operation, std::move(input))); });
  return future.get();
}

Value stack_request(const TemplateFile& file) {
  return Object{
      {"StackName", file.stack_name},
      {"TemplateBody", file.body},
      {"Capabilities", Array{"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"}}};
}

std::expected<bool, std::string> begin(room::Env& env, const room::Context& as,
                                       const TemplateFile& file) {
  Value request = stack_request(file);
  request.as_object()["TimeoutInMinutes"] = kStackTimeoutMinutes;
  auto created = call(env, as, "CreateStack", std::move(request));
  if (created) return true;
  if (created.error().code != "AlreadyExistsException")
    return std::unexpected(created.error().message);
  auto updated = call(env, as, "UpdateStack", stack_request(file));
  if (updated) return true;
  if (updated.error().message.find("No updates are to be performed") != std::string::npos)
    return false;
  return std::unexpected(updated.error().message);
}

class Progress {
 public:
  explicit Progress(std::function<void(std::string)> report) : report_(std::move(report)) {}

  // Reports events not seen before, oldest first, and keeps the first failure's reason.
  void see(const Value& events) {
    const Value* list = find_member(events, "StackEvents");
    if (list == nullptr || !list->is_array()) return;
    const auto& all = list->get_array();
    for (auto event = all.rbegin(); event != all.rend(); ++event) {
      if (!seen_.insert(std::string(text_member(*event, "EventId"))).second) continue;
      show(*event);
    }
  }
  // Events of an earlier deployment are not this one's news.
  void skip(const Value& events) {
    const auto report = std::exchange(report_, [](const std::string&) {});
    see(events);
    report_ = report;
    failure_.clear();
  }
  const std::string& failure() const { return failure_; }

 private:
  void show(const Value& event) {
    const auto status = text_member(event, "ResourceStatus");
    const auto reason = text_member(event, "ResourceStatusReason");
    const auto name = text_member(event, "LogicalResourceId");
    if (status.ends_with("_FAILED") && failure_.empty())
      failure_ = fmt::format("{}: {}", name, reason);
    const bool begins = status.ends_with("_IN_PROGRESS") && !status.contains("ROLLBACK");
    if (begins) return;
    report_(fmt::format("  {:<28} {:<32} {}", status, name, reason));
  }

  std::function<void(std::string)> report_;
  std::set<std::string> seen_;
  std::string failure_;
};

std::string stack_status(const Value& reply) {
  const Value* stacks = find_member(reply, "Stacks");
  if (stacks == nullptr || !stacks->is_array() || stacks->get_array().empty()) return "";
  return std::string(text_member(stacks->get_array().front(), "StackStatus"));
}

// A node that is not there may be asked whether it is, and nothing else: the rest throws.
YAML::Node member(const YAML::Node& node, const char* name) {
  return node && node.IsMap() ? node[name] : YAML::Node(YAML::NodeType::Undefined);
}

}  // namespace

std::expected<TemplateFile, std::string> read_template(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::unexpected("cannot read the template " + path.string());
  std::ostringstream text;
  text << in.rdbuf();
  TemplateFile file{path, text.str(), default_stack_name(std::filesystem::absolute(path)), ""};
  try {
    const YAML::Node root = YAML::Load(file.body);
    if (!root.IsMap()) return std::unexpected(path.string() + ": not a CloudFormation template");
    const YAML::Node ours = member(member(root, "Metadata"), "Seatrial");
    if (const auto name = member(ours, "StackName")) file.stack_name = name.as<std::string>();
    if (const auto region = member(ours, "Region")) file.region = region.as<std::string>();
  } catch (const YAML::Exception& e) {
    return std::unexpected(
        fmt::format("{}:{}:{}: {}", path.string(), e.mark.line + 1, e.mark.column + 1, e.msg));
  }
  return file;
}

std::expected<void, std::string> deploy_template(room::Env& env, const room::Context& as,
                                                 const TemplateFile& file,
                                                 const std::function<void(std::string)>& report) {
  report(fmt::format("stack {} ({}) in {}", file.stack_name, file.path.string(), as.region));
  Progress progress(report);
  const Value name = Object{{"StackName", file.stack_name}};
  if (auto before = call(env, as, "DescribeStackEvents", name)) progress.skip(*before);
  const auto begun = begin(env, as, file);
  if (!begun) return std::unexpected(file.path.string() + ": " + begun.error());
  std::string status;
  do {
    if (stop_requested(kPollInterval))
      return std::unexpected("stopped while the stack was being deployed");
    if (auto events = call(env, as, "DescribeStackEvents", name)) progress.see(*events);
    auto stacks = call(env, as, "DescribeStacks", name);
    if (!stacks) return std::unexpected(stacks.error().message);
    status = stack_status(*stacks);
  } while (status.ends_with("_IN_PROGRESS"));
  if (auto events = call(env, as, "DescribeStackEvents", name)) progress.see(*events);
  if (status == "CREATE_COMPLETE" || status == "UPDATE_COMPLETE") return {};
  return std::unexpected(fmt::format("{}: stack {} ended {}: {}", file.path.string(),
                                     file.stack_name, status, progress.failure()));
}

}  // namespace seatrial::world
