// See diagnose.h. Each look_for_* adds what it finds; the first that finds something decides.
#include "runbook/diagnose.h"

#include <re2/re2.h>

#include <array>
#include <optional>

#include "runbook/placeholders.h"
#include "runbook/shell_syntax.h"
#include "runbook/text.h"

namespace seatrial::runbook {
namespace {

// Of a program's output.
constexpr std::size_t kMaxLine = 2000;
constexpr std::size_t kReasonLength = 300;

std::string last_line(std::string_view text) {
  std::string last;
  for (auto line : split_lines(text))
    if (!trim(line).empty()) last = std::string(trim(line));
  if (const auto at = last.find("curl: ("); at != std::string::npos)
    last.erase(0, at);  // its progress
  last.erase(0, last.rfind('\r') + 1);
  return shorten(last, kReasonLength);
}

struct AwsFailure {
  std::string code, operation, message;
};

// botocore's words for a service's error.
std::optional<AwsFailure> aws_failure(std::string_view text) {
  static const RE2 pattern(
      R"(An error occurred \(([^)]+)\)(?: when calling the (\S+) operation)?[^:]*: ?(.*))");
  for (auto line : split_lines(text)) {
    AwsFailure failure;
    if (line.contains("An error occurred (") &&
        RE2::PartialMatch({line.data(), std::min(line.size(), kMaxLine)}, pattern, &failure.code,
                          &failure.operation, &failure.message))
      return failure;
  }
  return std::nullopt;
}

// Codes that say: what the command names is not there.
bool names_nothing(std::string_view code) {
  return code.contains("NotFound") || code.starts_with("NoSuch") || code.contains("NonExistent") ||
         code == "ValidationError" || code == "ResourceNotReady";
}

bool refused_arguments(std::string_view code) {
  constexpr std::array<std::string_view, 9> kCodes = {
      "ValidationException",           "InvalidParameterException",
      "InvalidParameterValue",         "ParamValidation",
      "InvalidParameterCombination",   "MissingParameter",
      "MalformedQueryString",          "ClientException",
      "InvalidParameterValueException"};
  return std::ranges::find(kCodes, code) != kCodes.end();
}

struct CurlExit {
  int code;
  std::string_view meaning;
  std::string_view cause;
};

constexpr std::array kCurlExits = {
    CurlExit{3, "the URL is malformed", "document"},
    CurlExit{5, "the proxy's name does not resolve", "system"},
    CurlExit{6, "the host's name does not resolve", "document"},
    CurlExit{7, "nothing listens there", "system"},
    CurlExit{22, "the server answered with an HTTP error", "system"},
    CurlExit{28, "no answer within the time limit", "system"},
    CurlExit{35, "the TLS handshake failed: does the port speak TLS?", "system"},
    CurlExit{47, "too many redirects", "system"},
    CurlExit{51, "the certificate is not for this host", "system"},
    CurlExit{52, "the server closed the connection without an answer", "system"},
    CurlExit{56, "the connection broke off", "system"},
    CurlExit{60, "the certificate is not trusted", "system"},
};

const ShellCommand* command_named(const std::vector<ShellCommand>& commands,
                                  std::string_view name) {
  for (const auto& command : commands)
    if (command.words[0].text == name) return &command;
  return nullptr;
}

std::string visible(std::string text) {
  std::replace(text.begin(), text.end(), ShellWord::kUnknown, '$');
  return text;
}

// As it is written, variables and all.
std::string url_of(const ShellCommand& command, std::string_view text) {
  for (const auto& word : command.words)
    if (word.text.contains("://"))
      return std::string(text.substr(word.begin, word.end - word.begin));
  return "its URL";
}

// The port that a URL means where it names none.
std::string_view port_hint(std::string_view url) {
  if (url.contains("https://")) return " on the port of https, 443 where none is named";
  return url.contains("http://") ? " on the port of http, 80 where none is named" : "";
}

class Doctor {
 public:
  explicit Doctor(const Evidence& evidence) : evidence_(evidence) {}

