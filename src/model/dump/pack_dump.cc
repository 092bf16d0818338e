// Prints what the reader sees of one service's models as JSON, for tests/oracle/test_pack.py to
// hold against botocore. Without an argument: the pack's version and the names of all services.
#include <cstdio>

#include "base/value.h"
#include "model/pack.h"

namespace seatrial::model {
namespace {

class Dump {
 public:
  explicit Dump(Service service) : service_(service) {}

  Object service() {
    Object out{{"name", service_.name()},
               {"service_id", service_.service_id()},
               {"full_name", service_.full_name()},
               {"endpoint_prefix", service_.endpoint_prefix()},
               {"signing_name", service_.signing_name()},
               {"target_prefix", service_.target_prefix()},
               {"api_version", service_.api_version()},
               {"json_version", service_.json_version()},
               {"xml_namespace", service_.xml_namespace()},
               {"query_compatible", service_.query_compatible()},
               {"protocol", static_cast<int>(service_.protocol())}};
    Array protocols, operations, waiters;
    for (int p = 0; p <= static_cast<int>(Protocol::kCbor); ++p) {
      if (service_.supports(static_cast<Protocol>(p))) protocols.push_back(p);
    }
    for (std::uint32_t i = 0; i < service_.operation_count(); ++i) {
      operations.push_back(operation(service_.operation(i)));
    }
    for (std::uint32_t i = 0; i < service_.waiter_count(); ++i) {
      waiters.push_back(waiter(service_.waiter(i)));
    }
    out["protocols"] = std::move(protocols);
    out["operations"] = std::move(operations);
    out["waiters"] = std::move(waiters);
    out["shapes"] = std::move(shapes_);
    return out;
  }

 private:
  static Object waiter(Waiter w) {
    return {{"name", w.name()},
            {"cli_name", w.cli_name()},
            {"operation", w.operation()},
            {"delay", w.delay_s()},
            {"max_attempts", w.max_attempts()},
            {"acceptors", w.acceptors_json()}};
  }

  static Value texts(const std::vector<std::string_view>& list) {
    return Array(list.begin(), list.end());
  }

  static Value paginator(Operation op) {
    const auto pages = op.paginator();
    if (!pages) return nullptr;
    return Object{{"input_token", texts(pages->input_tokens)},
                  {"output_token", texts(pages->output_tokens)},
                  {"result_key", texts(pages->result_keys)},
                  {"limit_key", pages->limit_key},
                  {"more_results", pages->more_results}};
  }

  Object operation(Operation op) {
    Array errors;
    for (std::uint32_t i = 0; i < op.error_count(); ++i) errors.push_back(shape(op.error(i)));
    Object out{{"name", op.name()},
               {"cli_name", op.cli_name()},
               {"method", op.method()},
               {"uri", op.request_uri()},
               {"status", op.success_status()},
               {"result_wrapper", op.result_wrapper()},
               {"host_prefix", op.endpoint_prefix()},
               {"deprecated", op.deprecated()},
               {"auth_none", op.auth_none()},
               {"event_stream_output", op.event_stream_output()},
               {"paginator", paginator(op)},
               {"input", nullptr},
               {"output", nullptr}};
    if (op.has_input_member()) out["input"] = member(op.input_member());
    if (op.output()) out["output"] = shape(*op.output());
    out["errors"] = std::move(errors);
    return out;
  }

  Object member(Member m) {
    Object out{{"name", m.name()},
               {"location_name", m.location_name()},
               {"query_name", m.query_name()},
               {"location", static_cast<int>(m.location())},
               {"timestamp_format", static_cast<int>(m.timestamp_format())},
               {"xml_namespace", m.xml_namespace()},
               {"xml_prefix", m.xml_prefix()}};
    Array flags;
    const auto flag = [&](const char* name, bool set) {
      if (set) flags.push_back(name);
    };
    flag("required", m.required());
    flag("flattened", m.flattened());
    flag("xmlAttribute", m.xml_attribute());
    flag("streaming", m.streaming());
    flag("idempotencyToken", m.idempotency_token());
    flag("hostLabel", m.host_label());
    flag("deprecated", m.deprecated());
    flag("eventpayload", m.event_payload());
    flag("eventheader", m.event_header());
    out["flags"] = std::move(flags);
    out["shape"] = shape(m.shape());
    return out;
  }

  // Records the shape on first sight; its id as a key of "shapes".
  Value shape(Shape s) {
    std::string id = std::to_string(s.id());
    if (!shapes_.contains(id)) {
      shapes_[id] = nullptr;  // recursive shapes find it there
      Object described = describe(s);
      shapes_[id] = std::move(described);
    }
    return Value(id);
  }

  Object describe(Shape s) {
    Object out{{"name", s.name()},
               {"kind", static_cast<int>(s.kind())},
               {"min", nullptr},
               {"max", nullptr},
               {"pattern", s.pattern()},
               {"payload", s.payload()},
               {"error_code", s.error_code()},
               {"error_status", s.error_status()},
               {"xml_namespace", s.xml_namespace()},
               {"location_name", s.location_name()},
               {"timestamp_format", static_cast<int>(s.timestamp_format())},
               {"flags", shape_flags(s)},
               {"members", parts(s)}};
    if (s.min()) out["min"] = *s.min();
    if (s.max()) out["max"] = *s.max();
    Array values;
    for (std::uint32_t i = 0; i < s.enum_count(); ++i) values.push_back(Value(s.enum_value(i)));
    out["enum"] = std::move(values);
    return out;
  }

  static Array shape_flags(Shape s) {
    Array flags;
    const auto flag = [&](const char* name, bool set) {
      if (set) flags.push_back(name);
    };
    flag("flattened", s.flattened());
    flag("sensitive", s.sensitive());
    flag("streaming", s.streaming());
    flag("eventstream", s.event_stream());
    flag("event", s.event());
    flag("union", s.is_union());
    flag("jsonvalue", s.json_value());
    flag("exception", s.exception());
    flag("fault", s.fault());
    return flags;
  }

  Array parts(Shape s) {
    Array out;
    if (s.kind() == Kind::kList) {
      out.push_back(member(s.element()));
    } else if (s.kind() == Kind::kMap) {
      out.push_back(member(s.key()));
      out.push_back(member(s.value()));
    }
    for (std::uint32_t i = 0; i < s.member_count(); ++i) out.push_back(member(s.member(i)));
    return out;
  }

  Service service_;
  Object shapes_;
};

int run(int argc, char** argv) {
  if (argc < 2) {
    Array names;
    for (std::uint32_t i = 0; i < service_count(); ++i) names.push_back(Value(service(i).name()));
    std::puts(to_json(Object{{"version", pack_version()}, {"services", names}}).c_str());
    return 0;
  }
  const auto found = find_service(argv[1]);
  if (!found) {
    std::fprintf(stderr, "pack_dump: no service %s\n", argv[1]);
    return 1;
  }
  const std::string text = to_json(Dump(*found).service());
  std::fwrite(text.data(), 1, text.size(), stdout);
  return 0;
}

}  // namespace
}  // namespace seatrial::model

int main(int argc, char** argv) { return seatrial::model::run(argc, argv); }
