"""Template, images and runbook of the example belong together: held against each other."""

import os
import pathlib
import re
import stat
import subprocess

import yaml

EXAMPLE = pathlib.Path(__file__).resolve().parent.parent


class Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as {tag: value}."""


def short_form(loader, tag, node):
    if isinstance(node, yaml.ScalarNode):
        return {tag: node.value}
    if isinstance(node, yaml.SequenceNode):
        return {tag: loader.construct_sequence(node, deep=True)}
    return {tag: loader.construct_mapping(node, deep=True)}


Loader.add_multi_constructor("!", short_form)
TEMPLATE = yaml.load((EXAMPLE / "template.yaml").read_text(), Loader)
RESOURCES = TEMPLATE["Resources"]
RUNBOOK = (EXAMPLE / "runbook.md").read_text()
COMMANDS = re.findall(r"```bash\n(.*?)```", RUNBOOK, re.DOTALL)


def properties(kind):
    return [r["Properties"] for r in RESOURCES.values() if r["Type"] == kind]


def references(value):
    """Logical names that a value refers to."""
    if isinstance(value, list):
        for element in value:
            yield from references(element)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key == "Ref":
                yield inner
            elif key == "GetAtt":
                yield inner.split(".")[0]
            elif key == "Sub":
                yield from re.findall(r"\$\{([^}]+)\}", inner)
            else:
                yield from references(inner)


def test_every_reference_exists():
    known = set(RESOURCES) | set(TEMPLATE["Parameters"])
    found = set(references(RESOURCES)) | set(references(TEMPLATE["Outputs"]))
    assert {name for name in found if not name.startswith("AWS::")} - known == set()
    for resource in RESOURCES.values():
        assert resource.get("DependsOn", next(iter(RESOURCES))) in RESOURCES


def test_what_only_production_has_is_conditional():
    for name, resource in RESOURCES.items():
        assert (resource.get("Condition") == "HasProduction") == name.startswith("Production"), name


def test_the_runbook_names_what_the_template_makes():
    text = "\n".join(COMMANDS)
    used = set(re.findall(r"ohmycoins-[a-z-]+[a-z]", text))
    used |= set(re.findall(r"/ecs/[a-z/-]+", text))
    made = {p["ClusterName"] for p in properties("AWS::ECS::Cluster")}
    made |= {p["ServiceName"] for p in properties("AWS::ECS::Service")}
    made |= {p["Family"] for p in properties("AWS::ECS::TaskDefinition")}
    made |= {p["Name"] for p in properties("AWS::ElasticLoadBalancingV2::LoadBalancer")}
    made |= {p["Name"] for p in properties("AWS::ElasticLoadBalancingV2::TargetGroup")}
    made |= {p["LogGroupName"] for p in properties("AWS::Logs::LogGroup")}
    prefixes = {"ohmycoins-staging"}  # of a log group's path
    assert len(used) > 10
    assert used - made - prefixes == set()


def test_ports_and_containers_agree():
    containers = {
        c["Name"]: c
        for task in properties("AWS::ECS::TaskDefinition")
        for c in task["ContainerDefinitions"]
    }
    for service in properties("AWS::ECS::Service"):
        (balancer,) = service["LoadBalancers"]
        targets = RESOURCES[balancer["TargetGroupArn"]["Ref"]]["Properties"]
        (mapping,) = containers[balancer["ContainerName"]]["PortMappings"]
        assert mapping["ContainerPort"] == balancer["ContainerPort"] == targets["Port"]


def test_the_runbook_is_valid_bash():
    done = subprocess.run(["bash", "-n"], input="\n".join(COMMANDS), text=True, capture_output=True)
    assert (done.returncode, done.stderr) == (0, "")


def build_images(tmp_path, *arguments, **environment):
    """Runs build-images.sh with a seatrial that writes down how it was called."""
    seatrial = tmp_path / "seatrial"
    seatrial.write_text('#!/bin/sh\necho "$@" >> "$CALLS"\ntest -x "$4/bin/omc"\n')
    seatrial.chmod(seatrial.stat().st_mode | stat.S_IXUSR)
    calls = tmp_path / "calls"
    calls.touch()
    settings = {"SEATRIAL": str(seatrial), "CALLS": str(calls), **environment}
    done = subprocess.run(
        [EXAMPLE / "build-images.sh", *arguments],
        env={**os.environ, **settings},
        text=True,
        capture_output=True,
    )
    return done, calls.read_text().splitlines()


def test_the_images_of_template_and_runbook_are_built(tmp_path):
    done, calls = build_images(tmp_path, "/some/world")
    assert (done.returncode, done.stderr) == (0, "")
    built = {call.split()[2] for call in calls}
    tag = TEMPLATE["Parameters"]["ImageTag"]["Default"]
    wanted = {
        container["Image"]["Sub"].replace("${ImageTag}", tag)
        for task in properties("AWS::ECS::TaskDefinition")
        for container in task["ContainerDefinitions"]
    }
    wanted |= set(re.findall(r"omc-[a-z]+:\d+\.\d+\.\d+", "\n".join(COMMANDS)))
    assert len(wanted) == 4 and wanted == built
    assert all("--world /some/world --entrypoint /bin/omc --cmd " in call for call in calls)


def test_missing_programs_and_arguments_are_clear_errors(tmp_path):
    done, calls = build_images(tmp_path)
    assert (done.returncode, calls) == (2, []) and "usage:" in done.stderr
    done, calls = build_images(tmp_path, "/some/world", OMC=str(tmp_path / "none"))
    assert (done.returncode, calls) == (1, []) and "build first" in done.stderr
