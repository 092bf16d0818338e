// The model's constraints, checked once for every service, in the words of its family.
//
// Sources: the message forms that AWS's services answer with; the families are the one table below.
#include <fmt/format.h>

#include <algorithm>

#include "base/value.h"
#include "model/pattern.h"
#include "wire/codec.h"
#include "wire/scalars.h"
#include "wire/shapes.h"
#include "wire/text.h"

namespace seatrial::wire {
namespace {

using model::Kind;
using model::Member;
using model::Shape;

// --- who says what ---------------------------------------------------------------------------

enum class Form {
  kCoral,  // "2 validation errors detected: Value 'x' at 'y' failed to satisfy constraint: ..."
  kFirst,  // one problem at a time, in the service's own short words
  kEc2     // "The request must contain the parameter X"
};

struct Voice {
  std::string_view missing_code, invalid_code;
  Form form;
};

struct ServiceVoice {
  std::string_view service;
  Voice voice;
};

constexpr ServiceVoice kVoices[] = {
    {"cloudwatch", {"MissingParameter", "InvalidParameterValue", Form::kFirst}},
    {"logs", {"InvalidParameterException", "InvalidParameterException", Form::kCoral}},
    {"ecs", {"ClientException", "InvalidParameterException", Form::kFirst}},
    {"ecr", {"InvalidParameterException", "InvalidParameterException", Form::kCoral}},
    {"cognito-idp", {"InvalidParameterException", "InvalidParameterException", Form::kCoral}},
    {"backup", {"MissingParameterValueException", "InvalidParameterValueException", Form::kCoral}},
    {"eks", {"InvalidParameterException", "InvalidParameterException", Form::kCoral}},
    {"guardduty", {"BadRequestException", "BadRequestException", Form::kCoral}},
    {"rds-data", {"BadRequestException", "BadRequestException", Form::kCoral}},
    {"apigateway", {"BadRequestException", "BadRequestException", Form::kCoral}},
    {"wafv2", {"WAFInvalidParameterException", "WAFInvalidParameterException", Form::kCoral}},
    {"sns", {"InvalidParameter", "InvalidParameter", Form::kCoral}},
    {"sqs", {"MissingParameter", "InvalidParameterValue", Form::kFirst}},
    {"s3", {"InvalidRequest", "InvalidArgument", Form::kFirst}},
};

Voice voice_of(const Route& route) {
  const auto* found = std::find_if(
      std::begin(kVoices), std::end(kVoices),
      [&](const ServiceVoice& entry) { return entry.service == route.service.name(); });
  if (found != std::end(kVoices)) return found->voice;
  switch (route.protocol) {
    case model::Protocol::kEc2:
      return {"MissingParameter", "InvalidParameterValue", Form::kEc2};
    case model::Protocol::kQuery:
    case model::Protocol::kRestXml:
      return {"ValidationError", "ValidationError", Form::kCoral};
    default:
      return {"ValidationException", "ValidationException", Form::kCoral};
  }
}

// --- what is wrong ---------------------------------------------------------------------------

struct Problem {
  std::string path;   // "loadBalancers.1.member.containerPort"
  std::string field;  // the member's wire name, for the short forms
  std::string shown;  // "Value 'x'", "Value null", "Value" for secrets
  std::string constraint;
  bool missing = false;
};

constexpr std::size_t kMaxProblems = 50;      // in one message
constexpr std::size_t kMaxShownChars = 2048;  // of one value

// --- the walk --------------------------------------------------------------------------------

std::string text_of(const Value& value) {
  std::string out;
  if (value.is_string()) {
    out = as_view(value.get_string());
  } else if (value.is_array()) {
    out = "[";
    for (const Value& item : value.get_array()) {
      if (out.size() > kMaxShownChars) break;
      if (out.size() > 1) out += ", ";
      out += text_of(item);
    }
    out += "]";
  } else {
    out = to_json(value);
  }
  if (out.size() > kMaxShownChars) {
    out.resize(kMaxShownChars);
    while (!out.empty() && (out.back() & 0xC0) == 0x80) out.pop_back();
    if (!out.empty() && (out.back() & 0x80) != 0) out.pop_back();
  }
  if (!valid_utf8(out)) return "?";  // blobs in a list
  return out;
}

bool in_enum(const Shape& shape, std::string_view text) {
  for (std::uint32_t i = 0; i < shape.enum_count(); ++i) {
    if (shape.enum_value(i) == text) return true;
  }
  return false;
}

std::string enum_set(const Shape& shape) {
  std::string out;
  for (std::uint32_t i = 0; i < shape.enum_count(); ++i) {
    if (i > 0) out += ", ";
    out += shape.enum_value(i);
  }
  return out;
}

std::string number_text(double number) { return fmt::format("{}", number); }

// Appends the constraint texts that the value itself breaks (not those of its members).
void broken_constraints(const Shape& shape, const Value& value, std::vector<std::string>& out) {
  const auto bounds = [&](double size, std::string_view what) {
    if (const auto min = shape.min(); min && size < *min) {
      out.push_back(
          fmt::format("Member must have {} greater than or equal to {}", what, number_text(*min)));
    }
    if (const auto max = shape.max(); max && size > *max) {
      out.push_back(
          fmt::format("Member must have {} less than or equal to {}", what, number_text(*max)));
    }
  };
  switch (shape.kind()) {
    case Kind::kString: {
      const std::string_view text = as_view(value.get_string());
      bounds(static_cast<double>(code_points(text)), "length");
      if (shape.enum_count() > 0 && !in_enum(shape, text)) {
        out.push_back(fmt::format("Member must satisfy enum value set: [{}]", enum_set(shape)));
      }
      if (!model::pattern_allows(shape, text)) {
        out.push_back(
            fmt::format("Member must satisfy regular expression pattern: {}", shape.pattern()));
      }
      return;
    }
    case Kind::kBlob:
      return bounds(static_cast<double>(value.get_string().size()), "length");
    case Kind::kList:
      return bounds(static_cast<double>(value.get_array().size()), "length");
    case Kind::kMap:
      return bounds(static_cast<double>(value.get_object().size()), "length");
    case Kind::kInteger:
    case Kind::kLong:
    case Kind::kFloat:
    case Kind::kDouble:
      return bounds(value.to_number<double>(), "value");
    default:
      return;
  }
}

bool right_kind(const Shape& shape, const Value& value) {
  switch (shape.kind()) {
    case Kind::kStructure:
    case Kind::kMap:
      return value.is_object();
    case Kind::kList:
      return value.is_array();
    case Kind::kString:
    case Kind::kBlob:
      return value.is_string();
    case Kind::kBoolean:
      return value.is_bool();
    case Kind::kInteger:
    case Kind::kLong:
    case Kind::kTimestamp:
      return value.is_int64() || value.is_uint64();
    case Kind::kFloat:
    case Kind::kDouble:
      return value.is_number();
    case Kind::kDocument:
      return true;
  }
  return false;
}

class Walk {
 public:
  explicit Walk(std::vector<Problem>& problems) : problems_(problems) {}

