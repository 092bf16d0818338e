#include "logs/run/formats.h"

#include <array>

namespace seatrial::logs::run {
namespace {

constexpr std::string_view kNames[] = {
    "@type", "@requestId", "@duration", "@billedDuration", "@initDuration", "@memorySize",
    "@maxMemoryUsed", "@xrayTraceId", "@xraySegmentId",
    // flow logs
    "version", "accountId", "interfaceId", "srcAddr", "dstAddr", "srcPort", "dstPort", "protocol",
    "packets", "bytes", "start", "end", "action", "logStatus",
    // Route 53
    "logFormatVersion", "queryTimestamp", "hostZoneId", "queryName", "queryType", "responseCode",
    "edgeLocation", "resolverIp", "ednsClientSubnet"};
constexpr std::size_t kFlowFirst = 9, kFlowFields = 14;
// In the order of a line: version time zone name type code protocol edge resolver subnet.
constexpr std::string_view kRoute53[] = {
    "logFormatVersion", "queryTimestamp", "hostZoneId",   "queryName",  "queryType",
    "responseCode",     "protocol",       "edgeLocation", "resolverIp", "ednsClientSubnet"};

Value typed(std::string_view text) {
  if (text.empty() || text == "-") return {};
  if (const auto number = parse_number(text)) return {Value::Kind::kNumber, *number, text};
  return Value::of(text);
}

// The words of a line, when there are exactly N; nothing else is a line of that format.
template <std::size_t N>
bool words(std::string_view line, std::array<std::string_view, N>& out) {
  while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) line.remove_suffix(1);
  for (std::size_t i = 0; i < N; ++i) {
    const auto space = line.find(' ');
    if ((space == std::string_view::npos) != (i + 1 == N)) return false;
    out[i] = line.substr(0, space);
    if (i + 1 < N) line.remove_prefix(space + 1);
  }
  return true;
}

// The text behind `label` up to a blank or tabulator.
std::string_view behind(std::string_view message, std::string_view label) {
  const auto found = message.find(label);
  if (found == std::string_view::npos) return {};
  const auto rest = message.substr(found + label.size());
  return rest.substr(0, rest.find_first_of(" \t\r\n"));
}

Value scaled(std::string_view text, double factor) {
  const auto number = parse_number(text);
  return number ? Value::of(*number * factor) : Value{};
}

std::string_view lambda_type(std::string_view message) {
  for (const std::string_view type : {"START", "END", "REPORT", "XRAY"})
    if (message.starts_with(type) && behind(message, "RequestId: ").size() > 0) return type;
  return {};
}

}  // namespace

std::span<const std::string_view> format_field_names() { return kNames; }

bool is_lambda_group(std::string_view group) { return group.starts_with("/aws/lambda/"); }

// guess: memory is shown in bytes of a million to the megabyte, as in the guide's examples.
Value lambda_field(std::string_view name, std::string_view message) {
  constexpr double kMegabyte = 1e6;
  const auto type = lambda_type(message);
  if (type.empty()) return {};
  if (name == "@type") return Value::of(type);
  if (name == "@requestId") return Value::of(behind(message, "RequestId: "));
  if (type != "REPORT") return {};
  if (name == "@duration") return scaled(behind(message, "\tDuration: "), 1);
  if (name == "@billedDuration") return scaled(behind(message, "Billed Duration: "), 1);
  if (name == "@initDuration") return scaled(behind(message, "Init Duration: "), 1);
  if (name == "@memorySize") return scaled(behind(message, "Memory Size: "), kMegabyte);
  if (name == "@maxMemoryUsed") return scaled(behind(message, "Max Memory Used: "), kMegabyte);
  if (name == "@xrayTraceId") return typed(behind(message, "XRAY TraceId: "));
  if (name == "@xraySegmentId") return typed(behind(message, "SegmentId: "));
  return {};
}

Value flow_log_field(std::string_view name, std::string_view message) {
  if (!message.starts_with("2 ")) return {};
  for (std::size_t i = 0; i < kFlowFields; ++i) {
    if (kNames[kFlowFirst + i] != name) continue;
    std::array<std::string_view, kFlowFields> parts;
    if (!words(message, parts) || !parts[2].starts_with("eni-")) return {};
    return typed(parts[i]);
  }
  return {};
}

Value route53_field(std::string_view name, std::string_view message, Arena&) {
  if (!message.starts_with("1.0 ")) return {};
  for (std::size_t i = 0; i < std::size(kRoute53); ++i) {
    if (kRoute53[i] != name) continue;
    std::array<std::string_view, std::size(kRoute53)> parts;
    if (!words(message, parts) || !parts[1].ends_with('Z')) return {};
    return i == 0 ? Value::of(parts[0]) : typed(parts[i]);
  }
  return {};
}

}  // namespace seatrial::logs::run
