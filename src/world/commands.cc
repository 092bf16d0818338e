#include "world/commands.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>

#include "base/log.h"
#include "base/world_folder.h"
#include "http/client.h"
#include "runbook/environment.h"
#include "world/daemon.h"
#include "world/deploy.h"
#include "world/leftovers.h"
#include "world/world.h"

namespace seatrial::world {
namespace {

constexpr int kStopTimeoutSeconds = 60;
constexpr const char* kMachineAuthorities = "/etc/ssl/certs/ca-certificates.crt";  // Debian's

struct UpOptions {
  WorldOptions world;
  std::vector<TemplateFile> templates;
  bool detach = false;
};

int fail_usage(const std::string& message) {
  std::fprintf(stderr, "seatrial: %s\n", message.c_str());
  return 2;
}

int fail_with(const std::string& message) {
  std::fprintf(stderr, "seatrial: %s\n", message.c_str());
  return 1;
}

// The region of a world: given, else the first template's, else what it had, else the
// environment's.
std::string choose_region(const std::string& given, const std::vector<TemplateFile>& templates,
                          const Paths& paths) {
  if (!given.empty()) return given;
  for (const auto& file : templates) {
    if (!file.region.empty()) return file.region;
  }
  std::ifstream kept(paths.folder / "region");
  if (std::string region; kept >> region) return region;
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "us-east-1";
}

runbook::WorldEndpoint endpoint_of(const World& world, const WorldOptions& options) {
  runbook::WorldEndpoint endpoint;
  endpoint.world = options.paths.folder.string();
  endpoint.endpoint = fmt::format("http://{}:{}", options.address, world.port());
  endpoint.access_key_id = world.root_credentials().access_key_id;
  endpoint.secret_access_key = world.root_credentials().secret_access_key;
  endpoint.region = options.region;
  endpoint.account = world.account();
  endpoint.ca_bundle = options.paths.ca_bundle().string();
  endpoint.pid = getpid();
  endpoint.speed = options.speed;
  return endpoint;
}

// The machine's authorities and the world's: whoever uses it instead of the machine's loses none.
std::expected<void, std::string> write_ca_bundle(const std::string& authority, const Paths& paths) {
  std::ofstream out(paths.ca_bundle(), std::ios::trunc);
  if (std::ifstream machine(kMachineAuthorities); machine && machine.peek() != EOF)
    out << machine.rdbuf();
  out << authority;
  if (out.flush()) return {};
  return std::unexpected("cannot write " + paths.ca_bundle().string());
}

// Written whole and renamed, readable by the owner only: it holds the world's secret key.
std::expected<void, std::string> publish(const runbook::WorldEndpoint& endpoint,
                                         const std::string& authority, const Paths& paths) {
  namespace fs = std::filesystem;
  if (auto written = write_ca_bundle(authority, paths); !written) return written;
  const fs::path temporary = paths.endpoint().string() + ".new";
  std::error_code error;
  {
    std::ofstream out(temporary, std::ios::trunc);
    fs::permissions(temporary, fs::perms::owner_read | fs::perms::owner_write, error);
    out << to_pretty_json(to_value(endpoint)) << "\n";
    if (!out.flush() || error) return std::unexpected("cannot write " + temporary.string());
  }
  fs::rename(temporary, paths.endpoint(), error);
  if (error)
    return std::unexpected("cannot write " + paths.endpoint().string() + ": " + error.message());
  std::ofstream(paths.folder / "region", std::ios::trunc) << endpoint.region << "\n";
  if (auto why = runbook::write_environment_files(endpoint); !why.empty())
    return std::unexpected(why);
  return {};
}

std::expected<void, std::string> deploy_all(World& world, const UpOptions& options,
                                            const Report& report) {
  for (const auto& file : options.templates) {
    const auto region = file.region.empty() ? options.world.region : file.region;
    auto done = deploy_template(world.env(), world.root_context(region), file, report);
    if (!done) return done;
  }
  return {};
}

// The daemon from start to stop. `ready` is called once templates are deployed and stable.
int serve(const UpOptions& options, const Report& report, const std::function<void()>& ready) {
  const Paths& paths = options.world.paths;
  block_stop_signals();
  auto lock = WorldLock::take(paths);
  if (!lock) {
    report("seatrial: " + lock.error());
    return 1;
  }
  auto world = World::open(options.world);
  if (!world) {
    report("seatrial: " + world.error());
    return 1;
  }
  const auto endpoint = endpoint_of(**world, options.world);
  const auto serves = [&world = **world](const auto& operation) { return world.serves(operation); };
  if (const auto why = runbook::write_waiters(endpoint, serves); !why.empty()) {
    report("seatrial: " + why);
    return 1;
  }
  if (auto published = publish(endpoint, (*world)->certificate_authority(), paths); !published) {
    report("seatrial: " + published.error());
    return 1;
  }
  report(fmt::format("world {} is up at {} (account {}, region {})", paths.folder.string(),
                     endpoint.endpoint, endpoint.account, endpoint.region));
  auto deployed = deploy_all(**world, options, report);
  if (deployed) {
    ready();
    await_stop_signal();
  } else {
    report("seatrial: " + deployed.error());
  }
  (*world)->stop();
  std::error_code ignored;
  std::filesystem::remove(paths.endpoint(), ignored);
  return deployed ? 0 : 1;
}

std::expected<void, std::string> read_templates(const std::vector<std::string>& names,
                                                UpOptions& options) {
  for (const auto& name : names) {
    auto file = read_template(name);
    if (!file) return std::unexpected(file.error());
    options.templates.push_back(std::move(*file));
  }
  return {};
}

// Runs CLI11 and gives the exit code when the command line is no good (or only asked for help).
std::optional<int> parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
}

std::string uptime_text(const Value& status) {
  const Value* seconds = find_member(status, "uptime_s");
  return seconds != nullptr && seconds->is_int64() ? std::to_string(seconds->get_int64()) + " s"
                                                   : "?";
}

// A killed daemon leaves its tasks and proxies running for the next `up`; whoever takes the world
// down wants none of it.
int down_without_daemon(const Paths& paths) {
  if (!std::filesystem::exists(paths.run())) {
    std::fprintf(stderr, "the world %s is not up\n", paths.folder.c_str());
    return 0;
  }
  auto lock = WorldLock::take(paths);
  if (!lock) return fail_with(lock.error());
  const auto ended = end_leftovers(paths);
  if (!ended) return fail_with(ended.error());
  std::fprintf(stderr, "the world %s is not up%s\n", paths.folder.c_str(),
               *ended ? "; what its killed daemon had left running is ended" : "");
  return 0;
}

}  // namespace

