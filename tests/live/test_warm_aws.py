"""A rehearsal's started AWS CLI says and does what one started anew for each call does."""
import json
import os
import time

import pytest

from conftest import CLIS, await_true

BOOK = """# Calls

```bash
aws sts get-caller-identity
aws ssm put-parameter --name /warm/ünïcode --type String --value 'zwei  Wörter "und" $mehr'
aws ssm get-parameter --name /warm/ünïcode --query Parameter.Value --output text
AWS_DEFAULT_OUTPUT=table aws ssm get-parameter --name /warm/ünïcode --query 'Parameter.{v:Value,t:Type}'
AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 aws configure get region; aws sts get-caller-identity --region eu-west-1
mkdir -p "$FOLDER/deep" && cd "$FOLDER/deep" && echo '{"Name": "/warm/ünïcode"}' > ask.json
aws ssm get-parameter --cli-input-json file://ask.json --query Parameter.Name
aws ssm get-parameter --name /warm/none
aws ssm get-parameter --nam
aws ssm no-such-thing
aws ec2 describe-availability-zones --output text | tail -1
aws ssm get-parameters-by-path --path /warm | jq -r '.Parameters[].Name'
cat ask.json | aws ssm get-parameter --cli-input-json file:///dev/stdin --query Parameter.Type
aws --version
aws ssm describe-parameters --query 'Parameters[].Name' --output yaml 2>&1
aws ssm get-parameter --endpoint-url http://127.0.0.1:1 --name x
(umask 077; aws ssm get-parameter --name /warm/ünïcode --debug 2> trace.txt >/dev/null; stat -c %a trace.txt)
aws ssm delete-parameter --name /warm/ünïcode
aws ssm describe-parameters
```
"""


def rehearse(world, folder, cli, *options):
    book = folder / "book.md"
    book.write_text(BOOK)
    path = f"{CLIS[cli].parent}:{os.environ['PATH']}"
    done = world.seatrial("run", "--world", world.folder, "--yes", "--keep-going", "--output", "json", *options, book,
                          check=False, env={**os.environ, "PATH": path, "FOLDER": str(folder)})
    return json.loads(done.stdout)["steps"]


@pytest.mark.parametrize("cli", [1, 2])
def test_warm_and_cold_calls_are_alike(world, tmp_path, cli):
    warm, cold = rehearse(world, tmp_path, cli), rehearse(world, tmp_path, cli, "--cold-aws")
    assert len(warm) == len(cold) == 20
    for one, other in zip(warm, cold):
        for key in ("text", "exit_code", "stdout", "stderr", "status"):
            assert one[key] == other[key], (one, other)
    assert {step["exit_code"] for step in warm} >= {0, 252, 254 if cli == 2 else 255}


def test_a_rehearsal_uses_a_started_cli(world, tmp_path):
    book = tmp_path / "book.md"
    book.write_text("# A\n\n```bash\naws sts get-caller-identity\nfor i in 1 2 3; do test -S $SEATRIAL_WARM_SOCKET; done\n"
                    "echo $SEATRIAL_WARM_AWS\n```\n")
    path = f"{CLIS[2].parent}:{os.environ['PATH']}"
    done = world.seatrial("run", "--world", world.folder, "--output", "json", book, env={**os.environ, "PATH": path})
    steps = json.loads(done.stdout)["steps"]
    assert steps[-1]["stdout"].strip() == str(CLIS[2])


def processes(marker):
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/environ", "rb") as file:
                    if marker.encode() in file.read():
                        found.append(int(entry))
            except OSError:
                pass
    return found


def test_a_call_that_is_stopped_leaves_nothing_behind(world, tmp_path):
    world.aws("logs create-log-group --log-group-name /warm")
    book = tmp_path / "book.md"
    book.write_text("# A\n\n```bash\naws logs tail /warm --follow\ntimeout 1 aws logs tail /warm --follow; echo $?\n```\n")
    marker = f"WARM_TEST_MARKER={os.getpid()}.{time.monotonic_ns()}"
    name, _, value = marker.partition("=")
    path = f"{CLIS[2].parent}:{os.environ['PATH']}"
    done = world.seatrial("run", "--world", world.folder, "--yes", "--output", "json", "--follow", "4", book, check=False,
                          env={**os.environ, "PATH": path, name: value})
    steps = json.loads(done.stdout)["steps"]
    assert steps[0]["status"] == "followed", steps
    assert steps[1]["exit_code"] == 124, steps
    await_true(lambda: not processes(marker), 10, "the end of all calls")
