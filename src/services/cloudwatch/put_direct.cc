#include "services/cloudwatch/put_direct.h"

#include <simdjson.h>

#include "services/cloudwatch/put_datum.h"

namespace seatrial::services::cloudwatch {
namespace {

namespace dom = simdjson::dom;  // which picks the instructions this machine has at run time

// Each reads one thing; false: not as usual.
class Reader : public PutTaker {
 public:
  using PutTaker::PutTaker;
  bool request(dom::object object);

 private:
  bool data(dom::array array);
  bool datum(dom::object object);
  bool member(std::string_view key, dom::element value);
  bool dimensions(dom::array array);
  bool statistic_set(dom::object object);
  static bool numbers(dom::array array, std::vector<double>& to);
};

bool text_of(dom::element value, std::string_view& to) {
  return value.get_string().get(to) == simdjson::SUCCESS;
}
bool number_of(dom::element value, double& to) {
  return value.get_double().get(to) == simdjson::SUCCESS && is_magnitude(to);
}

bool Reader::numbers(dom::array array, std::vector<double>& to) {
  for (const dom::element item : array) {
    double number = 0;
    if (!number_of(item, number) || to.size() == kMaxValues) return false;
    to.push_back(number);
  }
  return true;
}

bool Reader::dimensions(dom::array array) {
  for (const dom::element item : array) {
    dom::object object;
    if (item.get_object().get(object) != simdjson::SUCCESS) return false;
    std::string_view name, value;
    for (const auto [key, text] : object) {
      auto& to = key == "Name" ? name : value;
      if ((key != "Name" && key != "Value") || !to.empty() || !text_of(text, to)) return false;
    }
    if (!add_dimension(name, value)) return false;
  }
  return sort_dimensions();
}

bool Reader::statistic_set(dom::object object) {
  StatisticSet found;
  for (const auto [key, value] : object) {
    double number = 0;
    if (!number_of(value, number) || !found.take(key, number)) return false;
  }
  return take_set(found);
}

bool Reader::member(std::string_view key, dom::element value) {
  double number = 0;
  dom::array array;
  if (key == "MetricName") return text_of(value, datum_.names.metric);
  if (key == "Unit") return text_of(value, datum_.names.unit) && is_unit(datum_.names.unit);
  if (key == "Value") return number_of(value, number) && (datum_.value = number, true);
  if (key == "Timestamp") {
    return value.get_double().get(number) == simdjson::SUCCESS &&
           (datum_.timestamp_s = number, true);
  }
  if (key == "StorageResolution") {
    return value.get_int64().get(datum_.resolution) == simdjson::SUCCESS;
  }
  if (key == "StatisticValues") {
    dom::object object;
    return value.get_object().get(object) == simdjson::SUCCESS && statistic_set(object);
  }
  if (value.get_array().get(array) != simdjson::SUCCESS) return false;
  if (key == "Dimensions") return datum_.names.count == 0 && dimensions(array);
  if (key == "Values" && datum_.values.empty()) return numbers(array, datum_.values);
  return key == "Counts" && datum_.counts.empty() && numbers(array, datum_.counts);
}

bool Reader::datum(dom::object object) {
  datum_.clear();
  for (const auto [key, value] : object) {
    if (!member(key, value)) return false;
  }
  return finish_datum();
}

bool Reader::data(dom::array array) {
  for (const dom::element item : array) {
    dom::object object;
    if (item.get_object().get(object) != simdjson::SUCCESS || !datum(object)) return false;
    if (datums() > kMaxDatums) return false;
  }
  return datums() > 0;
}

// The namespace has to come before the data, as every SDK writes it.
bool Reader::request(dom::object object) {
  for (const auto [key, value] : object) {
    if (key == "Namespace") {
      std::string_view name_space;
      if (!text_of(value, name_space) || !begin(name_space)) return false;
    } else if (key == "MetricData" && has_begun() && datums() == 0) {
      dom::array array;
      if (value.get_array().get(array) != simdjson::SUCCESS || !data(array)) return false;
    } else {
      return false;
    }
  }
  return datums() > 0;
}

}  // namespace

std::optional<std::vector<metrics::HotSample>> read_put(metrics::Engine& engine,
                                                        const std::string& region,
                                                        std::string_view json, Time now) {
  thread_local dom::parser parser;
  thread_local std::string padded;
  thread_local PutBuffers buffers;
  if (json.size() > kMaxDirectBytes || engine.is_full()) return std::nullopt;
  padded.assign(json);
  padded.resize(json.size() + simdjson::SIMDJSON_PADDING, ' ');
  dom::object object;
  if (parser.parse(padded.data(), json.size(), false).get_object().get(object) !=
      simdjson::SUCCESS) {
    return std::nullopt;
  }
  Reader reader(region, now, buffers);
  if (!reader.request(object)) return std::nullopt;
  return buffers.number(engine);
}

}  // namespace seatrial::services::cloudwatch
