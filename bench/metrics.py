"""The metrics engine beside VictoriaMetrics, Prometheus and moto_server, in one run.

The same samples (series, minutes, values) go to each through its own HTTP interface: PutMetricData as
boto3 sends it (JSON, 1,000 datums, gzip, signed and verified) and remote write (protobuf, snappy) with
1,000 samples a request. Requests are made before the clock starts. CPU seconds are the server
process's own, so that senders and neighbours do not count; a range query is 500 series over all
minutes at one-minute steps. moto gets fewer samples, for it is slow.
"""
import argparse
import gzip
import http.client
import json
import os
import pathlib
import random
import shutil
import statistics
import struct
import subprocess
import tempfile
import threading
import time
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import cramjam

from common import HERE, REGION, Moto, Seatrial, free_port, resident_mb, wait_for

GROUPS = 20  # a range query reads one group
BATCH, CONNECTIONS = 1000, 8
TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def folder_bytes(folder):
    return sum(p.stat().st_size for p in pathlib.Path(folder).rglob("*") if p.is_file())


class Samples:
    """Series in three manners: a count, a percentage that drifts, a latency in milliseconds."""

    def __init__(self, series, minutes):
        self.minutes, self.series = minutes, series
        self.start = int(time.time()) // 60 * 60 - minutes * 60
        rng = random.Random(4)
        self.values = []
        for s in range(series):
            level = rng.uniform(10, 60)
            row = []
            for _ in range(minutes):
                if s % 3 == 0:
                    row.append(float(rng.randint(0, 40)))
                elif s % 3 == 1:
                    level = min(100.0, max(0.0, level + rng.gauss(0, 1)))
                    row.append(round(level, 1))
                else:
                    row.append(round(rng.lognormvariate(3, 0.4), 2))
            self.values.append(row)

    def labels(self, s):
        return {"group": f"g{s % GROUPS}", "host": f"ip-10-0-{s // 250}-{s % 250}", "service": "checkout"}

    def batches(self):
        for minute in range(self.minutes):
            for first in range(0, self.series, BATCH):
                yield self.start + minute * 60, minute, range(first, min(self.series, first + BATCH))

    def __len__(self):
        return self.series * self.minutes


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number, payload):
    return bytes([number << 3 | 2]) + varint(len(payload)) + payload


def remote_writes(samples):
    heads = []
    for s in range(samples.series):
        labels = {"__name__": "latency", **samples.labels(s)}
        heads.append(b"".join(field(1, field(1, k.encode()) + field(2, v.encode()))
                              for k, v in sorted(labels.items())))
    for at, minute, series in samples.batches():
        time_field = b"\x10" + varint(at * 1000)
        body = b"".join(field(1, heads[s] + field(2, b"\x09" + struct.pack("<d", samples.values[s][minute]) +
                                                  time_field)) for s in series)
        yield bytes(cramjam.snappy.compress_raw(body))


def put_bodies(samples):
    dimensions = [json.dumps([{"Name": k, "Value": v} for k, v in samples.labels(s).items()])
                  for s in range(samples.series)]
    for at, minute, series in samples.batches():
        data = ", ".join(f'{{"MetricName": "latency", "Dimensions": {dimensions[s]}, "Timestamp": {at}, '
                         f'"Value": {samples.values[s][minute]}}}' for s in series)
        yield f'{{"Namespace": "Bench", "MetricData": [{data}]}}'.encode()


def sign(server, operation, body, compressed):
    headers = {"Content-Type": "application/x-amz-json-1.0",
               "X-Amz-Target": f"GraniteServiceVersion20100801.{operation}"}
    if compressed:
        headers["Content-Encoding"] = "gzip"
    request = botocore.awsrequest.AWSRequest("POST", f"http://127.0.0.1:{server.port}/", headers, body)
    keys = botocore.credentials.Credentials(server.keys["access_key_id"], server.keys["secret_access_key"])
    botocore.auth.SigV4Auth(keys, "monitoring", REGION).add_auth(request)
    return "/", dict(request.headers), body


def send_all(port, requests, lanes):
    """Wall seconds; any answer but success ends the run. A series' samples stay in order (Prometheus
    takes no others): requests i and i + lanes are of the same series and go over one connection."""
    failures = []

    def work(mine):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for path, headers, body in mine:
            if failures:
                return
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status not in (200, 204):
                failures.append(f"{answer.status} {text[:300]}")
    of = [[r for i, r in enumerate(requests) if i % lanes % CONNECTIONS == c] for c in range(CONNECTIONS)]
    threads = [threading.Thread(target=work, args=(mine,)) for mine in of]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(failures[0])
    return time.monotonic() - begin


def timed(ask, expected, pid, rounds=15):
    """Median milliseconds of a query with its reply parsed, and the server's CPU milliseconds of one."""
    seconds = []
    cpu = cpu_seconds(pid)
    for _ in range(rounds):
        begin = time.monotonic()
        points = ask()
        seconds.append(time.monotonic() - begin)
        if points != expected:
            raise SystemExit(f"{points} points read, {expected} expected")
    return statistics.median(seconds) * 1000, (cpu_seconds(pid) - cpu) * 1000 / rounds


