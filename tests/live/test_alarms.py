"""Alarms through the real clients, in a world where a minute lasts a second."""
import json

import pytest
from botocore.exceptions import ClientError

from conftest import REGION, await_true, close_world, new_world


@pytest.fixture(scope="module")
def world():
    made = new_world("--speed", 60)
    made.up()
    yield made
    close_world(made)


def state(client, name):
    reply = client.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    return (reply["MetricAlarms"] + reply["CompositeAlarms"])[0]["StateValue"]


def test_an_alarm_follows_its_metric_and_a_composite_follows_the_alarm(world):
    client = world.client("cloudwatch")
    world.aws("cloudwatch put-metric-alarm --alarm-name errors --namespace App --metric-name Errors"
              " --statistic Sum --period 60 --evaluation-periods 1 --threshold 5"
              " --comparison-operator GreaterThanThreshold --treat-missing-data notBreaching")
    world.aws("cloudwatch put-composite-alarm --alarm-name page --alarm-rule 'ALARM(errors)'", cli=1)
    client.get_waiter("alarm_exists").wait(AlarmNames=["errors"])
    client.get_waiter("composite_alarm_exists").wait(AlarmNames=["page"], AlarmTypes=["CompositeAlarm"])
    await_true(lambda: state(client, "errors") == "OK", what="OK without data")

    def alarms():
        client.put_metric_data(Namespace="App", MetricData=[{"MetricName": "Errors", "Value": 10}])
        return state(client, "page") == "ALARM"
    await_true(alarms, what="ALARM of the composite alarm")
    reason = world.aws("cloudwatch describe-alarms --state-value ALARM"
                       " --query 'MetricAlarms[*].[AlarmName,StateReason]' --output text").stdout
    assert reason.startswith("errors\tThreshold Crossed: 1 datapoint ["), reason
    await_true(lambda: state(client, "page") == "OK", what="OK when the errors end")

    items = client.describe_alarm_history(AlarmName="errors", HistoryItemType="StateUpdate",
                                          ScanBy="TimestampAscending")["AlarmHistoryItems"]
    assert [item["HistorySummary"] for item in items[:2]] == [
        "Alarm updated from INSUFFICIENT_DATA to OK", "Alarm updated from OK to ALARM"]
    assert json.loads(items[1]["HistoryData"])["newState"]["stateReasonData"]["threshold"] == 5.0
    with pytest.raises(ClientError, match="composite alarm\\(s\\) depending on it"):
        client.delete_alarms(AlarmNames=["errors"])


# The nine alarms of a production runbook: metric, dimensions, threshold.
NINE = [("rds-cpu", "AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", "Average", ">", 80),
        ("rds-connections", "AWS/RDS", "DatabaseConnections", "DBInstanceIdentifier", "Average", ">", 80),
        ("rds-storage", "AWS/RDS", "FreeStorageSpace", "DBInstanceIdentifier", "Average", "<", 10 * 2**30),
        ("redis-cpu", "AWS/ElastiCache", "CPUUtilization", "CacheClusterId", "Average", ">", 75),
        ("redis-memory", "AWS/ElastiCache", "DatabaseMemoryUsagePercentage", "CacheClusterId", "Average", ">", 80),
        ("redis-evictions", "AWS/ElastiCache", "Evictions", "CacheClusterId", "Sum", ">", 1000),
        ("alb-5xx", "AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "LoadBalancer", "Sum", ">", 10),
        ("alb-response-time", "AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", "Average", ">", 2),
        ("alb-unhealthy", "AWS/ApplicationELB", "UnHealthyHostCount", "TargetGroup", "Maximum", ">", 0)]
TEMPLATE = {"Resources": {
    "".join(word.title() for word in name.split("-")): {"Type": "AWS::CloudWatch::Alarm", "Properties": {
        "AlarmName": f"ohmycoins-prod-{name}", "Namespace": namespace, "MetricName": metric,
        "Dimensions": [{"Name": dimension, "Value": "ohmycoins-prod"}], "Statistic": statistic, "Period": 300,
        "EvaluationPeriods": 2, "Threshold": threshold, "TreatMissingData": "notBreaching",
        "ComparisonOperator": "GreaterThanThreshold" if operator == ">" else "LessThanThreshold"}}
    for name, namespace, metric, dimension, statistic, operator, threshold in NINE}}


def test_the_nine_alarms_of_production_come_from_a_template(world):
    client, stacks = world.client("cloudwatch"), world.client("cloudformation")
    TEMPLATE["Resources"]["Anything"] = {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": {
        "AlarmName": "ohmycoins-prod-any", "AlarmRule": {"Fn::Sub": "ALARM(${AlbUnhealthy}) OR ALARM(${Alb5Xx})"}}}
    stacks.create_stack(StackName="alarms", TemplateBody=json.dumps(TEMPLATE))
    stacks.get_waiter("stack_create_complete").wait(StackName="alarms", WaiterConfig={"Delay": 1})
    shown = json.loads(world.aws(
        f"cloudwatch describe-alarms --region {REGION} --alarm-name-prefix ohmycoins-prod --output json --query "
        "'MetricAlarms[*].{Name:AlarmName,Metric:MetricName,Threshold:Threshold,State:StateValue}'").stdout)
    assert {row["Name"]: row["Threshold"] for row in shown} == {f"ohmycoins-prod-{row[0]}": row[6] for row in NINE}
    parents = client.describe_alarms(ParentsOfAlarmName="ohmycoins-prod-alb-5xx")["CompositeAlarms"]
    assert [parent["AlarmName"] for parent in parents] == ["ohmycoins-prod-any"]
    stacks.delete_stack(StackName="alarms")
    stacks.get_waiter("stack_delete_complete").wait(StackName="alarms", WaiterConfig={"Delay": 1})
    assert client.describe_alarms(AlarmNamePrefix="ohmycoins-prod")["MetricAlarms"] == []
