"""Logs: ingest through PutLogEvents, and four questions, beside ripgrep, ClickHouse and VictoriaLogs.

The log is made from a seed (logs_data.py). Requests are signed by us beforehand and sent over several
connections with signatures verified; the server's cost is its own CPU time, from /proc. Each question
is asked three times and the best taken, for every system alike, the needle each time another one. A
rival that is not installed is left out by name: chdb by `pip install chdb`, VictoriaLogs by
`go install github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs@v1.52.2`.
"""
import argparse
import datetime
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.request

from common import REGION, Seatrial, free_port, resident_mb, wait_for
from logs_data import lines

GROUP = "/bench/app"
ROUNDS = 3
BATCH_BYTES, BATCH_EVENTS, OVERHEAD = 1_000_000, 10_000, 26
REGEX = r"^/api/orders/[0-9]*7$"


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def folder_bytes(folder):
    return sum(f.stat().st_size for f in pathlib.Path(folder).rglob("*") if f.is_file())


class Api:
    """Signs and sends; one connection a thread."""

    def __init__(self, server):
        self.server, self.local = server, threading.local()

    def signed(self, operation, body):
        now = datetime.datetime.now(datetime.timezone.utc)
        stamp, day = f"{now:%Y%m%dT%H%M%SZ}", f"{now:%Y%m%d}"
        headers = {"host": f"127.0.0.1:{self.server.port}", "x-amz-date": stamp,
                   "x-amz-target": f"Logs_20140328.{operation}"}
        names = ";".join(sorted(headers))
        canonical = "\n".join(["POST", "/", ""] + [f"{k}:{headers[k]}" for k in sorted(headers)] +
                              ["", names, hashlib.sha256(body).hexdigest()])
        scope = f"{day}/{REGION}/logs/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + self.server.keys["secret_access_key"]).encode()
        for part in (day, REGION, "logs", "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={self.server.keys['access_key_id']}/{scope}, "
                                    f"SignedHeaders={names}, Signature={signature}")
        headers["content-type"] = "application/x-amz-json-1.1"
        return headers

    def send(self, operation, body, headers=None):
        if not hasattr(self.local, "connection"):
            self.local.connection = http.client.HTTPConnection("127.0.0.1", self.server.port)
        self.local.connection.request("POST", "/", body, headers or self.signed(operation, body))
        reply = self.local.connection.getresponse()
        text = reply.read()
        if reply.status != 200:
            raise SystemExit(f"{operation}: {reply.status} {text[:500]}")
        return json.loads(text or b"{}")

    def call(self, operation, **inputs):
        return self.send(operation, json.dumps(inputs).encode())


def batches(path, start_ms):
    """Bodies of PutLogEvents for the file's lines, each to the stream of its turn."""
    events, size, turn = [], 0, 0
    times = iter(lines_times(path))
    for at, line in times:
        if events and (size + len(line) + OVERHEAD > BATCH_BYTES or len(events) == BATCH_EVENTS):
            yield turn, events
            events, size, turn = [], 0, turn + 1
        events.append({"timestamp": at, "message": line})
        size += len(line) + OVERHEAD
    if events:
        yield turn, events


def lines_times(path):
    with open(path) as file:
        for line in file:
            when = datetime.datetime.strptime(line[14:38], "%Y-%m-%dT%H:%M:%S.%fZ")
            yield int(when.replace(tzinfo=datetime.timezone.utc).timestamp() * 1000 + 0.5), line[:-1]


def body_of(stream, events):
    return json.dumps({"logGroupName": GROUP, "logStreamName": stream, "logEvents": events},
                      separators=(",", ":")).encode()


def ingest(api, path, connections):
    """Sends the file; the seconds it took the server of its processor, and of the clock."""
    streams = [f"stream-{i}" for i in range(connections)]
    api.call("CreateLogGroup", logGroupName=GROUP)
    for stream in streams:
        api.call("CreateLogStream", logGroupName=GROUP, logStreamName=stream)
    pid, gate, failed = api.server.process.pid, threading.Semaphore(connections * 2), []
    queues = [[] for _ in streams]
    ready = [threading.Semaphore(0) for _ in streams]

    def run(index):
        while True:
            ready[index].acquire()
            body = queues[index].pop(0)
            if body is None:
                return
            try:
                api.send("PutLogEvents", body)
            except BaseException as error:  # noqa: BLE001  (told to the main thread)
                failed.append(error)
            gate.release()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(connections)]
    cpu, begin = cpu_seconds(pid), time.monotonic()
    for thread in threads:
        thread.start()
    for turn, events in batches(path, 0):
        gate.acquire()
        if failed:
            break
        index = turn % connections
        queues[index].append(body_of(streams[index], events))
        ready[index].release()
    for index in range(connections):
        queues[index].append(None)
        ready[index].release()
    for thread in threads:
        thread.join()
    if failed:
        raise SystemExit(failed[0])
    wall = time.monotonic() - begin
    last = cpu_seconds(pid)
    while True:  # sealing and flushing go on behind the last reply
        time.sleep(0.5)
        now = cpu_seconds(pid)
        if now - last < 0.02:
            return now - cpu, wall
        last = now


