// From JSON text to the tree of tests; see the header.
#include <arpa/inet.h>

#include <charconv>

#include "decide/event_pattern/event_pattern.h"

namespace seatrial::decide {
namespace {

using Kind = PatternTest::Kind;
using Problem = std::unexpected<std::string>;
template <class T>
using Result = std::expected<T, std::string>;

Problem problem(std::string text) { return Problem(std::move(text)); }

class Compiler {
 public:
  explicit Compiler(PatternDialect dialect) : dialect_(dialect) {}

  Result<PatternNode> node(const Object& object, std::size_t depth);

  std::size_t names() const { return names_; }
  double combinations() const { return combinations_; }

 private:
  Result<PatternNode::Field> field(std::string_view name, const Value& value, std::size_t depth);
  Result<std::vector<PatternNode>> or_group(const Value& value, std::size_t depth);
  Result<PatternTest> test(const Value& value);
  Result<PatternTest> operation(std::string_view name, const Value& value);
  Result<PatternTest> text_test(Kind kind, std::string_view name, const Value& value);
  Result<PatternTest> numeric(const Value& value);
  Result<PatternTest> cidr(const Value& value);
  Result<PatternTest> anything_but(const Value& value);

  PatternDialect dialect_;
  std::size_t tests_ = 0, names_ = 0;
  double combinations_ = 1;
};

// An object with "$or" over at least two objects; a field of that name with anything else is one.
bool is_or(std::string_view name, const Value& value) {
  if (name != "$or" || !value.is_array() || value.get_array().size() < 2) return false;
  for (const auto& item : value.get_array())
    if (!item.is_object() || item.get_object().empty()) return false;
  return true;
}

Result<PatternNode> Compiler::node(const Object& object, std::size_t depth) {
  if (object.empty()) return problem("Empty objects are not allowed");
  if (depth > kMaxPatternDepth) return problem("The pattern is nested too deeply");
  PatternNode made;
  for (const auto& member : object) {
    const std::string_view name{member.key().data(), member.key().size()};
    if (is_or(name, member.value())) {
      auto group = or_group(member.value(), depth);
      if (!group) return problem(group.error());
      made.or_groups.push_back(std::move(*group));
      continue;
    }
    auto one = field(name, member.value(), depth);
    if (!one) return problem(one.error());
    made.all_of.push_back(std::move(*one));
  }
  return made;
}

Result<std::vector<PatternNode>> Compiler::or_group(const Value& value, std::size_t depth) {
  std::vector<PatternNode> group;
  for (const auto& item : value.get_array()) {
    auto one = node(item.get_object(), depth + 1);
    if (!one) return problem(one.error());
    group.push_back(std::move(*one));
  }
  return group;
}

Result<PatternNode::Field> Compiler::field(std::string_view name, const Value& value,
                                           std::size_t depth) {
  PatternNode::Field made{std::string(name), {}, nullptr};
  if (const auto* object = value.if_object()) {
    if (dialect_ == PatternDialect::kAttributes)
      return problem("Filter policy scope MessageAttributes does not support nested filter policy");
    auto below = node(*object, depth + 1);
    if (!below) return problem(below.error());
    made.below = std::make_unique<PatternNode>(std::move(*below));
    return made;
  }
  const auto* list = value.if_array();
  if (list == nullptr)
    return problem("\"" + std::string(name) + "\" must be an object or an array");
  if (list->empty()) return problem("Empty arrays are not allowed");
  ++names_;
  combinations_ *= static_cast<double>(list->size());
  for (const auto& item : *list) {
    if (++tests_ > kMaxPatternTests) return problem("The pattern has too many values");
    auto one = test(item);
    if (!one) return problem(one.error());
    made.any_of.push_back(std::move(*one));
  }
  return made;
}

Result<PatternTest> Compiler::test(const Value& value) {
  if (value.is_array()) return problem("Match value must be String, number, true, false, or null");
  if (const auto* object = value.if_object()) {
    if (object->size() != 1) return problem("Only one key allowed in match expression");
    const auto& member = *object->begin();
    return operation({member.key().data(), member.key().size()}, member.value());
  }
  PatternTest made;
  made.value = value;
  return made;
}

Result<PatternTest> Compiler::operation(std::string_view name, const Value& value) {
  if (name == "prefix") return text_test(Kind::kPrefix, name, value);
  if (name == "suffix") return text_test(Kind::kSuffix, name, value);
  if (name == "equals-ignore-case") return text_test(Kind::kIgnoreCase, name, value);
  if (name == "wildcard") return text_test(Kind::kWildcard, name, value);
  if (name == "numeric") return numeric(value);
  if (name == "cidr") return cidr(value);
  if (name == "anything-but") return anything_but(value);
  if (name != "exists") return problem("Unrecognized match type " + std::string(name));
  if (!value.is_bool()) return problem("exists match pattern must be either true or false.");
  PatternTest made;
  made.kind = Kind::kExists;
  made.exists = value.get_bool();
  return made;
}

// "\\" before '*' or itself only, and no two stars in a row: github.com/aws/event-ruler.
std::string_view wildcard_problem(std::string_view text) {
  bool star = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      if (i + 1 == text.size() || (text[i + 1] != '*' && text[i + 1] != '\\'))
        return "Invalid escape character at pos ";
      ++i;
      star = false;
    } else if (text[i] == '*' && star) {
      return "Consecutive wildcard characters at pos ";
    } else {
      star = text[i] == '*';
    }
  }
  return {};
}

