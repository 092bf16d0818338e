"""The rooms of configuration, through the clients that runbooks use: what they keep, find and refuse."""
import datetime
import json
import subprocess
import sys
import time

import pytest
from botocore.exceptions import ClientError

from conftest import REGION, await_true, close_world, new_world
from system import SUBNETS, VPC, unique

ACCOUNT = "123456789012"
TRUST = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
CLIS = pytest.mark.parametrize("cli", [1, 2])


def refusal(call, *arguments, **inputs):
    """The error with which AWS refuses the call."""
    with pytest.raises(ClientError) as refused:
        call(*arguments, **inputs)
    return refused.value.response["Error"]


def code_of(call, *arguments, **inputs):
    return refusal(call, *arguments, **inputs)["Code"]


def written(world):
    """All bytes of the world's state on disk, the write-ahead log included."""
    return b"".join(path.read_bytes() for path in world.folder.glob("state.db*"))


# iam


def test_a_key_signs_until_it_is_inactive_or_gone(world):
    iam, user = world.client("iam"), unique("operator")
    iam.create_user(UserName=user)
    made = iam.create_access_key(UserName=user)["AccessKey"]
    key, secret = made["AccessKeyId"], made["SecretAccessKey"]

    def as_user(service):
        return world.client(service, aws_access_key_id=key, aws_secret_access_key=secret)
    identity = as_user("sts").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/{user}" and identity["Account"] == ACCOUNT
    assert as_user("ecs").list_clusters()["ResponseMetadata"]["HTTPStatusCode"] == 200
    iam.update_access_key(UserName=user, AccessKeyId=key, Status="Inactive")
    assert code_of(as_user("sts").get_caller_identity) == "InvalidClientTokenId"
    assert code_of(as_user("ecs").list_clusters) == "UnrecognizedClientException"
    iam.update_access_key(UserName=user, AccessKeyId=key, Status="Active")
    assert as_user("sts").get_caller_identity()["UserId"] == identity["UserId"]
    listed = iam.list_access_keys(UserName=user)["AccessKeyMetadata"]
    assert [(k["AccessKeyId"], k["Status"]) for k in listed] == [(key, "Active")]
    assert code_of(iam.delete_user, UserName=user) == "DeleteConflict"
    iam.delete_access_key(UserName=user, AccessKeyId=key)
    assert code_of(as_user("sts").get_caller_identity) == "InvalidClientTokenId"
    assert code_of(iam.delete_access_key, UserName=user, AccessKeyId=key) == "NoSuchEntity"
    iam.delete_user(UserName=user)
    assert secret.encode() not in written(world)


def test_a_user_has_two_keys_at_most(world):
    iam, user = world.client("iam"), unique("keys")
    iam.create_user(UserName=user)
    keys = [iam.create_access_key(UserName=user)["AccessKey"]["AccessKeyId"] for _ in range(2)]
    assert code_of(iam.create_access_key, UserName=user) == "LimitExceeded"
    for key in keys:
        iam.delete_access_key(UserName=user, AccessKeyId=key)
    iam.delete_user(UserName=user)


