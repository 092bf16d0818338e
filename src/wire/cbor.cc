// Smithy RPC v2 CBOR (RFC 8949), read and written by shape straight from and to bytes.
#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/check.h"
#include "wire/protocols.h"
#include "wire/scalars.h"
#include "wire/shapes.h"
#include "wire/text.h"
#include "wire/timestamps.h"

namespace seatrial::wire::cbor {
namespace {

using model::Kind;
using model::Member;
using model::Shape;

enum Major : std::uint8_t { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag, kSimple };
constexpr std::uint8_t kIndefinite = 31, kFalse = 20, kTrue = 21, kNull = 22, kUndefined = 23;
constexpr std::uint8_t kHalf = 25, kSingle = 26, kDoubleWidth = 27;
constexpr std::uint64_t kEpochTag = 1, kPositiveBigTag = 2, kNegativeBigTag = 3;

double half_to_double(std::uint64_t half) {
  const int exponent = static_cast<int>(half >> 10 & 31);
  const double fraction = static_cast<double>(half & 1023);
  double value =
      exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25);
  if (exponent == 31) {
    value = fraction == 0 ? std::numeric_limits<double>::infinity()
                          : std::numeric_limits<double>::quiet_NaN();
  }
  return (half & 0x8000) != 0 ? -value : value;
}

struct Head {
  std::uint8_t major = 0, info = 0;
  std::uint64_t argument = 0;
  bool indefinite() const { return info == kIndefinite; }
};

class Reader {
 public:
  Reader(std::string_view bytes, Faults& faults) : rest_(bytes), faults_(faults) {}

  bool at_end() const { return rest_.empty(); }

  Value item(const Shape& shape, int depth) {
    if (depth > kMaxNesting) return fault("The request is nested too deeply.");
    const Head head = read_head();
    if (!faults_.ok() || is_null(head)) return nullptr;
    switch (shape.kind()) {
      case Kind::kStructure:
        return structure(shape, head, depth);
      case Kind::kList:
        return list(shape, head, depth);
      case Kind::kMap:
        return map(shape, head, depth);
      case Kind::kString:
        return head.major == kText ? text(head) : mismatch("a string");
      case Kind::kBlob:
        return head.major == kBytes ? bytes(head) : mismatch("a blob");
      case Kind::kBoolean:
        if (head.major != kSimple || (head.info != kTrue && head.info != kFalse))
          return mismatch("a boolean");
        return head.info == kTrue;
      case Kind::kInteger:
      case Kind::kLong:
        return integer(shape.kind(), head);
      case Kind::kFloat:
      case Kind::kDouble:
        return number(head);
      case Kind::kTimestamp:
        return timestamp(head);
      case Kind::kDocument:
        return mismatch("anything else than a document");
    }
    return nullptr;
  }

 private:
  Value fault(std::string message) {
    faults_.add(std::move(message));
    rest_ = {};
    return nullptr;
  }
  Value mismatch(std::string_view wanted) {
    return fault(fmt::format("The CBOR body has another type where {} is expected.", wanted));
  }

  static bool is_null(const Head& head) {
    return head.major == kSimple && (head.info == kNull || head.info == kUndefined);
  }

  Head read_head() {
    Head head;
    if (rest_.empty()) return fault("The CBOR body ends too early."), head;
    const auto first = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    head.major = first >> 5;
    head.info = first & 31;
    head.argument = head.info;
    if (head.info < 24) return head;
    if (head.info == kIndefinite) {
      const bool allowed = head.major >= kBytes && head.major <= kMap;
      if (!allowed) fault("The CBOR body is malformed.");
      return head;
    }
    const std::size_t width = std::size_t{1} << (head.info - 24);
    if (head.info > 27 || rest_.size() < width) return fault("The CBOR body is malformed."), head;
    head.argument = 0;
    for (std::size_t i = 0; i < width; ++i) {
      head.argument = head.argument << 8 | static_cast<std::uint8_t>(rest_[i]);
    }
    rest_.remove_prefix(width);
    return head;
  }

