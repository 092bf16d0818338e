"""Real clients at the door: identities, signatures, refusals, bodies."""
import datetime
import json
import socket
import subprocess
import unittest.mock
import urllib.error
import urllib.request

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import pytest
from botocore.exceptions import ClientError

from conftest import REGION, close_world, new_world

# The services of the five runbooks, with one operation each that needs few inputs.
UNSERVED = {
    "ecr": ("describe_repositories", {}),
    "application-autoscaling": ("get_predictive_scaling_forecast", {
        "ServiceNamespace": "ecs", "ResourceId": "service/c/s", "ScalableDimension": "ecs:service:DesiredCount",
        "PolicyName": "p", "StartTime": 0, "EndTime": 1}),
    "autoscaling": ("describe_auto_scaling_groups", {}),
    "cloudwatch": ("describe_insight_rules", {}),
    "rds": ("describe_db_instances", {}),
    "rds-data": ("execute_statement", {"resourceArn": "arn:aws:rds:x:1:cluster:x", "secretArn": "arn:aws:secretsmanager:x", "sql": "x"}),
    "pi": ("get_resource_metrics", {"ServiceType": "RDS", "Identifier": "db-X", "MetricQueries": [{"Metric": "x"}],
                                    "StartTime": 0, "EndTime": 1}),
    "elasticache": ("describe_cache_clusters", {}),
    "lambda": ("list_layers", {}),
    "events": ("list_archives", {}),
    "sns": ("list_platform_applications", {}),
    "sqs": ("list_message_move_tasks", {"SourceArn": "arn:aws:sqs:us-east-1:123456789012:q"}),
    "backup": ("list_backup_vaults", {}),
    "s3": ("get_bucket_cors", {"Bucket": "any"}),
    "dynamodb": ("list_tables", {}),
    "cognito-idp": ("describe_user_pool", {"UserPoolId": "ap-southeast-2_abc"}),
    "apigateway": ("get_rest_apis", {}),
    "acm": ("list_certificates", {}),
    "wafv2": ("list_web_acls", {"Scope": "REGIONAL"}),
    "ec2": ("describe_instances", {}),
    "cloudtrail": ("list_channels", {}),
    "guardduty": ("list_detectors", {}),
    "config": ("describe_config_rules", {}),
    "ce": ("get_cost_and_usage", {"TimePeriod": {"Start": "2026-01-01", "End": "2026-01-02"}, "Granularity": "DAILY",
                                  "Metrics": ["BlendedCost"]}),
    "fis": ("list_experiments", {}),
    "ssm-incidents": ("list_response_plans", {}),
    "ssm-contacts": ("list_contacts", {}),
    "eks": ("list_clusters", {}),
    "iam": ("list_groups", {}),
    "logs": ("describe_resource_policies", {}),
    "ecs": ("list_container_instances", {}),
    "elb": ("describe_load_balancers", {}),
    "kinesis": ("list_streams", {}),
}


@pytest.mark.parametrize("service", sorted(UNSERVED))
def test_what_is_not_served_is_refused_by_name(world, service):
    operation, inputs = UNSERVED[service]
    client = world.client(service)
    with pytest.raises(ClientError) as refused:
        getattr(client, operation)(**inputs)
    error = refused.value.response["Error"]
    assert error["Code"] in ("UnknownOperationException", "InvalidAction", "NotImplemented"), error
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] >= 400
    name = client.meta.method_to_api_mapping[operation]
    assert name in error["Message"], error


def test_identity_with_every_client(world):
    arn = "arn:aws:iam::123456789012:root"
    assert world.client("sts").get_caller_identity()["Arn"] == arn
    for cli in (1, 2):
        out = json.loads(world.aws("sts get-caller-identity --output json", cli).stdout)
        assert out["Arn"] == arn and out["Account"] == "123456789012"


def test_tls_on_the_same_port_with_the_worlds_authority(world):
    secure = world.endpoint()["endpoint"].replace("http://", "https://")
    for cli in (1, 2):
        out = world.aws(f"sts get-caller-identity --endpoint-url {secure} --query Account --output text", cli).stdout
        assert out.strip() == "123456789012"
    assert world.shell(f"curl -sf {secure}/_seatrial/health").stdout.startswith("{")
    bundle = world.environment()["AWS_CA_BUNDLE"]
    name = secure.replace("127.0.0.1", "localhost")
    listed = boto3.client("s3", REGION, endpoint_url=name, verify=bundle,
                          aws_access_key_id=world.endpoint()["access_key_id"],
                          aws_secret_access_key=world.endpoint()["secret_access_key"]).list_buckets()
    assert listed["Buckets"] == []
    refused = subprocess.run(["curl", "-sf", "--cacert", "/dev/null", f"{secure}/_seatrial/health"])
    assert refused.returncode in (60, 77)


