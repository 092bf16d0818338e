"""kill -9 at random moments under load: what was acknowledged is there, and tasks are adopted or
replaced. Rounds: SEATRIAL_CRASH_ROUNDS (20); the seed is printed, SEATRIAL_SEED repeats it."""
import os
import random
import threading
import time

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from conftest import await_true
from system import System, Traffic, unique
from traces import NOTHING, Traces

ROUNDS = int(os.environ.get("SEATRIAL_CRASH_ROUNDS", "20"))
SEED = int(os.environ.get("SEATRIAL_SEED", "0")) or random.randrange(1 << 30)


class Writer(threading.Thread):
    """Writes until the daemon dies; remembers what was acknowledged and what may have been."""

    def __init__(self, world, number, round_number):
        super().__init__(daemon=True)
        self.ssm, self.logs = world.client("ssm"), world.client("logs")
        self.prefix = f"/crash/{round_number}/{number}"
        self.group = "/crash"
        self.stream = f"{round_number}-{number}"
        self.acknowledged, self.lines = {}, []

    def run(self):
        try:
            self.logs.create_log_stream(logGroupName=self.group, logStreamName=self.stream)
            for i in range(100_000):
                self.ssm.put_parameter(Name=f"{self.prefix}/{i}", Value=f"v{i}", Type="SecureString")
                self.acknowledged[f"{self.prefix}/{i}"] = f"v{i}"
                if i % 5 == 4:
                    self.ssm.delete_parameter(Name=f"{self.prefix}/{i}")
                    self.acknowledged[f"{self.prefix}/{i}"] = None
                line = f"line {i}"
                self.logs.put_log_events(logGroupName=self.group, logStreamName=self.stream, logEvents=[
                    {"timestamp": int(time.time() * 1000), "message": line}])
                self.lines.append(line)
        except (BotoCoreError, ClientError, OSError):
            return


def stored_parameters(world, prefix):
    pages = world.client("ssm").get_paginator("get_parameters_by_path").paginate(
        Path=prefix, Recursive=True, WithDecryption=True)
    return {p["Name"]: p["Value"] for page in pages for p in page["Parameters"]}


def stored_lines(world, writer):
    logs, lines, token = world.client("logs"), [], None
    while True:
        page = logs.get_log_events(logGroupName=writer.group, logStreamName=writer.stream, startFromHead=True,
                                   **({"nextToken": token} if token else {}))
        lines += [event["message"] for event in page["events"]]
        if page["nextForwardToken"] == token:
            return lines
        token = page["nextForwardToken"]


@pytest.mark.skipif(ROUNDS == 0, reason="SEATRIAL_CRASH_ROUNDS=0")
def test_nothing_acknowledged_is_lost(fresh_world):
    print(f"seed {SEED}, {ROUNDS} rounds")
    chance, world = random.Random(SEED), fresh_world
    world.build_image("omc-frontend:1.0.0", "frontend")
    world.up()
    world.client("logs").create_log_group(logGroupName="/crash")
    system = System(world, unique("crash"))
    system.steady()
    for round_number in range(ROUNDS):
        writers = [Writer(world, number, round_number) for number in range(2)]
        before = {t["taskArn"] for t in system.tasks()}
        for writer in writers:
            writer.start()
        time.sleep(chance.uniform(0.05, 0.8))
        world.kill()
        for writer in writers:
            writer.join()
        world.up()
        system = system.reconnected()
        check(world, writers)
        system.steady()
        after = {t["taskArn"] for t in system.tasks()}
        assert after == before, round_number  # adopted, none replaced


def check(world, writers):
    for writer in writers:
        stored = stored_parameters(world, writer.prefix)
        for name, value in writer.acknowledged.items():
            # The last call before the kill may have been carried out without an answer.
            last = name == list(writer.acknowledged)[-1]
            assert stored.get(name) == value or last, (name, value, stored.get(name))
        assert stored_lines(world, writer)[:len(writer.lines)] == writer.lines


def test_a_running_task_is_adopted(fresh_world):
    world = fresh_world
    world.build_image("omc-frontend:1.0.0", "frontend")
    world.up()
    system = System(world, unique("adopt"), count=1)
    system.steady()
    before = system.tasks()[0]["taskArn"]
    world.kill()
    world.up()
    system = system.reconnected()
    system.steady()
    assert [t["taskArn"] for t in system.tasks()] == [before]
    system.ecs.stop_task(cluster=system.name, task=before)
    await_true(lambda: [t["taskArn"] for t in system.tasks()] not in ([], [before]), what="a replacement")
    system.steady()


def scale(chance, system):
    system.ecs.update_service(cluster=system.name, service="web", desiredCount=chance.randint(2, 4))


def deploy(chance, system):
    system.ecs.update_service(cluster=system.name, service="web",
                              taskDefinition=system.register(f"2.{chance.randrange(1000)}.0"))


def stop_one(chance, system):
    task = chance.choice(system.tasks())
    system.ecs.stop_task(cluster=system.name, task=task["taskArn"])


@pytest.mark.skipif(ROUNDS == 0, reason="SEATRIAL_CRASH_ROUNDS=0")
def test_a_kill_amid_changes_drops_no_request_and_leaks_nothing(fresh_world):
    """The service changes, the daemon dies at any moment of it, and the next one finishes the change."""
    print(f"seed {SEED}, {ROUNDS} rounds")
    chance, world = random.Random(SEED), fresh_world
    world.build_image("omc-frontend:1.0.0", "frontend")
    world.up()
    system = System(world, unique("amid"), count=3)
    system.steady()
    traces = Traces(world)
    with Traffic(system) as traffic:
        for round_number in range(ROUNDS):
            change = chance.choice([scale, deploy, stop_one])
            change(chance, system)
            time.sleep(chance.uniform(0, 1.2))
            world.kill()
            world.up()
            system = system.reconnected()
            service = system.steady(timeout_s=60)
            tasks = system.tasks()
            assert {t["taskDefinitionArn"] for t in tasks} == {service["taskDefinition"]}, round_number
            await_true(lambda: len(traces.task_networks()) == len(tasks), 20, f"{change.__name__}: no stray network")
            await_true(lambda: len(traces.containers()) == len(tasks) * (1 + len(traces.cgroups())), 20,
                       f"{change.__name__}: no stray container")
            assert traffic.failures == [], (round_number, change.__name__, system.described(), world.log())
    assert traffic.count > ROUNDS
    world.down()
    assert traces.all() == NOTHING
