// A value between a word's text and the operation's input: what shorthand, JSON or a plain text
// says, with the place of every part, before the model has judged it.
//
// Problem: the CLI reads three notations, one of which (shorthand) knows no types; the model's
// checks are the same for all. Choice: one small tree that all readers make and validate.cc walks.
// Rejected: Boost.JSON's value, which has no room for places and for what the shell makes up.
//
// Offsets are bytes of the word's text. Depth is limited by the readers (kMaxNodeDepth).
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::awscli {

// Stands in a word's text, and in decoded strings, for what the shell puts there.
inline constexpr char kUnknownMark = '\x01';
inline constexpr int kMaxNodeDepth = 100;

enum class NodeKind : std::uint8_t {
  kUnknown,  // the shell or a file makes it up
  kNull,
  kBoolean,
  kInteger,
  kFloat,
  kText,  // may hold kUnknownMark
  kList,
  kMap
};

struct NodeKey {
  std::string text;
  std::size_t begin = 0, end = 0;
};

struct Node {
  NodeKind kind = NodeKind::kUnknown;
  bool boolean = false;
  std::int64_t integer = 0;  // saturated
  double number = 0;         // of an integer too
  std::string text;
  std::vector<NodeKey> keys;  // of a map, beside items
  std::vector<Node> items;
  bool open = false;  // a list or map that may have more than these
  std::size_t word = 0, begin = 0, end = 0;

  bool is(NodeKind of) const { return kind == of; }
  const Node* find(std::string_view key) const;
  Node* find(std::string_view key);
};

Node text_node(std::string text, std::size_t begin, std::size_t end);

// In a map; a member of that name is replaced, since the last one given wins in both notations.
void set_member(Node& map, NodeKey key, Node value);

// Gives every part of the tree the word it stands in and moves its offsets.
void place_node(Node& node, std::size_t word, std::size_t offset);

// "a list", "the text 'x'", for messages; long texts shortened.
std::string describe(const Node& node);
std::string shortened(std::string_view text);

}  // namespace seatrial::awscli
