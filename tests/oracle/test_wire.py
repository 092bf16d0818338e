"""botocore is the oracle of our codecs: what it writes we must read, what we write it must read.

Every operation of every listed service, in every protocol the service speaks. Environment:
SEATRIAL_SEED (printed), SEATRIAL_WIRE_CASES (per operation), SEATRIAL_WIRE_ORACLE (the program).
"""
import base64
import datetime
import io
import json
import os
import random
import subprocess
import urllib.parse

import botocore.auth
import botocore.loaders
import botocore.model
import botocore.parsers
import botocore.serialize
import pytest
from botocore.awsrequest import AWSRequest, HeadersDict, prepare_request_dict
from botocore.credentials import Credentials

from generate import XML_LIKE, Generator, canonical, pruned

SEED = int(os.environ.get("SEATRIAL_SEED", "20260101"))
CASES = int(os.environ.get("SEATRIAL_WIRE_CASES", "1"))
ORACLE = os.environ.get("SEATRIAL_WIRE_ORACLE", "build/wire_oracle")
SERVICES = """sts ecs ecr elbv2 application-autoscaling autoscaling cloudwatch logs rds rds-data pi
elasticache ssm secretsmanager cloudformation lambda events sns backup s3 dynamodb cognito-idp
apigateway acm wafv2 ec2 iam cloudtrail guardduty config ce fis ssm-incidents ssm-contacts eks
sqs""".split()
KNOWN = ("query", "ec2", "json", "rest-json", "rest-xml", "smithy-rpc-v2-cbor")
# Operations that the request itself cannot tell from another: S3's deprecated forms (whose model
# also has two members of one XML name) and directory buckets, which another host lists.
TWINS = {"GetBucketLifecycle", "PutBucketLifecycle", "GetBucketNotification",
         "PutBucketNotification", "ListDirectoryBuckets"}
LOADER = botocore.loaders.Loader()
MODELS = {}


def model_of(service):
    if service not in MODELS:
        MODELS[service] = botocore.model.ServiceModel(
            LOADER.load_service_model(service, "service-2"), service)
    return MODELS[service]


def protocols_of(model):
    return [p for p in model.metadata.get("protocols", [model.metadata["protocol"]]) if p in KNOWN]


def ask(requests):
    lines = "".join(json.dumps(r) + "\n" for r in requests)
    done = subprocess.run([ORACLE], input=lines.encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert len(answers) == len(requests)
    return answers


def http_request(request_dict, host="localhost"):
    request_dict.setdefault("context", {})
    prepare_request_dict(request_dict, f"http://{host}")
    prepared = AWSRequest(method=request_dict["method"], url=request_dict["url"],
                          data=request_dict["body"], headers=request_dict["headers"]).prepare()
    body = prepared.body or b""
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, str):
        body = body.encode()
    url = urllib.parse.urlsplit(prepared.url)  # its host may have got a prefix
    target = (url.path or "/") + ("?" + url.query if url.query else "")
    host = url.netloc
    headers = [[k, v.decode() if isinstance(v, bytes) else str(v)] for k, v in prepared.headers.items()]
    return {"method": prepared.method, "target": target,
            "headers": headers + [["Host", host]], "body": base64.b64encode(body).decode()}


def streams(operation):
    return operation.has_event_stream_input or operation.has_event_stream_output


def each_case(service):
    model = model_of(service)
    for protocol in protocols_of(model):
        for name in model.operation_names:
            if service == "s3" and name in TWINS:
                continue
            for case in range(CASES):
                yield model, protocol, model.operation_model(name), random.Random(
                    f"{SEED} {service} {protocol} {name} {case}")


def comparable(protocol, value):
    return pruned(value) or {} if protocol in XML_LIKE else value


def show(failures, total):
    print(f"seed {SEED}, {total} cases")
    assert not failures, f"{len(failures)} of {total} (seed {SEED}); the first:\n" + "\n\n".join(failures[:5])


