"""What reads a metric stream's OpenTelemetry records: of 1.0.0 the published package, of 0.7.0, which no package
has any more, the messages of that release's metrics.proto that CloudWatch fills."""
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

# name: [(field, number, type or message, repeated)], as in opentelemetry-proto v0.7.0
OLD = {
    "StringKeyValue": [("key", 1, "string"), ("value", 2, "string")],
    "AnyValue": [("string_value", 1, "string")],
    "KeyValue": [("key", 1, "string"), ("value", 2, "AnyValue")],
    "Resource": [("attributes", 1, "KeyValue", True)],
    "ValueAtQuantile": [("quantile", 1, "double"), ("value", 2, "double")],
    "DoubleSummaryDataPoint": [
        ("labels", 1, "StringKeyValue", True), ("start_time_unix_nano", 2, "fixed64"),
        ("time_unix_nano", 3, "fixed64"), ("count", 4, "fixed64"), ("sum", 5, "double"),
        ("quantile_values", 6, "ValueAtQuantile", True)],
    "DoubleSummary": [("data_points", 1, "DoubleSummaryDataPoint", True)],
    "Metric": [("name", 1, "string"), ("description", 2, "string"), ("unit", 3, "string"),
               ("double_summary", 11, "DoubleSummary")],
    "InstrumentationLibraryMetrics": [("metrics", 2, "Metric", True)],
    "ResourceMetrics": [("resource", 1, "Resource"),
                        ("instrumentation_library_metrics", 2, "InstrumentationLibraryMetrics", True)],
    "ExportMetricsServiceRequest": [("resource_metrics", 1, "ResourceMetrics", True)],
}


def old_request():
    file = descriptor_pb2.FileDescriptorProto(name="otel07.proto", package="otel07", syntax="proto3")
    kinds = descriptor_pb2.FieldDescriptorProto
    for name, fields in OLD.items():
        message = file.message_type.add(name=name)
        for field, number, kind, *repeated in fields:
            added = message.field.add(name=field, number=number,
                                      label=kinds.LABEL_REPEATED if repeated else kinds.LABEL_OPTIONAL)
            if kind in OLD:
                added.type, added.type_name = kinds.TYPE_MESSAGE, ".otel07." + kind
            else:
                added.type = getattr(kinds, "TYPE_" + kind.upper())
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("otel07.ExportMetricsServiceRequest"))


REQUESTS = {"opentelemetry0.7": old_request(), "opentelemetry1.0": ExportMetricsServiceRequest}


def requests_of(data, output_format):
    """The length-delimited requests in a record; anything that is not one is an error."""
    found = []
    while data:
        length = shift = used = 0
        while True:
            byte = data[used]
            length |= (byte & 0x7F) << shift
            shift, used = shift + 7, used + 1
            if byte < 0x80:
                break
        assert used + length <= len(data), "a record ends within a request"
        found.append(REQUESTS[output_format].FromString(data[used:used + length]))
        data = data[used + length:]
    return found
