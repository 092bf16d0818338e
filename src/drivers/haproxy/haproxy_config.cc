// Text generation; the header says what is guarded against.
#include "drivers/haproxy/haproxy_config.h"

#include <arpa/inet.h>

#include <bit>

#include "base/check.h"

namespace seatrial::drivers {
namespace {

constexpr std::size_t kMinSlots = 8;
constexpr std::string_view kTraceId =
    "1-%[var(txn.seconds),lower]-%[uuid(4),regsub(-,,g),bytes(0,24)]";

bool made_of(std::string_view text, std::string_view extra) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || extra.find(c) != extra.npos;
  });
}

bool is_ipv4(const std::string& text) {
  in_addr ignored{};
  return ::inet_pton(AF_INET, text.c_str(), &ignored) == 1;
}

// In HAProxy's strong quotes nothing is special but the quote itself.
std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

std::string hex_escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      out += c;
    else
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return out;
}

// Throws nothing: problems are collected, the first one is the caller's error.
class Renderer {
 public:
  Renderer(const ProxyConfig& config, const HaproxySlots& slots, const HaproxyFiles& files)
      : config_(config), slots_(slots), files_(files) {}

  std::expected<HaproxyText, std::string> render() {
    global();
    for (const auto& listener : config_.listeners) frontend(listener);
    for (const auto& pool : config_.pools) backend(pool);
    if (!problem_.empty()) return std::unexpected(problem_);
    return std::move(text_);
  }

 private:
  void refuse(const std::string& what) {
    if (problem_.empty()) problem_ = what;
  }
  template <class... A>
  void line(fmt::format_string<A...> format, A&&... a) {
    fmt::format_to(std::back_inserter(text_.config), format, std::forward<A>(a)...);
    text_.config += '\n';
  }
  std::string page(const std::string& name, std::string content) {
    text_.pages[name] = std::move(content);
    return in_quotes(files_.folder + "/" + name);
  }

  void global();
  void pages_of_errors();
  void frontend(const ProxyListener& listener);
  void records(std::string_view counted);
  void http_rules(const ProxyListener& listener);
  void action(const ProxyListener& listener, std::size_t rule, const ProxyAction& action);
  void fixed_response(const ProxyListener& l, std::size_t rule, const ProxyAction& action);
  void redirect(const ProxyListener& listener, std::size_t rule, const std::string& location,
                int status);
  void forward(const ProxyAction& action, const std::string& condition);
  std::string condition(const ProxyCondition& condition);
  std::string query_condition(const ProxyCondition& condition);
  std::string location_format(const ProxyListener& listener, std::string_view location);
  void backend(const ProxyPool& pool);
  void http_backend(const ProxyPool& pool);
  void servers(const ProxyPool& pool);
  int idle_timeout_of(const std::string& pool) const;

  const ProxyConfig& config_;
  const HaproxySlots& slots_;
  const HaproxyFiles& files_;
  HaproxyText text_;
  std::string problem_;
};

void Renderer::global() {
  line("# Made by Seatrial from the load balancers of a world; edits are overwritten.");
  line("global");
  line("  stats socket {} mode 600 level admin expose-fd listeners",
       in_quotes(files_.stats_socket));
  line("  log fd@3 len 4000 format raw local0");
  line("  maxconn {}", files_.max_connections);
  line("  nbthread {}", files_.threads);
  line("  hard-stop-after 15m");
  pages_of_errors();
  line("defaults");
  line("  log global");
  line("  timeout connect 10s");
  line("  option idle-close-on-response");
  line("  option dontlognull");
  line("  errorfiles elb");
}

// Backends answer HAProxy's own 503 (no connection to the chosen server) as ELB does: with 502.
void Renderer::pages_of_errors() {
  const auto name = [](int status) { return fmt::format("{}.http", status); };
  for (const int status : {400, 500, 502, 503, 504}) {
    const auto body = elb_page(status);
    page(name(status),
         fmt::format("HTTP/1.1 {} {}\r\nServer: awselb/2.0\r\nContent-Type: text/html\r\n"
                     "Content-Length: {}\r\n\r\n{}",
                     status, reason_phrase(status), body.size(), body));
  }
  page("503.html", elb_page(503));
  for (const auto& [section, unreachable] : {std::pair("elb", 503), std::pair("pool", 502)}) {
    line("http-errors {}", section);
    for (const int status : {400, 500, 502, 504}) {
      line("  errorfile {} {}", status, in_quotes(files_.folder + "/" + name(status)));
    }
    line("  errorfile 503 {}", in_quotes(files_.folder + "/" + name(unreachable)));
    line("  errorfile 408 /dev/null");
  }
}

