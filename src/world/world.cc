#include "world/world.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <future>

#include "base/encoding.h"
#include "base/log.h"
#include "base/loop.h"
#include "drivers/delivery/deliverer.h"
#include "drivers/function/function_runner.h"
#include "drivers/haproxy/haproxy_driver.h"
#include "drivers/image/image_store.h"
#include "drivers/network/hosts_file.h"
#include "drivers/network/network_driver.h"
#include "drivers/probe/prober.h"
#include "drivers/process/process_driver.h"
#include "gateway/gateway.h"
#include "http/server.h"
#include "logs/engine.h"
#include "metrics/engine.h"
#include "services/application_autoscaling/service.h"
#include "services/cloudformation/service.h"
#include "services/cloudtrail/service.h"
#include "services/cloudwatch/alarm_targets.h"
#include "services/cloudwatch/service.h"
#include "services/cloudwatch/stream_targets.h"
#include "services/ec2/service.h"
#include "services/ecs/service.h"
#include "services/elbv2/service.h"
#include "services/events/service.h"
#include "services/firehose/service.h"
#include "services/iam/service.h"
#include "services/lambda/service.h"
#include "services/logs/service.h"
#include "services/s3/service.h"
#include "services/secretsmanager/service.h"
#include "services/sns/service.h"
#include "services/sqs/service.h"
#include "services/ssm/service.h"
#include "services/sts/service.h"
#include "world/idle_memory.h"
#include "world/leftovers.h"

namespace seatrial::world {
namespace {

template <class T>
using Result = std::expected<T, std::string>;

constexpr std::chrono::duration<double> kClockTick{1.0};  // of wall time

// Where an earlier daemon's clock had come to: a world that ran faster than the wall must not go
// back.
Time left_off(const Paths& paths) {
  std::int64_t ms = 0;
  std::ifstream(paths.clock()) >> ms;
  return from_ms(ms);
}

// A listening socket inside the VPC, where tasks and functions reach the API; -1 when it cannot be
// made.
int listen_in_vpc(drivers::NetworkDriver& network, const std::string& address, int port) {
  std::promise<int> made;
  network.run_in_vpc([&] {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(static_cast<std::uint16_t>(port));
    inet_pton(AF_INET, address.c_str(), &at.sin_addr);
    const bool ok =
        bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0 && listen(fd, 128) == 0;
    if (!ok) ::close(fd);
    made.set_value(ok ? fd : -1);
  });
  return made.get_future().get();
}

// What clients may call the API by: S3's buckets have names of their own below localhost.
std::vector<std::string> certified_names(const drivers::NetworkDriver& network,
                                         const WorldOptions& options) {
  std::vector<std::string> names{"localhost", "*.localhost", "127.0.0.1", "::1"};
  if (options.address != "127.0.0.1") names.push_back(options.address);
  if (!network.vpc_namespace().empty()) names.push_back(network.api_address());
  return names;
}

}  // namespace

// Members in the order in which they need each other; destroyed in reverse.
struct World::Parts {
  explicit Parts(WorldOptions given)
      : options(std::move(given)), clock(options.speed, left_off(options.paths)), control(clock) {}

  Result<void> open_state();
  Result<void> open_drivers();
  void make_rooms();
  Result<void> serve();
  void keep_clock();
  Value status() const;
  void on_control(const std::function<void()>& work);

  WorldOptions options;
  SystemClock clock;
  WallClock wall;  // signatures are dated by the clients' clock, whatever the world's speed
  SystemRng rng;
  Loop control;
  std::unique_ptr<logs::Engine> log_engine;
  std::unique_ptr<metrics::Engine> metric_engine;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<room::Vault> vault;
  room::Credentials credentials;
  std::unique_ptr<gateway::Gateway> gateway;
  std::unique_ptr<room::Env> env;
  RootCredentials root;
  Time started{};

