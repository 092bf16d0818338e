// Lambda's records: functions by "region/name", their versions and aliases by "region/name:version"
// and "region/name:alias", accepted asynchronous invocations by number.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "model/shapes/lambda.h"
#include "store/table.h"

namespace seatrial::services::lambda {

namespace shape = aws::lambda;
using StringMap = std::map<std::string, std::string>;

struct FunctionRecord {
  std::string id;  // of this creation: a function made anew under the name is another
  std::string region;
  shape::FunctionConfiguration configuration;  // but for Environment
  std::string sealed_environment;              // JSON object, for the purpose environment_purpose()
  std::string code;                            // its folder in the code store
  StringMap tags;
  std::vector<Value> statements;  // of the resource policy
  std::string policy_revision;
  int last_version = 0;  // published; numbers are never used again
  template <class F>
  static void fields(F&& f) {
    f("id", &FunctionRecord::id);
    f("region", &FunctionRecord::region);
    f("configuration", &FunctionRecord::configuration);
    f("environment", &FunctionRecord::sealed_environment);
    f("code", &FunctionRecord::code);
    f("tags", &FunctionRecord::tags);
    f("statements", &FunctionRecord::statements);
    f("policy_revision", &FunctionRecord::policy_revision);
    f("last_version", &FunctionRecord::last_version);
  }
  const std::string& name() const { return *configuration.FunctionName; }
  const std::string& arn() const { return *configuration.FunctionArn; }
  bool is_version() const { return *configuration.Version != "$LATEST"; }
  std::string key() const {
    return region + "/" + name() + (is_version() ? ":" + *configuration.Version : "");
  }
  std::string log_group() const { return *configuration.LoggingConfig->LogGroup; }
  std::string environment_purpose() const { return "lambda/" + id; }
};

struct AliasRecord {
  std::string function_key;
  shape::AliasConfiguration alias;
  std::vector<Value> statements;  // of the resource policy
  std::string policy_revision;
  template <class F>
  static void fields(F&& f) {
    f("function_key", &AliasRecord::function_key);
    f("alias", &AliasRecord::alias);
    f("statements", &AliasRecord::statements);
    f("policy_revision", &AliasRecord::policy_revision);
  }
  std::string key() const { return function_key + ":" + *alias.Name; }
  bool names(const std::string& version) const;
};

// An SQS queue whose messages a function gets; by "region/UUID".
struct MappingRecord {
  std::string region;
  shape::EventSourceMappingConfiguration mapping;
  template <class F>
  static void fields(F&& f) {
    f("region", &MappingRecord::region);
    f("mapping", &MappingRecord::mapping);
  }
  std::string key() const { return region + "/" + *mapping.UUID; }
  bool enabled() const { return mapping.State == "Enabled"; }
  std::optional<int> most_concurrent() const {
    return mapping.ScalingConfig ? mapping.ScalingConfig->MaximumConcurrency : std::nullopt;
  }
};

// One invocation that was answered with 202 and has not come to its end.
struct AsyncRecord {
  std::string function, function_id;  // the key and the creation it is meant for
  std::string request_id, payload;
  Time received{}, due{};
  int failures = 0;  // attempts that ended with an error of the function
  template <class F>
  static void fields(F&& f) {
    f("function", &AsyncRecord::function);
    f("function_id", &AsyncRecord::function_id);
    f("request_id", &AsyncRecord::request_id);
    f("payload", &AsyncRecord::payload);
    f("received", &AsyncRecord::received);
    f("due", &AsyncRecord::due);
    f("failures", &AsyncRecord::failures);
  }
};

struct Tables {
  explicit Tables(store::Store& store)
      : functions(store, "lambda.function"),
        versions(store, "lambda.version"),
        aliases(store, "lambda.alias"),
        mappings(store, "lambda.event_source"),
        invocations(store, "lambda.invocation") {}
  // What is run under a key: a function's $LATEST or one of its versions.
  const FunctionRecord* runnable(const std::string& key) const {
    return (key.find(':') == key.npos ? functions : versions).find(key);
  }
  store::Table<FunctionRecord> functions, versions;
  store::Table<AliasRecord> aliases;
  store::Table<MappingRecord> mappings;
  store::Table<AsyncRecord> invocations;
};

}  // namespace seatrial::services::lambda
