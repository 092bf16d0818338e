"""Application Auto Scaling over real tasks: a tracking policy's alarms move a service out and in."""
import json
import time

import pytest

from conftest import await_true, close_world, new_world
from system import SUBNETS

RESOURCE = "service/shop/web"
WHERE = {"ServiceNamespace": "ecs", "ResourceId": RESOURCE, "ScalableDimension": "ecs:service:DesiredCount"}


@pytest.fixture(scope="module")
def world():
    made = new_world("--speed", 60)  # a minute a second: alarms need minutes
    made.up()
    made.build_image("omc-frontend:1.0.0", "frontend")
    ecs = made.client("ecs")
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(
        family="web", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512",
        containerDefinitions=[{"name": "web", "image": "omc-frontend:1.0.0", "essential": True}])
    ecs.create_service(cluster="shop", serviceName="web", taskDefinition="web", desiredCount=1, launchType="FARGATE",
                       networkConfiguration={"awsvpcConfiguration": {"subnets": SUBNETS}})
    yield made
    close_world(made)


def service(world):
    return world.client("ecs").describe_services(cluster="shop", services=["web"])["services"][0]


def under_load(world, value, condition, what):
    """Puts the metric, about five times a world's minute, until the condition holds."""
    metrics = world.client("cloudwatch")

    def holds():
        metrics.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "Load", "Value": value}])
        time.sleep(0.1)
        return condition()

    await_true(holds, 90, what)


def test_a_tracking_policy_moves_the_service_out_and_in(world, tmp_path):
    await_true(lambda: service(world)["runningCount"] == 1, what="a running task")
    world.aws(f"application-autoscaling register-scalable-target --service-namespace ecs --resource-id {RESOURCE} "
              "--scalable-dimension ecs:service:DesiredCount --min-capacity 1 --max-capacity 3")
    (tmp_path / "policy.json").write_text(json.dumps({
        "TargetValue": 50, "ScaleOutCooldown": 60, "ScaleInCooldown": 60, "CustomizedMetricSpecification": {
            "Namespace": "Shop", "MetricName": "Load", "Statistic": "Average"}}))
    out = world.aws(f"application-autoscaling put-scaling-policy --service-namespace ecs --resource-id {RESOURCE} "
                    "--scalable-dimension ecs:service:DesiredCount --policy-name load "
                    "--policy-type TargetTrackingScaling --target-tracking-scaling-policy-configuration "
                    f"file://{tmp_path}/policy.json").stdout
    names = [a["AlarmName"] for a in json.loads(out)["Alarms"]]
    alarms = world.client("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"]
    assert sorted((a["ComparisonOperator"], a["Threshold"], a["EvaluationPeriods"]) for a in alarms) == [
        ("GreaterThanThreshold", 50.0, 3), ("LessThanThreshold", 45.0, 15)]
    under_load(world, 120, lambda: service(world)["runningCount"] == 3, "three running tasks")
    under_load(world, 10, lambda: service(world)["desiredCount"] == 1, "one wanted task")
    scaling = world.client("application-autoscaling")
    await_true(lambda: scaling.describe_scaling_activities(ServiceNamespace="ecs", ResourceId=RESOURCE)
               ["ScalingActivities"][0]["StatusCode"] == "Successful", what="a fulfilled activity")
    activities = scaling.describe_scaling_activities(ServiceNamespace="ecs")["ScalingActivities"]
    assert activities[0]["Description"] == "Setting desired count to 1."
    assert activities[0]["Cause"] == f"monitor alarm {names[1]} in state ALARM triggered policy load"
    assert activities[-1]["Cause"] == f"monitor alarm {names[0]} in state ALARM triggered policy load"
    scaling.deregister_scalable_target(**WHERE)
    assert world.client("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"] == []


def test_a_scheduled_action_sets_the_bounds_at_its_time(world):
    scaling = world.client("application-autoscaling")
    scaling.register_scalable_target(**WHERE, MinCapacity=1, MaxCapacity=3)
    world.aws(f"application-autoscaling put-scheduled-action --service-namespace ecs --resource-id {RESOURCE} "
              "--scalable-dimension ecs:service:DesiredCount --scheduled-action-name often --schedule 'rate(2 minutes)' "
              "--timezone Australia/Sydney --scalable-target-action MinCapacity=2,MaxCapacity=2")
    await_true(lambda: service(world)["runningCount"] == 2, what="two running tasks")
    causes = [a["Cause"] for a in scaling.describe_scaling_activities(ServiceNamespace="ecs")["ScalingActivities"]]
    assert "scheduled action name often was triggered" in causes
    assert scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"][0]["MaxCapacity"] == 2
    scaling.deregister_scalable_target(**WHERE)
    assert scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"] == []


def test_container_insights_measure_what_runs(world):
    world.aws("ecs update-cluster-settings --cluster shop --settings name=containerInsights,value=enabled")
    logs, metrics = world.client("logs"), world.client("cloudwatch")
    group = "/aws/ecs/containerinsights/shop/performance"

    def records(kind):
        if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            return []
        found = logs.filter_log_events(logGroupName=group, filterPattern=f'{{ $.Type = "{kind}" }}')["events"]
        return [json.loads(event["message"]) for event in found]

    task = await_true(lambda: [r for r in records("Task") if "CpuUtilized" in r], what="a task's record")[-1]
    assert task["ServiceName"] == "web" and task["KnownStatus"] == "RUNNING" and task["MemoryUtilized"] > 0
    assert 0 < task["EphemeralStorageUtilized"] < task["EphemeralStorageReserved"] == 21.47
    assert records("Container") and records("Service") and records("Cluster")
    assert logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"][0]["retentionInDays"] == 1
    declared = {m["Name"] for m in task["CloudWatchMetrics"][0]["Metrics"]}
    known = await_true(lambda: [m for m in metrics.list_metrics(
        Namespace="ECS/ContainerInsights", Dimensions=[{"Name": "ServiceName", "Value": "web"}])["Metrics"]])
    assert declared <= {m["MetricName"] for m in known}
