"""ECS over real processes: replacement, rolling deployment under traffic, memory limit, waiters."""
import json
import re
import urllib.error

import pytest
from botocore.exceptions import ClientError

from conftest import await_true
from system import PORT, SUBNETS, System, Traffic, get, unique


@pytest.fixture(scope="module", autouse=True)
def images(world):
    world.build_image("omc-frontend:1.0.0", "frontend")


@pytest.fixture(scope="module")
def system(world):
    made = System(world, unique("web"))
    made.steady()
    return made


def test_the_name_of_a_load_balancer_works_as_it_is(system, world):
    out = world.shell(f"curl -sS -o /dev/null -w '%{{http_code}}' http://{system.dns}/").stdout
    assert out == "200"


def test_tasks_listen_on_the_same_port(system):
    targets = system.elb.describe_target_health(TargetGroupArn=system.tg_arn)["TargetHealthDescriptions"]
    assert {t["Target"]["Port"] for t in targets} == {PORT}
    assert len({t["Target"]["Id"] for t in targets}) == 2


def test_a_dead_task_is_replaced_and_says_why(system):
    before = {t["taskArn"] for t in system.tasks()}
    with pytest.raises((urllib.error.URLError, OSError)):
        for _ in range(50):
            get(system, "/faults/crash")
            get(system)
    await_true(lambda: {t["taskArn"] for t in system.tasks()} - before, what="a replacement")
    system.steady()
    stopped = [t for t in system.tasks("STOPPED") if t["taskArn"] in before]
    assert stopped and stopped[0]["stopCode"] == "EssentialContainerExited"
    assert stopped[0]["stoppedReason"] == "Essential container in task exited"
    assert stopped[0]["containers"][0]["exitCode"] == 1


def told(messages, pattern):
    """The sum of the numbers that the events told, however many things each told at once."""
    return sum(int(number) for message in messages for number in re.findall(pattern, message))


def test_a_rolling_deployment_drops_no_request(system):
    new = system.register("1.1.0")
    known = {event["id"] for event in system.service()["events"]}
    with Traffic(system) as traffic:
        system.ecs.update_service(cluster=system.name, service="web", taskDefinition=new)
        several = await_true(lambda: (s := system.service()) and len(s["deployments"]) == 2 and s["deployments"])
        assert [d["status"] for d in several] == ["PRIMARY", "ACTIVE"]
        system.steady()
    assert traffic.failures == [] and traffic.count > 20
    assert {t["taskDefinitionArn"] for t in system.tasks()} == {new}
    service = system.service()
    assert service["deployments"][0]["rolloutState"] == "COMPLETED"
    messages = [event["message"] for event in service["events"] if event["id"] not in known]
    assert any("has reached a steady state." in m for m in messages)
    assert told(messages, r"\) registered (\d+) targets in \(target-group arn:") == 2
    assert told(messages, r"has begun draining connections on (\d+) tasks\.") == 2
    assert any("deployment completed." in m for m in messages)


def test_a_deployment_that_never_gets_healthy_keeps_the_old_tasks(system):
    old = system.service()["taskDefinition"]
    bad = system.register("9.9.9", FAULT="exit:7")
    with Traffic(system) as traffic:
        system.ecs.update_service(cluster=system.name, service="web", taskDefinition=bad)
        await_true(lambda: [t for t in system.tasks("STOPPED") if t["taskDefinitionArn"] == bad and
                            t["containers"][0].get("exitCode") == 7])
        assert system.service()["deployments"][0]["rolloutState"] == "IN_PROGRESS"
        assert sum(t["taskDefinitionArn"] == old for t in system.tasks()) == 2
        system.ecs.update_service(cluster=system.name, service="web", taskDefinition=old)
        system.steady()
    assert traffic.failures == []


def test_scaling_up_and_down(system):
    for count in (4, 1, 2):
        system.ecs.update_service(cluster=system.name, service="web", desiredCount=count)
        system.steady(count)


def test_the_memory_limit_kills_with_137(world):
    ecs, name = world.client("ecs"), unique("leak")
    ecs.create_cluster(clusterName=name)
    ecs.register_task_definition(
        family=name, requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512",
        containerDefinitions=[{"name": "web", "image": "omc-frontend:1.0.0", "memory": 64,
                               "environment": [{"name": "FAULT", "value": "leak:200"}]}])
    task = ecs.run_task(cluster=name, taskDefinition=name, launchType="FARGATE", networkConfiguration={
        "awsvpcConfiguration": {"subnets": SUBNETS[:1]}})["tasks"][0]["taskArn"]

    def stopped():
        found = ecs.describe_tasks(cluster=name, tasks=[task])["tasks"][0]
        return found if found["lastStatus"] == "STOPPED" else None
    ended = await_true(stopped)
    assert ended["containers"][0]["exitCode"] == 137
    assert "OutOfMemoryError" in ended["containers"][0]["reason"]