int up_command(int argc, char** argv) {
  CLI::App app{"Starts a world and, on it, the systems that the templates describe.",
               "seatrial up"};
  UpOptions options;
  std::string folder, region, auth = "on";
  std::vector<std::string> templates, deliver;
  bool no_namespaces = false, no_hosts = false;
  app.add_option("--world", folder, "The world's folder (default: $SEATRIAL_WORLD, ./.seatrial)");
  app.add_option("--port", options.world.port, "Port on loopback; 0 picks one")
      ->capture_default_str();
  app.add_option("--region", region, "The world's default region");
  app.add_option("--auth", auth, "off: accept any credentials")
      ->check(CLI::IsMember({"on", "off"}));
  app.add_option("--speed", options.world.speed, "How fast world time runs")
      ->check(CLI::PositiveNumber);
  app.add_flag("--detach,-d", options.detach, "Return once the templates are deployed and stable");
  app.add_flag("--no-namespaces", no_namespaces,
               "Give tasks loopback addresses instead of networks");
  app.add_flag("--no-hosts", no_hosts,
               "Leave /etc/hosts alone: load balancers are named by address");
  app.add_option("--python", options.world.python,
                 "Interpreter of Lambda's python runtimes (default: python3 on PATH)");
  app.add_option("--smtp", options.world.smtp_relay,
                 "HOST:PORT of a mail relay on loopback (default: mailboxes in WORLD/mail)");
  app.add_option(
      "--deliver", deliver,
      "Where outgoing deliveries may go beside loopback: HOST=ADDRESS:PORT puts a stand-in "
      "in a host's place, HOST reaches it for real");
  app.add_option("--delivery-ca", options.world.deliveries.ca_file,
                 "Certificates that HTTPS deliveries trust instead of the machine's")
      ->check(CLI::ExistingFile);
  app.add_option("templates", templates, "CloudFormation templates");
  if (const auto code = parse(app, argc, argv)) return *code;
  options.world.paths.folder = find_world(folder);
  options.world.verify_signatures = auth == "on";
  options.world.network_namespaces = !no_namespaces;
  options.world.hosts_file = !no_hosts;
  for (const auto& route : deliver)
    if (auto added = options.world.deliveries.add(route); !added) return fail_usage(added.error());
  if (auto read = read_templates(templates, options); !read) return fail_usage(read.error());
  options.world.region = choose_region(region, options.templates, options.world.paths);
  if (options.detach) {
    return detach(options.world.paths, [&](const Detached& detached) {
      return serve(options, detached.report, detached.ready);
    });
  }
  const Report to_stderr = [](const std::string& line) {
    std::fprintf(stderr, "%s\n", line.c_str());
  };
  return serve(options, to_stderr, [] {});
}

