"""Lambda with the real clients: functions are real processes, on both sides of boto3."""
import base64
import io
import json
import sys
import urllib.request
import zipfile

import pytest
from botocore.exceptions import ClientError

from conftest import await_true, close_world, new_world

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})


@pytest.fixture(scope="module")
def world():
    made = new_world("--python", sys.executable)
    made.up()
    made.client("iam").create_role(RoleName="fn", AssumeRolePolicyDocument=TRUST)
    yield made
    close_world(made)


def zipped(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            info = zipfile.ZipInfo(name.replace("__", "."))
            info.external_attr = 0o755 << 16
            archive.writestr(info, text)
    return out.getvalue()


def create(world, name, source, **more):
    arguments = {"Runtime": "python3.12", "Handler": "app.handler", "Code": {"ZipFile": zipped(app__py=source)},
                 "Role": "arn:aws:iam::123456789012:role/fn", **more}
    return world.client("lambda").create_function(FunctionName=name, **arguments)


def invoke(world, name, event=None, **more):
    reply = world.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event or {}), **more)
    return reply, json.loads(reply["Payload"].read() or b"null")


def messages(world, name):
    logs = world.client("logs")
    try:
        return [e["message"] for e in logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]]
    except logs.exceptions.ResourceNotFoundException:
        return []


def await_message(world, name, text):
    return await_true(lambda: [m for m in messages(world, name) if text in m], what=f"{text!r} in the log of {name}")


def test_a_function_runs_in_its_world(world):
    made = create(world, "who", """
import boto3, os
def handler(event, context):
    sts = boto3.client("sts")
    boto3.client("s3").create_bucket(Bucket="made-by-lambda",
        CreateBucketConfiguration={"LocationConstraint": os.environ["AWS_REGION"]})
    return {"arn": sts.get_caller_identity()["Arn"], "tier": os.environ["TIER"], "event": event}
""", Environment={"Variables": {"TIER": "gold"}}, Timeout=30, MemorySize=256)
    assert made["State"] == "Active" and made["Environment"]["Variables"] == {"TIER": "gold"}
    reply, value = invoke(world, "who", {"a": [1, "ü"]}, LogType="Tail")
    assert value == {"arn": "arn:aws:sts::123456789012:assumed-role/fn/who", "tier": "gold", "event": {"a": [1, "ü"]}}
    assert "FunctionError" not in reply and reply["ExecutedVersion"] == "$LATEST"
    tail = base64.b64decode(reply["LogResult"]).decode()
    request_id = reply["ResponseMetadata"]["RequestId"]
    assert f"START RequestId: {request_id} Version: $LATEST\n" in tail
    assert "Memory Size: 256 MB" in tail and "Init Duration:" in tail
    assert "made-by-lambda" in [b["Name"] for b in world.client("s3").list_buckets()["Buckets"]]
    assert await_message(world, "who", "REPORT RequestId")
    # Its variables are sealed at rest.
    assert b"gold" not in (world.folder / "state.db").read_bytes()


def test_errors_have_the_shape_clients_know(world):
    create(world, "bad", "def handler(event, context):\n    return 1 // event['by']\n")
    reply, value = invoke(world, "bad", {"by": 0})
    assert reply["FunctionError"] == "Unhandled" and reply["StatusCode"] == 200
    assert value["errorType"] == "ZeroDivisionError" and "integer division" in value["errorMessage"]
    assert any("in handler" in line for line in value["stackTrace"])
    assert invoke(world, "bad", {"by": 1})[1] == 1
    assert "Traceback" in await_message(world, "bad", "[ERROR] ZeroDivisionError")[0]


def test_a_timeout_kills_and_the_next_call_starts_anew(world):
    create(world, "slow", "import time\ndef handler(event, context):\n    time.sleep(event['s'])\n    return 'ok'\n",
           Timeout=1)
    reply, value = invoke(world, "slow", {"s": 60})
    request_id = reply["ResponseMetadata"]["RequestId"]
    assert reply["FunctionError"] == "Unhandled"
    assert value == {"errorType": "Sandbox.Timedout",
                     "errorMessage": f"RequestId: {request_id} Error: Task timed out after 1.00 seconds"}
    assert await_message(world, "slow", f"{request_id} Task timed out after 1.00 seconds")
    assert "Status: timeout" in await_message(world, "slow", "REPORT")[0]
    assert invoke(world, "slow", {"s": 0})[1] == "ok"


