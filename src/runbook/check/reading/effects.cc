// See effects.h.
#include "runbook/check/reading/effects.h"

#include <algorithm>
#include <array>

#include "runbook/check/reading/words.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

// How AWS names operations that only look.
constexpr std::array<std::string_view, 22> kReadingVerbs = {
    "batch-get-",   "check-",    "describe-", "detect-",   "estimate-", "filter-",
    "get-",         "head-",     "list-",     "lookup-",   "preview-",  "query",
    "scan",         "search",    "select",    "simulate-", "tail",      "test-event",
    "transact-get", "validate-", "view-",     "ls"};

// Operations that return before their change has taken effect: "service operation"; one that ends
// in '*' is a beginning. Sorted.
constexpr std::array<std::string_view, 62> kBeginning = {
    "apprunner start-deployment",
    "autoscaling set-desired-capacity",
    "autoscaling start-instance-refresh",
    "autoscaling terminate-instance-in-auto-scaling-group",
    "autoscaling update-auto-scaling-group",
    "backup start-restore-job",
    "cloudformation create-stack",
    "cloudformation create-stack-set",
    "cloudformation delete-stack",
    "cloudformation execute-change-set",
    "cloudformation rollback-stack",
    "cloudformation update-stack",
    "cloudformation update-stack-set",
    "cloudfront update-distribution",
    "codebuild start-build",
    "codedeploy create-deployment",
    "codepipeline start-pipeline-execution",
    "docdb create-db-*",
    "docdb failover-db-cluster",
    "docdb restore-db-*",
    "dynamodb restore-table-*",
    "ec2 reboot-instances",
    "ec2 run-instances",
    "ec2 start-instances",
    "ec2 stop-instances",
    "ecs create-service",
    "ecs run-task",
    "ecs start-task",
    "ecs stop-task",
    "ecs update-service",
    "eks create-*",
    "eks update-cluster-*",
    "eks update-nodegroup-*",
    "elasticache create-cache-cluster",
    "elasticache create-replication-group",
    "elasticache decrease-replica-count",
    "elasticache increase-replica-count",
    "elasticache reboot-cache-cluster",
    "elasticache test-failover",
    "elasticbeanstalk create-environment",
    "elasticbeanstalk update-environment",
    "lambda update-function-code",
    "neptune create-db-*",
    "neptune failover-db-cluster",
    "neptune restore-db-*",
    "opensearch update-domain-config",
    "rds apply-pending-maintenance-action",
    "rds create-db-cluster",
    "rds create-db-instance",
    "rds create-db-instance-read-replica",
    "rds failover-db-cluster",
    "rds promote-read-replica",
    "rds promote-read-replica-db-cluster",
    "rds reboot-db-cluster",
    "rds reboot-db-instance",
    "rds restore-db-*",
    "rds start-db-*",
    "rds stop-db-*",
    "rds switchover-*",
    "redshift modify-cluster",
    "redshift restore-from-cluster-snapshot",
    "route53 change-resource-record-sets",
};
static_assert(std::ranges::is_sorted(kBeginning));

// Those that change something only now when told so.
constexpr std::array<std::string_view, 8> kNowOrLater = {"docdb modify-db-cluster",
                                                         "docdb modify-db-instance",
                                                         "elasticache modify-cache-cluster",
                                                         "elasticache modify-replication-group",
                                                         "neptune modify-db-cluster",
                                                         "neptune modify-db-instance",
                                                         "rds modify-db-cluster",
                                                         "rds modify-db-instance"};

// The AWS CLI's own commands and operations that change nothing of the system.
constexpr std::array<std::string_view, 18> kHarmless = {"cloudwatch put-metric-data",
                                                        "configure",
                                                        "ecr get-login-password",
                                                        "ecs execute-command",
                                                        "eks update-kubeconfig",
                                                        "lambda invoke",
                                                        "logs get-query-results",
                                                        "logs start-query",
                                                        "s3 presign",
                                                        "s3 website",
                                                        "ssm start-session",
                                                        "sso login",
                                                        "sso logout",
                                                        "sts",
                                                        "athena start-query-execution",
                                                        "cloudformation package",
                                                        "cloudformation create-change-set",
                                                        "help"};