  Diagnosis examine() {
    const bool found = look_for_unset() || look_for_syntax() || look_for_usage() ||
                       look_for_waiter() || look_for_aws() || look_for_missing_program() ||
                       look_for_missing_file() || look_for_curl() || look_for_connection() ||
                       look_for_timeout();
    if (!found) say("unknown", last_words());
    blame_placeholder();
    blame_stand_in();
    return std::move(result_);
  }

 private:
  bool say(std::string_view cause, std::string reason) {
    result_.cause = cause;
    result_.reason = std::move(reason);
    return true;
  }

  std::string last_words() const {
    auto words = last_line(evidence_.err);
    if (words.empty()) words = fmt::format("exit code {}", evidence_.exit_code);
    if (!evidence_.failed_member.empty())
      words = fmt::format("{} failed inside the pipeline: {}", evidence_.failed_member, words);
    return words;
  }

  // A variable without a value is the document's fault when nothing sets it; when the step that
  // should have failed, that step's cause goes for this one too.
  bool look_for_unset() {
    if (evidence_.unset_variables.empty()) return false;
    std::string story, cause = "document";
    for (const auto& variable : evidence_.unset_variables) {
      story +=
          fmt::format("{}${} {}", story.empty() ? "" : ", ", variable.name, why_unset(variable));
      if (variable.setter_line > 0)
        cause = variable.setter_failed ? variable.setter_cause : "unknown";
    }
    for (const auto& variable : evidence_.unset_variables)
      if (variable.setter_line == 0) cause = "document";
    return say(cause, fmt::format("{}; {}", story, last_words()));
  }

  static std::string why_unset(const UnsetVariable& variable) {
    if (variable.setter_line == 0) return "is not set by any step before";
    if (variable.setter_failed)
      return fmt::format("has no value because line {} failed", variable.setter_line);
    return fmt::format("was left empty by line {}", variable.setter_line);
  }

  bool look_for_syntax() {
    if (!evidence_.err.contains("syntax error")) return false;
    return say("document", "the shell cannot read the command: " + last_line(evidence_.err));
  }

  // The CLI's own complaints, before anything is sent: exit 252 (v2), 2 or 255 (v1).
  bool look_for_usage() {
    constexpr std::array<std::string_view, 8> kComplaints = {"Unknown options:",
                                                             "the following arguments are required",
                                                             "Invalid choice",
                                                             "expected one argument",
                                                             "Parameter validation failed",
                                                             "Error parsing parameter",
                                                             "expected at least one argument",
                                                             "Invalid type for parameter"};
    for (auto complaint : kComplaints) {
      const auto at = evidence_.err.find(complaint);
      if (at == std::string::npos) continue;
      if (complaint == "Invalid choice") return say("document", unknown_command());
      const auto line = shorten(std::string_view(evidence_.err).substr(at), kReasonLength);
      return say("document", "the command line is refused: " + line);
    }
    return false;
  }

  std::string unknown_command() const {
    const auto commands = find_commands(evidence_.text);
    const auto* aws = command_named(commands, "aws");
    std::string words;
    for (std::size_t i = 1; aws != nullptr && i < aws->words.size() && i < 3; ++i)
      words += " " + visible(aws->words[i].text);
    return fmt::format("the AWS CLI on PATH knows no such command or value: aws{}", words);
  }

  bool look_for_waiter() {
    const auto at = evidence_.err.find("Waiter ");
    if (at == std::string::npos || !evidence_.err.contains(" failed: ")) return false;
    const auto line = shorten(std::string_view(evidence_.err).substr(at), kReasonLength);
    const bool missing = line.contains("MISSING");
    return say(missing ? "document" : "system",
               line + (missing ? " (what it waits for does not exist)" : ""));
  }

