// jsonParse and its like. Source: CWL_QuerySyntax-operations-functions, "JSON functions".
#include "logs/run/json_text.h"
#include "logs/run/node.h"

namespace seatrial::logs::run {
namespace {

// guess: what is no JSON map or list is absent.
Value json_parse(const Call& call) {
  const auto value = call.value(0);
  if (value.kind == Value::Kind::kJson) return value;
  if (value.kind != Value::Kind::kText) return {};
  const auto document = json_document(value.text);
  return !document.empty() && json_valid(document) ? Value::json(document) : Value{};
}

Value json_stringify(const Call& call) {
  const auto value = call.value(0);
  if (!value.present()) return {};
  if (value.kind == Value::Kind::kText) return call.made(json_quoted(value.text));
  return Value::of(text_of(value, call.row().arena()));
}

// A list, or a text that is one.
std::string_view list_of(const Value& value) {
  const auto document = json_document(value.text);
  return !document.empty() && document[0] == '[' ? document : std::string_view{};
}

Value array_size(const Call& call) {
  const auto list = list_of(call.value(0));
  if (list.empty()) return {};
  double count = 0;
  json_each(list, call.row().arena(), [&](std::string_view, const Value&) { ++count; });
  return Value::of(count);
}

Value array_contains(const Call& call) {
  const auto list = list_of(call.value(0));
  const auto wanted = call.value(1);
  bool found = false;
  if (!list.empty())
    json_each(list, call.row().arena(), [&](std::string_view, const Value& element) {
      found = found || equal(element, wanted, call.row().arena());
    });
  return Value::of(found ? 1.0 : 0.0);
}

constexpr Builtin kJsonFunctionsTable[] = {
    {"jsonParse", json_parse},
    {"jsonStringify", json_stringify},
    {"jsonArraySize", array_size},
    {"jsonArrayContains", array_contains},
};

}  // namespace

const std::span<const Builtin> kJsonBuiltins = kJsonFunctionsTable;

}  // namespace seatrial::logs::run