@pytest.mark.parametrize("service", SERVICES)
def test_inputs(service):
    asked, expected = [], []
    for model, protocol, operation, rng in each_case(service):
        shape = operation.input_shape
        value = Generator(rng, protocol, False).structure(shape) if shape else {}
        if streams(operation) and operation.has_event_stream_input:
            continue
        serializer = botocore.serialize.create_serializer(protocol, include_validation=False)
        request = http_request(serializer.serialize_to_request(value, operation))
        request.update({"do": "decode", "signing": model.signing_name})
        asked.append(request)
        expected.append((protocol, operation, canonical(shape, value)))
    failures = []
    for request, (protocol, operation, want), got in zip(asked, expected, ask(asked)):
        for name, member in operation.input_shape.members.items() if operation.input_shape else ():
            # The HTTP client adds this header; and an empty payload is an absent one.
            if member.serialization.get("name") == "Content-Length" and name not in want:
                got.get("value", {}).pop(name, None)
            if operation.input_shape.serialization.get("payload") == name and want.get(name) == "":
                want.pop(name)
        fine = (got.get("operation") == operation.name and got.get("service") == service
                and got.get("protocol") == protocol
                and comparable(protocol, got.get("value")) == comparable(protocol, want))
        if not fine:
            failures.append(f"{protocol} {operation.name}\nwant {want}\ngot  {got}\n"
                            f"{request['method']} {request['target']} {base64.b64decode(request['body'])}")
    show(failures, len(asked))


def parsed_response(protocol, operation, answer, shape):
    body = base64.b64decode(answer["body"])
    if operation.has_streaming_output and answer["status"] < 300:
        body = io.BytesIO(body)
    response = {"status_code": answer["status"], "headers": HeadersDict(answer["headers"]), "body": body,
                "context": {}}
    return botocore.parsers.create_parser(protocol).parse(response, shape)


@pytest.mark.parametrize("service", SERVICES)
def test_outputs(service):
    asked, expected = [], []
    for model, protocol, operation, rng in each_case(service):
        if streams(operation):
            continue
        shape = operation.output_shape
        value = Generator(rng, protocol, True).structure(shape) if shape else {}
        want = canonical(shape, value)
        asked.append({"do": "encode", "service": service, "operation": operation.name,
                      "protocol": protocol, "value": want})
        expected.append((protocol, operation, want))
    failures = []
    for (protocol, operation, want), answer in zip(expected, ask(asked)):
        shape = operation.output_shape
        try:
            got = canonical(shape, parsed_response(protocol, operation, answer, shape)) or {}
        except Exception as error:  # botocore could not read it
            got = repr(error)
        if isinstance(got, dict):
            got.pop("ResponseMetadata", None)
            for name, member in shape.members.items() if shape else ():
                # What every response has is parsed although we did not give it: the status, the
                # type of its content, no headers of a prefix.
                location = member.serialization.get("location")
                always = (location == "statusCode" or (location == "headers" and not got.get(name))
                          or member.serialization.get("name", "").lower() == "content-type")
                if always and name not in want:
                    got.pop(name, None)
        if comparable(protocol, got) != comparable(protocol, want):
            failures.append(f"{protocol} {operation.name}\nwant {want}\ngot  {got}\n"
                            f"{answer['headers']}\n{base64.b64decode(answer['body'])}")
    show(failures, len(asked))


def error_case(service, protocol, operation, rng, shape):
    details = {}
    if shape is not None:
        details = Generator(rng, protocol, True).structure(shape)
        details.pop("message", None)
        details.pop("Message", None)
    code = rng.choice([shape.error_code, shape.name]) if shape is not None else "SomethingElse"
    return {"do": "error", "service": service, "operation": operation.name, "protocol": protocol,
            "code": code, "message": "It's <not> \"there\" & never was",
            "shape": shape.name if shape is not None else "", "query_mode": True,
            "details": canonical(shape, details) if shape is not None else {}}


@pytest.mark.parametrize("service", SERVICES)
def test_errors(service):
    asked, expected = [], []
    for model, protocol, operation, rng in each_case(service):
        shapes = list(operation.error_shapes)
        for shape in [None] + rng.sample(shapes, min(2, len(shapes))):
            asked.append(error_case(service, protocol, operation, rng, shape))
            expected.append((protocol, operation, shape))
    failures = []
    for case, (protocol, operation, shape), answer in zip(asked, expected, ask(asked)):
        got = parsed_response(protocol, operation, answer, operation.output_shape)["Error"]
        code = shape.error_code if shape is not None else "SomethingElse"
        # SQS's clients see the codes of its old protocol, and the shape beside them.
        seen = got.get("QueryErrorCode", got.get("Code")) if service == "sqs" else got.get("Code")
        problem = seen != code or got.get("Message") != case["message"]
        if shape is not None:
            more = canonical(shape, parsed_response(protocol, operation, answer, shape))
            for name in ("message", "Message", "ResponseMetadata", "Code", "Type"):
                if name not in case["details"]:
                    more.pop(name, None)
            more = {k: v for k, v in more.items() if k in case["details"] or v}
            problem = problem or comparable(protocol, more) != comparable(protocol, case["details"])
            status = shape.metadata.get("error", {}).get("httpStatusCode")
            problem = problem or (status is not None and answer["status"] != status)
        if problem:
            failures.append(f"{case}\ngot {got}\n{answer}\n{base64.b64decode(answer['body'])}")
    show(failures, len(asked))


