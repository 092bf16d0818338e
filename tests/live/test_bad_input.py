"""What goes wrong outside: each a clear error that says what to do, nothing half-made left behind."""
import json
import os
import pathlib
import shlex
import shutil
import socket
import subprocess
import tempfile

import boto3
import botocore.config
import pytest
from botocore.exceptions import ClientError

from conftest import REGION, ROOT, SEATRIAL, World, await_true, close_world, new_world
from system import SUBNETS, unique


def template(world, body):
    path = world.folder / f"{unique('template')}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(body)
    return path


def refused_up(world, body):
    done = world.up(template(world, body), check=False)
    assert done.returncode != 0
    assert not (world.folder / "run" / "endpoint.json").exists()
    return done.stderr


def test_a_malformed_template(fresh_world):
    error = refused_up(fresh_world, "Resources:\n  A:\n   - : [\n")
    assert ".yaml:" in error


def test_an_unknown_resource_type(fresh_world):
    error = refused_up(fresh_world, "Resources:\n  Queue:\n    Type: AWS::Nothing::Here\n")
    assert "AWS::Nothing::Here" in error


def test_a_failed_stack_is_rolled_back_with_its_reason(world):
    cloudformation, name = world.client("cloudformation"), unique("broken")
    body = {"Resources": {
        "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": f"/{name}"}},
        "Cluster": {"Type": "AWS::ECS::Cluster", "DependsOn": "Group", "Properties": {"ClusterName": name}},
        "Service": {"Type": "AWS::ECS::Service", "Properties": {
            "Cluster": {"Ref": "Cluster"}, "TaskDefinition": "nothing:7", "DesiredCount": 1, "LaunchType": "FARGATE"}}}}
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(body))
    with pytest.raises(Exception):
        cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    assert cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] == "ROLLBACK_COMPLETE"
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    failed = [e for e in events if e["ResourceStatus"] == "CREATE_FAILED"]
    assert failed[-1]["LogicalResourceId"] == "Service"
    assert world.client("logs").describe_log_groups(logGroupNamePrefix=f"/{name}")["logGroups"] == []
    clusters = world.client("ecs").describe_clusters(clusters=[name])["clusters"]
    assert [c for c in clusters if c["status"] == "ACTIVE"] == []


def test_a_property_that_is_not_served_is_named(world):
    cloudformation, name = world.client("cloudformation"), unique("prop")
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": {
        "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": f"/{name}", "Nonsense": 1}}}}))
    await_true(lambda: cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] == "ROLLBACK_COMPLETE")
    reasons = [e.get("ResourceStatusReason", "") for e in cloudformation.describe_stack_events(StackName=name)["StackEvents"]]
    assert any("Nonsense" in reason for reason in reasons)


def test_the_port_of_the_api_is_taken(fresh_world):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = fresh_world.seatrial("up", "--detach", "--world", fresh_world.folder, "--port", port, check=False)
    assert done.returncode == 1
    assert str(port) in done.stderr and "--port" in done.stderr
    fresh_world.up()


def test_a_world_is_up_only_once(world):
    done = world.up(check=False)
    assert done.returncode == 1 and "already up" in done.stderr and "seatrial down" in done.stderr
    assert world.client("sts").get_caller_identity()


@pytest.mark.skipif(os.geteuid() != 0, reason="a mount namespace needs root")
def test_haproxy_is_missing():
    """The program is hidden from this world alone, by an empty file over it in a mount namespace."""
    hidden = shutil.which("haproxy", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    made = new_world("--no-namespaces")
    try:
        up = shlex.join(map(str, [SEATRIAL, "up", "--detach", "--world", made.folder, "--port", 0, "--region", REGION,
                                  *made.options]))
        hide = f"mount --bind /dev/null {hidden} && " if hidden else ""
        subprocess.run(["unshare", "--mount", "sh", "-c", hide + up], check=True, capture_output=True)
        elb = made.client("elbv2")
        with pytest.raises(ClientError) as refused:
            elb.create_load_balancer(Name="lb", Subnets=SUBNETS)
        assert "apt-get install haproxy" in refused.value.response["Error"]["Message"]
        assert elb.describe_load_balancers()["LoadBalancers"] == []
    finally:
        close_world(made)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_loses_nothing_and_says_so():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="seatrial-full-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], check=True)
    made = World(folder)
    try:
        made.up()
        ssm = made.client("ssm")
        ssm.put_parameter(Name="/kept", Value="before", Type="String")
        filler = folder / "filler"
        with open(filler, "wb") as out:
            try:
                while True:
                    out.write(b"x" * 65536)
                    out.flush()
            except OSError:
                pass
        refused = None
        for i in range(200):
            try:
                ssm.put_parameter(Name=f"/more/{i}", Value="y" * 4000, Type="String")
            except ClientError as error:
                refused = error.response
                break
        assert refused and refused["ResponseMetadata"]["HTTPStatusCode"] == 503
        assert "space" in refused["Error"]["Message"]
        assert ssm.get_parameter(Name="/kept")["Parameter"]["Value"] == "before"
        with pytest.raises(ClientError):
            ssm.get_parameter(Name=f"/more/{i}")
        filler.unlink()
        ssm.put_parameter(Name="/kept", Value="after", Type="String", Overwrite=True)
        made.kill()
        made.up()
        assert made.client("ssm").get_parameter(Name="/kept")["Parameter"]["Value"] == "after"
    finally:
        made.down()
        subprocess.run(["umount", "-l", folder], check=True)
        folder.rmdir()


def test_usage_errors_have_exit_code_2(world):
    for arguments in (["up", "--port", "x"], ["nonsense"], ["run"], ["check"], [], ["up", "/does/not/exist.yaml"]):
        done = world.seatrial(*arguments, check=False)
        assert done.returncode == 2, (arguments, done.returncode, done.stderr)
        assert done.stderr
    done = world.seatrial("run", "--world", "/does/not/exist", ROOT / "docs" / "no-such-runbook.md", check=False)
    assert done.returncode == 2 and "no-such-runbook.md" in done.stderr
    done = world.seatrial("run", "--world", "/does/not/exist", ROOT / "examples" / "oh-my-coins" / "runbook.md",
                          check=False)
    assert done.returncode in (1, 2) and "seatrial up" in done.stderr


def test_every_listed_operation_has_a_handler():
    made = new_world("--auth", "off")
    try:
        made.up()
        config = botocore.config.Config(parameter_validation=False, inject_host_prefix=False,
                                        retries={"total_max_attempts": 1})
        missing = []
        for line in (ROOT / "src/services/served.txt").read_text().splitlines():
            if not line or line.startswith("#"):
                continue
            service, *operations = line.split()
            client = boto3.client(service, REGION, endpoint_url=made.endpoint()["endpoint"], aws_access_key_id="x",
                                  aws_secret_access_key="y", config=config)
            for operation in operations:
                method = next(k for k, v in client.meta.method_to_api_mapping.items() if v == operation)
                shape = client.meta.service_model.operation_model(operation).input_shape
                in_path = {name: "any" for name, member in (shape.members if shape else {}).items()
                           if member.serialization.get("location") == "uri"}
                try:
                    getattr(client, method)(**in_path)
                except ClientError as error:
                    if "does not serve" in error.response["Error"]["Message"]:
                        missing.append(f"{service} {operation}")
        assert missing == []
    finally:
        close_world(made)