@CLIS
def test_a_role_as_a_runbook_mends_it(world, cli):
    """Looks at an inline policy, attaches the execution policy of ECS, and takes all away again."""
    role, policy = unique("execution-role"), {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": "*"}]}
    managed = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    world.aws(f"iam create-role --role-name {role} --assume-role-policy-document '{json.dumps(TRUST)}'", cli)
    world.aws(f"iam put-role-policy --role-name {role} --policy-name ecr-access --policy-document '{json.dumps(policy)}'",
              cli)
    shown = json.loads(world.aws(f"iam get-role-policy --role-name {role} --policy-name ecr-access", cli).stdout)
    assert shown["PolicyDocument"] == policy and shown["RoleName"] == role
    world.aws(f"iam attach-role-policy --role-name {role} --policy-arn {managed}", cli)
    world.aws(f"iam attach-role-policy --role-name {role} --policy-arn {managed}", cli)
    attached = world.aws(f"iam list-attached-role-policies --role-name {role} --output text "
                         "--query 'AttachedPolicies[].PolicyName'", cli).stdout
    assert attached.strip() == "AmazonECSTaskExecutionRolePolicy"
    shown = json.loads(world.aws(f"iam get-role --role-name {role}", cli).stdout)["Role"]
    assert shown["AssumeRolePolicyDocument"] == TRUST and shown["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/{role}"
    iam = world.client("iam")
    assert code_of(iam.delete_role, RoleName=role) == "DeleteConflict"
    iam.detach_role_policy(RoleName=role, PolicyArn=managed)
    assert code_of(iam.delete_role, RoleName=role) == "DeleteConflict"
    iam.delete_role_policy(RoleName=role, PolicyName="ecr-access")
    iam.delete_role(RoleName=role)
    done = world.aws(f"iam get-role --role-name {role}", cli, check=False)
    assert done.returncode == {1: 255, 2: 254}[cli] and "(NoSuchEntity)" in done.stderr


def test_policies_that_are_none(world):
    iam, name = world.client("iam"), unique("none")
    assert code_of(iam.create_role, RoleName=name, AssumeRolePolicyDocument="{") == "MalformedPolicyDocument"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    assert code_of(iam.put_role_policy, RoleName=name, PolicyName="p",
                   PolicyDocument='{"Statement": [{"Effect": "Perhaps"}]}') == "MalformedPolicyDocument"
    assert code_of(iam.attach_role_policy, RoleName=name,
                   PolicyArn="arn:aws:iam::aws:policy/NoSuchPolicy") == "NoSuchEntity"
    assert iam.list_role_policies(RoleName=name)["PolicyNames"] == []
    assert code_of(iam.create_role, RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST)) == "EntityAlreadyExists"
    iam.delete_role(RoleName=name)


# ssm


@CLIS
def test_parameters_by_path(world, cli):
    ssm, root = world.client("ssm"), "/" + unique("perfectmatch")
    for i in range(23):
        ssm.put_parameter(Name=f"{root}/production/P{i:02}", Value=str(i), Type="String")
    ssm.put_parameter(Name=f"{root}/production/deep/er", Value="x", Type="SecureString")
    ssm.put_parameter(Name=f"{root}/productions", Value="x", Type="String")
    names = json.loads(world.aws(f"ssm get-parameters-by-path --path {root}/production/ --recursive "
                                 "--query 'Parameters[*].Name' --with-decryption", cli).stdout)
    assert sorted(names) == sorted([f"{root}/production/P{i:02}" for i in range(23)] + [f"{root}/production/deep/er"])
    page = ssm.get_parameters_by_path(Path=f"{root}/production", MaxResults=10)
    assert len(page["Parameters"]) == 10 and page["NextToken"]
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=f"{root}/production")
    assert sorted(int(p["Value"]) for page in pages for p in page["Parameters"]) == list(range(23))
    assert code_of(ssm.get_parameters_by_path, Path=root, NextToken="nonsense") == "InvalidNextToken"
    assert world.aws(f"ssm get-parameter --name {root}/production/P07 --query Parameter.Value --output text",
                     cli).stdout == "7\n"


def test_a_secure_string_is_in_plain_nowhere_on_disk(world):
    ssm, name, secret = world.client("ssm"), "/" + unique("secure"), unique("correct-horse-battery-staple")
    ssm.put_parameter(Name=name, Value=secret, Type="SecureString")
    plain = unique("only-a-string")
    ssm.put_parameter(Name=name + "-plain", Value=plain, Type="String")
    assert ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"] == secret
    assert secret not in ssm.get_parameter(Name=name)["Parameter"]["Value"]
    assert secret not in json.dumps(ssm.get_parameter_history(Name=name)["Parameters"], default=str)
    state = written(world)
    assert secret.encode() not in state
    assert plain.encode() in state  # else the look above proves nothing
    assert secret not in world.log()


def test_parameters_have_versions(world):
    ssm, name = world.client("ssm"), "/" + unique("versions")
    assert ssm.put_parameter(Name=name, Value="one", Type="String")["Version"] == 1
    assert code_of(ssm.put_parameter, Name=name, Value="two", Type="String") == "ParameterAlreadyExists"
    assert ssm.put_parameter(Name=name, Value="two", Overwrite=True)["Version"] == 2
    assert ssm.get_parameter(Name=name)["Parameter"]["Value"] == "two"
    assert ssm.get_parameter(Name=name + ":1")["Parameter"]["Value"] == "one"
    assert code_of(ssm.get_parameter, Name=name + ":3") == "ParameterVersionNotFound"
    assert [p["Value"] for p in ssm.get_parameter_history(Name=name)["Parameters"]] == ["one", "two"]
    several = ssm.get_parameters(Names=[name, name + "-absent"])
    assert [p["Value"] for p in several["Parameters"]] == ["two"]
    assert several["InvalidParameters"] == [name + "-absent"]
    ssm.delete_parameter(Name=name)
    assert code_of(ssm.get_parameter, Name=name) == "ParameterNotFound"


def test_regions_do_not_see_each_other(world):
    name, here, there = "/" + unique("region"), world.client("ssm"), world.client("ssm", region="us-east-1")
    there.put_parameter(Name=name, Value="there", Type="String")
    assert code_of(here.get_parameter, Name=name) == "ParameterNotFound"
    here.put_parameter(Name=name, Value="here", Type="String")
    parameter = there.get_parameter(Name=name)["Parameter"]
    assert parameter["Value"] == "there" and parameter["ARN"].startswith(f"arn:aws:ssm:us-east-1:{ACCOUNT}:")
    for cli in (1, 2):
        read = f"ssm get-parameter --name {name} --query Parameter.Value --output text --region "
        assert world.aws(read + "us-east-1", cli).stdout == "there\n"
        assert world.aws(read + REGION, cli).stdout == "here\n"
    here.delete_parameter(Name=name)
    assert there.get_parameter(Name=name)["Parameter"]["Value"] == "there"
    iam, user = world.client("iam"), unique("global")
    iam.create_user(UserName=user)
    assert world.client("iam", region="us-east-1").get_user(UserName=user)["User"]["UserName"] == user


