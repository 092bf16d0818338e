// Reader of models.pack: casts the embedded tables and indexes them; nothing runs at start.
//
// The rows below repeat the layout that tools/modelc/pack.py writes; kMagic changes with it. The
// pack is made by the same build that embeds it, so only its magic and bounds of what callers pass
// are checked.
#include "model/pack.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "base/check.h"

extern "C" {
extern const char seatrial_models_pack[];
extern const char seatrial_models_pack_end[];
}

namespace seatrial::model {
namespace {

constexpr std::string_view kMagic = "STPACK01";

using Text = std::uint32_t;  // offset in the string pool

struct ServiceRow {
  Text name, service_id, full_name, endpoint_prefix, signing_name, target_prefix, api_version,
      json_version, xml_namespace;
  std::uint32_t flags, first_operation, operations, first_shape, shapes, first_waiter, waiters;
};
struct OperationRow {
  Text name, cli_name, method, uri;
  std::uint32_t input, output;  // member and shape, plus one
  Text result_wrapper;
  std::uint32_t first_error;
  std::uint16_t errors, status;
  Text host_prefix;
  std::uint16_t flags, service;
  std::uint32_t paginator;  // plus one
};
struct ShapeRow {
  Text name;
  std::uint32_t first;  // of members, or of enum values
  std::uint16_t count, limits;
  std::uint32_t flags, extra;
};
struct MemberRow {
  Text name;
  std::uint32_t shape;
  Text location_name;
  std::uint32_t extra, flags;
};
struct LimitsRow {
  std::uint32_t has_min, has_max;
  double min, max;
};
struct ShapeExtraRow {
  Text pattern, payload, error_code;
  std::uint32_t error_status;
  Text xml_namespace, location_name;
};
struct MemberExtraRow {
  Text query_name, xml_namespace, xml_prefix;
};
struct WaiterRow {
  Text name, cli_name, operation;
  std::uint32_t delay_s, max_attempts;
  Text acceptors;
};
struct PaginatorRow {
  std::uint32_t input, inputs, output, outputs, result, results;
  Text limit_key, more_results;
};
static_assert(sizeof(ServiceRow) == 64 && sizeof(OperationRow) == 48 && sizeof(ShapeRow) == 20);
static_assert(sizeof(MemberRow) == 20 && sizeof(LimitsRow) == 24 && sizeof(PaginatorRow) == 32);

enum Section : std::uint32_t {
  kStrings,
  kServices,
  kOperations,
  kShapes,
  kMembers,
  kMemberOrder,
  kEnums,
  kLimits,
  kShapeExtras,
  kMemberExtras,
  kErrors,
  kWaiters,
  kPaginators,
  kPaginatorStrings,
  kCliOrder,
  kBySigningName,
  kByTargetPrefix
};

struct SectionEntry {
  std::uint32_t offset, count;
};
struct Header {
  char magic[8];
  Text version;
  std::uint32_t sections;
  SectionEntry section[kByTargetPrefix + 1];
};

const Header& header() { return *reinterpret_cast<const Header*>(seatrial_models_pack); }

template <class Row>
const Row* rows(Section section) {
  return reinterpret_cast<const Row*>(seatrial_models_pack + header().section[section].offset);
}

std::string_view text(Text offset) {
  const char* at = rows<char>(kStrings) + offset;
  std::uint16_t length;
  std::memcpy(&length, at, sizeof length);
  return {at + sizeof length, length};
}

const ServiceRow& service_row(std::uint32_t i) { return rows<ServiceRow>(kServices)[i]; }
const OperationRow& operation_row(std::uint32_t i) { return rows<OperationRow>(kOperations)[i]; }
const ShapeRow& shape_row(std::uint32_t i) { return rows<ShapeRow>(kShapes)[i]; }
const MemberRow& member_row(std::uint32_t i) { return rows<MemberRow>(kMembers)[i]; }
const WaiterRow& waiter_row(std::uint32_t i) { return rows<WaiterRow>(kWaiters)[i]; }
const ShapeExtraRow& extra_of(const ShapeRow& row) {
  return rows<ShapeExtraRow>(kShapeExtras)[row.extra];
}
const MemberExtraRow& extra_of(const MemberRow& row) {
  return rows<MemberExtraRow>(kMemberExtras)[row.extra];
}
const LimitsRow& limits_of(const ShapeRow& row) { return rows<LimitsRow>(kLimits)[row.limits]; }

// Bits of the rows' flags, as pack.py numbers them.
bool member_flag(std::uint32_t row, int bit) { return member_row(row).flags >> bit & 1; }
bool shape_flag(std::uint32_t row, int bit) { return shape_row(row).flags >> (8 + bit) & 1; }

// The first i in [0, count) for which name_at(i) is not less than `name`.
template <class NameAt>
std::uint32_t lower_bound(std::uint32_t count, std::string_view name, NameAt name_at) {
  std::uint32_t low = 0;
  while (low < count) {
    const std::uint32_t middle = low + (count - low) / 2;
    if (name_at(middle) < name) {
      low = middle + 1;
    } else {
      count = middle;
    }
  }
  return low;
}

template <class NameAt>
std::optional<std::uint32_t> find_name(std::uint32_t count, std::string_view name, NameAt name_at) {
  const std::uint32_t at = lower_bound(count, name, name_at);
  if (at == count || name_at(at) != name) return std::nullopt;
  return at;
}

std::vector<std::string_view> paginator_texts(std::uint32_t first, std::uint32_t count) {
  std::vector<std::string_view> out(count);
  for (std::uint32_t i = 0; i < count; ++i) out[i] = text(rows<Text>(kPaginatorStrings)[first + i]);
  return out;
}

}  // namespace

std::string_view Member::name() const { return text(member_row(row_).name); }
std::string_view Member::location_name() const { return text(member_row(row_).location_name); }
std::string_view Member::query_name() const { return text(extra_of(member_row(row_)).query_name); }
Location Member::location() const {
  return static_cast<Location>(member_row(row_).flags >> 12 & 0xF);
}
bool Member::required() const { return member_flag(row_, 0); }
bool Member::flattened() const { return member_flag(row_, 1); }
bool Member::xml_attribute() const { return member_flag(row_, 2); }
bool Member::streaming() const { return member_flag(row_, 3); }
bool Member::idempotency_token() const { return member_flag(row_, 4); }
bool Member::host_label() const { return member_flag(row_, 5); }
bool Member::deprecated() const { return member_flag(row_, 6); }
bool Member::event_payload() const { return member_flag(row_, 7); }
bool Member::event_header() const { return member_flag(row_, 8); }
TimestampFormat Member::timestamp_format() const {
  return static_cast<TimestampFormat>(member_row(row_).flags >> 16 & 0xF);
}
std::string_view Member::xml_namespace() const {
  return text(extra_of(member_row(row_)).xml_namespace);
}
std::string_view Member::xml_prefix() const { return text(extra_of(member_row(row_)).xml_prefix); }
Shape Member::shape() const { return Shape(member_row(row_).shape); }

std::string_view Shape::name() const { return text(shape_row(row_).name); }
Kind Shape::kind() const { return static_cast<Kind>(shape_row(row_).flags & 0xF); }

std::uint32_t Shape::member_count() const {
  const bool has_members = kind() == Kind::kStructure || kind() == Kind::kDocument;
  return has_members ? shape_row(row_).count : 0;
}

Member Shape::member(std::uint32_t index) const {
  ST_CHECK(index < member_count(), "member index past the shape's end");
  return Member(shape_row(row_).first + index);
}

std::optional<Member> Shape::find(std::string_view member_name) const {
  const std::uint32_t first = shape_row(row_).first;
  const std::uint16_t* order = rows<std::uint16_t>(kMemberOrder) + first;
  const auto at = find_name(member_count(), member_name, [&](std::uint32_t i) {
    return text(member_row(first + order[i]).name);
  });
  if (!at) return std::nullopt;
  return Member(first + order[*at]);
}

Member Shape::element() const {
  ST_CHECK(kind() == Kind::kList, "element of a shape that is no list");
  return Member(shape_row(row_).first);
}
Member Shape::key() const {
  ST_CHECK(kind() == Kind::kMap, "key of a shape that is no map");
  return Member(shape_row(row_).first);
}
Member Shape::value() const {
  ST_CHECK(kind() == Kind::kMap, "value of a shape that is no map");
  return Member(shape_row(row_).first + 1);
}
bool Shape::flattened() const { return shape_flag(row_, 0); }

std::optional<double> Shape::min() const {
  const LimitsRow& limits = limits_of(shape_row(row_));
  return limits.has_min != 0 ? std::optional(limits.min) : std::nullopt;
}
std::optional<double> Shape::max() const {
  const LimitsRow& limits = limits_of(shape_row(row_));
  return limits.has_max != 0 ? std::optional(limits.max) : std::nullopt;
}
std::string_view Shape::pattern() const { return text(extra_of(shape_row(row_)).pattern); }

std::uint32_t Shape::enum_count() const {
  return kind() == Kind::kString ? shape_row(row_).count : 0;
}
std::string_view Shape::enum_value(std::uint32_t index) const {
  ST_CHECK(index < enum_count(), "enum index past the shape's end");
  return text(rows<Text>(kEnums)[shape_row(row_).first + index]);
}

bool Shape::sensitive() const { return shape_flag(row_, 1); }
bool Shape::streaming() const { return shape_flag(row_, 2); }
bool Shape::event_stream() const { return shape_flag(row_, 3); }
bool Shape::event() const { return shape_flag(row_, 4); }
bool Shape::is_union() const { return shape_flag(row_, 5); }
bool Shape::json_value() const { return shape_flag(row_, 6); }
bool Shape::exception() const { return shape_flag(row_, 7); }
bool Shape::fault() const { return shape_flag(row_, 8); }
std::string_view Shape::payload() const { return text(extra_of(shape_row(row_)).payload); }
TimestampFormat Shape::timestamp_format() const {
  return static_cast<TimestampFormat>(shape_row(row_).flags >> 4 & 0xF);
}
std::string_view Shape::error_code() const {
  const std::string_view code = text(extra_of(shape_row(row_)).error_code);
  return code.empty() ? name() : code;
}
int Shape::error_status() const { return static_cast<int>(extra_of(shape_row(row_)).error_status); }
std::string_view Shape::xml_namespace() const {
  return text(extra_of(shape_row(row_)).xml_namespace);
}
std::string_view Shape::location_name() const {
  return text(extra_of(shape_row(row_)).location_name);
}

std::string_view Waiter::name() const { return text(waiter_row(row_).name); }
std::string_view Waiter::cli_name() const { return text(waiter_row(row_).cli_name); }
std::string_view Waiter::operation() const { return text(waiter_row(row_).operation); }
int Waiter::delay_s() const { return static_cast<int>(waiter_row(row_).delay_s); }
int Waiter::max_attempts() const { return static_cast<int>(waiter_row(row_).max_attempts); }
std::string_view Waiter::acceptors_json() const { return text(waiter_row(row_).acceptors); }

std::string_view Operation::name() const { return text(operation_row(row_).name); }
std::string_view Operation::cli_name() const { return text(operation_row(row_).cli_name); }
std::string_view Operation::method() const { return text(operation_row(row_).method); }
std::string_view Operation::request_uri() const { return text(operation_row(row_).uri); }
int Operation::success_status() const { return operation_row(row_).status; }

std::optional<Shape> Operation::input() const {
  if (!has_input_member()) return std::nullopt;
  return input_member().shape();
}
std::optional<Shape> Operation::output() const {
  const std::uint32_t output = operation_row(row_).output;
  if (output == 0) return std::nullopt;
  return Shape(output - 1);
}
Member Operation::input_member() const {
  ST_CHECK(has_input_member(), "input member of an operation without input");
  return Member(operation_row(row_).input - 1);
}
bool Operation::has_input_member() const { return operation_row(row_).input != 0; }
std::string_view Operation::result_wrapper() const {
  return text(operation_row(row_).result_wrapper);
}
std::uint32_t Operation::error_count() const { return operation_row(row_).errors; }
Shape Operation::error(std::uint32_t index) const {
  ST_CHECK(index < error_count(), "error index past the operation's end");
  return Shape(rows<std::uint32_t>(kErrors)[operation_row(row_).first_error + index]);
}
std::string_view Operation::endpoint_prefix() const {
  return text(operation_row(row_).host_prefix);
}
bool Operation::deprecated() const { return operation_row(row_).flags & 1; }
bool Operation::auth_none() const { return operation_row(row_).flags >> 1 & 1; }
bool Operation::event_stream_output() const { return operation_row(row_).flags >> 2 & 1; }

std::optional<Paginator> Operation::paginator() const {
  const std::uint32_t index = operation_row(row_).paginator;
  if (index == 0) return std::nullopt;
  const PaginatorRow& row = rows<PaginatorRow>(kPaginators)[index - 1];
  return Paginator{paginator_texts(row.input, row.inputs), paginator_texts(row.output, row.outputs),
                   paginator_texts(row.result, row.results), text(row.limit_key),
                   text(row.more_results)};
}
Service Operation::service() const { return model::service(operation_row(row_).service); }

std::string_view Service::name() const { return text(service_row(row_).name); }
std::string_view Service::service_id() const { return text(service_row(row_).service_id); }
std::string_view Service::full_name() const { return text(service_row(row_).full_name); }
std::string_view Service::endpoint_prefix() const {
  return text(service_row(row_).endpoint_prefix);
}
std::string_view Service::signing_name() const { return text(service_row(row_).signing_name); }
std::string_view Service::target_prefix() const { return text(service_row(row_).target_prefix); }
std::string_view Service::api_version() const { return text(service_row(row_).api_version); }
std::string_view Service::json_version() const { return text(service_row(row_).json_version); }
std::string_view Service::xml_namespace() const { return text(service_row(row_).xml_namespace); }
bool Service::query_compatible() const { return service_row(row_).flags & 1; }
bool Service::supports(Protocol p) const {
  return service_row(row_).flags >> (8 + static_cast<unsigned>(p)) & 1;
}
Protocol Service::protocol() const {
  return static_cast<Protocol>(service_row(row_).flags >> 4 & 0xF);
}

std::uint32_t Service::operation_count() const { return service_row(row_).operations; }
Operation Service::operation(std::uint32_t index) const {
  ST_CHECK(index < operation_count(), "operation index past the service's end");
  return Operation(service_row(row_).first_operation + index);
}

std::optional<Operation> Service::find_operation(std::string_view name) const {
  const std::uint32_t first = service_row(row_).first_operation;
  const auto at = find_name(operation_count(), name,
                            [&](std::uint32_t i) { return text(operation_row(first + i).name); });
  if (!at) return std::nullopt;
  return Operation(first + *at);
}

std::optional<Operation> Service::find_cli_operation(std::string_view cli_name) const {
  const std::uint32_t first = service_row(row_).first_operation;
  const std::uint16_t* order = rows<std::uint16_t>(kCliOrder) + first;
  const auto at = find_name(operation_count(), cli_name, [&](std::uint32_t i) {
    return text(operation_row(first + order[i]).cli_name);
  });
  if (!at) return std::nullopt;
  return Operation(first + order[*at]);
}

std::optional<Shape> Service::find_shape(std::string_view name) const {
  const ServiceRow& row = service_row(row_);
  const auto at = find_name(
      row.shapes, name, [&](std::uint32_t i) { return text(shape_row(row.first_shape + i).name); });
  if (!at) return std::nullopt;
  return Shape(row.first_shape + *at);
}

std::uint32_t Service::waiter_count() const { return service_row(row_).waiters; }
Waiter Service::waiter(std::uint32_t index) const {
  ST_CHECK(index < waiter_count(), "waiter index past the service's end");
  return Waiter(service_row(row_).first_waiter + index);
}

std::uint32_t service_count() {
  ST_CHECK(std::string_view(header().magic, kMagic.size()) == kMagic,
           "models.pack has another layout than its reader");
  return header().section[kServices].count;
}

Service service(std::uint32_t index) {
  ST_CHECK(index < service_count(), "service index past the pack's end");
  return Service(index);
}

std::optional<Service> find_service(std::string_view name) {
  const auto at =
      find_name(service_count(), name, [](std::uint32_t i) { return text(service_row(i).name); });
  if (!at) return std::nullopt;
  return service(*at);
}

std::vector<Service> find_by_signing_name(std::string_view signing_name) {
  const auto* order = rows<std::uint32_t>(kBySigningName);
  const auto name_at = [&](std::uint32_t i) { return text(service_row(order[i]).signing_name); };
  std::vector<Service> found;
  std::uint32_t at = lower_bound(service_count(), signing_name, name_at);
  for (; at < service_count() && name_at(at) == signing_name; ++at) {
    found.push_back(service(order[at]));
  }
  return found;
}

std::optional<Service> find_by_target_prefix(std::string_view target_prefix) {
  if (target_prefix.empty()) return std::nullopt;
  const auto* order = rows<std::uint32_t>(kByTargetPrefix);
  const auto at = find_name(service_count(), target_prefix, [&](std::uint32_t i) {
    return text(service_row(order[i]).target_prefix);
  });
  if (!at) return std::nullopt;
  return service(order[*at]);
}

std::string_view pack_version() { return text(header().version); }

std::size_t pack_size_bytes() {
  return static_cast<std::size_t>(seatrial_models_pack_end - seatrial_models_pack);
}

}  // namespace seatrial::model
