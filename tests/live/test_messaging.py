"""SNS, SQS and EventBridge with real clients; a web server and a mail server of the test receive."""
import base64
import email
import http.server
import json
import socketserver
import subprocess
import threading
import urllib.request

import pytest

from conftest import REGION, await_true, close_world, new_world

ACCOUNT = "123456789012"


class Endpoint:
    """Keeps what is posted to it; answers with `status`."""

    def __init__(self):
        self.posts, self.status = [], 200
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                endpoint.posts.append((self.path, dict(self.headers), body))
                self.send_response(endpoint.status)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def documents(self, path):
        return [json.loads(body) for at, _, body in list(self.posts) if at == path]


class MailServer(socketserver.ThreadingTCPServer):
    """As much of SMTP as a relay needs."""
    allow_reuse_address = daemon_threads = True

    def __init__(self):
        self.mails = []
        super().__init__(("127.0.0.1", 0), MailHandler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class MailHandler(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.say("220 relay")
        for raw in self.rfile:
            verb = raw.decode().strip().upper()
            if verb == "DATA":
                self.say("354 go on")
                lines = []
                while (line := self.rfile.readline()).rstrip() != b".":
                    lines.append(line)
                self.server.mails.append(email.message_from_bytes(b"".join(lines)))
                self.say("250 taken")
            elif verb == "QUIT":
                return self.say("221 bye")
            else:
                self.say("250 fine")


@pytest.fixture(scope="module")
def endpoint():
    made = Endpoint()
    yield made
    made.server.shutdown()


@pytest.fixture(scope="module")
def mail():
    made = MailServer()
    yield made
    made.shutdown()


@pytest.fixture(scope="module")
def world(endpoint, mail):
    port = endpoint.server.server_address[1]
    made = new_world("--smtp", f"127.0.0.1:{mail.server_address[1]}", "--deliver", f"hooks.slack.com=127.0.0.1:{port}")
    made.up()
    yield made
    close_world(made)


def subscribe_and_confirm(world, endpoint, topic, path, **attributes):
    sns = world.client("sns")
    arn = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=endpoint.url + path, Attributes=attributes,
                        ReturnSubscriptionArn=True)["SubscriptionArn"]
    asked = await_true(lambda: endpoint.documents(path), 20, "the confirmation")[0]
    with urllib.request.urlopen(asked["SubscribeURL"]) as reply:  # as a person would: no signature
        assert arn in reply.read().decode()
    return arn


def policy_for(service, resource):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": "*", "Resource": resource}]})


def test_sns_over_http_is_signed(world, endpoint, tmp_path):
    sns = world.client("sns")
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    subscribe_and_confirm(world, endpoint, topic, "/signed")
    world.aws(f"sns publish --topic-arn {topic} --subject Hi --message hello --region {REGION}")
    note = await_true(lambda: endpoint.documents("/signed")[1:], 20, "the message")[0]
    assert (note["Type"], note["Subject"], note["Message"]) == ("Notification", "Hi", "hello")
    with urllib.request.urlopen(note["SigningCertURL"]) as reply:
        certificate = reply.read()
    files = {"text": "".join(f"{name}\n{note[name]}\n" for name in (
                 "Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")).encode(),
             "signature": base64.b64decode(note["Signature"]),
             "key": subprocess.run(["openssl", "x509", "-pubkey", "-noout"], input=certificate, check=True,
                                   capture_output=True).stdout}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    subprocess.run(["openssl", "dgst", "-sha1", "-verify", "key", "-signature", "signature", "text"], cwd=tmp_path,
                   check=True, capture_output=True)


def test_slack_and_mail(world, endpoint, mail):
    sns = world.client("sns")
    topic = sns.create_topic(Name="people")["TopicArn"]
    path = "/services/T0/B0/X"
    # The certificate of hooks.slack.com is not ours to have, so the stand-in is reached over http.
    subscription = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint="http://hooks.slack.com" + path)
    assert subscription["SubscriptionArn"] == "pending confirmation"
    text = await_true(lambda: endpoint.documents(path), 20, "the confirmation")[0]["text"]
    urllib.request.urlopen(text.split("<")[1].split("|")[0]).read()
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@example.com")
    asked = await_true(lambda: list(mail.mails), 20, "the mail")[0]
    link = next(line for line in asked.get_payload(decode=True).decode().splitlines() if line.startswith("http"))
    urllib.request.urlopen(link).read()
    sns.publish(TopicArn=topic, Subject="ALARM", Message="CPU is high")
    assert await_true(lambda: endpoint.documents(path)[1:], 20, "Slack's message") == [{"text": "*ALARM*\nCPU is high"}]
    sent = await_true(lambda: mail.mails[1:], 20, "the second mail")[0]
    assert sent["Subject"] == "ALARM" and sent["To"] == "ops@example.com"
    assert "CPU is high" in sent.get_payload(decode=True).decode()


