"""Requests per second and latency beside moto_server, in one run, alternating.

wrk sends one request, signed once, over and over on 16 connections. Signatures are verified by
Seatrial (moto does not), durable state is read.
"""
import argparse
import pathlib
import re
import statistics
import subprocess
import tempfile

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.session

from common import REGION, Moto, Seatrial

OPERATIONS = [  # protocol, service, operation, inputs
    ("query", "sts", "GetCallerIdentity", {}),
    ("ec2", "ec2", "DescribeVpcs", {}),
    ("json", "ssm", "GetParameter", {"Name": "/bench/parameter"}),
    ("rest-json", "lambda", "ListFunctions", {}),
    ("rest-xml", "s3", "ListBuckets", {}),
    ("cbor", "cloudwatch", "ListMetrics", {}),
]


def client_of(server, service, protocol):
    session = botocore.session.get_session()
    if protocol == "cbor":
        loader = session.get_component("data_loader")
        load = loader.load_service_model

        def only(name, kind, api_version=None):
            model = load(name, kind, api_version=api_version)
            if name == service and kind == "service-2":
                model["metadata"].update(protocol="smithy-rpc-v2-cbor", protocols=["smithy-rpc-v2-cbor"])
            return model
        loader.load_service_model = only
    return session.create_client(service, REGION, endpoint_url=f"http://127.0.0.1:{server.port}",
                                 aws_access_key_id=server.keys["access_key_id"],
                                 aws_secret_access_key=server.keys["secret_access_key"])


def signed_request(server, service, protocol, operation, inputs):
    """The request botocore would send, caught just before it is sent."""
    caught = {}
    client = client_of(server, service, protocol)

    def catch(request, **_):
        caught["request"] = request
        return botocore.awsrequest.AWSResponse(request.url, 500, {}, None)
    client.meta.events.register("before-send", catch)
    try:
        method = next(k for k, v in client.meta.method_to_api_mapping.items() if v == operation)
        getattr(client, method)(**inputs)
    except Exception:
        pass
    return caught["request"]


def lua(request):
    def text(value):
        value = value.decode() if isinstance(value, bytes) else str(value)
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    body = request.body or b""
    body = body if isinstance(body, bytes) else body.encode()
    lines = [f"wrk.method = {text(request.method)}",
             'wrk.body = "' + "".join(f"\\{byte}" if not 48 <= byte < 127 or byte in b'\\"' else chr(byte) for byte in body) + '"'
             if not any(48 <= b < 58 for b in body) else
             'wrk.body = "' + "".join(f"\\{byte:03d}" for byte in body) + '"']
    lines += [f"wrk.headers[{text(k)}] = {text(v)}" for k, v in request.headers.items() if k.lower() != "content-length"]
    return "\n".join(lines) + "\n"


def measure(server, case, seconds):
    protocol, service, operation, inputs = case
    script = pathlib.Path(tempfile.mkstemp(suffix=".lua")[1])
    request = signed_request(server, service, protocol, operation, inputs)
    script.write_text(lua(request))
    path = request.url.split(str(server.port), 1)[1] or "/"
    out = subprocess.run(["wrk", "-t1", "-c16", f"-d{seconds}s", "--latency", "-s", script,
                          f"http://127.0.0.1:{server.port}{path}"], capture_output=True, text=True).stdout
    script.unlink()
    if "Non-2xx" in out:
        if server.name == "seatrial":
            raise SystemExit(f"{operation} failed: {out}")
        return None  # the rival does not serve this operation in this protocol
    rate = float(re.search(r"Requests/sec:\s*([\d.]+)", out).group(1))
    units = {"us": 1e-3, "ms": 1.0, "s": 1e3}
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", out).groups()
    return rate, float(number) * units[unit]


def prepare(server):
    client_of(server, "ssm", "json").put_parameter(Name="/bench/parameter", Value="v", Type="String")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seconds", type=int, default=5)
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    print(f"{'protocol':10}{'operation':20}{'seatrial/s':>11}{'p99 ms':>8}{'moto/s':>8}{'p99 ms':>9}{'ratio':>7}")
    with Seatrial() as seatrial, Moto() as moto:
        for server in (seatrial, moto):
            prepare(server)
        for case in OPERATIONS:
            ours, theirs = [], []
            for _ in range(given.rounds):
                ours.append(measure(seatrial, case, given.seconds))
                theirs.append(measure(moto, case, given.seconds))
            rate, p99 = map(statistics.median, zip(*ours))
            line = f"{case[0]:10}{case[2]:20}{rate:11.0f}{p99:8.2f}"
            if None in theirs:
                print(line + "  not served by moto", flush=True)
                continue
            other, other99 = map(statistics.median, zip(*theirs))
            print(f"{line}{other:8.0f}{other99:9.1f}{rate / other:7.0f}", flush=True)


main()
