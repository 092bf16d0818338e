// What other rooms may ask of S3: to put what they deliver into a bucket, and to read an object.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "room/room.h"
#include "wire/message.h"

namespace seatrial::services::s3 {

// Control thread.
class ObjectSink {
 public:
  // Empty when the object is durable, else why it is not.
  using Done = std::function<void(const std::string& error)>;

  virtual ~ObjectSink() = default;
  // Empty when there is no such bucket.
  virtual std::optional<std::string> region_of_bucket(const std::string& bucket) const = 0;
  // `done` on the control thread. Never from inside a handler's transaction: it makes its own.
  virtual void put_object(const std::string& bucket, const std::string& key, std::string bytes,
                          const std::string& content_type, const std::string& content_encoding,
                          Done done) = 0;
};

class ObjectSource {  // control thread
 public:
  virtual ~ObjectSource() = default;
  // The object's bytes, to be read on any thread, in chunks that are there at once. An empty
  // version is the current one. Errors as GetObject gives them.
  virtual room::Outcome<std::shared_ptr<wire::BodyStream>> open_object(
      const std::string& bucket, const std::string& key, const std::string& version_id) = 0;
};

class BucketGrants {  // control thread
 public:
  virtual ~BucketGrants() = default;
  // Whether the bucket's policy lets one of these put the object: a service's principal
  // ("logdelivery.elasticloadbalancing.amazonaws.com") on behalf of a resource of this account, or
  // the account of AWS that older policies name instead (empty: none).
  virtual bool lets_put(const std::string& bucket, const std::string& key,
                        const std::string& service, const std::string& service_account,
                        const std::string& source_arn) const = 0;
};

}  // namespace seatrial::services::s3