  void structure(const Shape& shape, const Object& object, const std::string& path) {
    for (std::uint32_t i = 0; i < shape.member_count() && problems_.size() < kMaxProblems; ++i) {
      const Member member = shape.member(i);
      const Value* given = object.if_contains(member.name());
      const bool absent = given == nullptr || given->is_null();
      if (absent && !member.required()) continue;
      field_ = member.name();
      const std::string at =
          path.empty() ? lower_first(member.name()) : path + "." + lower_first(member.name());
      if (absent)
        report({at, field_, "Value null", "Member must not be null", true});
      else
        value(member.shape(), *given, at);
    }
  }

 private:
  void report(Problem problem) {
    if (problems_.size() < kMaxProblems) problems_.push_back(std::move(problem));
  }

  static std::string shown(const Shape& shape, const Value& value) {
    if (shape.sensitive()) return "Value";
    if (shape.kind() == Kind::kBlob) return "Value 'java.nio.HeapByteBuffer'";
    return fmt::format("Value '{}'", text_of(value));
  }

  static std::ptrdiff_t set_members(const Object& object) {
    return std::count_if(object.begin(), object.end(),
                         [](const auto& pair) { return !pair.value().is_null(); });
  }

  void value(const Shape& shape, const Value& given, const std::string& path) {
    if (!right_kind(shape, given)) {
      report({path, field_, "Value", fmt::format("Member must be a {}", shape.name()), false});
      return;
    }
    std::vector<std::string> broken;
    broken_constraints(shape, given, broken);
    for (std::string& constraint : broken) {
      report({path, field_, shown(shape, given), std::move(constraint), false});
    }
    if (shape.is_union() && set_members(given.get_object()) != 1) {
      // guess: the wording; that a union needs exactly one member is Smithy's rule.
      report({path, field_, shown(shape, given), "Member must have exactly one member set", false});
    }
    if (shape.kind() == Kind::kStructure) structure(shape, given.get_object(), path);
    if (shape.kind() == Kind::kList) list(shape, given, path);
    if (shape.kind() == Kind::kMap) map(shape, given, path);
  }

  // Scalars in a list are reported as the list's: "Member must satisfy constraint: [...]".
  void scalars(const Shape& element, const Value& item, const Shape& owner, const Value& whole,
               const std::string& path, std::string_view what) {
    std::vector<std::string> broken;
    if (item.is_null() || !right_kind(element, item))
      broken.emplace_back("Member must not be null");
    else
      broken_constraints(element, item, broken);
    if (broken.empty()) return;
    std::string all;
    for (const std::string& constraint : broken) all += (all.empty() ? "" : ", ") + constraint;
    const bool secret = element.sensitive() || owner.sensitive();
    report({path, field_, secret ? "Value" : fmt::format("Value '{}'", text_of(whole)),
            fmt::format("{}: [{}]", what, all), false});
  }