def test_a_process_is_used_again_until_its_code_changes(world):
    source = "import os\ndef handler(event, context):\n    return [os.getpid(), %r]\n"
    create(world, "warm", source % "one")
    first, again = invoke(world, "warm")[1], invoke(world, "warm")[1]
    assert first == again
    client = world.client("lambda")
    client.update_function_code(FunctionName="warm", ZipFile=zipped(app__py=source % "two"))
    changed = invoke(world, "warm")[1]
    assert changed[1] == "two" and changed[0] != first[0]
    client.update_function_configuration(FunctionName="warm", Timeout=9)
    assert invoke(world, "warm")[1][0] != changed[0]
    assert client.get_function_configuration(FunctionName="warm")["Timeout"] == 9


def test_events_survive_a_killed_daemon(world):
    create(world, "later", """
import boto3
def handler(event, context):
    sqs = boto3.client("sqs")
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="heard")["QueueUrl"], MessageBody=str(event["n"]))
""", Timeout=30)
    world.client("sqs").create_queue(QueueName="heard")
    client = world.client("lambda")
    for n in range(5):
        reply = client.invoke(FunctionName="later", InvocationType="Event", Payload=json.dumps({"n": n}))
        assert reply["StatusCode"] == 202
    world.kill()
    world.up()
    sqs = world.client("sqs")
    url = sqs.get_queue_url(QueueName="heard")["QueueUrl"]
    heard = set()

    def all_heard():
        for m in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", []):
            heard.add(m["Body"])
        return heard == set("01234")

    await_true(all_heard, what="all five events")


def test_a_custom_runtime_is_its_bootstrap(world):
    bootstrap = r"""#!/bin/bash
while true; do
  headers=$(mktemp)
  event=$(curl -sS -D "$headers" "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next")
  id=$(sed -n 's/^Lambda-Runtime-Aws-Request-Id: *\([^ \r]*\).*/\1/Ip' "$headers")
  echo "handling $_HANDLER"
  curl -sS -X POST -d "{\"echo\": $event}" \
    "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/$id/response" > /dev/null
done
"""
    create(world, "custom", "", Runtime="provided.al2023", Handler="any.thing",
           Code={"ZipFile": zipped(bootstrap=bootstrap)})
    assert invoke(world, "custom", {"x": 1})[1] == {"echo": {"x": 1}}
    assert await_message(world, "custom", "handling any.thing")


def test_code_from_s3_and_back(world):
    s3 = world.client("s3")
    s3.create_bucket(Bucket="code-here", CreateBucketConfiguration={"LocationConstraint": "ap-southeast-2"})
    package = zipped(app__py="def handler(event, context):\n    return 'from s3'\n")
    s3.put_object(Bucket="code-here", Key="f.zip", Body=package)
    create(world, "stored", "", Code={"S3Bucket": "code-here", "S3Key": "f.zip"})
    assert invoke(world, "stored")[1] == "from s3"
    where = world.client("lambda").get_function(FunctionName="stored")["Code"]["Location"]
    with urllib.request.urlopen(where) as reply:
        assert reply.read() == package
    with pytest.raises(ClientError, match="S3 Error Code: NoSuchKey"):
        create(world, "none", "", Code={"S3Bucket": "code-here", "S3Key": "no.zip"})


def test_refusals_name_what_is_not_there(world):
    cases = [({"Runtime": "nodejs22.x"}, "InvalidParameterValueException.*nodejs22.x"),
             ({"Layers": ["arn:aws:lambda:ap-southeast-2:123456789012:layer:x:1"]}, "Layers"),
             ({"Role": "arn:aws:iam::123456789012:role/nobody"}, "cannot be assumed by Lambda"),
             ({"Environment": {"Variables": {"AWS_REGION": "x"}}}, "Reserved keys used in this request: AWS_REGION"),
             ({"Code": {"ZipFile": b"no zip"}}, "Could not unzip uploaded file"),
             ({"Timeout": 901}, "less than or equal to 900")]
    for arguments, words in cases:
        with pytest.raises(ClientError, match=words):
            create(world, "refused", "", **arguments)
    with pytest.raises(ClientError, match="ResourceNotFoundException.*Function not found: "
                                          "arn:aws:lambda:ap-southeast-2:123456789012:function:refused"):
        invoke(world, "refused")


