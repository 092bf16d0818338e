"""A log group's events on their way: through a subscription filter and Firehose into a bucket and an
OpenSearch-compatible endpoint, exported, and followed live. Real clients, and a web server of the test."""
import base64
import gzip
import http.server
import io
import json
import signal
import ssl
import subprocess
import sys
import threading
import time
import zipfile

import pytest
from botocore.exceptions import ClientError

from conftest import CLIS, REGION, ROOT, await_true, close_world, new_world
from system import unique

ROLE = "arn:aws:iam::123456789012:role/pipeline"
EXTRACT = {"Enabled": True, "Processors": [
    {"Type": "Decompression", "Parameters": [{"ParameterName": "CompressionFormat", "ParameterValue": "GZIP"}]},
    {"Type": "CloudWatchLogProcessing", "Parameters": [
        {"ParameterName": "DataMessageExtraction", "ParameterValue": "true"}]}]}
AT_ONCE = {"SizeInMBs": 1, "IntervalInSeconds": 0}


class SearchEndpoint:
    """As much of OpenSearch as _bulk is; refuses documents that say so. And what Firehose asks of HTTP endpoints."""

    def __init__(self, folder):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{folder}/key",
                        "-out", f"{folder}/ca", "-days", "2", "-subj", "/CN=search.test",
                        "-addext", "subjectAltName=DNS:search.test"], check=True, capture_output=True)
        self.ca, self.indexed, self.collected, endpoint = f"{folder}/ca", {}, [], self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                if self.path == "/collect":
                    body = json.loads(gzip.decompress(self.rfile.read(int(self.headers["Content-Length"]))))
                    endpoint.collected.append((dict(self.headers), body))
                    return self.answer(200, {"requestId": body["requestId"], "timestamp": 1})
                lines = self.rfile.read(int(self.headers["Content-Length"])).decode().splitlines()
                items = []
                for head, document in zip(lines[::2], lines[1::2]):
                    target, body = json.loads(head)["index"], json.loads(document)
                    status = 400 if "refuse" in body else 201
                    if status == 201:
                        endpoint.indexed[target["_index"], target["_id"]] = body
                    items.append({"index": {**target, "status": status, **(
                        {"error": {"type": "mapper_parsing_exception"}} if status == 400 else {})}})
                self.answer(200 if self.path == "/_bulk" else 404,
                            {"took": 1, "errors": any("error" in i["index"] for i in items), "items": items})

            def answer(self, status, value):
                answer = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca, f"{folder}/key")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server.server_address[1]


@pytest.fixture(scope="module")
def search(tmp_path_factory):
    return SearchEndpoint(tmp_path_factory.mktemp("search"))


@pytest.fixture(scope="module")
def piped(search):
    made = new_world("--deliver", f"search.test=127.0.0.1:{search.port}", "--delivery-ca", search.ca,
                     "--python", sys.executable)
    made.up()
    yield made
    close_world(made)


def make_bucket(world):
    name = unique("pipe")
    world.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    return name


def make_group(world, *streams):
    logs, group = world.client("logs"), unique("/pipe")
    logs.create_log_group(logGroupName=group)
    for stream in streams:
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    return group


def put(world, group, stream, *messages):
    world.client("logs").put_log_events(logGroupName=group, logStreamName=stream, logEvents=[
        {"timestamp": int(time.time() * 1000), "message": message} for message in messages])


def subscribe(world, group, arn, pattern="", name="all"):
    world.client("logs").put_subscription_filter(logGroupName=group, filterName=name, filterPattern=pattern,
                                                 destinationArn=arn, roleArn=ROLE)


def objects(world, bucket, prefix=""):
    s3 = world.client("s3")
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    found = {}
    for item in listed:
        got = s3.get_object(Bucket=bucket, Key=item["Key"])
        data = got["Body"].read()
        found[item["Key"]] = gzip.decompress(data) if item["Key"].endswith(".gz") else data
    return found


