// See exclusive.h. The table: for a command, two groups of options of which only one may be used.
// Those that the CLI checks itself are read from its behaviour; those of services from the API
// references of the operations.
#include "awscli/exclusive.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace seatrial::awscli {
namespace {

struct Rule {
  std::string_view paths;          // of commands, by "|"
  std::string_view first, second;  // options, by blanks
  Refuser refuser = Refuser::kService;
};

constexpr std::array kRules = {
    // The CLI's own.
    Rule{"cloudwatch put-metric-data", "metric-data",
         "metric-name timestamp unit value dimensions statistic-values", Refuser::kClient},
    Rule{"ses send-email", "destination", "to cc bcc", Refuser::kClient},
    Rule{"ses send-email", "message", "text html", Refuser::kClient},
    Rule{"cloudfront create-invalidation", "invalidation-batch", "paths", Refuser::kClient},
    Rule{"cloudfront create-distribution", "distribution-config",
         "default-root-object origin-domain-name", Refuser::kClient},
    Rule{"cloudfront update-distribution", "distribution-config", "default-root-object",
         Refuser::kClient},
    Rule{"eks get-token", "cluster-name", "cluster-id", Refuser::kClient},
    Rule{"ec2 authorize-security-group-ingress|ec2 authorize-security-group-egress|"
         "ec2 revoke-security-group-ingress|ec2 revoke-security-group-egress",
         "ip-permissions", "protocol port cidr source-group group-owner", Refuser::kClient},
    Rule{"ec2 run-instances", "network-interfaces",
         "secondary-private-ip-addresses secondary-private-ip-address-count "
         "associate-public-ip-address",
         Refuser::kClient},
    Rule{"ec2 bundle-instance", "storage", "bucket prefix owner-akid owner-sak policy",
         Refuser::kClient},
    // The services'.
    Rule{"cloudwatch put-metric-alarm", "metrics",
         "metric-name namespace dimensions period unit statistic extended-statistic"},
    Rule{"cloudwatch put-metric-alarm", "statistic", "extended-statistic"},
    Rule{"cloudwatch get-metric-statistics", "statistics", "extended-statistics"},
    Rule{"logs filter-log-events", "log-stream-names", "log-stream-name-prefix"},
    Rule{"logs filter-log-events|logs describe-log-streams|logs get-log-events", "log-group-name",
         "log-group-identifier"},
    Rule{"logs describe-log-groups", "log-group-name-prefix", "log-group-name-pattern"},
    Rule{"logs start-query", "log-group-name", "log-group-names log-group-identifiers"},
    Rule{"logs start-query", "log-group-names", "log-group-identifiers"},
    Rule{"ecs create-service|ecs run-task|ecs create-task-set", "launch-type",
         "capacity-provider-strategy"},
    Rule{"rds restore-db-instance-to-point-in-time", "restore-time", "use-latest-restorable-time"},
    Rule{"rds restore-db-cluster-to-point-in-time", "restore-to-time",
         "use-latest-restorable-time"},
    Rule{"rds create-db-instance|rds modify-db-instance|rds create-db-cluster|"
         "rds modify-db-cluster",
         "manage-master-user-password", "master-user-password"},
    Rule{"rds delete-db-instance", "skip-final-snapshot", "final-db-snapshot-identifier"},
    Rule{"rds delete-db-cluster", "skip-final-snapshot", "final-db-snapshot-identifier"},
    Rule{"ssm put-parameter", "tags", "overwrite"},
    Rule{"elbv2 create-load-balancer|elbv2 set-subnets", "subnets", "subnet-mappings"},
    Rule{"elbv2 describe-load-balancers", "names", "load-balancer-arns"},
    Rule{"elbv2 describe-target-groups", "names", "target-group-arns load-balancer-arn"},
    Rule{"elbv2 describe-target-groups", "target-group-arns", "load-balancer-arn"},
    Rule{"elbv2 describe-listeners", "load-balancer-arn", "listener-arns"},
    Rule{"elbv2 describe-rules", "listener-arn", "rule-arns"},
    Rule{"cloudformation create-stack|cloudformation update-stack|"
         "cloudformation create-change-set|cloudformation validate-template",
         "template-body", "template-url"},
    Rule{"cloudformation update-stack|cloudformation create-change-set", "use-previous-template",
         "template-body template-url"},
    Rule{"cloudformation create-stack", "disable-rollback", "on-failure"},
    Rule{"cloudformation create-stack|cloudformation update-stack", "stack-policy-body",
         "stack-policy-url"},
    Rule{"secretsmanager create-secret|secretsmanager put-secret-value|"
         "secretsmanager update-secret",
         "secret-string", "secret-binary"},
    Rule{"sns publish", "topic-arn", "target-arn phone-number"},
    Rule{"sns publish", "target-arn", "phone-number"},
};

bool has_word(std::string_view list, std::string_view word, char mark) {
  while (!list.empty()) {
    const auto end = std::min(list.find(mark), list.size());
    if (list.substr(0, end) == word) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

class Judge {
 public:
  explicit Judge(const ValueContext& context) : context_(context), call_(*context.call) {}

  void judge() {
    for (const auto& rule : kRules)
      if (has_word(rule.paths, context_.path, '|')) apply(rule);
    if (call_.find("cli-input-json") != nullptr && call_.find("cli-input-yaml") != nullptr)
      report(*call_.find("cli-input-json"), *call_.find("cli-input-yaml"), Refuser::kClient);
    if (call_.command->operation) {
      paging();
      flags_around_structures();
    }
  }

 private:
  const Given* first_of(std::string_view names) const {
    for (const auto& given : call_.given)
      if (has_word(names, given.name, ' ')) return &given;
    return nullptr;
  }

  void apply(const Rule& rule) {
    const Given* first = first_of(rule.first);
    const Given* second = first_of(rule.second);
    if (first != nullptr && second != nullptr) report(*first, *second, rule.refuser);
  }

  // At the later of the two.
  void report(const Given& a, const Given& b, Refuser refuser) {
    const Given& earlier = a.word < b.word ? a : b;
    const Given& later = a.word < b.word ? b : a;
    const auto& text = context_.words[later.word].text;
    auto& problem = add_problem(
        context_, ProblemKind::kExclusive, {later.word, 0, std::min(text.find('='), text.size())},
        fmt::format("--{} and --{} exclude each other", earlier.name, later.name));
    problem.option = later.name;
    problem.refuser = refuser;
  }

  void paging() {
    const Given* manual = paging_switched_off(context_);
    if (manual == nullptr) return;
    for (const auto& given : call_.given) {
      const Option* option = call_.command->find(given.name);
      if (option != nullptr && option->paging && option->member.empty())
        return report(*manual, given, Refuser::kClient);
    }
  }

  // ec2: --ebs-optimized with --no-ebs-optimized, where the member is a structure.
  void flags_around_structures() {
    if (context_.service != "ec2") return;
    for (const auto& given : call_.given) {
      const Option* option = call_.command->find(given.name);
      if (option == nullptr || !option->shape || !given.name.starts_with("no-") ||
          option->shape->kind() != model::Kind::kStructure)
        continue;
      if (const Given* positive = call_.find(given.name.substr(3)); positive != nullptr)
        report(*positive, given, Refuser::kClient);
    }
  }

  const ValueContext& context_;
  ParsedCall& call_;
};

}  // namespace

const Given* paging_switched_off(const ValueContext& context) {
  const auto& call = *context.call;
  const auto paginator =
      call.command->operation ? call.command->operation->paginator() : std::nullopt;
  if (!paginator) return nullptr;
  if (const Given* given = call.find("no-paginate"); given != nullptr) return given;
  for (const auto& given : call.given) {
    const Option* option = call.command->find(given.name);
    if (option == nullptr || option->paging || option->member.empty()) continue;
    const bool token =
        std::ranges::find(paginator->input_tokens, option->member) != paginator->input_tokens.end();
    if (token || option->member == paginator->limit_key) return &given;
  }
  return nullptr;
}

void judge_exclusive(const ValueContext& context) { Judge(context).judge(); }

}  // namespace seatrial::awscli