def test_the_cli_drives_it(world, tmp_path):
    (tmp_path / "f.zip").write_bytes(zipped(app__py="def handler(event, context):\n    return event['n'] * 2\n"))
    for cli in (1, 2):
        world.aws(f"lambda create-function --function-name cli{cli} --runtime python3.12 --handler app.handler "
                  f"--role arn:aws:iam::123456789012:role/fn --zip-file fileb://{tmp_path}/f.zip", cli)
        raw = "--cli-binary-format raw-in-base64-out" if cli == 2 else ""
        done = world.aws(f"lambda invoke --function-name cli{cli} {raw} --payload '{{\"n\": 21}}' {tmp_path}/out", cli)
        assert (tmp_path / "out").read_text() == "42" and '"StatusCode": 200' in done.stdout
        names = world.aws("lambda list-functions --query 'Functions[].FunctionName' --output text", cli).stdout.split()
        assert f"cli{cli}" in names
        world.aws(f"lambda delete-function --function-name cli{cli}", cli)


def test_metrics_count_what_ran(world):
    create(world, "counted", "def handler(event, context):\n    return 1 // event['by']\n")
    for by in (1, 1, 0):
        invoke(world, "counted", {"by": by})
    metrics = world.client("cloudwatch")

    def total(name):
        from datetime import datetime, timedelta, timezone
        now = datetime.now(timezone.utc)
        points = metrics.get_metric_statistics(
            Namespace="AWS/Lambda", MetricName=name, Dimensions=[{"Name": "FunctionName", "Value": "counted"}],
            StartTime=now - timedelta(hours=1), EndTime=now + timedelta(minutes=2), Period=3600, Statistics=["Sum"])
        return sum(p["Sum"] for p in points["Datapoints"])

    await_true(lambda: (total("Invocations"), total("Errors")) == (3, 1), what="three invocations, one error")
    assert total("Duration") > 0


TEMPLATE = """
Parameters: {By: {Type: Number, Default: 1}}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
  Heard: {Type: AWS::SQS::Queue, Properties: {QueueName: told}}
  Teller:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: teller
      Runtime: python3.12
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Timeout: 30
      Environment: {Variables: {QUEUE: !GetAtt Heard.QueueName, BY: !Ref By}}
      Code:
        ZipFile: |
          import boto3, json, os
          def handler(event, context):
              sqs = boto3.client("sqs")
              url = sqs.get_queue_url(QueueName=os.environ["QUEUE"])["QueueUrl"]
              sqs.send_message(QueueUrl=url, MessageBody=json.dumps(event))
  Topic:
    Type: AWS::SNS::Topic
    Properties: {TopicName: news, Subscription: [{Protocol: lambda, Endpoint: !GetAtt Teller.Arn}]}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [my.app]}
      Targets: [{Id: '1', Arn: !GetAtt Teller.Arn}]
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: watched
      Namespace: My
      MetricName: M
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      Threshold: 1
      ComparisonOperator: GreaterThanThreshold
      AlarmActions: [!GetAtt Teller.Arn]
  FromTopic:
    Type: AWS::Lambda::Permission
    Properties: {Action: 'lambda:InvokeFunction', FunctionName: !Ref Teller, Principal: sns.amazonaws.com,
                 SourceArn: !Ref Topic}
  FromRule:
    Type: AWS::Lambda::Permission
    Properties: {Action: 'lambda:InvokeFunction', FunctionName: !GetAtt Teller.Arn, Principal: events.amazonaws.com,
                 SourceArn: !GetAtt Rule.Arn}
  FromAlarm:
    Type: AWS::Lambda::Permission
    Properties: {Action: 'lambda:InvokeFunction', FunctionName: !Ref Teller,
                 Principal: lambda.alarms.cloudwatch.amazonaws.com, SourceArn: !GetAtt Alarm.Arn}
"""