def test_run_stop_and_the_waiters_of_the_real_cli(world):
    name = unique("cli")
    world.client("ecs").create_cluster(clusterName=name)
    definition = {"family": name, "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256",
                  "memory": "512", "containerDefinitions": [{"name": "web", "image": "omc-frontend:1.0.0"}]}
    out = world.shell(f"""
        set -e
        cat > {world.folder}/def.json <<'X'
{json.dumps(definition)}
X
        aws ecs register-task-definition --cli-input-json file://{world.folder}/def.json --query taskDefinition.revision
        task=$(aws ecs run-task --cluster {name} --task-definition {name} --launch-type FARGATE \\
          --network-configuration 'awsvpcConfiguration={{subnets=[{SUBNETS[0]}]}}' --query 'tasks[0].taskArn' --output text)
        aws ecs wait tasks-running --cluster {name} --tasks $task
        aws ecs stop-task --cluster {name} --task $task --reason 'done with it' --query task.desiredStatus --output text
        aws ecs wait tasks-stopped --cluster {name} --tasks $task
        aws ecs describe-tasks --cluster {name} --tasks $task --query 'tasks[0].[stopCode,stoppedReason]' --output text
        """).stdout.split("\n")
    assert out[0] == "1" and out[1] == "STOPPED" and out[2] == "UserInitiated\tdone with it"


def test_deleting_a_service_waits_for_inactive(world):
    name = unique("gone")
    gone = System(world, name, count=1)
    gone.steady()
    with pytest.raises(ClientError) as refused:
        gone.ecs.delete_service(cluster=name, service="web")
    assert "scaled above 0" in refused.value.response["Error"]["Message"]
    gone.ecs.delete_service(cluster=name, service="web", force=True)
    world.aws(f"ecs wait services-inactive --cluster {name} --services web")
    await_true(lambda: not gone.tasks())


def test_an_image_that_does_not_exist(world):
    ecs, name = world.client("ecs"), unique("noimage")
    ecs.create_cluster(clusterName=name)
    ecs.register_task_definition(family=name, requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256",
                                 memory="512", containerDefinitions=[{"name": "web", "image": "nothing:9"}])
    task = ecs.run_task(cluster=name, taskDefinition=name, launchType="FARGATE", networkConfiguration={
        "awsvpcConfiguration": {"subnets": SUBNETS[:1]}})["tasks"][0]["taskArn"]
    ended = await_true(lambda: (t := ecs.describe_tasks(cluster=name, tasks=[task])["tasks"][0])
                       and t["lastStatus"] == "STOPPED" and t)
    assert ended["stopCode"] == "TaskFailedToStart"
    assert "CannotPullContainerError" in ended["stoppedReason"] and "nothing:9" in ended["stoppedReason"]


def test_output_arrives_in_the_log_and_metrics_are_measured(system, world):
    with pytest.raises(urllib.error.HTTPError):
        get(system, "/seen-in-the-log")  # no such page; the program logs it all the same
    await_true(lambda: system.messages('"/seen-in-the-log"'), 10, "a log line")
    cloudwatch = world.client("cloudwatch")
    names = await_true(lambda: {m["MetricName"] for m in cloudwatch.list_metrics()["Metrics"]} >= {
        "CPUUtilization", "MemoryUtilization", "RequestCount", "TargetResponseTime", "HTTPCode_Target_2XX_Count",
        "HealthyHostCount"}, 150, "the metrics")
    assert names


def test_exec_is_refused_as_aws_refuses_it(system):
    task = system.tasks()[0]["taskArn"]
    with pytest.raises(ClientError) as refused:
        system.ecs.execute_command(cluster=system.name, task=task, container="web", command="ls", interactive=True)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterException"
    assert "was not enabled" in refused.value.response["Error"]["Message"]


def test_logs_tail_follow_shows_new_lines(system, world):
    script = (f"timeout -s INT 12 aws logs tail {system.group} --follow --since 1m & sleep 4; "
              f"curl -s http://{system.dns}/tail-me >/dev/null; wait")
    out = world.shell(script, check=False).stdout
    assert "/tail-me" in out