void Renderer::frontend(const ProxyListener& listener) {
  if (!made_of(listener.id, "_.-"))
    refuse(fmt::format("listener id '{}' is unusable", listener.id));
  if (!is_ipv4(listener.address) || listener.port < 1 || listener.port > 65535) {
    refuse(fmt::format("listener {}: '{}:{}' is no address", listener.id, listener.address,
                       listener.port));
  }
  if (listener.protocol != "HTTP" && listener.protocol != "TCP") {
    refuse(fmt::format("listener {}: {} is not served", listener.id, listener.protocol));
  }
  line("frontend L_{}", listener.id);
  const auto& where = files_.listen_namespace;
  line("  bind {}:{}{}", listener.address, listener.port,
       where.empty() ? "" : " namespace " + where);
  line("  timeout client {}s", listener.idle_timeout_s);
  if (listener.protocol == "TCP") {
    line("  mode tcp");
    line("  log-format 'T %f %b %s %U %B %ts %rc'");
    if (listener.default_action.kind != ProxyAction::Kind::kForward || !listener.rules.empty()) {
      refuse(fmt::format("listener {}: a TCP listener can only forward", listener.id));
    }
    line("  tcp-request content set-var(txn.pick) rand(1000000)");
    forward(listener.default_action, "");
    return;
  }
  line("  mode http");
  line("  timeout http-request {}s", listener.idle_timeout_s);
  line("  timeout http-keep-alive {}s", listener.idle_timeout_s);
  const auto counted = fmt::format(
      "H %f %b %s %ST %[var(txn.sent)] %[var(txn.answered)] %U %B %ts %rc %[var(txn.rule)] {}",
      listener.rules.size());
  if (listener.records)
    records(counted);
  else
    line("  log-format '{}'", counted);
  http_rules(listener);
}

// traffic_log.cc reads it. A line fits the 4,096 bytes that a pipe takes at once, with the URI
// last, which is cut; url_enc makes one word of what a client says.
void Renderer::records(std::string_view counted) {
  line(
      "  log-format '{} %[var(txn.begun)] %[var(txn.replied)] %ci:%cp %si:%sp "
      "%[var(sess.connection)] %[var(txn.traced)] %[var(txn.host)] %[var(txn.agent)] "
      "%[var(txn.location)] %HM %HV %HU'",
      counted);
  line("  tcp-request session set-var(sess.connection) uuid(4),regsub(-,,g)");
  line("  http-request set-var(txn.begun) date(0,us)");
  line("  http-request set-var(txn.agent) req.fhdr(user-agent),bytes(0,512),url_enc");
  line("  http-request set-var(txn.host) req.hdr(host),bytes(0,300),url_enc");
  line("  http-request set-var(txn.traced) req.fhdr(X-Amzn-Trace-Id),bytes(0,256),url_enc");
  // What is answered here has a trace, too; a pool's own lines extend a client's.
  line("  http-request set-var-fmt(txn.seconds) '%{{+X}}Ts'");
  line(
      "  http-request set-var-fmt(txn.trace) 'Root={}' if !{{ req.hdr(X-Amzn-Trace-Id) -m found }}",
      kTraceId);
  line("  http-after-response set-var(txn.replied) date(0,us)");
  line(
      "  http-after-response set-var(txn.traced) var(txn.trace),bytes(0,256),url_enc "
      "if {{ var(txn.trace) -m found }}");
  line(
      "  http-after-response set-var(txn.location) res.hdr(location),bytes(0,512),url_enc "
      "if !{{ var(txn.answered) -m found }}");
}

// First the number of the rule that applies is found, then acted on: HAProxy would evaluate all
// http-request lines before any use_backend, which would not be the rules' order.
void Renderer::http_rules(const ProxyListener& listener) {
  for (std::size_t i = 0; i < listener.rules.size(); ++i) {
    std::string all;
    for (const auto& one : listener.rules[i].conditions) all += " " + condition(one);
    line("  http-request set-var(txn.rule) int({}) if !{{ var(txn.rule) -m found }}{}", i + 1, all);
  }
  line("  http-request set-var(txn.rule) int(0) if !{{ var(txn.rule) -m found }}");
  line("  http-request set-var(txn.pick) rand(1000000)");
  const std::string own = "if !{ var(txn.answered) -m found }";
  line("  http-after-response set-header Server awselb/2.0 {}", own);
  line("  http-after-response set-header Date '%[date,http_date]' {}", own);
  for (std::size_t i = 0; i < listener.rules.size(); ++i)
    action(listener, i + 1, listener.rules[i].action);
  action(listener, 0, listener.default_action);
}

