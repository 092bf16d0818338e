#include "wire/sqs_query.h"

#include <array>

namespace seatrial::wire::sqs_query {
namespace {

struct Pair {
  std::string_view from, to;
};

constexpr std::array kCodes = {
    Pair{"BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"},
    Pair{"BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong"},
    Pair{"EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest"},
    Pair{"InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId"},
    Pair{"MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight"},
    Pair{"PurgeQueueInProgress", "AWS.SimpleQueueService.PurgeQueueInProgress"},
    Pair{"QueueDeletedRecently", "AWS.SimpleQueueService.QueueDeletedRecently"},
    Pair{"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"},
    Pair{"QueueNameExists", "QueueAlreadyExists"},
    Pair{"TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"},
    Pair{"UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation"}};

// Parts of a form's names. CreateQueue's tags are spelled small.
constexpr std::array kParts = {Pair{"Attribute", "Attributes"},
                               Pair{"AttributeName", "AttributeNames"},
                               Pair{"MessageAttribute", "MessageAttributes"},
                               Pair{"MessageAttributeName", "MessageAttributeNames"},
                               Pair{"MessageSystemAttribute", "MessageSystemAttributes"},
                               Pair{"MessageSystemAttributeName", "MessageSystemAttributeNames"},
                               Pair{"SendMessageBatchRequestEntry", "Entries"},
                               Pair{"DeleteMessageBatchRequestEntry", "Entries"},
                               Pair{"ChangeMessageVisibilityBatchRequestEntry", "Entries"},
                               Pair{"TagKey", "TagKeys"},
                               Pair{"Name", "key"},
                               Pair{"Key", "key"},
                               Pair{"Value", "value"}};

constexpr std::array kTags = {Pair{"Attributes", "Attribute"},
                              Pair{"MessageAttributes", "MessageAttribute"},
                              Pair{"Messages", "Message"},
                              Pair{"QueueUrls", "QueueUrl"},
                              Pair{"queueUrls", "QueueUrl"},
                              Pair{"Tags", "Tag"},
                              Pair{"Failed", "BatchResultErrorEntry"},
                              Pair{"value", "Value"}};

template <std::size_t N>
std::string_view exchanged(const std::array<Pair, N>& pairs, std::string_view name) {
  for (const auto& [from, to] : pairs)
    if (from == name) return to;
  return name;
}

std::string_view new_part(std::string_view part, std::string_view operation) {
  if (part == "Tag") return operation == "CreateQueue" ? "tags" : "Tags";
  return exchanged(kParts, part);
}

std::string old_tag(std::string_view tag, std::string_view operation) {
  if (tag == "key") return operation == "ListQueueTags" ? "Key" : "Name";
  if (tag == "Successful") return std::string(operation) + "ResultEntry";
  return std::string(exchanged(kTags, tag));
}

}  // namespace

bool is_sqs(const model::Service& service) { return service.name() == "sqs"; }

std::string_view old_code(std::string_view shape_name) { return exchanged(kCodes, shape_name); }

std::string new_form(std::string_view form, std::string_view operation) {
  std::string out;
  while (!form.empty()) {
    const auto end = std::min(form.find('&'), form.size());
    const auto parameter = form.substr(0, end);
    form.remove_prefix(std::min(end + 1, form.size()));
    const auto equals = std::min(parameter.find('='), parameter.size());
    auto name = parameter.substr(0, equals);
    if (!out.empty()) out += '&';
    while (true) {
      const auto dot = name.find('.');
      out += new_part(name.substr(0, dot), operation);
      if (dot == std::string_view::npos) break;
      out += '.';
      name.remove_prefix(dot + 1);
    }
    out += parameter.substr(equals);
  }
  return out;
}

// Text is escaped, so '<' opens nothing but tags.
std::string old_xml(std::string_view xml, std::string_view operation) {
  std::string out;
  while (!xml.empty()) {
    const auto open = std::min(xml.find('<'), xml.size());
    out += xml.substr(0, open);
    xml.remove_prefix(open);
    if (xml.empty()) break;
    const std::size_t begin = xml.starts_with("</") ? 2 : 1;
    const auto end = std::min(xml.find_first_of(" />", begin), xml.size());
    out += xml.substr(0, begin);
    out += old_tag(xml.substr(begin, end - begin), operation);
    xml.remove_prefix(end);
  }
  return out;
}

}  // namespace seatrial::wire::sqs_query