# secretsmanager


def test_a_secret_read_as_a_runbook_does(world):
    name = unique("omnirapeutic/production/aurora-master-password")
    secrets = world.client("secretsmanager")
    secrets.create_secret(Name=name, SecretString=json.dumps({"password": "p@ss'\"w\u00f6rd", "POSTGRES_SERVER": "db"}))
    for cli in (1, 2):
        read = f"aws secretsmanager get-secret-value --secret-id {name} --query SecretString --output text | jq -r "
        assert world.shell(read + ".password", cli).stdout == "p@ss'\"w\u00f6rd\n"
        assert world.shell(read + ".POSTGRES_SERVER", cli).stdout == "db\n"
    assert "p@ss".encode() not in written(world)
    arn = secrets.describe_secret(SecretId=name)["ARN"]
    assert arn.startswith(f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-")
    assert secrets.get_secret_value(SecretId=arn)["Name"] == name
    assert code_of(secrets.create_secret, Name=name, SecretString="x") == "ResourceExistsException"


def test_a_binary_secret_comes_back_byte_for_byte(world):
    secrets, name, value = world.client("secretsmanager"), unique("binary"), bytes(range(256)) * 8
    secrets.create_secret(Name=name, SecretBinary=value)
    read = secrets.get_secret_value(SecretId=name)
    assert read["SecretBinary"] == value and "SecretString" not in read
    assert value not in written(world)


def test_versions_of_a_secret_and_their_labels(world):
    secrets, name = world.client("secretsmanager"), unique("rotated")
    first = secrets.create_secret(Name=name, SecretString="first")["VersionId"]
    second = secrets.put_secret_value(SecretId=name, SecretString="second")["VersionId"]
    assert secrets.get_secret_value(SecretId=name)["SecretString"] == "second"
    assert secrets.get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS")["VersionId"] == first
    assert secrets.get_secret_value(SecretId=name, VersionId=first)["SecretString"] == "first"
    secrets.update_secret_version_stage(SecretId=name, VersionStage="AWSCURRENT", RemoveFromVersionId=second,
                                        MoveToVersionId=first)
    assert secrets.get_secret_value(SecretId=name)["SecretString"] == "first"
    stages = secrets.describe_secret(SecretId=name)["VersionIdsToStages"]
    assert stages == {first: ["AWSCURRENT"], second: ["AWSPREVIOUS"]}
    third = secrets.put_secret_value(SecretId=name, SecretString="third", VersionStages=["AWSPENDING"])["VersionId"]
    assert secrets.get_secret_value(SecretId=name)["SecretString"] == "first"
    assert secrets.get_secret_value(SecretId=name, VersionStage="AWSPENDING")["VersionId"] == third
    listed = secrets.list_secret_version_ids(SecretId=name)["Versions"]
    assert {v["VersionId"] for v in listed} == {first, second, third}


def test_a_deleted_secret_is_there_to_be_restored(world):
    secrets, name = world.client("secretsmanager"), unique("deleted")
    secrets.create_secret(Name=name, SecretString="kept")
    secrets.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    assert code_of(secrets.get_secret_value, SecretId=name) == "InvalidRequestException"
    secrets.restore_secret(SecretId=name)
    assert secrets.get_secret_value(SecretId=name)["SecretString"] == "kept"
    secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    assert code_of(secrets.get_secret_value, SecretId=name) == "ResourceNotFoundException"


# ec2


@CLIS
def test_a_security_group_is_opened_to_another(world, cli):
    ec2 = world.client("ec2")
    ecs, rds = (ec2.create_security_group(GroupName=unique(n), Description=n, VpcId=VPC)["GroupId"]
                for n in ("ecs", "rds"))
    world.shell(f"RDS_SG={rds} ECS_SG={ecs}\n"
                "aws ec2 authorize-security-group-ingress --group-id $RDS_SG --protocol tcp --port 5432 "
                "--source-group $ECS_SG", cli)
    world.aws(f"ec2 authorize-security-group-ingress --group-id {rds} --protocol tcp --port 8000-8010 "
              "--cidr 10.0.0.0/16", cli)
    shown = json.loads(world.aws(f"ec2 describe-security-groups --group-ids {rds} "
                                 "--query 'SecurityGroups[0].IpPermissions'", cli).stdout)
    by_port = {p["FromPort"]: p for p in shown}
    assert [pair["GroupId"] for pair in by_port[5432]["UserIdGroupPairs"]] == [ecs]
    assert by_port[5432]["IpProtocol"] == "tcp" and by_port[5432]["ToPort"] == 5432
    assert [r["CidrIp"] for r in by_port[8000]["IpRanges"]] == ["10.0.0.0/16"] and by_port[8000]["ToPort"] == 8010
    again = world.aws(f"ec2 authorize-security-group-ingress --group-id {rds} --protocol tcp --port 5432 "
                      f"--source-group {ecs}", cli, check=False)
    assert again.returncode != 0 and "(InvalidPermission.Duplicate)" in again.stderr
    assert code_of(ec2.delete_security_group, GroupId=ecs) == "DependencyViolation"
    world.aws(f"ec2 revoke-security-group-ingress --group-id {rds} --protocol tcp --port 5432 --source-group {ecs}", cli)
    left = ec2.describe_security_groups(GroupIds=[rds])["SecurityGroups"][0]["IpPermissions"]
    assert [p["FromPort"] for p in left] == [8000]
    for group in (ecs, rds):
        ec2.delete_security_group(GroupId=group)
    assert code_of(ec2.describe_security_groups, GroupIds=[rds]) == "InvalidGroup.NotFound"


@CLIS
def test_endpoints_of_a_vpc_found_by_their_service(world, cli):
    find = (f"VPC_ID={VPC}\naws ec2 describe-vpc-endpoints --filters \"Name=vpc-id,Values=$VPC_ID\" "
            "--query 'VpcEndpoints[?ServiceName==`com.amazonaws.ap-southeast-2.s3`]'")
    assert json.loads(world.shell(find, cli).stdout) == []
    ec2 = world.client("ec2")
    for service in ("s3", "dynamodb"):
        ec2.create_vpc_endpoint(VpcId=VPC, ServiceName=f"com.amazonaws.{REGION}.{service}")
    try:
        found = json.loads(world.shell(find, cli).stdout)
        assert [(e["VpcEndpointType"], e["State"], e["VpcId"]) for e in found] == [("Gateway", "available", VPC)]
    finally:
        made = [e["VpcEndpointId"] for e in ec2.describe_vpc_endpoints()["VpcEndpoints"]]
        ec2.delete_vpc_endpoints(VpcEndpointIds=made)


def test_the_layout_of_a_region(world):
    ec2 = world.client("ec2")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]
    assert vpc["VpcId"] == VPC
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [VPC]}])["Subnets"]
    assert sorted(s["SubnetId"] for s in subnets) == sorted(SUBNETS)
    assert {s["AvailabilityZone"] for s in subnets} == {REGION + zone for zone in "abc"}
    assert code_of(ec2.describe_subnets, SubnetIds=["subnet-00000000000000001"]) == "InvalidSubnetID.NotFound"


