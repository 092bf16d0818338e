"""A world for live tests: the real binary in a temporary folder, on a port it picks itself."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import boto3
import botocore.config
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SEATRIAL_BUILD", ROOT / "build"))
SEATRIAL = BUILD / "seatrial"
OMC = BUILD / "examples" / "oh-my-coins" / "omc"
REGION = "ap-southeast-2"
CLIS = {1: ROOT / ".venv" / "bin" / "aws", 2: pathlib.Path("/usr/bin/aws")}


def await_true(condition, timeout_s=60, what="the condition"):
    """Polls until `condition` returns something true; its value."""
    deadline = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come about within {timeout_s} s")
        time.sleep(0.05)


def alive(pid):
    """Whether the process still runs; a zombie that nobody reaps does not."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


class World:
    def __init__(self, folder, *options):
        self.folder = pathlib.Path(folder)
        self.options = [str(o) for o in options]

    def seatrial(self, *arguments, check=True, **more):
        done = subprocess.run([SEATRIAL, *map(str, arguments)], capture_output=True, text=True, **more)
        if check and done.returncode != 0:
            raise AssertionError(f"seatrial {arguments}: {done.returncode}\n{done.stdout}{done.stderr}{self.log()}")
        return done

    def log(self):
        path = self.folder / "seatrial.log"
        return path.read_text()[-4000:] if path.exists() else ""

    def up(self, *templates, check=True):
        return self.seatrial("up", "--detach", "--world", self.folder, "--port", 0, "--region", REGION,
                             *self.options, *templates, check=check, timeout=300)

    def down(self):
        return self.seatrial("down", "--world", self.folder)

    def kill(self):
        pid = self.endpoint()["pid"]
        os.kill(pid, signal.SIGKILL)
        await_true(lambda: not alive(pid), 10, f"the end of process {pid}")

    def endpoint(self):
        return json.loads((self.folder / "run" / "endpoint.json").read_text())

    def client(self, service, region=REGION, **more):
        endpoint = self.endpoint()
        settings = {"aws_access_key_id": endpoint["access_key_id"],
                    "aws_secret_access_key": endpoint["secret_access_key"], **more}
        config = botocore.config.Config(retries={"total_max_attempts": 1}, read_timeout=60)
        return boto3.client(service, region_name=region, endpoint_url=endpoint["endpoint"], config=config, **settings)

    def environment(self):
        lines = self.seatrial("env", "--world", self.folder).stdout
        script = lines + "\nenv -0"
        out = subprocess.run(["bash", "-c", script], capture_output=True, check=True).stdout
        return dict(entry.split("=", 1) for entry in out.decode().split("\0") if "=" in entry)

    def shell(self, script, cli=2, check=True, timeout=180):
        """Runs a shell script as a user would after eval "$(seatrial env)"."""
        environment = self.environment()
        environment["PATH"] = environment["PATH"].replace(
            f"{self.folder}/run/bin:", f"{self.folder}/run/bin:{CLIS[cli].parent}:", 1)
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=environment, timeout=timeout)
        if check and done.returncode != 0:
            raise AssertionError(f"{script}\n-> {done.returncode}\n{done.stdout}{done.stderr}{self.log()}")
        return done

    def aws(self, arguments, cli=2, check=True, timeout=180):
        return self.shell("aws " + arguments, cli, check, timeout)

    def build_image(self, name, command, *environment):
        """An image that holds the example's program, run as `omc COMMAND`."""
        with tempfile.TemporaryDirectory() as files:
            (pathlib.Path(files) / "bin").mkdir()
            shutil.copy(OMC, pathlib.Path(files) / "bin" / "omc")
            more = [word for pair in environment for word in ("--env", pair)]
            self.seatrial("image", "build", name, files, "--world", self.folder, "--entrypoint", "/bin/omc",
                          "--cmd", command, *more)


def new_world(*options):
    folder = tempfile.mkdtemp(prefix="seatrial-live-")
    return World(folder, *options)


def close_world(world):
    try:
        world.down()
    finally:
        shutil.rmtree(world.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def world():
    """A world that a module's tests share."""
    made = new_world()
    made.up()
    yield made
    close_world(made)


@pytest.fixture
def fresh_world():
    """A world of a test's own, not yet up."""
    made = new_world()
    yield made
    close_world(made)
