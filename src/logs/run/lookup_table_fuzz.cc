// Any bytes as the CSV of a lookup table: it is read or refused, and its cells are there.
#include "logs/run/lookup_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using seatrial::logs::run::LookupTable;
  auto table = LookupTable::read(
      std::make_shared<const std::string>(reinterpret_cast<const char*>(data), size));
  if (!table) return 0;
  std::size_t sum = 0;
  for (std::size_t row = 0; row < table->rows(); ++row)
    for (std::size_t column = 0; column < table->columns().size(); ++column)
      for (const char c : table->cell(row, column)) sum += static_cast<unsigned char>(c);
  return sum == 1 ? -1 : 0;
}
