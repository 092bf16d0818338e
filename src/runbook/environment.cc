// See environment.h.
#include "runbook/environment.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "base/record.h"
#include "runbook/document.h"

extern char** environ;

namespace seatrial::runbook {
namespace {

namespace fs = std::filesystem;

// The wrapper. It logs each call's exit code where SEATRIAL_CALLS names a file, because a shell
// hides it in `export X=$(aws ...)`. `__X__` marks are filled in.
constexpr std::string_view kWrapper = R"sh(#!/bin/sh
# Made by seatrial: passes this world's endpoint on every call of the next `aws` on PATH.
world_endpoint=__ENDPOINT__
own_dir=__DIRECTORY__

refuse() {
  echo "seatrial: refused to call $1: the world's endpoint is $world_endpoint." >&2
  echo "seatrial: allow another one with --allow-endpoint URL or SEATRIAL_ALLOW_ENDPOINT." >&2
  exit 252
}

check_endpoint() {
  case ${1%/} in
    "${world_endpoint%/}" | "https://${world_endpoint#http://}") ;;
    *) [ -n "${SEATRIAL_ALLOW_ENDPOINT-}" ] && [ "${1%/}" = "${SEATRIAL_ALLOW_ENDPOINT%/}" ] || refuse "$1" ;;
  esac
}

given=
previous=
for word in "$@"; do
  if [ "$previous" = --endpoint-url ]; then check_endpoint "$word"; fi
  case $word in
    --endpoint-url=*) given=1; check_endpoint "${word#--endpoint-url=}" ;;
    --endpoint-url) given=1 ;;
    --e|--e=*|--en|--en=*|--end|--end=*|--endp|--endp=*|--endpo|--endpo=*|--endpoi|--endpoi=*|--endpoin|--endpoin=*|\
    --endpoint|--endpoint=*|--endpoint-|--endpoint-=*|--endpoint-u|--endpoint-u=*|--endpoint-ur|--endpoint-ur=*)
      refuse "$word" ;;
  esac
  previous=$word
done

next=
rest=$PATH:
while [ -n "$rest" ]; do
  directory=${rest%%:*}
  rest=${rest#*:}
  [ -n "$directory" ] || directory=.
  [ "$directory" = "$own_dir" ] && continue
  if [ -f "$directory/aws" ] && [ -x "$directory/aws" ] && ! [ "$directory/aws" -ef "$own_dir/aws" ]; then
    next=$directory/aws
    break
  fi
done
if [ -z "$next" ]; then
  echo "seatrial: the AWS CLI is not installed: no other 'aws' on PATH" >&2
  exit 127
fi

if [ -z "$given" ]; then set -- --endpoint-url "$world_endpoint" "$@"; fi
# A rehearsal keeps a started AWS CLI at hand (warm_cli.h), for the one it found on PATH.
if [ "$next" != "${SEATRIAL_WARM_AWS-}" ]; then SEATRIAL_WARM_SOCKET=; fi
if [ -z "${SEATRIAL_CALLS-}" ]; then
  if [ -n "${SEATRIAL_WARM_SOCKET-}" ]; then exec "$SEATRIAL_SELF" __aws "$SEATRIAL_WARM_SOCKET" "$next" "$@"; fi
  exec "$next" "$@"
fi
if [ -n "${SEATRIAL_WARM_SOCKET-}" ]; then
  "$SEATRIAL_SELF" __aws "$SEATRIAL_WARM_SOCKET" "$next" "$@"
else
  "$next" "$@"
fi
code=$?
printf '%s %s\n' "$code" "$*" | head -c 2000 | tr '\n' ' ' >> "$SEATRIAL_CALLS"
echo >> "$SEATRIAL_CALLS"
exit $code
)sh";

void replace(std::string& text, std::string_view mark, std::string_view with) {
  const auto at = text.find(mark);
  if (at != std::string::npos) text.replace(at, mark.size(), with);
}

