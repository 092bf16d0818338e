// Template text to a value. Two front ends feed one builder: yaml-cpp's events (its node API would
// resolve aliases and keep the last of two equal keys) and Boost.JSON's events (YAML readers refuse
// some valid JSON: tabs, surrogate pairs). CloudFormation supports neither aliases nor merges, so
// an alias bomb is refused at its first alias.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <boost/json/basic_parser_impl.hpp>
#include <cmath>
#include <sstream>

#include "base/utf8.h"
#include "decide/template/builder.h"
#include "decide/template/template.h"

namespace seatrial::decide {
namespace {

struct Rejected {
  std::string why;
  YAML::Mark mark;
};

std::optional<bool> yaml_bool(std::string_view s) {
  for (std::string_view yes : {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})
    if (s == yes) return true;
  for (std::string_view no : {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})
    if (s == no) return false;
  return std::nullopt;
}

template <class T>
std::optional<T> whole(std::string_view s, auto... format) {
  T out{};
  const auto [end, ec] = std::from_chars(s.data(), s.data() + s.size(), out, format...);
  if (ec != std::errc{} || end != s.data() + s.size()) return std::nullopt;
  return out;
}

// guess: YAML 1.1's base 60 numbers ("22:22") stay strings; nobody means a number by them.
std::optional<Value> yaml_integer(std::string_view s) {
  const bool negative = s.starts_with('-');
  std::string_view digits = s;
  if (negative || s.starts_with('+')) digits.remove_prefix(1);
  if (digits.empty() || !std::isdigit(static_cast<unsigned char>(digits[0]))) return std::nullopt;
  std::optional<std::int64_t> n;
  if (digits.starts_with("0x"))
    n = whole<std::int64_t>(digits.substr(2), 16);
  else if (digits.size() > 1 && digits[0] == '0')
    n = whole<std::int64_t>(digits.substr(1), 8);
  else
    n = whole<std::int64_t>(digits, 10);
  if (!n) return std::nullopt;
  return Value(negative ? -*n : *n);
}

std::optional<Value> yaml_float(std::string_view s) {
  std::string_view digits = s;
  if (s.starts_with('-') || s.starts_with('+')) digits.remove_prefix(1);
  if (digits.empty() || !(std::isdigit(static_cast<unsigned char>(digits[0])) || digits[0] == '.'))
    return std::nullopt;
  if (digits.find('.') == std::string_view::npos &&
      digits.find_first_of("eE") == std::string_view::npos)
    return std::nullopt;
  if (s.starts_with('+')) s.remove_prefix(1);
  const auto n = whole<double>(s);
  if (!n || !std::isfinite(*n)) return std::nullopt;
  return Value(*n);
}

Value plain_scalar(const std::string& text) {
  if (const auto b = yaml_bool(text)) return Value(*b);
  if (auto n = yaml_integer(text)) return *n;
  if (auto n = yaml_float(text)) return *n;
  return Value(text);
}

bool is_short_form(std::string_view name) {
  static const std::set<std::string_view> kNames = {
      "And",  "Base64", "Cidr", "Equals", "FindInMap", "GetAtt", "GetAZs",    "If",  "ImportValue",
      "Join", "Not",    "Or",   "Select", "Split",     "Sub",    "Transform", "Ref", "Condition"};
  return kNames.contains(name);
}

constexpr std::string_view kYamlTag = "tag:yaml.org,2002:";

class YamlReader final : public YAML::EventHandler {
 public:
  explicit YamlReader(TemplateBuilder& builder) : builder_(builder) {}
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    if (builder_.expects_key()) throw Rejected{"a key must not be null", mark};
    check(builder_.null(), mark);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Rejected{"YAML aliases are not allowed in CloudFormation templates", mark};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& text) override {
    if (builder_.expects_key()) return check(builder_.key(text), mark);
    const std::string function = function_of(tag, mark);
    if (!function.empty()) return check(builder_.scalar(Value(text), function), mark);
    const bool typed =
        tag == "?" || tag.empty() || (tag.starts_with(kYamlTag) && !tag.ends_with(":str"));
    check(builder_.scalar(typed ? plain_scalar(text) : Value(text)), mark);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    check(builder_.begin_array(function_of(tag, mark)), mark);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    check(builder_.begin_object(function_of(tag, mark)), mark);
  }
  void OnSequenceEnd() override { check(builder_.end(), YAML::Mark::null_mark()); }
  void OnMapEnd() override { check(builder_.end(), YAML::Mark::null_mark()); }