# logs


def put(logs, group, stream, messages, start_ms):
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[
        {"timestamp": start_ms + i, "message": m} for i, m in enumerate(messages)])


def now_ms():
    return int(time.time() * 1000)


@CLIS
def test_log_events_are_found_over_many_pages(world, cli):
    logs, group = world.client("logs"), "/ecs/" + unique("backend")
    logs.create_log_group(logGroupName=group)
    for stream in ("a", "b"):
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    start = now_ms() - 60_000
    put(logs, group, "a", [f"ERROR number {i}" if i % 3 == 0 else f"request {i} served" for i in range(3000)], start)
    put(logs, group, "b", ["ERROR elsewhere"], start + 5000)
    count = world.aws(f"logs filter-log-events --log-group-name {group} --filter-pattern ERROR --start-time "
                      "$(date -u -d '10 minutes ago' +%s)000 --query 'length(events)' --output text", cli).stdout
    # With text output the CLI applies the query page by page, so the pages' counts add up.
    assert sum(map(int, count.split())) == 1001
    found = json.loads(world.aws(f"logs filter-log-events --log-group-name {group} --filter-pattern ERROR --max-items 40 "
                                 "--page-size 7", cli).stdout)
    assert [e["message"] for e in found["events"]] == [f"ERROR number {3 * i}" for i in range(40)]
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, logStreamNames=["a"],
                                                             PaginationConfig={"PageSize": 100})
    events = [e for page in pages for e in page["events"]]
    assert len(events) == 3000 and len({e["eventId"] for e in events}) == 3000
    assert [e["timestamp"] for e in events] == list(range(start, start + 3000))
    early = world.aws(f"logs filter-log-events --log-group-name {group} --start-time {start} --end-time {start + 10} "
                      "--query 'events[*].[timestamp,message]' --output text", cli).stdout
    assert early.splitlines()[0] == f"{start}\tERROR number 0" and len(early.splitlines()) in (10, 11)


