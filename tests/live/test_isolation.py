"""A rehearsal can never reach the real AWS: each service of the runbooks through both CLI versions
with every connect(2) watched. No connection leaves loopback."""
import concurrent.futures
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
    "rds-data": "execute-statement --resource-arn arn:aws:rds:x:1:cluster:x --secret-arn arn:aws:secretsmanager:x --sql x",
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


# What each CLI is asked in us-east-1 too: where version 1's endpoints differ from other regions'.
ELSEWHERE = {1: ["ce", "cloudformation", "ecs", "iam", "rds", "s3", "s3api", "sts"], 2: ["ecs", "iam", "rds", "s3", "sts"]}
SIDE_BY_SIDE = 3


def addresses_reached(world, cli, region, service, folder):
    """Runs the service's command under strace; the addresses it connected to."""
    trace = folder / f"{service}-{region}"
    done = world.shell(f"strace -f -qq --seccomp-bpf -e trace=connect -o {trace} aws {service} {COMMANDS[service]} "
                       f"--region {region}", cli, check=False)
    assert done.returncode not in (2, 252), f"{service}: the command itself is wrong\n{done.stderr}"
    reached = {a or b for a, b in ADDRESS.findall(trace.read_text())}
    assert reached, f"{service}: no connection at all\n{done.stdout}{done.stderr}"
    return reached


@pytest.mark.parametrize("region", ["us-east-1", "ap-southeast-2"])
@pytest.mark.parametrize("cli", sorted(CLIS))
def test_no_connection_leaves_loopback(world, cli, region, tmp_path):
    services = ELSEWHERE[cli] if region == "us-east-1" else sorted(COMMANDS)
    with concurrent.futures.ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        reached = pool.map(lambda service: addresses_reached(world, cli, region, service, tmp_path), services)
        reached = dict(zip(services, reached))
    outside = {service: [a for a in addresses if not a.startswith("127.") and a != "::1"]
               for service, addresses in reached.items()}
    assert not {service: addresses for service, addresses in outside.items() if addresses}


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
