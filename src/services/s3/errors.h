// The errors of S3, in AWS's words. What AWS adds to one (BucketName, Key, ...) is in the details:
// wire/rest_xml.cc writes them as elements, and as headers those that are named so.
// Source: "Error responses" of the S3 API reference.
#pragma once
#include <string>

#include "model/aws_error.h"

namespace seatrial::services::s3 {

inline std::unexpected<model::AwsError> refused(std::string code, std::string message, int status,
                                                Object details = {}) {
  return std::unexpected(model::AwsError{std::move(code), std::move(message), status, status >= 500,
                                         std::move(details)});
}

inline auto no_such_bucket(const std::string& name) {
  return refused("NoSuchBucket", "The specified bucket does not exist", 404,
                 {{"BucketName", name}});
}
inline auto no_such_key(const std::string& key) {
  return refused("NoSuchKey", "The specified key does not exist.", 404, {{"Key", key}});
}
inline auto no_such_version(const std::string& key, const std::string& version) {
  return refused("NoSuchVersion", "The specified version does not exist.", 404,
                 {{"Key", key}, {"VersionId", version}});
}
inline auto no_such_upload(const std::string& id) {
  return refused("NoSuchUpload",
                 "The specified upload does not exist. The upload ID may be invalid, or the upload "
                 "may have been aborted or completed.",
                 404, {{"UploadId", id}});
}
inline auto invalid_argument(std::string message, const std::string& name,
                             const std::string& value) {
  return refused("InvalidArgument", std::move(message), 400,
                 {{"ArgumentName", name}, {"ArgumentValue", value}});
}
inline auto invalid_request(std::string message) {
  return refused("InvalidRequest", std::move(message), 400);
}
inline auto malformed_xml() {
  return refused("MalformedXML",
                 "The XML you provided was not well-formed or did not validate against our "
                 "published schema",
                 400);
}
// S3's own answer to a header whose function it does not have.
inline auto not_implemented(const std::string& header, const std::string& why) {
  return refused("NotImplemented",
                 "A header you provided implies functionality that is not implemented: " + why, 501,
                 {{"Header", header}});
}
inline auto precondition_failed(const std::string& condition) {
  return refused("PreconditionFailed",
                 "At least one of the pre-conditions you specified did not hold", 412,
                 {{"Condition", condition}});
}
inline auto bad_part_number() {
  return invalid_argument("Part number must be an integer between 1 and 10000, inclusive",
                          "partNumber", "");
}
inline auto access_denied() { return refused("AccessDenied", "Access Denied", 403); }

}  // namespace seatrial::services::s3
