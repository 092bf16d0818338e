// Whether a composite alarm that has a suppressor alarm carries out its actions now. Pure.
//
// A transition is held back for WaitPeriod, in which the suppressor may go into ALARM; while it is
// there nothing is carried out; when it leaves, ExtensionPeriod gives the composite alarm time to
// follow. What is carried out at the end are the actions of the state the alarm then has.
// Source: CloudWatch user guide, "Suppressing composite alarm actions"; its six timelines are
// tests. guess: an ExtensionPeriod without a transition held back ends without actions.
#pragma once
#include <string_view>

#include "base/time.h"

namespace seatrial::decide {

enum class SuppressedBy { kNothing, kWaitPeriod, kExtensionPeriod, kAlarm };
std::string_view suppressed_by_name(SuppressedBy by);  // as in the API; empty for nothing

inline bool is_period(SuppressedBy by) {
  return by == SuppressedBy::kWaitPeriod || by == SuppressedBy::kExtensionPeriod;
}

struct Suppression {
  SuppressedBy by = SuppressedBy::kNothing;
  Time until{};       // of a period
  bool owed = false;  // a transition's actions are held back
};

struct SuppressorPeriods {
  std::chrono::seconds wait{0}, extension{0};
};

struct SuppressionStep {
  Suppression next;
  bool act = false;  // carry out the actions of the alarm's present state
};

// `transitioned`: the composite alarm changed its state just now.
SuppressionStep step_suppression(Suppression now_is, const SuppressorPeriods& periods, Time now,
                                 bool transitioned, bool suppressor_in_alarm);

}  // namespace seatrial::decide
