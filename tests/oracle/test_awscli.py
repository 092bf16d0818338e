"""The real AWS CLI, both versions, is the oracle of our grammar: same verdict, refused before it
connects or not, over generated command lines.

What only the service would refuse is no part of the verdict. Environment: SEATRIAL_SEED (printed),
SEATRIAL_AWSCLI_CASES (per version), SEATRIAL_AWSCLI_ORACLE (the program).
"""
import json
import os
import random
import shlex
import subprocess
import sys

import botocore.session
import pytest

from awscli_cases import Changes, Drawn, is_fair, mutated_line

SEED = int(os.environ.get("SEATRIAL_SEED", "20260101"))
CASES = int(os.environ.get("SEATRIAL_AWSCLI_CASES", "1200"))
ORACLE = os.environ.get("SEATRIAL_AWSCLI_ORACLE", "build/awscli_oracle")
HERE = os.path.dirname(os.path.abspath(__file__))
JUDGE = os.path.join(HERE, "..", "support", "awscli_judge.py")
PYTHON = {1: sys.executable, 2: "/usr/bin/python3"}
SESSION = botocore.session.get_session()
OWN = os.path.join(HERE, "awscli_own.txt")
# What depends on this machine is no part of the verdict.
MACHINE = ("does not exist", "not found", "Unable to", "Invalid template path", "SessionManagerPlugin", "No such file",
           "No module named", "Could not locate", "EOF when reading")


class Filter:
    """A program that answers each line of JSON with one."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"{self.process.args} ended at {request}"
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()


@pytest.fixture(scope="module", params=[1, 2])
def judges(request):
    real = Filter([PYTHON[request.param], JUDGE])
    ours = Filter([ORACLE])
    print(f"SEATRIAL_SEED={SEED}")
    yield request.param, real, ours
    real.close()
    ours.close()


def operations(rng):
    """Without end: a service and one of its operations."""
    services = SESSION.get_available_services()
    while True:
        service = rng.choice(services)
        model = SESSION.get_service_model(service)
        for name in rng.sample(list(model.operation_names), min(4, len(model.operation_names))):
            yield service, model.operation_model(name)


def same_model(real, service, operation):
    """Whether this version's models say the same of the operation's input as ours."""
    [theirs] = real.ask({"signatures": [[service, operation.name]]})
    return theirs is not None and theirs == signature(service, operation.name)


def signature(service, name, filters={}):
    if 1 not in filters:
        filters[1] = Filter([PYTHON[1], JUDGE])
    [ours] = filters[1].ask({"signatures": [[service, name]]})
    return ours


def cases(version, real, rng):
    for service, operation in operations(rng):
        if version == 2 and not same_model(real, service, operation):
            continue
        drawn = Drawn(rng, service, operation)
        if drawn.streams:
            continue
        yield drawn.words()
        for _ in range(3):
            words = Changes(rng, drawn).apply()
            if is_fair(words):
                yield words


def compare(version, real, ours, words):
    said, found = real.ask({"words": words}), ours.ask({"cli": version, "words": ["aws", *words]})
    if said["refused"] == found["refused"]:
        return None
    if said["refused"] and any(word in said["said"] for word in MACHINE):
        return None
    if said["refused"] and "timestamp-string" in said["said"]:
        return None  # what python-dateutil makes of odd texts we take to be fine
    refusing = [p["message"] for p in found["problems"] if p["refuser"] == "client"]
    return f"v{version} {words}\n    real: {said}\n    ours: {refusing}"


def test_verdicts(judges):
    version, real, ours = judges
    rng = random.Random(SEED * 10 + version)
    different = []
    for number, words in enumerate(cases(version, real, rng)):
        if number >= CASES:
            break
        if failure := compare(version, real, ours, words):
            different.append(failure)
    assert not different, f"{len(different)} of {CASES}, seed {SEED}\n" + "\n".join(different[:40])


def own_lines(version):
    with open(OWN, encoding="utf-8") as lines:
        for line in lines:
            marker, _, command = line.strip().partition(" ")
            if marker in ("*", str(version)):
                yield shlex.split(command)


def test_own_commands(judges):
    version, real, ours = judges
    rng = random.Random(SEED * 10 + version)
    different = []
    for words in own_lines(version):
        for case in [words, mutated_line(rng, words)]:
            if is_fair(case) and (failure := compare(version, real, ours, case)):
                different.append(failure)
    assert not different, f"{len(different)}, seed {SEED}\n" + "\n".join(different)