def messages_in(data):
    """Firehose writes one gzip'd document behind the other."""
    text, documents = gzip.decompress(data).decode(), []
    decoder = json.JSONDecoder()
    while text:
        document, end = decoder.raw_decode(text)
        documents.append(document)
        text = text[end:]
    return documents


def test_a_subscription_fills_a_bucket(piped):
    bucket, group, name = make_bucket(piped), make_group(piped, "web", "db"), unique("s3")
    arn = piped.client("firehose").create_delivery_stream(
        DeliveryStreamName=name, ExtendedS3DestinationConfiguration={
            "RoleARN": ROLE, "BucketARN": f"arn:aws:s3:::{bucket}", "BufferingHints": AT_ONCE,
            "Prefix": "app/dt=!{timestamp:yyyy-MM-dd}/", "ErrorOutputPrefix": "bad/!{firehose:error-output-type}/",
        })["DeliveryStreamARN"]
    subscribe(piped, group, arn, '{ $.level = "ERROR" }')
    put(piped, group, "web", '{"level": "ERROR", "n": 1}', '{"level": "INFO", "n": 2}')
    put(piped, group, "db", '{"level": "ERROR", "n": 3}')

    def delivered():
        found = [d for data in objects(piped, bucket).values() for d in messages_in(data)]
        numbers = sorted(json.loads(e["message"])["n"] for d in found if d["messageType"] == "DATA_MESSAGE"
                         for e in d["logEvents"])
        return found if numbers == [1, 3] else None

    documents = await_true(delivered, 30, "both events in the bucket")
    control = next(d for d in documents if d["messageType"] == "CONTROL_MESSAGE")
    assert control["owner"] == "CloudwatchLogs" and control["logGroup"] == ""
    data = next(d for d in documents if d["logStream"] == "web")
    assert (data["owner"], data["logGroup"], data["subscriptionFilters"]) == ("123456789012", group, ["all"])
    assert set(data["logEvents"][0]) == {"id", "timestamp", "message"} and len(data["logEvents"][0]["id"]) == 56
    key = next(iter(objects(piped, bucket)))
    assert key.startswith(time.strftime("app/dt=%Y-%m-%d/") + name + "-1-"), key


def test_documents_reach_the_search_endpoint(piped, search):
    bucket, group = make_bucket(piped), make_group(piped, "web")
    arn = piped.client("firehose").create_delivery_stream(
        DeliveryStreamName=unique("search"), AmazonopensearchserviceDestinationConfiguration={
            "RoleARN": ROLE, "ClusterEndpoint": "https://search.test", "IndexName": "app",
            "IndexRotationPeriod": "NoRotation", "BufferingHints": AT_ONCE, "ProcessingConfiguration": EXTRACT,
            "S3BackupMode": "FailedDocumentsOnly", "S3Configuration": {
                "RoleARN": ROLE, "BucketARN": f"arn:aws:s3:::{bucket}", "Prefix": "search/",
                "CompressionFormat": "GZIP"}})["DeliveryStreamARN"]
    subscribe(piped, group, arn)
    put(piped, group, "web", '{"n": 1}', '{"n": 2, "refuse": 1}', "no JSON")
    await_true(lambda: {"n": 1} in search.indexed.values(), 30, "the document")
    failed = await_true(lambda: objects(piped, bucket, "search/AmazonOpenSearchService-failed/"), 30, "the others")
    lines = [json.loads(line) for line in next(iter(failed.values())).splitlines()]
    assert {base64.b64decode(x["rawData"]).decode().strip(): x["errorCode"] for x in lines} == {
        '{"n": 2, "refuse": 1}': "OS.DocumentRejected", "no JSON": "OS.MalformedData"}


PRINTER = """
import base64, gzip, json
def handler(event, context):
    data = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
    print("GOT", data["messageType"], data["logStream"], [e["message"] for e in data["logEvents"]])
"""


