// Documents for OpenSearch: the body of a _bulk request and what its answer says of each. Pure.
// Sources: the OpenSearch documentation, "Bulk"; Firehose developer guide, "Understand data
// delivery in Amazon Data Firehose" (index rotation).
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace seatrial::services::firehose {

// "logs" and OneDay on 30 November 2026: "logs-2026-11-30".
std::string index_name(const std::string& base, std::string_view rotation, Time arrived);

struct Document {
  std::string index, id;  // an empty id: the endpoint makes one
  std::string type;       // of old clusters; else empty
  std::string body;       // one JSON object on one line
  Time arrived{};
  // What became of it, once it has failed for good.
  std::string error_code, error_message;
};

// The text as one line, if it is a JSON object.
std::optional<std::string> json_line(std::string_view text);

std::string bulk_body(std::span<const Document> documents);

enum class Fate { kTaken, kAgain, kRefused };
struct Verdict {
  Fate fate = Fate::kAgain;
  std::string why;  // of kRefused and kAgain
};
// One verdict a document, from the endpoint's answer with status 200; empty when it cannot be read.
std::vector<Verdict> read_answer(std::string_view answer, std::size_t documents);

}  // namespace seatrial::services::firehose
