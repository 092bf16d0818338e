#include "services/firehose/processors.h"

#include "services/firehose/errors.h"
#include "wire/body.h"

namespace seatrial::services::firehose {
namespace {

using aws::firehose::Processor;

constexpr std::size_t kMaxDecompressed = 16u << 20;  // of one record

room::Outcome<std::string> parameter(const Processor& processor, std::string_view wanted,
                                     std::string preset) {
  for (const auto& one : processor.Parameters) {
    if (one.ParameterName != wanted)
      return not_served(
          fmt::format("the parameter {} of the processor {}", one.ParameterName, processor.Type));
    preset = one.ParameterValue;
  }
  return preset;
}

room::Outcome<void> read_decompression(const Processor& processor, Processing& out) {
  const auto format = parameter(processor, "CompressionFormat", "GZIP");
  if (!format) return std::unexpected(format.error());
  if (*format != "GZIP") return not_served("decompression of " + *format);
  out.decompress = true;
  return {};
}

room::Outcome<void> read_log_processing(const Processor& processor, Processing& out) {
  const auto extraction = parameter(processor, "DataMessageExtraction", "false");
  if (!extraction) return std::unexpected(extraction.error());
  if (*extraction != "true" && *extraction != "false")
    return invalid_argument("DataMessageExtraction must be true or false.");
  out.extract_messages = *extraction == "true";
  return {};
}

room::Outcome<void> read_delimiter(const Processor& processor, Processing& out) {
  const auto delimiter = parameter(processor, "Delimiter", "\\n");
  if (!delimiter) return std::unexpected(delimiter.error());
  out.delimiter = *delimiter == "\\n" ? "\n" : *delimiter;  // templates write it escaped
  return {};
}

room::Outcome<void> read_processor(const Processor& processor, Processing& out) {
  if (processor.Type == "Decompression") return read_decompression(processor, out);
  if (processor.Type == "CloudWatchLogProcessing") return read_log_processing(processor, out);
  if (processor.Type == "AppendDelimiterToRecord") return read_delimiter(processor, out);
  return not_served("the processor " + processor.Type);
}

std::expected<std::vector<std::string>, ProcessingFailure> messages_of(const std::string& text) {
  const auto document = parse_json(text);
  const Value* events = document ? find_member(*document, "logEvents") : nullptr;
  if (events == nullptr || !events->is_array())
    return std::unexpected(ProcessingFailure{"CloudWatchLogs.InvalidFormat",
                                             "The record is no CloudWatch Logs data."});
  std::vector<std::string> messages;
  if (text_member(*document, "messageType") != "DATA_MESSAGE") return messages;
  for (const Value& event : events->get_array())
    messages.emplace_back(text_member(event, "message"));
  return messages;
}

}  // namespace

room::Outcome<Processing> Processing::read(
    const std::optional<aws::firehose::ProcessingConfiguration>& configuration) {
  Processing out;
  if (!configuration || !configuration->Enabled.value_or(false)) return out;
  for (const auto& processor : configuration->Processors)
    if (auto ok = read_processor(processor, out); !ok) return std::unexpected(ok.error());
  if (out.extract_messages && !out.decompress)
    return invalid_argument("CloudWatchLogProcessing needs the processor Decompression.");
  return out;
}

// Extracted messages are lines, whatever the delimiter of records.
std::expected<std::vector<std::string>, ProcessingFailure> process(const Processing& processing,
                                                                   std::string_view data) {
  std::vector<std::string> records;
  if (!processing.decompress) {
    records.emplace_back(data);
  } else {
    auto text = wire::gunzip(data, kMaxDecompressed);
    if (!text)
      return std::unexpected(
          ProcessingFailure{"Decompression.Failed", "The record is not compressed with GZIP."});
    if (!processing.extract_messages) {
      records.push_back(std::move(*text));
    } else {
      auto messages = messages_of(*text);
      if (!messages) return messages;
      records = std::move(*messages);
    }
  }
  std::string_view end = processing.delimiter;
  if (end.empty() && processing.extract_messages) end = "\n";
  for (auto& record : records) record += end;
  return records;
}

}  // namespace seatrial::services::firehose