def test_a_stream_is_read_forth_and_back(world):
    logs, group = world.client("logs"), unique("forth")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    put(logs, group, "s", [str(i) for i in range(25)], now_ms() - 1000)
    first = logs.get_log_events(logGroupName=group, logStreamName="s", startFromHead=True, limit=10)
    assert [e["message"] for e in first["events"]] == [str(i) for i in range(10)]
    second = logs.get_log_events(logGroupName=group, logStreamName="s", limit=10, nextToken=first["nextForwardToken"])
    assert [e["message"] for e in second["events"]] == [str(i) for i in range(10, 20)]
    back = logs.get_log_events(logGroupName=group, logStreamName="s", limit=10, nextToken=second["nextBackwardToken"])
    assert [e["message"] for e in back["events"]] == [str(i) for i in range(10)]
    last = logs.get_log_events(logGroupName=group, logStreamName="s", limit=10)
    assert [e["message"] for e in last["events"]] == [str(i) for i in range(15, 25)]
    end = logs.get_log_events(logGroupName=group, logStreamName="s", nextToken=last["nextForwardToken"])
    assert end["events"] == [] and end["nextForwardToken"] == last["nextForwardToken"]


def test_retention(world):
    logs, group = world.client("logs"), unique("retained")
    logs.create_log_group(logGroupName=group)
    world.aws(f"logs put-retention-policy --log-group-name {group} --retention-in-days 30")
    described = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"][0]
    assert described["retentionInDays"] == 30
    assert code_of(logs.put_retention_policy, logGroupName=group, retentionInDays=31) == "InvalidParameterException"
    logs.delete_retention_policy(logGroupName=group)
    assert "retentionInDays" not in logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"][0]


def test_logs_tail(world):  # which version 1 does not have
    logs, group = world.client("logs"), "/ecs/" + unique("tail")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="web/web/1")
    put(logs, group, "web/web/1", ["database is up", "GET /"], now_ms() - 2000)
    out = world.aws(f"logs tail {group} --since 1h --filter-pattern database --format short").stdout
    assert [line.split(" ", 1)[1] for line in out.splitlines()] == ["database is up"]
    missing = world.aws("logs tail /ecs/no-such-group", check=False)
    assert missing.returncode != 0 and "(ResourceNotFoundException)" in missing.stderr


def test_filter_patterns_of_every_kind(world):
    logs, group = world.client("logs"), unique("patterns")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    json_line, access_line = '{"responseTime": 200, "type": "database"}', '10.0.0.1 - frank "GET /a b" 404 15'
    put(logs, group, "s", [json_line, access_line], now_ms() - 1000)

    def found(pattern):
        return [e["message"] for e in logs.filter_log_events(logGroupName=group, filterPattern=pattern)["events"]]

    assert found('{ $.responseTime > 100 && $.type = "database" }') == [json_line]
    assert found('{ $.responseTime > 200 || $.type NOT EXISTS }') == []
    assert found('[ip, ..., request="GET *", status=4*, bytes<20]') == [access_line]
    assert found("%[0-9]{3}%") == [json_line, access_line]
    error = refusal(logs.filter_log_events, logGroupName=group, filterPattern="{ $.a == 1 }")
    assert error["Code"] == "InvalidParameterException" and "position 7" in error["Message"]


# cloudwatch


def metrics_of(world, cli, namespace, start, end, more="", check=True):
    return world.aws(f"cloudwatch get-metric-statistics --namespace {namespace} --metric-name Requests "
                     f"--dimensions Name=Service,Value=api --start-time {start} --end-time {end} --period 300 "
                     f"--statistics Average,Maximum Sum {more}".replace("Average,Maximum", "Average Maximum"), cli, check)


@CLIS
def test_statistics_with_the_dates_of_runbooks(world, cli):
    namespace = unique("App")
    world.client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=[
        {"MetricName": "Requests", "Values": [1.0, 5.0], "Counts": [3.0, 1.0], "Unit": "Count",
         "Dimensions": [{"Name": "Service", "Value": "api"}]}])
    hour_ago, soon = "$(date -u -d '1 hour ago' +%Y-%m-%dT%H:%M:%S)", "$(date -u -d '1 minute' +%Y-%m-%dT%H:%M:%S)"
    out = json.loads(metrics_of(world, cli, namespace, hour_ago, soon).stdout)
    assert out["Label"] == "Requests"
    assert [(p["Sum"], p["Average"], p["Maximum"], p["Unit"]) for p in out["Datapoints"]] == [(8.0, 2.0, 5.0, "Count")]
    last = metrics_of(world, cli, namespace, hour_ago, soon, "--query 'Datapoints | sort_by(@, &Timestamp)[-5:]'")
    assert len(json.loads(last.stdout)) == 1
    other = metrics_of(world, cli, unique("Nothing"), hour_ago, soon)
    assert json.loads(other.stdout)["Datapoints"] == []


@CLIS
def test_dates_without_a_time_are_one_instant(world, cli):
    """`date --iso-8601` prints a day only: the runbook's start and end are the same midnight."""
    today = "$(date -u --iso-8601)"
    done = metrics_of(world, cli, "AWS/ApplicationELB", today, today, check=False)
    assert done.returncode != 0 and "(InvalidParameterValue)" in done.stderr
    assert "The parameter StartTime must be less than the parameter EndTime." in done.stderr
    assert done.stdout == ""


