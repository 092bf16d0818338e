// From an HTTP request to service, operation and protocol. The target header and the CBOR path say
// it outright; forms say Action and Version; REST requests are matched by URI (uri.h).
#include <fmt/format.h>

#include <algorithm>

#include "wire/codec.h"
#include "wire/sqs_query.h"
#include "wire/text.h"
#include "wire/uri.h"

namespace seatrial::wire {
namespace {

using model::Outcome;
using model::Protocol;
using model::Service;

constexpr std::size_t kMaxNamedChars = 256;  // of a client's text that we repeat in an error

std::string shown(std::string_view text) {
  text = text.substr(0, kMaxNamedChars);
  return valid_utf8(text) ? std::string(text) : "?";
}

std::unexpected<model::AwsError> unknown(std::string message) {
  return model::fail("UnknownOperationException", std::move(message), 404);
}

bool query_mode(const HttpRequest& request) {
  return same_ignoring_case(request.headers.get("x-amzn-query-mode"), "true");
}

// "AmazonSSM" may be several services' prefix: the signing name decides, then having the operation.
std::optional<Service> service_of_target(std::string_view prefix, std::string_view operation,
                                         std::string_view signing_name) {
  const auto found = model::find_by_target_prefix(prefix);
  if (found && found->find_operation(operation)) return found;
  for (const Service& service : model::find_by_signing_name(signing_name)) {
    if (service.target_prefix() == prefix && service.find_operation(operation)) return service;
  }
  return found;
}

Outcome<Route> route_cbor(const HttpRequest& request, std::string_view signing_name) {
  const auto parts = split(request.raw_path(), '/');
  // A base path may come before /service/<Name>/operation/<Operation>.
  if (parts.size() < 5 || parts[parts.size() - 4] != "service" ||
      parts[parts.size() - 2] != "operation") {
    return unknown("The path of an RPC v2 request is /service/<name>/operation/<name>, not " +
                   shown(request.raw_path()));
  }
  std::string_view name = parts[parts.size() - 3];
  if (const auto dot = name.rfind('.'); dot != std::string_view::npos) name.remove_prefix(dot + 1);
  const auto service = service_of_target(name, parts.back(), signing_name);
  if (!service) return unknown(fmt::format("There is no service named {}.", shown(name)));
  const auto operation = service->find_operation(parts.back());
  if (!operation || !service->supports(Protocol::kCbor)) {
    return unknown(fmt::format("{} has no operation {} in RPC v2 CBOR.", service->name(),
                               shown(parts.back())));
  }
  return Route{*service, *operation, Protocol::kCbor, "", query_mode(request)};
}

Outcome<Route> route_target(const HttpRequest& request, std::string_view signing_name) {
  const std::string_view target = request.headers.get("X-Amz-Target");
  const auto dot = target.rfind('.');
  if (dot == std::string_view::npos) {
    return unknown(fmt::format("X-Amz-Target {} names no operation.", shown(target)));
  }
  const std::string_view prefix = target.substr(0, dot), name = target.substr(dot + 1);
  const auto service = service_of_target(prefix, name, signing_name);
  if (!service)
    return unknown(fmt::format("There is no service with the target {}.", shown(prefix)));
  const auto operation = service->find_operation(name);
  if (!operation || !service->supports(Protocol::kJson)) {
    return unknown(fmt::format("{} has no operation {}.", service->name(), shown(name)));
  }
  const std::string_view type = request.headers.get("Content-Type");
  const std::string_view version = type.find("x-amz-json-1.0") != std::string_view::npos   ? "1.0"
                                   : type.find("x-amz-json-1.1") != std::string_view::npos ? "1.1"
                                   : service->json_version().empty()                       ? "1.1"
                                                                     : service->json_version();
  return Route{*service, *operation, Protocol::kJson, std::string(version), query_mode(request)};
}

bool speaks_query(const Service& s) {
  return s.supports(Protocol::kQuery) || s.supports(Protocol::kEc2) || sqs_query::is_sqs(s);
}
bool speaks_rest(const Service& s) {
  return s.supports(Protocol::kRestJson) || s.supports(Protocol::kRestXml);
}

Protocol query_protocol(const Service& s) {
  return s.supports(Protocol::kEc2) ? Protocol::kEc2 : Protocol::kQuery;
}

struct Action {
  bool present = false;
  std::string name, version;
};

Action action_of(const HttpRequest& request) {
  Action action;
  for (const std::string_view form : {std::string_view(request.body), request.raw_query()}) {
    if (action.present) break;
    action.name = form_value(form, "Action", &action.present);
    if (action.present) action.version = form_value(form, "Version");
  }
  return action;
}

// The API version tells services apart that share a signing name; without a match having the
// action is enough, as AWS is lenient about old versions.
std::optional<Route> match_action(const std::vector<Service>& candidates, const Action& action) {
  std::optional<Route> lenient;
  for (const Service& service : candidates) {
    if (!speaks_query(service)) continue;
    const auto operation = service.find_operation(action.name);
    if (!operation) continue;
    Route route{service, *operation, query_protocol(service), "", false};
    if (service.api_version() == action.version) return route;
    if (!lenient) lenient = std::move(route);
  }
  return lenient;
}

// Services that share a signing name and even a version (rds, neptune, docdb): the one that has the
// name itself comes first.
std::vector<Service> services_of_signing_name(std::string_view signing_name) {
  std::vector<Service> out = model::find_by_signing_name(signing_name);
  std::stable_partition(out.begin(), out.end(),
                        [&](const Service& s) { return s.name() == signing_name; });
  return out;
}

std::optional<Route> match_uri(const std::vector<Service>& candidates, const HttpRequest& request) {
  std::optional<RestMatch> best;
  for (const Service& service : candidates) {
    if (!speaks_rest(service)) continue;
    const auto match = match_rest(service, request);
    if (match && (!best || better(*match, *best))) best = match;
  }
  if (!best) return std::nullopt;
  const Service service = best->operation.service();
  const Protocol protocol =
      service.supports(Protocol::kRestJson) ? Protocol::kRestJson : Protocol::kRestXml;
  return Route{service, best->operation, protocol, "", false};
}

std::vector<Service> all_services() {
  std::vector<Service> out;
  for (std::uint32_t i = 0; i < model::service_count(); ++i) out.push_back(model::service(i));
  return out;
}

// "lambda.eu-west-1.amazonaws.com" -> services whose endpoint starts with "lambda".
std::vector<Service> services_of_host(std::string_view host) {
  const std::string_view label = host.substr(0, host.find_first_of(".:"));
  std::vector<Service> out;
  for (const Service& service : all_services()) {
    if (service.endpoint_prefix() == label || service.signing_name() == label)
      out.push_back(service);
  }
  return out;
}

bool version_known(const std::vector<Service>& candidates, std::string_view version) {
  return std::any_of(candidates.begin(), candidates.end(),
                     [&](const Service& s) { return s.api_version() == version; });
}

Outcome<Route> unmatched(const HttpRequest& request, const std::vector<Service>& candidates,
                         const Action& action, std::string_view signing_name) {
  const bool any_query = std::any_of(candidates.begin(), candidates.end(), speaks_query);
  if (candidates.empty() && !signing_name.empty()) {
    return unknown(
        fmt::format("There is no service with the signing name {}.", shown(signing_name)));
  }
  if (action.present && (any_query || candidates.empty())) {
    return model::fail("InvalidAction", fmt::format("Could not find operation {} for version {}",
                                                    shown(action.name), shown(action.version)));
  }
  if (any_query && !std::any_of(candidates.begin(), candidates.end(), speaks_rest)) {
    return model::fail("MissingAction", "The request must contain the parameter Action");
  }
  return unknown(fmt::format("No operation{}{} matches {} {}.", candidates.empty() ? "" : " of ",
                             candidates.empty() ? "" : candidates.front().name(),
                             shown(request.method), shown(request.raw_path())));
}

// The host without its port and without "s3..."; whether there was an "s3" label at all.
struct S3Host {
  bool s3 = false;
  std::string_view bucket;
};

S3Host read_host(const HttpRequest& request) {
  std::string_view host = request.headers.get("Host");
  if (host.starts_with('[')) return {};  // an IPv6 address
  host = host.substr(0, host.find(':'));
  if (host == "s3" || host.starts_with("s3.") || host.starts_with("s3-")) return {true, {}};
  for (const std::string_view mark : {".s3.", ".s3-"}) {
    if (const auto at = host.find(mark); at != std::string_view::npos && at > 0)
      return {true, host.substr(0, at)};
  }
  constexpr std::string_view kLocal = ".localhost";
  if (host.ends_with(kLocal)) return {false, host.substr(0, host.size() - kLocal.size())};
  return {};
}

bool s3_host(const HttpRequest& request) { return read_host(request).s3; }

}  // namespace

std::optional<std::string> path_style_target(const HttpRequest& request,
                                             std::string_view signing_name) {
  const S3Host host = read_host(request);
  if (host.bucket.empty()) return std::nullopt;
  if (signing_name != "s3" && !(signing_name.empty() && host.s3)) return std::nullopt;
  return "/" + std::string(host.bucket) +
         (request.target == "/"              ? ""
          : request.target.starts_with("/?") ? request.target.substr(1)
                                             : request.target);
}

Outcome<Route> route(const HttpRequest& request, std::string_view signing_name) {
  if (same_ignoring_case(request.headers.get("Smithy-Protocol"), "rpc-v2-cbor")) {
    return route_cbor(request, signing_name);
  }
  if (request.headers.has("X-Amz-Target")) return route_target(request, signing_name);
  if (signing_name.empty() && s3_host(request)) signing_name = "s3";
  std::vector<Service> candidates = signing_name.empty()
                                        ? services_of_host(request.headers.get("Host"))
                                        : services_of_signing_name(signing_name);
  if (auto found = match_uri(candidates, request)) return *std::move(found);
  const Action action = action_of(request);
  if (action.present) {
    // Unsigned forms (sts web identities) say which API they mean by its version.
    if (signing_name.empty() && !version_known(candidates, action.version)) {
      candidates = all_services();
      std::erase_if(candidates,
                    [&](const Service& s) { return s.api_version() != action.version; });
    }
    if (auto found = match_action(candidates, action)) return *std::move(found);
  }
  return unmatched(request, candidates, action, signing_name);
}

}  // namespace seatrial::wire
