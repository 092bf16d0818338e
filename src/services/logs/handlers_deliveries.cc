// Vended logs: PutDeliverySource, PutDeliveryDestination, CreateDelivery and what reads and deletes
// them. Sources: their pages in the API reference. guess: the wording of most refusals, the form of
// ids, that what a delivery leaves out is not shown.
#include <algorithm>

#include "room/page_token.h"
#include "services/logs/errors.h"
#include "services/logs/service.h"

namespace seatrial::services::logs {
namespace {

namespace api = aws::logs;
using room::Context;
template <class T>
using Reply = room::Outcome<T>;

constexpr int kMaxDeliveryPage = 50;
constexpr std::size_t kMaxOfAKind = 1'000;  // sources, destinations, deliveries of a region

auto delivery_problem(std::string message) {
  return model::fail("ValidationException", std::move(message));
}
auto delivery_not_served(const std::string& what) {
  return delivery_problem("Seatrial does not serve " + what + " yet.");
}
auto delivery_absent(const std::string& what) {
  return model::fail("ResourceNotFoundException", "The specified " + what + " does not exist.");
}
auto delivery_conflict(std::string message) {
  return model::fail("ConflictException", std::move(message));
}

std::map<std::string, std::string> delivery_tags(const model::Map<std::string>& tags) {
  return {tags.begin(), tags.end()};
}

// "arn:aws:s3:::bucket/prefix" -> bucket and prefix.
std::pair<std::string, std::string> bucket_of(const Arn& arn) {
  const auto slash = arn.resource.find('/');
  auto prefix = slash == std::string::npos ? "" : arn.resource.substr(slash + 1);
  while (prefix.ends_with('/')) prefix.pop_back();
  return {arn.resource.substr(0, slash), prefix};
}

std::string group_of(const Arn& arn) {
  constexpr std::string_view kKind = "log-group:";
  if (!arn.resource.starts_with(kKind)) return "";
  auto name = arn.resource.substr(kKind.size());
  if (name.ends_with(":*")) name.resize(name.size() - 2);
  return name;
}

std::string type_of(const DeliveryDestinationRecord& record) {
  const auto arn = parse_arn(record.resource);
  const bool bucket = arn && arn->service == "s3";
  return std::string(bucket ? api::DeliveryDestinationType::S3 : api::DeliveryDestinationType::CWL);
}

std::string arn_of(const Context& context, const char* kind, const std::string& name) {
  return context.arn("logs", std::string(kind) + ":" + name).text();
}

api::DeliverySource shown(const Context& context, const DeliverySourceRecord& record) {
  api::DeliverySource out;
  out.name = record.name;
  out.arn = arn_of(context, "delivery-source", record.name);
  out.resourceArns = {std::vector{record.resource}};
  out.service = "elasticloadbalancing";
  out.logType = record.log_type;
  for (const auto& [key, value] : record.tags) out.tags[key] = value;
  return out;
}

api::DeliveryDestination shown(const Context& context, const DeliveryDestinationRecord& record) {
  api::DeliveryDestination out;
  out.name = record.name;
  out.arn = arn_of(context, "delivery-destination", record.name);
  out.deliveryDestinationType = type_of(record);
  if (!record.format.empty()) out.outputFormat = record.format;
  out.deliveryDestinationConfiguration.emplace().destinationResourceArn = record.resource;
  for (const auto& [key, value] : record.tags) out.tags[key] = value;
  return out;
}

api::Delivery shown(const Context& context, const DeliveryTables& tables,
                    const DeliveryRecord& record) {
  api::Delivery out;
  out.id = record.id;
  out.arn = arn_of(context, "delivery", record.id);
  out.deliverySourceName = record.source;
  out.deliveryDestinationArn = arn_of(context, "delivery-destination", record.destination);
  if (const auto* to = tables.destinations.find(context.key(record.destination)))
    out.deliveryDestinationType = type_of(*to);
  for (const auto& field : record.record_fields) out.recordFields.push_back(field);
  if (!record.delimiter.empty()) out.fieldDelimiter = record.delimiter;
  for (const auto& [key, value] : record.tags) out.tags[key] = value;
  return out;
}

// A page of a table's records of the caller's region, in the order of their keys.
template <class Table, class Request, class F>
Reply<std::optional<std::string>> page_of(const Context& context, const Table& table,
                                          const Request& request, F&& add) {
  const auto most = check_limit(request.limit, kMaxDeliveryPage, kMaxDeliveryPage);
  if (!most) return std::unexpected(most.error());
  std::string after;
  if (request.nextToken) {
    const auto key = room::page_token_key(*request.nextToken);
    if (!key) return delivery_problem("The specified nextToken is invalid.");
    after = *key;
  }
  return room::add_page(table.with_prefix(context.region + "/"), after,
                        static_cast<std::size_t>(*most), add);
}

template <class Table>
Reply<void> check_room(const Context& context, const Table& table, const std::string& key) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& one : table.with_prefix(context.region + "/")) ++count;
  if (table.contains(key) || count < kMaxOfAKind) return {};
  return model::fail("ServiceQuotaExceededException", "The quota of this resource is exceeded.");
}

}  // namespace

