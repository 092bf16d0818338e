// What the room is built on; all outlive it.
#pragma once
#include "drivers/network.h"
#include "drivers/network/hosts_file.h"
#include "drivers/probe.h"
#include "drivers/proxy.h"
#include "services/cloudwatch/api.h"
#include "services/ec2/api.h"

namespace seatrial::services::elbv2 {

struct Parts {
  drivers::ProxyDriver& proxy;
  drivers::ProbeDriver& prober;
  drivers::NetworkDriver& network;
  ec2::Vpcs& vpcs;
  cloudwatch::MetricSink& metrics;
  drivers::HostsFile* hosts = nullptr;  // null: DNSName is the loopback address itself
};

}  // namespace seatrial::services::elbv2
