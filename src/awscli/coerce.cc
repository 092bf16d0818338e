// See coerce.h.
#include "awscli/coerce.h"

#include <fmt/format.h>

#include "awscli/scalars.h"

namespace seatrial::awscli {
namespace {

using model::Kind;
using model::Shape;

bool same_letters(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (std::tolower(static_cast<unsigned char>(text[i])) != lower[i]) return false;
  return true;
}

class Coercion {
 public:
  Coercion(const ValueContext& context, const Option& option)
      : context_(context), option_(option) {}

  void walk(const Shape& shape, Node& node) {
    if (node.is(NodeKind::kUnknown)) return;
    switch (shape.kind()) {
      case Kind::kStructure:
        return structure(shape, node);
      case Kind::kDocument:
        return document(node);
      case Kind::kList:
        return list(shape, node);
      case Kind::kMap:
        if (!node.is(NodeKind::kMap)) return;
        for (auto& item : node.items) walk(shape.value().shape(), item);
        return;
      default:
        return scalar(shape, node);
    }
  }

 private:
  void structure(const Shape& shape, Node& node) {
    if (!node.is(NodeKind::kMap)) return;
    for (std::size_t i = 0; i < node.keys.size(); ++i)
      if (const auto member = shape.find(node.keys[i].text)) walk(member->shape(), node.items[i]);
  }

  void document(Node& node) {
    refuse(node, fmt::format("--{}: shorthand cannot say this part; write the whole value in JSON",
                             option_.name));
  }

  // A lone value becomes a list of one, and is not looked into any more.
  void list(const Shape& shape, Node& node) {
    if (node.is(NodeKind::kList)) {
      for (auto& item : node.items) walk(shape.element().shape(), item);
      return;
    }
    Node lone = std::move(node);
    node = Node{};
    node.kind = NodeKind::kList;
    node.word = lone.word, node.begin = lone.begin, node.end = lone.end;
    node.open = lone.text.contains(kUnknownMark);
    node.items.push_back(std::move(lone));
  }

  void scalar(const Shape& shape, Node& node) {
    const auto kind = shape.kind();
    const bool whole = kind == Kind::kInteger || kind == Kind::kLong;
    const bool real = kind == Kind::kFloat || kind == Kind::kDouble;
    if (!whole && !real && kind != Kind::kBoolean) return;
    if (node.is(NodeKind::kText) && node.text.contains(kUnknownMark)) return void(forget(node));
    if (!node.is(NodeKind::kText)) {
      return refuse(node, fmt::format("--{} takes a {} here, not {}", option_.name,
                                      whole  ? "whole number"
                                      : real ? "number"
                                             : "true or false",
                                      describe(node)));
    }
    if (kind == Kind::kBoolean) return boolean(node);
    auto number = whole ? read_integer(node.text) : read_float(node.text);
    if (!number) {
      return refuse(node, fmt::format("--{} takes a {} here, not '{}'", option_.name,
                                      whole ? "whole number" : "number", shortened(node.text)));
    }
    number->word = node.word, number->begin = node.begin, number->end = node.end;
    node = std::move(*number);
  }

  // Other texts stay, and are refused by the model's check.
  static void boolean(Node& node) {
    const bool yes = same_letters(node.text, "true");
    if (!yes && !same_letters(node.text, "false")) return;
    node.kind = NodeKind::kBoolean;
    node.boolean = yes;
  }

  static void forget(Node& node) {
    Node unknown;
    unknown.word = node.word, unknown.begin = node.begin, unknown.end = node.end;
    node = std::move(unknown);
  }

  void refuse(Node& node, std::string message) {
    auto& problem =
        add_problem(context_, ProblemKind::kBadValue, place_of(node), std::move(message));
    problem.option = option_.name;
    forget(node);
  }

  const ValueContext& context_;
  const Option& option_;
};

}  // namespace

void coerce(const ValueContext& context, const Option& option, const Shape& shape, Node& node) {
  Coercion(context, option).walk(shape, node);
}

}  // namespace seatrial::awscli
