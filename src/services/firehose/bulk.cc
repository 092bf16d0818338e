#include "services/firehose/bulk.h"

#include <fmt/format.h>

#include "base/value.h"
#include "services/firehose/prefix.h"

namespace seatrial::services::firehose {
namespace {

constexpr std::string_view kNoErrors = "\"errors\":false";

// ISO 8601's week of a day, as "2026-w49".
std::string week_of(Time at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const auto number = std::chrono::weekday(day).iso_encoding();
  const auto thursday = day + std::chrono::days{4 - static_cast<int>(number)};
  const std::chrono::year_month_day date(thursday);
  const std::chrono::sys_days first{date.year() / std::chrono::January / 1};
  return fmt::format("{}-w{:02}", static_cast<int>(date.year()),
                     (thursday - first).count() / 7 + 1);
}

Verdict verdict_of(const Value& item) {
  if (!item.is_object() || item.get_object().empty()) return {};
  const Value& action = item.get_object().begin()->value();  // {"index": {...}}
  const Value* status = find_member(action, "status");
  if (status == nullptr || !status->is_int64()) return {};
  const auto code = status->get_int64();
  if (code >= 200 && code < 300) return {Fate::kTaken, ""};
  const Value* error = find_member(action, "error");
  const std::string why = error == nullptr ? fmt::format("status {}", code) : to_json(*error);
  return {code == 429 || code >= 500 ? Fate::kAgain : Fate::kRefused, why};
}

}  // namespace

std::string index_name(const std::string& base, std::string_view rotation, Time arrived) {
  if (rotation == "NoRotation") return base;
  if (rotation == "OneWeek") return base + "-" + week_of(arrived);
  const std::string_view pattern = rotation == "OneHour"    ? "yyyy-MM-dd-HH"
                                   : rotation == "OneMonth" ? "yyyy-MM"
                                                            : "yyyy-MM-dd";
  return base + "-" + format_pattern(pattern, arrived).value_or("");
}

std::optional<std::string> json_line(std::string_view text) {
  const auto value = parse_json(text);
  if (!value || !value->is_object()) return std::nullopt;
  const auto last = text.find_last_not_of(" \t\r\n");
  const std::string_view line = text.substr(0, last + 1);
  return line.contains('\n') || line.contains('\r') ? to_json(*value) : std::string(line);
}

std::string bulk_body(std::span<const Document> documents) {
  std::string body;
  for (const auto& document : documents) {
    Object target{{"_index", document.index}};
    if (!document.type.empty()) target["_type"] = document.type;
    if (!document.id.empty()) target["_id"] = document.id;
    body += to_json(Object{{"index", std::move(target)}}) + "\n" + document.body + "\n";
  }
  return body;
}

std::vector<Verdict> read_answer(std::string_view answer, std::size_t documents) {
  const auto value = parse_json(answer);
  // An answer without errors may be too long to have been kept whole.
  const bool fine = value ? find_member(*value, "errors") != nullptr &&
                                *find_member(*value, "errors") == Value(false)
                          : answer.substr(0, answer.find("\"items\"")).contains(kNoErrors);
  if (fine) return std::vector<Verdict>(documents, Verdict{Fate::kTaken, ""});
  const Value* items = value ? find_member(*value, "items") : nullptr;
  if (items == nullptr || !items->is_array() || items->get_array().size() != documents) return {};
  std::vector<Verdict> verdicts;
  for (const Value& item : items->get_array()) verdicts.push_back(verdict_of(item));
  return verdicts;
}

}  // namespace seatrial::services::firehose