int down_command(int argc, char** argv) {
  CLI::App app{"Stops a world's daemon and what it runs; all state is kept.", "seatrial down"};
  std::string folder;
  app.add_option("--world", folder, "The world's folder");
  if (const auto code = parse(app, argc, argv)) return *code;
  const Paths paths{find_world(folder)};
  if (running_daemon(paths) == 0) return down_without_daemon(paths);
  if (auto stopped = stop_daemon(paths, kStopTimeoutSeconds); !stopped)
    return fail_with(stopped.error());
  return 0;
}

int status_command(int argc, char** argv) {
  CLI::App app{"Says whether a world is up and what runs in it.", "seatrial status"};
  std::string folder, output = "text";
  app.add_option("--world", folder, "The world's folder");
  app.add_option("--output", output, "text or json")->check(CLI::IsMember({"text", "json"}));
  if (const auto code = parse(app, argc, argv)) return *code;
  const auto endpoint = runbook::read_endpoint(find_world(folder).string());
  if (!endpoint) return fail_with(endpoint.error());
  const auto colon = endpoint->endpoint.rfind(':');
  const int port = std::atoi(endpoint->endpoint.c_str() + colon + 1);
  const wire::HttpRequest request{"GET", "/_seatrial/status", {}, {}};
  const auto response = http::request("127.0.0.1", port, request, 5'000);
  if (!response) return fail_with(response.error());
  auto status = parse_json(response->body);
  if (!status || !status->is_object()) return fail_with("the daemon's answer is not JSON");
  auto& object = status->get_object();
  object["world"] = endpoint->world;
  object["endpoint"] = endpoint->endpoint;
  object["region"] = endpoint->region;
  object["pid"] = endpoint->pid;
  if (output == "json") {
    std::printf("%s\n", to_pretty_json(*status, 2).c_str());
    return 0;
  }
  std::printf("world     %s\nendpoint  %s\naccount   %s\nregion    %s\nprocess   %ld, up %s\n",
              endpoint->world.c_str(), endpoint->endpoint.c_str(), endpoint->account.c_str(),
              endpoint->region.c_str(), endpoint->pid, uptime_text(*status).c_str());
  return 0;
}

}  // namespace seatrial::world