// Other programs: program, then subcommands in order, and what they do. First match counts.
struct Known {
  std::string_view program;
  std::string_view words;  // blank-separated, in order, others between
  Effect effect;
};
constexpr std::array kKnown = {
    Known{"kubectl", "--dry-run*", Effect::kReads},
    Known{"kubectl", "get", Effect::kReads},
    Known{"kubectl", "describe", Effect::kReads},
    Known{"kubectl", "logs", Effect::kReads},
    Known{"kubectl", "top", Effect::kReads},
    Known{"kubectl", "events", Effect::kReads},
    Known{"kubectl", "diff", Effect::kReads},
    Known{"kubectl", "rollout status", Effect::kWaits},
    Known{"kubectl", "rollout history", Effect::kReads},
    Known{"kubectl", "wait", Effect::kWaits},
    Known{"kubectl", "rollout", Effect::kBegins},
    Known{"kubectl", "apply", Effect::kBegins},
    Known{"kubectl", "set", Effect::kBegins},
    Known{"kubectl", "scale", Effect::kBegins},
    Known{"kubectl", "patch", Effect::kBegins},
    Known{"kubectl", "replace", Effect::kBegins},
    Known{"kubectl", "delete", Effect::kChanges},
    Known{"kubectl", "drain", Effect::kChanges},
    Known{"kubectl", "cordon", Effect::kChanges},
    Known{"kubectl", "uncordon", Effect::kChanges},
    Known{"kubectl", "create", Effect::kChanges},
    Known{"helm", "--dry-run", Effect::kReads},
    Known{"helm", "status", Effect::kReads},
    Known{"helm", "list", Effect::kReads},
    Known{"helm", "history", Effect::kReads},
    Known{"helm", "test", Effect::kWaits},
    Known{"helm", "install --wait", Effect::kChanges},
    Known{"helm", "upgrade --wait", Effect::kChanges},
    Known{"helm", "rollback --wait", Effect::kChanges},
    Known{"helm", "install", Effect::kBegins},
    Known{"helm", "upgrade", Effect::kBegins},
    Known{"helm", "rollback", Effect::kBegins},
    Known{"helm", "uninstall", Effect::kChanges},
    Known{"terraform", "plan", Effect::kReads},
    Known{"terraform", "show", Effect::kReads},
    Known{"terraform", "output", Effect::kReads},
    Known{"terraform", "state list", Effect::kReads},
    Known{"terraform", "state show", Effect::kReads},
    Known{"terraform", "apply", Effect::kBegins},
    Known{"terraform", "destroy", Effect::kBegins},
    Known{"terraform", "state", Effect::kChanges},
    Known{"docker", "ps", Effect::kReads},
    Known{"docker", "logs", Effect::kReads},
    Known{"docker", "inspect", Effect::kReads},
    Known{"docker", "stats", Effect::kReads},
    Known{"docker", "compose up", Effect::kBegins},
    Known{"docker", "service update", Effect::kChanges},
    Known{"docker", "stack deploy", Effect::kBegins},
    Known{"docker-compose", "up", Effect::kBegins},
    Known{"docker-compose", "ps", Effect::kReads},
    Known{"docker-compose", "logs", Effect::kReads},
    Known{"systemctl", "status", Effect::kReads},
    Known{"systemctl", "is-active", Effect::kReads},
    Known{"systemctl", "restart", Effect::kBegins},
    Known{"systemctl", "start", Effect::kBegins},
    Known{"systemctl", "reload", Effect::kBegins},
    Known{"journalctl", "", Effect::kReads},
    Known{"redis-cli", "ping", Effect::kReads},
    Known{"redis-cli", "info", Effect::kReads},
    Known{"redis-cli", "dbsize", Effect::kReads},
    Known{"redis-cli", "keys", Effect::kReads},
    Known{"redis-cli", "scan", Effect::kReads},
    Known{"redis-cli", "--scan", Effect::kReads},
    Known{"redis-cli", "get", Effect::kReads},
    Known{"redis-cli", "flushall", Effect::kBegins},
    Known{"redis-cli", "flushdb", Effect::kBegins},
    Known{"watch", "", Effect::kWaits},
    Known{"pg_isready", "", Effect::kReads},
    Known{"dig", "", Effect::kReads},
    Known{"nslookup", "", Effect::kReads},
    Known{"host", "", Effect::kReads},
    Known{"ping", "", Effect::kReads},
    Known{"nc", "", Effect::kReads},
    Known{"telnet", "", Effect::kReads},
    Known{"ab", "", Effect::kReads},
    Known{"hey", "", Effect::kReads},
};

