// What the room is built on; all outlive it.
#pragma once
#include "drivers/network.h"
#include "drivers/network/hosts_file.h"
#include "drivers/probe.h"
#include "drivers/proxy.h"
#include "services/cloudwatch/api.h"
#include "services/ec2/api.h"
#include "services/logs/api.h"
#include "services/s3/api.h"

namespace seatrial::services::elbv2 {

struct Parts {
  drivers::ProxyDriver& proxy;
  drivers::ProbeDriver& prober;
  drivers::NetworkDriver& network;
  ec2::Vpcs& vpcs;
  cloudwatch::MetricSink& metrics;
  drivers::HostsFile* hosts = nullptr;  // null: DNSName is the loopback address itself
  // Where access logs go; without them they cannot be enabled.
  s3::ObjectSink* objects = nullptr;
  s3::BucketGrants* grants = nullptr;
  logs::LogSink* log_lines = nullptr;
  const logs::VendedLogs* deliveries = nullptr;
};

}  // namespace seatrial::services::elbv2
