// See references.h, and collect_references of template.h.
#include "decide/template/references.h"

#include <array>

#include "decide/template/template.h"

namespace seatrial::decide {

std::unexpected<model::AwsError> invalid(std::string message) {
  return model::fail("ValidationError", std::move(message));
}

std::optional<FunctionCall> function_call(const Value& v) {
  const auto* object = v.if_object();
  if (object == nullptr || object->size() != 1) return std::nullopt;
  const auto& member = *object->begin();
  const std::string_view name{member.key().data(), member.key().size()};
  if (name != "Ref" && !name.starts_with("Fn::")) return std::nullopt;
  return FunctionCall{name, &member.value()};
}

bool is_known_function(std::string_view name) {
  static constexpr std::array kNames = {"Ref",        "Fn::And",         "Fn::Base64", "Fn::Cidr",
                                        "Fn::Equals", "Fn::FindInMap",   "Fn::GetAtt", "Fn::GetAZs",
                                        "Fn::If",     "Fn::ImportValue", "Fn::Join",   "Fn::Not",
                                        "Fn::Or",     "Fn::Select",      "Fn::Split",  "Fn::Sub"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

model::Outcome<GetAttTarget> get_att_target(const Value& argument) {
  constexpr std::string_view kUsage =
      "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource "
      "name "
      "and the resource attribute";
  if (argument.is_string()) {
    const std::string_view text = as_view(argument.get_string());
    const auto dot = text.find('.');
    if (dot == std::string_view::npos || dot == 0 || dot + 1 == text.size())
      return invalid(std::string(kUsage));
    return GetAttTarget{std::string(text.substr(0, dot)), Value(text.substr(dot + 1))};
  }
  const auto* pair = argument.if_array();
  if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string() ||
      (*pair)[0].get_string().empty())
    return invalid(std::string(kUsage));
  const Value& attribute = (*pair)[1];
  const auto call = function_call(attribute);
  const bool named = attribute.is_string() && !attribute.get_string().empty();
  if (!named && !(call && call->name == "Ref")) return invalid(std::string(kUsage));
  return GetAttTarget{std::string(as_view((*pair)[0].get_string())), attribute};
}

model::Outcome<std::vector<SubPiece>> split_sub(std::string_view text) {
  std::vector<SubPiece> pieces;
  std::string literal;
  while (!text.empty()) {
    const auto at = text.find("${");
    literal += text.substr(0, at);
    if (at == std::string_view::npos) break;
    const auto close = text.find('}', at);
    if (close == std::string_view::npos) {
      literal += text.substr(at);
      break;
    }
    std::string_view name = text.substr(at + 2, close - at - 2);
    text.remove_prefix(close + 1);
    if (name.starts_with('!')) {
      literal += "${" + std::string(name.substr(1)) + "}";
      continue;
    }
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    for (char c : name)
      if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '.' && c != ':')
        name = {};
    if (name.empty())
      return invalid(
          "Template error: variable names in Fn::Sub syntax must contain only alphanumeric "
          "characters, underscores, periods, and colons");
    if (!literal.empty()) pieces.push_back({false, std::exchange(literal, {})});
    pieces.push_back({true, std::string(name)});
  }
  if (!literal.empty()) pieces.push_back({false, std::move(literal)});
  return pieces;
}

bool is_pseudo_parameter(std::string_view name) {
  static constexpr std::array kNames = {"AWS::AccountId", "AWS::NotificationARNs", "AWS::NoValue",
                                        "AWS::Partition", "AWS::Region",           "AWS::StackId",
                                        "AWS::StackName", "AWS::URLSuffix"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

namespace {

void collect(const Value& v, std::vector<Reference>& out);

void collect_sub(const Value& argument, std::vector<Reference>& out) {
  std::string_view text;
  const Object* own = nullptr;
  if (argument.is_string()) text = as_view(argument.get_string());
  if (const auto* pair = argument.if_array(); pair != nullptr && pair->size() == 2) {
    if ((*pair)[0].is_string()) text = as_view((*pair)[0].get_string());
    own = (*pair)[1].if_object();
    if (own != nullptr)
      for (const auto& member : *own) collect(member.value(), out);
  }
  const auto pieces = split_sub(text);
  if (!pieces) return;
  for (const SubPiece& piece : *pieces) {
    if (!piece.variable || (own != nullptr && own->contains(piece.text))) continue;
    const auto dot = piece.text.find('.');
    out.push_back({piece.text.substr(0, dot),
                   dot == std::string::npos ? "" : piece.text.substr(dot + 1), true});
  }
}

void collect(const Value& v, std::vector<Reference>& out) {
  if (const auto call = function_call(v)) {
    if (call->name == "Ref" && call->argument->is_string())
      return out.push_back({std::string(as_view(call->argument->get_string())), "", false});
    if (call->name == "Fn::Sub") return collect_sub(*call->argument, out);
    if (call->name == "Fn::GetAtt") {
      if (auto target = get_att_target(*call->argument)) {
        collect(target->attribute, out);
        const bool plain = target->attribute.is_string();
        out.push_back({target->logical_id,
                       plain ? std::string(as_view(target->attribute.get_string())) : "*", false});
      }
      return;
    }
    return collect(*call->argument, out);
  }
  if (const auto* object = v.if_object())
    for (const auto& member : *object) collect(member.value(), out);
  if (const auto* array = v.if_array())
    for (const auto& element : *array) collect(element, out);
}

}  // namespace

std::vector<Reference> collect_references(const Value& v) {
  std::vector<Reference> out;
  collect(v, out);
  return out;
}

}  // namespace seatrial::decide
