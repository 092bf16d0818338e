"""What a world leaves on the machine: nothing when it is down, however it went down, and nothing of
tasks that have ended while it is up."""
import pathlib
import time
import urllib.request

import pytest

from conftest import await_true
from system import System, unique
from traces import NOTHING, Traces, read

TASKS = 8


def is_proxy(command):
    return command.split(" ")[0].endswith("/haproxy")


def down_in_time(world, limit_s):
    began = time.monotonic()
    world.down()
    took = time.monotonic() - began
    assert took < limit_s, f"down took {took:.1f} s"


@pytest.fixture
def busy(fresh_world):
    """A world with a balanced service of many tasks, and what is to be seen of it."""
    fresh_world.build_image("omc-frontend:1.0.0", "frontend")
    fresh_world.up()
    system = System(fresh_world, unique("leaks"), count=TASKS)
    system.steady()
    traces = Traces(fresh_world)
    seen = traces.all()
    assert len([c for c in seen["processes"].values() if c.startswith("/bin/omc")]) == TASKS
    assert len([c for c in seen["processes"].values() if is_proxy(c)]) == 1
    assert len(traces.task_networks()) == TASKS and seen["names"]
    return fresh_world, system, traces


def test_down_leaves_nothing(busy):
    world, _, traces = busy
    down_in_time(world, 5)
    assert traces.all() == NOTHING


def test_down_after_a_kill_leaves_nothing(busy):
    world, _, traces = busy
    world.kill()
    assert len(traces.processes()) > TASKS  # tasks outlive a killed daemon
    down_in_time(world, 5)
    assert traces.all() == NOTHING
    world.up()  # and the state is still there
    assert [c["clusterName"] for c in described(world)]


def described(world):
    ecs = world.client("ecs")
    return ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"]


def test_down_after_a_kill_and_an_up_leaves_nothing(busy):
    world, system, traces = busy
    before = {t["taskArn"] for t in system.tasks()}
    world.kill()
    world.up()
    system = system.reconnected()
    system.steady()
    assert {t["taskArn"] for t in system.tasks()} == before
    down_in_time(world, 5)
    assert traces.all() == NOTHING


def test_a_world_goes_on_where_it_was_taken_down(busy):
    world, system, traces = busy
    world.down()
    world.up()
    system = system.reconnected()
    system.steady(timeout_s=10)
    with urllib.request.urlopen(f"http://{system.dns}/", timeout=10) as reply:
        assert reply.status == 200
    await_true(lambda: len(traces.task_networks()) == TASKS, 10, "the end of the old tasks' networks")
    await_true(lambda: len(set(traces.containers())) == len(system.tasks()) * (1 + len(traces.cgroups())), 10,
               "the end of the old tasks' containers")


def test_ended_tasks_leave_nothing_while_the_world_is_up(busy):
    world, system, traces = busy
    system.ecs.update_service(cluster=system.name, service="web", desiredCount=0)
    system.steady(0)
    await_true(lambda: not system.tasks() and not traces.task_networks(), 20, "the end of all tasks")
    await_true(lambda: not traces.containers(), 10, "the end of all containers' places")
    commands = [c for c in traces.processes().values()]
    assert not [c for c in commands if "omc" in c or "__shim" in c], commands
    daemon = world.endpoint()["pid"]
    children = [e for e in pathlib.Path("/proc").iterdir() if e.name.isdigit()
                and read(e / "stat").rpartition(")")[2].split()[1:2] == [str(daemon)]]
    assert not children, [read(e / "stat") for e in children]
    system.elb.delete_listener(ListenerArn=system.elb.describe_listeners(
        LoadBalancerArn=system.lb_arn)["Listeners"][0]["ListenerArn"])
    system.elb.delete_load_balancer(LoadBalancerArn=system.lb_arn)
    await_true(lambda: not [c for c in traces.processes().values() if is_proxy(c)], 10, "HAProxy's end")
    await_true(lambda: not traces.all()["names"], 10, "the end of the names")


def test_deployments_leave_one_proxy(busy):
    _, system, traces = busy
    for version in ("1.1.0", "1.2.0", "1.3.0"):
        system.ecs.update_service(cluster=system.name, service="web", taskDefinition=system.register(version))
        system.steady()
    await_true(lambda: len([c for c in traces.processes().values() if is_proxy(c)]) == 1, 20,
               "the end of replaced proxies")