  bool take_break() {
    if (!rest_.starts_with('\xFF')) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Whether item `index` of a container follows; every item takes at least one byte.
  bool more(const Head& head, std::uint64_t index) {
    if (!faults_.ok()) return false;
    if (index > kMaxNodes) return fault("The CBOR body has too many items."), false;
    if (head.indefinite()) {
      if (rest_.empty()) return fault("The CBOR body ends too early."), false;
      return !take_break();
    }
    return index < head.argument;
  }

  std::string string_bytes(const Head& head) {
    std::string out;
    const auto append = [&](const Head& part) {
      if (part.major != head.major || part.indefinite() || part.argument > rest_.size()) {
        fault("The CBOR body is malformed.");
        return;
      }
      out.append(rest_.substr(0, part.argument));
      rest_.remove_prefix(part.argument);
    };
    if (!head.indefinite()) return append(head), out;
    while (faults_.ok() && !take_break()) {
      const Head part = read_head();
      if (faults_.ok()) append(part);
    }
    return out;
  }

  Value text(const Head& head) {
    const std::string out = string_bytes(head);
    if (!valid_utf8(out)) return fault("A string in the CBOR body is not valid UTF-8.");
    return Value(out);
  }
  Value bytes(const Head& head) { return Value(string_bytes(head)); }

  std::string key() {
    const Head head = read_head();
    if (!faults_.ok()) return {};
    if (head.major != kText) return mismatch("a key"), std::string{};
    std::string out = string_bytes(head);
    if (!valid_utf8(out)) fault("A key in the CBOR body is not valid UTF-8.");
    return out;
  }

  Value structure(const Shape& shape, const Head& head, int depth) {
    if (head.major != kMap) return mismatch("a structure");
    Object out;
    for (std::uint64_t i = 0; more(head, i); ++i) {
      const std::string name = key();
      if (!faults_.ok()) return nullptr;
      const auto member = find_member_by_wire_name(shape, name);
      if (!member) {
        skip(depth + 1);
        continue;
      }
      Value value = item(member->shape(), depth + 1);
      if (!value.is_null()) out[member->name()] = std::move(value);
    }
    return out;
  }

  static std::optional<Member> find_member_by_wire_name(const Shape& shape, std::string_view name) {
    if (const auto direct = shape.find(name); direct && wire_name(*direct) == name) return direct;
    for (std::uint32_t i = 0; i < shape.member_count(); ++i) {
      if (wire_name(shape.member(i)) == name) return shape.member(i);
    }
    return std::nullopt;
  }

  Value list(const Shape& shape, const Head& head, int depth) {
    if (head.major != kArray) return mismatch("a list");
    const Shape element = shape.element().shape();
    Array out;
    for (std::uint64_t i = 0; more(head, i); ++i) out.push_back(item(element, depth + 1));
    return out;
  }

  Value map(const Shape& shape, const Head& head, int depth) {
    if (head.major != kMap) return mismatch("a map");
    const Shape element = shape.value().shape();
    Object out;
    for (std::uint64_t i = 0; more(head, i); ++i) {
      const std::string name = key();
      if (!faults_.ok()) return nullptr;
      out[name] = item(element, depth + 1);
    }
    return out;
  }

  Value integer(Kind kind, const Head& head) {
    if (head.major == kTag &&
        (head.argument == kPositiveBigTag || head.argument == kNegativeBigTag)) {
      return big_integer(kind, head);
    }
    if (head.major != kUnsigned && head.major != kNegative) return mismatch("an integer");
    return bounded(kind, head.major == kNegative, head.argument);
  }

  Value big_integer(Kind kind, const Head& tag) {
    const Head head = read_head();
    if (!faults_.ok() || head.major != kBytes) return mismatch("an integer");
    std::string digits = string_bytes(head);
    digits.erase(0, std::min(digits.find_first_not_of('\0'), digits.size()));
    if (digits.size() > 8) return fault("An integer in the CBOR body is out of range.");
    std::uint64_t magnitude = 0;
    for (const char c : digits) magnitude = magnitude << 8 | static_cast<std::uint8_t>(c);
    return bounded(kind, tag.argument == kNegativeBigTag, magnitude);
  }

  Value bounded(Kind kind, bool negative, std::uint64_t magnitude) {
    constexpr auto kLongMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    constexpr auto kIntMax = static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max());
    if (magnitude > (kind == Kind::kLong ? kLongMax : kIntMax)) {
      return fault("An integer in the CBOR body is out of range.");
    }
    const auto number = static_cast<std::int64_t>(magnitude);
    return negative ? -1 - number : number;
  }