  void list(const Shape& shape, const Value& whole, const std::string& path) {
    const Shape element = shape.element().shape();
    const std::size_t before = problems_.size();
    for (std::size_t i = 0; i < whole.get_array().size() && problems_.size() < kMaxProblems; ++i) {
      const Value& item = whole.get_array()[i];
      if (is_scalar(element.kind()) || item.is_null()) {
        scalars(element, item, shape, whole, path, "Member must satisfy constraint");
        if (problems_.size() > before) return;  // once for the whole list
      } else {
        value(element, item, fmt::format("{}.{}.member", path, i + 1));
      }
    }
  }

  void map(const Shape& shape, const Value& whole, const std::string& path) {
    const Shape key = shape.key().shape(), element = shape.value().shape();
    for (const auto& [name, item] : whole.get_object()) {
      if (problems_.size() >= kMaxProblems) return;
      scalars(key, Value(name), shape, whole, path, "Map keys must satisfy constraint");
      if (is_scalar(element.kind()) || item.is_null()) {
        scalars(element, item, shape, whole, path, "Map value must satisfy constraint");
      } else {
        value(element, item,
              fmt::format("{}.{}.member", path, std::string_view(name.data(), name.size())));
      }
    }
  }

  std::vector<Problem>& problems_;
  std::string field_;
};

// --- the words -------------------------------------------------------------------------------

std::string coral_text(const Problem& problem) {
  return fmt::format("{} at '{}' failed to satisfy constraint: {}", problem.shown, problem.path,
                     problem.constraint);
}

std::string coral_message(const std::vector<Problem>& problems) {
  std::string out = fmt::format("{} validation error{} detected: ", problems.size(),
                                problems.size() == 1 ? "" : "s");
  for (std::size_t i = 0; i < problems.size(); ++i) {
    if (i > 0) out += "; ";
    out += coral_text(problems[i]);
  }
  return out;
}

std::string first_message(const Route& route, const Problem& problem) {
  const std::string_view service = route.service.name();
  if (problem.missing && service == "ecs")
    return fmt::format("{} can not be blank.", problem.path);  // guess
  if (problem.missing && service == "cloudwatch")
    return fmt::format("The parameter {} is required.", problem.field);
  if (problem.missing)
    return fmt::format("The request must contain the parameter {}.", problem.field);
  return coral_message({problem});
}

std::string ec2_message(const Problem& problem) {
  if (problem.missing)
    return fmt::format("The request must contain the parameter {}", problem.field);
  std::string_view shown = problem.shown;
  if (shown.starts_with("Value '")) shown = shown.substr(7, shown.size() - 8);
  return fmt::format("Value ({}) for parameter {} is invalid. {}", shown,
                     lower_first(problem.field), problem.constraint);
}

model::AwsError error_of(const Route& route, const std::vector<Problem>& problems) {
  const Voice voice = voice_of(route);
  const bool missing_first = problems.front().missing;
  model::AwsError error;
  error.code = missing_first ? voice.missing_code : voice.invalid_code;
  switch (voice.form) {
    case Form::kCoral:
      error.message = coral_message(problems);
      break;
    case Form::kFirst:
      error.message = first_message(route, problems.front());
      break;
    case Form::kEc2:
      error.message = ec2_message(problems.front());
      break;
  }
  return error;
}

// Lists whose enumeration in the model is not that of the operation's page: the room judges them.
// "AttributeNames": API_ReceiveMessage lists the messages' attributes, the model the queue's.
struct OpenList {
  std::string_view service, operation, member;
};
constexpr OpenList kOpenLists[] = {{"sqs", "ReceiveMessage", "AttributeNames"}};

bool is_open(const Route& route, const Problem& problem) {
  return std::ranges::any_of(kOpenLists, [&](const OpenList& open) {
    return open.service == route.service.name() && open.operation == route.operation.name() &&
           open.member == problem.field && !problem.missing &&
           problem.constraint.find("enum value set") != std::string::npos;
  });
}

void fill_tokens(const Shape& input, Object& object, std::string_view token) {
  for (std::uint32_t i = 0; i < input.member_count(); ++i) {
    const Member member = input.member(i);
    if (!member.idempotency_token() || member.shape().kind() != Kind::kString) continue;
    const Value* given = object.if_contains(member.name());
    if (given == nullptr || given->is_null()) object[member.name()] = token;
  }
}

}  // namespace

model::Outcome<void> validate(const Route& route, Value& input, std::string_view token) {
  const auto shape = route.operation.input();
  if (!shape || !input.is_object()) return {};
  if (!token.empty()) fill_tokens(*shape, input.get_object(), token);
  std::vector<Problem> problems;
  Walk(problems).structure(*shape, input.get_object(), "");
  std::erase_if(problems, [&](const Problem& problem) { return is_open(route, problem); });
  if (problems.empty()) return {};
  return std::unexpected(error_of(route, problems));
}

}  // namespace seatrial::wire
