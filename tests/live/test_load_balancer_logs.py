"""Requests through a load balancer in its access logs: in a log group within a second, as an object in a
bucket every five minutes, over a kill -9, and by a template."""
import gzip
import http.client
import json
import shlex
import time

import pytest
from botocore.exceptions import ClientError

from conftest import REGION, await_true, close_world, new_world
from system import unique

SPEED = 30  # five minutes are ten seconds
FIXED = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "MessageBody": "hi"}}
REDIRECT = {"Type": "redirect", "RedirectConfig": {"Path": "/new/#{path}", "StatusCode": "HTTP_301"}}


@pytest.fixture(scope="module")
def world():
    made = new_world("--speed", SPEED)
    made.up()
    yield made
    close_world(made)


def balancer(world):
    """A load balancer that answers by itself: its ARN and address."""
    elb, ec2 = world.client("elbv2"), world.client("ec2")
    subnets = [s["SubnetId"] for s in ec2.describe_subnets()["Subnets"]][:2]
    made = elb.create_load_balancer(Name=unique("lb"), Subnets=subnets)["LoadBalancers"][0]
    arn = made["LoadBalancerArn"]
    listener = elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=[FIXED])
    elb.create_rule(ListenerArn=listener["Listeners"][0]["ListenerArn"], Priority=7, Actions=[REDIRECT],
                    Conditions=[{"Field": "path-pattern", "Values": ["/old*"]}])
    await_true(lambda: ask(made["DNSName"], "/warm") == 200, 20, "the load balancer")
    return arn, made["DNSName"]


def ask(address, path, agent="probe/1"):
    connection = http.client.HTTPConnection(address, timeout=5)
    try:
        connection.request("GET", path, headers={"User-Agent": agent})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except OSError:
        return 0
    finally:
        connection.close()


