// SQS as it was before its model became JSON: the query protocol's names and error codes, which the
// model of today no longer has but older clients (the AWS CLI 2.9 of Debian 12) speak and all
// clients know the errors by.
//
// Problem: 18 operations whose members had other names in forms and XML. Choice: names are
// exchanged at the edges, part by part of a form's dotted names and tag by tag of the XML; the
// codecs between see today's model. Rejected: a second model of SQS, which would have to be kept
// alike. docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference (Query examples).
#pragma once
#include <string>
#include <string_view>

#include "wire/codec.h"

namespace seatrial::wire::sqs_query {

inline constexpr std::string_view kNamespace = "http://queue.amazonaws.com/doc/2012-11-05/";

bool is_sqs(const model::Service& service);
// "QueueDoesNotExist" -> "AWS.SimpleQueueService.NonExistentQueue"; others stay.
std::string_view old_code(std::string_view shape_name);
// "Attribute.1.Name=x" -> "Attributes.1.key=x".
std::string new_form(std::string_view form, std::string_view operation);
// <Attributes><key>x</key>... -> <Attribute><Name>x</Name>...
std::string old_xml(std::string_view xml, std::string_view operation);

}  // namespace seatrial::wire::sqs_query
