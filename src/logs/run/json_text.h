// Fields out of JSON as it stands in the log, without a tree and without a copy.
//
// Problem: a query over a gigabyte asks for two or three of a dozen fields of each line.
// Choice: one pass that knows the wanted paths, skips what is none of them and ends with the last
// one found; sixteen bytes at a time inside strings. Rejected: simdjson on demand, which wants
// padding behind each line (so a copy), reads each line to its end first, and is fast only when
// the compiler may use AVX2, which this program does not take for granted.
//
// What is no JSON gives no fields; damage behind the last wanted field is not looked for, apart
// from the closing brace. Of a key that comes twice the first one counts (guess).
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "logs/run/value.h"

namespace seatrial::logs::run {

// The wanted paths: keys and list indices separated by dots, as discovered fields are named. A dot
// in a key is found, too.
class JsonPaths {
 public:
  // `target`: where in scan()'s values it goes.
  void add(std::string_view path, int target);
  bool empty() const { return count_ == 0; }
  // Sets values[target] of what is found; the others are left alone. `json` is a map or list.
  void scan(std::string_view json, std::span<Value> values, Arena& arena) const;

 private:
  friend class JsonScan;
  struct Edge {
    std::string key;
    int node;
  };
  struct Node {
    std::vector<Edge> edges;
    std::vector<int> targets;
  };
  void add_from(int node, std::string_view rest, int target);
  int child(int node, std::string_view key);

  std::vector<Node> nodes_{1};
  int count_ = 0;
};

// One path in a map or list.
Value json_at(std::string_view json, std::string_view path, Arena& arena);
// Without blanks around it, when it is a whole map or list by its brackets; else empty.
std::string_view json_document(std::string_view text);
// Whether it is well formed to its end.
bool json_valid(std::string_view text);
// The first map within a text that closes again; empty when there is none.
std::string_view json_fragment(std::string_view text);
// The value that a piece of JSON is: number, text, truth value, map, list; absent for null.
Value json_value(std::string_view piece, Arena& arena);
// Calls for each element of a list, or each member of a map with its key; false when it is neither.
bool json_each(std::string_view json, Arena& arena,
               const std::function<void(std::string_view key, const Value&)>& visit);
// The text as a JSON string with its quotation marks.
std::string json_quoted(std::string_view text);

}  // namespace seatrial::logs::run
