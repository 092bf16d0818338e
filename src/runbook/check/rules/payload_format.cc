// Version 2 of the AWS CLI reads blobs as base64, and this is plain text.
// docs/rules/payload-format.md
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void check_payload_format(const Analysis& analysis, Reports& reports) {
  report_problems(analysis, reports, awscli::ProblemKind::kPayloadFormat);
}

}  // namespace

const Rule kPayloadFormat{"payload-format", Severity::kError,
                          "plain text where version 2 of the AWS CLI reads base64",
                          check_payload_format};

}  // namespace seatrial::runbook::check
