"""A rehearsal can never reach the real AWS: each service of the runbooks through both CLI versions
with every connect(2) watched. No connection leaves loopback."""
import re
import subprocess

import pytest

from conftest import CLIS

# One command a service; all fit both CLI versions' grammar.
COMMANDS = {
    "sts": "get-caller-identity", "ecs": "list-clusters", "ecr": "describe-repositories",
    "elbv2": "describe-load-balancers", "application-autoscaling": "describe-scaling-policies --service-namespace ecs",
    "autoscaling": "describe-auto-scaling-groups", "cloudwatch": "describe-alarms", "logs": "describe-log-groups",
    "rds": "delete-db-instance --db-instance-identifier x --skip-final-snapshot",
    "rds-data": "execute-statement --resource-arn arn:aws:rds:x --secret-arn arn:aws:x --sql x",
    "pi": "get-resource-metrics --service-type RDS --identifier db-X --metric-queries Metric=x --start-time 0 --end-time 1",
    "elasticache": "describe-cache-clusters", "ssm": "describe-parameters", "secretsmanager": "list-secrets",
    "cloudformation": "describe-stacks", "lambda": "list-functions", "events": "list-rules", "sns": "list-topics",
    "backup": "list-backup-vaults", "s3": "ls", "s3api": "list-buckets", "dynamodb": "list-tables",
    "cognito-idp": "list-user-pools --max-results 1", "apigateway": "get-rest-apis", "acm": "list-certificates",
    "wafv2": "list-web-acls --scope REGIONAL", "ec2": "describe-vpcs", "iam": "list-users",
    "cloudtrail": "lookup-events", "guardduty": "list-detectors", "configservice": "describe-config-rules",
    "ce": "get-cost-and-usage --time-period Start=2026-01-01,End=2026-01-02 --granularity DAILY --metrics BlendedCost",
    "fis": "list-experiments", "ssm-incidents": "list-response-plans", "ssm-contacts": "list-contacts",
    "eks": "list-clusters",
}
ADDRESS = re.compile(r'connect\(\d+, \{sa_family=AF_INET6?, .*?(?:sin_addr=inet_addr\("([^"]+)"\)|'
                     r'inet_pton\(AF_INET6, "([^"]+)")')


@pytest.mark.parametrize("region", ["us-east-1", "ap-southeast-2"])
@pytest.mark.parametrize("cli", sorted(CLIS))
def test_no_connection_leaves_loopback(world, cli, region, tmp_path):
    if region == "us-east-1" and cli == 2:
        services = ["rds", "ecs", "iam", "sts"]  # where v1 differs by region; v2 is one rule for all
    else:
        services = sorted(COMMANDS)
    for service in services:
        trace = tmp_path / service
        done = world.shell(f"strace -f -qq --seccomp-bpf -e trace=connect -o {trace} aws {service} {COMMANDS[service]} "
                           f"--region {region}", cli, check=False)
        text = trace.read_text()
        reached = {a or b for a, b in ADDRESS.findall(text)}
        assert reached, f"{service}: no connection at all\n{done.stdout}{done.stderr}"
        outside = {address for address in reached if not address.startswith("127.") and address != "::1"}
        assert not outside, f"{service} with CLI v{cli} reached {outside}\n{done.stderr}"


def test_another_endpoint_is_refused(world):
    for cli in sorted(CLIS):
        done = world.aws("sts get-caller-identity --endpoint-url https://sts.amazonaws.com", cli, check=False)
        assert done.returncode != 0 and "endpoint" in done.stderr.lower()
        done = world.aws("sts get-caller-identity --endpoint-url=https://sts.amazonaws.com", cli, check=False)
        assert done.returncode != 0


def test_credentials_and_configuration_are_the_worlds_own(world):
    environment = world.environment()
    assert environment["AWS_EC2_METADATA_DISABLED"] == "true"
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        assert environment[name].startswith(str(world.folder))
    assert "AWS_PROFILE" not in environment and "AWS_SESSION_TOKEN" not in environment
    assert subprocess.run(["bash", "-c", "command -v aws"], capture_output=True, text=True,
                          env=environment).stdout.strip() == f"{world.folder}/run/bin/aws"