@pytest.mark.parametrize("service,call,codes", [
    ("sts", lambda c: c.get_caller_identity(), ("InvalidClientTokenId", "SignatureDoesNotMatch")),
    ("ecs", lambda c: c.list_clusters(), ("UnrecognizedClientException", "InvalidSignatureException")),
    ("ec2", lambda c: c.describe_vpcs(), ("AuthFailure", "AuthFailure")),
    ("cloudwatch", lambda c: c.list_metrics(), None),
])
def test_wrong_keys_are_refused(world, service, call, codes):
    seen = []
    for wrong in ({"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE"}, {"aws_secret_access_key": "x" * 40}):
        with pytest.raises(ClientError) as refused:
            call(world.client(service, **wrong))
        seen.append(refused.value.response["Error"]["Code"])
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 401, 403)
    assert codes is None or tuple(seen) == codes


def signed(world, when=None, body=b"{}"):
    """A ListClusters request, signed as of `when`."""
    endpoint = world.endpoint()
    request = botocore.awsrequest.AWSRequest(
        method="POST", url=endpoint["endpoint"] + "/", data=body,
        headers={"Content-Type": "application/x-amz-json-1.1",
                 "X-Amz-Target": "AmazonEC2ContainerServiceV20141113.ListClusters"})
    credentials = botocore.credentials.Credentials(endpoint["access_key_id"], endpoint["secret_access_key"])
    now = botocore.auth.get_current_datetime
    with unittest.mock.patch.object(botocore.auth, "get_current_datetime", lambda: when or now()):
        botocore.auth.SigV4Auth(credentials, "ecs", REGION).add_auth(request)
    return request.prepare()


def send(prepared):
    request = urllib.request.Request(prepared.url, data=prepared.body, headers=dict(prepared.headers), method="POST")
    try:
        with urllib.request.urlopen(request) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_skewed_clock_is_refused(world):
    status, _ = send(signed(world))
    assert status == 200
    now = datetime.datetime.now(datetime.timezone.utc)
    for skew_min, words in ((-20, "Signature expired"), (20, "Signature not yet current")):
        status, body = send(signed(world, when=now + datetime.timedelta(minutes=skew_min)))
        assert status == 400 and "InvalidSignatureException" in body and words in body


def test_a_changed_body_is_refused(world):
    prepared = signed(world)
    prepared.body = b'{"maxResults":1}'
    prepared.headers["Content-Length"] = str(len(prepared.body))
    status, body = send(prepared)
    assert status in (400, 403) and "InvalidSignatureException" in body


def test_unsigned_and_garbage(world):
    base = world.endpoint()["endpoint"]
    for data in (b"", b"garbage", b"Action=Nope&Version=2011-06-15", b"\xff" * 100):
        try:
            with urllib.request.urlopen(urllib.request.Request(base + "/", data=data, method="POST")) as reply:
                pytest.fail(f"{reply.status} for {data!r}")
        except urllib.error.HTTPError as error:
            assert 400 <= error.code < 600
            assert "<html" not in error.read().decode().lower()


def test_a_body_over_the_limit_is_refused(world):
    host, port = world.endpoint()["endpoint"].removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AmazonEC2ContainerServiceV20141113.ListClusters\r\n"
                           b"Content-Type: application/x-amz-json-1.1\r\nContent-Length: 900000000\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("protocol", ["query", "json", "smithy-rpc-v2-cbor"])
def test_cloudwatch_in_each_of_its_protocols(world, protocol, tmp_path):
    import botocore.loaders
    import botocore.session
    session = botocore.session.get_session()
    loader = session.get_component("data_loader")
    load = loader.load_service_model

    def only(service, kind, api_version=None):
        model = load(service, kind, api_version=api_version)
        if service == "cloudwatch" and kind == "service-2":
            model = json.loads(json.dumps(model))
            model["metadata"]["protocols"] = [protocol]
            model["metadata"]["protocol"] = protocol
        return model
    loader.load_service_model = only
    endpoint = world.endpoint()
    client = session.create_client("cloudwatch", REGION, endpoint_url=endpoint["endpoint"],
                                   aws_access_key_id=endpoint["access_key_id"],
                                   aws_secret_access_key=endpoint["secret_access_key"])
    now = datetime.datetime.now(datetime.timezone.utc)
    name = "latency-" + protocol
    client.put_metric_data(Namespace="App", MetricData=[
        {"MetricName": name, "Value": float(v), "Unit": "Milliseconds", "Dimensions": [{"Name": "d", "Value": "v"}]}
        for v in (1, 2, 6)])
    points = client.get_metric_statistics(
        Namespace="App", MetricName=name, StartTime=now - datetime.timedelta(minutes=5),
        EndTime=now + datetime.timedelta(minutes=5), Period=3600, Statistics=["Average", "Maximum", "SampleCount"],
        Dimensions=[{"Name": "d", "Value": "v"}])["Datapoints"]
    assert sum(p["SampleCount"] for p in points) == 3 and max(p["Maximum"] for p in points) == 6
    with pytest.raises(ClientError) as refused:
        client.put_metric_data(Namespace="AWS/EC2", MetricData=[{"MetricName": "m", "Value": 1.0}])
    assert refused.value.response["Error"]["Code"] == "InvalidParameterValue"


def test_auth_off_takes_any_credentials():
    world = new_world("--auth", "off")
    try:
        world.up()
        sts = world.client("sts", aws_access_key_id="test", aws_secret_access_key="test")
        assert sts.get_caller_identity()["Account"] == "123456789012"
    finally:
        close_world(world)
