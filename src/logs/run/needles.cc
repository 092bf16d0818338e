#include "logs/run/needles.h"

#include <algorithm>

#include "base/encoding.h"
#include "logs/run/text_search.h"

namespace seatrial::logs::run {
namespace {

using query::Expression;
using query::Operator;
using NeedleKind = Expression::Kind;

constexpr std::size_t kLeast = 3;  // shorter ones are in nearly every block

class Hints {
 public:
  explicit Hints(ScanRequest& request) : request_(request) {}

  void add(const Expression& e) {
    if (e.kind != NeedleKind::kBinary) return;
    if (e.op == Operator::kAnd) {
      add(e.parts[0]);
      add(e.parts[1]);
      return;
    }
    if (e.parts[0].kind != NeedleKind::kField) return;
    const auto& field = e.parts[0].text;
    if (e.op == Operator::kLike || e.op == Operator::kMatches) return like(field, e.parts[1]);
    if (e.op == Operator::kEqual && e.parts[1].kind == NeedleKind::kString)
      equal(field, e.parts[1].text);
  }

 private:
  void needle(std::string_view text) {
    if (text.size() < kLeast) return;
    if (std::ranges::find(request_.needles, text) == request_.needles.end())
      request_.needles.emplace_back(text);
  }
  // In a message every byte counts; in a field of its JSON those that are never escaped.
  void like(const std::string& field, const Expression& pattern) {
    const auto text =
        pattern.kind == NeedleKind::kRegex ? required_text(pattern.text).text : pattern.text;
    if (field == "@message")
      needle(text);
    else if (!field.starts_with('@'))
      needle(longest_json_plain(text));
  }
  void equal(const std::string& field, const std::string& text) {
    if (field == "@logStream" && request_.streams.empty())
      request_.streams.push_back(text);
    else if (field == "@message")
      needle(text);
    else if (!field.starts_with('@') && text != "true" && text != "false")
      needle(longest_json_plain(text));
  }

  ScanRequest& request_;
};

// Commands that leave the events and their fields as they are.
bool is_transparent(const query::Command& command) {
  const auto* fields = std::get_if<query::FieldsCommand>(&command.body);
  return fields != nullptr && std::ranges::all_of(fields->items, [](const query::Item& item) {
           return item.alias.empty() && item.value.kind == NeedleKind::kField;
         });
}

}  // namespace

void add_hints(const query::Query& query, ScanRequest& request) {
  Hints hints(request);
  for (const auto& command : query.commands) {
    if (const auto* filter = std::get_if<query::FilterCommand>(&command.body))
      hints.add(filter->condition);
    else if (!is_transparent(command))
      return;
  }
}

}  // namespace seatrial::logs::run