 private:
  void check(bool fine, const YAML::Mark& mark) {
    if (!fine) throw Rejected{builder_.error(), mark};
  }
  // "Fn::Join" of "!Join"; empty for untagged nodes and YAML's own scalar tags.
  std::string function_of(const std::string& tag, const YAML::Mark& mark) {
    if (tag.empty() || tag == "?" || tag == "!") return "";
    if (tag.starts_with(kYamlTag)) {
      const std::string_view kind = std::string_view(tag).substr(kYamlTag.size());
      for (std::string_view known : {"str", "int", "float", "bool", "seq", "map"})
        if (kind == known) return "";
      throw Rejected{fmt::format("the tag !!{} is not supported", kind), mark};
    }
    const std::string name = tag.starts_with('!') ? tag.substr(1) : tag;
    if (!is_short_form(name)) throw Rejected{fmt::format("unknown tag {}", tag), mark};
    return name == "Ref" || name == "Condition" ? name : "Fn::" + name;
  }
  TemplateBuilder& builder_;
};

std::unexpected<model::AwsError> format_error(std::string_view what) {
  return model::fail("ValidationError", fmt::format("Template format error: {}", what));
}

Outcome<Value> finish(TemplateBuilder& builder) {
  if (!builder.has_root()) return format_error("unsupported structure.");
  Value root = builder.take();
  if (!root.is_object()) return format_error("unsupported structure.");
  return root;
}

Outcome<Value> rejected(const Rejected& r) {
  if (r.mark.is_null()) return format_error(r.why);
  return format_error(
      fmt::format("{} (line {}, column {})", r.why, r.mark.line + 1, r.mark.column + 1));
}

Outcome<Value> parse_yaml(std::string_view text) {
  TemplateBuilder builder;
  YamlReader reader(builder);
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(reader)) continue;
  } catch (const Rejected& r) {
    return rejected(r);
  } catch (const YAML::Exception& e) {
    return format_error(fmt::format("YAML not well-formed. (line {}, column {})", e.mark.line + 1,
                                    e.mark.column + 1));
  }
  return finish(builder);
}

// Boost.JSON event handler. Returning false needs an error code: any will do, the builder has why.
struct JsonReader {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);
  using Code = boost::json::error_code;

  TemplateBuilder builder;
  std::string text;

  bool told(bool fine, Code& code) {
    if (!fine) code = boost::json::error::extra_data;
    return fine;
  }
  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code& c) { return told(builder.begin_object(), c); }
  bool on_object_end(std::size_t, Code& c) { return told(builder.end(), c); }
  bool on_array_begin(Code& c) { return told(builder.begin_array(), c); }
  bool on_array_end(std::size_t, Code& c) { return told(builder.end(), c); }
  bool on_key_part(boost::json::string_view s, std::size_t, Code&) { return append(s); }
  bool on_key(boost::json::string_view s, std::size_t, Code& c) {
    append(s);
    return told(builder.key(std::exchange(text, {})), c);
  }
  bool on_string_part(boost::json::string_view s, std::size_t, Code&) { return append(s); }
  bool on_string(boost::json::string_view s, std::size_t, Code& c) {
    append(s);
    return told(builder.scalar(Value(std::exchange(text, {}))), c);
  }
  bool on_number_part(boost::json::string_view, Code&) { return true; }
  bool on_int64(std::int64_t n, boost::json::string_view, Code& c) {
    return told(builder.scalar(n), c);
  }
  bool on_uint64(std::uint64_t n, boost::json::string_view, Code& c) {
    return told(builder.scalar(static_cast<double>(n)), c);
  }
  bool on_double(double d, boost::json::string_view, Code& c) {
    if (!std::isfinite(d)) return told(false, c);
    return told(builder.scalar(d), c);
  }
  bool on_bool(bool b, Code& c) { return told(builder.scalar(b), c); }
  bool on_null(Code& c) { return told(builder.null(), c); }
  bool on_comment_part(boost::json::string_view, Code&) { return true; }
  bool on_comment(boost::json::string_view, Code&) { return true; }

 private:
  bool append(boost::json::string_view s) {
    text.append(s.data(), s.size());
    return true;
  }
};

std::string position(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto last = before.rfind('\n');
  const auto column = last == std::string_view::npos ? offset + 1 : offset - last;
  return fmt::format("(line {}, column {})", line, column);
}

Outcome<Value> parse_json_template(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = kMaxTemplateNesting + 1;
  boost::json::basic_parser<JsonReader> parser(options);
  boost::json::error_code code;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), code);
  const std::string& why = parser.handler().builder.error();
  if (!why.empty()) return format_error(why + " " + position(text, used));
  if (code == boost::json::error::too_deep)
    return format_error(fmt::format("nesting is deeper than {} levels", kMaxTemplateNesting));
  if (code || used != text.size())
    return format_error("JSON not well-formed. " + position(text, used));
  return finish(parser.handler().builder);
}

}  // namespace

Outcome<Value> parse_text(std::string_view text) {
  if (text.size() > kMaxTemplateBytes)
    return model::fail("ValidationError",
                       fmt::format("Template is longer than {} bytes", kMaxTemplateBytes));
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return format_error("unsupported structure.");
  if (text.find('\0') != std::string_view::npos) return format_error("a NUL byte is not allowed");
  if (!valid_utf8(text)) return format_error("the text is not valid UTF-8");
  return text[first] == '{' ? parse_json_template(text) : parse_yaml(text);
}

}  // namespace seatrial::decide