  bool look_for_aws() {
    const auto failure = aws_failure(evidence_.err);
    if (!failure) return false;
    result_.error_code = failure->code;
    result_.operation = failure->operation;
    const auto reason = fmt::format("{} from {}: {}", failure->code,
                                    failure->operation.empty() ? "AWS" : failure->operation,
                                    shorten(failure->message, kReasonLength));
    if (names_nothing(failure->code))
      return say("document", reason + " (what the command names does not exist in this world)");
    if (refused_arguments(failure->code)) return say("document", reason);
    return say("system", reason);
  }

  bool look_for_missing_program() {
    if (evidence_.exit_code != 127 && !evidence_.err.contains("command not found")) return false;
    return say("document", "a program is missing: " + last_line(evidence_.err));
  }

  bool look_for_missing_file() {
    constexpr std::array<std::string_view, 4> kComplaints = {
        "No such file or directory", "Unable to load paramfile", "does not exist\n",
        "not a git repository"};
    for (auto complaint : kComplaints)
      if (evidence_.err.contains(complaint))
        return say("document", "a file is missing: " + last_line(evidence_.err));
    return false;
  }

  bool look_for_curl() {
    const auto commands = find_commands(evidence_.text);
    const auto* curl = command_named(commands, "curl");
    if (curl == nullptr) return false;
    const auto url = url_of(*curl, evidence_.text);
    if (https_to_load_balancer(*curl, url)) {
      return say(
          "document",
          fmt::format("curl could not fetch {}: https by a load balancer's own name, for which "
                      "no certificate is issued; use http, or the domain its certificate names "
                      "(curl exit {}{})",
                      url, evidence_.exit_code, said()));
    }
    for (const auto& exit : kCurlExits) {
      if (exit.code != evidence_.exit_code) continue;
      return say(exit.cause,
                 fmt::format("curl could not fetch {}: {}{} (curl exit {}{})", url, exit.meaning,
                             exit.code == 7 ? port_hint(url) : "", exit.code, said()));
    }
    return false;
  }

  // Nobody can get a public certificate for *.elb.amazonaws.com, so on AWS this fails whatever
  // listens: the handshake or the name check, unless told not to look (-k).
  bool https_to_load_balancer(const ShellCommand& curl, std::string_view url) const {
    if (!url.starts_with("https://")) return false;
    if (!evidence_.load_balancer_name && !url.contains(".elb.amazonaws.com")) return false;
    const bool insecure = std::ranges::any_of(curl.words, [](const auto& word) {
      return word.text == "-k" || word.text == "--insecure";
    });
    constexpr std::array kTlsExits{7, 28, 35, 51, 60};
    return !insecure && std::ranges::find(kTlsExits, evidence_.exit_code) != kTlsExits.end();
  }

  std::string said() const {
    const auto line = last_line(evidence_.err);
    return line.empty() ? "" : "; " + line;
  }

  bool look_for_connection() {
    for (auto complaint :
         {"Could not connect to the endpoint", "Connection refused", "Connect timeout on endpoint"})
      if (evidence_.err.contains(complaint)) return say("system", last_line(evidence_.err));
    return false;
  }

  bool look_for_timeout() {
    if (!evidence_.timed_out) return false;
    return say("system", "was stopped at its time limit");
  }

  // "X=value  # Replace with actual": the document itself says that the value is not the real one.
  void blame_stand_in() {
    if (evidence_.stand_in.empty()) return;
    result_.cause = "document";
    result_.reason = fmt::format("{}; {}", evidence_.stand_in, result_.reason);
  }

  void blame_placeholder() {
    const auto placeholder = find_placeholder(evidence_.text);
    if (placeholder.empty()) return;
    result_.cause = "document";
    result_.reason = fmt::format("'{}' is to be replaced before the command can run; {}",
                                 placeholder, result_.reason);
  }

  const Evidence& evidence_;
  Diagnosis result_;
};

}  // namespace

Diagnosis diagnose(const Evidence& evidence) { return Doctor(evidence).examine(); }

}  // namespace seatrial::runbook