void Logs::serve_deliveries() {
  serve<api::PutDeliverySourceOp>(&Logs::put_delivery_source);
  serve<api::GetDeliverySourceOp>(&Logs::get_delivery_source);
  serve<api::DescribeDeliverySourcesOp>(&Logs::describe_delivery_sources);
  serve<api::DeleteDeliverySourceOp>(&Logs::delete_delivery_source);
  serve<api::PutDeliveryDestinationOp>(&Logs::put_delivery_destination);
  serve<api::GetDeliveryDestinationOp>(&Logs::get_delivery_destination);
  serve<api::DescribeDeliveryDestinationsOp>(&Logs::describe_delivery_destinations);
  serve<api::DeleteDeliveryDestinationOp>(&Logs::delete_delivery_destination);
  serve<api::CreateDeliveryOp>(&Logs::create_delivery);
  serve<api::GetDeliveryOp>(&Logs::get_delivery);
  serve<api::DescribeDeliveriesOp>(&Logs::describe_deliveries);
  serve<api::DeleteDeliveryOp>(&Logs::delete_delivery);
}

// ---- sources

Logs::Outcome<api::PutDeliverySourceResponse> Logs::put_delivery_source(
    Context& context, const api::PutDeliverySourceRequest& request) {
  const auto arn = parse_arn(request.resourceArn);
  if (!arn) return delivery_problem("The resource ARN is invalid: " + request.resourceArn);
  if (!request.deliverySourceConfiguration.empty())
    return delivery_not_served("deliverySourceConfiguration");
  if (arn->service != "elasticloadbalancing" || vendor_ == nullptr)
    return delivery_not_served("vended logs of " + arn->service);
  if (auto ok = vendor_->check_source(context.region, request.resourceArn, request.logType); !ok)
    return std::unexpected(ok.error());
  const auto key = context.key(request.name);
  if (auto ok = check_room(context, deliveries_.sources, key); !ok)
    return std::unexpected(ok.error());
  for (const auto& [other, record] : deliveries_.sources.with_prefix(context.region + "/"))
    if (other != key && record.resource == request.resourceArn &&
        record.log_type == request.logType)
      return delivery_conflict("The delivery source " + record.name +
                               " already represents this resource and log type.");
  DeliverySourceRecord record{request.name, request.resourceArn, request.logType,
                              delivery_tags(request.tags)};
  if (const auto* known = deliveries_.sources.find(key); known && !request.tags.given)
    record.tags = known->tags;
  api::PutDeliverySourceResponse reply;
  reply.deliverySource = shown(context, deliveries_.sources.put(key, std::move(record)));
  deliveries_changed();
  return reply;
}

Logs::Outcome<api::GetDeliverySourceResponse> Logs::get_delivery_source(
    Context& context, const api::GetDeliverySourceRequest& request) {
  const auto* found = deliveries_.sources.find(context.key(request.name));
  if (found == nullptr) return delivery_absent("delivery source");
  api::GetDeliverySourceResponse reply;
  reply.deliverySource = shown(context, *found);
  return reply;
}

Logs::Outcome<api::DescribeDeliverySourcesResponse> Logs::describe_delivery_sources(
    Context& context, const api::DescribeDeliverySourcesRequest& request) {
  api::DescribeDeliverySourcesResponse reply;
  reply.deliverySources.given = true;
  auto next = page_of(context, deliveries_.sources, request, [&](const auto& record) {
    reply.deliverySources.push_back(shown(context, record));
  });
  if (!next) return std::unexpected(next.error());
  reply.nextToken = *next;
  return reply;
}

