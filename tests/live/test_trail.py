"""CloudTrail through the clients that runbooks use: what was called is found and delivered."""
import gzip
import json

import pytest
from botocore.exceptions import ClientError

from conftest import REGION, await_true, close_world, new_world
from system import unique

ROLE = "arn:aws:iam::123456789012:role/trail"


@pytest.fixture(scope="module")
def quick_world():
    """A world in which five minutes are five seconds."""
    made = new_world("--speed", "60")
    made.up()
    yield made
    close_world(made)


def events(world, key, value):
    found = world.client("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": key, "AttributeValue": value}])
    return found["Events"]


def test_calls_are_found_by_what_they_were(world):
    ssm, name = world.client("ssm"), "/" + unique("secret")
    ssm.put_parameter(Name=name, Value="hunter2", Type="SecureString")
    with pytest.raises(ClientError):
        ssm.get_parameter(Name=name + "/none")
    put = events(world, "ResourceName", name)[0]
    assert put["EventName"] == "PutParameter" and put["ReadOnly"] == "false" and put["Username"] == "root"
    event = json.loads(put["CloudTrailEvent"])
    assert event["requestParameters"]["name"] == name and "hunter2" not in put["CloudTrailEvent"]
    assert event["awsRegion"] == REGION and event["eventSource"] == "ssm.amazonaws.com"
    refused = json.loads(events(world, "EventName", "GetParameter")[0]["CloudTrailEvent"])
    assert refused["errorCode"] == "ParameterNotFound" and refused["readOnly"]
    assert events(world, "EventId", put["EventId"])[0]["EventId"] == put["EventId"]
    assert events(world, "AccessKeyId", world.endpoint()["access_key_id"])


@pytest.mark.parametrize("cli", [1, 2])
def test_the_cli_looks_events_up(world, cli):
    group = unique("/trail")
    world.aws(f"logs create-log-group --log-group-name {group}", cli)
    out = world.aws(f"cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceName,AttributeValue={group} "
                    "--query 'Events[].EventName' --output text", cli)
    assert out.stdout.split() == ["CreateLogGroup"]


def test_a_trail_delivers_to_its_group_and_bucket(quick_world):
    world = quick_world
    trail, logs, s3 = world.client("cloudtrail"), world.client("logs"), world.client("s3")
    bucket, group = unique("trail"), unique("audit")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    logs.create_log_group(logGroupName=group)
    arn = f"arn:aws:logs:{REGION}:123456789012:log-group:{group}:*"
    trail.create_trail(Name="main", S3BucketName=bucket, IsMultiRegionTrail=True,
                       CloudWatchLogsLogGroupArn=arn, CloudWatchLogsRoleArn=ROLE)
    trail.start_logging(Name="main")
    assert trail.get_trail_status(Name="main")["IsLogging"]
    logs.create_log_group(logGroupName=group + "-more")
    delivered = await_true(lambda: logs.filter_log_events(
        logGroupName=group, filterPattern='{ $.eventName = "CreateLogGroup" }')["events"], 30, "the event in the group")
    assert json.loads(delivered[0]["message"])["requestParameters"]["logGroupName"] == group + "-more"
    files = await_true(lambda: s3.list_objects_v2(Bucket=bucket).get("Contents"), 60, "a file in the bucket")
    key = files[0]["Key"]
    assert key.startswith(f"AWSLogs/123456789012/CloudTrail/{REGION}/") and key.endswith(".json.gz")
    records = json.loads(gzip.decompress(s3.get_object(Bucket=bucket, Key=key)["Body"].read()))["Records"]
    assert "CreateLogGroup" in [r["eventName"] for r in records]
    trail.stop_logging(Name="main")
    trail.delete_trail(Name="main")
    assert trail.describe_trails()["trailList"] == []


def test_the_history_outlives_the_daemon(fresh_world):
    world = fresh_world
    world.up()
    world.client("ecs").create_cluster(clusterName="kept")
    assert events(world, "ResourceName", "kept")
    world.kill()
    world.up()
    assert events(world, "ResourceName", "kept")[0]["EventName"] == "CreateCluster"
    world.down()
