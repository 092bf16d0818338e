// Fields of messages in AWS's own formats. Source: CWL_AnalyzeLogData-discoverable-fields.
#pragma once
#include <span>
#include <string_view>

#include "logs/run/value.h"

namespace seatrial::logs::run {

bool is_lambda_group(std::string_view group);
// @type, @requestId, @duration, @billedDuration, @initDuration, @memorySize, @maxMemoryUsed,
// @xrayTraceId, @xraySegmentId. Durations in ms, memory in bytes, as AWS shows them.
Value lambda_field(std::string_view name, std::string_view message);
// The default format of VPC flow logs, version 2.
Value flow_log_field(std::string_view name, std::string_view message);
Value route53_field(std::string_view name, std::string_view message, Arena& arena);
// All names above.
std::span<const std::string_view> format_field_names();

}  // namespace seatrial::logs::run
