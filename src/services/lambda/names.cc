#include "services/lambda/names.h"

#include <vector>

#include "services/lambda/errors.h"

namespace seatrial::services::lambda {
namespace {

constexpr std::string_view kLatest = "$LATEST", kKind = "function";

std::vector<std::string> cut(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    const auto colon = text.find(':');
    parts.emplace_back(text.substr(0, colon));
    if (colon == std::string_view::npos) return parts;
    text.remove_prefix(colon + 1);
  }
}

struct Named {
  std::string region, account, name, qualifier;
};

// The model's pattern has been matched; what is missing stays empty.
std::optional<Named> named(const std::string& text) {
  Named out;
  auto parts = cut(text);
  if (parts[0] == "arn") {
    if (parts.size() < 7 || parts[2] != "lambda" || parts[5] != kKind) return std::nullopt;
    out.region = parts[3];
    out.account = parts[4];
    parts.erase(parts.begin(), parts.begin() + 6);
  } else if (parts.size() >= 3 && parts[1] == kKind) {
    out.account = parts[0];
    parts.erase(parts.begin(), parts.begin() + 2);
  }
  if (parts.size() > 2 || parts[0].empty()) return std::nullopt;
  out.name = parts[0];
  if (parts.size() == 2) out.qualifier = parts[1];
  return out;
}

}  // namespace

std::string function_arn(const std::string& region, const std::string& account,
                         const std::string& name) {
  return "arn:aws:lambda:" + region + ":" + account + ":function:" + name;
}

room::Outcome<FunctionName> parse_function_name(const room::Context& context,
                                                const std::string& text,
                                                const std::optional<std::string>& qualifier) {
  const auto parsed = named(text);
  if (!parsed) return function_not_found(text);
  if (!parsed->region.empty() && parsed->region != context.region)
    return not_found(fmt::format("Functions from '{}' are not reachable in this region ('{}')",
                                 parsed->region, context.region));
  if (!parsed->account.empty() && parsed->account != context.account)
    return function_not_found(text);
  if (qualifier && !parsed->qualifier.empty() && *qualifier != parsed->qualifier)
    return invalid_parameter(
        "The derived qualifier from the function name does not match the specified qualifier.");
  const std::string wanted = qualifier.value_or(parsed->qualifier);
  return FunctionName{context.region, parsed->name, wanted == kLatest ? "" : wanted};
}

std::optional<FunctionName> parse_function_arn(const std::string& account, const std::string& arn) {
  const auto parsed = named(arn);
  if (!parsed || parsed->region.empty() || parsed->account != account) return std::nullopt;
  return FunctionName{parsed->region, parsed->name,
                      parsed->qualifier == kLatest ? "" : parsed->qualifier};
}

}  // namespace seatrial::services::lambda
