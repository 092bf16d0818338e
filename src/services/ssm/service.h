// AWS Systems Manager, of which Parameter Store is served. SecureStrings are sealed by the world's
// vault: there is no KMS here, so the only key is alias/aws/ssm.
#pragma once
#include <string>

#include "room/room.h"
#include "services/ssm/api.h"
#include "services/ssm/names.h"
#include "services/ssm/store.h"

namespace seatrial::services::ssm {

constexpr std::size_t kVersionsKept = 100;
constexpr std::size_t kStandardValueBytes = 4096;
constexpr std::size_t kAdvancedValueBytes = 8192;
constexpr std::size_t kTagsPerParameter = 50;
constexpr int kDefaultPage = 10;
constexpr const char* kDefaultKeyId = "alias/aws/ssm";

class Ssm final : public room::Room, public Parameters {
 public:
  explicit Ssm(room::Env& env);

  room::Outcome<std::string> value(const std::string& region,
                                   const std::string& name_or_arn) override;

 private:
  template <class T>
  using Reply = room::Outcome<T>;
  using Context = room::Context;

  Reply<api::PutParameterResult> put_parameter(Context&, const api::PutParameterRequest&);
  Reply<api::DeleteParameterResult> delete_parameter(Context&, const api::DeleteParameterRequest&);
  Reply<api::DeleteParametersResult> delete_parameters(Context&,
                                                       const api::DeleteParametersRequest&);
  Reply<api::GetParameterResult> get_parameter(Context&, const api::GetParameterRequest&);
  Reply<api::GetParametersResult> get_parameters(Context&, const api::GetParametersRequest&);
  Reply<api::GetParametersByPathResult> get_parameters_by_path(
      Context&, const api::GetParametersByPathRequest&);
  Reply<api::GetParameterHistoryResult> get_parameter_history(
      Context&, const api::GetParameterHistoryRequest&);
  Reply<api::DescribeParametersResult> describe_parameters(Context&,
                                                           const api::DescribeParametersRequest&);
  Reply<api::AddTagsToResourceResult> add_tags_to_resource(Context&,
                                                           const api::AddTagsToResourceRequest&);
  Reply<api::RemoveTagsFromResourceResult> remove_tags_from_resource(
      Context&, const api::RemoveTagsFromResourceRequest&);
  Reply<api::ListTagsForResourceResult> list_tags_for_resource(
      Context&, const api::ListTagsForResourceRequest&);

  // The parameter and version that a reference means; "region/name" is its key.
  struct Found {
    std::string key;
    const ParameterRecord* record;
    const api::ParameterHistory* version;
  };
  Reply<Found> find(const std::string& region, const Reference& reference) const;
  Reply<api::Parameter> read(const std::string& region, const std::string& reference,
                             bool decrypt) const;
  api::Parameter shown(const std::string& region, const api::ParameterHistory& version,
                       bool decrypt) const;
  std::string plain(const std::string& region, const api::ParameterHistory& version) const;
  // The new version that a request makes of the parameter, old or none.
  Reply<api::ParameterHistory> next_version(const Context& context,
                                            const api::PutParameterRequest& request,
                                            const ParameterRecord* old);
  // A tagged parameter's key, or InvalidResourceType/InvalidResourceId.
  Reply<std::string> tagged(const Context& context, const std::string& type,
                            const std::string& id) const;

  store::Table<ParameterRecord> parameters_;
};

}  // namespace seatrial::services::ssm
