// A request as a line of an Application Load Balancer's access log.
//
// The legacy files in S3 have all fields in AWS's order; a vended delivery (CreateDelivery) has
// those it names, as plain text or as JSON. Pure.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/proxy.h"

namespace seatrial::services::elbv2 {

// What the line says beyond the proxy's record.
struct AccessFacts {
  std::int64_t time_us = 0, created_us = 0;  // the world's time, since the epoch
  std::string_view balancer;                 // "app/web/50dc6c495c0c9188"
  std::string_view target_group;             // ARN, empty: none
  std::string_view action;                   // "forward", empty: none
  int listener_port = 80;
  int priority = 0;  // of the rule, 0 the default one, -1: "-"
};

struct AccessFormat {
  bool json = false;
  std::vector<int> fields;  // places in access_fields(), in order; empty: all
  std::string delimiter = " ";
};

// AWS's names, in AWS's order: "type", "time", "elb", "client:port", ...
const std::vector<std::string_view>& access_fields();

void append_access(std::string& out, const AccessFormat& format, const drivers::ProxyRecord& record,
                   const AccessFacts& facts);

// "2018-07-02T22:23:00.186641Z"
std::string access_time(std::int64_t micros);

}  // namespace seatrial::services::elbv2