void Renderer::action(const ProxyListener& listener, std::size_t rule, const ProxyAction& action) {
  switch (action.kind) {
    case ProxyAction::Kind::kForward:
      return forward(action, fmt::format("{{ var(txn.rule) -m int {} }}", rule));
    case ProxyAction::Kind::kFixedResponse:
      return fixed_response(listener, rule, action);
    case ProxyAction::Kind::kRedirect:
      return redirect(listener, rule, action.location, action.status);
  }
}

void Renderer::fixed_response(const ProxyListener& listener, std::size_t rule,
                              const ProxyAction& action) {
  if (action.status < 200 || action.status > 599)
    refuse(fmt::format("fixed response with status {}", action.status));
  std::string body;
  if (!action.body.empty()) {
    const auto type = action.content_type.empty() ? "text/plain" : action.content_type;
    if (!made_of(type, "/+.-")) refuse("fixed response with content type " + type);
    body = fmt::format(" content-type {} file {}", type,
                       page(fmt::format("body-{}-{}", listener.id, rule), action.body));
  }
  line("  http-request return status {}{} if {{ var(txn.rule) -m int {} }}", action.status, body,
       rule);
}

void Renderer::redirect(const ProxyListener& listener, std::size_t rule,
                        const std::string& location, int status) {
  if (status != 301 && status != 302) refuse(fmt::format("redirect with status {}", status));
  const auto emit = [&](std::string_view target, std::string_view extra) {
    line("  http-request redirect code {} location {} if {{ var(txn.rule) -m int {} }}{}", status,
         in_quotes(location_format(listener, target)), rule, extra);
  };
  constexpr std::string_view kQuery = "?#{query}";
  if (!location.ends_with(kQuery)) return emit(location, "");
  emit(location, " { query -m len gt 0 }");
  emit(std::string_view(location).substr(0, location.size() - kQuery.size()), "");
}

std::string Renderer::location_format(const ProxyListener& listener, std::string_view location) {
  const std::pair<std::string_view, std::string> placeholders[] = {
      {"#{protocol}", listener.protocol == "HTTP" ? "http" : "https"},
      {"#{host}", "%[req.hdr(host),field(1,:)]"},
      {"#{port}", std::to_string(listener.port)},
      {"#{path}", "%[path,bytes(1)]"},
      {"#{query}", "%[query]"}};
  std::string out;
  while (!location.empty()) {
    const auto* found = std::find_if(std::begin(placeholders), std::end(placeholders),
                                     [&](const auto& p) { return location.starts_with(p.first); });
    if (found != std::end(placeholders)) {
      out += found->second;
      location.remove_prefix(found->first.size());
      continue;
    }
    const char c = location.front();
    if (c <= ' ' || c == 0x7f) refuse("a redirect's location has a blank or control character");
    if (c == '%') out += '%';
    out += c;
    location.remove_prefix(1);
  }
  return out;
}

// One of the pools by weight: txn.pick is uniform below 1000000, each pool takes its share of it.
void Renderer::forward(const ProxyAction& action, const std::string& condition) {
  std::int64_t total = 0, upto = 0;
  for (const auto& [pool, weight] : action.pools) total += weight;
  for (const auto& [pool, weight] : action.pools) {
    const bool known = std::any_of(config_.pools.begin(), config_.pools.end(),
                                   [&](const auto& p) { return p.id == pool; });
    if (!known) refuse(fmt::format("a rule forwards to pool '{}', which is not there", pool));
    if (weight == 0 && action.pools.size() > 1) continue;
    upto += weight;
    const auto share =
        total == 0 || upto == total
            ? std::string()
            : fmt::format(" {{ var(txn.pick) -m int lt {} }}", upto * 1'000'000 / total);
    const auto when = condition + share;
    if (when.empty())
      line("  default_backend P_{}", pool);
    else
      line("  use_backend P_{} if {}", pool, when);
  }
}

