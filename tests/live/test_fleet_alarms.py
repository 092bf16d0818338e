"""An alarm on several time series through the real clients, in a world where a minute lasts a second: its
contributors are told of by a topic and by events."""
import json

import pytest
from botocore.exceptions import ClientError

from conftest import await_true, close_world, new_world

QUERY = 'SELECT MAX(used) FROM SCHEMA(App, Host) GROUP BY Host ORDER BY MAX() DESC'


@pytest.fixture(scope="module")
def quick():
    made = new_world("--speed", 60)
    made.up()
    yield made
    close_world(made)


def queue(world, name):
    sqs = world.client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}]})})

    def take():
        found = []
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append(json.loads(message["Body"]))
        return found
    return arn, take


def put_alarm(client, name, query, topic=None):
    client.put_metric_alarm(
        AlarmName=name, EvaluationPeriods=1, Threshold=80, ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching", AlarmActions=[topic] if topic else [],
        Metrics=[{"Id": "q1", "Expression": query, "Period": 60}])


def use(client, **hosts):
    client.put_metric_data(Namespace="App", MetricData=[
        {"MetricName": "used", "Value": value, "Dimensions": [{"Name": "Host", "Value": host}]}
        for host, value in hosts.items()])


def test_contributors_are_listed_recorded_and_told_of(quick):
    client, events = quick.client("cloudwatch"), quick.client("events")
    topic = quick.client("sns").create_topic(Name="ops")["TopicArn"]
    told_arn, told = queue(quick, "told")
    quick.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=told_arn,
                                  Attributes={"RawMessageDelivery": "true"})
    bus_arn, from_bus = queue(quick, "bus")
    events.put_rule(Name="contributors", EventPattern=json.dumps(
        {"source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm Contributor State Change"]}))
    events.put_targets(Rule="contributors", Targets=[{"Id": "q", "Arn": bus_arn}])
    put_alarm(client, "disks", QUERY, topic)

    def contributors():
        use(client, web=91, db=20)
        return client.describe_alarm_contributors(AlarmName="disks")["AlarmContributors"]
    one = await_true(contributors, what="a contributor in ALARM")[0]
    assert one["ContributorAttributes"] == {"Host": "web"}
    assert one["StateReason"].startswith(
        "Threshold Crossed: 1 datapoint was greater than the threshold (80.0). The most recent datapoint which "
        "crossed the threshold: [91.0 ("), one
    alarm = client.describe_alarms(AlarmNames=["disks"])["MetricAlarms"][0]
    assert alarm["StateValue"] == "ALARM" and "time series evaluated to ALARM" in alarm["StateReason"]

    message = await_true(told, what="the topic's message")[0]
    assert message["AlarmContributorId"] == one["ContributorId"]
    assert message["AlarmContributorAttributes"] == {"Host": "web"}
    event = await_true(from_bus, what="the event")[0]
    assert event["detail"]["alarmContributor"] == {"id": one["ContributorId"], "attributes": {"Host": "web"}}
    assert event["detail"]["state"]["value"] == "ALARM"

    def gone():
        use(client, web=10, db=20)
        return not client.describe_alarm_contributors(AlarmName="disks")["AlarmContributors"]
    await_true(gone, what="no contributor any more")
    shown = json.loads(quick.aws(
        f"cloudwatch describe-alarm-history --alarm-name disks --alarm-contributor-id {one['ContributorId']}"
        " --scan-by TimestampAscending --output json", cli=1).stdout)["AlarmHistoryItems"]
    assert {item["HistoryItemType"] for item in shown} == {"AlarmContributorStateUpdate", "AlarmContributorAction"}
    assert shown[0]["AlarmContributorAttributes"] == {"Host": "web"}
    assert client.describe_alarms(AlarmNames=["disks"])["MetricAlarms"][0]["StateValue"] == "OK"


def test_a_query_without_groups_is_one_time_series(quick):
    client = quick.client("cloudwatch")
    put_alarm(client, "worst", QUERY[:QUERY.index(" GROUP")])

    def alarms():
        use(client, web=91, db=20)
        return client.describe_alarms(AlarmNames=["worst"], StateValue="ALARM")["MetricAlarms"]
    alarm = await_true(alarms, what="ALARM")[0]
    assert json.loads(alarm["StateReasonData"])["recentDatapoints"][-1] == 91
    assert client.describe_alarm_contributors(AlarmName="worst")["AlarmContributors"] == []


def test_several_time_series_need_an_order(quick):
    with pytest.raises(ClientError, match="ORDER BY"):
        put_alarm(quick.client("cloudwatch"), "loose", QUERY[:QUERY.index(" ORDER")])