def test_deliveries_do_not_leave_the_machine(world):
    sns = world.client("sns")
    topic = sns.create_topic(Name="far")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="https", Endpoint="https://example.com/hook")
    group = f"sns/{REGION}/{ACCOUNT}/far/Failure"

    def failures():
        try:
            return world.client("logs").filter_log_events(logGroupName=group)["events"]
        except world.client("logs").exceptions.ResourceNotFoundException:
            return []
    entry = json.loads(await_true(failures, 20, "the failure's line")[0]["message"])
    assert "example.com is elsewhere; nothing was sent" in entry["delivery"]["providerResponse"]


def test_queues_and_dead_letters(world):
    sqs = world.client("sqs")
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    url = sqs.create_queue(QueueName="jobs", Attributes={
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "1"})})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="job", MessageAttributes={
        "n": {"DataType": "Number", "StringValue": "1"}, "b": {"DataType": "Binary", "BinaryValue": b"\0\1"}})
    got = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], VisibilityTimeout=0)["Messages"][0]
    assert got["Body"] == "job" and got["MessageAttributes"]["b"]["BinaryValue"] == b"\0\1"
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    assert sqs.receive_message(QueueUrl=dead)["Messages"][0]["Body"] == "job"
    with pytest.raises(sqs.exceptions.QueueDoesNotExist) as caught:
        sqs.get_queue_url(QueueName="none")
    assert caught.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"


def test_the_old_client_speaks_the_query_protocol(world):
    done = world.shell("""
url=$(aws sqs create-queue --queue-name old --tags a=b --query QueueUrl --output text)
aws sqs send-message-batch --queue-url $url --entries Id=a,MessageBody=one Id=b,MessageBody=two --query 'Successful[].Id' --output text
aws sqs receive-message --queue-url $url --max-number-of-messages 10 --attribute-names All --query 'Messages[].[Body,Attributes.ApproximateReceiveCount]' --output text
aws sqs list-queue-tags --queue-url $url --query Tags.a --output text
aws sqs get-queue-url --queue-name none 2>&1 || true
""", cli=2).stdout
    assert done.split("\n")[:4] == ["a\tb", "one\t1", "two\t1", "b"]
    assert "AWS.SimpleQueueService.NonExistentQueue" in done


def test_a_long_poll_ends_with_the_message(world):
    sqs = world.client("sqs")
    url = sqs.create_queue(QueueName="poll")["QueueUrl"]
    got = []
    waiting = threading.Thread(target=lambda: got.append(
        world.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20)))
    waiting.start()
    assert "Messages" not in sqs.receive_message(QueueUrl=url)  # others are served meanwhile
    sqs.send_message(QueueUrl=url, MessageBody="here")
    waiting.join(15)
    assert got[0]["Messages"][0]["Body"] == "here"