Logs::Done Logs::delete_delivery_source(Context& context,
                                        const api::DeleteDeliverySourceRequest& request) {
  for (const auto& [key, record] : deliveries_.deliveries.with_prefix(context.region + "/"))
    if (record.source == request.name)
      return delivery_conflict("The delivery source is still used by the delivery " + record.id +
                               ".");
  if (!deliveries_.sources.erase(context.key(request.name)))
    return delivery_absent("delivery source");
  return model::Empty{};
}

// ---- destinations

Logs::Outcome<void> Logs::check_delivery_target(const Context& context,
                                                const std::string& text) const {
  const auto arn = parse_arn(text);
  if (!arn) return delivery_problem("The destination resource ARN is invalid: " + text);
  if (arn->service == "firehose") return delivery_not_served("deliveries to Firehose");
  if (arn->service == "s3") {
    const auto [bucket, prefix] = bucket_of(*arn);
    const auto region = objects_ == nullptr ? std::nullopt : objects_->region_of_bucket(bucket);
    if (!region) return delivery_absent("bucket " + bucket);
    if (*region != context.region) return delivery_not_served("buckets of another region");
    return {};
  }
  const auto group = arn->service == "logs" ? group_of(*arn) : "";
  if (group.empty()) return delivery_problem("The destination resource ARN is invalid: " + text);
  if (arn->region != context.region || arn->account != context.account)
    return delivery_not_served("log groups of another region or account");
  if (!groups_.contains(context.key(group))) return group_not_found();
  return {};
}

Logs::Outcome<api::PutDeliveryDestinationResponse> Logs::put_delivery_destination(
    Context& context, const api::PutDeliveryDestinationRequest& request) {
  if (!request.deliveryDestinationConfiguration)
    return request.deliveryDestinationType == api::DeliveryDestinationType::XRAY
               ? Outcome<api::PutDeliveryDestinationResponse>(
                     delivery_not_served("deliveries to X-Ray"))
               : delivery_problem("deliveryDestinationConfiguration is required.");
  const auto& resource = request.deliveryDestinationConfiguration->destinationResourceArn;
  if (auto ok = check_delivery_target(context, resource); !ok) return std::unexpected(ok.error());
  const auto format = request.outputFormat.value_or("");
  if (!format.empty() && format != "plain" && format != "json")
    return delivery_not_served("the output format " + format);
  DeliveryDestinationRecord record{request.name, resource, format, delivery_tags(request.tags)};
  if (request.deliveryDestinationType && *request.deliveryDestinationType != type_of(record))
    return delivery_problem("deliveryDestinationType is not that of the resource.");
  const auto key = context.key(request.name);
  if (auto ok = check_room(context, deliveries_.destinations, key); !ok)
    return std::unexpected(ok.error());
  if (const auto* known = deliveries_.destinations.find(key); known && !request.tags.given)
    record.tags = known->tags;
  api::PutDeliveryDestinationResponse reply;
  reply.deliveryDestination = shown(context, deliveries_.destinations.put(key, std::move(record)));
  deliveries_changed();
  return reply;
}

Logs::Outcome<api::GetDeliveryDestinationResponse> Logs::get_delivery_destination(
    Context& context, const api::GetDeliveryDestinationRequest& request) {
  const auto* found = deliveries_.destinations.find(context.key(request.name));
  if (found == nullptr) return delivery_absent("delivery destination");
  api::GetDeliveryDestinationResponse reply;
  reply.deliveryDestination = shown(context, *found);
  return reply;
}

Logs::Outcome<api::DescribeDeliveryDestinationsResponse> Logs::describe_delivery_destinations(
    Context& context, const api::DescribeDeliveryDestinationsRequest& request) {
  api::DescribeDeliveryDestinationsResponse reply;
  reply.deliveryDestinations.given = true;
  auto next = page_of(context, deliveries_.destinations, request, [&](const auto& record) {
    reply.deliveryDestinations.push_back(shown(context, record));
  });
  if (!next) return std::unexpected(next.error());
  reply.nextToken = *next;
  return reply;
}

Logs::Done Logs::delete_delivery_destination(Context& context,
                                             const api::DeleteDeliveryDestinationRequest& request) {
  for (const auto& [key, record] : deliveries_.deliveries.with_prefix(context.region + "/"))
    if (record.destination == request.name)
      return delivery_conflict("The delivery destination is still used by the delivery " +
                               record.id + ".");
  if (!deliveries_.destinations.erase(context.key(request.name)))
    return delivery_absent("delivery destination");
  return model::Empty{};
}

// ---- deliveries