def test_statistics_refused(world):
    cloudwatch = world.client("cloudwatch")
    now = datetime.datetime.now(datetime.timezone.utc)
    asked = {"Namespace": "App", "MetricName": "m", "StartTime": now - datetime.timedelta(days=2), "EndTime": now,
             "Period": 60, "Statistics": ["Sum"]}
    assert code_of(cloudwatch.get_metric_statistics, **asked) == "InvalidParameterCombination"
    assert code_of(cloudwatch.get_metric_statistics, **{**asked, "Period": 90}) == "InvalidParameterValue"


# cloudformation

TEMPLATE = """\
Parameters:
  Days: {Type: Number, Default: 7}
  Secret: {Type: String, NoEcho: true, Default: hush}
Resources:
  Group:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: !Sub "/${AWS::StackName}", RetentionInDays: !Ref Days}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: ecs-tasks.amazonaws.com}, Action: "sts:AssumeRole"}]
  Where:
    Type: AWS::SSM::Parameter
    Properties: {Name: !Sub "/${AWS::StackName}/role", Type: String, Value: !GetAtt Role.Arn}
Outputs:
  Role: {Value: !Ref Role}
"""


def template_file(world, body=TEMPLATE):
    path = world.folder / f"{unique('template')}.yaml"
    path.write_text(body)
    return path


@CLIS
def test_deploy_creates_updates_and_sees_no_change(world, cli):
    name = unique("deploy")
    cloudformation, logs, ssm, iam = (world.client(s) for s in ("cloudformation", "logs", "ssm", "iam"))

    def deploy(more="", check=True):
        return world.aws(f"cloudformation deploy --template-file {template_file(world)} --stack-name {name} "
                         f"--capabilities CAPABILITY_IAM CAPABILITY_NAMED_IAM {more}", cli, check)

    def days():
        return logs.describe_log_groups(logGroupNamePrefix=f"/{name}")["logGroups"][0]["retentionInDays"]

    def stack():
        return cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    deploy()
    assert stack()["StackStatus"] == "CREATE_COMPLETE" and days() == 7
    role = stack()["Outputs"][0]["OutputValue"]
    assert ssm.get_parameter(Name=f"/{name}/role")["Parameter"]["Value"] == iam.get_role(RoleName=role)["Role"]["Arn"]
    assert {p["ParameterKey"]: p["ParameterValue"] for p in stack()["Parameters"]} == {"Days": "7", "Secret": "****"}
    again = deploy(check=False)
    assert again.returncode == {1: 255, 2: 0}[cli] and "No changes to deploy" in again.stdout + again.stderr
    deploy("--parameter-overrides Days=30")
    assert stack()["StackStatus"] == "UPDATE_COMPLETE" and days() == 30
    assert stack()["Outputs"][0]["OutputValue"] == role  # not made anew
    deploy("--no-fail-on-empty-changeset")
    assert days() == 30  # an override once given stays
    world.aws(f"cloudformation delete-stack --stack-name {name}", cli)
    world.aws(f"cloudformation wait stack-delete-complete --stack-name {name}", cli)
    assert logs.describe_log_groups(logGroupNamePrefix=f"/{name}")["logGroups"] == []
    assert code_of(iam.get_role, RoleName=role) == "NoSuchEntity"
    assert code_of(ssm.get_parameter, Name=f"/{name}/role") == "ParameterNotFound"
    assert code_of(cloudformation.describe_stacks, StackName=name) == "ValidationError"