// Whole or not at all: a shell may be reading the old one.
std::string write_file(const fs::path& path, std::string_view text, mode_t mode) {
  const auto temporary = path.string() + "." + std::to_string(::getpid());
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  const auto reason = [&] {
    return fmt::format("cannot write {}: {}", path.string(), std::strerror(errno));
  };
  if (fd < 0) return reason();
  ::fchmod(fd, mode);
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      auto why = reason();
      ::close(fd);
      ::unlink(temporary.c_str());
      return why;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  ::close(fd);
  return ::rename(temporary.c_str(), path.c_str()) == 0 ? "" : reason();
}

fs::path models_of(const std::string& world) { return fs::path(world) / "run/aws/models"; }

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::expected<WorldEndpoint, std::string> read_endpoint(const std::string& world) {
  const auto path = world + "/run/endpoint.json";
  const auto advice =
      fmt::format("start it with: seatrial up --world {} --detach", shell_quote(world));
  std::error_code error;
  if (!fs::exists(path, error))
    return std::unexpected(fmt::format("no world runs in {}; {}", world, advice));
  const auto text = read_file(path);
  if (!text) return std::unexpected(text.error());
  const auto value = parse_json(*text);
  if (!value || !value->is_object())
    return std::unexpected(fmt::format("{}: not a JSON object; {}", path, advice));
  auto endpoint = record_from<WorldEndpoint>(*value);
  endpoint.world = world;
  if (endpoint.endpoint.empty() || endpoint.access_key_id.empty())
    return std::unexpected(fmt::format("{}: names no endpoint or key; {}", path, advice));
  if (endpoint.pid <= 0 || (::kill(static_cast<pid_t>(endpoint.pid), 0) != 0 && errno == ESRCH))
    return std::unexpected(fmt::format("the world in {} is not running (process {} is gone); {}",
                                       world, endpoint.pid, advice));
  return endpoint;
}

std::string write_environment_files(const WorldEndpoint& endpoint) {
  const fs::path run = fs::path(endpoint.world) / "run";
  std::error_code error;
  fs::create_directories(run / "bin", error);
  if (!error) fs::create_directories(run / "aws", error);
  if (error) return fmt::format("cannot create {}: {}", run.string(), error.message());
  std::string wrapper(kWrapper);
  replace(wrapper, "__ENDPOINT__", shell_quote(endpoint.endpoint));
  replace(wrapper, "__DIRECTORY__", shell_quote((run / "bin").string()));
  if (auto why = write_file(run / "bin" / "aws", wrapper, 0755); !why.empty()) return why;
  const auto config = fmt::format(
      "[default]\nregion = {}\noutput = json\ncli_pager =\n"
      "disable_host_prefix_injection = true\n",
      endpoint.region);
  if (auto why = write_file(run / "aws" / "config", config, 0600); !why.empty()) return why;
  const auto credentials =
      fmt::format("[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
                  endpoint.access_key_id, endpoint.secret_access_key);
  return write_file(run / "aws" / "credentials", credentials, 0600);
}

std::string write_waiters(const WorldEndpoint& endpoint, const Serves& serves) {
  std::error_code error;
  if (endpoint.speed == 1.0) {
    fs::remove_all(models_of(endpoint.world), error);
    return {};
  }
  for (std::uint32_t i = 0; i < model::service_count(); ++i) {
    const auto service = model::service(i);
    const auto text = waiters_model(service, endpoint.speed, serves);
    if (text.empty()) continue;
    const auto folder = models_of(endpoint.world) / service.name() / service.api_version();
    fs::create_directories(folder, error);
    if (auto why = write_file(folder / "waiters-2.json", text, 0644); !why.empty()) return why;
  }
  return {};
}

