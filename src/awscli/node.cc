// See node.h.
#include "awscli/node.h"

#include <fmt/format.h>

namespace seatrial::awscli {

const Node* Node::find(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (keys[i].text == key) return &items[i];
  return nullptr;
}

Node* Node::find(std::string_view key) {
  return const_cast<Node*>(static_cast<const Node*>(this)->find(key));
}

Node text_node(std::string text, std::size_t begin, std::size_t end) {
  Node node;
  node.kind = NodeKind::kText;
  node.text = std::move(text);
  node.begin = begin, node.end = end;
  return node;
}

void set_member(Node& map, NodeKey key, Node value) {
  if (Node* known = map.find(key.text); known != nullptr) {
    map.keys[static_cast<std::size_t>(known - map.items.data())] = std::move(key);
    *known = std::move(value);
    return;
  }
  map.keys.push_back(std::move(key));
  map.items.push_back(std::move(value));
}

void place_node(Node& node, std::size_t word, std::size_t offset) {
  node.word = word;
  node.begin += offset, node.end += offset;
  for (auto& key : node.keys) key.begin += offset, key.end += offset;
  for (auto& item : node.items) place_node(item, word, offset);
}

std::string shortened(std::string_view text) {
  constexpr std::size_t kShown = 60;
  if (text.size() <= kShown) return std::string(text);
  auto end = kShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

std::string describe(const Node& node) {
  switch (node.kind) {
    case NodeKind::kNull:
      return "null";
    case NodeKind::kBoolean:
      return node.boolean ? "true" : "false";
    case NodeKind::kInteger:
    case NodeKind::kFloat:
      return fmt::format("the number {}", shortened(node.text));
    case NodeKind::kText:
      return fmt::format("the text '{}'", shortened(node.text));
    case NodeKind::kList:
      return "a list";
    case NodeKind::kMap:
      return "a structure";
    default:
      return "something";
  }
}

}  // namespace seatrial::awscli
