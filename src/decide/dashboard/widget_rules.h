// Rules that a dashboard's metric widget and a single graph share.
#pragma once
#include "decide/dashboard/rules.h"

namespace seatrial::decide::dashboard {

Rule annotations();  // "annotations": horizontal and vertical lines, bands, alarms
Rule axes();         // "yAxis": left and right

}  // namespace seatrial::decide::dashboard