def best(ask, turns):
    """The least time of all turns, and the answers."""
    took, answers = [], []
    for turn in turns:
        begin = time.monotonic()
        answers.append(ask(*turn))
        took.append(time.monotonic() - begin)
    return min(took), answers


class Ours:
    name = "seatrial"

    def __init__(self, api, span_s):
        self.api, self.span_s = api, span_s

    def query(self, text):
        started = self.api.call("StartQuery", logGroupName=GROUP, startTime=self.span_s[0],
                                endTime=self.span_s[1], queryString=text)
        while True:
            reply = self.api.call("GetQueryResults", queryId=started["queryId"])
            if reply["status"] not in ("Scheduled", "Running"):
                if reply["status"] != "Complete":
                    raise SystemExit(f"{text}: {reply['status']}")
                return [[f["value"] for f in row if f["field"] != "@ptr"] for row in reply["results"]]
            time.sleep(0.001)

    def needle(self, trace):
        return len(self.query(f'fields @message | filter @message like "{trace}"'))

    def regex(self):
        return int(self.query(f"filter path like /{REGEX.replace('/', chr(92) + '/')}/ | stats count() as n")[0][0])

    def levels(self):
        return {row[0]: int(row[1]) for row in self.query("stats count() as n by level")}

    def latency(self):
        rows = self.query("stats avg(latency_ms) as a, pct(latency_ms, 99) as p by service")
        return {row[0]: (float(row[1]), float(row[2])) for row in rows}


class Ripgrep:
    name = "ripgrep"

    def __init__(self, path):
        self.path = path

    def count(self, *arguments):
        out = subprocess.run(["rg", "-c", *arguments, self.path], capture_output=True, text=True).stdout
        return int(out or 0)

    def needle(self, trace):
        return self.count("-F", trace)

    def regex(self):
        return self.count('"path":"' + REGEX[1:-1] + '"')

    def levels(self):
        return {level: self.count("-F", f'"level":"{level}"') for level in ("DEBUG", "INFO", "WARN", "ERROR")}

    latency = None


class ClickHouse:
    name = "clickhouse"

    def __init__(self, path):
        from chdb import session
        self.folder = tempfile.mkdtemp(prefix="bench-chdb-")
        self.session = session.Session(self.folder)
        self.session.query("CREATE DATABASE IF NOT EXISTS b")
        self.session.query(
            "CREATE TABLE b.log (timestamp DateTime64(3), level LowCardinality(String), service LowCardinality(String),"
            " host String, method LowCardinality(String), path String, status UInt16, latency_ms Float64,"
            " bytes UInt32, trace_id String, agent LowCardinality(String), message String)"
            " ENGINE = MergeTree ORDER BY timestamp")
        before, begin = os.times(), time.monotonic()
        self.session.query(f"INSERT INTO b.log SELECT * FROM file('{path}', JSONEachRow) "
                           "SETTINGS date_time_input_format='best_effort', max_threads=1, max_insert_threads=1")
        after = os.times()
        self.wall = time.monotonic() - begin
        self.cpu = after.user + after.system - before.user - before.system
        self.disk = folder_bytes(self.folder)

    def rows(self, text):
        out = str(self.session.query(text, "TabSeparated"))
        return [line.split("\t") for line in out.splitlines() if line]

    def needle(self, trace):
        return int(self.rows(f"SELECT count() FROM b.log WHERE trace_id = '{trace}'")[0][0])

    def regex(self):
        return int(self.rows(f"SELECT count() FROM b.log WHERE match(path, '{REGEX}')")[0][0])

    def levels(self):
        return {r[0]: int(r[1]) for r in self.rows("SELECT level, count() FROM b.log GROUP BY level")}

    def latency(self):
        text = "SELECT service, avg(latency_ms), quantile(0.99)(latency_ms) FROM b.log GROUP BY service"
        return {r[0]: (float(r[1]), float(r[2])) for r in self.rows(text)}