def test_topics_rules_and_alarms_invoke_what_a_stack_made(world):
    cloud = world.client("cloudformation")
    cloud.create_stack(StackName="told", TemplateBody=TEMPLATE, Capabilities=["CAPABILITY_IAM"])
    cloud.get_waiter("stack_create_complete").wait(StackName="told", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    world.client("sns").publish(TopicArn="arn:aws:sns:ap-southeast-2:123456789012:news", Message="m", Subject="s")
    world.client("events").put_events(Entries=[{"Source": "my.app", "DetailType": "t", "Detail": '{"n": 1}'}])
    world.client("cloudwatch").set_alarm_state(AlarmName="watched", StateValue="ALARM", StateReason="told to")
    sqs = world.client("sqs")
    url = sqs.get_queue_url(QueueName="told")["QueueUrl"]
    heard = {}

    def all_three():
        for m in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", []):
            event = json.loads(m["Body"])
            kind = "sns" if "Records" in event else event.get("source")
            heard[kind] = event
        return len(heard) == 3

    await_true(all_three, what="an event of each")
    assert heard["sns"]["Records"][0]["Sns"]["Message"] == "m"
    assert heard["my.app"]["detail"] == {"n": 1}
    alarm = heard["aws.cloudwatch"]
    assert alarm["alarmData"]["alarmName"] == "watched" and alarm["alarmData"]["state"]["value"] == "ALARM"
    cloud.update_stack(StackName="told", TemplateBody=TEMPLATE, Capabilities=["CAPABILITY_IAM"],
                       Parameters=[{"ParameterKey": "By", "ParameterValue": "2"}])
    cloud.get_waiter("stack_update_complete").wait(StackName="told", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    made = world.client("lambda").get_function_configuration(FunctionName="teller")
    assert made["Environment"]["Variables"] == {"QUEUE": "told", "BY": "2"}
    cloud.delete_stack(StackName="told")
    cloud.get_waiter("stack_delete_complete").wait(StackName="told", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        invoke(world, "teller")


def test_an_alias_runs_its_version(world):
    code = "import os\ndef handler(event, context):\n    return [os.environ['WHO'], context.function_version]\n"
    create(world, "kept", code, Environment={"Variables": {"WHO": "first"}})
    client = world.client("lambda")
    assert client.publish_version(FunctionName="kept")["Version"] == "1"
    client.update_function_configuration(FunctionName="kept", Environment={"Variables": {"WHO": "second"}})
    world.aws("lambda create-alias --function-name kept --name live --function-version 1")
    reply = client.invoke(FunctionName="kept", Qualifier="live")
    assert json.loads(reply["Payload"].read()) == ["first", "1"] and reply["ExecutedVersion"] == "1"
    assert reply["ResponseMetadata"]["HTTPHeaders"]["content-type"] == "application/json"
    assert json.loads(client.invoke(FunctionName="kept")["Payload"].read()) == ["second", "$LATEST"]


def test_a_queue_s_messages_reach_a_function_and_are_deleted(world):
    code = ("def handler(event, context):\n"
            "    failed = [r['messageId'] for r in event['Records'] if r['body'] == 'bad']\n"
            "    print('got', sorted(r['body'] for r in event['Records']))\n"
            "    return {'batchItemFailures': [{'itemIdentifier': i} for i in failed]}\n")
    create(world, "worker", code)
    sqs = world.client("sqs")
    url = sqs.create_queue(QueueName="work")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": b, "MessageBody": b} for b in ("good", "bad")])
    out = world.aws("lambda create-event-source-mapping --function-name worker --event-source-arn "
                    f"{arn} --function-response-types ReportBatchItemFailures").stdout
    assert json.loads(out)["State"] == "Creating"

    def left():
        counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return [int(counts["ApproximateNumberOfMessages" + kind]) for kind in ("", "NotVisible")]

    await_true(lambda: any("got" in m for m in messages(world, "worker")), what="a batch")
    await_true(lambda: left() == [0, 1], what="only the failed message, not visible")
    uuid = json.loads(out)["UUID"]
    assert world.client("lambda").get_event_source_mapping(UUID=uuid)["State"] == "Enabled"
    world.client("lambda").delete_event_source_mapping(UUID=uuid)
