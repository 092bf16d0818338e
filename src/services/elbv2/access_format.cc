// Which fields are quoted in plain text is AWS's choice, field by field; in JSON all are strings.
// guess: JSON's values are the plain text's, and its numbers are strings.
#include "services/elbv2/access_format.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <iterator>

#include "base/value.h"

namespace seatrial::services::elbv2 {
namespace {

enum Field {
  kType,
  kTime,
  kElb,
  kClient,
  kTarget,
  kRequestTime,
  kTargetTime,
  kResponseTime,
  kElbStatus,
  kTargetStatus,
  kReceived,
  kSent,
  kRequestLine,
  kUserAgent,
  kSslCipher,
  kSslProtocol,
  kTargetGroup,
  kTraceId,
  kDomain,
  kCertificate,
  kPriority,
  kCreated,
  kActions,
  kRedirect,
  kError,
  kTargetList,
  kTargetStatusList,
  kClassification,
  kClassificationReason,
  kConnection,
  kTransformedHost,
  kTransformedUri,
  kTransformStatus,
  kFieldCount
};

constexpr bool is_quoted(int field) {
  switch (field) {
    case kRequestLine:
    case kUserAgent:
    case kTraceId:
    case kDomain:
    case kCertificate:
    case kActions:
    case kRedirect:
    case kError:
    case kTargetList:
    case kTargetStatusList:
    case kClassification:
    case kClassificationReason:
    case kTransformedHost:
    case kTransformedUri:
    case kTransformStatus:
      return true;
    default:
      return false;
  }
}

std::string or_dash(std::string_view text) { return text.empty() ? "-" : std::string(text); }

// Seconds with milliseconds; -1 where either end did not happen.
std::string span(std::int64_t from, std::int64_t to) {
  if (from == 0 || to == 0) return "-1";
  return fmt::format("{:.3f}", static_cast<double>(std::max<std::int64_t>(to - from, 0)) / 1e6);
}

// HAProxy writes bytes that a URI cannot have as #HH; here as a URI has them.
std::string as_sent(std::string_view uri) {
  std::string out(uri);
  std::ranges::replace(out, '#', '%');
  return out;
}

// "GET http://www.example.com:80/path HTTP/1.1", or dashes for a request that was none.
std::string request_line(const drivers::ProxyRecord& r, const AccessFacts& facts) {
  if (r.method.empty() || r.method.starts_with('<'))
    return "- http://-:" + std::to_string(facts.listener_port) + "- -";
  const auto uri = as_sent(r.uri);
  if (!uri.starts_with('/')) return fmt::format("{} {} {}", r.method, uri, r.version);
  const auto host = std::string_view(r.host).substr(0, r.host.find(':'));
  return fmt::format("{} http://{}:{}{} {}", r.method, host.empty() ? "-" : host,
                     facts.listener_port, uri, r.version);
}

// A target that gave no whole answer has neither times nor status: AWS's -1 and "-".
std::string text_of(int field, const drivers::ProxyRecord& r, const AccessFacts& facts) {
  const bool answered = r.answered != 0 && !r.target.empty();
  switch (field) {
    case kType:
      return r.status == 101 ? "ws" : "http";
    case kTime:
      return access_time(facts.time_us);
    case kElb:
      return std::string(facts.balancer);
    case kClient:
      return std::string(r.client);
    case kTarget:
    case kTargetList:
      return or_dash(r.target);
    case kRequestTime:
      return answered ? span(r.begun, r.sent) : "-1";
    case kTargetTime:
      return answered ? span(r.sent, r.answered) : "-1";
    case kResponseTime:
      return answered ? span(r.answered, r.replied) : "-1";
    case kElbStatus:
      return r.status >= 100 ? std::to_string(r.status) : "460";  // the client went away
    case kTargetStatus:
    case kTargetStatusList:
      return answered ? std::to_string(r.status) : "-";
    case kReceived:
      return std::to_string(r.received_bytes);
    case kSent:
      return std::to_string(r.sent_bytes);
    case kRequestLine:
      return request_line(r, facts);
    case kUserAgent:
      return or_dash(r.user_agent);
    case kTargetGroup:
      return or_dash(facts.target_group);
    case kTraceId:
      return or_dash(r.trace);
    case kPriority:
      return facts.priority < 0 ? "-" : std::to_string(facts.priority);
    case kCreated:
      return access_time(facts.created_us);
    case kActions:
      return or_dash(facts.action);
    case kRedirect:
      return or_dash(facts.action == "redirect" ? std::string_view(r.location) : "");
    case kConnection:
      return "TID_" + std::string(r.connection);
    default:  // TLS, certificates, desync classification, transforms: none here
      return "-";
  }
}

// What would end the field or the line is written as \xHH, as AWS does with a user agent's.
void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"')
      out += "\\x22";
    else if (byte < 0x20 || byte == 0x7f)
      fmt::format_to(std::back_inserter(out), "\\x{:02X}", byte);
    else
      out += c;
  }
  out += '"';
}

const std::vector<int>& all_fields() {
  static const std::vector<int> all = [] {
    std::vector<int> list(kFieldCount);
    for (int i = 0; i < kFieldCount; ++i) list[static_cast<std::size_t>(i)] = i;
    return list;
  }();
  return all;
}

}  // namespace

const std::vector<std::string_view>& access_fields() {
  static const std::vector<std::string_view> names = {"type",
                                                      "time",
                                                      "elb",
                                                      "client:port",
                                                      "target:port",
                                                      "request_processing_time",
                                                      "target_processing_time",
                                                      "response_processing_time",
                                                      "elb_status_code",
                                                      "target_status_code",
                                                      "received_bytes",
                                                      "sent_bytes",
                                                      "request_line",
                                                      "user_agent",
                                                      "ssl_cipher",
                                                      "ssl_protocol",
                                                      "target_group_arn",
                                                      "trace_id",
                                                      "domain_name",
                                                      "chosen_cert_arn",
                                                      "matched_rule_priority",
                                                      "request_creation_time",
                                                      "actions_executed",
                                                      "redirect_url",
                                                      "error_reason",
                                                      "target:port_list",
                                                      "target_status_code_list",
                                                      "classification",
                                                      "classification_reason",
                                                      "conn_trace_id",
                                                      "transformed_host",
                                                      "transformed_uri",
                                                      "request_transform_status"};
  return names;
}

std::string access_time(std::int64_t micros) {
  const auto at = std::chrono::sys_time<std::chrono::seconds>(
      std::chrono::floor<std::chrono::seconds>(std::chrono::microseconds(micros)));
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", at, micros % 1'000'000);
}

void append_access(std::string& out, const AccessFormat& format, const drivers::ProxyRecord& record,
                   const AccessFacts& facts) {
  const auto& fields = format.fields.empty() ? all_fields() : format.fields;
  if (format.json) {
    Object object;
    for (const int field : fields)
      object[access_fields()[static_cast<std::size_t>(field)]] = text_of(field, record, facts);
    out += to_json(Value(std::move(object)));
    return;
  }
  bool first = true;
  for (const int field : fields) {
    if (!std::exchange(first, false)) out += format.delimiter;
    if (is_quoted(field))
      append_quoted(out, text_of(field, record, facts));
    else
      out += text_of(field, record, facts);
  }
}

}  // namespace seatrial::services::elbv2