  Value number(const Head& head) {
    if (head.major == kUnsigned) return static_cast<double>(head.argument);
    if (head.major == kNegative) return -1.0 - static_cast<double>(head.argument);
    if (head.major != kSimple) return mismatch("a number");
    if (head.info == kHalf) return half_to_double(head.argument);
    if (head.info == kSingle) {
      return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(head.argument)));
    }
    if (head.info == kDoubleWidth) return std::bit_cast<double>(head.argument);
    return mismatch("a number");
  }

  Value timestamp(const Head& tag) {
    if (tag.major != kTag || tag.argument != kEpochTag) return mismatch("a timestamp");
    const Head head = read_head();
    if (!faults_.ok()) return nullptr;
    const Value seconds = number(head);
    if (!faults_.ok()) return nullptr;
    if (const auto ms = timestamp_of_seconds(seconds.get_double())) return *ms;
    return fault("A timestamp in the CBOR body is out of range.");
  }

  void skip(int depth) {
    if (depth > kMaxNesting) {
      fault("The request is nested too deeply.");
      return;
    }
    const Head head = read_head();
    if (!faults_.ok()) return;
    if (head.major == kBytes || head.major == kText) {
      string_bytes(head);
    } else if (head.major == kTag) {
      skip(depth + 1);
    } else if (head.major == kArray || head.major == kMap) {
      for (std::uint64_t i = 0; more(head, i); ++i) {
        skip(depth + 1);
        if (head.major == kMap) skip(depth + 1);
      }
    }
  }

  std::string_view rest_;
  Faults& faults_;
};

void append_big_endian(std::uint64_t value, int width, std::string& out) {
  char bytes[8];
  for (int i = 0; i < width; ++i) bytes[i] = static_cast<char>(value >> (width - 1 - i) * 8 & 255);
  out.append(bytes, static_cast<std::size_t>(width));
}

void append_head(Major major, std::uint64_t argument, std::string& out) {
  const int width = argument < 24         ? 0
                    : argument < 256      ? 1
                    : argument < 65536    ? 2
                    : argument >> 32 == 0 ? 4
                                          : 8;
  const std::uint64_t info = width == 0   ? argument
                             : width == 1 ? 24
                             : width == 2 ? 25
                             : width == 4 ? 26
                                          : 27;
  out += static_cast<char>(major << 5 | static_cast<int>(info));
  append_big_endian(argument, width, out);
}

void append_text(std::string_view text, std::string& out) {
  append_head(kText, text.size(), out);
  out += text;
}

void append_integer(std::int64_t number, std::string& out) {
  if (number >= 0)
    append_head(kUnsigned, static_cast<std::uint64_t>(number), out);
  else
    append_head(kNegative, static_cast<std::uint64_t>(-1 - number), out);
}

void append_double(double number, std::string& out) {
  out += static_cast<char>(kSimple << 5 | kDoubleWidth);
  append_big_endian(std::bit_cast<std::uint64_t>(number), 8, out);
}

void append_item(const Shape& shape, const Value& value, std::string& out);

std::size_t count_members(const Object& value) {
  std::size_t count = 0;
  for (const auto& pair : value) count += pair.value().is_null() ? 0 : 1;
  return count;
}

