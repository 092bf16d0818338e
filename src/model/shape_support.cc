#include "model/shape_support.h"

namespace seatrial::model {

Value write_members(std::span<const MemberBinding> table, const void* shape) {
  Object object;
  const char* base = static_cast<const char*>(shape);
  for (const MemberBinding& row : table) {
    const void* member = base + row.offset;
    if (row.codec->present(member)) {
      object.emplace(boost::json::string_view(row.name.data(), row.name.size()),
                     row.codec->write(member));
    }
  }
  return object;
}

void read_members(std::span<const MemberBinding> table, const Value& v, void* shape) {
  const Object* object = v.if_object();
  if (object == nullptr || object->empty()) return;
  char* base = static_cast<char*>(shape);
  for (const MemberBinding& row : table) {
    const Value* found = object->if_contains({row.name.data(), row.name.size()});
    if (found == nullptr || (found->is_null() && !row.codec->keeps_null)) continue;
    row.codec->read(*found, base + row.offset);
  }
}

}  // namespace seatrial::model