def test_events_reach_topic_queue_and_log(world):
    sqs, sns, events, logs = (world.client(name) for name in ("sqs", "sns", "events", "logs"))
    url = sqs.create_queue(QueueName="events")["QueueUrl"]
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:events"
    topic = sns.create_topic(Name="events", Attributes={"Policy": policy_for("events.amazonaws.com", "*")})["TopicArn"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy_for("sns.amazonaws.com", queue)})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue, Attributes={"RawMessageDelivery": "true"})
    logs.create_log_group(logGroupName="/aws/events/all")
    events.put_rule(Name="orders", EventPattern=json.dumps({"source": ["shop"], "detail": {"total": [{"numeric": [">", 10]}]}}))
    events.put_targets(Rule="orders", Targets=[
        {"Id": "topic", "Arn": topic, "InputTransformer": {"InputPathsMap": {"t": "$.detail.total"}, "InputTemplate": '"total <t>"'}},
        {"Id": "log", "Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/events/all"}])
    entry = {"Source": "shop", "DetailType": "order"}
    done = events.put_events(Entries=[{**entry, "Detail": '{"total": 5}'}, {**entry, "Detail": '{"total": 50}'}])
    assert done["FailedEntryCount"] == 0
    got = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    assert [message["Body"] for message in got] == ['"total 50"']
    lines = await_true(lambda: logs.filter_log_events(logGroupName="/aws/events/all")["events"], 20, "the log's line")
    assert json.loads(lines[0]["message"])["detail"] == {"total": 50}


def test_an_alarm_tells_its_topic_and_the_bus(world):
    sqs, sns, events, cloudwatch = (world.client(name) for name in ("sqs", "sns", "events", "cloudwatch"))
    url = sqs.create_queue(QueueName="alarms")["QueueUrl"]
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:alarms"
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps({"Statement": [
        {"Effect": "Allow", "Principal": {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]},
         "Action": "sqs:SendMessage", "Resource": queue}]})})
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue, Attributes={"RawMessageDelivery": "true"})
    events.put_rule(Name="alarms", EventPattern=json.dumps({"source": ["aws.cloudwatch"], "detail": {"alarmName": ["high"]}}))
    events.put_targets(Rule="alarms", Targets=[{"Id": "q", "Arn": queue}])
    cloudwatch.put_metric_alarm(AlarmName="high", Namespace="N", MetricName="m", Statistic="Sum", Period=60,
                                EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold",
                                AlarmActions=[topic])
    cloudwatch.set_alarm_state(AlarmName="high", StateValue="ALARM", StateReason="tried")
    bodies = []

    def both():
        got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=5).get("Messages", [])
        bodies.extend(json.loads(message["Body"]) for message in got)
        told = [body for body in bodies if body.get("NewStateValue") == "ALARM"]
        put = [body for body in bodies if body.get("detail", {}).get("state", {}).get("value") == "ALARM"]
        return told and put and (told[0], put[0])
    told, put = await_true(both, 30, "the alarm's messages")
    assert told["AlarmName"] == "high" and told["NewStateReason"] == "tried"
    assert put["detail-type"] == "CloudWatch Alarm State Change"


def test_what_was_answered_survives_kill(endpoint, mail):
    world = new_world()
    world.up()
    try:
        topic = world.client("sns").create_topic(Name="t")["TopicArn"]
        subscribe_and_confirm(world, endpoint, topic, "/crash", DeliveryPolicy=json.dumps(
            {"healthyRetryPolicy": {"numRetries": 100, "minDelayTarget": 1, "maxDelayTarget": 1}}))
        url = world.client("sqs").create_queue(QueueName="q")["QueueUrl"]
        endpoint.status = 503
        world.client("sns").publish(TopicArn=topic, Message="kept")
        world.client("sqs").send_message(QueueUrl=url, MessageBody="kept")
        world.kill()
        endpoint.status, before = 200, len(endpoint.documents("/crash"))
        world.up()
        again = await_true(lambda: endpoint.documents("/crash")[before:], 30, "the message after the kill")
        assert again[0]["Message"] == "kept"
        assert world.client("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"] == "kept"
    finally:
        endpoint.status = 200
        close_world(world)


