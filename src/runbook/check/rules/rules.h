// All rules, in the order of docs/rules/README.md. One file each.
#pragma once
#include <span>

#include "awscli/parse.h"
#include "runbook/check/analysis.h"
#include "runbook/check/rule.h"

namespace seatrial::runbook::check {

// aws
extern const Rule kUnknownService;
extern const Rule kUnknownOperation;
extern const Rule kUnknownOption;
extern const Rule kMissingOption;
extern const Rule kMissingValue;
extern const Rule kBadEnum;
extern const Rule kBadValue;
extern const Rule kBadShorthand;
extern const Rule kExclusiveOptions;
extern const Rule kAbbreviatedOption;
extern const Rule kCliVersion;
extern const Rule kPayloadFormat;
// aws: meaning
extern const Rule kTimeOrder;
extern const Rule kUnsortedLatest;
extern const Rule kUnpinnedRevision;
extern const Rule kMetricIdentity;
// danger
extern const Rule kDestructiveUnguarded;
extern const Rule kPlanNotApplied;
extern const Rule kBackupAfterChange;
extern const Rule kAlarmsLeftDisabled;
extern const Rule kRollbackTarget;
extern const Rule kSecretPrinted;
// structure
extern const Rule kNoVerification;
extern const Rule kRollbackUnchecked;
extern const Rule kMissingSection;
extern const Rule kBrokenLink;

// query
extern const Rule kQuerySyntax;
extern const Rule kQueryField;
extern const Rule kQueryType;
extern const Rule kQueryEnum;

// expect
extern const Rule kExpectField;
extern const Rule kExpectType;
extern const Rule kExpectEnum;
extern const Rule kExpectForm;

// logs
extern const Rule kFilterPattern;
extern const Rule kInsightsQuery;

// shell
extern const Rule kShellSyntax;
extern const Rule kPlaceholder;
extern const Rule kNotShell;
extern const Rule kNotPortable;
extern const Rule kMissingFile;
extern const Rule kMissingCommand;
extern const Rule kUnsetVariable;

// flow
extern const Rule kFlowType;
extern const Rule kFlowMany;
extern const Rule kJqPath;

// about the checker itself
extern const Rule kBadSuppression;

std::span<const Rule* const> all_rules();
const Rule* find_rule(std::string_view id);  // or null

// For the rules about the AWS CLI: reports its grammar's problems of one kind, at their words.
// Commands that the shell's grammar could not read whole are left out unless `on_damaged`.
void report_problems(const Analysis& analysis, Reports& reports, awscli::ProblemKind kind,
                     bool on_damaged = false);

}  // namespace seatrial::runbook::check
