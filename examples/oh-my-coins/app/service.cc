// The routes of service.h. Health paths are where the load balancer looks: the backend's is
// /api/v1/health, the frontend's its page.
#include "service.h"

#include <poll.h>

#include <chrono>
#include <thread>

#include "events.h"
#include "json.h"
#include "log.h"
#include "metrics.h"
#include "store.h"

namespace omc {
namespace {

constexpr int kStorePauseMs = 50;

std::string escaped_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

Response detail(int status, std::string_view text) {
  return {.status = status, .body = "{\"detail\": " + quoted(text) + "}"};
}

// The value of the query's only field, whatever its name (ms, mb, percent): a fault has one amount.
std::string_view amount_of(std::string_view query) {
  const size_t equals = query.find('=');
  return equals == std::string_view::npos ? query : query.substr(equals + 1);
}

std::string link_state(const std::optional<StoreLink>& link, const char* name) {
  if (!link) return "not configured";
  if (probe_store(*link)) return "connected";
  log_error(std::string(name) + " does not answer at " + link->address.host + ":" +
            std::to_string(link->address.port));
  return "disconnected";
}

}  // namespace

Response Service::handle(const Request& request) {
  constexpr std::string_view kFaults = "/faults/", kApiFaults = "/api/v1/faults/";
  for (const std::string_view prefix : {kFaults, kApiFaults}) {
    if (request.path.starts_with(prefix)) {
      return set_fault(request, std::string_view(request.path).substr(prefix.size()));
    }
  }
  if (const int ms = faults_.delay_ms()) std::this_thread::sleep_for(std::chrono::milliseconds(ms));
  Response response = route(request);
  if (request.path != "/api/v1/health" && faults_.next_is_error()) {
    response = detail(500, "Internal Server Error");
  }
  if (faults_.crash()) response.then_exit = 1;
  return response;
}

Response Service::set_fault(const Request& request, std::string_view name) {
  if (request.method != "GET" && request.method != "POST") {
    return {.status = 405, .body = "{}", .allow = "GET, POST"};
  }
  if (name == "exit") return detail(400, "exit is a fault at start only: FAULT=exit:CODE");
  log_info("fault " + std::string(name) + " " + request.query);
  const auto done = faults_.set(name, amount_of(request.query));
  if (!done) return detail(400, done.error());
  Response response{.body = "{\"fault\": " + quoted(name) + "}"};
  if (faults_.crash()) response.then_exit = 1;
  return response;
}

Response Service::route(const Request& request) {
  constexpr std::string_view kEvents = "/api/v1/events/";
  const bool backend = settings_.role == Role::kBackend;
  if (backend && request.path.starts_with(kEvents)) {
    return take_event(request, std::string_view(request.path).substr(kEvents.size()));
  }
  const bool alive = !settings_.health_path.empty() && request.path == settings_.health_path;
  const bool known = alive || request.path == "/api/v1/version" || request.path == "/" ||
                     (backend && (request.path == "/api/v1/health" ||
                                  request.path == "/api/v1/utils/health-check/"));
  if (!known) return detail(404, "Not Found");
  if (request.method != "GET" && request.method != "HEAD") {
    return {.status = 405, .body = "{\"detail\": \"Method Not Allowed\"}", .allow = "GET, HEAD"};
  }
  if (alive) return {.status = faults_.unhealthy() ? 503 : 200, .body = "true"};
  if (request.path == "/api/v1/version") return version();
  if (request.path == "/") return backend ? version() : page();
  if (request.path == "/api/v1/utils/health-check/") return {.body = "true"};
  return health();
}

Response Service::take_event(const Request& request, std::string_view name) {
  if (request.method != "GET" && request.method != "POST") {
    return {.status = 405, .body = "{}", .allow = "GET, POST"};
  }
  const auto event = read_event(name, request.query);
  if (!event) return detail(400, event.error());
  (event->error ? log_error : log_info)(event->text, event->fields);
  if (publisher != nullptr) publisher->event(std::string(name), event->fields);
  return {.status = 202, .body = "{\"event\": " + quoted(name) + "}"};
}

Response Service::version() const {
  return {.body = "{\"service\": " + quoted("omc-" + role_name(settings_.role)) +
                  ", \"version\": " + quoted(settings_.version) + "}"};
}

Response Service::health() {
  const std::string database = link_state(settings_.database, "database");
  const std::string redis = link_state(settings_.redis, "redis");
  const bool healthy = database == "connected" && redis == "connected" && !faults_.unhealthy();
  return {.status = healthy ? 200 : 503,
          .body = std::string("{\"status\": ") + (healthy ? "\"healthy\"" : "\"unhealthy\"") +
                  ", \"database\": " + quoted(database) + ", \"redis\": " + quoted(redis) +
                  ", \"version\": " + quoted(settings_.version) +
                  ", \"timestamp\": " + quoted(utc_now()) + "}"};
}

Response Service::page() const {
  if (faults_.unhealthy()) return detail(503, "unhealthy");
  const std::string title = escaped_html(settings_.title);
  return {.body = "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>" +
                  title + "</title></head>\n<body>\n<h1>" + title + "</h1>\n<p>Version " +
                  escaped_html(settings_.version) + "</p>\n</body>\n</html>\n",
          .type = "text/html; charset=utf-8"};
}

void Service::await_stores(int timeout_ms, int stop_fd) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  const std::pair<const char*, const std::optional<StoreLink>&> links[] = {
      {"database", settings_.database}, {"redis", settings_.redis}};
  pollfd stop{stop_fd, POLLIN, 0};
  for (const auto& [name, link] : links) {
    if (!link) continue;
    const std::string where = link->address.host + ":" + std::to_string(link->address.port);
    bool connected = probe_store(*link);
    if (!connected) log_info(std::string("waiting for ") + name + " at " + where);
    while (!connected && std::chrono::steady_clock::now() < end) {
      if (::poll(&stop, 1, kStorePauseMs) > 0) return;
      connected = probe_store(*link);
    }
    if (connected) {
      log_info(std::string(name) + " connected at " + where);
    } else {
      log_error(std::string(name) + " not reached at " + where);
    }
  }
}

}  // namespace omc