  std::unique_ptr<drivers::NetworkDriver> network;
  std::unique_ptr<drivers::ImageStore> images;
  std::unique_ptr<drivers::ProcessDriver> containers;
  std::unique_ptr<drivers::HaproxyDriver> proxy;
  std::unique_ptr<drivers::Prober> prober;
  std::unique_ptr<drivers::HostsFile> hosts;
  std::unique_ptr<drivers::Deliverer> deliverer;
  std::unique_ptr<drivers::FunctionRunner> functions;

  std::unique_ptr<services::sts::Sts> sts;
  std::unique_ptr<services::iam::Iam> iam;
  std::unique_ptr<services::ssm::Ssm> ssm;
  std::unique_ptr<services::secretsmanager::SecretsManager> secretsmanager;
  std::unique_ptr<services::ec2::Ec2> ec2;
  std::unique_ptr<services::cloudwatch::CloudWatch> cloudwatch;
  std::unique_ptr<services::logs::Logs> logs;
  std::unique_ptr<services::s3::S3> s3;
  std::unique_ptr<services::firehose::Firehose> firehose;
  std::unique_ptr<services::cloudwatch::FirehoseStreams> metric_streams;
  std::unique_ptr<services::cloudtrail::EventLog> event_log;
  std::unique_ptr<services::cloudtrail::CloudTrail> cloudtrail;
  std::unique_ptr<services::elbv2::Elbv2> elbv2;
  std::unique_ptr<services::ecs::Ecs> ecs;
  std::unique_ptr<services::lambda::Lambda> lambda;
  std::unique_ptr<services::sqs::Sqs> sqs;
  std::unique_ptr<services::sns::Sns> sns;
  std::unique_ptr<services::events::Events> events;
  std::unique_ptr<services::cloudwatch::SnsAlarmAction> alarm_topics;
  std::unique_ptr<services::cloudwatch::LambdaAlarmAction> alarm_functions;
  std::unique_ptr<services::cloudwatch::BusAlarmEvents> alarm_events;
  std::unique_ptr<services::application_autoscaling::ApplicationAutoscaling> autoscaling;
  std::unique_ptr<services::cloudformation::CloudFormation> cloudformation;
  std::vector<room::Room*> rooms;  // in the order of starting

