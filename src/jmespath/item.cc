// Items over both of their forms. The other half: item.h.
#include "jmespath/item.h"

namespace seatrial::jmespath {
namespace {

// Above it an object's names are found by hash.
constexpr std::size_t kMaxSearched = 8;

const Value kNull;

}  // namespace

std::string_view kind_name(ItemKind kind) {
  constexpr std::string_view kNames[] = {"null",  "boolean", "number", "string",
                                         "array", "object",  "expref"};
  return kNames[std::size_t(kind)];
}

void ItemHash::set(std::string_view name, Item item) {
  if (const Item* known = find(name)) {
    *const_cast<Item*>(known) = item;
    return;
  }
  members_.emplace_back(name, item);
  if (members_.size() <= kMaxSearched) return;
  if (places_.empty()) {
    for (std::size_t i = 0; i < members_.size(); ++i) places_.emplace(members_[i].first, i);
  } else {
    places_.emplace(std::string(name), members_.size() - 1);
  }
}

const Item* ItemHash::find(std::string_view name) const {
  if (!places_.empty()) {
    const auto place = places_.find(std::string(name));
    return place == places_.end() ? nullptr : &members_[place->second].second;
  }
  for (const auto& [known, item] : members_) {
    if (known == name) return &item;
  }
  return nullptr;
}

Item::Item() : form_(Form::kValue), at_(&kNull) {}

ItemKind Item::kind() const {
  if (form_ == Form::kList) return ItemKind::kArray;
  if (form_ == Form::kHash) return ItemKind::kObject;
  if (form_ == Form::kExpression) return ItemKind::kExpression;
  switch (scalar().kind()) {
    case boost::json::kind::null:
      return ItemKind::kNull;
    case boost::json::kind::bool_:
      return ItemKind::kBoolean;
    case boost::json::kind::string:
      return ItemKind::kString;
    case boost::json::kind::array:
      return ItemKind::kArray;
    case boost::json::kind::object:
      return ItemKind::kObject;
    default:
      return ItemKind::kNumber;
  }
}

std::size_t Item::size() const {
  if (form_ == Form::kList) return list().size();
  if (form_ == Form::kHash) return hash().members().size();
  const Value& value = scalar();
  return value.is_array() ? value.get_array().size() : value.get_object().size();
}

Item Item::element(std::size_t index) const {
  if (form_ == Form::kList) return list()[index];
  return Item(scalar().get_array()[index]);
}

std::optional<Item> Item::member(std::string_view name) const {
  if (form_ == Form::kHash) {
    const Item* item = hash().find(name);
    return item == nullptr ? std::nullopt : std::optional(*item);
  }
  if (form_ != Form::kValue) return std::nullopt;
  const Value* item = find_member(scalar(), name);
  return item == nullptr ? std::nullopt : std::optional(Item(*item));
}

}  // namespace seatrial::jmespath