std::string Renderer::condition(const ProxyCondition& c) {
  using Kind = ProxyCondition::Kind;
  if (c.values.empty()) refuse("a rule's condition has no values");
  std::string values;
  const auto regexes = [&](const char* fetch) {
    for (const auto& value : c.values) values += " '^" + wildcard_regex(value) + "$'";
    return fmt::format("{{ {}{} }}", fetch, values);
  };
  const auto plain = [&](const char* fetch, std::string_view allowed) {
    for (const auto& value : c.values) {
      if (!made_of(value, allowed)) refuse(fmt::format("a rule's condition has value '{}'", value));
      values += " " + value;
    }
    return fmt::format("{{ {}{} }}", fetch, values);
  };
  switch (c.kind) {
    case Kind::kHost:
      return regexes("req.hdr(host),field(1,:) -m reg -i");
    case Kind::kPath:
      return regexes("path -m reg");
    case Kind::kMethod:
      return plain("method -m str", "-_");
    case Kind::kSourceIp:
      return plain("src", ".:/");
    case Kind::kQuery:
      return query_condition(c);
    case Kind::kHeader:
      break;
  }
  if (!made_of(c.name, "-_"))
    refuse(fmt::format("a rule's condition has header name '{}'", c.name));
  return regexes(fmt::format("req.fhdr({}) -m reg -i", c.name).c_str());
}

// "key=value" anywhere in the query.
std::string Renderer::query_condition(const ProxyCondition& c) {
  std::string values;
  for (const auto& pair : c.values) {
    const auto equals = pair.find('=');
    if (equals == pair.npos) refuse(fmt::format("a rule's condition has query value '{}'", pair));
    values +=
        fmt::format(" '(^|&){}={}(&|$)'", wildcard_regex(pair.substr(0, equals), "[^=&]"),
                    equals == pair.npos ? "" : wildcard_regex(pair.substr(equals + 1), "[^&]"));
  }
  return fmt::format("{{ query -m reg -i{} }}", values);
}

int Renderer::idle_timeout_of(const std::string& pool) const {
  int longest = 0;
  const auto uses = [&](const ProxyAction& action) {
    return std::any_of(action.pools.begin(), action.pools.end(),
                       [&](const auto& p) { return p.first == pool; });
  };
  for (const auto& listener : config_.listeners) {
    bool used = uses(listener.default_action);
    for (const auto& rule : listener.rules) used = used || uses(rule.action);
    if (used) longest = std::max(longest, listener.idle_timeout_s);
  }
  return longest == 0 ? 60 : longest;
}

void Renderer::backend(const ProxyPool& pool) {
  if (!made_of(pool.id, "_.-")) refuse(fmt::format("pool id '{}' is unusable", pool.id));
  line("backend P_{}", pool.id);
  line("  balance {}", pool.least_outstanding ? "leastconn" : "roundrobin");
  const int idle = idle_timeout_of(pool.id);
  line("  timeout server {}s", idle);
  line("  timeout tunnel {}s", idle);
  if (pool.protocol == "HTTP")
    http_backend(pool);
  else if (pool.protocol == "TCP")
    line("  mode tcp");
  else
    refuse(fmt::format("pool {}: {} is not served", pool.id, pool.protocol));
  servers(pool);
}

// `up` asks each server, because nbsrv says 0 in a process that finishes its last connections.
// A GET or HEAD is sent once more when the server closed a kept-alive connection just then; other
// requests and refused connections are never repeated (ELB answers those with 502).
void Renderer::http_backend(const ProxyPool& pool) {
  line("  mode http");
  line("  errorfiles pool");
  line("  http-reuse never");
  line("  retries 1");
  line("  retry-on empty-response");
  for (std::size_t i = 0; i < slots_.at(pool.id).size(); ++i) {
    line("  acl up srv_is_up(P_{}/{})", pool.id, slot_name(i));
  }
  line("  http-request return status 503 content-type text/html file {} unless up",
       in_quotes(files_.folder + "/503.html"));
  line("  http-request disable-l7-retry unless {{ method GET HEAD }}");
  line("  option forwardfor");
  line("  http-request set-header X-Forwarded-Proto http");
  line("  http-request set-header X-Forwarded-Port %[dst_port]");
  line("  http-request set-var-fmt(txn.seconds) '%{{+X}}Ts'");
  line("  acl traced req.hdr(X-Amzn-Trace-Id) -m found");
  line("  http-request set-var-fmt(txn.trace) 'Self={};%[req.hdr(X-Amzn-Trace-Id)]' if traced",
       kTraceId);
  line("  http-request set-var-fmt(txn.trace) 'Root={}' unless {{ var(txn.trace) -m found }}",
       kTraceId);
  line("  http-request set-header X-Amzn-Trace-Id '%[var(txn.trace)]'");
  line("  http-request set-var(txn.sent) date(0,us)");
  line("  http-response set-var(txn.answered) date(0,us)");
  if (pool.stickiness_s > 0) {
    line("  cookie AWSALB insert dynamic indirect nocache maxidle {0} maxlife {0}",
         pool.stickiness_s);
    line("  dynamic-cookie-key P_{}", pool.id);
  }
}

