"""The GitHub action and the pre-commit hooks: their files are well-formed and their commands work."""
import json
import os
import re
import subprocess

import pytest
import yaml

from conftest import ROOT, SEATRIAL

ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
WRONG = "```bash\naws ecs list-task\n```\n"


class Job:
    """Runs the action's own steps as GitHub would; steps that use other actions are left out."""

    def __init__(self, workspace, **inputs):
        self.workspace = workspace
        self.inputs = {name: spec.get("default", "") for name, spec in ACTION["inputs"].items()}
        self.inputs.update({name.replace("_", "-"): value for name, value in inputs.items()})
        self.outputs = {}
        self.log = ""

    def value(self, text):
        def look_up(match):
            kind, _, name = match.group(1).partition(".")
            if kind == "inputs":
                return self.inputs[name]
            if kind == "github":
                return str(ROOT)
            step, _, output = name.partition(".outputs.")
            return self.outputs.get(step, {}).get(output, "")
        return re.sub(r"\$\{\{ ([a-z0-9_.-]+) \}\}", look_up, str(text))

    def run(self):
        for step in ACTION["runs"]["steps"]:
            if "run" not in step or "key" in step.get("if", ""):
                continue
            done = self.run_step(step)
            if done.returncode != 0:
                return done.returncode
        return 0

    def run_step(self, step):
        out = self.workspace.parent / "output"
        out.write_text("")
        environment = {**os.environ, "GITHUB_OUTPUT": str(out),
                       **{name: self.value(text) for name, text in step.get("env", {}).items()}}
        done = subprocess.run(["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
                              cwd=self.workspace, env=environment, capture_output=True, text=True)
        self.log += done.stdout + done.stderr
        self.outputs[step.get("id", "")] = dict(line.split("=", 1) for line in out.read_text().splitlines())
        return done


@pytest.fixture
def workspace(tmp_path):
    folder = tmp_path / "work"
    (folder / ".git").mkdir(parents=True)
    (folder / "docs").mkdir()
    (folder / "docs" / "a.md").write_text(WRONG)
    return folder


def test_the_action_checks_and_reports(workspace):
    job = Job(workspace, binary=str(SEATRIAL))
    assert job.run() == 1
    assert "docs/a.md:2:9: error" in job.log
    results = json.loads((workspace / "seatrial.sarif").read_text())["runs"][0]["results"]
    assert [r["ruleId"] for r in results] == ["unknown-operation"]
    assert job.outputs["check"] == {"exit-code": "1", "sarif-file": "seatrial.sarif"}


def test_the_action_hands_its_inputs_on(workspace):
    assert Job(workspace, binary=str(SEATRIAL), fail_on="never").run() == 0
    assert Job(workspace, binary=str(SEATRIAL), arguments="--disable unknown-operation").run() == 0
    assert Job(workspace, binary=str(SEATRIAL), paths="docs gone.md").run() == 2
    subprocess.run([SEATRIAL, "check", "docs", "--baseline", "known.json", "--write-baseline"], cwd=workspace,
                   check=True, capture_output=True)
    assert Job(workspace, binary=str(SEATRIAL), baseline="known.json").run() == 0


def test_the_action_takes_the_program_on_path_and_says_when_there_is_none(workspace, monkeypatch):
    monkeypatch.setenv("PATH", f"{SEATRIAL.parent}:{os.environ['PATH']}")
    assert Job(workspace).run() == 1
    job = Job(workspace, binary="/no/such/program")
    assert job.run() == 2 and "there is no program" in job.log


def test_every_expression_of_the_action_names_something(workspace):
    job = Job(workspace)
    steps = {step["id"] for step in ACTION["runs"]["steps"] if "id" in step}
    text = (ROOT / "action.yml").read_text()
    for kind, name in re.findall(r"\$\{\{ (inputs|steps)\.([a-z0-9-]+)", text):
        assert name in (job.inputs if kind == "inputs" else steps), name
    for step in ACTION["runs"]["steps"]:
        assert ("run" in step and step["shell"] == "bash") != ("uses" in step)


def test_the_hooks_commands_work(workspace):
    assert [hook["id"] for hook in HOOKS] == ["seatrial-check", "seatrial-fix"]
    environment = {**os.environ, "PATH": f"{SEATRIAL.parent}:{os.environ['PATH']}"}
    book = workspace / "short.md"
    for hook, code in zip(HOOKS, (0, 0)):
        book.write_text("```bash\naws ecs describe-services --cluster c --service s\n```\n")
        done = subprocess.run([*hook["entry"].split(), "short.md"], cwd=workspace, env=environment,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        assert done.returncode == code, done.stdout + done.stderr
    assert "--services s" in book.read_text()


def test_the_documentation_names_what_there_is():
    text = (ROOT / "docs" / "ci.md").read_text()
    for hook in HOOKS:
        assert hook["id"] in text
    for block in re.findall(r"```yaml\n(.*?)```", text, re.S):
        assert yaml.safe_load(block)
    used = re.search(r"uses: OWNER/seatrial@COMMIT\n +with:\n((?: +[a-z-]+: .*\n)+)", text).group(1)
    assert set(yaml.safe_load(used)) <= set(ACTION["inputs"])