// Options whose values say where or how, not what.
constexpr std::array<std::string_view, 26> kManner = {"--cli-connect-timeout",
                                                      "--cli-read-timeout",
                                                      "--color",
                                                      "--endpoint-url",
                                                      "--filters",
                                                      "--max-items",
                                                      "--namespace",
                                                      "--output",
                                                      "--page-size",
                                                      "--profile",
                                                      "--query",
                                                      "--reason",
                                                      "--region",
                                                      "--starting-token",
                                                      "-H",
                                                      "-U",
                                                      "-X",
                                                      "-c",
                                                      "-d",
                                                      "-h",
                                                      "-n",
                                                      "-o",
                                                      "-p",
                                                      "-w",
                                                      "--description",
                                                      "--desired-count"};

bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.ends_with('*')) return text.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == text;
}

template <std::size_t N>
bool listed(const std::array<std::string_view, N>& names, std::string_view service,
            std::string_view operation) {
  return std::ranges::any_of(names, [&](std::string_view name) {
    const auto blank = name.find(' ');
    if (name.substr(0, blank) != service) return false;
    return blank == std::string_view::npos || matches(name.substr(blank + 1), operation);
  });
}

Effect effect_of_s3(const Command& command, std::string_view operation) {
  if (has_option(command, "--dryrun") || operation == "ls") return Effect::kReads;
  if (operation != "cp" && operation != "sync" && operation != "mv") return Effect::kChanges;
  // The last word that is no option is where it goes, unless an option's value follows.
  const auto targets = targets_of(command);
  return targets.size() > 1 && targets[1].starts_with("s3://") ? Effect::kChanges : Effect::kOther;
}

Effect effect_of_aws(const Command& command) {
  const auto [service, operation] = aws_name(command);
  if (operation.empty() || has_option(command, "--dry-run") ||
      has_option(command, "--generate-cli-skeleton"))
    return Effect::kOther;
  if (operation == "wait") return Effect::kWaits;
  if (listed(kHarmless, service, operation)) return Effect::kOther;
  if (service == "s3") return effect_of_s3(command, operation);
  if (std::ranges::any_of(kReadingVerbs, [&](auto v) { return operation.starts_with(v); }))
    return Effect::kReads;
  if (listed(kNowOrLater, service, operation))
    return has_option(command, "--apply-immediately") ? Effect::kBegins : Effect::kChanges;
  return listed(kBeginning, service, operation) ? Effect::kBegins : Effect::kChanges;
}

// Whether the words stand in the command in this order, others between.
bool in_order(const Command& command, std::string_view wanted) {
  const auto words = split_blanks(wanted);
  std::size_t next = 0;
  for (std::size_t i = 1; i < command.shell.words.size() && next < words.size(); ++i)
    if (matches(words[next], lower(command.shell.words[i].text))) ++next;
  return next == words.size();
}

Effect effect_of_curl(const Command& command) {
  const auto method = option_value_word(command, "-X");
  if (method != 0 && !says_any(command.shell.words[method].text, {"get", "head"}))
    return Effect::kChanges;
  for (auto option : {"-d", "--data", "--data-raw", "--data-binary", "-F", "-T"})
    if (has_option(command, option)) return Effect::kChanges;
  return Effect::kReads;
}

Effect effect_of_sql(const Command& command) {
  for (const auto& word : command.shell.words)
    if (says_any(word.text, {"insert", "update", "delete", "drop", "truncate", "alter", "create",
                             "grant", "revoke", "vacuum", "reindex", "pg_terminate_backend"}))
      return Effect::kChanges;
  return Effect::kReads;
}

// What a script's name promises.
Effect effect_of_script(std::string_view path) {
  const auto name = path.substr(path.find_last_of('/') + 1);
  if (says_any(name, {"check*", "health*", "verif*", "validat*", "smoke*", "test*"}))
    return Effect::kReads;
  const bool script = path.starts_with("./") || name.ends_with(".sh");
  if (script && says_any(name, {"deploy*", "migrat*", "release*", "restart*", "restore*",
                                "rollback*", "upgrade*", "failover*"}))
    return Effect::kBegins;
  return Effect::kOther;
}

