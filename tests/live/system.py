"""A small system for tests: one cluster, one load balancer, a frontend service behind it."""
import json
import threading
import time
import urllib.error
import urllib.request
import uuid

from conftest import await_true

SUBNETS = ["subnet-0a0000000000000a1", "subnet-0b0000000000000b1", "subnet-0c0000000000000c1"]
VPC = "vpc-0d0000000000000d1"
PORT = 3000
TRUST_TASKS = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


class System:
    """`frontend` of the example behind a load balancer, made with boto3."""

    def __init__(self, world, name, count=2, interval_s=5, delay_s=2, health_path="/"):
        self.world, self.name = world, name
        self.ecs, self.elb = world.client("ecs"), world.client("elbv2")
        self.logs = world.client("logs")
        self.group = f"/ecs/{name}"
        self.logs.create_log_group(logGroupName=self.group)
        self.role_arn = world.client("iam").create_role(
            RoleName=f"{name}-execution", AssumeRolePolicyDocument=json.dumps(TRUST_TASKS))["Role"]["Arn"]
        self.ecs.create_cluster(clusterName=name)
        lb = self.elb.create_load_balancer(Name=name, Subnets=SUBNETS)["LoadBalancers"][0]
        self.lb_arn, self.dns = lb["LoadBalancerArn"], lb["DNSName"]
        self.tg_arn = self.elb.create_target_group(
            Name=name, Protocol="HTTP", Port=PORT, VpcId=VPC, TargetType="ip", HealthCheckPath=health_path,
            HealthCheckIntervalSeconds=interval_s, HealthCheckTimeoutSeconds=2, HealthyThresholdCount=2,
            UnhealthyThresholdCount=2)["TargetGroups"][0]["TargetGroupArn"]
        self.elb.modify_target_group_attributes(TargetGroupArn=self.tg_arn, Attributes=[
            {"Key": "deregistration_delay.timeout_seconds", "Value": str(delay_s)}])
        self.elb.create_listener(LoadBalancerArn=self.lb_arn, Protocol="HTTP", Port=80, DefaultActions=[
            {"Type": "forward", "TargetGroupArn": self.tg_arn}])
        self.register("1.0.0")
        self.ecs.create_service(
            cluster=name, serviceName="web", taskDefinition=name, desiredCount=count, launchType="FARGATE",
            loadBalancers=[{"targetGroupArn": self.tg_arn, "containerName": "web", "containerPort": PORT}],
            networkConfiguration={"awsvpcConfiguration": {"subnets": SUBNETS}})

    def reconnected(self):
        """The same system through clients of the daemon's new address."""
        again = object.__new__(System)
        again.__dict__.update(self.__dict__)
        again.ecs, again.elb, again.logs = (self.world.client(name) for name in ("ecs", "elbv2", "logs"))
        return again

    def register(self, version, memory="512", **environment):
        environment = {"VERSION": version, **environment}
        definition = self.ecs.register_task_definition(
            family=self.name, requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory=memory,
            executionRoleArn=self.role_arn, containerDefinitions=[{
                "name": "web", "image": "omc-frontend:1.0.0", "essential": True,
                "portMappings": [{"containerPort": PORT}],
                "environment": [{"name": k, "value": v} for k, v in environment.items()],
                "logConfiguration": {"logDriver": "awslogs", "options": {
                    "awslogs-group": self.group, "awslogs-region": "ap-southeast-2",
                    "awslogs-stream-prefix": "web"}}}])
        return definition["taskDefinition"]["taskDefinitionArn"]

    def service(self):
        return self.ecs.describe_services(cluster=self.name, services=["web"])["services"][0]

    def tasks(self, status="RUNNING"):
        arns = self.ecs.list_tasks(cluster=self.name, desiredStatus=status)["taskArns"]
        if not arns:
            return []
        return self.ecs.describe_tasks(cluster=self.name, tasks=arns)["tasks"]

    def healths(self):
        targets = self.elb.describe_target_health(TargetGroupArn=self.tg_arn)["TargetHealthDescriptions"]
        return sorted(t["TargetHealth"]["State"] for t in targets)

    def steady(self, count=None, timeout_s=90):
        def is_steady():
            service = self.service()
            wanted = service["desiredCount"] if count is None else count
            return (len(service["deployments"]) == 1 and service["runningCount"] == service["desiredCount"] == wanted
                    and self.healths() == ["healthy"] * wanted and service)
        try:
            return await_true(is_steady, timeout_s, f"a steady state of {self.name}")
        except AssertionError as error:
            raise AssertionError(f"{error}:\n{self.described()}") from None

    def described(self):
        service = self.service()
        lines = [f"{d['status']} {d['rolloutState']} {d['runningCount']}/{d['desiredCount']} {d['taskDefinition']}"
                 for d in service["deployments"]]
        lines += [f"{t['taskArn'][-32:]} {t['lastStatus']} of {t['startedBy']} {t.get('stoppedReason', '')}"
                  for status in ("RUNNING", "STOPPED") for t in self.tasks(status)]
        lines += [str(self.healths())] + [e["message"] for e in service["events"][:12]]
        return "\n".join(lines)

    def messages(self, pattern=""):
        pages = self.logs.get_paginator("filter_log_events").paginate(logGroupName=self.group, filterPattern=pattern)
        return [event["message"] for page in pages for event in page["events"]]


def unique(prefix):
    return f"{prefix}-{uuid.uuid4().hex[:6]}"


def get(system, path="/", timeout=10):
    with urllib.request.urlopen(f"http://{system.dns}{path}", timeout=timeout) as reply:
        return reply.status, reply.read().decode()


class Traffic(threading.Thread):
    """Requests one after another until told to stop; what went wrong is kept."""

    def __init__(self, system):
        super().__init__(daemon=True)
        self.system, self.done, self.count, self.failures = system, threading.Event(), 0, []

    def run(self):
        while not self.done.is_set():
            try:
                get(self.system)
                self.count += 1
            except (urllib.error.URLError, OSError) as error:
                self.failures.append(str(error))
            time.sleep(0.01)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.join()