void Renderer::servers(const ProxyPool& pool) {
  const auto found = slots_.find(pool.id);
  ST_CHECK(found != slots_.end(), "a pool without slots");
  for (std::size_t i = 0; i < found->second.size(); ++i) {
    const auto& slot = found->second[i];
    const bool free = slot.id.empty();
    if (!free && (!is_ipv4(slot.address) || slot.port < 1 || slot.port > 65535)) {
      refuse(fmt::format("pool {}: '{}:{}' is no address", pool.id, slot.address, slot.port));
    }
    // Free slots have ports of their own, or stickiness would see two servers with one cookie.
    line("  server {} {}:{} weight {}{}", slot_name(i), free ? "127.0.0.1" : slot.address,
         free ? static_cast<int>(i) + 1 : slot.port, slot.weight, slot.draining ? " disabled" : "");
  }
}

}  // namespace

std::string slot_name(std::size_t index) { return fmt::format("s{}", index + 1); }

std::string wildcard_regex(const std::string& pattern, const std::string& any) {
  std::string out, literal;
  const auto flush = [&] { out += hex_escape(std::exchange(literal, "")); };
  for (const char c : pattern) {
    if (c != '*' && c != '?') {
      literal += c;
      continue;
    }
    flush();
    out += any;
    if (c == '*') out += '*';
  }
  flush();
  return out;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Temporarily Unavailable";
    case 504:
      return "Gateway Time-out";
    default:
      return "Error";
  }
}

std::string elb_page(int status) {
  return fmt::format(
      "<html>\r\n<head><title>{0} {1}</title></head>\r\n<body>\r\n"
      "<center><h1>{0} {1}</h1></center>\r\n</body>\r\n</html>\r\n",
      status, reason_phrase(status));
}

bool assign_slots(const std::vector<ProxyPool>& pools, HaproxySlots& slots, std::uint64_t now) {
  bool fits = true;
  for (const auto& pool : pools) {
    auto& places = slots[pool.id];
    std::map<std::string_view, const ProxyServer*> wanted;
    for (const auto& server : pool.servers) wanted[server.id] = &server;
    const auto take = [](HaproxySlot& slot, const ProxyServer& server) {
      slot = {server.id, server.address, server.port, server.weight, server.draining, 0};
    };
    for (auto& slot : places) {
      if (slot.id.empty()) continue;
      if (const auto found = wanted.find(slot.id); found != wanted.end()) {
        take(slot, *found->second);
        wanted.erase(found);
      } else {
        slot.id.clear();
        slot.draining = true;
        slot.freed = now;
      }
    }
    for (const auto& server : pool.servers) {
      if (!wanted.contains(server.id)) continue;
      auto best = places.end();
      for (auto it = places.begin(); it != places.end(); ++it) {
        if (it->id.empty() && (best == places.end() || it->freed < best->freed)) best = it;
      }
      if (best == places.end())
        fits = false;
      else
        take(*best, server);
    }
  }
  return fits;
}

void grow_slots(const std::vector<ProxyPool>& pools, HaproxySlots& slots) {
  std::erase_if(slots, [&](const auto& entry) {
    return std::none_of(pools.begin(), pools.end(),
                        [&](const auto& p) { return p.id == entry.first; });
  });
  for (const auto& pool : pools) {
    auto& places = slots[pool.id];
    const auto wanted = std::max(kMinSlots, std::bit_ceil(pool.servers.size() * 2));
    if (places.size() < wanted) places.resize(wanted);
  }
}

std::expected<HaproxyText, std::string> render_haproxy(const ProxyConfig& config,
                                                       const HaproxySlots& slots,
                                                       const HaproxyFiles& files) {
  return Renderer(config, slots, files).render();
}

}  // namespace seatrial::drivers