def test_a_change_set_says_what_it_would_do_and_does_it(world):
    cloudformation, logs, name = world.client("cloudformation"), world.client("logs"), unique("changes")
    make = {"StackName": name, "TemplateBody": TEMPLATE, "Capabilities": ["CAPABILITY_IAM"]}
    cloudformation.create_change_set(ChangeSetName="first", ChangeSetType="CREATE", **make)
    cloudformation.get_waiter("change_set_create_complete").wait(
        ChangeSetName="first", StackName=name, WaiterConfig={"Delay": 1})
    shown = cloudformation.describe_change_set(ChangeSetName="first", StackName=name)
    changes = {c["ResourceChange"]["LogicalResourceId"]: c["ResourceChange"]["Action"] for c in shown["Changes"]}
    assert changes == {"Group": "Add", "Role": "Add", "Where": "Add"} and shown["ExecutionStatus"] == "AVAILABLE"
    assert cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] == "REVIEW_IN_PROGRESS"
    assert logs.describe_log_groups(logGroupNamePrefix=f"/{name}")["logGroups"] == []  # nothing was done yet
    cloudformation.execute_change_set(ChangeSetName="first", StackName=name)
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    cloudformation.create_change_set(ChangeSetName="second", Parameters=[
        {"ParameterKey": "Days", "ParameterValue": "14"}], **make)
    cloudformation.get_waiter("change_set_create_complete").wait(
        ChangeSetName="second", StackName=name, WaiterConfig={"Delay": 1})
    shown = cloudformation.describe_change_set(ChangeSetName="second", StackName=name)
    [change] = [c["ResourceChange"] for c in shown["Changes"]]
    assert (change["LogicalResourceId"], change["Action"], change["Replacement"]) == ("Group", "Modify", "False")
    assert [d["Target"]["Name"] for d in change["Details"]] in (["RetentionInDays"], ["RetentionInDays"] * 2)
    cloudformation.delete_change_set(ChangeSetName="second", StackName=name)
    assert code_of(cloudformation.describe_change_set, ChangeSetName="second", StackName=name) == "ChangeSetNotFound"
    assert logs.describe_log_groups(logGroupNamePrefix=f"/{name}")["logGroups"][0]["retentionInDays"] == 7
    cloudformation.create_change_set(ChangeSetName="same", **make)
    with pytest.raises(Exception):
        cloudformation.get_waiter("change_set_create_complete").wait(
            ChangeSetName="same", StackName=name, WaiterConfig={"Delay": 1})
    shown = cloudformation.describe_change_set(ChangeSetName="same", StackName=name)
    assert shown["Status"] == "FAILED" and "didn't contain changes" in shown["StatusReason"]
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 1})


def test_a_failed_update_goes_back_and_a_runbook_finds_why(world):
    name = unique("back")
    world.client("logs").create_log_group(logGroupName=f"/{name}/taken")
    world.aws(f"cloudformation deploy --template-file {template_file(world)} --stack-name {name} "
              "--capabilities CAPABILITY_IAM")
    broken = TEMPLATE.replace("Outputs:", f"  Taken:\n    Type: AWS::Logs::LogGroup\n    DependsOn: Group\n"
                                          f"    Properties: {{LogGroupName: /{name}/taken}}\nOutputs:")
    done = world.aws(f"cloudformation deploy --template-file {template_file(world, broken)} --stack-name {name} "
                     "--capabilities CAPABILITY_IAM --parameter-overrides Days=90", check=False)
    assert done.returncode != 0 and "Failed to create/update the stack" in done.stdout + done.stderr
    cloudformation = world.client("cloudformation")
    await_true(lambda: cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
               == "UPDATE_ROLLBACK_COMPLETE", what="the rollback")
    groups = world.client("logs").describe_log_groups(logGroupNamePrefix=f"/{name}")["logGroups"]
    assert {g["logGroupName"]: g.get("retentionInDays") for g in groups} == {f"/{name}": 7, f"/{name}/taken": None}
    events = json.loads(world.aws(
        f"cloudformation describe-stack-events --stack-name {name} --query \"StackEvents[?ResourceStatus=="
        "'CREATE_FAILED' || ResourceStatus=='UPDATE_FAILED'].{Logical:LogicalResourceId,Status:ResourceStatus,"
        "Reason:ResourceStatusReason}\"").stdout)
    [failed] = [e for e in events if e["Logical"] == "Taken"]
    assert failed["Status"] == "CREATE_FAILED" and "already exists" in failed["Reason"]


def test_what_cannot_be_a_stack(world):
    cloudformation = world.client("cloudformation")
    create = cloudformation.create_stack
    assert code_of(create, StackName=unique("s"), TemplateBody=TEMPLATE) == "InsufficientCapabilitiesException"
    assert code_of(create, StackName=unique("s"), TemplateBody="Resources: {}") == "ValidationError"
    assert code_of(create, StackName=unique("s"), TemplateBody=TEMPLATE, Capabilities=["CAPABILITY_IAM"],
                   Parameters=[{"ParameterKey": "Nope", "ParameterValue": "1"}]) == "ValidationError"
    assert code_of(create, StackName="under_score", TemplateBody=TEMPLATE) == "ValidationError"
    name = unique("once")
    create(StackName=name, TemplateBody="{\"Resources\": {\"G\": {\"Type\": \"AWS::Logs::LogGroup\"}}}")
    assert code_of(create, StackName=name, TemplateBody=TEMPLATE,
                   Capabilities=["CAPABILITY_IAM"]) == "AlreadyExistsException"
    assert code_of(cloudformation.detect_stack_drift, StackName=name) == "InvalidAction"


# All rooms


@pytest.mark.parametrize("service,operation,token", [
    ("ssm", "describe_parameters", "NextToken"), ("secretsmanager", "list_secrets", "NextToken"),
    ("logs", "describe_log_groups", "nextToken"), ("cloudwatch", "list_metrics", "NextToken"),
    ("ec2", "describe_security_groups", "NextToken"), ("iam", "list_users", "Marker"), ("iam", "list_roles", "Marker"),
    ("cloudformation", "describe_stacks", "NextToken"), ("cloudformation", "list_stacks", "NextToken"),
    ("ecs", "list_clusters", "nextToken"), ("ecs", "list_task_definitions", "nextToken"),
    ("elbv2", "describe_load_balancers", "Marker"), ("elbv2", "describe_target_groups", "Marker")])