def bucket_with_policy(world, account_prefix="web/"):
    s3, bucket = world.client("s3"), unique("access")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    return s3, bucket, json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/{account_prefix}AWSLogs/123456789012/*"}]})


def enable(world, arn, **attributes):
    world.client("elbv2").modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[
        {"Key": f"access_logs.s3.{key}", "Value": value} for key, value in attributes.items()])


def keys(s3, bucket):
    return [o["Key"] for o in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def lines_of(s3, bucket):
    texts = [gzip.decompress(s3.get_object(Bucket=bucket, Key=key)["Body"].read()).decode()
             for key in keys(s3, bucket) if key.endswith(".log.gz")]
    return [shlex.split(line) for text in texts for line in text.splitlines()]


def deliver_to(world, arn, resource, **destination):
    """A delivery of the load balancer's access logs to a log group or bucket."""
    logs, name = world.client("logs"), unique("d")
    logs.put_delivery_source(name=name, resourceArn=arn, logType="ALB_ACCESS_LOGS")
    to = logs.put_delivery_destination(
        name=name, deliveryDestinationConfiguration={"destinationResourceArn": resource}, **destination)
    logs.create_delivery(deliverySourceName=name, deliveryDestinationArn=to["deliveryDestination"]["arn"])
    return name


def deliver(world, arn, group, **destination):
    world.client("logs").create_log_group(logGroupName=group)
    return deliver_to(world, arn, f"arn:aws:logs:{REGION}:123456789012:log-group:{group}", **destination)


def insights(world, group, query):
    logs, now = world.client("logs"), int(time.time())
    query_id = logs.start_query(logGroupName=group, startTime=0, endTime=now + 10**9, queryString=query)["queryId"]
    while (reply := logs.get_query_results(queryId=query_id))["status"] in ("Running", "Scheduled"):
        time.sleep(0.005)
    return [{cell["field"]: cell["value"] for cell in row} for row in reply["results"]]


def test_a_bucket_gets_files_that_it_allows(world):
    arn, address = balancer(world)
    s3, bucket, policy = bucket_with_policy(world)
    with pytest.raises(ClientError, match=f"Access Denied for bucket: {bucket}. Please check S3bucket permission"):
        enable(world, arn, enabled="true", bucket=bucket, prefix="web")
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    enable(world, arn, enabled="true", bucket=bucket, prefix="web")
    await_true(lambda: keys(s3, bucket) == ["web/AWSLogs/123456789012/ELBAccessLogTestFile"], 10, "the test file")
    uris = lambda: [line[12] for line in lines_of(s3, bucket)]
    await_true(lambda: ask(address, '/shop/"x"', 'agent "quoted"') == 200 and ask(address, "/old/page?a=1") == 301
               and any("/old/" in uri for uri in uris()) and any("/shop/" in uri for uri in uris()), 40, "the file")
    lines = lines_of(s3, bucket)
    assert all(len(line) == 33 for line in lines), lines[0]
    name = arn.split(":loadbalancer/")[1]
    shop = next(line for line in lines if "/shop/" in line[12])
    assert shop[0] == "http" and shop[2] == name and shop[3].startswith("127.")
    assert shop[4:10] == ["-", "-1", "-1", "-1", "200", "-"]
    assert int(shop[10]) > 0 and int(shop[11]) > 0
    assert shop[12] == f"GET http://{address}:80/shop/%22x%22 HTTP/1.1" and shop[17].startswith("Root=1-")
    assert shop[13] == "agent \\x22quoted\\x22" and shop[20] == "0" and shop[22] == "fixed-response"
    old = next(line for line in lines if "/old/page" in line[12])
    assert old[8] == "301" and old[20] == "7" and old[22] == "redirect" and "/new/old/page" in old[23]
    assert shop[29].startswith("TID_") and len(shop[29]) == 36
    file = next(key for key in keys(s3, bucket) if key.endswith(".gz"))
    assert f"_elasticloadbalancing_{REGION}_{name.replace('/', '.')}_" in file


def test_a_log_group_has_a_request_within_a_second(world):
    arn, address = balancer(world)
    group = f"/aws/vendedlogs/{unique('alb')}"
    name = deliver(world, arn, group, outputFormat="json")
    find = "fields elb_status_code, request_line, user_agent | filter request_line like /needle/"
    await_true(lambda: ask(address, "/needle") and insights(world, group, find), 20, "the first line")
    took = []
    for number in range(5):
        assert ask(address, f"/sought-{number}") == 200
        begun = time.monotonic()
        query = f"fields elb_status_code | filter request_line like /sought-{number} /"
        await_true(lambda: insights(world, group, query), 20, "the line")
        took.append(time.monotonic() - begun)
    print("seconds until Insights had them:", [f"{t:.3f}" for t in took])
    assert insights(world, group, find)[0]["elb_status_code"] == "200"
    logs = world.client("logs")
    with pytest.raises(ClientError, match="ConflictException"):
        logs.delete_delivery_source(name=name)
    delivery = next(d for d in logs.describe_deliveries()["deliveries"] if d["deliverySourceName"] == name)
    logs.delete_delivery(id=delivery["id"])
    logs.delete_delivery_source(name=name)
    logs.delete_delivery_destination(name=name)


def test_a_vended_delivery_fills_a_bucket(world):
    arn, address = balancer(world)
    s3, bucket, _ = bucket_with_policy(world)
    deliver_to(world, arn, f"arn:aws:s3:::{bucket}/vended", outputFormat="plain")
    await_true(lambda: ask(address, "/vended") == 200 and any("/vended" in line[12] for line in lines_of(s3, bucket)),
               40, "the file")
    assert all(key.startswith("vended/AWSLogs/123456789012/") for key in keys(s3, bucket))


def test_what_is_not_served_is_refused_by_name(world):
    arn, _ = balancer(world)
    logs = world.client("logs")
    for log_type in ("ALB_CONNECTION_LOGS", "ALB_HEALTH_CHECK_LOGS"):
        with pytest.raises(ClientError, match=f"does not serve {log_type}"):
            logs.put_delivery_source(name="x", resourceArn=arn, logType=log_type)
    with pytest.raises(ClientError, match="does not serve vended logs of cloudfront"):
        logs.put_delivery_source(name="x", logType="ACCESS_LOGS",
                                 resourceArn="arn:aws:cloudfront::123456789012:distribution/E1")
    with pytest.raises(ClientError, match="connection_logs.s3.enabled"):
        world.client("elbv2").modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[
            {"Key": "connection_logs.s3.enabled", "Value": "true"}])


def test_requests_of_a_dead_daemon_are_not_lost(world):
    arn, address = balancer(world)
    group = f"/aws/vendedlogs/{unique('alb')}"
    deliver(world, arn, group, outputFormat="json")
    find = "filter request_line like /needle/ | stats count(*) as n"
    await_true(lambda: ask(address, "/needle") and insights(world, group, find), 20, "the first line")
    sent = sum(ask(address, f"/burst-{n}") == 200 for n in range(100))
    world.kill()
    sent += sum(ask(address, f"/burst-{n}") == 200 for n in range(100, 200))
    assert sent == 200  # the proxy lives on
    world.up()
    count = 'filter request_line like /burst-/ | stats count_distinct(request_line) as n'
    await_true(lambda: [r["n"] for r in insights(world, group, count)] == ["200"], 30, "all of them")
