// What is delivered at once: records of one stream as objects for S3 and documents for OpenSearch
// or an HTTP endpoint. Pure but for the random parts of names.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/rng.h"
#include "services/firehose/bulk.h"
#include "services/firehose/processors.h"
#include "services/firehose/store.h"

namespace seatrial::services::firehose {

// The S3 side of a destination, whatever its description's type.
struct BucketTarget {
  std::string bucket, prefix, error_prefix, extension;
  bool gzip = false;
};

// A stream's destination as the controller uses it.
struct Target {
  BucketTarget bucket;                 // data, or what an endpoint did not take
  std::optional<BucketTarget> backup;  // a copy of all records as they came
  std::string endpoint;                // of OpenSearch or HTTP, else empty
  bool http = false;                   // an HTTP endpoint
  bool http_gzip = false;              // requests to it are compressed
  std::string common_attributes;       // of its requests, as their header has them
  std::string index, rotation, type;
  bool document_ids = true;
  Processing processing;
  int size_mb = 0, interval_s = 0, retry_s = 0;
  std::string log_group, log_stream;  // of errors; empty: none

  explicit Target(const api::DestinationDescription& destination);

 private:
  template <class Description, class Hints>
  void read_common(const Description& description, const Hints& hints);
  void read_http(const api::HttpEndpointDestinationDescription& description);
};

struct OutgoingObject {
  std::string bucket, key, bytes, content_encoding;
};

struct InputRecord {
  std::string key;  // in the table
  const DataRecord* record = nullptr;
};

struct Batch {
  std::vector<std::string> keys;  // of its records
  std::size_t bytes = 0;          // of their data
  Time oldest{};
  std::vector<OutgoingObject> objects;
  std::vector<Document> documents;  // that the endpoint has not taken yet
  std::vector<Document> failed;     // that it never will
  std::string request_id;           // of requests to an HTTP endpoint, the same at each attempt
  int attempts = 0;
  Time first_failure{};
};

Batch make_batch(const StreamRecord& stream, const Target& target,
                 const std::vector<InputRecord>& records, Time now, Rng& rng);

// The object that tells of documents an endpoint did not take.
OutgoingObject failed_documents(const StreamRecord& stream, const Target& target,
                                const Batch& batch, Time now, Rng& rng);

}  // namespace seatrial::services::firehose
