// Which load balancers' requests are written down, where to and as what: from the attributes
// access_logs.s3.* and from the deliveries of vended logs (services/logs/api.h).
#include "base/encoding.h"
#include "base/log.h"
#include "services/elbv2/attributes.h"
#include "services/elbv2/controller.h"
#include "services/elbv2/errors.h"
#include "services/elbv2/service.h"

namespace seatrial::services::elbv2 {
namespace {

constexpr std::size_t kIdLength = 24;
constexpr const char* kAccessLogs = "ALB_ACCESS_LOGS";

std::string attribute(const StringMap& attributes, const char* key) {
  const auto found = attributes.find(key);
  return found == attributes.end() ? "" : found->second;
}

std::string id_of(const std::string& what) { return hex_encode(sha256(what)).substr(0, kIdLength); }

std::pair<int, std::string> rule_of(const RuleRecord& rule) {
  const auto& actions = rule.shape.Actions;
  return {std::atoi(rule.shape.Priority.value_or("0").c_str()),
          actions.empty() ? "" : std::string(actions.front().Type)};
}

AccessFormat format_of(const logs::VendedDelivery& delivery) {
  AccessFormat format{delivery.json, {}, delivery.delimiter.empty() ? " " : delivery.delimiter};
  for (const auto& name : delivery.fields) {
    const auto found = std::ranges::find(access_fields(), name);
    if (found != access_fields().end())
      format.fields.push_back(static_cast<int>(found - access_fields().begin()));
  }
  return format;
}

std::string access_folder(const std::string& prefix, const std::string& account) {
  return (prefix.empty() ? "" : prefix + "/") + "AWSLogs/" + account + "/";
}

// The accounts of Elastic Load Balancing that older bucket policies name.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
std::string elb_account(const std::string& region) {
  static const std::map<std::string, std::string> accounts = {
      {"us-east-1", "127311923021"},      {"us-east-2", "033677994240"},
      {"us-west-1", "027434742980"},      {"us-west-2", "797873946194"},
      {"ca-central-1", "985666609251"},   {"eu-central-1", "054676820928"},
      {"eu-west-1", "156460612806"},      {"eu-west-2", "652711504416"},
      {"eu-west-3", "009996457667"},      {"eu-north-1", "897822967062"},
      {"ap-northeast-1", "582318560864"}, {"ap-northeast-2", "600734575887"},
      {"ap-southeast-1", "114774131450"}, {"ap-southeast-2", "783225319266"},
      {"ap-south-1", "718504428378"},     {"sa-east-1", "507241528517"}};
  const auto found = accounts.find(region);
  return found == accounts.end() ? "" : found->second;
}

}  // namespace

AccessDestination Controller::bucket_destination(const LoadBalancerRecord& balancer,
                                                 const std::string& bucket,
                                                 const std::string& prefix) const {
  const auto& arn = *balancer.shape.LoadBalancerArn;
  const auto region = region_of(arn);
  auto name = dimension_of(arn);
  std::ranges::replace(name, '/', '.');
  AccessDestination to;
  to.region = region;
  to.bucket = bucket;
  to.folder = access_folder(prefix, env_.account) + "elasticloadbalancing/" + region + "/";
  to.file_name = fmt::format("{}_elasticloadbalancing_{}_{}", env_.account, region, name);
  return to;
}

// A network load balancer logs requests of TLS listeners only (AWS), and there are none.
std::vector<AccessDestination> Controller::destinations_of(
    const LoadBalancerRecord& balancer) const {
  std::vector<AccessDestination> list;
  if (balancer.shape.Type == "network") return list;
  const auto& arn = *balancer.shape.LoadBalancerArn;
  if (flag_attribute(balancer.attributes, "access_logs.s3.enabled") && parts_.objects != nullptr) {
    auto& to = list.emplace_back(
        bucket_destination(balancer, attribute(balancer.attributes, "access_logs.s3.bucket"),
                           attribute(balancer.attributes, "access_logs.s3.prefix")));
    to.id = id_of(arn);
  }
  if (parts_.deliveries == nullptr) return list;
  for (const auto& delivery : parts_.deliveries->deliveries_of(arn)) {
    if (delivery.log_type != kAccessLogs) continue;
    auto& to = list.emplace_back(bucket_destination(balancer, delivery.bucket, delivery.prefix));
    if (delivery.bucket.empty()) {
      to.group = delivery.group;
      to.stream =
          fmt::format("{}_{}_{}", env_.account, dimension_of(arn), delivery.region);  // guess
      std::ranges::replace(to.stream, '/', '_');
    }
    to.id = id_of(delivery.id + arn);
    to.format = format_of(delivery);
  }
  return list;
}

AccessPlan Controller::access_plan() const {
  AccessPlan plan;
  for (const auto& [arn, record] : tables_.listeners) {
    const auto& balancer = *tables_.balancers.find(*record.shape.LoadBalancerArn);
    const auto destinations = destinations_of(balancer);
    if (destinations.empty()) continue;
    const auto id = *balancer.shape.LoadBalancerName + "." + arn.substr(arn.rfind('/') + 1);
    auto& listener = plan.listeners[id];
    listener.balancer = dimension_of(*balancer.shape.LoadBalancerArn);
    listener.port = *record.shape.Port;
    listener.rules.emplace_back(0, "");
    for (const auto* rule : tables_.rules_of(arn)) {
      if (rule->shape.IsDefault.value_or(false))
        listener.rules.front().second = rule_of(*rule).second;
      else
        listener.rules.push_back(rule_of(*rule));
    }
    for (const auto& to : destinations) {
      listener.destinations.push_back(to.id);
      plan.destinations[to.id] = to;
    }
  }
  if (plan.listeners.empty()) return plan;
  for (const auto& [arn, group] : tables_.groups) plan.groups[proxy_name(arn)] = arn;
  return plan;
}

// ---- LogVendor

room::Outcome<void> Elbv2::check_source(const std::string& region, const std::string& resource,
                                        const std::string& log_type) const {
  const auto* found = tables_.balancers.find(resource);
  if (found == nullptr || region_of(resource) != region)
    return fail("ResourceNotFoundException", "Cannot find resource: " + resource + ".");  // guess
  const bool network = found->shape.Type == "network";
  if (log_type == kAccessLogs && !network) return {};
  const bool known = network
                         ? log_type == "NLB_ACCESS_LOGS"
                         : log_type == "ALB_CONNECTION_LOGS" || log_type == "ALB_HEALTH_CHECK_LOGS";
  if (known) return fail("ValidationException", "Seatrial does not serve " + log_type + " yet.");
  return fail("ValidationException",  // guess: the words
              fmt::format("The log type {} is not supported for this resource.", log_type));
}

std::vector<std::string> Elbv2::record_fields(const std::string& log_type) const {
  if (log_type != kAccessLogs) return {};
  return {access_fields().begin(), access_fields().end()};
}

// ---- access_logs.s3.*

// Delivery principals: "Enable access logs for your Application Load Balancer".
Outcome<void> Elbv2::check_access_bucket(const LoadBalancerRecord& record) const {
  const auto& arn = *record.shape.LoadBalancerArn;
  const auto bucket = attribute(record.attributes, "access_logs.s3.bucket");
  const auto prefix = attribute(record.attributes, "access_logs.s3.prefix");
  if (parts_.objects == nullptr || parts_.grants == nullptr)
    return not_served("access logs in this world");
  if (bucket.empty())  // guess: the words
    return validation("The value of 'access_logs.s3.bucket' cannot be empty");
  if (prefix.find("AWSLogs") != prefix.npos || prefix.starts_with('/') || prefix.ends_with('/'))
    return fail(
        "InvalidConfigurationRequest",  // guess: the words
        fmt::format("The prefix '{}' must not include AWSLogs, nor begin or end with a slash",
                    prefix));
  const auto region = parts_.objects->region_of_bucket(bucket);
  if (!region)
    return fail("InvalidConfigurationRequest", "S3Bucket: " + bucket + " does not exist");  // guess
  if (*region != region_of(arn))
    return fail(
        "InvalidConfigurationRequest",  // guess: the words
        fmt::format("S3Bucket: {} is not located in the same region as the load balancer", bucket));
  const auto key = access_folder(prefix, env_.account) + "ELBAccessLogTestFile";
  const bool network = record.shape.Type == "network";
  const bool may =
      network
          ? parts_.grants->lets_put(bucket, key, "delivery.logs.amazonaws.com", "", arn)
          : parts_.grants->lets_put(bucket, key, "logdelivery.elasticloadbalancing.amazonaws.com",
                                    elb_account(region_of(arn)), arn);
  if (may) return {};
  return fail(
      "InvalidConfigurationRequest",
      fmt::format("Access Denied for bucket: {}. Please check S3bucket permission", bucket));
}

// AWS shows by a file of its own that it may write. Its words are a guess.
void Elbv2::put_test_file(const LoadBalancerRecord& record) {
  const auto bucket = attribute(record.attributes, "access_logs.s3.bucket");
  const auto key =
      access_folder(attribute(record.attributes, "access_logs.s3.prefix"), env_.account) +
      "ELBAccessLogTestFile";
  const auto text = fmt::format("Enable AccessLog for ELB: {} at {}",
                                *record.shape.LoadBalancerName, format_iso8601(env_.clock.now()));
  env_.control.post([objects = parts_.objects, bucket, key, text] {
    objects->put_object(bucket, key, text, "application/octet-stream", "",
                        [bucket](const std::string& error) {
                          if (!error.empty())
                            log::warning("elbv2: no test file in {}: {}", bucket, error);
                        });
  });
}

}  // namespace seatrial::services::elbv2
