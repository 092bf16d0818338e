"""A metric's data points on their way: PutMetricData, a metric stream, Firehose, a bucket. One world whose
minutes are short."""
import json

import pytest
from botocore.exceptions import ClientError

import otel
from conftest import REGION, await_true, close_world, new_world


@pytest.fixture(scope="module")
def quick():
    made = new_world("--speed", "60")
    made.up()
    made.client("iam").create_role(RoleName="streams", AssumeRolePolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {
            "Service": ["streams.metrics.cloudwatch.amazonaws.com", "firehose.amazonaws.com"]}}]}))
    yield made
    close_world(made)


ROLE = "arn:aws:iam::123456789012:role/streams"
LATENCY = {"MetricName": "latency", "Values": [1.0, 2.0, 9.0], "Unit": "Milliseconds",
           "Dimensions": [{"Name": "Host", "Value": "web"}]}


def stream_to(world, name, output_format, role=ROLE):
    """A stream of App into the bucket of its name; what reads the bucket's objects."""
    s3, cloudwatch = world.client("s3"), world.client("cloudwatch")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    firehose = world.client("firehose").create_delivery_stream(
        DeliveryStreamName=name, ExtendedS3DestinationConfiguration={
            "RoleARN": ROLE, "BucketARN": f"arn:aws:s3:::{name}",
            "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 0}})["DeliveryStreamARN"]
    cloudwatch.put_metric_stream(
        Name=name, FirehoseArn=firehose, RoleArn=role, OutputFormat=output_format,
        IncludeFilters=[{"Namespace": "App"}],
        StatisticsConfigurations=[{"IncludeMetrics": [{"Namespace": "App", "MetricName": "latency"}],
                                   "AdditionalStatistics": ["p50"]}])
    cloudwatch.put_metric_data(Namespace="App", MetricData=[LATENCY])
    return lambda: [s3.get_object(Bucket=name, Key=o["Key"])["Body"].read()
                    for o in s3.list_objects_v2(Bucket=name).get("Contents", [])]


def test_data_points_reach_a_bucket(quick):
    cloudwatch = quick.client("cloudwatch")
    objects = stream_to(quick, "points", "json")

    def delivered():
        lines = [json.loads(line) for data in objects() for line in data.splitlines()]
        return [line for line in lines if line["metric_name"] == "latency"]

    point = await_true(delivered, 30, "the data point in the bucket")[0]
    assert point.pop("timestamp") % 60_000 == 0
    assert point == {
        "metric_stream_name": "points", "account_id": "123456789012", "region": REGION, "namespace": "App",
        "metric_name": "latency", "dimensions": {"Host": "web"}, "unit": "Milliseconds",
        "value": {"count": 3.0, "sum": 12.0, "max": 9.0, "min": 1.0, "p50": 2.0}}
    assert cloudwatch.list_metric_streams()["Entries"][0]["State"] == "running"
    cloudwatch.delete_metric_stream(Name="points")


@pytest.mark.parametrize("output_format", ["opentelemetry0.7", "opentelemetry1.0"])
def test_opentelemetry_is_read_by_its_own_code(quick, output_format):
    name = output_format.replace(".", "-")
    objects = stream_to(quick, name, output_format)
    data = await_true(objects, 30, "a record in the bucket")[0]
    resource = otel.requests_of(data, output_format)[0].resource_metrics[0]
    assert {a.key: a.value.string_value for a in resource.resource.attributes} == {
        "cloud.provider": "aws", "cloud.account.id": "123456789012", "cloud.region": REGION,
        "aws.exporter.arn": f"arn:aws:cloudwatch:{REGION}:123456789012:metric-stream/{name}"}
    old = output_format == "opentelemetry0.7"
    metric = (resource.instrumentation_library_metrics if old else resource.scope_metrics)[0].metrics[0]
    assert (metric.name, metric.unit) == ("amazonaws.com/App/latency", "ms")
    point = (metric.double_summary if old else metric.summary).data_points[0]
    assert (point.count, point.sum) == (3, 12.0)
    assert point.time_unix_nano - point.start_time_unix_nano == 60 * 10**9
    assert [(q.quantile, q.value) for q in point.quantile_values] == [(0.0, 1.0), (0.5, 2.0), (1.0, 9.0)]
    if old:
        labels = {label.key: label.value for label in point.labels}
    else:
        labels = {a.key: a.value.string_value for a in point.attributes if a.key != "Dimensions"}
        labels |= {d.key: d.value.string_value for a in point.attributes for d in a.value.kvlist_value.values}
    assert labels == {"Namespace": "App", "MetricName": "latency", "Host": "web"}
    quick.client("cloudwatch").delete_metric_stream(Name=name)


def test_a_role_that_cannot_be_assumed_is_refused(quick):
    with pytest.raises(ClientError, match="role/nobody does not exist"):
        stream_to(quick, "refused", "json", ROLE.replace("streams", "nobody"))