  std::unique_ptr<http::Server> server;
  std::string authority;  // of the server's certificate, as PEM
  std::atomic<int> port = 0;
  bool stopped = false;
};

Result<void> World::Parts::open_state() {
  const Paths& paths = options.paths;
  std::error_code error;
  std::filesystem::create_directories(paths.run(), error);
  if (error) return std::unexpected("cannot make " + paths.run().string() + ": " + error.message());
  auto opened_logs = logs::Engine::open(paths.folder / "logs");
  if (!opened_logs) return std::unexpected(opened_logs.error());
  log_engine = std::move(*opened_logs);
  auto opened_metrics = metrics::Engine::open(paths.folder / "metrics", &clock);
  if (!opened_metrics) return std::unexpected(opened_metrics.error());
  metric_engine = std::move(*opened_metrics);
  auto opened_store = store::Store::open(paths.state(), control);
  if (!opened_store) return std::unexpected(opened_store.error());
  store = std::move(*opened_store);
  store->add(*log_engine);
  store->add(*metric_engine);
  auto opened_events = services::cloudtrail::EventLog::open(paths.folder / "trail.db", rng, clock);
  if (!opened_events) return std::unexpected(opened_events.error());
  event_log = std::move(*opened_events);
  auto opened_vault = room::Vault::open(paths.key(), rng);
  if (!opened_vault) return std::unexpected(opened_vault.error());
  vault = std::make_unique<room::Vault>(std::move(*opened_vault));
  return {};
}

Result<void> World::Parts::open_drivers() {
  const Paths& paths = options.paths;
  const auto mode = options.network_namespaces ? drivers::NetworkMode::kAutomatic
                                               : drivers::NetworkMode::kLoopback;
  auto made = drivers::make_network(paths.folder.string(), mode);
  if (!made) return std::unexpected(made.error());
  network = std::move(*made);
  auto store_of_images = drivers::ImageStore::open(paths.images());
  if (!store_of_images) return std::unexpected(store_of_images.error());
  images = std::make_unique<drivers::ImageStore>(std::move(*store_of_images));
  containers = std::make_unique<drivers::ProcessDriver>(process_options(paths), *images, clock);
  drivers::HaproxyOptions haproxy;
  haproxy.folder = paths.haproxy().string();
  haproxy.server_namespace = network->vpc_namespace();
  haproxy.listen_namespace = network->host_namespace();
  proxy = std::make_unique<drivers::HaproxyDriver>(std::move(haproxy));
  prober = std::make_unique<drivers::Prober>(*network);
  auto file = std::make_unique<drivers::HostsFile>(paths.folder.string());
  if (options.hosts_file && file->writable()) hosts = std::move(file);
  deliverer = std::make_unique<drivers::Deliverer>(
      drivers::DelivererOptions{options.deliveries, options.smtp_relay, paths.folder / "mail"});
  drivers::FunctionRunnerOptions runner;
  runner.folder = paths.run() / "functions";
  runner.python = options.python;
  runner.cgroup_parent = machine_name(paths);
  runner.network_namespace = network->vpc_namespace();
  if (!runner.network_namespace.empty())
    runner.in_network = [this](auto work) { network->run_in_vpc(std::move(work)); };
  functions = std::make_unique<drivers::FunctionRunner>(std::move(runner), clock);
  return {};
}

void World::Parts::make_rooms() {
  gateway::Options gateway_options{options.verify_signatures, options.region, "123456789012"};
  gateway = std::make_unique<gateway::Gateway>(gateway_options, clock, wall, rng, credentials);
  env = std::make_unique<room::Env>(room::Env{clock, rng, *store, control, *vault, *gateway,
                                              gateway_options.account, options.paths.folder});
  sts = std::make_unique<services::sts::Sts>(*env);
  iam = std::make_unique<services::iam::Iam>(*env, credentials);
  ssm = std::make_unique<services::ssm::Ssm>(*env);
  secretsmanager = std::make_unique<services::secretsmanager::SecretsManager>(*env);
  ec2 = std::make_unique<services::ec2::Ec2>(*env);
  cloudwatch = std::make_unique<services::cloudwatch::CloudWatch>(*env, *metric_engine);
  logs = std::make_unique<services::logs::Logs>(*env, *log_engine, cloudwatch.get());
  s3 = std::make_unique<services::s3::S3>(*env);
  firehose = std::make_unique<services::firehose::Firehose>(
      *env, services::firehose::Parts{*s3, *logs, *deliverer});
  logs->deliver_to(*firehose, *s3);
  metric_streams = std::make_unique<services::cloudwatch::FirehoseStreams>(*firehose, *iam);
  cloudwatch->stream_metrics_to(*metric_streams);
  cloudtrail = std::make_unique<services::cloudtrail::CloudTrail>(
      *env, services::cloudtrail::Parts{*event_log, *s3, *logs, *logs});
  gateway->record_to(*event_log);
  gateway->count_calls(cloudwatch->call_counter());
  const auto endpoint = [this] {
    return fmt::format("http://{}:{}", options.address, port.load());
  };
  lambda = std::make_unique<services::lambda::Lambda>(
      *env, services::lambda::Parts{*functions, *logs, *cloudwatch, *iam, *s3, endpoint});
  logs->invoke(*lambda);
  sqs = std::make_unique<services::sqs::Sqs>(*env, endpoint, cloudwatch.get());
  sns = std::make_unique<services::sns::Sns>(
      *env,
      services::sns::Parts{*deliverer, *logs, *sqs, endpoint, lambda.get(), cloudwatch.get()});
  events = std::make_unique<services::events::Events>(
      *env, services::events::Parts{*sns, *sqs, *logs, *cloudwatch, lambda.get()});
  alarm_topics = std::make_unique<services::cloudwatch::SnsAlarmAction>(*sns);
  cloudwatch->add_alarm_action("sns", *alarm_topics);
  alarm_functions = std::make_unique<services::cloudwatch::LambdaAlarmAction>(*lambda);
  cloudwatch->add_alarm_action("lambda", *alarm_functions);
  alarm_events = std::make_unique<services::cloudwatch::BusAlarmEvents>(*events);
  cloudwatch->send_alarm_events(*alarm_events);
  elbv2 = std::make_unique<services::elbv2::Elbv2>(
      *env, services::elbv2::Parts{*proxy, *prober, *network, *ec2, *cloudwatch, hosts.get(),
                                   s3.get(), s3.get(), logs.get(), logs.get()});
  logs->vend_from(*elbv2);
  ecs = std::make_unique<services::ecs::Ecs>(
      *env,
      services::ecs::Parts{*containers, *network, *elbv2, *logs, *ssm, *secretsmanager, *ec2,
                           *cloudwatch, [this] { return port.load(); }, nullptr, events.get()});
  autoscaling = std::make_unique<services::application_autoscaling::ApplicationAutoscaling>(
      *env, services::application_autoscaling::Parts{*ecs, *cloudwatch});
  cloudwatch->add_alarm_action("autoscaling", autoscaling->alarm_action());
  cloudformation = std::make_unique<services::cloudformation::CloudFormation>(*env, *ssm);
  for (const services::cloudwatch::ResourceCounter* counter :
       {static_cast<const services::cloudwatch::ResourceCounter*>(firehose.get()),
        static_cast<const services::cloudwatch::ResourceCounter*>(sns.get()),
        static_cast<const services::cloudwatch::ResourceCounter*>(elbv2.get()),
        static_cast<const services::cloudwatch::ResourceCounter*>(ecs.get())})
    cloudwatch->add_resources(*counter);
  rooms = {sts.get(),           iam.get(),   ssm.get(),        secretsmanager.get(),
           ec2.get(),           logs.get(),  cloudwatch.get(), s3.get(),
           cloudtrail.get(),    elbv2.get(), ecs.get(),        lambda.get(),
           sqs.get(),           sns.get(),   events.get(),     autoscaling.get(),
           cloudformation.get()};
  rooms.push_back(firehose.get());
  for (auto* room : rooms) gateway->add(*room);
}

Value World::Parts::status() const {
  return Object{
      {"account", env->account},
      {"uptime_s", std::chrono::floor<std::chrono::seconds>(clock.now() - started).count()}};
}

Result<void> World::Parts::serve() {
  gateway->open(*env, control, [this](const wire::HttpRequest& request) {
    wire::HttpResponse response;
    constexpr std::string_view kCertificates = "/_seatrial/sns/";
    if (request.raw_path().starts_with(kCertificates)) {
      response.body = sns->certificate(request.raw_path().substr(kCertificates.size()));
      response.headers.add("Content-Type", "application/x-pem-file");
      response.status = response.body.empty() ? 404 : 200;
      return response;
    }
    constexpr std::string_view kCode = "/_seatrial/lambda/";
    if (request.raw_path().starts_with(kCode)) {
      response.body = lambda->package(std::string(request.raw_path().substr(kCode.size())));
      response.headers.add("Content-Type", "application/zip");
      response.status = response.body.empty() ? 404 : 200;
      return response;
    }
    response.headers.add("Content-Type", "application/json");
    const bool known =
        request.raw_path() == "/_seatrial/status" || request.raw_path() == "/_seatrial/health";
    response.status = known ? 200 : 404;
    response.body = to_json(known ? status() : Value(Object{{"message", "no such page"}}));
    return response;
  });
  http::ServerOptions http;
  http.address = options.address;
  http.port = options.port;
  http.certificate = http::make_certificate(certified_names(*network, options), wall.now());
  authority = http.certificate->authority_pem;
  auto started_server =
      http::Server::start(http, [this](wire::HttpRequest request, http::Responder respond) {
        gateway->handle(std::move(request), std::move(respond));
      });
  if (!started_server) return std::unexpected(started_server.error());
  server = std::move(*started_server);
  port = server->port();
  if (!network->vpc_namespace().empty()) {
    // The second one is for functions, which know the API by the same URL as everyone outside.
    for (const auto& address : {network->api_address(), options.address}) {
      const int fd = listen_in_vpc(*network, address, server->port());
      if (fd >= 0)
        server->serve_socket(fd);
      else
        log::warning("tasks cannot reach the API: no socket at {} inside the VPC", address);
    }
  }
  return {};
}

// Runs `work` on the control thread and waits for it.
void World::Parts::on_control(const std::function<void()>& work) {
  std::promise<void> done;
  control.post([&] {
    work();
    done.set_value();
  });
  done.get_future().get();
}

// Written a tick ahead, so that a killed daemon's successor starts no earlier than it had come.
void World::Parts::keep_clock() {
  if (options.speed == 1.0) return;
  const auto tick = std::chrono::floor<Millis>(kClockTick * options.speed);
  std::ofstream(options.paths.clock(), std::ios::trunc) << to_ms(clock.now() + tick) << "\n";
  control.post_after(tick, [this] { keep_clock(); });
}

std::expected<std::unique_ptr<World>, std::string> World::open(WorldOptions options) {
  // Before anything is made: a port in use must leave a killed daemon's tasks as they are.
  if (auto free = http::can_listen(options.address, options.port); !free) {
    return std::unexpected(free.error());
  }
  auto parts = std::make_unique<Parts>(std::move(options));
  if (auto state = parts->open_state(); !state) return std::unexpected(state.error());
  if (auto made = parts->open_drivers(); !made) return std::unexpected(made.error());
  parts->make_rooms();
  parts->started = parts->clock.now();
  parts->control.start();
  parts->on_control([&] {
    const auto key = parts->iam->ensure_root_key();
    parts->root = {key.access_key_id, key.secret_access_key};
  });
  // Requests queue on the control thread behind this, so none is handled before the rooms adopted.
  std::promise<bool> gate;
  parts->control.post([raw = parts.get(), ready = gate.get_future().share()] {
    if (!ready.get()) return;
    for (auto* room : raw->rooms) room->start();
    raw->keep_clock();
  });
  const auto serving = parts->serve();
  gate.set_value(serving.has_value());
  if (!serving) {
    parts->control.stop();
    return std::unexpected(serving.error());
  }
  release_startup_memory();
  return std::unique_ptr<World>(new World(std::move(parts)));
}

World::World(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

World::~World() { stop(); }

std::uint16_t World::port() const { return parts_->server->port(); }
const std::string& World::account() const { return parts_->env->account; }
const RootCredentials& World::root_credentials() const { return parts_->root; }
const std::string& World::certificate_authority() const { return parts_->authority; }
bool World::serves(const model::Operation& operation) const {
  return parts_->gateway->serves(operation);
}

room::Env& World::env() { return *parts_->env; }

room::Context World::root_context(const std::string& region) {
  const auto& account = parts_->env->account;
  return {*parts_->env,
          region,
          account,
          {parts_->root.access_key_id, "arn:aws:iam::" + account + ":root", account},
          parts_->rng.uuid(),
          parts_->clock.now()};
}

// Nothing new comes in; the rooms finish what is queued; then what they drive, network last.
void World::stop() {
  if (std::exchange(parts_->stopped, true)) return;
  parts_->server->stop();
  parts_->on_control([this] {
    for (auto room = parts_->rooms.rbegin(); room != parts_->rooms.rend(); ++room) (*room)->stop();
  });
  parts_->control.stop();
  parts_->store->flush();
  parts_->prober.reset();
  parts_->deliverer.reset();
  parts_->functions.reset();
  parts_->containers.reset();  // so that no event reaches a room any more
  end_all(parts_->options.paths, *parts_->images, parts_->clock, *parts_->proxy,
          parts_->hosts.get(), *parts_->network);
}

}  // namespace seatrial::world
