#include "services/lambda/environments.h"

#include <algorithm>
#include <cmath>

#include "base/encoding.h"
#include "base/log.h"
#include "services/lambda/errors.h"

namespace seatrial::services::lambda {
namespace {

constexpr std::size_t kStreamDigits = 32;
constexpr const char* kSystemPath = "/usr/local/bin:/usr/bin:/bin";

bool is_python(const std::string& runtime) { return runtime.starts_with("python"); }

// "2026/11/30/[$LATEST]58f..."
std::string stream_name(Time now, const std::string& version, const std::string& id) {
  std::string day = format_iso8601(now).substr(0, 10);
  std::ranges::replace(day, '-', '/');
  return day + "/[" + version + "]" + id;
}

}  // namespace

void Environments::start() {
  *running_ = true;
  parts_.driver.attach(*this);
  sweep();
}

void Environments::stop() {
  *running_ = false;
  for (const auto& [id, environment] : environments_) parts_.driver.stop(id);
}

void Environments::post(std::function<void(Environments&)> work) {
  env_.control.post([this, running = running_, work = std::move(work)] {
    if (*running) work(*this);
  });
}

Environments::Environment* Environments::find(const std::string& id) {
  const auto found = environments_.find(id);
  return found == environments_.end() ? nullptr : &found->second;
}

std::size_t Environments::busy() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      environments_, [](const auto& entry) { return entry.second.job.has_value(); }));
}

// ---- giving out work

bool Environments::run(Job job) {
  const auto* record = tables_.runnable(job.function);
  if (record == nullptr || busy() >= kMaxConcurrent) return false;
  const auto fits = [&](const Environment& one, State state) {
    return one.state == state && !one.job && !one.retired && !one.killed &&
           one.function == job.function && one.revision == *record->configuration.RevisionId;
  };
  for (auto& [id, one] : environments_)
    if (fits(one, State::kIdle)) return give(id, one, std::move(job)), true;
  for (auto& [id, one] : environments_) {
    if (!fits(one, State::kReturning)) continue;
    one.job = std::move(job);  // it asks for it in a moment
    return true;
  }
  return start_new(std::move(job));
}

// Idle processes of other functions make room, the one that has waited longest first.
bool Environments::make_room() {
  const auto alive =
      std::ranges::count_if(environments_, [](const auto& entry) { return !entry.second.killed; });
  if (static_cast<std::size_t>(alive) < kMaxConcurrent) return true;
  auto oldest = environments_.end();
  for (auto one = environments_.begin(); one != environments_.end(); ++one) {
    if (one->second.state != State::kIdle || one->second.killed) continue;
    if (oldest == environments_.end() || one->second.idle_since < oldest->second.idle_since)
      oldest = one;
  }
  if (oldest == environments_.end()) return false;
  kill(oldest->first, oldest->second);
  return true;
}

bool Environments::start_new(Job job) {
  if (!make_room()) return false;
  const FunctionRecord& record = *tables_.runnable(job.function);
  const auto& configuration = record.configuration;
  const std::string id = env_.rng.hex(kStreamDigits);
  Environment environment;
  environment.function = job.function;
  environment.name = record.name();
  environment.revision = *configuration.RevisionId;
  environment.version = *configuration.Version;
  environment.region = record.region;
  environment.group = record.log_group();
  environment.stream = stream_name(env_.clock.now(), environment.version, id);
  environment.arn = record.arn();
  environment.timeout_s = configuration.Timeout.value_or(3);
  environment.memory_mb = configuration.MemorySize.value_or(128);
  const auto key = parts_.roles.open_session(*configuration.Role, environment.name);
  environment.access_key = key.access_key_id;
  drivers::FunctionSpec spec;
  spec.id = id;
  spec.runtime_name = *configuration.Runtime;
  spec.runtime = is_python(spec.runtime_name) ? drivers::FunctionRuntime::kPython
                                              : drivers::FunctionRuntime::kProvided;
  spec.code_folder = code_.task_folder(record.code).string();
  spec.environment = variables(record, environment, key);
  spec.memory_limit_bytes = std::int64_t{environment.memory_mb} << 20;
  spec.init_timeout_ms = 1000 * std::max(kInitSeconds, environment.timeout_s);
  environment.job = std::move(job);
  environments_.emplace(id, std::move(environment));
  parts_.driver.start(std::move(spec));
  return true;
}

// docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, and what keeps AWS's clients
// inside the world.
std::map<std::string, std::string> Environments::variables(const FunctionRecord& record,
                                                           const Environment& environment,
                                                           const iam::SessionKey& key) const {
  std::map<std::string, std::string> all = {{"AWS_ENDPOINT_URL", parts_.endpoint()},
                                            {"AWS_DISABLE_HOST_PREFIX_INJECTION", "true"},
                                            {"AWS_EC2_METADATA_DISABLED", "true"},
                                            {"AWS_CONFIG_FILE", "/dev/null"},
                                            {"AWS_SHARED_CREDENTIALS_FILE", "/dev/null"},
                                            {"LANG", "C.UTF-8"},
                                            {"TZ", ":UTC"},
                                            {"PATH", kSystemPath}};
  if (!record.sealed_environment.empty()) {
    const auto own =
        parse_json(env_.vault.open_sealed(record.sealed_environment, record.environment_purpose()));
    StringMap variables;
    from_value(own.value_or(Value()), variables);
    for (auto& [name, value] : variables) all[name] = std::move(value);
  }
  const auto& configuration = record.configuration;
  const std::string task = code_.task_folder(record.code).string();
  const std::map<std::string, std::string> reserved = {
      {"_HANDLER", configuration.Handler.value_or("")},
      {"AWS_REGION", record.region},
      {"AWS_DEFAULT_REGION", record.region},
      {"AWS_EXECUTION_ENV", "AWS_Lambda_" + *configuration.Runtime},
      {"AWS_LAMBDA_FUNCTION_NAME", record.name()},
      {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", std::to_string(environment.memory_mb)},
      {"AWS_LAMBDA_FUNCTION_VERSION", environment.version},
      {"AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"},
      {"AWS_LAMBDA_LOG_GROUP_NAME", environment.group},
      {"AWS_LAMBDA_LOG_STREAM_NAME", environment.stream},
      {"AWS_ACCESS_KEY_ID", key.access_key_id},
      {"AWS_SECRET_ACCESS_KEY", key.secret_access_key},
      {"AWS_SESSION_TOKEN", key.session_token},
      {"LAMBDA_TASK_ROOT", task},
      {"LAMBDA_RUNTIME_DIR", task}};
  for (const auto& [name, value] : reserved) all[name] = value;
  // `aws` there passes the world's endpoint on every call.
  all["PATH"] = (env_.world / "run" / "bin").string() + ":" + all["PATH"];
  return all;
}

void Environments::give(const std::string& id, Environment& environment, Job job) {
  drivers::FunctionInvocation invocation;
  invocation.request_id = job.request_id;
  invocation.payload = job.payload;
  invocation.client_context = job.client_context;
  invocation.function_arn = job.arn.empty() ? environment.arn : job.arn;
  invocation.trace_id =
      fmt::format("Root=1-{:08x}-{};Parent={};Sampled=0", to_ms(env_.clock.now()) / 1000,
                  env_.rng.hex(24), env_.rng.hex(16));
  invocation.timeout_ms = environment.timeout_s * 1000;
  environment.job = std::move(job);
  environment.state = State::kBusy;
  environment.tail.clear();
  write(environment, env_.clock.now(),
        start_line(environment.job->request_id, environment.version));
  parts_.driver.invoke(id, std::move(invocation));
  count(environment.function, "ConcurrentExecutions", static_cast<double>(busy()), "Count");
}

void Environments::kill(const std::string& id, Environment& environment) {
  environment.killed = true;
  parts_.driver.stop(id);
}

void Environments::retire(const std::string& function) {
  for (auto& [id, one] : environments_) {
    if (one.function != function) continue;
    one.retired = true;
    if (one.state == State::kIdle && !one.killed) kill(id, one);
  }
}

void Environments::sweep() {
  const Time now = env_.clock.now();
  for (auto& [id, one] : environments_)
    if (one.state == State::kIdle && !one.killed && one.idle_since + kIdleLife <= now)
      kill(id, one);
  env_.control.post_after(kSweep, [this, running = running_] {
    if (*running) sweep();
  });
}

// ---- what the driver reports, on its thread

void Environments::instance_ready(const std::string& id, double init_ms) {
  post([=](Environments& self) { self.ready(id, init_ms); });
}

void Environments::instance_init_failed(const std::string& id, const std::string& error_type,
                                        const std::string& payload) {
  post([=](Environments& self) {
    if (auto* one = self.find(id)) {
      one->init_error_type = error_type;
      one->init_error = payload;
    }
  });
}

void Environments::instance_answered(const std::string& id, drivers::FunctionAnswer answer) {
  post([id, answer = std::move(answer)](Environments& self) mutable {
    self.answered(id, std::move(answer));
  });
}

void Environments::instance_output(const std::string& id, std::vector<drivers::OutputLine> lines) {
  post([id, lines = std::move(lines)](Environments& self) mutable {
    auto* one = self.find(id);
    if (one == nullptr) return;
    for (auto& line : lines) self.write(*one, line.at, std::move(line.text) + "\n");
    self.flush(*one);
  });
}

void Environments::instance_ended(drivers::FunctionEnd end) {
  post([end = std::move(end)](Environments& self) { self.ended(end); });
}

// ---- what it means, on the control thread

void Environments::ready(const std::string& id, double init_ms) {
  auto* one = find(id);
  if (one == nullptr || one->killed) return;
  if (init_ms > 0) one->init_ms = init_ms;
  if (one->job) return give(id, *one, *std::exchange(one->job, std::nullopt));
  one->state = State::kIdle;
  one->idle_since = env_.clock.now();
  if (one->retired) return kill(id, *one);
  told_();
}

void Environments::answered(const std::string& id, drivers::FunctionAnswer answer) {
  auto* one = find(id);
  if (one == nullptr || !one->job || one->job->request_id != answer.request_id) return;
  one->state = State::kReturning;
  Report report{answer.request_id,
                answer.duration_ms,
                std::exchange(one->init_ms, 0),
                one->memory_mb,
                used_mb(answer.peak_memory_bytes),
                "",
                ""};
  Finished finished{answer.is_error, std::move(answer.payload), ""};
  if (answer.too_large) {
    finished.failed = true;
    finished.payload = error_document(
        {"Function.ResponseSizeTooLarge",
         "Response payload size exceeded maximum allowed payload size (6291556 bytes).", ""});
    write(*one, env_.clock.now(),
          "LAMBDA_RUNTIME Failed to post handler success response. Http response code: 413.\n");
  }
  finish(*one, report, std::move(finished));
}

void Environments::finish(Environment& environment, const Report& report, Finished finished) {
  const Time now = env_.clock.now();
  write(environment, now, end_line(report.request_id));
  write(environment, now, report_line(report));
  finished.log = environment.tail.size() > kMaxTail
                     ? environment.tail.substr(environment.tail.size() - kMaxTail)
                     : environment.tail;
  flush(environment);
  const Job job = *std::exchange(environment.job, std::nullopt);
  count(job.function, "Invocations", 1, "Count");
  count(job.function, "Errors", finished.failed ? 1 : 0, "Count");
  count(job.function, "Duration", report.duration_ms, "Milliseconds");
  job.done(std::move(finished));
  told_();
}

void Environments::ended(const drivers::FunctionEnd& end) {
  const auto found = environments_.find(end.id);
  if (found == environments_.end()) return;
  Environment environment = std::move(found->second);
  environments_.erase(found);
  parts_.roles.close_session(environment.access_key);
  if (!environment.job) {
    flush(environment);
    return told_();
  }
  if (environment.state != State::kReturning) return fail(environment, end);
  // It never took this one: another does.
  Job job = *std::exchange(environment.job, std::nullopt);
  flush(environment);
  Job again = job;
  if (run(std::move(again))) return;
  job.done({true, error_document({"Runtime.ExitError", "The function's process ended", ""}), ""});
}

void Environments::fail(Environment& environment, const drivers::FunctionEnd& end) {
  const std::string request_id = environment.job->request_id;
  const Time now = env_.clock.now();
  if (environment.state == State::kStarting) {
    environment.tail.clear();
    write(environment, now, start_line(request_id, environment.version));
  }
  Report report{request_id,
                end.duration_ms,
                std::exchange(environment.init_ms, 0),
                environment.memory_mb,
                used_mb(end.peak_memory_bytes),
                "error",
                ""};
  Finished finished{true, "", ""};
  if (!environment.init_error_type.empty()) {
    report.error_type = environment.init_error_type;
    finished.payload = environment.init_error;
    return finish(environment, report, std::move(finished));
  }
  const Failure failure = failure_of(end, request_id, environment.timeout_s, now);
  finished.payload = error_document(failure);
  report.error_type = end.out_of_memory ? "Runtime.OutOfMemory" : failure.error_type;
  if (end.timed_out) {
    report.status = "timeout";
    report.error_type.clear();
    report.duration_ms = std::min(report.duration_ms, environment.timeout_s * 1000.0);
  }
  write(environment, now, failure.log_line);
  finish(environment, report, std::move(finished));
}

// ---- logs and metrics

void Environments::write(Environment& environment, Time at, std::string text) {
  environment.tail += text;
  if (environment.tail.size() > 4 * kMaxTail)
    environment.tail.erase(0, environment.tail.size() - kMaxTail);
  environment.lines.push_back({at, std::move(text)});
}

void Environments::flush(Environment& environment) {
  if (environment.lines.empty()) return;
  const auto made =
      parts_.logs.ensure_stream(environment.region, environment.group, environment.stream, true);
  if (!made)
    return log::warning("lambda: no log of {} in {}: {}", environment.name, environment.group,
                        made.error().message);
  parts_.logs.append(environment.region, environment.group, environment.stream,
                     std::exchange(environment.lines, {}), [] {});
}

// By function, by function and resource, and over all functions.
// docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
void Environments::count(const std::string& function, const char* metric, double value,
                         const char* unit) {
  const auto slash = function.find('/');
  const std::string region = function.substr(0, slash), resource = function.substr(slash + 1);
  const std::string name = resource.substr(0, resource.find(':'));
  const Time now = env_.clock.now();
  parts_.metrics.put(
      region,
      {{"AWS/Lambda", metric, {{"FunctionName", name}}, value, unit, now},
       {"AWS/Lambda", metric, {{"FunctionName", name}, {"Resource", resource}}, value, unit, now},
       {"AWS/Lambda", metric, {}, value, unit, now}});
}

}  // namespace seatrial::services::lambda
