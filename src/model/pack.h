// AWS's service models, all of them, as one read-only pack that is part of the binary.
//
// Problem: 400-odd services with 18,000 operations must be there at start without parsing.
// Choice: tools/modelc writes flat tables (fixed-size rows, indices instead of pointers, one string
// pool) which the linker embeds; the views below are indices into them, so loading is mapping.
// Rejected: JSON at run time (seconds), generated C++ for all services (minutes of compiling).
// The other half: tools/modelc/ (writer), model/pack.cc (reader), docs/ARCHITECTURE.md.
//
// Where a reference and the shape it names both carry a trait (locationName, xmlNamespace,
// flattened, timestampFormat, ...), Member gives the reference's, else the shape's, as clients do.
//
// All views are small values that stay valid for the program's life. Any thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::model {

enum class Kind : std::uint8_t {
  kStructure, kList, kMap, kString, kBlob, kBoolean, kInteger, kLong, kFloat, kDouble, kTimestamp,
  kDocument  // a structure marked "document": any JSON
};

enum class Protocol : std::uint8_t { kQuery, kEc2, kJson, kRestJson, kRestXml, kCbor };

enum class Location : std::uint8_t { kBody, kHeader, kHeaders, kQueryString, kUri, kStatusCode };

enum class TimestampFormat : std::uint8_t { kDefault, kIso8601, kUnix, kRfc822 };

class Shape;
class Operation;
class Service;

// A structure's member, a list's element or a map's key or value: a shape and how it is written.
class Member {
 public:
  std::string_view name() const;           // "clusterName"; "member"/"key"/"value" where unnamed
  std::string_view location_name() const;  // the model's locationName, else empty
  std::string_view query_name() const;     // ec2's queryName, else empty
  Location location() const;
  bool required() const;
  bool flattened() const;        // on the member or on its shape
  bool xml_attribute() const;
  bool streaming() const;
  bool idempotency_token() const;
  bool host_label() const;
  bool deprecated() const;
  bool event_payload() const;
  bool event_header() const;
  TimestampFormat timestamp_format() const;  // the member's, else the shape's
  std::string_view xml_namespace() const;    // uri, else empty
  std::string_view xml_prefix() const;       // "xsi", else empty
  Shape shape() const;

 private:
  friend class Shape;
  friend class Operation;
  explicit Member(std::uint32_t row) : row_(row) {}
  std::uint32_t row_;
};

class Shape {
 public:
  std::string_view name() const;
  Kind kind() const;
  // Structure: members in the model's order; the name look-up is a binary search.
  std::uint32_t member_count() const;
  Member member(std::uint32_t index) const;
  std::optional<Member> find(std::string_view member_name) const;
  // List: element(). Map: key(), value().
  Member element() const;
  Member key() const;
  Member value() const;
  bool flattened() const;
  // Constraints: of the length for strings, blobs, lists and maps, of the value for numbers.
  std::optional<double> min() const;
  std::optional<double> max() const;
  std::string_view pattern() const;  // regular expression as in the model, else empty
  std::uint32_t enum_count() const;
  std::string_view enum_value(std::uint32_t index) const;
  bool sensitive() const;
  bool streaming() const;
  bool event_stream() const;
  bool event() const;
  bool is_union() const;
  bool json_value() const;            // a string that carries JSON (jsonvalue trait)
  std::string_view payload() const;   // the structure's payload member, else empty
  TimestampFormat timestamp_format() const;
  // Errors: the code on the wire (error.code, else the shape's name), HTTP status (0 = unset).
  bool exception() const;
  bool fault() const;                 // the server's fault (5xx)
  std::string_view error_code() const;
  int error_status() const;
  std::string_view xml_namespace() const;
  std::string_view location_name() const;  // the shape's own locationName (rest-xml wrappers)
  std::uint32_t id() const { return row_; }
  bool operator==(const Shape&) const = default;

 private:
  friend class Member;
  friend class Operation;
  friend class Service;
  explicit Shape(std::uint32_t row) : row_(row) {}
  std::uint32_t row_;
};

