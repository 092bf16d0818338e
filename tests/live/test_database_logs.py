"""The database of examples/perfect-match: a real PostgreSQL in a task, whose slow statements and errors
are in its log group within a second. Its client is a task, too, run as an operator would."""
import os
import subprocess
import time

from conftest import BUILD, ROOT, SEATRIAL, await_true

REGION = "us-east-1"
GROUP = "/aws/rds/instance/perfectmatch-db/slowquery"
CLUSTER = "perfectmatch-cluster"


def insights(logs, query):
    query_id = logs.start_query(logGroupName=GROUP, startTime=0, endTime=int(time.time()) + 3600,
                                queryString=query)["queryId"]
    while (reply := logs.get_query_results(queryId=query_id))["status"] in ("Running", "Scheduled"):
        time.sleep(0.005)
    return [{cell["field"]: cell["value"] for cell in row} for row in reply["results"]]


def run_psql(ecs, address, statement):
    """The exit code of psql with the statement, in a task of its own."""
    subnets = {"awsvpcConfiguration": {"subnets": ["subnet-0a0000000000000a1"], "assignPublicIp": "DISABLED"}}
    task = ecs.run_task(cluster=CLUSTER, taskDefinition="perfectmatch-psql", launchType="FARGATE",
                        networkConfiguration=subnets, overrides={"containerOverrides": [
                            {"name": "psql", "command": ["-h", address, "-c", statement]}]})["tasks"][0]["taskArn"]

    def ended():
        found = ecs.describe_tasks(cluster=CLUSTER, tasks=[task])["tasks"][0]
        return found if found["lastStatus"] == "STOPPED" else None
    return await_true(ended, 60, "psql")["containers"][0].get("exitCode")


def test_a_slow_statement_is_in_the_log_group(fresh_world):
    world = fresh_world
    subprocess.run([ROOT / "examples/build-database-image.sh", world.folder], check=True, capture_output=True,
                   env={**os.environ, "SEATRIAL": str(SEATRIAL), "BUILD_DIR": str(BUILD)})
    world.up()
    ecs, logs = world.client("ecs", REGION), world.client("logs", REGION)
    ecs.create_cluster(clusterName=CLUSTER)
    logs.create_log_group(logGroupName=GROUP)
    world.client("cloudformation", REGION).create_stack(
        StackName="PerfectMatch-Database", Capabilities=["CAPABILITY_NAMED_IAM"],
        TemplateBody=(ROOT / "examples/perfect-match/database.yaml").read_text())
    find = 'fields @message | filter @message like "{}"'.format
    await_true(lambda: insights(logs, find("ready to accept connections")), 60, "PostgreSQL")
    task = ecs.list_tasks(cluster=CLUSTER, serviceName="perfectmatch-db")["taskArns"]
    details = ecs.describe_tasks(cluster=CLUSTER, tasks=task)["tasks"][0]["attachments"][0]["details"]
    address = next(d["value"] for d in details if d["name"] == "privateIPv4Address")
    assert run_psql(ecs, address, "CREATE TABLE profiles(name text); SELECT 1") == 0
    assert run_psql(ecs, address, "SELECT pg_sleep(0.6), 'needle'") == 0
    slow = await_true(lambda: insights(logs, find("needle")), 1, "the slow statement")
    assert "perfectmatch@postgres:" in slow[0]["@message"] and "LOG:  duration: 6" in slow[0]["@message"]
    assert run_psql(ecs, address, "SELECT * FROM absent") == 1
    await_true(lambda: insights(logs, find("absent")), 1, "the error")
    assert not insights(logs, find("SELECT 1"))  # a quick one
    parsed = insights(logs, "parse @message /duration: (?<ms>[0-9.]+) ms/ | filter ispresent(ms) | stats max(ms) as slowest")
    assert float(parsed[0]["slowest"]) >= 600