def test_a_subscription_invokes_a_function_that_lets_it(piped):
    group, name, package = make_group(piped, "web"), unique("printer"), io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("app.py", PRINTER)
    piped.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
                                                "Action": "sts:AssumeRole"}]}))
    functions, logs = piped.client("lambda"), piped.client("logs")
    arn = functions.create_function(FunctionName=name, Runtime="python3.12", Handler="app.handler",
                                    Role=f"arn:aws:iam::123456789012:role/{name}",
                                    Code={"ZipFile": package.getvalue()})["FunctionArn"]
    wanted = {"logGroupName": group, "filterName": "f", "filterPattern": "ERROR", "destinationArn": arn}
    with pytest.raises(ClientError, match="Could not execute the lambda function"):
        logs.put_subscription_filter(**wanted)
    functions.add_permission(FunctionName=name, StatementId="logs", Action="lambda:InvokeFunction",
                             Principal="logs.amazonaws.com",
                             SourceArn=f"arn:aws:logs:{REGION}:123456789012:log-group:{group}:*")
    logs.put_subscription_filter(**wanted)
    put(piped, group, "web", "ERROR one", "INFO two")

    def printed():
        try:
            return logs.filter_log_events(logGroupName=f"/aws/lambda/{name}", filterPattern="GOT")["events"]
        except logs.exceptions.ResourceNotFoundException:
            return []

    got = await_true(printed, 60, "what the function printed")
    assert [e["message"].strip() for e in got] == ["GOT DATA_MESSAGE web ['ERROR one']"]


