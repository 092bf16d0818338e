#include "logs/run/node.h"

namespace seatrial::logs::run {

Value Call::made(std::string_view text) const {
  if (text.size() <= kMaxTextBytes) return Value::of(row_.arena().keep(text));
  context().fail(fmt::format("{} made a text of more than {} MB.", name(), kMaxTextBytes >> 20));
  return {};
}

Apply find_builtin(std::string_view name) {
  for (const auto family : {kNumericBuiltins, kStringBuiltins, kEncodingBuiltins, kDatetimeBuiltins,
                            kIpBuiltins, kJsonBuiltins, kGeneralBuiltins})
    for (const auto& builtin : family)
      if (builtin.name == name) return builtin.apply;
  return nullptr;
}

}  // namespace seatrial::logs::run
