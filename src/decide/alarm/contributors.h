// An alarm on several time series (a Metrics Insights query with GROUP BY): each is a contributor
// with a state of its own, and the alarm is in ALARM while any of them is. Pure.
//
// A contributor is in ALARM or OK, never without data: a series that the query does not return any
// more is OK, whatever "treat missing data" says. That counts for single data points, and for the
// alarm when the query returns nothing at all. Only contributors in ALARM are remembered.
// Sources: CloudWatch user guide, "Create a CloudWatch alarm based on a Metrics Insights query"
// (contributors, missing data), "Limits" (100 contributors, the reasons' words), "Acting on alarm
// changes" (a contributor's reason). "No time series were returned ..." is what people published.
// guess: which contributors are kept when more than 100 are breaching (those that were in ALARM
// before, then in the query's order); an id's making.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "decide/alarm/alarm.h"

namespace seatrial::decide {

inline constexpr std::size_t kMaxContributors = 100;  // in ALARM, of one alarm

using ContributorAttributes = std::map<std::string, std::string>;  // labels of GROUP BY

// Sixteen hexadecimal digits; the same attributes have the same one, in every alarm.
std::string contributor_id(const ContributorAttributes& attributes);

struct ContributorSeries {
  ContributorAttributes attributes;
  std::vector<AlarmPoint> points;  // of the evaluation range, oldest first
};

struct ContributorTransition {
  std::string id;
  ContributorAttributes attributes;
  AlarmState to = AlarmState::kOk;  // from the other one of OK and ALARM
  std::string reason;
};

struct FleetVerdict {
  AlarmState state = AlarmState::kInsufficientData;  // of the alarm
  std::string reason, reason_data;
  std::vector<ContributorTransition> transitions;
};

// `series` in the query's order; `in_alarm` are the contributors that were, by id; `before` is the
// alarm's state.
FleetVerdict evaluate_fleet(const AlarmRule& rule, const std::vector<ContributorSeries>& series,
                            const std::map<std::string, ContributorAttributes>& in_alarm,
                            AlarmState before, Time now);

}  // namespace seatrial::decide
