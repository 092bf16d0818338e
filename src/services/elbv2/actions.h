// Actions and conditions of rules: checked and completed as AWS shows them, and put in the proxy's
// terms.
#pragma once
#include "drivers/proxy.h"
#include "services/elbv2/errors.h"
#include "services/elbv2/store.h"

namespace seatrial::services::elbv2 {

// The list as describe-rules gives it back: defaults of redirects filled in, a single target group
// in both its places. The error is AWS's, or says what is not served. `balancer` is the listener's.
room::Outcome<Actions> complete_actions(const Tables& tables, const std::string& balancer,
                                        const std::string& listener_protocol, const Actions& given);

room::Outcome<model::List<shape::RuleCondition>> complete_conditions(
    const model::List<shape::RuleCondition>& given);

drivers::ProxyAction proxy_action(const Actions& actions);
drivers::ProxyCondition proxy_condition(const shape::RuleCondition& condition);

}  // namespace seatrial::services::elbv2