class VictoriaLogs:
    name = "victorialogs"

    def __init__(self, path):
        program = shutil.which("victoria-logs") or str(pathlib.Path.home() / "go/bin/victoria-logs")
        if not os.path.exists(program):
            raise ImportError("victoria-logs")
        self.folder, self.port = tempfile.mkdtemp(prefix="bench-vl-"), free_port()
        self.process = subprocess.Popen([program, f"-storageDataPath={self.folder}",
                                         f"-httpListenAddr=127.0.0.1:{self.port}"], stderr=subprocess.DEVNULL)
        wait_for(self.port)
        cpu, begin = cpu_seconds(self.process.pid), time.monotonic()
        url = f"http://127.0.0.1:{self.port}/insert/jsonline?_stream_fields=service&_time_field=timestamp&_msg_field=message"
        with open(path, "rb") as file:
            while block := file.readlines(4_000_000):
                headers = {"content-type": "application/stream+json"}  # it drops what looks like a form
                urllib.request.urlopen(urllib.request.Request(url, b"".join(block), headers)).read()
        self.wall = time.monotonic() - begin
        urllib.request.urlopen(f"http://127.0.0.1:{self.port}/internal/force_flush").read()
        time.sleep(7)  # what it holds in memory goes to its files every five seconds
        self.cpu = cpu_seconds(self.process.pid) - cpu
        self.disk = folder_bytes(self.folder)

    def rows(self, text):
        url = f"http://127.0.0.1:{self.port}/select/logsql/query"
        body = urllib.parse.urlencode({"query": text}).encode()
        return [json.loads(line) for line in urllib.request.urlopen(url, body).read().splitlines()]

    def needle(self, trace):
        return int(self.rows(f"trace_id:{trace} | stats count() n")[0]["n"])

    def regex(self):
        return int(self.rows(f'path:~"{REGEX}" | stats count() n')[0]["n"])

    def levels(self):
        return {r["level"]: int(r["n"]) for r in self.rows("* | stats by (level) count() n")}

    def latency(self):
        rows = self.rows("* | stats by (service) avg(latency_ms) a, quantile(0.99, latency_ms) p")
        return {r["service"]: (float(r["a"]), float(r["p"])) for r in rows}


def make_log(path, size):
    """Writes the log; (start, end in s, a line's trace id for each of five places)."""
    start = int(time.time() * 1000) - 4 * 3_600_000
    traces, last, at = [], 0, start
    with open(path, "w") as file:
        for number, (at, line) in enumerate(lines(size, start)):
            file.write(line + "\n")
            if number % 50_021 == 17:
                traces.append(line[line.index('"trace_id":"') + 12:][:32])
            last = number
    return (start // 1000, at // 1000 + 1), traces, last + 1


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--megabytes", type=int, default=1000)
    arguments.add_argument("--connections", type=int, default=4)
    given = arguments.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-logs-"))
    path = folder / "log.json"
    span_s, traces, count = make_log(path, given.megabytes * 1_000_000)
    raw = path.stat().st_size
    print(f"{raw / 1e6:.0f} MB in {count} lines")
    systems, expected = [], {}
    try:
        with Seatrial() as server:
            api = Api(server)
            cpu, wall = ingest(api, path, given.connections)
            disk = folder_bytes(server.folder / "logs")
            print(f"{'seatrial':13} ingest {raw / 1e6 / cpu:6.1f} MB per CPU second ({wall:.1f} s)  "
                  f"disk 1/{raw / disk:.2f}  memory {resident_mb(server.process.pid):.0f} MB", flush=True)
            systems = [Ours(None, span_s), Ripgrep(path)]
            for rival in (ClickHouse, VictoriaLogs):
                try:
                    system = rival(path)
                except ImportError as missing:
                    print(f"{rival.name:13} is not installed ({missing})")
                    continue
                print(f"{system.name:13} ingest {raw / 1e6 / system.cpu:6.1f} MB per CPU second ({system.wall:.1f} s)  "
                      f"disk 1/{raw / system.disk:.2f}", flush=True)
                systems.append(system)
            systems[0].api = Api(server)  # the other connection has been idle for too long meanwhile
            # Another needle each time: ClickHouse keeps which granules a condition held in.
            needles = [(traces[len(traces) * at // ROUNDS],) for at in range(ROUNDS)]
            print(f"{'':10}" + "".join(f"{s.name:>14}" for s in systems))
            for row in ("needle", "regex", "levels", "latency"):
                line = f"{row:10}"
                for system in systems:
                    ask = getattr(system, row)
                    if ask is None:
                        line += f"{'-':>14}"
                        continue
                    took, answer = best(ask, needles if row == "needle" else [()] * ROUNDS)
                    line += f"{took * 1000:11.1f} ms"
                    wanted = expected.setdefault(row, answer)
                    if row != "latency" and wanted != answer:
                        line += "!"
                        print(f"{system.name} says {answer}, seatrial {wanted}")
                print(line, flush=True)
            print(f"seatrial's memory at the end {resident_mb(server.process.pid):.0f} MB")
    finally:
        for system in systems:
            if isinstance(system, VictoriaLogs):
                system.process.terminate()
                system.process.wait()
            if hasattr(system, "folder"):
                shutil.rmtree(system.folder, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


main()
