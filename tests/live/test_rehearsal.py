"""The main job: runbooks carried out against the example system."""
import json
import os
import pathlib
import subprocess

import pytest

from conftest import CLIS, ROOT, SEATRIAL, close_world, new_world

EXAMPLE = ROOT / "examples" / "oh-my-coins"
RUNBOOK = ROOT.parent / "shared" / "runbooks" / "oh-my-coins.md"


@pytest.fixture(scope="module")
def example():
    world = new_world()
    subprocess.run([EXAMPLE / "build-images.sh", world.folder], check=True, capture_output=True,
                   env={"SEATRIAL": str(SEATRIAL), "BUILD_DIR": str(SEATRIAL.parent), "PATH": "/usr/bin:/bin"})
    world.up(EXAMPLE / "template.yaml")
    yield world
    close_world(world)


def rehearse(world, document, *options):
    path = f"{CLIS[2].parent}:{os.environ['PATH']}"  # runbooks are written for CLI v2
    done = world.seatrial("run", "--world", world.folder, "--yes", "--output", "json", *options, document, check=False,
                          env={**os.environ, "PATH": path})
    return done, json.loads(done.stdout)


def test_the_examples_runbook_passes(example):
    done, report = rehearse(example, EXAMPLE / "runbook.md")
    failed = [step for step in report["steps"] if step["status"] not in ("ok", "followed")]
    assert done.returncode == 0, json.dumps(failed, indent=1)[:6000]


real_runbook = pytest.mark.skipif(not RUNBOOK.exists(), reason="the teams' runbooks are not on this machine")


@real_runbook
@pytest.mark.parametrize("section", ["health-check-validation", "scaling-operations",
                                     "manual-rollback---method-2-revert-to-previous-task-definition-revision"])
def test_a_teams_runbook_fails_only_for_reasons_of_its_own(example, section):
    done, report = rehearse(example, f"{RUNBOOK}#{section}", "--keep-going")
    failed = [step for step in report["steps"] if step["status"] == "failed"]
    assert failed, "this section is known to hold mistakes"
    for step in failed:
        assert step["diagnosis"]["cause"] == "document", json.dumps(step, indent=1)[:3000]
        assert step["diagnosis"]["reason"]
