// Lambda's records: functions by "region/name", accepted asynchronous invocations by number.
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
  }
  const std::string& name() const { return *configuration.FunctionName; }
  const std::string& arn() const { return *configuration.FunctionArn; }
  std::string key() const { return region + "/" + name(); }
  std::string log_group() const { return *configuration.LoggingConfig->LogGroup; }
  std::string environment_purpose() const { return "lambda/" + id; }
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
      : functions(store, "lambda.function"), invocations(store, "lambda.invocation") {}
  store::Table<FunctionRecord> functions;
  store::Table<AsyncRecord> invocations;
};

}  // namespace seatrial::services::lambda
