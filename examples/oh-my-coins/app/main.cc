// omc backend | frontend | store: the sample system of this example, in one static program.
//
// The three roles share server, log and orderly end; what differs is the function that serves a
// connection. Signals are blocked in all threads and read from a descriptor by the accepting loop.
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "faults.h"
#include "http.h"
#include "log.h"
#include "metrics.h"
#include "server.h"
#include "service.h"
#include "settings.h"
#include "store.h"

namespace omc {
namespace {

constexpr size_t kThreadStackBytes = 256 * 1024;
constexpr int kAwaitStoresMs = 10'000;
constexpr int kWebLingerMs = 200;
// The store outlives the backend beside it, which is told to stop at the same moment.
constexpr int kStoreLingerMs = 500;

// Keeps many threads small: a task may be held to its memory limit by address space.
void limit_thread_memory() {
  ::mallopt(M_ARENA_MAX, 2);
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, kThreadStackBytes);
  ::pthread_setattr_default_np(&attributes);
  ::pthread_attr_destroy(&attributes);
}

int stop_signals() {
  sigset_t stops;
  ::sigemptyset(&stops);
  ::sigaddset(&stops, SIGTERM);
  ::sigaddset(&stops, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &stops, nullptr);
  return ::signalfd(-1, &stops, SFD_CLOEXEC);
}

int serve(const Settings& settings, Server::Serve serve_one, int signal_fd) {
  Server server(std::move(serve_one));
  const auto address = server.listen(settings.listen);
  if (!address) {
    log_error(address.error());
    return 1;
  }
  log_info("omc " + role_name(settings.role) + " " + settings.version + " listening on " +
           address->host + ":" + std::to_string(address->port));
  const int linger_ms = settings.role == Role::kStore ? kStoreLingerMs : kWebLingerMs;
  const int unfinished = server.run(signal_fd, linger_ms);
  log_info("omc " + role_name(settings.role) + " stopped, " + std::to_string(unfinished) +
           " connections unfinished");
  ::_exit(0);  // threads of unfinished connections still use the server: no destructors
}

int run(const Settings& settings) {
  const int signal_fd = stop_signals();
  limit_thread_memory();
  if (settings.role == Role::kStore) {
    Store store(settings.store_password);
    return serve(settings, [&](Connection& c) { store.serve(c); }, signal_fd);
  }
  Faults faults;
  if (const auto set = faults.set_from(settings.fault); !set) {
    log_error("FAULT: " + set.error());
    return 2;
  }
  if (const auto code = faults.exit_at_start()) {
    log_error("fault: exiting at start with code " + std::to_string(*code));
    return *code;
  }
  const auto metrics = read_metric_settings();
  if (!metrics) {
    log_error(metrics.error());
    return 2;
  }
  // Never destroyed: the process ends while connections may still tell it of events.
  if (*metrics) publisher = new MetricPublisher(**metrics);
  Service service(settings, faults);
  const Handler handler = [&](const Request& request) { return service.handle(request); };
  service.await_stores(kAwaitStoresMs, signal_fd);
  return serve(settings, [&](Connection& c) { serve_http(c, handler); }, signal_fd);
}

}  // namespace
}  // namespace omc

int main(int argc, char** argv) {
  const auto settings = omc::read_settings(argc, argv);
  if (!settings) {
    omc::log_error(settings.error());
    return 2;
  }
  if (settings->json_log) omc::use_json_log(settings->environment);
  return omc::run(*settings);
}