def test_a_page_token_of_nobodys_is_refused(world, service, operation, token):
    """Answered with an empty page, it would look like the end of the list."""
    assert code_of(getattr(world.client(service), operation), **{token: "bm9uc2Vuc2U"})
    assert code_of(getattr(world.client(service), operation), **{token: "nonsense"})


def test_a_change_is_there_after_a_crash():
    """One acknowledged change a room, then kill -9: all are there, values sealed before are read still."""
    world = new_world()
    try:
        world.up()
        world.client("ssm").put_parameter(Name="/p", Value="kept", Type="SecureString")
        world.client("secretsmanager").create_secret(Name="s", SecretBinary=b"\0kept")
        world.client("iam").create_user(UserName="u")
        key = world.client("iam").create_access_key(UserName="u")["AccessKey"]
        group = world.client("ec2").create_security_group(GroupName="g", Description="d", VpcId=VPC)["GroupId"]
        world.client("ec2").authorize_security_group_ingress(GroupId=group, IpProtocol="tcp", FromPort=1, ToPort=2,
                                                             CidrIp="10.0.0.0/8")
        logs = world.client("logs")
        logs.create_log_group(logGroupName="l")
        logs.create_log_stream(logGroupName="l", logStreamName="s")
        put(logs, "l", "s", ["kept"], now_ms())
        world.client("cloudwatch").put_metric_data(Namespace="N", MetricData=[{"MetricName": "m", "Value": 7.0}])
        world.kill()
        await_true(lambda: world.seatrial("status", "--world", world.folder, check=False).returncode != 0)
        world.up()
        assert world.client("ssm").get_parameter(Name="/p", WithDecryption=True)["Parameter"]["Value"] == "kept"
        assert world.client("secretsmanager").get_secret_value(SecretId="s")["SecretBinary"] == b"\0kept"
        as_user = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
        assert world.client("sts", **as_user).get_caller_identity()["Arn"].endswith(":user/u")
        rules = world.client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
        assert [(r["FromPort"], r["ToPort"]) for r in rules] == [(1, 2)]
        events = world.client("logs").filter_log_events(logGroupName="l")["events"]
        assert [e["message"] for e in events] == ["kept"]
        now = datetime.datetime.now(datetime.timezone.utc)
        points = world.client("cloudwatch").get_metric_statistics(
            Namespace="N", MetricName="m", StartTime=now - datetime.timedelta(minutes=10),
            EndTime=now + datetime.timedelta(minutes=1), Period=60, Statistics=["Sum"])["Datapoints"]
        assert [p["Sum"] for p in points] == [7.0]
    finally:
        close_world(world)


# The world's clock


def test_world_time_runs_fast_and_signatures_hold():
    world = new_world("--speed", 60)
    try:
        world.up()
        ssm, secrets, logs = world.client("ssm"), world.client("secretsmanager"), world.client("logs")

        def date_of(name):
            ssm.put_parameter(Name=name, Value="x", Type="String")
            return ssm.get_parameter(Name=name)["Parameter"]["LastModifiedDate"]
        wall, first = time.time(), date_of("/first")
        later = await_true(lambda: (date := date_of("/" + unique("later"))) - first > datetime.timedelta(minutes=3)
                           and date, what="three minutes of the world")
        assert time.time() - wall < 15
        assert later.timestamp() > time.time() + 60
        secrets.create_secret(Name="s", SecretString="x")
        assert secrets.describe_secret(SecretId="s")["CreatedDate"].timestamp() > time.time() + 60
        # Signatures go by the machine's clock: ten minutes of the world later they verify still.
        await_true(lambda: date_of("/" + unique("later")) - first > datetime.timedelta(minutes=20), what="20 minutes")
        for cli in (1, 2):
            assert ACCOUNT in world.aws("sts get-caller-identity", cli).stdout
        # Waiters look as often in world time: a client that read the environment waits a sixtieth.
        exports = world.seatrial("env", "--world", world.folder).stdout
        delay = subprocess.run(["sh", "-c", exports + 'exec "$0" -c "$1"', sys.executable,
                                "import boto3; print(boto3.client('ecs').get_waiter('services_stable').config.delay)"],
                               capture_output=True, text=True, check=True).stdout
        assert float(delay) == 0.25
        # An event of the machine's now is in the world's past, one of the world's now is not too far ahead.
        logs.create_log_group(logGroupName="g")
        logs.create_log_stream(logGroupName="g", logStreamName="s")
        put(logs, "g", "s", ["of the machine's clock"], now_ms())
        assert logs.get_log_events(logGroupName="g", logStreamName="s")["events"][0]["message"]
    finally:
        close_world(world)