class Ours(Seatrial):
    def requests(self, samples):
        return [sign(self, "PutMetricData", gzip.compress(body, 9), True) for body in put_bodies(samples)]

    def ask(self, samples):
        body = json.dumps({
            "StartTime": samples.start, "EndTime": samples.start + samples.minutes * 60, "ScanBy": "TimestampAscending",
            "MetricDataQueries": [{"Id": "e1", "Expression":
                                   "SEARCH('{Bench,group,host,service} group=\"g3\"', 'Average', 60)"}]}).encode()

        def once():
            path, headers, sent = sign(self, "GetMetricData", body, False)
            connection = http.client.HTTPConnection("127.0.0.1", self.port)
            connection.request("POST", path, sent, headers)
            found = json.loads(connection.getresponse().read())
            return sum(len(r["Values"]) for r in found["MetricDataResults"])
        return once

    def data(self):
        return self.folder / "metrics"


class Rival:
    def __enter__(self):
        self.port, self.folder = free_port(), tempfile.mkdtemp(prefix=f"{self.name}-")
        self.process = subprocess.Popen([HERE / ".metrics/usr/bin" / self.program, *self.arguments()],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.port)
        time.sleep(1)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def requests(self, samples):
        headers = {"Content-Encoding": "snappy", "Content-Type": "application/x-protobuf",
                   "X-Prometheus-Remote-Write-Version": "0.1.0"}
        return [("/api/v1/write", headers, body) for body in remote_writes(samples)]

    def ask(self, samples):
        query = urllib.parse.urlencode({"query": 'latency{group="g3"}', "start": samples.start,
                                        "end": samples.start + (samples.minutes - 1) * 60, "step": 60, "nocache": 1})

        def once():
            connection = http.client.HTTPConnection("127.0.0.1", self.port)
            connection.request("GET", "/api/v1/query_range?" + query)
            found = json.loads(connection.getresponse().read())
            return sum(len(r["values"]) for r in found["data"]["result"])
        return once

    def data(self):
        return self.folder


class VictoriaMetrics(Rival):
    name, program = "victoriametrics", "victoria-metrics"

    def arguments(self):
        return [f"-httpListenAddr=127.0.0.1:{self.port}", f"-storageDataPath={self.folder}",
                "-search.disableCache", "-retentionPeriod=12"]


class Prometheus(Rival):
    name, program = "prometheus", "prometheus"

    def arguments(self):
        config = pathlib.Path(self.folder) / "empty.yml"
        config.write_text("")
        return [f"--config.file={config}", f"--storage.tsdb.path={self.folder}/data",
                f"--web.listen-address=127.0.0.1:{self.port}", "--web.enable-remote-write-receiver"]


def measure(kind, samples):
    with kind() as server:
        requests = server.requests(samples)
        pid = server.process.pid
        before = cpu_seconds(pid)
        wall = send_all(server.port, requests, samples.series // BATCH)
        time.sleep(3)  # what it does in the background with them is part of the price
        cpu = cpu_seconds(pid) - before
        resident = resident_mb(pid)
        sent = sum(len(body) for _, _, body in requests) / len(samples)
        query, query_cpu = timed(server.ask(samples), samples.series // GROUPS * samples.minutes, pid)
        live = folder_bytes(server.data())
        server.process.terminate()
        server.process.wait()
        stopped = folder_bytes(server.data())
    return {"rate": len(samples) / cpu, "wall": len(samples) / wall, "sent": sent, "live": live / len(samples),
            "rest": stopped / len(samples), "rss": resident, "query": query, "query_cpu": query_cpu}


def measure_moto(samples):
    with Moto() as server:
        requests = []
        for body in put_bodies(samples):
            requests.append(sign(server, "PutMetricData", body, False))
            if len(requests) == 20:
                break
        before = cpu_seconds(server.process.pid)
        send_all(server.port, requests, samples.series // BATCH)
        return len(requests) * BATCH / (cpu_seconds(server.process.pid) - before)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--series", type=int, default=10_000)
    arguments.add_argument("--minutes", type=int, default=150)
    arguments.add_argument("--rounds", type=int, default=1)
    given = arguments.parse_args()
    samples = Samples(given.series, given.minutes)
    rows = {}
    for _ in range(given.rounds):
        for kind in (Ours, VictoriaMetrics, Prometheus):
            rows.setdefault(kind.name, []).append(measure(kind, samples))
    print(f"{given.series} series, {given.minutes} minutes, {len(samples)} samples; query: "
          f"{given.series // GROUPS} series, all minutes")
    print(f"{'':17}{'samples/CPU-s':>14}{'per wall s':>12}{'sent B':>8}{'live B':>8}{'at rest B':>10}{'RSS MB':>8}"
          f"{'query ms':>10}{'its CPU ms':>12}")
    medians = {}
    for name, seen in rows.items():
        row = medians[name] = {key: statistics.median(one[key] for one in seen) for key in seen[0]}
        print(f"{name:17}{row['rate']:14,.0f}{row['wall']:12,.0f}{row['sent']:8.1f}{row['live']:8.2f}"
              f"{row['rest']:10.2f}{row['rss']:8.0f}{row['query']:10.1f}{row['query_cpu']:12.1f}")
    ours = medians.pop("seatrial")
    for name, row in medians.items():
        print(f"seatrial : {name:16} samples/CPU-s {ours['rate'] / row['rate']:.2f}x, bytes "
              f"{ours['rest'] / row['rest']:.2f}x, RSS {ours['rss'] / row['rss']:.2f}x, "
              f"query time {ours['query'] / row['query']:.2f}x, its CPU {ours['query_cpu'] / row['query_cpu']:.2f}x")
    moto = measure_moto(samples)
    print(f"moto {moto:,.0f} datums/CPU-s: seatrial {ours['rate'] / moto:.0f}x")


main()
