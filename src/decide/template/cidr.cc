// See cidr.h.
#include "decide/template/cidr.h"

#include <charconv>

#include "decide/template/references.h"

namespace seatrial::decide {
namespace {

std::optional<unsigned> number(std::string_view s, unsigned most) {
  unsigned n = 0;
  const auto [end, ec] = std::from_chars(s.data(), s.data() + s.size(), n);
  if (s.empty() || ec != std::errc{} || end != s.data() + s.size() || n > most) return std::nullopt;
  return n;
}

struct Block {
  std::uint32_t address = 0;
  unsigned prefix = 0;
};

std::optional<Block> parse_block(std::string_view s) {
  const auto slash = s.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto prefix = number(s.substr(slash + 1), 32);
  if (!prefix) return std::nullopt;
  Block out{0, *prefix};
  std::string_view rest = s.substr(0, slash);
  for (int i = 0; i < 4; ++i) {
    const auto dot = i < 3 ? rest.find('.') : rest.size();
    if (dot == std::string_view::npos) return std::nullopt;
    const auto octet = number(rest.substr(0, dot), 255);
    if (!octet) return std::nullopt;
    out.address = out.address << 8 | *octet;
    rest.remove_prefix(std::min(dot + 1, rest.size()));
  }
  return out;
}

}  // namespace

model::Outcome<std::vector<std::string>> split_cidr(std::string_view block,
                                                    std::string_view count_text,
                                                    std::string_view bits_text) {
  const auto base = parse_block(block);
  if (!base)
    return invalid(
        fmt::format("Template error: Fn::Cidr cannot use the IP block '{}' (IPv4 only)", block));
  const auto count = number(count_text, kMaxCidrBlocks);
  const auto bits = number(bits_text, 32);
  if (!count || *count == 0 || !bits)
    return invalid("Template error: Fn::Cidr needs a count of 1 to 256 and subnet bits of 0 to 32");
  const std::uint64_t size = std::uint64_t{1} << *bits;
  const std::uint64_t room = std::uint64_t{1} << (32 - base->prefix);
  if (size * *count > room)
    return invalid(fmt::format("Template error: Fn::Cidr cannot fit {} blocks of /{} into {}",
                               *count, 32 - *bits, block));
  const std::uint64_t first = base->address & ~(room - 1);
  std::vector<std::string> out;
  for (std::uint64_t i = 0; i < *count; ++i) {
    const auto a = static_cast<std::uint32_t>(first + i * size);
    out.push_back(
        fmt::format("{}.{}.{}.{}/{}", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255, 32 - *bits));
  }
  return out;
}

}  // namespace seatrial::decide
