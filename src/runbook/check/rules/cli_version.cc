// A command or option that only the other version of the AWS CLI has. docs/rules/cli-version.md
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void check_cli_version(const Analysis& analysis, Reports& reports) {
  report_problems(analysis, reports, awscli::ProblemKind::kOtherVersion);
}

}  // namespace

const Rule kCliVersion{"cli-version", Severity::kError,
                       "what only the other version of the AWS CLI has", check_cli_version};

}  // namespace seatrial::runbook::check
