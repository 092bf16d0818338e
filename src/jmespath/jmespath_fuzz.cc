// libFuzzer's entry: any bytes are an expression, which is parsed, inferred and evaluated. Limits
// are lowered so that an input takes no longer than a moment.
#include <cstdint>
#include <string_view>

#include "jmespath/evaluate.h"
#include "jmespath/infer.h"
#include "jmespath/parser.h"
#include "jmespath/python_json.h"

namespace {

using seatrial::Value;
namespace jmespath = seatrial::jmespath;

constexpr std::size_t kFuzzedSteps = 50'000;

const Value& fuzzed_document() {
  static const Value document =
      jmespath::parse_python_json(R"({"a": [{"b": 1, "c": "x", "d": [[1.5], {}]}, {"b": 2}],
                                      "e": {"f": null, "g": true, "h": "\u00e9"}, "i": [3, 1]})")
          .value();
  return document;
}

jmespath::Type fuzzed_type() {
  using jmespath::Type;
  using jmespath::TypeKind;
  const Type number(TypeKind::kNumber);
  return Type::structure({{"a", Type::list(Type::structure({{"b", number}, {"d", Type()}}))},
                          {"e", Type::map(Type::text_of({"x", "y"}))},
                          {"i", Type::tuple({number, Type(TypeKind::kBoolean)})}});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (jmespath::parse_python_json(text)) (void)jmespath::python_number(text);
  const auto expression = jmespath::parse(text);
  if (!expression) return 0;
  (void)jmespath::infer(*expression, fuzzed_type()).type.name();
  const auto result =
      jmespath::evaluate(*expression, fuzzed_document(), {.max_steps = kFuzzedSteps});
  if (result) (void)jmespath::to_python_json(*result);
  return 0;
}