Logs::Outcome<api::CreateDeliveryResponse> Logs::create_delivery(
    Context& context, const api::CreateDeliveryRequest& request) {
  const auto* source = deliveries_.sources.find(context.key(request.deliverySourceName));
  if (source == nullptr) return delivery_absent("delivery source");
  constexpr std::string_view kKind = "delivery-destination:";
  const auto arn = parse_arn(request.deliveryDestinationArn);
  if (!arn || arn->service != "logs" || !arn->resource.starts_with(kKind))
    return delivery_problem("The deliveryDestinationArn is invalid.");
  const auto name = arn->resource.substr(kKind.size());
  const auto* destination = deliveries_.destinations.find(context.key(name));
  if (destination == nullptr || arn->region != context.region)
    return delivery_absent("delivery destination");
  if (request.s3DeliveryConfiguration) return delivery_not_served("s3DeliveryConfiguration");
  const auto known = vendor_->record_fields(source->log_type);
  for (const auto& field : request.recordFields)
    if (std::ranges::find(known, field) == known.end())
      return delivery_problem("The record field " + field + " is not one of " + source->log_type +
                              ".");
  const auto delimiter = request.fieldDelimiter.value_or("");
  if (!delimiter.empty() && delimiter != "\t" && delimiter != " " && delimiter != ",")
    return delivery_problem("The field delimiter is not supported.");
  if (!delimiter.empty() && destination->format == "json")
    return delivery_problem("fieldDelimiter cannot be used with the output format json.");
  for (const auto& [key, record] : deliveries_.deliveries.with_prefix(context.region + "/"))
    if (record.source == source->name && record.destination == name)
      return delivery_conflict("A delivery of this source to this destination already exists.");
  DeliveryRecord record{env_.rng.hex(16),           source->name, name, {}, delimiter,
                        delivery_tags(request.tags)};
  for (const auto& field : request.recordFields) record.record_fields.push_back(field);
  const auto key = context.key(record.id);
  if (auto ok = check_room(context, deliveries_.deliveries, key); !ok)
    return std::unexpected(ok.error());
  api::CreateDeliveryResponse reply;
  reply.delivery = shown(context, deliveries_, deliveries_.deliveries.put(key, std::move(record)));
  deliveries_changed();
  return reply;
}

Logs::Outcome<api::GetDeliveryResponse> Logs::get_delivery(Context& context,
                                                           const api::GetDeliveryRequest& request) {
  const auto* found = deliveries_.deliveries.find(context.key(request.id));
  if (found == nullptr) return delivery_absent("delivery");
  api::GetDeliveryResponse reply;
  reply.delivery = shown(context, deliveries_, *found);
  return reply;
}

Logs::Outcome<api::DescribeDeliveriesResponse> Logs::describe_deliveries(
    Context& context, const api::DescribeDeliveriesRequest& request) {
  api::DescribeDeliveriesResponse reply;
  reply.deliveries.given = true;
  auto next = page_of(context, deliveries_.deliveries, request, [&](const auto& record) {
    reply.deliveries.push_back(shown(context, deliveries_, record));
  });
  if (!next) return std::unexpected(next.error());
  reply.nextToken = *next;
  return reply;
}

Logs::Done Logs::delete_delivery(Context& context, const api::DeleteDeliveryRequest& request) {
  if (!deliveries_.deliveries.erase(context.key(request.id))) return delivery_absent("delivery");
  deliveries_changed();
  return model::Empty{};
}

std::vector<VendedDelivery> Logs::deliveries_of(const std::string& resource) const {
  std::vector<VendedDelivery> out;
  for (const auto& [key, record] : deliveries_.deliveries) {
    const auto region = key.substr(0, key.find('/') + 1);
    const auto* source = deliveries_.sources.find(region + record.source);
    const auto* destination = deliveries_.destinations.find(region + record.destination);
    if (source == nullptr || destination == nullptr || source->resource != resource) continue;
    VendedDelivery& one = out.emplace_back();
    one.id = record.id;
    one.region = region.substr(0, region.size() - 1);
    one.log_type = source->log_type;
    const auto arn = parse_arn(destination->resource);
    one.group = group_of(*arn);
    if (arn->service == "s3") std::tie(one.bucket, one.prefix) = bucket_of(*arn);
    one.json = destination->format == "json";
    one.fields = record.record_fields;
    one.delimiter = record.delimiter;
  }
  return out;
}

}  // namespace seatrial::services::logs
