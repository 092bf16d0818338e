// Vended logs: sources (a resource and what it logs), destinations (a log group or a bucket) and
// the deliveries between them. This room keeps the records; the resource's room makes the lines
// (LogVendor in api.h).
#pragma once
#include <map>
#include <string>
#include <vector>

#include "model/shapes/logs.h"
#include "room/room.h"
#include "services/logs/api.h"
#include "store/table.h"

namespace seatrial::services::logs {

struct DeliverySourceRecord {
  std::string name, resource, log_type;
  std::map<std::string, std::string> tags;
  template <class F>
  static void fields(F&& f) {
    f("name", &DeliverySourceRecord::name);
    f("resource", &DeliverySourceRecord::resource);
    f("log_type", &DeliverySourceRecord::log_type);
    f("tags", &DeliverySourceRecord::tags);
  }
};

struct DeliveryDestinationRecord {
  std::string name, resource, format;  // format: empty where none was given
  std::map<std::string, std::string> tags;
  template <class F>
  static void fields(F&& f) {
    f("name", &DeliveryDestinationRecord::name);
    f("resource", &DeliveryDestinationRecord::resource);
    f("format", &DeliveryDestinationRecord::format);
    f("tags", &DeliveryDestinationRecord::tags);
  }
};

struct DeliveryRecord {
  std::string id, source, destination;  // names
  std::vector<std::string> record_fields;
  std::string delimiter;
  std::map<std::string, std::string> tags;
  template <class F>
  static void fields(F&& f) {
    f("id", &DeliveryRecord::id);
    f("source", &DeliveryRecord::source);
    f("destination", &DeliveryRecord::destination);
    f("record_fields", &DeliveryRecord::record_fields);
    f("delimiter", &DeliveryRecord::delimiter);
    f("tags", &DeliveryRecord::tags);
  }
};

struct DeliveryTables {  // by "region/name", "region/id"
  explicit DeliveryTables(store::Store& store)
      : sources(store, "logs.delivery_source"),
        destinations(store, "logs.delivery_destination"),
        deliveries(store, "logs.delivery") {}
  store::Table<DeliverySourceRecord> sources;
  store::Table<DeliveryDestinationRecord> destinations;
  store::Table<DeliveryRecord> deliveries;
};

}  // namespace seatrial::services::logs