// Programs whose first word is a subcommand.
constexpr std::array<std::string_view, 8> kSubcommands = {
    "terraform", "kubectl", "helm", "docker", "docker-compose", "systemctl", "tofu", "git"};

std::string_view system_of(const Command& command) {
  if (command.aws) return "aws";
  if (command.name == "kubectl" || command.name == "helm") return "kubernetes";
  if (command.name == "docker" || command.name == "docker-compose") return "docker";
  if (command.name == "redis-cli" || command.name == "systemctl") return command.name;
  return {};
}

}  // namespace

AwsName aws_name(const Command& command) {
  if (!command.aws) return {};
  const std::string_view path = command.aws->path;
  const auto blank = path.find(' ');
  if (blank == std::string_view::npos) return {path, {}};
  const auto rest = path.substr(blank + 1);
  return {path.substr(0, blank), rest.substr(0, rest.find(' '))};
}

Effect effect_of(const Command& command) {
  if (command.aws) return effect_of_aws(command);
  if (command.name == "curl" || command.name == "wget") return effect_of_curl(command);
  if (command.name == "psql" || command.name == "mysql") return effect_of_sql(command);
  for (const auto& known : kKnown)
    if (known.program == command.name && in_order(command, known.words)) return known.effect;
  return effect_of_script(command.shell.words[0].text);
}

std::size_t operation_word(const Command& command) {
  if (command.aws) {
    const auto operation = aws_name(command).operation;
    return operation.empty() ? 0 : find_word(command, operation);
  }
  if (std::ranges::find(kSubcommands, command.name) == kSubcommands.end()) return 0;
  for (std::size_t i = 1; i < command.shell.words.size(); ++i)
    if (!command.shell.words[i].text.starts_with('-')) return i;
  return 0;
}

bool can_verify(const Command& check, const Command& change) {
  const auto ours = system_of(check), theirs = system_of(change);
  return ours.empty() || theirs.empty() || ours == theirs;
}

bool has_option(const Command& command, std::string_view option) {
  return std::ranges::any_of(command.shell.words, [&](const ShellWord& word) {
    return std::string_view(word.text).starts_with(option) &&
           (word.text.size() == option.size() || word.text[option.size()] == '=');
  });
}

std::size_t find_word(const Command& command, std::string_view text) {
  const auto wanted = lower(text);
  for (std::size_t i = 1; i < command.shell.words.size(); ++i)
    if (lower(command.shell.words[i].text) == wanted) return i;
  return 0;
}

std::size_t option_value_word(const Command& command, std::string_view option) {
  const auto& words = command.shell.words;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i].text == option) return i + 1 < words.size() ? i + 1 : 0;
    if (words[i].text.starts_with(std::string(option) + "=")) return i;
  }
  return 0;
}

std::vector<std::string_view> targets_of(const Command& command) {
  std::vector<std::string_view> out;
  const std::string_view script = command.fence->script;
  std::size_t first = 1;
  if (command.aws) first = aws_name(command).operation == "wait" ? 4 : 3;
  for (std::size_t i = first; i < command.shell.words.size(); ++i) {
    const auto& word = command.shell.words[i];
    if (word.text.starts_with('-')) {
      if (std::ranges::find(kManner, word.text) != kManner.end()) ++i;
      continue;
    }
    if (word.end > script.size() || word.begin >= word.end) continue;
    auto text = script.substr(word.begin, word.end - word.begin);
    while (text.size() > 1 && (text.front() == '"' || text.front() == '\'') &&
           text.back() == text.front())
      text = text.substr(1, text.size() - 2);
    if (!text.empty()) out.push_back(text);
  }
  return out;
}

bool share_target(const Command& a, const Command& b) {
  const auto ours = targets_of(a), theirs = targets_of(b);
  return std::ranges::any_of(
      ours, [&](auto one) { return std::ranges::find(theirs, one) != theirs.end(); });
}

bool is_part_of(const Command& inner, const Command& outer) {
  return &inner != &outer && inner.fence == outer.fence && inner.shell.begin >= outer.shell.begin &&
         inner.shell.begin < outer.shell.end;
}

}  // namespace seatrial::runbook::check
