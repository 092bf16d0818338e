// Which actions an alarm may have. See alarm_actions.cc.
#pragma once
#include <array>

#include "services/cloudwatch/alarm_rules.h"

namespace seatrial::services::cloudwatch {

inline constexpr std::size_t kMaxAlarmActions = 5;  // for each state

enum class AlarmKind { kMetric, kMath, kFleet, kAnomaly, kComposite };
using AlarmActionLists = std::array<const std::vector<std::string>*, 3>;

// `watches_instance`: the alarm's metric has the dimension InstanceId.
room::Outcome<void> check_actions(const room::Context& context, const AlarmActionLists& lists,
                                  AlarmKind kind, bool watches_instance,
                                  const AlarmActionKinds& kinds);

}  // namespace seatrial::services::cloudwatch
