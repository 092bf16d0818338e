// The environment in which a runbook's commands run: they reach the world and nothing else.
//
// Problem: AWS CLI v1 ignores AWS_ENDPOINT_URL for some services, v2 before 2.13 for all; either
// would then carry a delete to the real AWS with whatever credentials lie about.
// Choice: an `aws` of the world's own first on PATH that passes --endpoint-url on each call; keys
// that only the world accepts; configuration files of the world; no metadata service, no proxies.
// The daemon writes run/endpoint.json (world/); `seatrial env` prints the same as export lines.
#pragma once
#include <expected>
#include <map>
#include <string>
#include <vector>

#include "runbook/waiters.h"

namespace seatrial::runbook {

struct WorldEndpoint {
  std::string world;     // directory, absolute
  std::string endpoint;  // "http://127.0.0.1:4566"
  std::string access_key_id;
  std::string secret_access_key;
  std::string region;
  std::string account;
  std::string ca_bundle;  // path, or empty
  long pid = 0;           // the daemon's
  double speed = 1.0;     // world seconds in a second

  template <class F>
  static void fields(F&& f) {
    f("endpoint", &WorldEndpoint::endpoint);
    f("access_key_id", &WorldEndpoint::access_key_id);
    f("secret_access_key", &WorldEndpoint::secret_access_key);
    f("region", &WorldEndpoint::region);
    f("account", &WorldEndpoint::account);
    f("ca_bundle", &WorldEndpoint::ca_bundle);
    f("pid", &WorldEndpoint::pid);
    f("speed", &WorldEndpoint::speed);
  }
};

// Reads <world>/run/endpoint.json. The error says what to do: the file is absent, unreadable, or
// its daemon is gone.
std::expected<WorldEndpoint, std::string> read_endpoint(const std::string& world);

// Writes <world>/run/bin/aws and <world>/run/aws/{config,credentials} (0600); empty, else why not.
std::string write_environment_files(const WorldEndpoint& endpoint);

// Where time runs at another speed, writes the waiters of waiters.h below <world>/run/aws/models,
// else removes them; the daemon does it as it starts. Empty, else why not.
std::string write_waiters(const WorldEndpoint& endpoint, const Serves& serves);

// Variables to set, and those that must not be set.
std::map<std::string, std::string> environment_variables(const WorldEndpoint& endpoint);
const std::vector<std::string>& removed_variables();

// NAME=VALUE for exec: this process's environment with the above applied.
std::vector<std::string> shell_environment(const WorldEndpoint& endpoint);

// Lines for `eval "$(seatrial env)"`, quoted for any POSIX shell.
std::string env_exports(const WorldEndpoint& endpoint);

// One word for a POSIX shell.
std::string shell_quote(std::string_view text);

}  // namespace seatrial::runbook