Result<PatternTest> Compiler::text_test(Kind kind, std::string_view name, const Value& value) {
  PatternTest made;
  made.kind = kind;
  const Value* text = &value;
  const bool foldable = kind == Kind::kPrefix || kind == Kind::kSuffix;
  if (const auto* object = value.if_object(); object != nullptr && foldable) {
    text = object->size() == 1 ? object->if_contains("equals-ignore-case") : nullptr;
    made.ignore_case = true;
  }
  if (text == nullptr || !text->is_string())
    return problem(std::string(name) + " match pattern must be a string");
  made.text = as_view(text->get_string());
  if (kind != Kind::kWildcard) return made;
  if (const auto why = wildcard_problem(made.text); !why.empty())
    return problem(std::string(why) + "0 of wildcard " + made.text);
  return made;
}

Result<PatternTest> Compiler::numeric(const Value& value) {
  const auto* list = value.if_array();
  if (list == nullptr) return problem("Value of numeric must be an array.");
  if (list->empty() || list->size() % 2 != 0 || list->size() > 4)
    return problem("Invalid member in numeric match: an operator and a number are expected");
  PatternTest made;
  made.kind = Kind::kNumeric;
  for (std::size_t i = 0; i < list->size(); i += 2) {
    const Value& sign = (*list)[i];
    const Value& number = (*list)[i + 1];
    if (!sign.is_string() || !number.is_number())
      return problem("Invalid member in numeric match: " + to_json(sign));
    const auto op = as_view(sign.get_string());
    const double bound = number.to_number<double>();
    if (!(bound >= -kMaxPatternNumber && bound <= kMaxPatternNumber))
      return problem("Value must be between -5.0E9 and 5.0E9, inclusive");
    if (op == "=" && list->size() == 2) {
      made.above = made.below = PatternBound{bound, true};
    } else if ((op == ">" || op == ">=") && !made.above && !made.below) {
      made.above = PatternBound{bound, op == ">="};
    } else if ((op == "<" || op == "<=") && !made.below) {
      made.below = PatternBound{bound, op == "<="};
    } else {
      return problem("Unrecognized numeric range operator: " + std::string(op));
    }
  }
  if (list->size() == 4 && (!made.above || made.above->value >= made.below->value))
    return problem("Bottom must be less than top");
  return made;
}

Result<PatternTest> Compiler::cidr(const Value& value) {
  if (!value.is_string()) return problem("prefix match pattern must be a string");
  const std::string text(as_view(value.get_string()));
  const auto slash = text.find('/');
  PatternTest made;
  made.kind = Kind::kCidr;
  const std::string address = text.substr(0, slash);
  const bool v6 = address.find(':') != std::string::npos;
  made.address_bits = v6 ? 128 : 32;
  if (inet_pton(v6 ? AF_INET6 : AF_INET, address.c_str(), made.address.data()) != 1)
    return problem("Invalid IP address used with CIDR match: " + address);
  made.prefix_bits = made.address_bits;
  if (slash == std::string::npos) return made;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + slash + 1, end, made.prefix_bits);
  if (read.ec != std::errc{} || read.ptr != end || made.prefix_bits < 0 ||
      made.prefix_bits > made.address_bits)
    return problem("Malformed CIDR, mask bits must be an integer from 0 to " +
                   std::to_string(made.address_bits));
  return made;
}

// A scalar, a list of them, or one of the text operators over a text or a list of texts.
Result<PatternTest> Compiler::anything_but(const Value& value) {
  PatternTest made;
  made.kind = Kind::kAnythingBut;
  std::string_view inner;
  const Value* what = &value;
  if (const auto* object = value.if_object()) {
    if (object->size() != 1) return problem("Only one key allowed in match expression");
    inner = {object->begin()->key().data(), object->begin()->key().size()};
    what = &object->begin()->value();
    if (inner != "prefix" && inner != "suffix" && inner != "equals-ignore-case" &&
        inner != "wildcard")
      return problem("Unsupported anything-but pattern: " + std::string(inner));
  }
  const auto add = [&](const Value& item) -> Result<void> {
    if (inner.empty() && !item.is_string() && !item.is_number())
      return problem("Inside anything but list, start|null|boolean is not supported.");
    auto one = inner.empty() ? test(item) : operation(inner, item);
    if (!one) return problem(one.error());
    made.none_of.push_back(std::move(*one));
    return {};
  };
  const auto* list = what->if_array();
  if (list == nullptr) {
    if (auto added = add(*what); !added) return problem(added.error());
    return made;
  }
  if (list->empty()) return problem("Empty arrays are not allowed");
  for (const auto& item : *list) {
    if (++tests_ > kMaxPatternTests) return problem("The pattern has too many values");
    if (auto added = add(item); !added) return problem(added.error());
  }
  return made;
}

}  // namespace

std::expected<EventPattern, std::string> EventPattern::compile(std::string_view json,
                                                               PatternDialect dialect) {
  const auto parsed = parse_json(json);
  if (!parsed) return problem("Filter is not valid JSON");
  if (!parsed->is_object()) return problem("Filter is not an object");
  EventPattern made;
  made.dialect_ = dialect;
  if (dialect != PatternDialect::kEvent && parsed->get_object().empty()) return made;
  Compiler compiler(dialect);
  auto root = compiler.node(parsed->get_object(), 0);
  if (!root) return problem(root.error());
  if (dialect != PatternDialect::kEvent) {
    if (compiler.names() > kMaxPolicyNames)
      return problem("Filter policy can not have more than 5 keys");
    if (compiler.combinations() > kMaxPolicyCombinations)
      return problem("Filter policy is too complex");
  }
  made.root_ = std::move(*root);
  return made;
}

}  // namespace seatrial::decide