UNKNOWN = {
    "json": ("ecs", "POST", "/", [["X-Amz-Target", "AmazonEC2ContainerServiceV20141113.MakeCoffee"],
                                 ["Content-Type", "application/x-amz-json-1.1"]], b"{}"),
    "query": ("iam", "POST", "/", [["Content-Type", "application/x-www-form-urlencoded"]],
              b"Action=MakeCoffee&Version=2010-05-08"),
    "ec2": ("ec2", "POST", "/", [], b"Action=MakeCoffee&Version=2016-11-15"),
    "rest-json": ("lambda", "GET", "/2015-03-31/MakeCoffee", [], b""),
    "rest-xml": ("cloudfront", "GET", "/2020-05-31/MakeCoffee", [], b""),
    "smithy-rpc-v2-cbor": ("monitoring", "POST",
                           "/service/GraniteServiceVersion20100801/operation/MakeCoffee",
                           [["smithy-protocol", "rpc-v2-cbor"]], b"\xa0"),
}


@pytest.mark.parametrize("protocol", UNKNOWN)
def test_unknown_operations_are_client_errors(protocol):
    signing, method, target, headers, body = UNKNOWN[protocol]
    [answer] = ask([{"do": "unrouted", "signing": signing, "method": method, "target": target,
                     "headers": headers, "body": base64.b64encode(body).decode()}])
    response = {"status_code": answer["status"], "headers": HeadersDict(answer["headers"]),
                "body": base64.b64decode(answer["body"])}
    error = botocore.parsers.create_parser(protocol).parse(response, None)["Error"]
    assert answer["status"] in (400, 404)
    assert error["Code"] in ("UnknownOperationException", "InvalidAction")
    assert "MakeCoffee" in error["Message"]


KEY = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "token==")


def signed(signer, service, url, method="POST", data=b"a=1&b=2", headers=None):
    request = AWSRequest(method=method, url=url, data=data, headers=headers or {})
    signer(KEY, service, "eu-west-1").add_auth(request)
    prepared = request.prepare()
    body = prepared.body or b""
    return {"do": "verify", "method": prepared.method, "target": prepared.url[len("http://h:4566"):],
            "headers": [[k, v.decode() if isinstance(v, bytes) else str(v)] for k, v in prepared.headers.items()]
            + [["Host", "h:4566"]],
            "body": base64.b64encode(body.encode() if isinstance(body, str) else body).decode(),
            "access_key": KEY.access_key, "secret": KEY.secret_key,
            "now_ms": round(datetime.datetime.now(datetime.timezone.utc).timestamp() * 1000)}


def signature_cases():
    urls = ["http://h:4566/", "http://h:4566/a%20b/c%2Fd/arn%3Aaws?x=1&y=a%20b&x=0&z",
            "http://h:4566/tags/a~b//c/../d?Z=%C3%A9&A=%2B"]
    for url in urls:
        yield signed(botocore.auth.SigV4Auth, "lambda", url, headers={"X-Amz-Target": "  a   b "})
        yield signed(botocore.auth.SigV4QueryAuth, "sts", url, "GET", b"")
    yield signed(botocore.auth.S3SigV4Auth, "s3", "http://h:4566/bucket/a%20b//c", "PUT", b"body")
    yield signed(botocore.auth.S3SigV4QueryAuth, "s3", "http://h:4566/bucket/a%20b?versionId=1", "GET", b"")


def test_signatures_of_botocore_verify():
    for answer in ask(list(signature_cases())):
        assert answer.get("access_key") == KEY.access_key, answer


def test_changed_requests_do_not_verify():
    changes = []
    for case in signature_cases():
        changes.append({**case, "method": "DELETE"})
        changes.append({**case, "target": case["target"] + ("&" if "?" in case["target"] else "?") + "evil=1"})
        changes.append({**case, "secret": "other"})
    for answer in ask(changes):
        assert answer["error"]["code"] in ("InvalidSignatureException", "SignatureDoesNotMatch"), answer
    [body] = ask([{**next(signature_cases()), "body": base64.b64encode(b"a=2").decode()}])
    assert body["error"]["code"] == "InvalidSignatureException"