TEMPLATE = """
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: Alerts}
  Queue:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 60}
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue]
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: sqs:SendMessage, Resource: !GetAtt Queue.Arn,
             Condition: {ArnEquals: {aws:SourceArn: !Ref Topic}}}
  TopicPolicy:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [!Ref Topic]
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {Service: events.amazonaws.com}, Action: sns:Publish, Resource: !Ref Topic}
  Subscription:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Queue.Arn, RawMessageDelivery: true}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [stack]}
      Targets: [{Id: t, Arn: !Ref Topic, InputPath: $.detail}]
Outputs:
  Url: {Value: !Ref Queue}
"""


def test_a_template_wires_them(world):
    cloudformation = world.client("cloudformation")
    cloudformation.create_stack(StackName="wires", TemplateBody=TEMPLATE)

    def stack():
        found = cloudformation.describe_stacks(StackName="wires")["Stacks"][0]
        return found if not found["StackStatus"].endswith("IN_PROGRESS") else None
    made = await_true(stack, 60, "the stack")
    events = cloudformation.describe_stack_events(StackName="wires")["StackEvents"]
    failures = [event.get("ResourceStatusReason") for event in events if event["ResourceStatus"] == "CREATE_FAILED"]
    assert made["StackStatus"] == "CREATE_COMPLETE", failures
    url = made["Outputs"][0]["OutputValue"]
    world.client("events").put_events(Entries=[{"Source": "stack", "DetailType": "x", "Detail": '{"a":1}'}])
    got = world.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    assert json.loads(got[0]["Body"]) == {"a": 1}
    cloudformation.delete_stack(StackName="wires")


def test_a_fifo_topic_feeds_a_fifo_queue_in_order_and_once(world):
    sns, sqs = world.client("sns"), world.client("sqs")
    topic = sns.create_topic(Name="orders.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    url = sqs.create_queue(QueueName="orders.fifo", Attributes={"FifoQueue": "true", "Policy": json.dumps({
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
                       "Resource": "*"}]})})["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders.fifo",
                  Attributes={"RawMessageDelivery": "true"})
    numbers = []
    for n in [0, 1, 2, 2, 3]:
        reply = sns.publish(TopicArn=topic, Message=str(n), MessageGroupId="g", MessageDeduplicationId=str(n))
        numbers.append(reply["SequenceNumber"])
    assert numbers == sorted(numbers) and numbers[2] == numbers[3]
    await_true(lambda: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
               ["Attributes"]["ApproximateNumberOfMessages"] == "4", what="four messages")
    got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["MessageGroupId"])["Messages"]
    assert [m["Body"] for m in got] == ["0", "1", "2", "3"]
    assert {m["Attributes"]["MessageGroupId"] for m in got} == {"g"}


def test_topics_and_queues_are_measured():
    world = new_world("--speed", 60)  # a minute a second
    try:
        world.up()
        sns, sqs, metrics = world.client("sns"), world.client("sqs"), world.client("cloudwatch")
        topic = sns.create_topic(Name="t")["TopicArn"]
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        sns.publish(TopicArn=topic, Message="m")
        sqs.send_message(QueueUrl=url, MessageBody="m")

        def names(namespace):
            return {m["MetricName"] for m in metrics.list_metrics(Namespace=namespace)["Metrics"]}

        await_true(lambda: {"NumberOfMessagesPublished", "PublishSize"} <= names("AWS/SNS"), what="AWS/SNS")
        await_true(lambda: {"NumberOfMessagesSent", "ApproximateNumberOfMessagesVisible",
                            "ApproximateAgeOfOldestMessage"} <= names("AWS/SQS"), what="AWS/SQS")
    finally:
        close_world(world)
