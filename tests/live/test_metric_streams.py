"""A metric's data points on their way: PutMetricData, a metric stream, Firehose, a bucket. One world whose
minutes are short."""
import json

import pytest

from conftest import REGION, await_true, close_world, new_world

ROLE = "arn:aws:iam::123456789012:role/streams"


@pytest.fixture(scope="module")
def quick():
    made = new_world("--speed", "60")
    made.up()
    yield made
    close_world(made)


def test_data_points_reach_a_bucket(quick):
    s3, cloudwatch = quick.client("s3"), quick.client("cloudwatch")
    s3.create_bucket(Bucket="points", CreateBucketConfiguration={"LocationConstraint": REGION})
    firehose = quick.client("firehose").create_delivery_stream(
        DeliveryStreamName="points", ExtendedS3DestinationConfiguration={
            "RoleARN": ROLE, "BucketARN": "arn:aws:s3:::points",
            "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 0}})["DeliveryStreamARN"]
    cloudwatch.put_metric_stream(
        Name="all", FirehoseArn=firehose, RoleArn=ROLE, OutputFormat="json",
        IncludeFilters=[{"Namespace": "App"}],
        StatisticsConfigurations=[{"IncludeMetrics": [{"Namespace": "App", "MetricName": "latency"}],
                                   "AdditionalStatistics": ["p50"]}])
    cloudwatch.put_metric_data(Namespace="App", MetricData=[
        {"MetricName": "latency", "Values": [1.0, 2.0, 9.0], "Unit": "Milliseconds",
         "Dimensions": [{"Name": "Host", "Value": "web"}]}])

    def delivered():
        keys = [o["Key"] for o in s3.list_objects_v2(Bucket="points").get("Contents", [])]
        lines = [json.loads(line) for key in keys
                 for line in s3.get_object(Bucket="points", Key=key)["Body"].read().splitlines()]
        return [line for line in lines if line["metric_name"] == "latency"]

    point = await_true(delivered, 30, "the data point in the bucket")[0]
    assert point.pop("timestamp") % 60_000 == 0
    assert point == {
        "metric_stream_name": "all", "account_id": "123456789012", "region": REGION, "namespace": "App",
        "metric_name": "latency", "dimensions": {"Host": "web"}, "unit": "Milliseconds",
        "value": {"count": 3.0, "sum": 12.0, "max": 9.0, "min": 1.0, "p50": 2.0}}
    assert cloudwatch.list_metric_streams()["Entries"][0]["State"] == "running"
    cloudwatch.delete_metric_stream(Name="all")