// The members with values, without the map's head; returns how many.
std::size_t append_members(const Shape& shape, const Object& value, std::string& out) {
  std::size_t known = 0, written = 0;
  for (std::uint32_t i = 0; i < shape.member_count(); ++i) {
    const Member member = shape.member(i);
    const Value* given = value.if_contains(member.name());
    if (given == nullptr) continue;
    ++known;
    if (given->is_null()) continue;
    ++written;
    append_text(wire_name(member), out);
    append_item(member.shape(), *given, out);
  }
  ST_CHECK(known == value.size(), fmt::format("a member that {} does not have", shape.name()));
  return written;
}

void append_item(const Shape& shape, const Value& value, std::string& out) {
  if (value.is_null()) {
    out += static_cast<char>(kSimple << 5 | kNull);
    return;
  }
  switch (shape.kind()) {
    case Kind::kStructure:
      append_head(kMap, count_members(value.as_object()), out);
      append_members(shape, value.get_object(), out);
      return;
    case Kind::kList: {
      const Shape element = shape.element().shape();
      append_head(kArray, value.as_array().size(), out);
      for (const Value& item : value.get_array()) append_item(element, item, out);
      return;
    }
    case Kind::kMap:
      append_head(kMap, value.as_object().size(), out);
      for (const auto& [key, item] : value.get_object()) {
        append_text({key.data(), key.size()}, out);
        append_item(shape.value().shape(), item, out);
      }
      return;
    case Kind::kString:
      return append_text(string_of(value), out);
    case Kind::kBlob:
      append_head(kBytes, string_of(value).size(), out);
      out += string_of(value);
      return;
    case Kind::kBoolean:
      out += static_cast<char>(kSimple << 5 | (value.as_bool() ? kTrue : kFalse));
      return;
    case Kind::kInteger:
    case Kind::kLong:
      return append_integer(integer_of(value), out);
    case Kind::kFloat:
    case Kind::kDouble:
      return append_double(number_of(value), out);
    case Kind::kTimestamp: {
      append_head(kTag, kEpochTag, out);
      const std::int64_t ms = integer_of(value);
      if (ms % 1000 == 0)
        append_integer(ms / 1000, out);
      else
        append_double(static_cast<double>(ms) / 1000.0, out);
      return;
    }
    case Kind::kDocument:
      ST_CHECK(false, "RPC v2 CBOR has no documents");
  }
}

HttpResponse cbor_response(int status, std::string_view request_id) {
  HttpResponse response;
  response.status = status;
  response.headers.add("x-amzn-RequestId", std::string(request_id));
  response.headers.add("smithy-protocol", "rpc-v2-cbor");
  response.headers.add("Content-Type", "application/cbor");
  return response;
}

}  // namespace

model::Outcome<Value> decode(const Route& route, std::string_view body) {
  Faults faults("SerializationException");
  const auto input = route.operation.input();
  if (!input || body.empty()) return Value(Object{});
  Reader reader(body, faults);
  Value value = reader.item(*input, 0);
  if (!reader.at_end()) faults.add("The CBOR body has bytes after its end.");
  if (value.is_null()) value = Object{};
  return faults.outcome(std::move(value));
}

HttpResponse encode(const Route& route, const Value& output, std::string_view request_id) {
  HttpResponse response = cbor_response(200, request_id);
  if (const auto shape = route.operation.output())
    append_item(*shape, output, response.body);
  else
    response.headers.erase("Content-Type");
  return response;
}

HttpResponse encode_error(const WireError& error) {
  HttpResponse response = cbor_response(error.status, error.request_id);
  if (error.query_mode) {
    response.headers.add("x-amzn-query-error",
                         error.code + (error.server_fault ? ";Receiver" : ";Sender"));
  }
  std::string members;
  std::size_t count = 2;
  append_text("__type", members);
  append_text(error.shape_name, members);
  append_text(error.message_key(), members);
  append_text(error.message, members);
  if (const Object more = error.further_members(); !more.empty())
    count += append_members(*error.shape, more, members);
  append_head(kMap, count, response.body);
  response.body += members;
  return response;
}

}  // namespace seatrial::wire::cbor
