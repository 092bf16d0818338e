"""A metric's data points on their way: PutMetricData, a metric stream, Firehose, a bucket. One world whose
minutes are short."""
import datetime
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


TEMPLATE = {"Resources": {
    "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "stacked"}},
    "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": [
            "streams.metrics.cloudwatch.amazonaws.com", "firehose.amazonaws.com"]}}]}}},
    "Delivery": {"Type": "AWS::KinesisFirehose::DeliveryStream", "Properties": {"ExtendedS3DestinationConfiguration": {
        "BucketARN": {"Fn::GetAtt": ["Bucket", "Arn"]}, "RoleARN": {"Fn::GetAtt": ["Role", "Arn"]}}}},
    "Stream": {"Type": "AWS::CloudWatch::MetricStream", "Properties": {
        "FirehoseArn": {"Fn::GetAtt": ["Delivery", "Arn"]}, "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "OutputFormat": "opentelemetry1.0", "IncludeFilters": [{"Namespace": "App", "MetricNames": ["latency"]}]}},
    "Hosts": {"Type": "AWS::CloudWatch::Alarm", "Properties": {
        "Metrics": [{"Id": "q1", "Period": 60, "Expression":
                     'SELECT MAX(latency) FROM SCHEMA(App, Host) GROUP BY Host ORDER BY MAX() DESC'}],
        "Threshold": 8, "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold"}}},
    "Outputs": {"Stream": {"Value": {"Ref": "Stream"}}, "Arn": {"Value": {"Fn::GetAtt": ["Stream", "Arn"]}},
                "State": {"Value": {"Fn::GetAtt": ["Stream", "State"]}}}}


def test_a_stream_and_an_alarm_by_host_come_from_a_template(quick):
    cloudwatch, stacks = quick.client("cloudwatch"), quick.client("cloudformation")
    wait = {"StackName": "streams", "WaiterConfig": {"Delay": 1}}
    stacks.create_stack(StackName="streams", TemplateBody=json.dumps(TEMPLATE), Capabilities=["CAPABILITY_IAM"])
    stacks.get_waiter("stack_create_complete").wait(**wait)
    outputs = {o["OutputKey"]: o["OutputValue"]
               for o in stacks.describe_stacks(StackName="streams")["Stacks"][0]["Outputs"]}
    assert outputs["State"] == "running"
    assert outputs["Arn"] == f"arn:aws:cloudwatch:{REGION}:123456789012:metric-stream/{outputs['Stream']}"
    TEMPLATE["Resources"]["Stream"]["Properties"]["OutputFormat"] = "json"
    stacks.update_stack(StackName="streams", TemplateBody=json.dumps(TEMPLATE), Capabilities=["CAPABILITY_IAM"])
    stacks.get_waiter("stack_update_complete").wait(**wait)
    assert cloudwatch.get_metric_stream(Name=outputs["Stream"])["OutputFormat"] == "json"
    alarm = cloudwatch.describe_alarms(AlarmNamePrefix="streams-Hosts")["MetricAlarms"][0]["AlarmName"]

    def contributors():
        cloudwatch.put_metric_data(Namespace="App", MetricData=[LATENCY])
        return cloudwatch.describe_alarm_contributors(AlarmName=alarm)["AlarmContributors"]
    assert await_true(contributors, 30, "a contributor")[0]["ContributorAttributes"] == {"Host": "web"}
    stacks.delete_stack(StackName="streams")
    stacks.get_waiter("stack_delete_complete").wait(**wait)
    assert outputs["Stream"] not in [s["Name"] for s in cloudwatch.list_metric_streams()["Entries"]]


def test_delivery_streams_are_held_against_their_quota(quick):
    usage = {"Namespace": "AWS/Usage", "MetricName": "ResourceCount", "Dimensions": [
        {"Name": name, "Value": value} for name, value in
        [("Service", "Firehose"), ("Type", "Resource"), ("Resource", "DeliveryStreams"), ("Class", "None")]]}

    def share():
        now = datetime.datetime.now(datetime.timezone.utc)
        reply = quick.client("cloudwatch").get_metric_data(
            StartTime=now - datetime.timedelta(days=1), EndTime=now + datetime.timedelta(days=30), MetricDataQueries=[
                {"Id": "m1", "MetricStat": {"Metric": usage, "Period": 60, "Stat": "Maximum"}, "ReturnData": False},
                {"Id": "e1", "Expression": "m1 / SERVICE_QUOTA(m1) * 100"}])
        return reply["MetricDataResults"][0]["Values"][:1]
    streams = len(quick.client("firehose").list_delivery_streams(Limit=100)["DeliveryStreamNames"])
    await_true(lambda: share() == pytest.approx([streams / 5000 * 100]), 30, "the share of the quota")