std::map<std::string, std::string> environment_variables(const WorldEndpoint& endpoint) {
  const auto run = endpoint.world + "/run";
  std::map<std::string, std::string> out = {
      {"AWS_ENDPOINT_URL", endpoint.endpoint},
      {"AWS_ACCESS_KEY_ID", endpoint.access_key_id},
      {"AWS_SECRET_ACCESS_KEY", endpoint.secret_access_key},
      {"AWS_REGION", endpoint.region},
      {"AWS_DEFAULT_REGION", endpoint.region},
      {"AWS_CONFIG_FILE", run + "/aws/config"},
      {"AWS_SHARED_CREDENTIALS_FILE", run + "/aws/credentials"},
      {"AWS_EC2_METADATA_DISABLED", "true"},
      // Some operations (StartLiveTail) would go to stream-HOST, which no name server knows.
      {"AWS_DISABLE_HOST_PREFIX_INJECTION", "true"},
      {"AWS_PAGER", ""},
      {"AWS_MAX_ATTEMPTS", "3"},
      {"NO_PROXY", "*"},
      {"no_proxy", "*"},
      {"SEATRIAL_WORLD", endpoint.world},
  };
  if (endpoint.speed != 1.0) {
    const auto others = variable("AWS_DATA_PATH");
    const auto own = models_of(endpoint.world).string();
    out["AWS_DATA_PATH"] = others.empty() || others == own ? own : own + ":" + others;
  }
  if (!endpoint.ca_bundle.empty()) {
    out["AWS_CA_BUNDLE"] = endpoint.ca_bundle;
    out["CURL_CA_BUNDLE"] = endpoint.ca_bundle;
  }
  return out;
}

const std::vector<std::string>& removed_variables() {
  static const std::vector<std::string> names = {"AWS_PROFILE",
                                                 "AWS_DEFAULT_PROFILE",
                                                 "AWS_SESSION_TOKEN",
                                                 "AWS_SECURITY_TOKEN",
                                                 "AWS_ROLE_ARN",
                                                 "AWS_WEB_IDENTITY_TOKEN_FILE",
                                                 "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                                                 "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                                                 "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                                                 "HTTP_PROXY",
                                                 "HTTPS_PROXY",
                                                 "http_proxy",
                                                 "https_proxy",
                                                 "ALL_PROXY",
                                                 "all_proxy",
                                                 "BASH_ENV",
                                                 "ENV"};
  return names;
}

std::vector<std::string> shell_environment(const WorldEndpoint& endpoint) {
  auto wanted = environment_variables(endpoint);
  const auto path = variable("PATH");
  wanted["PATH"] =
      endpoint.world + "/run/bin:" + (path.empty() ? "/usr/local/bin:/usr/bin:/bin" : path);
  // Full-screen programs (watch) refuse to start on a terminal that can do nothing.
  if (variable("TERM").empty() || variable("TERM") == "dumb") wanted["TERM"] = "xterm";
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string name(text.substr(0, text.find('=')));
    const bool service_endpoint = name.starts_with("AWS_ENDPOINT_URL_");
    if (service_endpoint ||
        std::ranges::find(removed_variables(), name) != removed_variables().end())
      continue;
    wanted.try_emplace(name, text.substr(std::min(name.size() + 1, text.size())));
  }
  std::vector<std::string> out;
  for (const auto& [name, value] : wanted) out.push_back(name + "=" + value);
  return out;
}

std::string env_exports(const WorldEndpoint& endpoint) {
  std::string out;
  for (const auto& [name, value] : environment_variables(endpoint))
    out += fmt::format("export {}={}\n", name, shell_quote(value));
  out += fmt::format("export PATH={}:\"$PATH\"\n", shell_quote(endpoint.world + "/run/bin"));
  out += "unset";
  for (const auto& name : removed_variables())
    if (name.starts_with("AWS_") || name.contains("roxy") || name.contains("PROXY"))
      out += " " + name;
  return out + "\n";
}

std::string shell_quote(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-*";
  const bool plain =
      text.find_first_not_of(kPlain) == std::string_view::npos && !text.contains('*');
  if (!text.empty() && plain) return std::string(text);
  std::string out = "'";
  for (char c : text) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

}  // namespace seatrial::runbook