class Waiter {
 public:
  std::string_view name() const;        // "ServicesStable"
  std::string_view cli_name() const;    // "services-stable"
  std::string_view operation() const;   // "DescribeServices"
  int delay_s() const;
  int max_attempts() const;
  std::string_view acceptors_json() const;  // the model's acceptor list as JSON text

 private:
  friend class Service;
  explicit Waiter(std::uint32_t row) : row_(row) {}
  std::uint32_t row_;
};

struct Paginator {
  std::vector<std::string_view> input_tokens, output_tokens, result_keys;
  std::string_view limit_key, more_results;
};

class Operation {
 public:
  std::string_view name() const;      // "DescribeServices"
  std::string_view cli_name() const;  // "describe-services" (botocore's xform_name with '-')
  std::string_view method() const;
  std::string_view request_uri() const;  // "/2015-03-31/functions/{FunctionName}/invocations"
  int success_status() const;            // 0 = unset (200)
  std::optional<Shape> input() const;
  std::optional<Shape> output() const;
  Member input_member() const;           // how the input is written (rest-xml locationName, namespace)
  bool has_input_member() const;
  std::string_view result_wrapper() const;  // query: "DescribeStacksResult", else empty
  std::uint32_t error_count() const;
  Shape error(std::uint32_t index) const;
  std::string_view endpoint_prefix() const;  // endpoint.hostPrefix: "{AccountId}.", else empty
  bool deprecated() const;
  bool auth_none() const;
  bool event_stream_output() const;
  std::optional<Paginator> paginator() const;
  Service service() const;
  std::uint32_t id() const { return row_; }
  bool operator==(const Operation&) const = default;

 private:
  friend class Service;
  explicit Operation(std::uint32_t row) : row_(row) {}
  std::uint32_t row_;
};

class Service {
 public:
  std::string_view name() const;             // botocore's and the CLI's directory name: "ecs", "elbv2"
  std::string_view service_id() const;       // "ECS", "Elastic Load Balancing v2"
  std::string_view full_name() const;        // "Amazon EC2 Container Service"
  std::string_view endpoint_prefix() const;  // "ecs", "elasticloadbalancing", "monitoring"
  std::string_view signing_name() const;
  std::string_view target_prefix() const;    // "AmazonEC2ContainerServiceV20141113"
  std::string_view api_version() const;      // "2014-11-13"
  std::string_view json_version() const;     // "1.1", "1.0", else empty
  std::string_view xml_namespace() const;
  bool query_compatible() const;             // awsQueryCompatible
  bool supports(Protocol p) const;
  Protocol protocol() const;                 // the one botocore prefers
  std::uint32_t operation_count() const;     // sorted by name
  Operation operation(std::uint32_t index) const;
  std::optional<Operation> find_operation(std::string_view name) const;
  std::optional<Operation> find_cli_operation(std::string_view cli_name) const;
  std::optional<Shape> find_shape(std::string_view name) const;
  std::uint32_t waiter_count() const;
  Waiter waiter(std::uint32_t index) const;
  std::uint32_t id() const { return row_; }
  bool operator==(const Service&) const = default;

 private:
  friend class Operation;
  friend std::uint32_t service_count();
  friend Service service(std::uint32_t);
  explicit Service(std::uint32_t row) : row_(row) {}
  std::uint32_t row_;
};

std::uint32_t service_count();                // sorted by name
Service service(std::uint32_t index);
std::optional<Service> find_service(std::string_view name);  // by directory name
// All services that sign with this name ("ecs"; "elasticloadbalancing" gives elb and elbv2).
std::vector<Service> find_by_signing_name(std::string_view signing_name);
// By the part of X-Amz-Target before the dot; several API versions may share none.
std::optional<Service> find_by_target_prefix(std::string_view target_prefix);
std::string_view pack_version();              // the botocore version the pack was made from
std::size_t pack_size_bytes();

}  // namespace seatrial::model
