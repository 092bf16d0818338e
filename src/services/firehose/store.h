// What the room keeps: streams, and the records that have not arrived yet. Keys: "region/stream",
// "region/stream:NUMBER" (a stream's name has no colon) in the order of arrival.
#pragma once
#include <map>
#include <string>

#include "base/arn.h"
#include "base/record.h"
#include "base/time.h"
#include "model/shapes/firehose.h"
#include "store/table.h"

namespace seatrial::services::firehose {

namespace api = aws::firehose;

struct StreamRecord {
  std::string name, arn;
  Time created{};
  std::optional<api::DirectPutSourceConfiguration> source;
  api::DestinationDescription destination;
  std::map<std::string, std::string> tags;
  std::int64_t version = 1;       // of the destination
  std::optional<Time> updated;    // when it was last changed
  std::string sealed_access_key;  // of an HTTP endpoint; no description shows it

  template <class F>
  static void fields(F&& f) {
    f("name", &StreamRecord::name);
    f("arn", &StreamRecord::arn);
    f("created", &StreamRecord::created);
    f("source", &StreamRecord::source);
    f("destination", &StreamRecord::destination);
    f("tags", &StreamRecord::tags);
    f("version", &StreamRecord::version);
    f("updated", &StreamRecord::updated);
    f("sealed_access_key", &StreamRecord::sealed_access_key);
  }
};

struct DataRecord {
  Time arrived{};
  std::string data;  // raw bytes

  template <class F>
  static void fields(F&& f) {
    f("arrived", &DataRecord::arrived);
    f("data", &DataRecord::data);
  }
};

struct Tables {
  explicit Tables(store::Store& store)
      : streams(store, "firehose.stream"), records(store, "firehose.record") {}
  store::Table<StreamRecord> streams;
  store::Table<DataRecord> records;
};

// The key of the stream with this ARN; of none when it is no ARN of a stream.
inline std::string stream_key(const std::string& arn) {
  constexpr std::string_view kKind = "deliverystream/";
  const auto parsed = parse_arn(arn);
  if (!parsed || parsed->service != "firehose" || !parsed->resource.starts_with(kKind)) return "";
  return parsed->region + "/" + parsed->resource.substr(kKind.size());
}

// What an HTTP endpoint's access key is sealed for.
inline std::string access_key_purpose(const std::string& arn) { return "firehose/" + arn; }

}  // namespace seatrial::services::firehose
