// A function's settings: what of a request is honoured, what is refused, and what they become.
#pragma once
#include <optional>
#include <string>

#include "services/lambda/errors.h"
#include "services/lambda/store.h"

namespace seatrial::services::lambda {

inline constexpr std::size_t kMaxEnvironmentBytes = 4096;

// Members that CreateFunction and UpdateFunctionConfiguration share and that are not carried out.
// The error names the first one that asks for something.
room::Outcome<void> check_unserved(const shape::CreateFunctionRequest& request);
room::Outcome<void> check_unserved(const shape::UpdateFunctionConfigurationRequest& request);

room::Outcome<void> check_runtime(const std::string& runtime);
room::Outcome<void> check_numbers(const std::optional<int>& timeout,
                                  const std::optional<int>& memory);
room::Outcome<void> check_variables(const StringMap& variables);
room::Outcome<void> check_architectures(const std::vector<std::string>& given);
room::Outcome<shape::LoggingConfig> logging_of(const std::optional<shape::LoggingConfig>& given,
                                               const std::string& function);

// "2026-11-30T22:21:00.000+0000"
std::string last_modified(Time now);
// What this machine is: "x86_64" or "arm64".
std::string machine_architecture();

}  // namespace seatrial::services::lambda
