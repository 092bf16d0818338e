// Functions: made, changed, shown, deleted. Sources: API_CreateFunction, API_UpdateFunctionCode,
// API_UpdateFunctionConfiguration, API_GetFunction, API_ListFunctions.
#include "room/page_token.h"
#include "services/lambda/errors.h"
#include "services/lambda/service.h"
#include "services/lambda/settings.h"

namespace seatrial::services::lambda {

using room::Outcome;

namespace {

constexpr int kDefaultTimeout = 3, kDefaultMemory = 128;

std::unexpected<model::AwsError> object_not_read(const model::AwsError& error) {
  return invalid_parameter(
      fmt::format("Error occurred while GetObject. S3 Error Code: {}. S3 Error Message: {}",
                  error.code, error.message));
}

void take_code(FunctionRecord& record, const StoredCode& code) {
  record.code = code.folder;
  record.configuration.CodeSha256 = code.sha256;
  record.configuration.CodeSize = code.size;
}

// What every function is here.
shape::FunctionConfiguration unchanging() {
  shape::FunctionConfiguration out;
  out.Version = "$LATEST";
  out.PackageType = "Zip";
  out.State = "Active";
  out.LastUpdateStatus = "Successful";
  out.TracingConfig = shape::TracingConfigResponse{"PassThrough"};
  out.Architectures = {machine_architecture()};
  out.EphemeralStorage = shape::EphemeralStorage{512};
  out.SnapStart = shape::SnapStartResponse{"None", "Off"};
  return out;
}

bool other_revision(const std::optional<std::string>& given, const FunctionRecord& record) {
  return given && *given != *record.configuration.RevisionId;
}

Outcome<void> check_create(const shape::CreateFunctionRequest& request) {
  if (auto ok = check_unserved(request); !ok) return ok;
  if (!request.Runtime || !request.Handler)
    return invalid_parameter(
        "Runtime and Handler are mandatory parameters for functions created with deployment "
        "packages.");
  if (auto ok = check_runtime(*request.Runtime); !ok) return ok;
  if (auto ok = check_architectures(request.Architectures); !ok) return ok;
  if (request.Tags.size() > kMaxTags)
    return invalid_parameter("A function can have at most 50 tags.");
  return check_numbers(request.Timeout, request.MemorySize);
}

}  // namespace

Outcome<void> Lambda::check_role(const std::string& role) const {
  if (parts_.roles.can_assume(role, "lambda.amazonaws.com")) return {};
  return invalid_parameter("The role defined for the function cannot be assumed by Lambda.");
}

Outcome<void> Lambda::prepare_code(Context& context, const std::optional<std::string>& zip,
                                   const std::optional<std::string>& bucket,
                                   const std::optional<std::string>& key,
                                   const std::optional<std::string>& version) {
  if (zip.has_value() == (bucket.has_value() || key.has_value()) ||
      bucket.has_value() != key.has_value())
    return invalid_parameter("Please provide a source for function code.");
  if (zip) {
    context.prepare = [this, zip = *zip](CodeStore::Done done) mutable {
      code_.store(std::move(zip), std::move(done));
    };
    return {};
  }
  auto object = parts_.objects.open_object(*bucket, *key, version.value_or(""));
  if (!object) return object_not_read(object.error());
  context.prepare = [this, object = *object](CodeStore::Done done) {
    code_.store(object, std::move(done));
  };
  return {};
}

void Lambda::seal_variables(FunctionRecord& record, const StringMap& variables) {
  record.sealed_environment.clear();
  if (!variables.empty())
    record.sealed_environment =
        env_.vault.seal(to_json(to_value(variables)), record.environment_purpose());
}

shape::FunctionConfiguration Lambda::shown(const FunctionRecord& record) const {
  auto out = record.configuration;
  if (record.sealed_environment.empty()) return out;
  const auto variables =
      parse_json(env_.vault.open_sealed(record.sealed_environment, record.environment_purpose()));
  auto& environment = out.Environment.emplace();
  from_value(variables.value_or(Value()), environment.Variables);
  return out;
}

const FunctionRecord& Lambda::put_changed(FunctionRecord record) {
  record.configuration.LastModified = last_modified(env_.clock.now());
  record.configuration.RevisionId = env_.rng.uuid();
  const std::string key = record.key();
  environments_.retire(key);
  return tables_.functions.put(key, std::move(record));
}

Outcome<shape::FunctionConfiguration> Lambda::create_function(
    Context& context, const shape::CreateFunctionRequest& request) {
  const auto name = parse_function_name(context, request.FunctionName, std::nullopt);
  if (!name) return std::unexpected(name.error());
  if (!name->qualifier.empty())
    return invalid_parameter(
        "A qualifier is not part of a new function's name");  // guess: the words
  if (auto ok = check_create(request); !ok) return std::unexpected(ok.error());
  StringMap variables;
  if (request.Environment) variables = request.Environment->Variables;
  if (auto ok = check_variables(variables); !ok) return std::unexpected(ok.error());
  const auto logging = logging_of(request.LoggingConfig, name->name);
  if (!logging) return std::unexpected(logging.error());
  if (tables_.functions.contains(name->key()))
    return conflict("Function already exist: " + name->name);
  if (tables_.functions.size() >= kMaxFunctions)
    return user_error("CodeStorageExceededException", "Code storage limit exceeded.", 400);
  if (auto ok = check_role(request.Role); !ok) return std::unexpected(ok.error());
  if (!context.prepared) {
    const auto& code = request.Code;
    if (auto ok =
            prepare_code(context, code.ZipFile, code.S3Bucket, code.S3Key, code.S3ObjectVersion);
        !ok)
      return std::unexpected(ok.error());
    return shape::FunctionConfiguration{};
  }
  FunctionRecord record;
  record.id = env_.rng.uuid();
  record.region = context.region;
  record.tags = request.Tags;
  record.configuration = unchanging();
  auto& configuration = record.configuration;
  configuration.FunctionName = name->name;
  configuration.FunctionArn = function_arn(context.region, context.account, name->name);
  configuration.Runtime = request.Runtime;
  configuration.Handler = request.Handler;
  configuration.Role = request.Role;
  configuration.Description = request.Description.value_or("");
  configuration.Timeout = request.Timeout.value_or(kDefaultTimeout);
  configuration.MemorySize = request.MemorySize.value_or(kDefaultMemory);
  configuration.LoggingConfig = *logging;
  take_code(record, static_cast<const StoredCode&>(*context.prepared));
  seal_variables(record, variables);
  const auto& made = put_changed(std::move(record));
  return shown(request.Publish.value_or(false) ? publish(made, std::nullopt) : made);
}

Outcome<shape::FunctionConfiguration> Lambda::update_code(
    Context& context, const shape::UpdateFunctionCodeRequest& request) {
  const auto found = function(context, request.FunctionName, std::nullopt);
  if (!found) return std::unexpected(found.error());
  if (request.ImageUri) return not_served("container images (ImageUri)");
  if (request.PublishTo) return not_served("PublishTo");
  if (request.SourceKMSKeyArn) return not_served("SourceKMSKeyArn");
  if (auto ok = check_architectures(request.Architectures); !ok) return std::unexpected(ok.error());
  if (other_revision(request.RevisionId, **found)) return revision_mismatch();
  if (!context.prepared) {
    if (auto ok = prepare_code(context, request.ZipFile, request.S3Bucket, request.S3Key,
                               request.S3ObjectVersion);
        !ok)
      return std::unexpected(ok.error());
    return shape::FunctionConfiguration{};
  }
  FunctionRecord changed = **found;
  take_code(changed, static_cast<const StoredCode&>(*context.prepared));
  if (request.DryRun.value_or(false)) return shown(changed);
  const auto& made = put_changed(std::move(changed));
  return shown(request.Publish.value_or(false) ? publish(made, std::nullopt) : made);
}

Outcome<shape::FunctionConfiguration> Lambda::update_configuration(
    Context& context, const shape::UpdateFunctionConfigurationRequest& request) {
  const auto found = function(context, request.FunctionName, std::nullopt);
  if (!found) return std::unexpected(found.error());
  if (auto ok = check_unserved(request); !ok) return std::unexpected(ok.error());
  if (request.Runtime)
    if (auto ok = check_runtime(*request.Runtime); !ok) return std::unexpected(ok.error());
  if (auto ok = check_numbers(request.Timeout, request.MemorySize); !ok)
    return std::unexpected(ok.error());
  if (other_revision(request.RevisionId, **found)) return revision_mismatch();
  if (request.Role)
    if (auto ok = check_role(*request.Role); !ok) return std::unexpected(ok.error());
  FunctionRecord changed = **found;
  auto& configuration = changed.configuration;
  const auto take = [](auto& member, const auto& given) {
    if (given) member = given;
  };
  take(configuration.Role, request.Role);
  take(configuration.Handler, request.Handler);
  take(configuration.Description, request.Description);
  take(configuration.Timeout, request.Timeout);
  take(configuration.MemorySize, request.MemorySize);
  take(configuration.Runtime, request.Runtime);
  if (request.LoggingConfig) {
    const auto logging = logging_of(request.LoggingConfig, changed.name());
    if (!logging) return std::unexpected(logging.error());
    configuration.LoggingConfig = *logging;
  }
  if (request.Environment) {
    const StringMap variables = request.Environment->Variables;
    if (auto ok = check_variables(variables); !ok) return std::unexpected(ok.error());
    seal_variables(changed, variables);
  }
  return shown(put_changed(std::move(changed)));
}

Outcome<shape::GetFunctionResponse> Lambda::get_function(Context& context,
                                                         const shape::GetFunctionRequest& request) {
  const auto found = qualified(context, request.FunctionName, request.Qualifier);
  if (!found) return std::unexpected(found.error());
  const auto& record = *found->record;
  shape::GetFunctionResponse reply;
  reply.Configuration = shown(record);
  reply.Configuration->FunctionArn = found->arn;
  auto& code = reply.Code.emplace();
  code.RepositoryType = "S3";
  code.Location = parts_.endpoint() + "/_seatrial/lambda/" + record.code;
  if (!record.tags.empty()) reply.Tags = model::Map<std::string>(record.tags);
  return reply;
}

Outcome<shape::FunctionConfiguration> Lambda::get_configuration(
    Context& context, const shape::GetFunctionConfigurationRequest& request) {
  const auto found = qualified(context, request.FunctionName, request.Qualifier);
  if (!found) return std::unexpected(found.error());
  auto configuration = shown(*found->record);
  configuration.FunctionArn = found->arn;
  return configuration;
}

Outcome<shape::ListFunctionsResponse> Lambda::list_functions(
    Context& context, const shape::ListFunctionsRequest& request) {
  if (request.MasterRegion) return not_served("MasterRegion (functions of Lambda@Edge)");
  std::string after = context.region + "/";
  if (request.Marker) {
    const auto key = room::page_token_key(*request.Marker);
    if (!key) return invalid_parameter("Invalid Marker");
    after = *key;
  }
  const auto most = std::min<std::size_t>(
      request.MaxItems ? static_cast<std::size_t>(*request.MaxItems) : kPage, kPage);
  shape::ListFunctionsResponse reply;
  reply.Functions.given = true;
  std::string last;
  std::map<std::string, const FunctionRecord*> rows;
  const auto add = [&](const auto& table) {
    for (const auto& [key, record] : table.with_prefix(context.region + "/"))
      if (key > after) rows[key] = &record;
  };
  add(tables_.functions);
  if (request.FunctionVersion) add(tables_.versions);  // ALL
  for (const auto& [key, record] : rows) {
    if (reply.Functions.size() == most) {
      reply.NextMarker = room::page_token(last);
      break;
    }
    auto one = shown(*record);
    if (request.FunctionVersion && !record->is_version())
      one.FunctionArn = *one.FunctionArn + ":$LATEST";
    reply.Functions.push_back(std::move(one));
    last = key;
  }
  return reply;
}

Outcome<shape::DeleteFunctionResponse> Lambda::delete_function(
    Context& context, const shape::DeleteFunctionRequest& request) {
  const auto found = qualified(context, request.FunctionName, request.Qualifier);
  if (!found) return std::unexpected(found.error());
  if (found->alias != nullptr)
    return invalid_parameter("Deletion of aliases is not currently supported.");
  if (request.Qualifier && !found->record->is_version())
    return invalid_parameter("$LATEST version cannot be deleted without deleting the function.");
  if (found->record->is_version()) {
    if (auto ok = delete_version(*found->record); !ok) return std::unexpected(ok.error());
  } else {
    const std::string key = found->record->key();
    forget_versions(key);
    environments_.retire(key);
    tables_.functions.erase(key);
  }
  context.status = 204;
  shape::DeleteFunctionResponse reply;
  reply.StatusCode = 204;
  return reply;
}

}  // namespace seatrial::services::lambda