def test_nothing_acknowledged_is_lost_when_killed(fresh_world):
    """kill -9 while events come in: each acknowledged one that matches is in the bucket afterwards."""
    world = fresh_world
    world.up()
    bucket, group, name = make_bucket(world), make_group(world, "s"), unique("crash")
    world.client("firehose").create_delivery_stream(
        DeliveryStreamName=name, ExtendedS3DestinationConfiguration={
            "RoleARN": ROLE, "BucketARN": f"arn:aws:s3:::{bucket}",
            "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 1}, "ProcessingConfiguration": EXTRACT})
    subscribe(world, group, f"arn:aws:firehose:{REGION}:123456789012:deliverystream/{name}", "keep")
    acknowledged = []

    def write(round_number):
        for i in range(10_000):
            messages = [f"keep {round_number}.{i}", f"skip {round_number}.{i}"]
            try:
                put(world, group, "s", *messages)
            except Exception:  # noqa: BLE001 - the daemon was killed
                return
            acknowledged.append(messages[0])

    for round_number in range(3):
        before = len(acknowledged)
        writer = threading.Thread(target=write, args=(round_number,))
        writer.start()
        await_true(lambda: len(acknowledged) > before + 20 * (round_number + 1), 60, "writes")
        world.kill()
        writer.join()
        world.up()
    sent = lambda: b"".join(objects(world, bucket).values()).decode().splitlines()
    missing = lambda: set(acknowledged) - set(sent())
    await_true(lambda: not missing(), 60, "all that was acknowledged")
    assert not [line for line in sent() if line.startswith("skip")]
    position = world.client("logs").describe_subscription_filters(logGroupName=group)
    assert position["subscriptionFilters"][0]["filterPattern"] == "keep"


@pytest.mark.parametrize("cli", [1, 2])
def test_the_cli_sets_a_pipeline_up(world, cli):
    group, name = make_group(world), unique("cli")
    arn = world.aws(
        f"firehose create-delivery-stream --delivery-stream-name {name} --s3-destination-configuration "
        f"RoleARN={ROLE},BucketARN=arn:aws:s3:::none --query DeliveryStreamARN --output text", cli).stdout.strip()
    world.aws(f"logs put-subscription-filter --log-group-name {group} --filter-name f --filter-pattern ERROR "
              f"--destination-arn {arn} --role-arn {ROLE}", cli)
    out = world.aws(f"logs describe-subscription-filters --log-group-name {group} "
                    "--query 'subscriptionFilters[].[filterPattern,destinationArn]' --output text", cli).stdout.split()
    assert out == ["ERROR", arn]
    world.aws(f"firehose delete-delivery-stream --delivery-stream-name {name}", cli)
    refused = world.aws(f"logs put-subscription-filter --log-group-name {group} --filter-name f "
                        f"--filter-pattern ERROR --destination-arn {arn} --role-arn {ROLE}", cli, check=False)
    assert "Could not deliver test message to specified Firehose stream." in refused.stderr
    with pytest.raises(ClientError):
        world.client("firehose").describe_delivery_stream(DeliveryStreamName=name)


def test_a_group_is_exported(world):
    bucket, group = make_bucket(world), make_group(world, "2026/11/30/[1]web", "db")
    logs = world.client("logs")
    put(world, group, "2026/11/30/[1]web", "first", "second")
    put(world, group, "db", "third")
    task = logs.create_export_task(logGroupName=group, fromTime=0, to=int(time.time() * 1000) + 60_000,
                                   destination=bucket, taskName="nightly")["taskId"]
    done = await_true(lambda: logs.describe_export_tasks(taskId=task, statusCode="COMPLETED")["exportTasks"], 30, "it")
    assert done[0]["status"]["message"] == "Completed successfully" and done[0]["taskName"] == "nightly"
    found = objects(world, bucket)
    assert found.pop("exportedlogs/aws-logs-write-test") == b"Permission Check Successful"
    assert sorted(found) == [f"exportedlogs/{task}/2026-11-30-[1]web/000000.gz", f"exportedlogs/{task}/db/000000.gz"]
    lines = found[f"exportedlogs/{task}/2026-11-30-[1]web/000000.gz"].decode().splitlines()
    assert [line.split(" ", 1)[1] for line in lines] == ["first", "second"]
    assert time.strptime(lines[0].split(" ")[0], "%Y-%m-%dT%H:%M:%S.%fZ")
    with pytest.raises(logs.exceptions.InvalidOperationException):
        logs.cancel_export_task(taskId=task)


def test_a_stream_turned_to_an_http_endpoint(piped, search):
    firehose, name, bucket = piped.client("firehose"), unique("collect"), make_bucket(piped)
    s3 = {"RoleARN": ROLE, "BucketARN": f"arn:aws:s3:::{bucket}"}
    firehose.create_delivery_stream(DeliveryStreamName=name, ExtendedS3DestinationConfiguration=s3)
    described = firehose.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"]
    firehose.update_destination(
        DeliveryStreamName=name, CurrentDeliveryStreamVersionId=described["VersionId"],
        DestinationId=described["Destinations"][0]["DestinationId"],
        HttpEndpointDestinationUpdate={
            "EndpointConfiguration": {"Url": "https://search.test/collect", "AccessKey": "k3y"}, "RoleARN": ROLE,
            "BufferingHints": AT_ONCE, "RequestConfiguration": {"ContentEncoding": "GZIP"}, "S3Update": s3})
    firehose.put_record(DeliveryStreamName=name, Record={"Data": b"\x00one"})
    headers, body = await_true(lambda: search.collected, 30, "the request")[0]
    assert [base64.b64decode(record["data"]) for record in body["records"]] == [b"\x00one"]
    assert headers["X-Amz-Firehose-Access-Key"] == "k3y" and headers["X-Amz-Firehose-Request-Id"] == body["requestId"]
    assert headers["X-Amz-Firehose-Source-Arn"] == described["DeliveryStreamARN"]
    assert headers["Content-Type"] == "application/json"


@pytest.fixture
def exported(world, monkeypatch):
    for name, value in world.environment().items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)


def test_a_live_tail_shows_what_comes(world, exported):
    group = make_group(world, "web", "db")
    arn = f"arn:aws:logs:{REGION}:123456789012:log-group:{group}"
    put(world, group, "web", "ERROR before")
    logs = world.client("logs")  # boto3 as it is, with what `seatrial env` exports
    stream = logs.start_live_tail(logGroupIdentifiers=[arn], logStreamNamePrefixes=["we"],
                                  logEventFilterPattern="ERROR")["responseStream"]
    events = iter(stream)
    start = next(events)["sessionStart"]
    assert start["logGroupIdentifiers"] == [arn] and start["logEventFilterPattern"] == "ERROR" and start["sessionId"]
    update = next(events)["sessionUpdate"]
    assert update == {"sessionMetadata": {"sampled": False}, "sessionResults": []}
    put(world, group, "web", "ERROR one", "INFO two")
    put(world, group, "db", "ERROR three")
    seen = []
    while not seen:
        seen = next(events)["sessionUpdate"]["sessionResults"]
    assert [(e["logStreamName"], e["message"]) for e in seen] == [("web", "ERROR one")]
    assert seen[0]["logGroupIdentifier"] == f"123456789012:{group}"
    assert next(events)["sessionUpdate"]["sessionResults"] == []
    stream.close()
    with pytest.raises(ClientError, match="no ARN of a log group"):
        logs.start_live_tail(logGroupIdentifiers=[group])


def test_the_cli_tails_a_group(world):
    """Debian's CLI v2 is older than the operation; v1 has it."""
    group = make_group(world, "web")
    environment = world.environment()
    environment["PATH"] = environment["PATH"].replace(
        f"{world.folder}/run/bin:", f"{world.folder}/run/bin:{CLIS[1].parent}:", 1)
    tail = subprocess.Popen(["aws", "logs", "start-live-tail", "--log-group-identifiers",
                             f"arn:aws:logs:{REGION}:123456789012:log-group:{group}"],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(iter(tail.stdout.readline, "")))
    reader.start()

    def seen():
        put(world, group, "web", "ERROR one")  # until the session has begun
        return lines
    try:
        await_true(seen, 60, "the first line")
        assert set(lines) == {"ERROR one\n"}
    finally:
        tail.send_signal(signal.SIGINT)
        tail.wait(30)
        reader.join()


def test_solemates_logs_reach_archive_and_search(piped, search):
    """The guide's step, with the endpoint of the test for OpenSearch."""
    region = "us-east-1"
    logs = piped.client("logs", region)
    for name in ("application", "security"):
        logs.create_log_group(logGroupName=f"/ecs/production/{name}")
        logs.create_log_stream(logGroupName=f"/ecs/production/{name}", logStreamName="ecs/backend/1")
    template = ROOT / "examples" / "solemate" / "monitoring" / "logging-infrastructure.yaml"
    piped.aws("cloudformation create-stack --stack-name solemate-logging-infrastructure "
              f"--template-body file://{template} --capabilities CAPABILITY_NAMED_IAM --region {region} --parameters "
              "ParameterKey=SearchEndpoint,ParameterValue=https://search.test "
              "ParameterKey=BufferSeconds,ParameterValue=0 && "
              f"aws cloudformation wait stack-create-complete --stack-name solemate-logging-infrastructure --region {region}")
    for name in ("application", "security"):
        logs.put_log_events(logGroupName=f"/ecs/production/{name}", logStreamName="ecs/backend/1", logEvents=[
            {"timestamp": int(time.time() * 1000), "message": json.dumps({"from": name})}])
    for name in ("application", "security"):
        await_true(lambda: {"from": name} in search.indexed.values(), 30, f"{name}'s document")
    index = "solemate-logs-" + time.strftime("%Y-%m-%d", time.gmtime())
    assert index in {at for at, _ in search.indexed}
    s3 = piped.client("s3", region)
    await_true(lambda: s3.list_objects_v2(Bucket="solemate-logs-123456789012", Prefix="logs/").get("Contents"), 30, "copy")
    names = [q["name"] for q in logs.describe_query_definitions()["queryDefinitions"]]
    assert sorted(names) == ["SoleMate/Errors by minute", "SoleMate/Slowest requests"]
